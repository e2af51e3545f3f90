import CKernels
import Diagnostics
import Linguistics

/// spaCy's entity recogniser: tokens are marked begin, in, last, unit or out from left to right.
///
/// - Source: spaCy 3.8's `BiluoPushDown` without preset entities.
struct EntityRecognizer: Sendable {
  private enum Kind {
    static let begin: UInt8 = 1
    static let inside: UInt8 = 2
    static let last: UInt8 = 3
    static let unit: UInt8 = 4
    static let out: UInt8 = 5
    /// A move that is never valid: a unit without a label needs a preset entity.
    static let never: UInt8 = 7
  }

  let scorer: TransitionScorer
  private let kinds: [UInt8]
  private let labels: [String]
  /// The moves that continue and close an entity of each begin move's label.
  private let insideOf: [Int]
  private let lastOf: [Int]

  /// Reads the sections under `ner`.
  ///
  /// - Errors: `NLP102` if they are missing or don't fit together.
  init(_ file: FlatFile, width: Int, _ kernels: Kernels) throws(DossierError) {
    let moves = try MoveTable(file, "ner", kinds: 6)
    scorer = try TransitionScorer(file, "ner", features: 3, width: width, kernels)
    try moves.check(count: scorer.moves)
    labels = moves.labels
    kinds = moves.kinds.indices.map {
      moves.labels[$0].isEmpty && moves.kinds[$0] != Kind.out ? Kind.never : moves.kinds[$0]
    }
    func partner(_ kind: UInt8) -> [Int] {
      moves.labels.map { label in
        moves.kinds.indices.first { moves.kinds[$0] == kind && moves.labels[$0] == label } ?? -1
      }
    }
    insideOf = partner(Kind.inside)
    lastOf = partner(Kind.last)
  }

  /// Finds the entities of a text of `count` tokens, in order.
  func entities(
    _ inputs: TransitionScorer.Inputs, count: Int, starts: [Bool], isSpace: (Int) -> Bool
  ) -> [EntitySpan] {
    let run = TransitionScorer.Run(scorer, inputs)
    var entities: [EntitySpan] = []
    var open: (first: Int, move: Int)?
    for token in 0..<count {
      let goesOn = token + 1 < count && !starts[token + 1]
      if let (first, begin) = open {
        var move = lastOf[begin]
        if goesOn, insideOf[begin] >= 0 {
          run.score([Int32(token), Int32(first), Int32(token - 1)])
          let (inside, last) = (insideOf[begin], lastOf[begin])
          let scores = run.scores
          // The class that comes first wins a tie.
          if last < 0 || scores[inside] > scores[last] || (scores[inside] == scores[last] && inside < last) {
            move = inside
          }
        }
        if move < 0 { break }
        if kinds[move] == Kind.last {
          entities.append(EntitySpan(tokens: first..<(token + 1), label: labels[begin]))
          open = nil
        }
        continue
      }
      run.score([Int32(token), -1, -1])
      var valid: UInt32 = 1 << Kind.out
      if !isSpace(token) {
        valid |= 1 << Kind.unit
        if goesOn { valid |= 1 << Kind.begin }
      }
      let move = ck_argmax_of_kinds(run.scores, kinds, kinds.count, valid)
      if move < 0 { break }
      if kinds[move] == Kind.begin {
        open = (token, move)
      } else if kinds[move] == Kind.unit {
        entities.append(EntitySpan(tokens: token..<(token + 1), label: labels[move]))
      }
    }
    return entities
  }
}
