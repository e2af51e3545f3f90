import CKernels
import Diagnostics

/// Scores of the moves of a transition system in a state: spaCy's `TransitionBasedParser.v2`.
///
/// Model: token vectors are narrowed by a linear layer; for each token and each feature slot of a state,
/// the hidden layer's share is computed beforehand; a state's hidden layer is then a sum of shares, its
/// maxout goes through a linear layer to the scores.
struct TransitionScorer: Sendable {
  /// How many moves there are.
  let moves: Int
  fileprivate let features: Int
  fileprivate let hidden: Int
  fileprivate let pieces: Int
  fileprivate let narrow: PackedAffine
  fileprivate let lower: PackedAffine
  fileprivate let bias: FloatBlock
  fileprivate let missing: FloatBlock
  fileprivate let upper: PackedAffine
  fileprivate let kernels: Kernels

  /// Floats of one feature's share of the hidden layer.
  fileprivate var share: Int { hidden * pieces }

  /// Reads the sections under `prefix`.
  ///
  /// - Errors: `NLP102` if they are missing or don't fit together, `NLP103` for sizes that the kernels
  ///   can't compute.
  init(_ file: FlatFile, _ prefix: String, features: Int, width: Int, _ kernels: Kernels) throws(DossierError)
  {
    let reduce = try file.floats("\(prefix).reduce.W", [nil, width])
    let inputs = reduce.shape[0]
    let weights = try file.floats("\(prefix).lower.W", [features, nil, nil, inputs])
    let (hidden, pieces) = (weights.shape[1], weights.shape[2])
    guard hidden % 16 == 0, hidden <= 512, pieces >= 2, hidden * pieces % Int(CK_PANEL) == 0 else {
      throw DossierError(
        .unsupportedModel, "the model's '\(prefix)' has \(hidden) hidden units of \(pieces) pieces")
    }
    let bias = try file.floats("\(prefix).lower.b", [hidden, pieces])
    let pad = try file.floats("\(prefix).lower.pad", [1, features, hidden, pieces])
    let upper = try file.floats("\(prefix).upper.W", [nil, hidden])
    let share = hidden * pieces
    /// Unit by unit in the file, piece by piece here.
    func source(_ index: Int) -> Int {
      let (feature, rest) = index.quotientAndRemainder(dividingBy: share)
      return feature * share + rest % hidden * pieces + rest / hidden
    }
    narrow = PackedAffine(reduce, bias: try file.floats("\(prefix).reduce.b", [inputs]))
    lower = PackedAffine(weights.start, bias: nil, outputs: features * share, inputs: inputs, row: source)
    self.bias = FloatBlock(share)
    for index in 0..<share { self.bias.start[index] = bias.start[source(index)] }
    missing = FloatBlock(features * share)
    for index in 0..<(features * share) { missing.start[index] = pad.start[source(index)] }
    self.upper = PackedAffine(upper, bias: try file.floats("\(prefix).upper.b", [upper.shape[0]]))
    moves = upper.shape[0]
    self.features = features
    self.hidden = hidden
    self.pieces = pieces
    self.kernels = kernels
  }

  /// Room for scoring one text after the other.
  final class Room {
    fileprivate let rows = FloatRoom()
    fileprivate let ring = FloatRoom()
    fileprivate let old = FloatRoom()
    fileprivate let scores = FloatRoom()
  }

  /// The narrowed vectors of a text's tokens, filled block by block.
  struct Inputs {
    fileprivate let rows: UnsafeMutablePointer<Float>
    fileprivate let stride: Int
    fileprivate let count: Int
    fileprivate let room: Room

    init(_ scorer: TransitionScorer, count: Int, _ room: Room) {
      stride = scorer.narrow.padded
      self.count = count
      self.room = room
      rows = room.rows.floats(stride * count)
    }
  }

  /// Narrows the vectors of a block of tokens.
  func narrow(_ tokens: Range<Int>, _ vectors: UnsafePointer<Float>, into inputs: Inputs) {
    narrow.apply(
      kernels, vectors, count: tokens.count, stride: narrow.inputs,
      out: inputs.rows + tokens.lowerBound * inputs.stride)
  }

  /// Scores the states of one text.
  final class Run {
    /// The scores of the last state, by move.
    let scores: UnsafeMutablePointer<Float>
    private let scorer: TransitionScorer
    private let inputs: Inputs
    // Shares of the last `window` tokens before `computed`, in a ring; a text of any length needs no more
    // memory. States look back further rarely; such shares are computed again, with the same bits.
    private static let window = 512
    private static let block = 64
    private let ring: UnsafeMutablePointer<Float>
    private var computed = 0
    private let old: UnsafeMutablePointer<Float>
    private var oldToken: [Int]
    private var pointers: [UnsafePointer<Float>?]

    init(_ scorer: TransitionScorer, _ inputs: Inputs) {
      self.scorer = scorer
      self.inputs = inputs
      scores = inputs.room.scores.floats(scorer.upper.padded)
      ring = inputs.room.ring.floats(Self.window * scorer.lower.padded)
      old = inputs.room.old.floats(scorer.features * scorer.share)
      oldToken = [Int](repeating: -1, count: scorer.features)
      pointers = [UnsafePointer<Float>?](repeating: nil, count: scorer.features)
    }

    /// Computes the scores of the state whose feature slots hold these tokens (-1: none).
    func score(_ tokens: [Int32]) {
      let last = Int(tokens.max() ?? -1)
      while computed <= last {
        let count = min(Self.block, inputs.count - computed)
        scorer.lower.apply(
          scorer.kernels, inputs.rows + computed * inputs.stride, count: count, stride: inputs.stride,
          out: ring + computed % Self.window * scorer.lower.padded)
        computed += count
      }
      for (feature, token) in tokens.enumerated() { pointers[feature] = share(feature, Int(token)) }
      pointers.withUnsafeBufferPointer { pointers in
        scorer.kernels.table.pointee.score(
          pointers.baseAddress, pointers.count, scorer.hidden, scorer.pieces, scorer.bias.start,
          scorer.upper.weights.start, scorer.upper.bias.start, scorer.upper.outputs, scores)
      }
    }

    private func share(_ feature: Int, _ token: Int) -> UnsafePointer<Float> {
      let offset = feature * scorer.share
      if token < 0 { return UnsafePointer(scorer.missing.start + offset) }
      if token >= computed - Self.window {
        return UnsafePointer(ring + token % Self.window * scorer.lower.padded + offset)
      }
      if oldToken[feature] != token {
        oldToken[feature] = token
        let panel = scorer.lower.weights.start + offset * scorer.lower.inputs
        scorer.kernels.table.pointee.affine(
          inputs.rows + token * inputs.stride, 1, inputs.stride, scorer.lower.inputs, 1, panel,
          scorer.lower.bias.start + offset, scorer.share, old + offset, scorer.share)
      }
      return UnsafePointer(old + offset)
    }
  }
}
