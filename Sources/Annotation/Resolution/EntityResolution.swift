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
  /// - Complexity: near linear in the number of clusters; about as much memory as they take.
  public static func resolve(_ clusters: ClusterList) -> Resolution {
    var grouping = ClusterGroups(clusters)
    let groups = grouping.groups()
    let ids = EntityIDs(groups, grouping)
    var places = [Int32](repeating: -1, count: clusters.count)
    var entities = EntityList(ids: ids.texts, texts: clusters.texts)
    entities.reserveCapacity(groups.count)
    for number in ids.sortedGroups {
      for member in groups[number] {
        places[Int(grouping.order[Int(member)])] = Int32(entities.count)
      }
      let (entry, aliases) = grouping.entity(
        of: groups[number], id: ids.numbers[number], called: ids.names[number])
      entities.append(entry, aliases: aliases)
    }
    var resolution = Resolution(places: places, entities: entities)
    resolution.reasons = grouping.reasons
    return resolution
  }

  /// The clusters of each entity in source order, each with why it belongs to it.
  public static func members(
    of entityIDs: [String], in clusters: ClusterList
  ) -> [[(cluster: ClusterRecord, reason: MergeReason)]] {
    let resolution = resolve(clusters)
    let order = ClusterGroups.order(of: clusters).map { Int($0) }
    return entityIDs.map { entityID in
      let entity = resolution.entities.indices.first {
        sameScalars(resolution.entities.entityID(at: $0), entityID)
      }
      return order.filter { resolution.places[$0] == entity.map { Int32($0) } }
        .map { (cluster: clusters[$0], reason: resolution.reasons[$0]) }
    }
  }
}

/// What an entity is called, by numbers of texts.
private struct EntityName {
  /// The empty text if nothing but pronouns or nominals names it.
  var name: UInt32
  var type: UInt32
}

extension ClusterGroups {
  /// The entity that a group of clusters is, and its aliases.
  fileprivate func entity(
    of members: [Int32], id: UInt32, called name: EntityName
  ) -> (EntityList.Entry, aliases: [UInt32]) {
    var forms = Tally()
    var countries = Tally()
    for member in members {
      for form in self.forms(of: member) { forms.add(form.text, Int(form.count)) }
      let country = entry(of: member).country
      if country != ClusterList.emptyText { countries.add(country, 1) }
    }
    let entry = EntityList.Entry(
      entityID: id, entity: name.name, type: name.type,
      country: countries.ranked.first ?? ClusterList.emptyText)
    return (entry, forms.ranked)
  }

  /// The type that most mentions have, and the name that most clusters have, whole names before those with an initial,
  /// and these before bare surnames and acronyms; of equals the first.
  fileprivate func name(of members: [Int32]) -> EntityName {
    var types = Tally()
    var names = Tally()
    for member in members {
      let naming = naming(of: member)
      types.add(naming.type, max(1, Int(entry(of: member).mentions)))
      if naming.name != ClusterList.emptyText { names.add(naming.name, 1) }
    }
    let type = types.ranked[0]
    let isPerson = clusters.texts[type] == "PERSON"
    names.weigh { name in
      isPerson ? Self.personWeight(clusters.texts[name]) : Self.organisationWeight(clusters.texts[name])
    }
    return EntityName(name: names.ranked.first ?? ClusterList.emptyText, type: type)
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
}

/// Readable ids of groups. Of several groups with one name, the one in most documents keeps the plain id; the
/// others get a suffix hashed from their members, behind a mark that no name's id holds.
private struct EntityIDs {
  private(set) var texts = StringNumbers()
  /// The number of each group's id.
  private(set) var numbers: [UInt32] = []
  /// What each group is called.
  private(set) var names: [EntityName] = []

  init(_ groups: [[Int32]], _ grouping: ClusterGroups) {
    let clusters = grouping.clusters
    // By number of id.
    var largest: [Int32] = []
    for (number, group) in groups.enumerated() {
      let name = grouping.name(of: group)
      names.append(name)
      let id =
        name.name == ClusterList.emptyText
        ? clusters.texts[grouping.entry(of: group[0]).clusterID]
        : NameText.slug(type: clusters.texts[name.type], name: clusters.texts[name.name])
      let idNumber = texts.number(of: id)
      numbers.append(idNumber)
      if Int(idNumber) == largest.count {
        largest.append(Int32(number))
      } else if groups[Int(largest[Int(idNumber)])].count < group.count {
        largest[Int(idNumber)] = Int32(number)
      }
    }
    var taken: Set<String> = []
    for number in groups.indices where largest[Int(numbers[number])] != Int32(number) {
      let key = groups[number].map { member in
        let entry = grouping.entry(of: member)
        return clusters.documents[entry.document] + "\0" + clusters.texts[entry.clusterID]
      }.joined(separator: "\n")
      let hash = hexadecimalText(fnv1a(key.utf8))
      var length = 4
      let plain = texts[numbers[number]]
      var id = "\(plain)~\(hash.prefix(length))"
      while !taken.insert(id).inserted, length < 16 {
        length += 4
        id = "\(plain)~\(hash.prefix(length))"
      }
      numbers[number] = texts.number(of: id)
    }
  }

  /// The groups in ascending order of their ids.
  var sortedGroups: [Int] { numbers.indices.sorted { texts.precede(numbers[$0], numbers[$1]) } }
}

/// Counts of things by their numbers, ranked by count, then in the order in which they came.
private struct Tally {
  private var order: [UInt32] = []
  private var counts: [UInt32: Int] = [:]

  /// Adds to a thing's count.
  mutating func add(_ number: UInt32, _ count: Int) {
    if counts[number] == nil { order.append(number) }
    counts[number, default: 0] += count
  }

  /// Multiplies the count of each.
  mutating func weigh(_ weight: (UInt32) -> Int) {
    for number in order { counts[number, default: 0] *= weight(number) }
  }

  /// The things, most frequent first.
  var ranked: [UInt32] {
    order.indices.sorted {
      let (a, b) = (counts[order[$0]] ?? 0, counts[order[$1]] ?? 0)
      return a != b ? a > b : $0 < $1
    }.map { order[$0] }
  }
}
