/// How something named is spoken of: a log-linear model over three classes, trained on NewsMTSC (`Scripts/train-targets`).
///
/// Sums run in the features' order over numbers that are written in decimal, so that every machine gives the same bits.
struct TargetModel: Sendable {
  /// What the model says of one target.
  struct Verdict: Sendable {
    /// −1 to 1, by how much likelier positive is than negative; on the side of the threshold that the likeliest of the
    /// three classes stands on, so that `Tone.label` gives that class.
    var score: Double
    /// What each word says for positive and against negative, in text order.
    var shares: [Share]
  }

  private struct Weights {
    var negative: Double
    var neutral: Double
    var positive: Double
  }

  /// A word's share below this decides nothing.
  static let leastShare = 0.15

  private let weights: [UInt64: Weights]

  /// The model that is compiled in.
  static let shared = TargetModel()

  private init() {
    var weights: [UInt64: Weights] = [:]
    for fields in Lexicon.entries("target_weights") where fields.count == 4 {
      guard let negative = Int(fields[1]), let neutral = Int(fields[2]), let positive = Int(fields[3]) else {
        continue
      }
      var key = FeatureKey()
      for byte in fields[0].utf8 { key.add(byte) }
      weights[key.hash] = Weights(
        negative: Double(negative) / 1000, neutral: Double(neutral) / 1000, positive: Double(positive) / 1000)
    }
    self.weights = weights
  }

  /// The verdict on features.
  func verdict(on features: FeatureList) -> Verdict {
    var sum = Weights(negative: 0, neutral: 0, positive: 0)
    var byToken: [(token: Int, value: Double)] = []
    for item in features.items {
      guard let weight = weights[item.key] else { continue }
      sum.negative += weight.negative * item.value
      sum.neutral += weight.neutral * item.value
      sum.positive += weight.positive * item.value
      guard item.token >= 0 else { continue }
      let value = (weight.positive - weight.negative) * item.value
      if let index = byToken.firstIndex(where: { $0.token == item.token }) {
        byToken[index].value += value
      } else {
        byToken.append((item.token, value))
      }
    }
    let top = max(sum.negative, sum.neutral, sum.positive)
    let negative = exponential(sum.negative - top)
    let neutral = exponential(sum.neutral - top)
    let positive = exponential(sum.positive - top)
    let margin = (positive - negative) / (negative + neutral + positive)
    let score: Double
    if byToken.allSatisfy({ $0.value.magnitude < Self.leastShare }) {
      // No word says anything; what is left is how often such places are spoken well or badly of.
      score = 0
    } else if neutral >= positive && neutral >= negative {
      score = margin * Tone.threshold
    } else {
      let strength = Tone.threshold + (1 - Tone.threshold) * margin.magnitude
      score = positive >= negative ? strength : -strength
    }
    return Verdict(
      score: Tone.rounded(score),
      shares: byToken.sorted { $0.token < $1.token }.map { Share(token: $0.token, value: $0.value) })
  }

  /// e to the power of a number that isn't positive, by halving and squaring and a polynomial: libraries differ in the last bits.
  private func exponential(_ x: Double) -> Double {
    if x < -40 { return 0 }
    var halvings = 0
    var reduced = x
    while reduced < -0.5 {
      reduced /= 2
      halvings += 1
    }
    var term = 1.0
    var sum = 1.0
    for n in 1...14 {
      term = term * reduced / Double(n)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }
}
