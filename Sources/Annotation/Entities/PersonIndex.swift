import Facts

/// The people of a document, found by the words of their names, with what has been told of each: so that a name is
/// compared with those who may bear it, and no mention is looked at twice.
struct PersonIndex {
  /// A mention of a person.
  struct Mention {
    /// Its place among the document's names.
    var place: Int
    var sentence: Int
    var isSubject: Bool
  }

  /// What has been told of a person.
  struct Person {
    /// The different names, in parts.
    fileprivate(set) var names: [[String]] = []
    /// What names and titles say; at most one unless the text is at odds with itself.
    fileprivate(set) var genders: [NameLists.Gender] = []
    /// The roles of titles.
    fileprivate(set) var roles: Set<String> = []
    /// Mentions by full names, then those by bare ones, which come in text order after all full names were noted.
    fileprivate var full = MentionSums()
    fileprivate var bare = MentionSums()

    /// How much the person stands out before a place: the mentions, subjects twice, each sentence further back counting a
    /// fifth less, down to a quarter. Who was called by the same name already counts twice: writers keep it for one person.
    func salience(before place: Int, in sentence: Int, called parts: [String]) -> Double {
      // What is so far that it counts a quarter is summed up already: these sums are exact in any order.
      let reach = sentence - Self.reach
      var score = 0.25 * (full.sum(upTo: reach, called: parts) + bare.sum(upTo: reach, called: parts))
      let near = full.mentions(after: reach, before: place) + bare.mentions(after: reach, before: place)
      for (mention, isSame) in near.map({ ($0, $0.name == parts) }).sorted(by: { $0.0.place < $1.0.place }) {
        var fading = 1.0
        for _ in 0..<sentence - mention.sentence { fading = max(fading * 0.8, 0.25) }
        if mention.isSubject { fading *= 2 }
        if isSame { fading *= 2 }
        score += fading
      }
      return score
    }

    /// The sentences after which a mention counts a quarter: 0.8^7 is less.
    private static let reach = 7
  }

  private var persons: [Int: Person] = [:]
  /// Persons by the first and last word of their names, and by the names without blanks.
  private var byFirst: [String: [Int]] = [:]
  private var byLast: [String: [Int]] = [:]
  private var byJoined: [String: [Int]] = [:]

  /// What is known of a person.
  subscript(person: Int) -> Person { persons[person] ?? Person() }

  /// Adds a name, whose `stem` is without "Jr." and the like.
  mutating func add(_ name: [String], stem: [String], role: String, to person: Int) {
    if !role.isEmpty { persons[person, default: Person()].roles.insert(role) }
    guard persons[person]?.names.contains(name) != true else { return }
    persons[person, default: Person()].names.append(name)
    guard let first = stem.first, let last = stem.last else { return }
    Self.put(person, in: &byFirst[first, default: []])
    Self.put(person, in: &byLast[last, default: []])
    Self.put(person, in: &byJoined[stem.joined(), default: []])
  }

  /// Learns a gender that a name of the person tells.
  mutating func learn(_ person: Int, gender: NameLists.Gender?) {
    guard let gender, persons[person]?.genders.contains(gender) != true else { return }
    persons[person, default: Person()].genders.append(gender)
  }

  /// Notes a mention, for salience: first those by full names in text order, then those by bare ones in text order.
  mutating func note(_ mention: Mention, called name: [String], isBare: Bool, of person: Int) {
    if isBare {
      persons[person, default: Person()].bare.add(mention, called: name)
    } else {
      persons[person, default: Person()].full.add(mention, called: name)
    }
  }

  /// Who may bear a full name, by number: those of whom a name ends as it does, or with its first word or the one before
  /// its last where the family name moved, or has the same letters.
  func mayBear(_ stem: [String]) -> [Int] {
    guard let first = stem.first, let last = stem.last else { return [] }
    let lists = [
      byLast[last], byLast[first], stem.count > 2 ? byLast[stem[stem.count - 2]] : nil,
      byJoined[stem.joined()],
    ]
    return Set(lists.joined { $0 }).sorted()
  }

  /// Who may be called by a bare name, by number: those of whom a name begins or ends as it does.
  func mayBeCalled(_ parts: [String]) -> [Int] {
    guard let first = parts.first, let last = parts.last else { return [] }
    return Set([byFirst[first], byLast[last]].joined { $0 }).sorted()
  }

  private static func put(_ person: Int, in list: inout [Int]) {
    if !list.contains(person) { list.append(person) }
  }
}

extension Array {
  /// The elements of all lists that are there.
  fileprivate func joined<T>(_ list: (Element) -> [T]?) -> [T] { flatMap { list($0) ?? [] } }
}

/// Mentions in text order, with the sums of their weights up to each: a subject weighs two, others one.
private struct MentionSums {
  struct Named {
    var place: Int
    var sentence: Int
    var isSubject: Bool
    var name: [String]
  }

  private var all: [Named] = []
  private var sums: [Double] = [0]
  /// The sentences of the mentions by one name, and their sums.
  private var byName: [[String]: (sentences: [Int], sums: [Double])] = [:]

  mutating func add(_ mention: PersonIndex.Mention, called name: [String]) {
    let weight = mention.isSubject ? 2.0 : 1
    all.append(
      Named(place: mention.place, sentence: mention.sentence, isSubject: mention.isSubject, name: name))
    sums.append((sums.last ?? 0) + weight)
    var same = byName.removeValue(forKey: name) ?? ([], [0])
    same.sentences.append(mention.sentence)
    same.sums.append((same.sums.last ?? 0) + weight)
    byName[name] = same
  }

  /// The weights of the mentions up to a sentence, those by a name twice.
  func sum(upTo sentence: Int, called name: [String]) -> Double {
    var sum = sums[all.partitioningIndex { $0.sentence > sentence }]
    if let same = byName[name] { sum += same.sums[same.sentences.partitioningIndex { $0 > sentence }] }
    return sum
  }

  func mentions(after sentence: Int, before place: Int) -> [Named] {
    all[all.partitioningIndex { $0.sentence > sentence }...].prefix { $0.place < place }.map { $0 }
  }
}
