import Columnar
import Facts

/// What clusters are called, and what follows from that alone. Texts are those of a `ClusterList`, by their numbers.
struct Naming {
  /// A person's name of several words, given name first.
  struct Person {
    /// The number of its first and last word, taken together.
    var ends: UInt32
    /// The number of its first letter and last word, taken together.
    var initial: UInt32
    /// Whether its first word is an initial.
    var isInitial: Bool
    /// How many words it has.
    var words: Int32
  }

  /// Entity type: the one that the name has in most documents.
  var type: UInt32
  /// The name.
  var name: UInt32
  /// Whether the name is only part of one: a bare surname, an acronym.
  var isWeak = false
  /// The number of what clusters of one entity share; of weak names that of the short name.
  var key: UInt32 = 0
  /// The name of a person.
  var person: Person?
  /// The number of the short name that a person's surname is.
  var surname: UInt32?
}

/// All namings of a list of clusters, each once.
struct Namings {
  /// What is asked of a text.
  fileprivate struct TextFacts: BitwiseCopyable {
    static let none: UInt32 = .max
    /// The number of the folded text.
    var folded = none
    /// The number of the short name that an acronym is.
    var acronym = none
    var isAddress = false
  }

  private let namings: [Naming]
  /// The number of each cluster's naming, by the place of the cluster.
  private let numbers: [Int32]
  private let facts: [TextFacts]
  /// How many different keys there are, or short names if those are more.
  let keyCount: Int
  private let person, organisation: UInt32

  /// The namings of clusters in an order that the caller gives: a name's key is numbered where it comes first.
  init(_ clusters: ClusterList, _ order: [Int32]) {
    var reader = NamingReader(clusters)
    numbers = reader.numbers(in: order)
    namings = reader.namings
    facts = reader.facts
    keyCount = reader.keyCount
    func number(_ type: StaticString) -> UInt32 {
      clusters.texts.known(UnsafeBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount)) ?? .max
    }
    (person, organisation) = (number("PERSON"), number("ORG"))
  }

  /// What a cluster is called, by its place.
  subscript(place: Int32) -> Naming { namings[Int(numbers[Int(place)])] }

  /// Whether it is a person's.
  func isPerson(_ naming: Naming) -> Bool { naming.type == person }

  /// Whether it is an organisation's.
  func isOrganisation(_ naming: Naming) -> Bool { naming.type == organisation }

  /// The number of a text without case, accents and punctuation.
  func folded(_ text: UInt32) -> UInt32 { facts[Int(text)].folded }

  /// The number of the short name that an acronym is; nil for other texts.
  func acronym(_ text: UInt32) -> UInt32? {
    let number = facts[Int(text)].acronym
    return number == TextFacts.none ? nil : number
  }

  /// Whether a text is a mail address.
  func isAddress(_ text: UInt32) -> Bool { facts[Int(text)].isAddress }
}

/// Makes namings. The texts of keys are needed for that alone, and go with it.
private struct NamingReader {
  private struct ID: Hashable {
    var type: UInt32
    var name: UInt32
    var country: UInt32
  }

  private let clusters: ClusterList
  private(set) var namings: [Naming] = []
  private(set) var facts: [Namings.TextFacts]
  private var foldedTexts = StringNumbers()
  /// What clusters of one entity share, and short names.
  private var (keys, shortNames) = (StringNumbers(), StringNumbers())
  private var (ends, initials) = (StringNumbers(), StringNumbers())
  private let lists = NameLists.shared

  init(_ clusters: ClusterList) {
    self.clusters = clusters
    facts = [Namings.TextFacts](repeating: Namings.TextFacts(), count: clusters.texts.count)
    for place in clusters.indices {
      read(clusters.entry(at: place).name)
      for form in clusters.forms(at: place) { read(form.text) }
    }
  }

  var keyCount: Int { max(keys.count, shortNames.count) }

  private mutating func read(_ text: UInt32) {
    guard facts[Int(text)].folded == Namings.TextFacts.none else { return }
    let string = clusters.texts[text]
    let folded = NameText.folded(string)
    facts[Int(text)].folded = foldedTexts.number(of: folded)
    facts[Int(text)].isAddress = string.utf8.contains(UInt8(ascii: "@"))
    if NameText.acronym(string) != nil { facts[Int(text)].acronym = shortNames.number(of: "ORG " + folded) }
  }

  /// The number of each cluster's naming, by the place of the cluster.
  mutating func numbers(in order: [Int32]) -> [Int32] {
    let types = commonTypes(in: order)
    foldedTexts = StringNumbers()
    var known: [ID: Int32] = [:]
    var numbers = [Int32](repeating: 0, count: order.count)
    for place in order {
      let entry = clusters.entry(at: Int(place))
      let isOpen = !clusters.hasTitles(at: Int(place))
      let type = isOpen ? types.common(facts[Int(entry.name)].folded, entry.type) : entry.type
      let id = ID(type: type, name: entry.name, country: entry.country)
      if let number = known[id] {
        numbers[Int(place)] = number
        continue
      }
      known[id] = Int32(namings.count)
      numbers[Int(place)] = Int32(namings.count)
      add(type: type, name: entry.name, country: entry.country)
    }
    return numbers
  }

