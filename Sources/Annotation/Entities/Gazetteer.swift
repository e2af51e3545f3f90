/// What is known of names by themselves: countries, nationalities, capitals, well-known organisations, stock market
/// indices.
struct Gazetteer: Sendable {
  /// What a known name stands for.
  enum Role: Sendable, Hashable {
    case country, nationality, capital, organisation
    /// A large town or a region.
    case place
    /// An index of a stock market.
    case index
  }

  /// A known name.
  struct Entry: Sendable, Hashable {
    /// What it stands for.
    let role: Role
    /// The name that an entity of it takes.
    let canonical: String
    /// ISO 3166 alpha-2 code; empty if none.
    let country: String

    /// The entity type, as OntoNotes names it.
    var type: String {
      switch role {
      case .country, .capital, .place: "GPE"
      case .nationality: "NORP"
      case .organisation: "ORG"
      case .index: "PRODUCT"
      }
    }
  }

  /// The lists that are compiled in.
  static let shared = Gazetteer()

  private var entries: [String: Entry] = [:]
  /// Names that count only in capitals, since in lower case they are common words ("US", "IS").
  private var capitals: [String: Entry] = [:]
  /// The largest number of words in a name.
  private(set) var longest = 1
  /// Seats of government that are no towns ("Kremlin"): not of type GPE.
  private static let seats: Set<String> = [
    "kremlin", "white house", "downing street", "whitehall", "westminster", "capitol hill", "blue house",
  ]

  init() {
    // The first line that claims a name keeps it.
    for fields in Lexicon.entries("countries") where fields.count >= 2 {
      let names = Self.items(fields[1])
      guard let canonical = names.first else { continue }
      for name in names { add(name, Entry(role: .country, canonical: canonical, country: fields[0])) }
      let words = fields.count > 2 ? Self.items(fields[2]) : []
      if let nationality = words.first {
        for word in words {
          let entry = Entry(role: .nationality, canonical: nationality, country: fields[0])
          add(word, entry)
          if !word.hasSuffix("s"), !word.hasSuffix("sh"), !word.hasSuffix("ch"), !word.hasSuffix("ese"),
            !word.hasSuffix("man")
          {
            add(word + "s", entry)
          }
        }
      }
      for capital in fields.count > 3 ? Self.items(fields[3]) : [] {
        add(capital, Entry(role: .capital, canonical: capital, country: fields[0]))
      }
    }
    for fields in Lexicon.entries("places") where fields.count > 1 {
      add(fields[0], Entry(role: .place, canonical: fields[0], country: fields[1]))
    }
    for (list, role) in [("organisations", Role.organisation), ("market_indices", .index)] {
      for fields in Lexicon.entries(list) {
        let country = fields.count > 2 ? fields[2] : ""
        let entry = Entry(role: role, canonical: fields[0], country: country)
        add(fields[0], entry)
        for name in fields.count > 1 ? Self.items(fields[1]) : [] { add(name, entry) }
      }
    }
  }

  private static func items(_ field: String) -> [String] {
    field.split(separator: ";").map { item in
      String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }

  private mutating func add(_ name: String, _ entry: Entry) {
    let words = NameText.parts(name)
    let key = words.joined(separator: " ")
    longest = max(longest, words.count)
    if words.count == 1, NameText.acronym(name) != nil, name.utf8.count <= 6 {
      if capitals[key] == nil { capitals[key] = entry }
    } else if entries[key] == nil {
      entries[key] = entry
    }
  }

  /// What a name stands for. Its first letter must be a capital, and acronyms must be in capitals.
  func entry(_ text: some StringProtocol) -> Entry? {
    let words = NameText.parts(text)
    return entry(text, words: words)
  }

  /// The same, for a text whose folded words are known.
  func entry(_ text: some StringProtocol, words: [String]) -> Entry? {
    guard !words.isEmpty, words.count <= longest else { return nil }
    let trimmed = words.first == "the" && words.count > 1 ? Array(words.dropFirst()) : words
    let key = trimmed.joined(separator: " ")
    if trimmed.count == 1, let entry = capitals[key] {
      return text.unicodeScalars.contains { $0.isLowercase } && words.count == 1 ? nil : entry
    }
    guard text.unicodeScalars.contains(where: { $0.isUppercase }) else { return nil }
    return entries[key]
  }

  /// Whether the entry is a seat of government that is no town.
  static func isSeat(_ entry: Entry) -> Bool {
    entry.role == .capital && seats.contains(NameText.fold(entry.canonical))
  }
}
