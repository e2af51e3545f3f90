import CKernels

/// How the model's matrix kernels are computed: each level gives the same bits, at another speed.
public enum KernelLevel: Int32, Sendable, CaseIterable {
  /// Anywhere; on x86-64 each multiply-add is a call of the exact `fmaf`.
  case baseline = 0
  /// x86-64 with AVX2 and FMA.
  case v3 = 1
  /// x86-64 with AVX-512.
  case v4 = 2

  /// The level of that name (`baseline`, `v3`, `v4`), as the environment variable `DOSSIER_KERNELS` has it.
  public init?(name: String) {
    guard let level = Self.allCases.first(where: { String(describing: $0) == name }) else { return nil }
    self = level
  }

  /// The fastest level that this CPU has; a higher level that is asked for falls back to it.
  public static var best: KernelLevel { KernelLevel(rawValue: ck_best_level()) ?? .baseline }
}

/// The kernels of one level.
struct Kernels: @unchecked Sendable {
  // A pointer to a constant table of functions, hence unchecked.
  let table: UnsafePointer<ck_kernels>

  init(_ level: KernelLevel) { table = ck_kernels_for(level.rawValue) }
}

/// A block of floats, 64-byte aligned, zero at first; freed with its owner.
final class FloatBlock: @unchecked Sendable {
  // Weights are written before they are shared; scratch blocks belong to one parse. Hence unchecked.
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
    start = raw.initializeMemory(as: Float.self, repeating: 0, count: max(1, count))
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }
}

/// Room for floats that one parse after the other uses: it grows to the largest that was asked for and stays.
///
/// Taking and giving back blocks of megabytes for every text would cost clearing them, and would leave the heap
/// in pieces: hundreds of megabytes after a thousand texts.
final class FloatRoom {
  private var block = FloatBlock(0)

  /// Room for so many floats, which hold anything; what an earlier call gave is gone if it was smaller.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    if block.count < count { block = FloatBlock(count + count / 2) }
    return block.start
  }
}

/// An affine map's weights as the kernels want them.
struct PackedAffine: Sendable {
  let inputs: Int
  let outputs: Int
  /// Outputs rounded up to whole panels: the floats that a row of results takes.
  let padded: Int
  let weights: FloatBlock
  let bias: FloatBlock

  /// Packs a matrix `[outputs × inputs]` whose row for output `o` is row `row(o)` of `matrix`, and the
  /// bias likewise; without a bias it is zero.
  init(
    _ matrix: UnsafePointer<Float>, bias: UnsafePointer<Float>?, outputs: Int, inputs: Int, row: (Int) -> Int
  ) {
    self.inputs = inputs
    self.outputs = outputs
    padded = ck_padded(outputs)
    let ordered = FloatBlock(outputs * inputs)
    self.bias = FloatBlock(padded)
    for output in 0..<outputs {
      (ordered.start + output * inputs).update(from: matrix + row(output) * inputs, count: inputs)
      if let bias { self.bias.start[output] = bias[row(output)] }
    }
    weights = FloatBlock(padded * inputs)
    ck_pack(ordered.start, outputs, inputs, weights.start)
  }

  /// The plain case: rows in order.
  init(_ matrix: Tensor, bias: Tensor) {
    self.init(matrix.start, bias: bias.start, outputs: matrix.shape[0], inputs: matrix.shape[1]) { $0 }
  }

  /// `out[i] = W x[i] + b` for `count` rows; `out` has rows of `padded` floats.
  func apply(
    _ kernels: Kernels, _ x: UnsafePointer<Float>, count: Int, stride: Int, out: UnsafeMutablePointer<Float>
  ) {
    kernels.table.pointee.affine(
      x, count, stride, inputs, 1, weights.start, bias.start, outputs, out, padded)
  }
}
