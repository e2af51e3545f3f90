import Linguistics

/// The cues of a document by sentence.
struct SentenceCues: Sendable {
  /// All cues, in text order.
  let all: [Cue]
  private let ranges: [Range<Int>]

  init(_ cues: [Cue], in parse: Parse) {
    all = cues
    var ranges: [Range<Int>] = []
    var next = 0
    for sentence in parse.sentences {
      let first = next
      while next < cues.count, cues[next].token < sentence.upperBound { next += 1 }
      ranges.append(first..<next)
    }
    self.ranges = ranges
  }

  /// The cues of a sentence.
  subscript(sentence: Int) -> ArraySlice<Cue> { all[ranges[sentence]] }
}

/// What a word counts in a score.
struct Share: Hashable, Sendable {
  /// The token.
  var token: Int
  /// Below 0 for bad, above for good.
  var value: Double
}
