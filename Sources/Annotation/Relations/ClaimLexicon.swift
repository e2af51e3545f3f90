import Facts

/// The words that say how sure something is, and who says it: `claim_verbs.txt`, `claim_words.txt`,
/// `reporting_verbs.txt` and `roles.txt`.
struct ClaimLexicon: Sendable {
  /// What a verb says of the clause below it; the list explains each.
  struct Verb: Sendable {
    struct Marks: OptionSet, Sendable {
      let rawValue: UInt32
      static let plans = Marks(rawValue: 1 << 0)
      static let fails = Marks(rawValue: 1 << 1)
      static let bars = Marks(rawValue: 1 << 2)
      static let allows = Marks(rawValue: 1 << 3)
      static let weighs = Marks(rawValue: 1 << 4)
      static let seems = Marks(rawValue: 1 << 5)
      static let finds = Marks(rawValue: 1 << 6)
      static let denies = Marks(rawValue: 1 << 7)
      static let asks = Marks(rawValue: 1 << 8)
      static let clause = Marks(rawValue: 1 << 9)
      static let causes = Marks(rawValue: 1 << 10)
      static let sends = Marks(rawValue: 1 << 11)
      static let of = Marks(rawValue: 1 << 12)
      static let reports = Marks(rawValue: 1 << 13)
    }
    var marks: Marks = []
    var holds: Certainty?
    var shows: Certainty?
    var accuses: Certainty?

    func `is`(_ mark: Marks) -> Bool { marks.contains(mark) }
  }

  /// How sure a noun, adverb or adjective makes a clause.
  struct Hedge: Sendable {
    var certainty: Certainty
    /// Whether it turns the sense.
    var negates: Bool
  }

  /// The lexicon, read once.
  static let shared = ClaimLexicon()

  private let verbs: [String: Verb]
  private let nouns: [String: Hedge]
  private let adverbs: [String: Hedge]
  private let adjectives: [String: Hedge]
  /// Nouns for a person by office or work.
  let roles: Set<String>
  /// Verbs that name a source: "quoting KCNA".
  let citing: Set<String> = ["quote", "cite", "quoting", "citing"]

  private init() {
    var verbs: [String: Verb] = [:]
    for fields in Lexicon.entries("claim_verbs") where fields.count > 1 {
      verbs[fields[0]] = Self.verb(fields[1].split(separator: " ").map(String.init))
    }
    for fields in Lexicon.entries("reporting_verbs") {
      verbs[fields[0], default: Verb()].marks.insert(.reports)
    }
    self.verbs = verbs
    var words: [String: [String: Hedge]] = [:]
    for fields in Lexicon.entries("claim_words") where fields.count > 2 {
      let parts = fields[2].split(separator: " ").map(String.init)
      guard let certainty = parts.first.flatMap(Certainty.init(rawValue:)) else { continue }
      words[fields[1], default: [:]][fields[0]] = Hedge(
        certainty: certainty, negates: parts.contains("not"))
    }
    nouns = words["noun"] ?? [:]
    adverbs = words["adverb"] ?? [:]
    adjectives = words["adjective"] ?? [:]
    roles = Set(Lexicon.entries("roles").map { $0[0] } + ["member"])
  }

  private static let marks: [String: Verb.Marks] = [
    "plans": .plans, "fails": .fails, "bars": .bars, "allows": .allows, "weighs": .weighs, "seems": .seems,
    "finds": .finds, "denies": .denies, "asks": .asks, "clause": .clause, "causes": .causes, "sends": .sends,
    "of": .of,
  ]

  private static func verb(_ words: [String]) -> Verb {
    var verb = Verb()
    for word in words {
      if let mark = marks[word] {
        verb.marks.insert(mark)
        continue
      }
      let parts = word.split(separator: "=").map(String.init)
      guard parts.count == 2, let certainty = Certainty(rawValue: parts[1]) else { continue }
      switch parts[0] {
      case "holds": verb.holds = certainty
      case "shows": verb.shows = certainty
      case "accuses": verb.accuses = certainty
      default: break
      }
    }
    return verb
  }

  /// What is known of a verb, by lemma; nothing for one that is not listed.
  func verb(_ lemma: String) -> Verb { verbs[lemma] ?? Verb() }
  /// A noun's hedge, by lemma.
  func noun(_ lemma: String) -> Hedge? { nouns[lemma] }
  /// An adverb's hedge, by its form in lower case.
  func adverb(_ text: String) -> Hedge? { adverbs[text] }
  /// An adjective's hedge, by lemma.
  func adjective(_ lemma: String) -> Hedge? { adjectives[lemma] }
}
