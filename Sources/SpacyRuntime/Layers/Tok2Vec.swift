import CKernels
import Diagnostics

/// spaCy's `Tok2Vec` of `MultiHashEmbed` and `MaxoutWindowEncoder`: a vector for each token in context.
///
/// - Shape: `[tokens × width]`, row-major `Float32`.
/// - Order of additions: embeddings add their four rows in order; each affine output is one chain of
///   multiply-adds; the first window layer's three parts (left, middle, right) are three chains, added
///   in that order.
/// - Source: thinc's `HashEmbed`, `Maxout`, `LayerNorm`, `expand_window`, `residual`, `with_array`.
struct Tok2Vec: Sendable {
  let width: Int
  private let attributes: [TokenAttribute]
  private let seeds: [UInt32]
  private let tables: [Tensor]
  /// The mixing layer, then the window layers.
  private let layers: [MaxoutLayer]
  private let kernels: Kernels
  /// Whether a vector depends on the space after the token.
  private let readsSpace: Bool

  /// Floats that the widest layer needs beside its output: the kernels' tile has at most 8 rows.
  private let scratchCount: Int

  /// Tokens that are encoded at a time.
  private static let block = 192

  /// Reads the sections under `prefix`.
  ///
  /// - Errors: `NLP102` if sections are missing or don't fit together, `NLP103` for a width that the
  ///   kernels can't compute.
  init(_ file: FlatFile, _ prefix: String, _ kernels: Kernels) throws(DossierError) {
    var attributes: [TokenAttribute] = []
    for name in file.lines("\(prefix).columns") {
      guard let attribute = TokenAttribute(rawValue: name) else {
        throw DossierError(.unsupportedModel, "the model embeds the attribute '\(name)'")
      }
      attributes.append(attribute)
    }
    seeds = file.lines("\(prefix).seeds").compactMap { UInt32($0) }
    guard !attributes.isEmpty, seeds.count == attributes.count else {
      throw DossierError(.modelDamaged, "section '\(prefix).seeds' of the model file is damaged")
    }
    var tables: [Tensor] = []
    for index in attributes.indices {
      tables.append(try file.floats("\(prefix).embed\(index).E", [nil, nil]))
    }
    var layers = [try MaxoutLayer(file, "\(prefix).layer0", inputs: tables.reduce(0) { $0 + $1.shape[1] })]
    let width = layers[0].width
    while file.section("\(prefix).layer\(layers.count).W") != nil {
      layers.append(try MaxoutLayer(file, "\(prefix).layer\(layers.count)", inputs: width * 3))
      guard layers.last?.width == width else {
        throw DossierError(.modelDamaged, "the window layers of '\(prefix)' differ in width")
      }
    }
    self.attributes = attributes
    self.tables = tables
    self.layers = layers
    self.width = width
    self.kernels = kernels
    readsSpace = attributes.contains(.spacy)
    scratchCount = 8 * (layers.map(\.map.padded).max() ?? 0)
  }

  /// Vectors of words out of context, kept from parse to parse; belongs to one parse at a time.
  ///
  /// A cached vector is the very same number as a computed one, so that caching changes no output.
  final class Cache {
    fileprivate var slots: [Int32] = []
    fileprivate var rows: [FloatBlock] = []
    fileprivate var used = 0
    fileprivate static let rowsInBlock = 512
    fileprivate let current = FloatRoom()
    fileprivate let next = FloatRoom()
    fileprivate let features = FloatRoom()
    fileprivate let mixed = FloatRoom()
    fileprivate let scratch = FloatRoom()

    fileprivate func row(_ slot: Int, _ width: Int) -> UnsafeMutablePointer<Float> {
      rows[slot / Self.rowsInBlock].start + slot % Self.rowsInBlock * width
    }
  }

