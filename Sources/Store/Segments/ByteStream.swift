/// Bytes being written: little-endian words, LEB128 varints, packed codes.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func count(_ value: Int) { varint(UInt64(value)) }

  /// Small magnitudes of both signs in few bytes.
  mutating func signed(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  mutating func word(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) {
    count(utf8.count)
    bytes.append(contentsOf: utf8)
  }

  mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { text($0) }
  }

  /// Values below `1 << width`, lowest bits first, filled up to a whole byte.
  mutating func packed(_ values: some Sequence<UInt32>, width: Int) {
    guard width > 0 else { return }
    var pending: UInt64 = 0
    var filled = 0
    for value in values {
      pending |= UInt64(value) << UInt64(filled)
      filled += width
      while filled >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        filled -= 8
      }
    }
    if filled > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
  }

  /// The number of bits that codes below `count` need.
  static func width(for count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }
}

/// What a reader throws when bytes are not what a writer wrote.
struct MalformedBytes: Error {}

/// A bounds-checked reader of what `ByteWriter` writes: any bytes give values or `MalformedBytes`.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  mutating func byte() throws(MalformedBytes) -> UInt8 {
    guard position < bytes.count else { throw MalformedBytes() }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func varint() throws(MalformedBytes) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw MalformedBytes() }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      guard shift < 64 else { throw MalformedBytes() }
    }
  }

  mutating func signed() throws(MalformedBytes) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A count of things that take at least `bits` bits each of what is left; so no count can ask for
  /// more memory than the bytes justify.
  mutating func count(atLeastBits bits: Int = 0) throws(MalformedBytes) -> Int {
    guard let value = Int(exactly: try varint()), value <= Self.largestCount else { throw MalformedBytes() }
    guard bits == 0 || value <= remaining * 8 / bits else { throw MalformedBytes() }
    return value
  }

  /// Rows of one column segment never reach this.
  static let largestCount = 1 << 31

  mutating func word() throws(MalformedBytes) -> UInt64 {
    guard remaining >= 8 else { throw MalformedBytes() }
    defer { position += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  mutating func take(_ length: Int) throws(MalformedBytes) -> UnsafeRawBufferPointer {
    guard length >= 0, length <= remaining else { throw MalformedBytes() }
    defer { position += length }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + length)])
  }

  /// Text that is UTF-8; anything else is malformed.
  mutating func text() throws(MalformedBytes) -> String {
    let utf8 = try take(try count(atLeastBits: 8))
    guard let text = String(validating: utf8, as: UTF8.self) else { throw MalformedBytes() }
    return text
  }

  /// Codes as `ByteWriter.packed` wrote them, each below `limit`.
  mutating func packed(_ count: Int, width: Int, limit: Int) throws(MalformedBytes) -> [UInt32] {
    guard width <= 32, width >= 0 else { throw MalformedBytes() }
    if width == 0 {
      guard limit > 0 || count == 0 else { throw MalformedBytes() }
      return [UInt32](repeating: 0, count: count)
    }
    let source = try take((count * width + 7) / 8)
    let mask: UInt64 = (1 << UInt64(width)) - 1
    var largest: UInt32 = 0
    let codes = [UInt32](unsafeUninitializedCapacity: count) { codes, initialized in
      var pending: UInt64 = 0
      var filled = 0
      var next = 0
      for index in 0..<count {
        while filled < width {
          pending |= UInt64(source[next]) << UInt64(filled)
          next += 1
          filled += 8
        }
        let code = UInt32(truncatingIfNeeded: pending & mask)
        codes.initializeElement(at: index, to: code)
        largest = max(largest, code)
        pending >>= UInt64(width)
        filled -= width
      }
      initialized = count
    }
    guard count == 0 || Int(largest) < limit else { throw MalformedBytes() }
    return codes
  }
}
