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
    var grouping = Grouping(order.map { records[$0] })
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
  /// others get a suffix hashed from their members.
  private static func identifiers(_ groups: [[Int]], _ records: [ClusterRecord]) -> [String] {
    var ids: [String] = []
    var holders: [String: [Int]] = [:]
    for (number, group) in groups.enumerated() {
      let members = group.map { records[$0] }
      let name = name(of: members)
      let id =
        name.isEmpty ? members.first?.clusterID ?? "" : NameText.slug(type: type(of: members), name: name)
      ids.append(id)
      holders[id, default: []].append(number)
    }
    var taken: Set<String> = Set(holders.keys)
    for number in ids.indices {
      guard let homonyms = holders[ids[number]], homonyms.count > 1 else { continue }
      var largest = homonyms[0]
      for other in homonyms where groups[other].count > groups[largest].count { largest = other }
      if number == largest { continue }
      let key = groups[number].map { records[$0].docID + "\0" + records[$0].clusterID }.joined(
        separator: "\n")
      let hash = hexadecimal(fnv1a(key.utf8))
      var length = 4
      var id = "\(ids[number])-\(hash.prefix(length))"
      while !taken.insert(id).inserted, length < 16 {
        length += 4
        id = "\(ids[number])-\(hash.prefix(length))"
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

  /// The texts, most frequent first.
  var ranked: [String] {
    order.indices.sorted {
      let (a, b) = (counts[order[$0]] ?? 0, counts[order[$1]] ?? 0)
      return a != b ? a > b : $0 < $1
    }.map { order[$0] }
  }
}

/// The groups of clusters; records are in (DocId, Start) order.
private struct Grouping {
  let records: [ClusterRecord]
  private let lists = NameLists.shared
  /// Why each record is in its group.
  private(set) var reasons: [MergeReason]
  private var groupOf: [Int]
  private var found: [[Int]] = []

  private static let first = MergeReason("it is the first of that name", score: 1)
  private static let sameName = MergeReason("the same name and kind", score: 1)
  private static let sameAddress = MergeReason("the same mail address", score: 0.95)
  private static let middleName = MergeReason("the same name but for a middle name", score: 0.9)
  private static let initial = MergeReason("an initial and the same surname, of the same country", score: 0.8)
  private static let sameCountry = MergeReason(
    "a short name that fits no other, of the same country", score: 0.8)
  private static let sharedShortName = MergeReason(
    "a short name that fits no other, and that others use for it", score: 0.6)

  init(_ records: [ClusterRecord]) {
    self.records = Self.withCommonTypes(records)
    groupOf = [Int](repeating: -1, count: records.count)
    reasons = [MergeReason](repeating: Self.first, count: records.count)
  }

  /// The records, each with the type that its name has in most documents: what one document takes for a person
  /// and four for a town is the town. Only a clear majority counts, and a name with words of an organisation or a
  /// full name of a person keeps what it is.
  private static func withCommonTypes(_ records: [ClusterRecord]) -> [ClusterRecord] {
    var types: [String: Tally] = [:]
    var counts: [String: [String: Int]] = [:]
    let names = records.map { NameText.parts($0.name).joined(separator: " ") }
    for (record, name) in zip(records, names) where !name.isEmpty {
      types[name, default: Tally()].add(record.type, 1)
      counts[name, default: [:]][record.type, default: 0] += 1
    }
    return zip(records, names).map { record, name in
      guard let best = types[name]?.ranked.first, best != record.type, record.titles.isEmpty,
        let most = counts[name]?[best], let own = counts[name]?[record.type], most >= 2, most >= 2 * own
      else { return record }
      var record = record
      record.type = best
      return record
    }
  }

  /// Members of each group in order, groups in the order of their first member.
  mutating func groups() -> [[Int]] {
    var byKey: [String: [Int]] = [:]
    var keys: [String] = []
    var weak: [Int] = []
    for (index, record) in records.enumerated() {
      guard !record.name.isEmpty else {
        open(index)
        continue
      }
      if isWeak(record) {
        weak.append(index)
        continue
      }
      let key = self.key(of: record)
      if byKey[key] == nil { keys.append(key) }
      byKey[key, default: []].append(index)
    }
    for key in keys { group(byKey[key] ?? []) }
    joinMiddleNames(keys.filter { $0.hasPrefix("PERSON ") })
    joinInitials()
    joinAddresses()
    joinWeak(weak)
    return found.filter { !$0.isEmpty }.map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  @discardableResult private mutating func open(_ member: Int) -> Int {
    groupOf[member] = found.count
    found.append([member])
    return found.count - 1
  }

  private mutating func join(_ member: Int, _ group: Int, _ reason: MergeReason) {
    groupOf[member] = group
    found[group].append(member)
    reasons[member] = reason
  }

  /// Clusters of one key. The first of each document belongs to the group; further ones the document
  /// itself keeps apart, and they stay alone.
  private mutating func group(_ members: [Int]) {
    var group: Int?
    var lastDocument: String?
    for member in members {
      if let lastDocument, sameScalars(lastDocument, records[member].docID) {
        open(member)
        continue
      }
      lastDocument = records[member].docID
      if let group { join(member, group, Self.sameName) } else { group = open(member) }
    }
  }

  private func kind(_ type: String) -> String {
    type == "GPE" || type == "LOC" ? "place" : type
  }

  /// What clusters of one entity share: kind and folded name, for organisations without legal form. A
  /// general name ("Ministry of Defence") is another body in another country.
  private func key(of record: ClusterRecord) -> String {
    var words = NameText.parts(record.name)
    if words.first == "the", words.count > 1 { words.removeFirst() }
    var key = kind(record.type)
    if record.type == "ORG" {
      while words.count > 1, let last = words.last, lists.legalForms.contains(last) { words.removeLast() }
      if words.allSatisfy({ lists.organisationWords.contains($0) || Self.general.contains($0) }),
        !record.country.isEmpty
      {
        key += " \(record.country)"
      }
    }
    return key + " " + words.joined(separator: " ")
  }

  private static let general: Set<String> = [
    "of", "the", "and", "for", "foreign", "affairs", "defense", "defence", "interior", "finance", "justice",
    "health", "education",
    "trade", "energy", "state", "national", "central", "supreme", "federal", "security", "intelligence",
    "unification", "general",
    "staff", "joint", "house", "representatives", "lower", "upper", "air", "coast", "public", "home", "navy",
    "treasury",
  ]

  private func isWeak(_ record: ClusterRecord) -> Bool {
    switch record.type {
    case "PERSON": NameText.parts(record.name).count < 2 && !record.name.contains("@")
    case "ORG": NameText.acronym(record.name) != nil && Gazetteer.shared.entry(record.name) == nil
    default: false
    }
  }

  /// "Vladimir Vladimirovich Putin" joins "Vladimir Putin", unless there are people with other middle names.
  private mutating func joinMiddleNames(_ keys: [String]) {
    var byEnds: [String: [(group: Int, parts: [String])]] = [:]
    var order: [String] = []
    for (number, group) in found.enumerated() {
      guard let first = group.first, records[first].type == "PERSON" else { continue }
      let parts = NameText.parts(records[first].name)
      guard parts.count >= 2, !lists.isFamilyNameFirst(parts) else { continue }
      let ends = parts[0] + " " + parts[parts.count - 1]
      if byEnds[ends] == nil { order.append(ends) }
      byEnds[ends, default: []].append((number, parts))
    }
    for ends in order {
      guard let groups = byEnds[ends], groups.count == 2, groups[0].parts.count != groups[1].parts.count,
        groups.contains(where: { $0.parts.count == 2 }),
        documents(of: groups[0].group).isDisjoint(with: documents(of: groups[1].group))
      else { continue }
      merge(groups[1].group, into: groups[0].group, Self.middleName)
    }
  }

  /// "A. Petrova" joins the one "Ana Petrova" of other documents if their country is told to be the same.
  private mutating func joinInitials() {
    var bySurname: [String: [(group: Int, given: String)]] = [:]
    var short: [(group: Int, given: String, surname: String)] = []
    for (number, group) in found.enumerated() {
      guard let first = group.first, records[first].type == "PERSON" else { continue }
      let parts = NameText.parts(records[first].name)
      guard parts.count >= 2, let surname = parts.last, !lists.isFamilyNameFirst(parts) else { continue }
      if parts[0].unicodeScalars.count == 1 {
        short.append((number, parts[0], surname))
      } else {
        bySurname[surname, default: []].append((number, parts[0]))
      }
    }
    for (group, initial, surname) in short {
      let fitting = (bySurname[surname] ?? []).filter { $0.given.hasPrefix(initial) }
      guard fitting.count == 1, let other = fitting.first?.group,
        !countries(of: group).isDisjoint(with: countries(of: other)),
        documents(of: group).isDisjoint(with: documents(of: other))
      else { continue }
      merge(group, into: other, Self.initial)
    }
  }

  /// Who is known by a mail address alone joins the one who has that address with a name in other mails.
  private mutating func joinAddresses() {
    var holders: [String: [Int]] = [:]
    var nameless: [(group: Int, address: String)] = []
    for (number, group) in found.enumerated() {
      guard let first = group.first, records[first].type == "PERSON" else { continue }
      if records[first].name.contains("@") {
        nameless.append((number, records[first].name))
        continue
      }
      var seen: Set<String> = []
      for member in group {
        for form in records[member].forms where form.text.contains("@") && seen.insert(form.text).inserted {
          holders[form.text, default: []].append(number)
        }
      }
    }
    for (group, address) in nameless {
      guard let fitting = holders[address], fitting.count == 1 else { continue }
      merge(group, into: fitting[0], Self.sameAddress)
    }
  }

  private func countries(of group: Int) -> Set<String> {
    Set(found[group].map { records[$0].country }.filter { !$0.isEmpty })
  }

  private func documents(of group: Int) -> Set<String> { Set(found[group].map { records[$0].docID }) }

  private mutating func merge(_ group: Int, into other: Int, _ reason: MergeReason) {
    for member in found[group] { join(member, other, reason) }
    found[group] = []
  }

  /// Bare surnames and acronyms: each joins the one entity that it can mean, else all of one spelling
  /// that share a country form an entity of their own.
  private mutating func joinWeak(_ weak: [Int]) {
    let whole = found.count
    var candidates: [String: [Int]] = [:]
    for (number, group) in found.enumerated() where !group.isEmpty {
      for key in weakKeys(of: group) where candidates[key]?.last != number {
        candidates[key, default: []].append(number)
      }
    }
    var rest: [String: [Int]] = [:]
    var order: [String] = []
    for index in weak {
      let record = records[index]
      let key = "\(record.type) \(NameText.parts(record.name).joined(separator: " "))"
      if let fitting = candidates[key], fitting.count == 1, let group = fitting.first, group < whole,
        let reason = meaning(of: record, group)
      {
        join(index, group, reason)
        continue
      }
      if rest[key] == nil { order.append(key) }
      rest[key, default: []].append(index)
    }
    for key in order { group(rest[key] ?? []) }
  }

  /// The bare surnames and the acronyms by which a group's members are called.
  private func weakKeys(of group: [Int]) -> [String] {
    var keys: [String] = []
    for member in group {
      let record = records[member]
      if record.type == "PERSON" {
        let parts = NameText.parts(record.name)
        guard parts.count > 1, let last = parts.last else { continue }
        keys.append("PERSON \(lists.isFamilyNameFirst(parts) ? parts[0] : last)")
      } else if record.type == "ORG" {
        for form in record.forms where NameText.acronym(form.text) != nil {
          keys.append("ORG \(NameText.parts(form.text).joined(separator: " "))")
        }
      }
    }
    return keys
  }

  /// Whether a bare name may mean a group that it fits: the document must not hold the group's name
  /// already, countries must agree, and something must speak for it: the same country, or that others use
  /// the bare name for that entity.
  private func meaning(of record: ClusterRecord, _ group: Int) -> MergeReason? {
    var countries: Set<String> = []
    var usesBareName = false
    let bare = NameText.parts(record.name)
    for member in found[group] {
      if sameScalars(records[member].docID, record.docID) { return nil }
      if !records[member].country.isEmpty { countries.insert(records[member].country) }
      usesBareName = usesBareName || records[member].forms.contains { NameText.parts($0.text) == bare }
    }
    if !record.country.isEmpty, !countries.isEmpty {
      return countries.contains(record.country) ? Self.sameCountry : nil
    }
    return usesBareName ? Self.sharedShortName : nil
  }
}
