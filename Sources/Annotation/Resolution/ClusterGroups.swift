import Columnar
import Facts

/// The groups of clusters that mean one entity.
///
/// What two clusters have in common decides, and it is looked up, never searched for: time grows with the number of
/// clusters, however many have one name. Clusters are numbered in the order of documents and text here, and their names
/// by `Naming`, so that what follows from a name is worked out once, however many clusters have it.
struct ClusterGroups {
  let clusters: ClusterList
  /// The place in `clusters` of each.
  let order: [Int32]
  /// Why each cluster is in its group, by its place in `clusters`.
  private(set) var reasons: [MergeReason]
  private let namings: Namings
  private var found: [[Int32]] = []
  /// What is known of a group's clusters, once something has asked.
  private var knowledge: [Int: Knowledge] = [:]

  private struct Knowledge {
    var documents: Set<UInt32> = []
    var countries: Set<UInt32> = []
    /// All its names, folded.
    var names: Set<UInt32> = []
  }

  init(_ clusters: ClusterList) {
    self.clusters = clusters
    order = Self.order(of: clusters)
    reasons = [MergeReason](repeating: .first, count: clusters.count)
    namings = Namings(clusters, order)
  }

  /// The place of each document in the order of their ids.
  private static func ranks(of documents: StringNumbers) -> [Int32] {
    var ranks = [Int32](repeating: 0, count: documents.count)
    let sorted = (0..<UInt32(documents.count)).sorted { documents.precede($0, $1) }
    for (rank, document) in sorted.enumerated() { ranks[Int(document)] = Int32(rank) }
    return ranks
  }

  /// The places of clusters in the order of documents and text.
  static func order(of clusters: ClusterList) -> [Int32] {
    let ranks = ranks(of: clusters.documents)
    return (0..<Int32(clusters.count)).sorted {
      let (a, b) = (clusters.entry(at: Int($0)), clusters.entry(at: Int($1)))
      if a.document != b.document { return ranks[Int(a.document)] < ranks[Int(b.document)] }
      if a.start != b.start { return a.start < b.start }
      return clusters.texts.precede(a.clusterID, b.clusterID)
    }
  }

  /// What a cluster is called.
  func naming(of member: Int32) -> Naming { namings[order[Int(member)]] }

  /// A cluster by numbers.
  func entry(of member: Int32) -> ClusterList.Entry { clusters.entry(at: Int(order[Int(member)])) }

  /// The forms of a cluster.
  func forms(of member: Int32) -> ArraySlice<ClusterList.Form> {
    clusters.forms(at: Int(order[Int(member)]))
  }

  /// The clusters of each group in order, groups in the order of their first one.
  mutating func groups() -> [[Int32]] {
    var named: [Int32] = []
    var weak: [Int32] = []
    for member in 0..<Int32(clusters.count) {
      let naming = naming(of: member)
      if naming.name == ClusterList.emptyText {
        open(member)
      } else if naming.isWeak {
        weak.append(member)
      } else {
        named.append(member)
      }
    }
    groupEachKey(of: named)
    named = []
    joinMiddleNames()
    joinInitials()
    joinAddresses()
    joinWeak(weak)
    knowledge = [:]
    found.removeAll(where: \.isEmpty)
    for group in found.indices { found[group].sort() }
    found.sort { $0[0] < $1[0] }
    return found
  }

  // MARK: Groups

  @discardableResult private mutating func open(_ member: Int32) -> Int {
    found.append([member])
    return found.count - 1
  }

  private mutating func join(_ member: Int32, _ group: Int, _ reason: MergeReason) {
    found[group].append(member)
    reasons[Int(order[Int(member)])] = reason
    if knowledge[group] != nil { learn(member, of: group) }
  }

  private mutating func merge(_ group: Int, into other: Int, _ reason: MergeReason) {
    for member in found[group] { join(member, other, reason) }
    found[group] = []
    knowledge[group] = nil
  }

  private mutating func learn(_ member: Int32, of group: Int) {
    knowledge[group, default: Knowledge()].documents.insert(entry(of: member).document)
    let country = entry(of: member).country
    if country != ClusterList.emptyText { knowledge[group]?.countries.insert(country) }
    for form in forms(of: member) { knowledge[group]?.names.insert(namings.folded(form.text)) }
  }

  private mutating func known(of group: Int) -> Knowledge {
    if let known = knowledge[group] { return known }
    for member in found[group] { learn(member, of: group) }
    return knowledge[group] ?? Knowledge()
  }

  private mutating func shareDocument(_ a: Int, _ b: Int) -> Bool {
    !known(of: a).documents.isDisjoint(with: known(of: b).documents)
  }

  /// Groups clusters, given in order, by the keys of their names. The first of each document belongs to the group;
  /// further ones the document itself keeps apart, and they stay alone.
  private mutating func groupEachKey(of members: [Int32]) {
    var group: Int?
    var last: (key: UInt32, document: UInt32)?
    for member in sortedByKey(members) {
      let (key, document) = (naming(of: member).key, entry(of: member).document)
      if last?.key != key { group = nil }
      if let last, last == (key, document) {
        open(member)
        continue
      }
      last = (key, document)
      if let group { join(member, group, .sameName) } else { group = open(member) }
    }
  }

