import CKernels
import Diagnostics

/// spaCy's tagger: the label with the highest score of a linear layer, the first on ties.
struct Tagger: Sendable {
  let labels: [String]
  private let layer: PackedAffine
  private let kernels: Kernels

  /// Reads the sections under `tagger`.
  ///
  /// - Errors: `NLP102` if they are missing or don't fit together.
  init(_ file: FlatFile, width: Int, _ kernels: Kernels) throws(DossierError) {
    labels = file.lines("tagger.labels")
    layer = PackedAffine(
      try file.floats("tagger.W", [labels.count, width]), bias: try file.floats("tagger.b", [labels.count]))
    self.kernels = kernels
  }

  /// The labels' indices for a block of token vectors.
  func predict(
    _ tokens: Range<Int>, _ vectors: UnsafePointer<Float>, _ room: FloatRoom, into tags: inout [Int32]
  ) {
    let scores = room.floats(tokens.count * layer.padded)
    layer.apply(kernels, vectors, count: tokens.count, stride: layer.inputs, out: scores)
    for (row, token) in tokens.enumerated() {
      tags[token] = Int32(ck_argmax(scores + row * layer.padded, labels.count))
    }
  }
}
