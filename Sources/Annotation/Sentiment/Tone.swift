import Linguistics

/// Scores from −1 to 1, and what they are called.
enum Tone {
  /// From this score on, a tone is called positive; from its opposite down, negative.
  static let threshold = 0.1

  /// A sum of valences, brought to −1…1: 0.45 for 2, 0.71 for 4. Four decimals, which is more than it means.
  static func score(_ sum: Double) -> Double { rounded(sum / (sum * sum + 16).squareRoot()) }

  /// Four decimals, no negative zero.
  static func rounded(_ score: Double) -> Double {
    let value = (score * 10_000).rounded(.toNearestOrEven) / 10_000
    return value == 0 ? 0 : value
  }

  /// What a score is called.
  static func label(_ score: Double) -> String {
    score >= threshold ? "positive" : score <= -threshold ? "negative" : "neutral"
  }

  /// The tone of a stretch of text: the more cues it has, the less each adds.
  static func ofText(_ cues: some Collection<Cue>) -> Double {
    guard !cues.isEmpty else { return 0 }
    var sum = 0.0
    for cue in cues { sum += cue.valence }
    return score(2 * sum / Double(cues.count + 3).squareRoot())
  }
}
