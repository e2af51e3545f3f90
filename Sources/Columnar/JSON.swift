import Collections
import Diagnostics
import Foundation

extension DynamicValue {
  /// The value as JSON on one line, without blanks: keys in order, reals shortest round-trip, NaN and
  /// infinities, ticks and identifiers as strings.
  public var json: String {
    var out = ""
    writeJSON(into: &out)
    return out
  }

  /// Appends the JSON text to `out`.
  public func writeJSON(into out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .long(let value): out += String(value)
    case .real(let value):
      if value.isFinite { out += realText(value) } else { out += "\"\(realText(value))\"" }
    case .decimal(let value): out += "\(value)"
    case .string(let value): writeJSONString(value, into: &out)
    case .datetime(let ticks): out += "\"\(Ticks.datetimeText(ticks))\""
    case .timespan(let ticks): out += "\"\(Ticks.timespanText(ticks))\""
    case .guid(let value): out += "\"\(value)\""
    case .array(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += "," }
        item.writeJSON(into: &out)
      }
      out += "]"
    case .bag(let members):
      out += "{"
      var first = true
      for (key, value) in members {
        if !first { out += "," }
        first = false
        writeJSONString(key, into: &out)
        out += ":"
        value.writeJSON(into: &out)
      }
      out += "}"
    }
  }

  /// Reads JSON text; nil when it isn't JSON, or nests deeper than 500 levels. Integers that fit 64 bits
  /// are `long`, other numbers `real`. A repeated key keeps its last value.
  public init?(json text: String) {
    var reader = JSONReader(bytes: Array(text.utf8))
    reader.skipSpace()
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    guard reader.isAtEnd else { return nil }
    self = value
  }
}

/// Appends `text` as a JSON string: quotes, backslashes and control characters escaped, all else as is.
public func writeJSONString(_ text: String, into out: inout String) {
  out += "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}", "\u{7F}":
      let hex = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: out.unicodeScalars.append(scalar)
    }
  }
  out += "\""
}

/// A bounds-checked reader of JSON text in UTF-8.
private struct JSONReader {
  let bytes: [UInt8]
  var position = 0
  var isAtEnd: Bool { position >= bytes.count }

  init(bytes: [UInt8]) { self.bytes = bytes }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  mutating func accept(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  mutating func literal(_ word: StaticString, _ value: DynamicValue) -> DynamicValue? {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count else { return nil }
    for index in 0..<length where bytes[position + index] != word.utf8Start[index] { return nil }
    position += length
    return value
  }

  mutating func value(depth: Int) -> DynamicValue? {
    guard depth < 500, let byte = current else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return bag(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return literal("true", .bool(true))
    case UInt8(ascii: "f"): return literal("false", .bool(false))
    case UInt8(ascii: "n"): return literal("null", .null)
    default: return number()
    }
  }

  mutating func array(depth: Int) -> DynamicValue? {
    position += 1
    var items: [DynamicValue] = []
    skipSpace()
    if accept(UInt8(ascii: "]")) { return .array(items) }
    while true {
      skipSpace()
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
      skipSpace()
      if accept(UInt8(ascii: "]")) { return .array(items) }
      guard accept(UInt8(ascii: ",")) else { return nil }
    }
  }

  mutating func bag(depth: Int) -> DynamicValue? {
    position += 1
    var members: OrderedDictionary<String, DynamicValue> = [:]
    skipSpace()
    if accept(UInt8(ascii: "}")) { return .bag(members) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\""), let key = string() else { return nil }
      skipSpace()
      guard accept(UInt8(ascii: ":")) else { return nil }
      skipSpace()
      guard let item = value(depth: depth + 1) else { return nil }
      members[key] = item
      skipSpace()
      if accept(UInt8(ascii: "}")) { return .bag(members) }
      guard accept(UInt8(ascii: ",")) else { return nil }
    }
  }

  mutating func number() -> DynamicValue? {
    let start = position
    _ = accept(UInt8(ascii: "-"))
    let firstDigit = position
    digits()
    guard position > firstDigit else { return nil }
    var isInteger = true
    if accept(UInt8(ascii: ".")) {
      isInteger = false
      let fraction = position
      digits()
      guard position > fraction else { return nil }
    }
    if let byte = current, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if !accept(UInt8(ascii: "+")) { _ = accept(UInt8(ascii: "-")) }
      let exponent = position
      digits()
      guard position > exponent else { return nil }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .long(value) }
    return Double(text).map { .real($0) }
  }

  mutating func digits() {
    while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
  }

  mutating func string() -> String? {
    position += 1
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    if current == UInt8(ascii: "\"") {
      position += 1
      return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
    }
    var out = Array(bytes[start..<position])
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      guard let escape = current else { return nil }
      position += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = unicodeEscape() else { return nil }
        out.append(contentsOf: String(Character(scalar)).utf8)
      default: return nil
      }
    }
    return nil
  }

  /// After `\u`: four digits, and the second half of a surrogate pair; a lone half is U+FFFD.
  mutating func unicodeEscape() -> Unicode.Scalar? {
    guard let first = hexUnit() else { return nil }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return "\u{FFFD}" }
    let mark = position
    position += 2
    guard let second = hexUnit() else { return nil }
    guard (0xDC00...0xDFFF).contains(second) else {
      position = mark
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  mutating func hexUnit() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
