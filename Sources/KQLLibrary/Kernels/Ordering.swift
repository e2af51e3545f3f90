import Columnar

/// Negative, zero or positive, as `a` comes before, equals or comes after `b` in ascending order.
///
/// Nulls come first, then NaN, then values: numbers by size whatever their type, texts by scalar values,
/// `false` before `true`. Values of different kinds are ordered by kind; arrays and bags by their JSON text.
func compareValues(_ a: Value, _ b: Value) -> Int {
  switch (a, b) {
  case (.long(let x), .long(let y)), (.datetime(let x), .datetime(let y)),
    (.timespan(let x), .timespan(let y)):
    return x < y ? -1 : x > y ? 1 : 0
  case (.real(let x), .real(let y)): return compareReals(x, y)
  case (.decimal(let x), .decimal(let y)): return x < y ? -1 : x > y ? 1 : 0
  case (.string(let x), .string(let y)): return scalarsPrecede(x, y) ? -1 : scalarsPrecede(y, x) ? 1 : 0
  case (.bool(let x), .bool(let y)): return x == y ? 0 : x ? 1 : -1
  case (.guid(let x), .guid(let y)): return x < y ? -1 : y < x ? 1 : 0
  case (.dynamic(let x), .dynamic(let y)):
    let (left, right) = (x.scalar, y.scalar)
    if case .dynamic = left, case .dynamic = right {
      let (first, second) = (x.json, y.json)
      return scalarsPrecede(first, second) ? -1 : scalarsPrecede(second, first) ? 1 : 0
    }
    return compareValues(left, right)
  case (.dynamic(let x), _): return kindOrder(x.scalar, b)
  case (_, .dynamic(let y)): return kindOrder(a, y.scalar)
  default: return kindOrder(a, b)
  }
}

private func kindOrder(_ a: Value, _ b: Value) -> Int {
  if let x = realOf(a), let y = realOf(b) { return compareReals(x, y) }
  func rank(_ value: Value) -> Int {
    switch value {
    case .null: 0
    case .bool: 1
    case .long, .real, .decimal: 2
    case .string: 3
    case .datetime: 4
    case .timespan: 5
    case .guid: 6
    case .dynamic(.null): 0
    case .dynamic: 7
    }
  }
  let (x, y) = (rank(a), rank(b))
  if x != y { return x < y ? -1 : 1 }
  switch (a, b) {
  case (.dynamic, _), (_, .dynamic), (.null, _), (_, .null): return 0
  default: return compareValues(a, b)
  }
}

/// Reals in order, NaN first.
func compareReals(_ x: Double, _ y: Double) -> Int {
  if x.isNaN || y.isNaN { return x.isNaN ? (y.isNaN ? 0 : -1) : 1 }
  return x < y ? -1 : x > y ? 1 : 0
}

/// A real as a whole number in the order of `compareReals`: NaN first, both zeros the same.
@inline(__always)
func orderedBits(_ value: Double) -> Int64 {
  if value.isNaN { return .min }
  let bits = Int64(bitPattern: (value + 0).bitPattern)
  return bits >= 0 ? bits : bits ^ .max
}

/// The real that `orderedBits` made a number of.
@inline(__always)
func realOfOrderedBits(_ bits: Int64) -> Double {
  if bits == .min { return .nan }
  return Double(bitPattern: UInt64(bitPattern: bits >= 0 ? bits : bits ^ .max))
}

/// A value as a key: equal for values that KQL's sets and groups hold for the same.
struct ValueKey: Hashable {
  private let bytes: [UInt8]

  init(_ value: Value) { bytes = Array(Self.text(value).utf8) }
  init(_ value: DynamicValue) { self.init(value.scalar) }

  /// The key as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  private static func text(_ value: Value) -> String {
    switch value {
    case .null: "n"
    case .bool(let flag): flag ? "b1" : "b0"
    case .long(let number): "l\(number)"
    // A whole real is the same member as the whole number: a set of 1 and 1.0 has one element.
    case .real(let number): Int64(exactly: number).map { "l\($0)" } ?? "r\(number)"
    case .decimal(let number): "d\(number)"
    case .string(let text): "s" + text
    case .datetime(let ticks): "t\(ticks)"
    case .timespan(let ticks): "p\(ticks)"
    case .guid(let identifier): "g\(identifier)"
    case .dynamic(let inner):
      switch inner {
      case .array, .bag: "j" + inner.json
      default: text(inner.scalar)
      }
    }
  }
}
