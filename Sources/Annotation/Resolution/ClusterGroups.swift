import Columnar
import Facts

/// The groups of clusters that mean one entity.
///
/// What two clusters have in common decides, and it is looked up, never searched for: time grows with the number of
/// clusters, however many have one name.
struct ClusterGroups {
  /// In the order of documents and text, each with the type that its name has in most documents.
  let records: [ClusterRecord]
  /// Why each record is in its group.
  private(set) var reasons: [MergeReason]
  private let lists = NameLists.shared
  /// The types as annotation gave them.
  private let givenTypes: [String]
  /// The number of each record's document.
  private let documents: [Int32]
  private var found: [[Int]] = []
  /// What is known of a group's members, once something has asked.
  private var knowledge: [Int: Knowledge] = [:]

  private struct Knowledge {
    var documents: Set<Int32> = []
    var countries: Set<String> = []
    /// All its names, folded.
    var names: Set<String> = []
  }

  private static let first = MergeReason("it is the first of that name", score: 1)
  private static let sameName = MergeReason("the same name and kind", score: 1)
  private static let sameAddress = MergeReason("the same mail address", score: 0.95)
  private static let middleName = MergeReason("the same name but for a middle name", score: 0.9)
  private static let initial = MergeReason("an initial and the same surname, of the same country", score: 0.8)
  private static let sameCountry = MergeReason(
    "a short name that fits no other, of the same country", score: 0.8)
  private static let sharedShortName = MergeReason(
    "a short name that fits no other, and that others use for it", score: 0.6)

  /// Clusters in the order of documents and text.
  init(_ records: [ClusterRecord]) {
    givenTypes = records.map(\.type)
    self.records = Self.withCommonTypes(records)
    var documents: [Int32] = []
    for (place, record) in records.enumerated() {
      let isSame = place > 0 && sameScalars(records[place - 1].docID, record.docID)
      documents.append((documents.last ?? -1) + (isSame ? 0 : 1))
    }
    self.documents = documents
    reasons = [MergeReason](repeating: Self.first, count: records.count)
  }

  /// The records, each with the type that its name has in most documents: what one document takes for a person
  /// and four for a town is the town. Only a clear majority counts, and a name with words of an organisation or a
  /// full name of a person keeps what it is.
  private static func withCommonTypes(_ records: [ClusterRecord]) -> [ClusterRecord] {
    var types: [String: Tally] = [:]
    let names = records.map { NameText.folded($0.name) }
    for (record, name) in zip(records, names) where !name.isEmpty {
      types[name, default: Tally()].add(record.type, 1)
    }
    let common = types.mapValues { tally in
      let best = tally.ranked.first ?? ""
      return (type: best, count: tally.count(of: best))
    }
    return zip(records, names).map { record, name in
      guard let best = common[name], best.type != record.type, record.titles.isEmpty, best.count >= 2,
        let own = types[name]?.count(of: record.type), best.count >= 2 * own
      else { return record }
      var record = record
      record.type = best.type
      return record
    }
  }

