import Columnar

/// What a column may hold, as far as its cells allow.
struct TypeGuess: Sendable {
  /// Types that all cells with a value can be read as.
  private var open: Kinds = .all
  private var hasValue = false
  /// Whether some cell is an array or object of JSON.
  private var hasNested = false
  /// Whether some cell is a whole number that a real may not hold to the last digit.
  private var hasWideInteger = false

  private struct Kinds: OptionSet, Sendable {
    let rawValue: UInt8
    static let bool = Kinds(rawValue: 1)
    static let long = Kinds(rawValue: 2)
    static let real = Kinds(rawValue: 4)
    static let datetime = Kinds(rawValue: 8)
    static let all: Kinds = [.bool, .long, .real, .datetime]
  }

  /// The narrowest type that fits all cells: `bool`, `long`, `real`, `datetime`, else `string`; `dynamic` where JSON
  /// has arrays or objects. A column without any value is `string`, and so is one of whole numbers with more digits than
  /// a number keeps: identifiers, mostly.
  var type: ScalarType {
    if hasNested { return .dynamic }
    if !hasValue { return .string }
    if open.contains(.bool) { return .bool }
    if open.contains(.long) { return .long }
    if open.contains(.real) { return hasWideInteger ? .string : .real }
    if open.contains(.datetime) { return .datetime }
    return .string
  }

  /// Takes in a text of CSV, which may be anything.
  @inline(__always)
  mutating func add(text: UnsafeBufferPointer<UInt8>) {
    hasValue = true
    if open.isEmpty { return }
    narrow(text, [.bool, .long, .real, .datetime])
  }

  /// Takes in a text of JSON, which is a date or nothing but a text.
  mutating func add(quoted text: UnsafeBufferPointer<UInt8>) {
    hasValue = true
    open.formIntersection(.datetime)
    if open.isEmpty { return }
    narrow(text, .datetime)
  }

  /// Takes in a number of JSON.
  mutating func add(number text: UnsafeBufferPointer<UInt8>) {
    hasValue = true
    open.formIntersection([.long, .real])
    if open.isEmpty { return }
    narrow(text, [.long, .real])
  }

  /// Takes in `true` or `false` of JSON.
  mutating func addBool() {
    hasValue = true
    open.formIntersection(.bool)
  }

  /// Takes in an array or object of JSON.
  mutating func addNested() {
    hasValue = true
    hasNested = true
  }

  private mutating func narrow(_ text: UnsafeBufferPointer<UInt8>, _ kinds: Kinds) {
    var fits: Kinds = []
    let asked = open.intersection(kinds)
    // What is a long is a real, too.
    if asked.contains(.long), let value = CellText.long(text) {
      fits = [.long, .real]
      if value.magnitude > CellText.largestExactInteger { hasWideInteger = true }
    } else if asked.contains(.real), let value = CellText.real(text) {
      fits = .real
      if value.magnitude >= Double(CellText.largestExactInteger), CellText.isWhole(text) {
        hasWideInteger = true
      }
    } else if asked.contains(.datetime), CellText.datetime(text) != nil {
      fits = .datetime
    } else if asked.contains(.bool), CellText.bool(text) != nil {
      fits = .bool
    }
    open.formIntersection(fits)
  }

  /// Takes in what another part of the column holds.
  mutating func formUnion(_ other: TypeGuess) {
    open.formIntersection(other.open)
    hasValue = hasValue || other.hasValue
    hasNested = hasNested || other.hasNested
    hasWideInteger = hasWideInteger || other.hasWideInteger
  }
}

/// Texts of cells as values. Nothing is trimmed, and what only looks like a number is none: "007" and "+1" are texts.
enum CellText {
  /// Up to here, each whole number is a real.
  static let largestExactInteger: UInt64 = 1 << 53

  /// Whether there are digits only, behind a sign at most.
  static func isWhole(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.dropFirst(text.first == UInt8(ascii: "-") ? 1 : 0).allSatisfy { $0 &- 0x30 < 10 }
  }

