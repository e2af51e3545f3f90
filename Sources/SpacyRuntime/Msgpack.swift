import Diagnostics

/// A value of a MessagePack document: the format of spaCy's model files.
///
/// Byte strings stay ranges into the document, so that weights are copied once at most.
enum Msgpack: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case real(Double)
  case string(String)
  /// Where a byte string stands in the document.
  case binary(Range<Int>)
  case array([Msgpack])
  /// Entries in the document's order.
  case map([(key: Msgpack, value: Msgpack)])

  /// Reads one document that fills `bytes`.
  ///
  /// - Errors: `NLP104` for anything that is not MessagePack, nests deeper than 64 levels, or goes on
  ///   after its end. Never traps, whatever the bytes.
  /// - Source: the MessagePack specification; extension types don't occur in models and are refused.
  static func read(_ bytes: UnsafeRawBufferPointer, _ name: String) throws(DossierError) -> Msgpack {
    var reader = MsgpackReader(bytes: bytes, name: name)
    let value = try reader.value(depth: 0)
    guard reader.position == bytes.count else { throw reader.error("goes on after its end") }
    return value
  }

  /// The value under a text key of a map.
  subscript(key: String) -> Msgpack? {
    guard case .map(let entries) = self else { return nil }
    for entry in entries { if case .string(let name) = entry.key, name == key { return entry.value } }
    return nil
  }

  /// The text of a string.
  var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The elements of an array.
  var array: [Msgpack]? { if case .array(let items) = self { items } else { nil } }
  /// The entries of a map.
  var map: [(key: Msgpack, value: Msgpack)]? { if case .map(let entries) = self { entries } else { nil } }
  /// The truth value of a boolean.
  var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  /// A whole number that fits.
  var integer: Int? {
    switch self {
    case .int(let value): Int(exactly: value)
    case .uint(let value): Int(exactly: value)
    default: nil
    }
  }

  /// A string id: any 64 bits.
  var id: UInt64? {
    switch self {
    case .int(let value): UInt64(bitPattern: value)
    case .uint(let value): value
    default: nil
    }
  }
}

extension DossierError.Code {
  /// A file of a model package can't be read.
  static let modelPackageUnreadable: Self = "NLP104"
}

private struct MsgpackReader {
  let bytes: UnsafeRawBufferPointer
  let name: String
  var position = 0

  func error(_ what: String) -> DossierError {
    DossierError(.modelPackageUnreadable, "model file '\(name)' \(what) (byte \(position))")
  }

  mutating func take(_ count: Int) throws(DossierError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else { throw error("is cut short") }
    defer { position += count }
    return position..<position + count
  }

  mutating func unsigned(_ width: Int) throws(DossierError) -> UInt64 {
    var value: UInt64 = 0
    for offset in try take(width) { value = value << 8 | UInt64(bytes[offset]) }
    return value
  }

  mutating func signed(_ width: Int) throws(DossierError) -> Msgpack {
    let shift = UInt64(64 - width * 8)
    return .int(Int64(bitPattern: try unsigned(width) << shift) >> Int64(shift))
  }

  /// A length that the rest of the document can still hold, each element being a byte at least.
  mutating func length(_ width: Int) throws(DossierError) -> Int {
    let value = try unsigned(width)
    guard value <= UInt64(bytes.count - position) else { throw error("is cut short") }
    return Int(value)
  }

  mutating func text(_ count: Int) throws(DossierError) -> Msgpack {
    .string(String(decoding: bytes[try take(count)], as: UTF8.self))
  }

  mutating func list(_ count: Int, _ depth: Int) throws(DossierError) -> Msgpack {
    var items: [Msgpack] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try value(depth: depth + 1)) }
    return .array(items)
  }

  mutating func entries(_ count: Int, _ depth: Int) throws(DossierError) -> Msgpack {
    var items: [(key: Msgpack, value: Msgpack)] = []
    items.reserveCapacity(count)
    for _ in 0..<count {
      var key = try value(depth: depth + 1)
      // Arrays of numbers spell their keys as byte strings.
      if case .binary(let range) = key { key = .string(String(decoding: bytes[range], as: UTF8.self)) }
      items.append((key, try value(depth: depth + 1)))
    }
    return .map(items)
  }

  mutating func value(depth: Int) throws(DossierError) -> Msgpack {
    guard depth <= 64 else { throw error("nests too deep") }
    let lead = UInt8(try unsigned(1))
    switch lead {
    case 0x00...0x7F: return .int(Int64(lead))
    case 0x80...0x8F: return try entries(Int(lead & 0x0F), depth)
    case 0x90...0x9F: return try list(Int(lead & 0x0F), depth)
    case 0xA0...0xBF: return try text(Int(lead & 0x1F))
    case 0xC0: return .null
    case 0xC2: return .bool(false)
    case 0xC3: return .bool(true)
    case 0xC4: return .binary(try take(try length(1)))
    case 0xC5: return .binary(try take(try length(2)))
    case 0xC6: return .binary(try take(try length(4)))
    case 0xCA: return .real(Double(Float(bitPattern: UInt32(try unsigned(4)))))
    case 0xCB: return .real(Double(bitPattern: try unsigned(8)))
    case 0xCC: return .uint(try unsigned(1))
    case 0xCD: return .uint(try unsigned(2))
    case 0xCE: return .uint(try unsigned(4))
    case 0xCF: return .uint(try unsigned(8))
    case 0xD0: return try signed(1)
    case 0xD1: return try signed(2)
    case 0xD2: return try signed(4)
    case 0xD3: return try signed(8)
    case 0xD9: return try text(try length(1))
    case 0xDA: return try text(try length(2))
    case 0xDB: return try text(try length(4))
    case 0xDC: return try list(try length(2), depth)
    case 0xDD: return try list(try length(4), depth)
    case 0xDE: return try entries(try length(2), depth)
    case 0xDF: return try entries(try length(4), depth)
    case 0xE0...0xFF: return .int(Int64(Int8(bitPattern: lead)))
    default: throw error("has an extension type, which models don't use")
    }
  }
}