  /// Members of each group in order, groups in the order of their first member.
  mutating func groups() -> [[Int]] {
    var byKey = Listing<Int>()
    var weak: [Int] = []
    for (index, record) in records.enumerated() {
      if record.name.isEmpty {
        open(index)
      } else if Self.isWeak(record) {
        weak.append(index)
      } else {
        byKey.append(index, at: key(of: record))
      }
    }
    for members in byKey.lists { group(members) }
    joinMiddleNames()
    joinInitials()
    joinAddresses()
    joinWeak(weak)
    return found.filter { !$0.isEmpty }.map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  // MARK: Groups

  @discardableResult private mutating func open(_ member: Int) -> Int {
    found.append([member])
    return found.count - 1
  }

  private mutating func join(_ member: Int, _ group: Int, _ reason: MergeReason) {
    found[group].append(member)
    reasons[member] = reason
    if knowledge[group] != nil { learn(member, of: group) }
  }

  private mutating func merge(_ group: Int, into other: Int, _ reason: MergeReason) {
    for member in found[group] { join(member, other, reason) }
    found[group] = []
    knowledge[group] = nil
  }

  private mutating func learn(_ member: Int, of group: Int) {
    let record = records[member]
    knowledge[group, default: Knowledge()].documents.insert(documents[member])
    if !record.country.isEmpty { knowledge[group]?.countries.insert(record.country) }
    for form in record.forms { knowledge[group]?.names.insert(NameText.folded(form.text)) }
  }

  private mutating func known(of group: Int) -> Knowledge {
    if let known = knowledge[group] { return known }
    for member in found[group] { learn(member, of: group) }
    return knowledge[group] ?? Knowledge()
  }

  private mutating func shareDocument(_ a: Int, _ b: Int) -> Bool {
    !known(of: a).documents.isDisjoint(with: known(of: b).documents)
  }

  /// Clusters of one key. The first of each document belongs to the group; further ones the document
  /// itself keeps apart, and they stay alone.
  private mutating func group(_ members: [Int]) {
    var group: Int?
    var last: Int32?
    for member in members {
      if last == documents[member] {
        open(member)
        continue
      }
      last = documents[member]
      if let group { join(member, group, Self.sameName) } else { group = open(member) }
    }
  }

  // MARK: Keys

  /// What clusters of one entity share: kind and folded name, for organisations without legal form. A
  /// general name ("Ministry of Defence") is another body in another country.
  private func key(of record: ClusterRecord) -> String {
    let kind = record.type == "GPE" || record.type == "LOC" ? "place" : record.type
    let words = Self.core(of: record.name, isOrganisation: record.type == "ORG")
    let isGeneral =
      record.type == "ORG" && !record.country.isEmpty
      && words.allSatisfy { lists.organisationWords.contains($0) || Self.general.contains($0) }
    return kind + (isGeneral ? " \(record.country) " : " ") + words.joined(separator: " ")
  }

  /// The folded words of a name without "the", and without legal forms where it is an organisation's.
  static func core(of name: String, isOrganisation: Bool) -> [String] {
    var words = NameText.parts(name)
    if words.first == "the", words.count > 1 { words.removeFirst() }
    while isOrganisation, words.count > 1, let last = words.last, NameLists.shared.legalForms.contains(last) {
      words.removeLast()
    }
    return words
  }

  private static let general: Set<String> = [
    "of", "the", "and", "for", "foreign", "affairs", "defense", "defence", "interior", "finance", "justice",
    "health", "education", "trade", "energy", "state", "national", "central", "supreme", "federal",
    "security",
    "intelligence", "unification", "general", "staff", "joint", "house", "representatives", "lower", "upper",
    "air", "coast", "public", "home", "navy", "treasury",
  ]

  /// Whether a name is only part of one: a bare surname, an acronym.
  static func isWeak(_ record: ClusterRecord) -> Bool {
    switch record.type {
    case "PERSON": NameText.parts(record.name).count < 2 && !record.name.contains("@")
    case "ORG": NameText.acronym(record.name) != nil && Gazetteer.shared.entry(record.name) == nil
    default: false
    }
  }

  /// The name by which a person is called for short: the family name, wherever it stands.
  static func surname(_ parts: [String]) -> String {
    parts.count > 1 && NameLists.shared.isFamilyNameFirst(parts) ? parts[0] : parts.last ?? ""
  }

  // MARK: Names that differ

  /// The groups of persons of several names, given name first, with the folded words of their names.
  private func persons() -> [(group: Int, parts: [String])] {
    found.indices.compactMap { number in
      guard let first = found[number].first, records[first].type == "PERSON" else { return nil }
      let parts = NameText.parts(records[first].name)
      return parts.count >= 2 && !lists.isFamilyNameFirst(parts) ? (number, parts) : nil
    }
  }

  /// "Vladimir Vladimirovich Putin" joins "Vladimir Putin", unless there are people with other middle names.
  private mutating func joinMiddleNames() {
    var byEnds = Listing<(group: Int, parts: [String])>()
    for person in persons() {
      byEnds.append(person, at: person.parts[0] + " " + person.parts[person.parts.count - 1])
    }
    for groups in byEnds.lists {
      guard groups.count == 2, groups[0].parts.count != groups[1].parts.count,
        groups.contains(where: { $0.parts.count == 2 }), !shareDocument(groups[0].group, groups[1].group)
      else { continue }
      merge(groups[1].group, into: groups[0].group, Self.middleName)
    }
  }

  /// "A. Petrova" joins the one "Ana Petrova" of other documents if their country is told to be the same.
  private mutating func joinInitials() {
    var whole = Listing<Int>()
    var short: [(group: Int, key: String)] = []
    for (group, parts) in persons() {
      guard let given = parts[0].unicodeScalars.first, let surname = parts.last else { continue }
      let key = "\(given) \(surname)"
      if parts[0].unicodeScalars.count == 1 {
        short.append((group, key))
      } else {
        whole.append(group, at: key)
      }
    }
    for (group, key) in short {
      let fitting = whole[key]
      guard fitting.count == 1, let other = fitting.first,
        !known(of: group).countries.isDisjoint(with: known(of: other).countries), !shareDocument(group, other)
      else { continue }
      merge(group, into: other, Self.initial)
    }
  }

  /// Who is known by a mail address alone joins the one who has that address with a name in other mails.
  private mutating func joinAddresses() {
    var holders = Listing<Int>()
    var nameless: [(group: Int, address: String)] = []
    for (number, group) in found.enumerated() {
      guard let first = group.first, records[first].type == "PERSON" else { continue }
      if records[first].name.contains("@") {
        nameless.append((number, records[first].name))
        continue
      }
      for member in group {
        for form in records[member].forms where form.text.contains("@") && holders[form.text].last != number {
          holders.append(number, at: form.text)
        }
      }
    }
    for (group, address) in nameless {
      let fitting = holders[address]
      if fitting.count == 1, let other = fitting.first { merge(group, into: other, Self.sameAddress) }
    }
  }

  // MARK: Weak names

  /// Bare surnames and acronyms: each joins the one entity that it can mean, else all of one spelling
  /// that share a country form an entity of their own.
  private mutating func joinWeak(_ weak: [Int]) {
    var candidates = Listing<Int>()
    for (number, group) in found.enumerated() {
      for member in group {
        for key in shortNames(of: member) where candidates[key].last != number {
          candidates.append(number, at: key)
        }
      }
    }
    var rest = Listing<Int>()
    for index in weak {
      let key = "\(records[index].type) \(NameText.folded(records[index].name))"
      let fitting = candidates[key]
      if fitting.count == 1, let group = fitting.first, let reason = meaning(of: index, group) {
        join(index, group, reason)
      } else {
        rest.append(index, at: key)
      }
    }
    for members in rest.lists { group(members) }
  }

  /// The bare surname or the acronyms by which a member may be called.
  private func shortNames(of member: Int) -> [String] {
    let record = records[member]
    switch record.type {
    case "PERSON":
      let parts = NameText.parts(record.name)
      return parts.count > 1 ? ["PERSON \(Self.surname(parts))"] : []
    case "ORG" where givenTypes[member] == "ORG": return Self.acronyms(of: record).map { "ORG \($0)" }
    default: return []
    }
  }

  /// The acronyms among an organisation's names, folded.
  static func acronyms(of record: ClusterRecord) -> [String] {
    record.forms.filter { NameText.acronym($0.text) != nil }.map { NameText.folded($0.text) }
  }

  /// Why a bare name means a group that it fits; nil if it may not: the document must not hold the group's name
  /// already, countries must agree, and something must speak for it: the same country, or that others use
  /// the bare name for that entity.
  private mutating func meaning(of member: Int, _ group: Int) -> MergeReason? {
    let record = records[member]
    let known = known(of: group)
    if known.documents.contains(documents[member]) { return nil }
    if !record.country.isEmpty, !known.countries.isEmpty {
      return known.countries.contains(record.country) ? Self.sameCountry : nil
    }
    return known.names.contains(NameText.folded(record.name)) ? Self.sharedShortName : nil
  }
}

/// Lists by key, in the order in which the keys came.
private struct Listing<Item> {
  private(set) var lists: [[Item]] = []
  private var places: [String: Int] = [:]

  mutating func append(_ item: Item, at key: String) {
    if let place = places[key] {
      lists[place].append(item)
    } else {
      places[key] = lists.count
      lists.append([item])
    }
  }

  subscript(key: String) -> [Item] { places[key].map { lists[$0] } ?? [] }
}
