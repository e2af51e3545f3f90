/// The verbs that give words to someone, by lemma.
struct SpeechVerbs: Sendable {
  /// What a verb may stand with.
  struct Uses: OptionSet, Sendable {
    let rawValue: Int
    /// Beside a direct quotation.
    static let direct = Uses(rawValue: 1)
    /// With a clause as what is said.
    static let clause = Uses(rawValue: 2)
    /// With an object that is spoken to or about.
    static let object = Uses(rawValue: 4)
    /// Naming or judging something.
    static let judging = Uses(rawValue: 8)
  }

  private let uses: [String: Uses]

  static let shared = SpeechVerbs()

  private init() {
    var uses: [String: Uses] = [:]
    let marks: [Character: Uses] = ["q": .direct, "c": .clause, "o": .object, "e": .judging]
    for name in ["reporting_verbs", "speech_acts"] {
      for entry in Lexicon.entries(name) {
        let found = entry.count > 1 ? entry[1].reduce(into: Uses()) { $0.formUnion(marks[$1] ?? []) } : []
        uses[entry[0], default: []].formUnion(found)
      }
    }
    self.uses = uses
  }

  /// The uses of a verb; nil if it is none of speech.
  func uses(of lemma: String) -> Uses? { uses[lemma] }
}
