import Linguistics

/// How good or bad words are, −4 to 4: our own list for news over VADER's ratings.
struct ToneLexicon: Sendable {
  /// What the lists say of a word.
  struct Rating: Hashable, Sendable {
    /// How good or bad, −4 to 4.
    var valence: Double
    /// Whether it is a topic as often as an opinion ("war").
    var isTopic = false
  }

  private struct Entry: Sendable {
    var rating: Rating
    /// The only part of speech that it holds for; empty: any.
    var pos: String
  }

  private let own: [String: Entry]
  private let rated: [String: Double]

  init(_ rated: SentimentLexicon) {
    self.rated = rated.valence
    var own: [String: Entry] = [:]
    for fields in Lexicon.entries("tone_words") where fields.count > 1 {
      guard let valence = Double(fields[1]) else { continue }
      let marks = fields.count > 2 ? fields[2].split(separator: " ").map(String.init) : []
      own[fields[0]] = Entry(
        rating: Rating(valence: valence, isTopic: marks.contains("topic")),
        pos: marks.first { $0 != "topic" } ?? "")
    }
    self.own = own
  }

  /// What the lists say of a word as it stands; nil if they don't know it, 0 if they say that it tells nothing.
  func rating(of token: Token) -> Rating? {
    let form = token.text.lowercased()
    let lemma = token.lemma.lowercased()
    if let rating = ours(form, token.pos) ?? ours(lemma, token.pos) { return rating }
    return (rated[form] ?? rated[lemma] ?? derived(form, token.pos)).map { Rating(valence: $0) }
  }

  private func ours(_ word: String, _ pos: String) -> Rating? {
    guard let entry = own[word], entry.pos.isEmpty || entry.pos == pos else { return nil }
    return entry.rating
  }

  private static let prefixes = ["un", "in", "im", "dis", "non-", "non"]

  /// "falteringly" from "faltering", "unhelpful" from "helpful".
  private func derived(_ form: String, _ pos: String) -> Double? {
    if pos == "ADV", form.hasSuffix("ly"), form.utf8.count > 4 {
      let stem = String(form.dropLast(2))
      for base in [stem, String(stem.dropLast()) + "y", stem + "e", stem + "le"] {
        if let valence = ours(base, "ADJ")?.valence ?? rated[base] { return valence * 0.9 }
      }
    }
    for prefix in Self.prefixes where form.hasPrefix(prefix) && form.utf8.count > prefix.utf8.count + 3 {
      let base = String(form.dropFirst(prefix.count))
      if let valence = ours(base, pos)?.valence ?? rated[base], valence > 0.7 { return valence * -0.8 }
    }
    return nil
  }
}
