import Columnar
import Facts

/// Resolution over all documents: which clusters mean one entity.
///
/// A pure function of the set of clusters; the order in which they are handed in changes nothing but the
/// order of the answer. Clusters of one canonical name and kind are one entity. A name that is only part of
/// one (a bare surname, an acronym) joins at the end, and only where it can mean one entity alone, so that
/// it never links two others. Clusters that one document keeps apart stay apart.
public enum EntityResolution {
  /// The entity of each cluster, in the order given, and the entities. Conforms to `Resolver`.
  ///
  /// - Complexity: near linear in the number of clusters.
  public static func resolve(_ records: [ClusterRecord]) -> Resolution {
    let order = records.indices.sorted { precedes(records[$0], records[$1]) }
    var grouping = ClusterGroups(order.map { records[$0] })
    let groups = grouping.groups()
    let ids = identifiers(groups, grouping.records)
    var entityIDs = [String](repeating: "", count: records.count)
    var entities: [ResolvedEntity] = []
    for (number, group) in groups.enumerated() {
      for member in group { entityIDs[order[member]] = ids[number] }
      entities.append(describe(group.map { grouping.records[$0] }, id: ids[number]))
    }
    entities.sort { scalarsPrecede($0.entityID, $1.entityID) }
    var resolution = Resolution(entityIDs: entityIDs, entities: entities)
    resolution.reasons = [MergeReason](repeating: MergeReason("", score: 1), count: records.count)
    for (place, reason) in grouping.reasons.enumerated() { resolution.reasons[order[place]] = reason }
    return resolution
  }

  /// The clusters of each entity in source order, each with why it belongs to it.
  public static func members(
    of entityIDs: [String], in records: [ClusterRecord]
  ) -> [[(cluster: ClusterRecord, reason: MergeReason)]] {
    let resolution = resolve(records)
    return entityIDs.map { entityID in
      records.indices.filter { sameScalars(resolution.entityIDs[$0], entityID) }
        .sorted { precedes(records[$0], records[$1]) }
        .map { (records[$0], resolution.reasons[$0]) }
    }
  }

  private static func precedes(_ a: ClusterRecord, _ b: ClusterRecord) -> Bool {
    if !sameScalars(a.docID, b.docID) { return scalarsPrecede(a.docID, b.docID) }
    if a.start != b.start { return a.start < b.start }
    return scalarsPrecede(a.clusterID, b.clusterID)
  }

  // MARK: Describing

  private static func describe(_ members: [ClusterRecord], id: String) -> ResolvedEntity {
    var forms = Tally()
    var countries = Tally()
    for member in members {
      for form in member.forms { forms.add(form.text, form.count) }
      if !member.country.isEmpty { countries.add(member.country, 1) }
    }
    return ResolvedEntity(
      entityID: id, entity: name(of: members), type: type(of: members), country: countries.ranked.first ?? "",
      aliases: forms.ranked)
  }

  /// The name that most clusters have, whole names before those with an initial, and these before bare
  /// surnames and acronyms; of equals the first.
  private static func name(of members: [ClusterRecord]) -> String {
    var names = Tally()
    let isPerson = type(of: members) == "PERSON"
    for member in members where !member.name.isEmpty {
      names.add(member.name, isPerson ? personWeight(member.name) : organisationWeight(member.name))
    }
    return names.ranked.first ?? ""
  }

  private static func personWeight(_ name: String) -> Int {
    let parts = NameText.parts(name)
    if name.contains("@") { return 0 }
    if parts.count < 2 { return 1 }
    return parts[0].utf8.count == 1 ? 1_000 : 1_000_000
  }

  private static func organisationWeight(_ name: String) -> Int {
    NameText.acronym(name) == nil ? 1_000_000 : 1
  }

  private static func type(of members: [ClusterRecord]) -> String {
    var types = Tally()
    for member in members { types.add(member.type, max(1, member.mentions)) }
    return types.ranked.first ?? ""
  }

  /// Readable ids. Of several groups with one name, the one in most documents keeps the plain id; the
  /// others get a suffix hashed from their members, behind a mark that no name's id holds.
  private static func identifiers(_ groups: [[Int]], _ records: [ClusterRecord]) -> [String] {
    var ids: [String] = []
    var largest: [String: Int] = [:]
    for (number, group) in groups.enumerated() {
      let members = group.map { records[$0] }
      let name = name(of: members)
      let id =
        name.isEmpty ? members.first?.clusterID ?? "" : NameText.slug(type: type(of: members), name: name)
      ids.append(id)
      if let known = largest[id], groups[known].count >= group.count { continue }
      largest[id] = number
    }
    var taken: Set<String> = []
    for number in ids.indices where largest[ids[number]] != number {
      let key = groups[number].map { records[$0].docID + "\0" + records[$0].clusterID }.joined(
        separator: "\n")
      let hash = hexadecimalText(fnv1a(key.utf8))
      var length = 4
      var id = "\(ids[number])~\(hash.prefix(length))"
      while !taken.insert(id).inserted, length < 16 {
        length += 4
        id = "\(ids[number])~\(hash.prefix(length))"
      }
      ids[number] = id
    }
    return ids
  }
}

/// Counts of texts, ranked by count, then in the order in which they came.
struct Tally {
  private var order: [String] = []
  private var counts: [String: Int] = [:]

  /// Adds to a text's count.
  mutating func add(_ text: String, _ count: Int) {
    if counts[text] == nil { order.append(text) }
    counts[text, default: 0] += count
  }

  /// How often a text came.
  func count(of text: String) -> Int { counts[text] ?? 0 }

  /// The texts, most frequent first.
  var ranked: [String] {
    order.indices.sorted {
      let (a, b) = (counts[order[$0]] ?? 0, counts[order[$1]] ?? 0)
      return a != b ? a > b : $0 < $1
    }.map { order[$0] }
  }
}