  /// Clusters by the keys of their names in ascending order; those of one key stay in the order given.
  private func sortedByKey(_ members: [Int32]) -> [Int32] {
    var ends = [Int32](repeating: 0, count: namings.keyCount + 1)
    for member in members { ends[Int(naming(of: member).key) + 1] += 1 }
    for key in ends.indices.dropFirst() { ends[key] += ends[key - 1] }
    var sorted = [Int32](repeating: 0, count: members.count)
    for member in members {
      let key = Int(naming(of: member).key)
      sorted[Int(ends[key])] = member
      ends[key] += 1
    }
    return sorted
  }

  // MARK: Names that differ

  /// The groups of persons of several names, given name first.
  private func persons() -> [(group: Int, name: Naming.Person)] {
    found.indices.compactMap { group in
      found[group].first.flatMap { naming(of: $0).person }.map { (group, $0) }
    }
  }

  /// "Vladimir Vladimirovich Putin" joins "Vladimir Putin", unless there are people with other middle names.
  private mutating func joinMiddleNames() {
    let persons = persons().sorted { ($0.name.ends, $0.group) < ($1.name.ends, $1.group) }
    var start = 0
    while start < persons.count {
      let first = persons[start]
      let end = persons[start...].firstIndex { $0.name.ends != first.name.ends } ?? persons.count
      let (second, count) = (persons[end - 1], end - start)
      start = end
      guard count == 2, first.name.words != second.name.words,
        min(first.name.words, second.name.words) == 2, !shareDocument(first.group, second.group)
      else { continue }
      merge(second.group, into: first.group, .middleName)
    }
  }

  /// "A. Petrova" joins the one "Ana Petrova" of other documents if their country is told to be the same.
  private mutating func joinInitials() {
    var whole = SingleGroups()
    var short: [(group: Int, key: UInt32)] = []
    for (group, name) in persons() {
      if name.isInitial { short.append((group, name.initial)) } else { whole.add(group, at: name.initial) }
    }
    for (group, key) in short {
      guard let other = whole[key],
        !known(of: group).countries.isDisjoint(with: known(of: other).countries), !shareDocument(group, other)
      else { continue }
      merge(group, into: other, .initial)
    }
  }

  /// Who is known by a mail address alone joins the one who has that address with a name in other mails.
  private mutating func joinAddresses() {
    var holders = SingleGroups()
    var nameless: [(group: Int, address: UInt32)] = []
    for (number, group) in found.enumerated() {
      guard let first = group.first, namings.isPerson(naming(of: first)) else { continue }
      if namings.isAddress(naming(of: first).name) {
        nameless.append((number, naming(of: first).name))
        continue
      }
      for member in group {
        for form in forms(of: member) where namings.isAddress(form.text) {
          holders.add(number, at: form.text)
        }
      }
    }
    for (group, address) in nameless {
      if let other = holders[address] { merge(group, into: other, .sameAddress) }
    }
  }

  // MARK: Weak names

  /// Bare surnames and acronyms: each joins the one entity that it can mean, else all of one spelling
  /// that share a country form an entity of their own.
  private mutating func joinWeak(_ weak: [Int32]) {
    var candidates = SingleGroups()
    for (number, group) in found.enumerated() {
      for member in group { forEachShortName(of: member) { candidates.add(number, at: $0) } }
    }
    var rest: [Int32] = []
    for member in weak {
      if let group = candidates[naming(of: member).key], let reason = meaning(of: member, group) {
        join(member, group, reason)
      } else {
        rest.append(member)
      }
    }
    groupEachKey(of: rest)
  }

  /// The keys of the bare surname or the acronyms by which a cluster may be called.
  private func forEachShortName(of member: Int32, _ body: (UInt32) -> Void) {
    let naming = naming(of: member)
    if let surname = naming.surname { body(surname) }
    guard namings.isOrganisation(naming), entry(of: member).type == naming.type else { return }
    for form in forms(of: member) { namings.acronym(form.text).map(body) }
  }

  /// Why a bare name means a group that it fits; nil if it may not: the document must not hold the group's name
  /// already, countries must agree, and something must speak for it: the same country, or that others use
  /// the bare name for that entity.
  private mutating func meaning(of member: Int32, _ group: Int) -> MergeReason? {
    let known = known(of: group)
    if known.documents.contains(entry(of: member).document) { return nil }
    let country = entry(of: member).country
    if country != ClusterList.emptyText, !known.countries.isEmpty {
      return known.countries.contains(country) ? .sameCountry : nil
    }
    return known.names.contains(namings.folded(naming(of: member).name)) ? .sharedShortName : nil
  }
}

/// The one group that each key stands for.
private struct SingleGroups {
  /// The group of each key; -1 where there are several.
  private var groups: [UInt32: Int32] = [:]

  mutating func add(_ group: Int, at key: UInt32) {
    if groups.updateValue(Int32(group), forKey: key).map({ $0 != Int32(group) }) ?? false { groups[key] = -1 }
  }

  /// The group, unless there is none or several.
  subscript(key: UInt32) -> Int? { groups[key].flatMap { $0 < 0 ? nil : Int($0) } }
}