  // MARK: Types

  /// How often each folded name has each type.
  private func commonTypes(in order: [Int32]) -> TypeCounts {
    var counts = TypeCounts(names: foldedTexts.count)
    for place in order {
      let entry = clusters.entry(at: Int(place))
      let name = facts[Int(entry.name)].folded
      foldedTexts.withUTF8(name) { if !$0.isEmpty { counts.add(entry.type, to: name) } }
    }
    return counts
  }

  // MARK: Names

  private mutating func add(type: UInt32, name: UInt32, country: UInt32) {
    var naming = Naming(type: type, name: name)
    let (typeText, nameText) = (clusters.texts[type], clusters.texts[name])
    let words = NameText.parts(nameText)
    naming.isWeak = Namings.isWeak(nameText, type: typeText)
    if naming.isWeak {
      naming.key = shortNames.number(of: "\(typeText) \(words.joined(separator: " "))")
    } else if !nameText.isEmpty {
      naming.key = keys.number(of: key(nameText, type: typeText, country: clusters.texts[country]))
    }
    if typeText == "PERSON", words.count > 1 {
      naming.surname = shortNames.number(of: "PERSON " + Namings.surname(words))
      if !lists.isFamilyNameFirst(words), let given = words[0].unicodeScalars.first {
        naming.person = Naming.Person(
          ends: ends.number(of: words[0] + " " + words[words.count - 1]),
          initial: initials.number(of: "\(given) \(words[words.count - 1])"),
          isInitial: words[0].unicodeScalars.count == 1, words: Int32(words.count))
      }
    }
    namings.append(naming)
  }

  /// What clusters of one entity share: kind and folded name, for organisations without legal form. A
  /// general name ("Ministry of Defence") is another body in another country.
  private func key(_ name: String, type: String, country: String) -> String {
    let kind = type == "GPE" || type == "LOC" ? "place" : type
    let words = Namings.core(of: name, isOrganisation: type == "ORG")
    let isGeneral =
      type == "ORG" && !country.isEmpty
      && words.allSatisfy { lists.organisationWords.contains($0) || Self.general.contains($0) }
    return kind + (isGeneral ? " \(country) " : " ") + words.joined(separator: " ")
  }

  private static let general: Set<String> = [
    "of", "the", "and", "for", "foreign", "affairs", "defense", "defence", "interior", "finance", "justice",
    "health", "education", "trade", "energy", "state", "national", "central", "supreme", "federal",
    "security",
    "intelligence", "unification", "general", "staff", "joint", "house", "representatives", "lower", "upper",
    "air", "coast", "public", "home", "navy", "treasury",
  ]
}

extension Namings {
  /// The folded words of a name without "the", and without legal forms where it is an organisation's.
  static func core(of name: String, isOrganisation: Bool) -> [String] {
    var words = NameText.parts(name)
    if words.first == "the", words.count > 1 { words.removeFirst() }
    while isOrganisation, words.count > 1, let last = words.last, NameLists.shared.legalForms.contains(last) {
      words.removeLast()
    }
    return words
  }

  /// Whether a name is only part of one: a bare surname, an acronym.
  static func isWeak(_ name: String, type: String) -> Bool {
    switch type {
    case "PERSON": NameText.parts(name).count < 2 && !name.contains("@")
    case "ORG": NameText.acronym(name) != nil && Gazetteer.shared.entry(name) == nil
    default: false
    }
  }

  /// The name by which a person is called for short: the family name, wherever it stands.
  static func surname(_ parts: [String]) -> String {
    parts.count > 1 && NameLists.shared.isFamilyNameFirst(parts) ? parts[0] : parts.last ?? ""
  }
}

/// How often each name has each type.
private struct TypeCounts {
  private struct Count: BitwiseCopyable {
    var type: UInt32
    var count: Int32
    /// The place of the name's next type; -1 for none.
    var next: Int32
  }
  /// The place of each name's first type; -1 for none.
  private var first: [Int32]
  private var counts: [Count] = []

  init(names: Int) { first = [Int32](repeating: -1, count: names) }

  mutating func add(_ type: UInt32, to name: UInt32) {
    var (place, last) = (first[Int(name)], Int32(-1))
    while place >= 0 {
      if counts[Int(place)].type == type {
        counts[Int(place)].count += 1
        return
      }
      (place, last) = (counts[Int(place)].next, place)
    }
    if last < 0 {
      first[Int(name)] = Int32(counts.count)
    } else {
      counts[Int(last)].next = Int32(counts.count)
    }
    counts.append(Count(type: type, count: 1, next: -1))
  }

  /// The type that a name of `type` has in most documents: what one document takes for a person and four for a town is the
  /// town. Only a clear majority counts; of equals the first.
  func common(_ name: UInt32, _ type: UInt32) -> UInt32 {
    var (best, own) = (Count(type: type, count: 0, next: -1), Int32(0))
    var place = first[Int(name)]
    while place >= 0 {
      let count = counts[Int(place)]
      if count.count > best.count { best = count }
      if count.type == type { own = count.count }
      place = count.next
    }
    return best.count >= 2 && best.count >= 2 * own ? best.type : type
  }
}
