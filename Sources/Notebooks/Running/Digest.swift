import CKernels

/// SHA-256, to name contents.
enum Digest {
  /// The hash of some bytes, raw.
  static func bytes(of input: [UInt8]) -> [UInt8] {
    var state = ck_sha256()
    var digest = [UInt8](repeating: 0, count: 32)
    ck_sha256_init(&state)
    input.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { ck_sha256_update(&state, base, buffer.count) }
    }
    ck_sha256_final(&state, &digest)
    return digest
  }

  /// The hash of some bytes, as 64 hexadecimal digits.
  static func hex(of input: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes(of: input).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
