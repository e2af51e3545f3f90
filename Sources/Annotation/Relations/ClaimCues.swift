import Facts

/// The words of a sentence that can make a claim what it is, for the reader who asks why.
public enum ClaimCues {
  /// A word of a sentence as the document has it, and its basic form.
  public typealias Word = (text: String, lemma: String)

  /// The words that speak for a certainty, and where the claim is denied those that turn the sense, in their order.
  public static func words(certainty: String, negated: Bool, in sentence: [Word]) -> [String] {
    let wanted = Certainty(rawValue: certainty)
    var found: [String] = []
    for word in sentence where isCue(word, wanted, negated) && !found.contains(word.text) {
      found.append(word.text)
    }
    return found
  }

  private static let negators: Set<String> = [
    "not", "n't", "n’t", "never", "no", "neither", "nor", "none", "nobody", "nothing", "without", "hardly",
  ]
  private static let modals: [String: [Certainty]] = [
    "may": [.possible], "might": [.possible], "could": [.possible], "can": [.possible],
    "will": [.planned, .conditional], "shall": [.planned], "would": [.planned, .conditional],
    "must": [.probable, .planned], "should": [.possible, .conditional], "if": [.conditional],
    "unless": [.conditional], "whether": [.possible], "according": [.reported],
  ]

  private static func isCue(_ word: Word, _ certainty: Certainty?, _ negated: Bool) -> Bool {
    let lexicon = ClaimLexicon.shared
    let low = word.text.lowercased()
    let verb = lexicon.verb(word.lemma)
    let hedges = [lexicon.noun(word.lemma), lexicon.adverb(low), lexicon.adjective(word.lemma)].compactMap {
      $0
    }
    if negated {
      if negators.contains(low) || hedges.contains(where: \.negates) { return true }
      if verb.is(.fails) || verb.is(.bars) || verb.is(.denies) { return true }
    }
    guard let certainty, certainty != .asserted else { return false }
    if modals[low]?.contains(certainty) == true || hedges.contains(where: { $0.certainty == certainty }) {
      return true
    }
    switch certainty {
    case .planned where verb.is(.plans), .possible where verb.is(.weighs) || verb.is(.asks),
      .probable where verb.is(.seems), .reported where verb.is(.reports) || verb.is(.denies):
      return true
    default: return [verb.holds, verb.shows, verb.accuses].contains(certainty)
    }
  }
}
