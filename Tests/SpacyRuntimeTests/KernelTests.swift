import CKernels
import Testing

@testable import SpacyRuntime

/// Each level of the kernels gives the bits of a plain loop with fused multiply-adds in index order.
@Suite struct KernelTests {
  private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(1 << 30)
    }
  }

  @Test(arguments: KernelLevel.allCases, [1, 3]) func affineIsOneChainAnOutput(
    _ level: KernelLevel, parts: Int
  ) {
    // Odd sizes: rows and columns that fill no tile.
    let (n, k, m) = (19, 36, 50)
    let (x, w, b) = (numbers(n * k, 1), numbers(m * k, 2), numbers(m, 3))
    let padded = ck_padded(m)
    var packed = [Float](repeating: 0, count: padded * k)
    ck_pack(w, m, k, &packed)
    var out = [Float](repeating: .nan, count: n * padded)
    let bias = b + [Float](repeating: 0, count: padded - m)
    Kernels(level).table.pointee.affine(x, n, k, k, parts, packed, bias, m, &out, padded)
    for i in 0..<n {
      for j in 0..<m {
        var total: Float = 0
        for part in 0..<parts {
          var sum: Float = 0
          for l in (part * k / parts)..<((part + 1) * k / parts) {
            sum = sum.addingProduct(x[i * k + l], w[j * k + l])
          }
          total = part == 0 ? sum : total + sum
        }
        #expect((total + b[j]).bitPattern == out[i * padded + j].bitPattern)
      }
    }
  }

  @Test func levelsAgreeToTheBit() {
    let (n, width, pieces) = (13, 96, 3)
    let k = width * 3
    let x = numbers((n + 2) * width, 4)
    let w = numbers(width * pieces * k, 5)
    let b = numbers(width * pieces, 6)
    let (gain, shift) = (numbers(width, 7), numbers(width, 8))
    var packed = [Float](repeating: 0, count: ck_padded(width * pieces) * k)
    ck_pack(w, width * pieces, k, &packed)
    let moves = 106
    let up = numbers(moves * 64, 9)
    var upPacked = [Float](repeating: 0, count: ck_padded(moves) * 64)
    ck_pack(up, moves, 64, &upPacked)
    let upBias = numbers(ck_padded(moves), 10)
    let shares = numbers(8 * 128, 11)
    let hiddenBias = numbers(128, 12)
    var results: [[UInt32]] = []
    for level in KernelLevel.allCases {
      var out = [Float](repeating: 0, count: n * width)
      var scratch = [Float](repeating: 0, count: 8 * ck_padded(width * pieces))
      let table = Kernels(level).table.pointee
      x.withUnsafeBufferPointer { x in
        guard let start = x.baseAddress else { return }
        table.maxout_norm(
          start, n, width, k, 3, packed, b, width, pieces, gain, shift, start + width, width, &out, width,
          &scratch)
      }
      var scores = [Float](repeating: 0, count: ck_padded(moves))
      shares.withUnsafeBufferPointer { shares in
        let pointers = (0..<8).map { feature in shares.baseAddress.map { $0 + feature * 128 } }
        table.score(pointers, 8, 64, 2, hiddenBias, upPacked, upBias, moves, &scores)
      }
      results.append((out + scores[..<moves]).map(\.bitPattern))
      // A normalised row plus its residual is near neither zero nor infinity.
      #expect(out.allSatisfy { $0.isFinite } && Set(out.map(\.bitPattern)).count > n)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func hashesAreTheKnownOnes() {
    // spaCy's documentation gives this id.
    #expect(StringID.of("coffee") == 3_197_928_453_018_144_401)
    #expect(StringID.of("") == 0)
    #expect(StringID.of("root") == 449 || Symbols.number(of: "root") == StringID.of("root"))
    #expect(Symbols.number(of: "IS_ALPHA") == 1)
    #expect(Symbols.number(of: "_") == 456)
    var digest = Digest()
    digest.update("abc")
    #expect(
      Digest.hexadecimal(digest.finish())
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func argmaxTakesTheFirstOfEquals() {
    #expect(ck_argmax([1, 3, 3, 2], 4) == 1)
    #expect(ck_argmax_of_kinds([9, 1, 5, 5], [0, 1, 2, 2], 4, 0b110) == 2)
    #expect(ck_argmax_of_kinds([9, 1], [0, 1], 2, 0b100) == -1)
  }
}