  /// `-?(0|[1-9][0-9]*)` within 64 bits; `-0` is none.
  static func long(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var at = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { at = 1 }
    let digits = text.count - at
    guard digits > 0, digits <= 19 else { return nil }
    if text[at] == 0x30, digits > 1 || isNegative { return nil }
    var value: UInt64 = 0
    while at < text.count {
      let digit = text[at] &- 0x30
      guard digit < 10 else { return nil }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    if isNegative { return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
    return Int64(exactly: value)
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19,
    1e20, 1e21, 1e22,
  ]

  /// Digits with a point or an exponent or both, or neither; finite. Digits before the point don't begin with an idle
  /// zero.
  static func real(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var at = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { at = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    let start = at
    while at < text.count, text[at] &- 0x30 < 10 {
      if digits > 0 || text[at] != 0x30 { digits += 1 }
      if digits <= 19 { mantissa = mantissa &* 10 &+ UInt64(text[at] &- 0x30) } else { exponent += 1 }
      at += 1
    }
    let whole = at - start
    if whole > 1, text[start] == 0x30 { return nil }
    var fraction = 0
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      let point = at
      while at < text.count, text[at] &- 0x30 < 10 {
        if digits > 0 || text[at] != 0x30 { digits += 1 }
        if digits <= 19 {
          mantissa = mantissa &* 10 &+ UInt64(text[at] &- 0x30)
          exponent -= 1
        }
        at += 1
      }
      fraction = at - point
    }
    guard whole + fraction > 0 else { return nil }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      var isDown = false
      if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
        isDown = text[at] == UInt8(ascii: "-")
        at += 1
      }
      let first = at
      var power = 0
      while at < text.count, text[at] &- 0x30 < 10 {
        power = min(100_000, power * 10 + Int(text[at] &- 0x30))
        at += 1
      }
      guard at > first else { return nil }
      exponent += isDown ? -power : power
    }
    guard at == text.count else { return nil }
    var value: Double
    // Exact numbers and one rounded operation give the nearest real (Clinger 1990).
    if digits <= 19, mantissa <= 1 << 53, abs(exponent) <= 22 {
      value =
        exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
      if isNegative { value = -value }
    } else {
      guard let read = Double(String(decoding: text, as: UTF8.self)) else { return nil }
      value = read
    }
    return value.isFinite ? value : nil
  }

  /// A date `yyyy-mm-dd`, with a time or without, in ticks.
  static func datetime(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count >= 8, text[4] == UInt8(ascii: "-") else { return nil }
    func two(_ at: Int) -> Int? {
      let (a, b) = (text[at] &- 0x30, text[at + 1] &- 0x30)
      return a < 10 && b < 10 ? Int(a) * 10 + Int(b) : nil
    }
    // The usual forms: 2024-10-08, 2024-10-08T12:30:00, the same with a fraction and with Z.
    fast: if text.count >= 10, text[7] == UInt8(ascii: "-"), let century = two(0), let year = two(2),
      let month = two(5),
      let day = two(8)
    {
      let date = CivilDate(century * 100 + year, month, day)
      guard date.isValid, century * 100 + year > 0 else { return nil }
      if text.count == 10 { return date.ticks }
      guard text.count >= 19, text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "),
        text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), let hour = two(11),
        let minute = two(14),
        let second = two(17), hour < 24, minute < 60, second < 60
      else { break fast }
      var ticks = date.ticks + Int64(hour * 3600 + minute * 60 + second) * Ticks.perSecond
      var at = 19
      if at < text.count, text[at] == UInt8(ascii: ".") {
        at += 1
        var unit = Ticks.perSecond / 10
        let first = at
        while at < text.count, text[at] &- 0x30 < 10, unit > 0 {
          ticks += Int64(text[at] &- 0x30) * unit
          unit /= 10
          at += 1
        }
        guard at > first else { return nil }
      }
      if at == text.count - 1, text[at] | 0x20 == UInt8(ascii: "z") { at += 1 }
      if at == text.count { return ticks }
    }
    // All else that KQL reads; but no bare year or month, which are numbers and codes as often.
    guard text.dropFirst(5).contains(UInt8(ascii: "-")), text[0] &- 0x30 < 10 else { return nil }
    return Ticks.parseISODatetime(String(decoding: text, as: UTF8.self))
  }

  /// `true` or `false`, in any case.
  static func bool(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    func says(_ word: StaticString) -> Bool {
      guard text.count == word.utf8CodeUnitCount else { return false }
      for index in 0..<text.count where text[index] | 0x20 != word.utf8Start[index] { return false }
      return true
    }
    return says("true") ? true : says("false") ? false : nil
  }
}
