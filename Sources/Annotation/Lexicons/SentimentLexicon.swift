import Diagnostics
import Facts

/// Words with their valence, −4 (worst) to 4 (best), as rated by people: the VADER lexicon.
///
/// Source: C.J. Hutto and E.E. Gilbert, "VADER", ICWSM 2014; PyPI package `vaderSentiment` 3.3.2 (MIT).
public struct SentimentLexicon: Sendable {
  /// Mean valence of a lower-case word.
  public let valence: [String: Double]
  /// Names the contents: FNV-1a over the bytes, as 16 hexadecimal digits.
  public let fingerprint: String

  /// Reads the text of `vader_lexicon.txt`: word, tab, mean valence, then what is not used here.
  ///
  /// - Errors: `NLP301` when no line has that form.
  public init(text: String) throws(DossierError) {
    var valence: [String: Double] = [:]
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"))
      guard fields.count >= 2, let score = Double(String(decoding: fields[1], as: UTF8.self)), score.isFinite
      else { continue }
      valence[String(decoding: fields[0], as: UTF8.self).lowercased()] = score
    }
    guard !valence.isEmpty else {
      throw DossierError(
        .unreadableLexicon, "the sentiment lexicon has no line of the form 'word, tab, number'",
        hint: "dossier model install")
    }
    self.valence = valence
    fingerprint = hexadecimalText(fnv1a(text.utf8))
  }
}

extension DossierError.Code {
  /// The file of the sentiment lexicon has another form than VADER's.
  static let unreadableLexicon: Self = "NLP301"
  /// The sentiment lexicon isn't installed.
  static let missingLexicon: Self = "NLP302"
}

/// The 64-bit FNV-1a hash of some bytes: short, stable names, not security.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
