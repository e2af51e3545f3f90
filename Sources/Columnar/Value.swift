import Collections
import Foundation

/// A 128-bit identifier, printed as `00000000-0000-0000-0000-000000000000` in lower case.
public struct GUID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first 16 hexadecimal digits.
  public var high: UInt64
  /// The last 16 hexadecimal digits.
  public var low: UInt64

  /// Makes an identifier from its two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads 32 hexadecimal digits, with or without dashes and braces; nil for anything else.
  public init?(_ text: some StringProtocol) {
    var digits: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: digits.append(byte - 0x30)
      case 0x41...0x46: digits.append(byte - 0x37)
      case 0x61...0x66: digits.append(byte - 0x57)
      case 0x2D, 0x7B, 0x7D: continue
      default: return nil
      }
    }
    guard digits.count == 32 else { return nil }
    high = digits[..<16].reduce(0) { $0 << 4 | UInt64($1) }
    low = digits[16...].reduce(0) { $0 << 4 | UInt64($1) }
  }

  /// The text form.
  public var description: String {
    let hex = Self.hex(high) + Self.hex(low)
    var text = ""
    for (index, digit) in hex.enumerated() {
      if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
      text.append(digit)
    }
    return text
  }

  private static func hex(_ half: UInt64) -> String {
    let digits = String(half, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Ordered by value.
  public static func < (a: GUID, b: GUID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// One cell. The column's type tells `int` from `long`; both are `.long` here.
public enum Value: Sendable {
  /// No value. Strings are never null: theirs is the empty string.
  case null
  case bool(Bool)
  /// An `int` or a `long`.
  case long(Int64)
  case real(Double)
  case decimal(Decimal)
  case string(String)
  /// Ticks of 100 ns since 0001-01-01T00:00:00.
  case datetime(Int64)
  /// Ticks of 100 ns.
  case timespan(Int64)
  case guid(GUID)
  case dynamic(DynamicValue)

  /// Whether there is no value; a dynamic null counts as none.
  public var isNull: Bool {
    switch self {
    case .null, .dynamic(.null): true
    default: false
    }
  }

  /// The text that `tostring()` gives: null is empty, bool `true`/`false`, ticks in their text forms.
  public var text: String {
    switch self {
    case .null: ""
    case .bool(let value): value ? "true" : "false"
    case .long(let value): String(value)
    case .real(let value): realText(value)
    case .decimal(let value): "\(value)"
    case .string(let value): value
    case .datetime(let ticks): Ticks.datetimeText(ticks)
    case .timespan(let ticks): Ticks.timespanText(ticks)
    case .guid(let value): value.description
    case .dynamic(let value): value.text
    }
  }

  /// The value as a member of a dynamic array or bag.
  public var asDynamic: DynamicValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .long(let value): .long(value)
    case .real(let value): .real(value)
    case .decimal(let value): .decimal(value)
    case .string(let value): .string(value)
    case .datetime(let ticks): .datetime(ticks)
    case .timespan(let ticks): .timespan(ticks)
    case .guid(let value): .guid(value)
    case .dynamic(let value): value
    }
  }
}

/// A value of type `dynamic`: JSON, plus KQL's own scalars, which print as JSON strings or numbers.
public indirect enum DynamicValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case long(Int64)
  case real(Double)
  case decimal(Decimal)
  case string(String)
  case datetime(Int64)
  case timespan(Int64)
  case guid(GUID)
  case array([DynamicValue])
  /// Keys in order of insertion.
  case bag(OrderedDictionary<String, DynamicValue>)

  /// A bag without members.
  public static let emptyBag = DynamicValue.bag([:])

  /// The value that `tostring()` gives: a string without quotes, null as nothing, all else as JSON.
  public var text: String {
    switch self {
    case .null: ""
    case .string(let value): value
    case .real, .datetime, .timespan, .guid: scalar.text
    default: json
    }
  }

  /// The scalar inside: null, or the typed value; arrays and bags stay `.dynamic`.
  public var scalar: Value {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .long(let value): .long(value)
    case .real(let value): .real(value)
    case .decimal(let value): .decimal(value)
    case .string(let value): .string(value)
    case .datetime(let ticks): .datetime(ticks)
    case .timespan(let ticks): .timespan(ticks)
    case .guid(let value): .guid(value)
    case .array, .bag: .dynamic(self)
    }
  }

  /// About how many bytes of memory it takes, parts of it that others share included.
  public var heldBytes: Int {
    func held(_ text: String) -> Int { text.utf8.count > 15 ? 32 + text.utf8.count : 0 }
    return switch self {
    case .null: 8
    case .string(let text): 56 + held(text)
    case .array(let items): items.reduce(88) { $0 + $1.heldBytes }
    case .bag(let members): members.reduce(200) { $0 + 40 + held($1.key) + $1.value.heldBytes }
    default: 56
    }
  }

  /// The value under a key, or null.
  public subscript(key: String) -> DynamicValue {
    if case .bag(let members) = self { return members[key] ?? .null }
    return .null
  }

  /// The element at an index, negative from the end, or null.
  public subscript(index: Int) -> DynamicValue {
    guard case .array(let items) = self else { return .null }
    let position = index < 0 ? items.count + index : index
    return items.indices.contains(position) ? items[position] : .null
  }
}

/// The shortest decimal text that reads back as the same double, as KQL prints reals: `1.5`, `1.0`,
/// `1e+20`, `NaN`, `Infinity`, `-Infinity`.
public func realText(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
  return "\(value)"
}
