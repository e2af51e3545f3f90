import CKernels

/// SHA-256 over bytes that may come in pieces.
/// - Source: FIPS 180-4.
public struct SHA256: Sendable {
  private var state = ck_sha256()

  /// The hash of nothing yet.
  public init() { ck_sha256_init(&state) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    ck_sha256_update(&state, start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Adds a text's UTF-8 bytes.
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The 32 bytes of the hash of all that was added.
  public func finish() -> [UInt8] {
    var state = state
    var digest = [UInt8](repeating: 0, count: 32)
    ck_sha256_final(&state, &digest)
    return digest
  }

  /// The hash as 64 lower-case hexadecimal digits.
  public func finishHex() -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: finish().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The hash of bytes as 64 hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finishHex()
  }

  /// The hash of a text's UTF-8 bytes as 64 hexadecimal digits.
  public static func hex(of text: String) -> String {
    var hash = SHA256()
    hash.update(text)
    return hash.finishHex()
  }

  /// The hash of several texts as 64 hexadecimal digits; other texts, or the same cut elsewhere, have another.
  public static func hex(ofFields fields: [String]) -> String {
    var hash = SHA256()
    for field in fields {
      hash.update("\(field.utf8.count):")
      hash.update(field)
    }
    return hash.finishHex()
  }
}
