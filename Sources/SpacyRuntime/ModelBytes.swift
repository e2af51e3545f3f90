import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Read-only bytes that many threads may read: a mapped file, or a copy of an array.
public final class ModelBytes: @unchecked Sendable {
  // Never written after init, hence unchecked.
  /// The bytes, for as long as this object lives; 64-byte aligned at the start.
  public let buffer: UnsafeRawBufferPointer
  private let mapped: Bool

  /// Copies an array.
  public init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    copy.copyBytes(from: bytes)
    buffer = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[0..<bytes.count])
    mapped = false
  }

  /// Maps a file; nil if it can't be opened or is empty. Pages are read when they are first used.
  public init?(mapping path: String) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      return nil
    }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), address != MAP_FAILED else {
      return nil
    }
    buffer = UnsafeRawBufferPointer(start: address, count: size)
    mapped = true
  }

  deinit {
    guard let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress) else { return }
    if mapped { munmap(start, buffer.count) } else { start.deallocate() }
  }

  /// The text of a range of bytes.
  func text(_ range: Range<Int>) -> String { String(decoding: buffer[range], as: UTF8.self) }
}

/// SHA-256 of what it is fed.
struct Digest {
  private var state = ck_sha256()
  init() { ck_sha256_init(&state) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    ck_sha256_update(&state, start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  mutating func update(_ text: String) {
    Array(text.utf8).withUnsafeBytes { update($0) }
  }

  /// The digest's 32 bytes; nothing may be fed afterwards.
  mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    ck_sha256_final(&state, &digest)
    return digest
  }

  /// Bytes in lower-case hexadecimal.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