  /// Encodes a text's tokens block by block.
  ///
  /// `body` gets, for each block in order, the range of tokens and their vectors (`width` floats apart).
  func encode(
    _ tokens: [TokenState], _ lexemes: [Lexeme], _ cache: Cache,
    _ body: (Range<Int>, UnsafePointer<Float>) -> Void
  ) {
    embed(tokens, lexemes, cache)
    let depth = layers.count - 1
    let rows = Self.block + 2 * depth + 2
    // One row of zeros stands before and one behind, so that every row has neighbours.
    var current = cache.current.floats(rows * width)
    var next = cache.next.floats(rows * width)
    let scratch = cache.scratch.floats(scratchCount)
    var first = 0
    while first < tokens.count {
      let end = min(tokens.count, first + Self.block)
      // Each window layer looks one row further, so that the block needs `depth` rows around it; beyond
      // the text's ends they are the zero rows that spaCy pads with, and are computed on like all others.
      let lower = first - depth
      let count = end + depth - lower
      current.update(repeating: 0, count: rows * width)
      next.update(repeating: 0, count: rows * width)
      for row in max(lower, 0)..<min(end + depth, tokens.count) {
        let slot = Int(cache.slots[slotIndex(tokens[row])])
        (current + (row - lower + 1) * width).update(from: cache.row(slot, width), count: width)
      }
      for layer in layers.dropFirst().enumerated() {
        layer.element.apply(
          kernels, current, count: count, stride: width, parts: layer.offset == 0 ? 3 : 1,
          residual: current + width, out: next + width, scratch: scratch)
        swap(&current, &next)
      }
      body(first..<end, UnsafePointer(current + (depth + 1) * width))
      first = end
    }
  }

  private func slotIndex(_ token: TokenState) -> Int {
    Int(token.lexeme) * 2 + (readsSpace && token.spaceAfter ? 1 : 0)
  }

  /// Puts the out-of-context vectors of all tokens into the cache.
  private func embed(_ tokens: [TokenState], _ lexemes: [Lexeme], _ cache: Cache) {
    if cache.slots.count < lexemes.count * 2 {
      cache.slots += [Int32](repeating: -1, count: lexemes.count * 2 - cache.slots.count)
    }
    let mix = layers[0]
    let input = mix.map.inputs
    let batch = 64
    var pending: [Int32] = []
    let features = cache.features.floats(batch * input)
    let mixed = cache.mixed.floats(batch * width)
    let scratch = cache.scratch.floats(scratchCount)
    func flush() {
      mix.apply(
        kernels, features, count: pending.count, stride: input, parts: 1, residual: nil,
        out: mixed, scratch: scratch)
      for (row, slot) in pending.enumerated() {
        cache.row(Int(slot), width).update(from: mixed + row * width, count: width)
      }
      pending.removeAll(keepingCapacity: true)
    }
    for token in tokens {
      let index = slotIndex(token)
      if cache.slots[index] >= 0 { continue }
      if cache.used == cache.rows.count * Cache.rowsInBlock {
        cache.rows.append(FloatBlock(Cache.rowsInBlock * width))
      }
      cache.slots[index] = Int32(cache.used)
      var to = features + pending.count * input
      for (column, attribute) in attributes.enumerated() {
        let table = tables[column]
        let id = lexemes[Int(token.lexeme)].id(attribute, spaceAfter: token.spaceAfter)
        ck_hash_embed(table.start, table.shape[0], table.shape[1], seeds[column], id, to)
        to += table.shape[1]
      }
      pending.append(Int32(cache.used))
      cache.used += 1
      if pending.count == batch { flush() }
    }
    if !pending.isEmpty { flush() }
  }
}

/// A maxout layer with layer normalisation.
struct MaxoutLayer: Sendable {
  let width: Int
  let map: PackedAffine
  private let pieces: Int
  private let gain: Tensor
  private let shift: Tensor

  /// Reads `W` `[width × pieces × inputs]`, `b` `[width × pieces]`, `G` and `shift` `[width]`.
  init(_ file: FlatFile, _ name: String, inputs: Int) throws(DossierError) {
    let weights = try file.floats("\(name).W", [nil, nil, inputs])
    let (width, pieces) = (weights.shape[0], weights.shape[1])
    guard width % 16 == 0 else {
      throw DossierError(
        .unsupportedModel, "the model's layer '\(name)' has width \(width), no multiple of 16")
    }
    let bias = try file.floats("\(name).b", [width, pieces])
    gain = try file.floats("\(name).G", [width])
    shift = try file.floats("\(name).shift", [width])
    // The kernels want the outputs piece by piece; the file has the pieces of each output together.
    map = PackedAffine(weights.start, bias: bias.start, outputs: width * pieces, inputs: inputs) {
      $0 % width * pieces + $0 / width
    }
    self.width = width
    self.pieces = pieces
  }

  /// `out[i] = layernorm(maxout(x[i]))`, plus `residual[i]` if there is one, for `count` rows.
  func apply(
    _ kernels: Kernels, _ x: UnsafePointer<Float>, count: Int, stride: Int, parts: Int,
    residual: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    kernels.table.pointee.maxout_norm(
      x, count, stride, map.inputs, parts, map.weights.start, map.bias.start, width, pieces, gain.start,
      shift.start, residual, stride, out, width, scratch)
  }
}
