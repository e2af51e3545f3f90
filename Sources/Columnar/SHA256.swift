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

  /// The hash of several texts as 64 hexadecimal digits, as `FieldsHash` has it.
  public static func hex(ofFields fields: [String]) -> String {
    var hash = FieldsHash()
    for field in fields { hash.add(field) }
    return hash.finishHex()
  }
}

/// SHA-256 over texts, each with its length in front: other texts, or the same cut elsewhere, have another hash.
public struct FieldsHash: Sendable {
  private var hash = SHA256()
  /// Small pieces are collected: handing each over for itself takes longer than hashing it.
  private var pending: [UInt8] = []

  /// The hash of nothing yet.
  public init() { pending.reserveCapacity(1 << 16) }

  /// Adds a text.
  public mutating func add(_ field: String) {
    var field = field
    field.withUTF8 { utf8 in
      pending.append(contentsOf: String(utf8.count).utf8)
      pending.append(UInt8(ascii: ":"))
      pending.append(contentsOf: utf8)
    }
    guard pending.count >= 1 << 15 else { return }
    hash.update(pending)
    pending.removeAll(keepingCapacity: true)
  }

  /// The hash of all that was added, as 64 hexadecimal digits.
  public func finishHex() -> String {
    var hash = hash
    hash.update(pending)
    return hash.finishHex()
  }
}
