import Columnar
import Foundation

/// A vector in another type; what can't be converted is null (the empty string for strings).
public func convert(_ vector: ColumnVector, to type: ScalarType) -> ColumnVector {
  if vector.type == type { return vector }
  if let value = vector.constantValue {
    return ColumnVector(constant: convertValue(value, to: type), type: type, count: vector.count)
  }
  switch (vector.storage, type) {
  case (.integers(let values), .long) where vector.type == .int:
    return ColumnVector(integers: values, type: .long, validity: vector.validity)
  case (.integers(let values), .real) where vector.type == .int || vector.type == .long:
    return ColumnVector(reals: values.map { Double($0) }, validity: vector.validity)
  case (.strings(let values), _):
    return ColumnVector(
      values.mapDistinct { parseText(String(decoding: $0, as: UTF8.self), as: type) }, type: type)
  default:
    var builder = ColumnBuilder(type: type)
    for row in 0..<vector.count { builder.append(convertValue(vector.value(row), to: type)) }
    return builder.finish()
  }
}

/// A value in another type, or null where there is none. Numbers lose their fraction on the way to
/// integers, and are null out of range.
public func convertValue(_ value: Value, to type: ScalarType) -> Value {
  if case .dynamic(let inner) = value, type != .dynamic {
    if inner == .null { return type == .string ? .string("") : .null }
    if type == .string { return .string(inner.text) }
    switch inner {
    case .array, .bag: return .null
    default: return convertValue(inner.scalar, to: type)
    }
  }
  if case .string(let text) = value { return parseText(text, as: type) }
  if case .null = value { return type == .string ? .string("") : .null }
  switch type {
  case .bool:
    switch value {
    case .bool: return value
    case .long(let number): return .bool(number != 0)
    case .real(let number): return number.isNaN ? .null : .bool(number != 0)
    default: return .null
    }
  case .int, .long:
    let whole: Int64?
    switch value {
    case .bool(let flag): whole = flag ? 1 : 0
    case .long(let number): whole = number
    case .real(let number): whole = number.isFinite ? Int64(exactly: number.rounded(.towardZero)) : nil
    case .decimal(let number):
      whole = Int64(exactly: NSDecimalNumber(decimal: number).doubleValue.rounded(.towardZero))
    case .datetime(let ticks), .timespan(let ticks): whole = ticks
    default: whole = nil
    }
    guard let whole else { return .null }
    if type == .int, Int32(exactly: whole) == nil { return .null }
    return .long(whole)
  case .real:
    switch value {
    case .bool(let flag): return .real(flag ? 1 : 0)
    case .long(let number): return .real(Double(number))
    case .real: return value
    case .decimal(let number): return .real(NSDecimalNumber(decimal: number).doubleValue)
    case .datetime(let ticks), .timespan(let ticks): return .real(Double(ticks))
    default: return .null
    }
  case .decimal:
    switch value {
    case .long(let number): return .decimal(Decimal(number))
    case .real(let number):
      return number.isFinite ? Decimal(string: realText(number)).map { .decimal($0) } ?? .null : .null
    case .decimal: return value
    case .bool(let flag): return .decimal(flag ? 1 : 0)
    default: return .null
    }
  case .string: return .string(value.text)
  case .datetime:
    switch value {
    case .datetime: return value
    case .long(let ticks): return Ticks.isDatetime(ticks) ? .datetime(ticks) : .null
    default: return .null
    }
  case .timespan:
    switch value {
    case .timespan: return value
    case .long(let ticks): return .timespan(ticks)
    default: return .null
    }
  case .guid:
    if case .guid = value { return value }
    return .null
  case .dynamic: return .dynamic(value.asDynamic)
  }
}

/// The value that a text means in a type; null when it means none. Blanks around numbers, dates and
/// timespans don't count. As `dynamic`, a text stays a text.
public func parseText(_ text: String, as type: ScalarType) -> Value {
  switch type {
  case .string: return .string(text)
  case .dynamic: return .dynamic(.string(text))
  default: break
  }
  let trimmed = trimBlanks(text)
  if trimmed.isEmpty { return .null }
  switch type {
  case .bool:
    switch trimmed.lowercased() {
    case "true", "1": return .bool(true)
    case "false", "0": return .bool(false)
    default: return Int64(trimmed).map { .bool($0 != 0) } ?? .null
    }
  case .int, .long:
    var number = Int64(trimmed)
    if number == nil, trimmed.lowercased().hasPrefix("0x"), let bits = UInt64(trimmed.dropFirst(2), radix: 16)
    {
      number = Int64(bitPattern: bits)
    }
    if number == nil, let real = parseReal(trimmed), real.isFinite {
      number = Int64(exactly: real.rounded(.towardZero))
    }
    guard let number else { return .null }
    if type == .int, Int32(exactly: number) == nil { return .null }
    return .long(number)
  case .real: return parseReal(trimmed).map { .real($0) } ?? .null
  case .decimal:
    guard parseReal(trimmed)?.isFinite == true else { return .null }
    return Decimal(string: trimmed, locale: nil).map { .decimal($0) } ?? .null
  case .datetime: return Ticks.parseISODatetime(trimmed).map { .datetime($0) } ?? .null
  case .timespan: return parseTimespan(trimmed).map { .timespan($0) } ?? .null
  case .guid: return GUID(trimmed).map { .guid($0) } ?? .null
  case .string, .dynamic: return .null
  }
}

/// A number with digits, a fraction and an exponent; also `nan`, `inf`, `+inf`, `-inf`, `Infinity`.
public func parseReal(_ text: String) -> Double? {
  switch text.lowercased() {
  case "nan": return .nan
  case "inf", "+inf", "infinity", "+infinity": return .infinity
  case "-inf", "-infinity": return -.infinity
  default: break
  }
  guard text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) })
  else { return nil }
  return Double(text)
}

/// `1.02:03:04.5`, `8 seconds`, `2h`, or a bare number of days.
public func parseTimespan(_ text: String) -> Int64? {
  if let clock = Ticks.parseClockTimespan(text) { return clock }
  let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." || $0 == "-" || $0 == "+" }
  guard let number = Double(digits) else { return nil }
  let unit = trimBlanks(String(text[digits.endIndex...])).lowercased()
  guard let ticks = unit.isEmpty ? Double(Ticks.perDay) : timespanUnit(unit) else { return nil }
  if let whole = Int64(digits), ticks >= 1 {
    let product = whole.multipliedReportingOverflow(by: Int64(ticks))
    return product.overflow ? nil : product.partialValue
  }
  return Int64(exactly: (number * ticks).rounded())
}

private func timespanUnit(_ unit: String) -> Double? {
  switch unit {
  case "d", "day", "days": Double(Ticks.perDay)
  case "h", "hr", "hrs", "hour", "hours": Double(Ticks.perHour)
  case "m", "min", "minute", "minutes": Double(Ticks.perMinute)
  case "s", "sec", "second", "seconds": Double(Ticks.perSecond)
  case "ms", "milli", "millis", "millisecond", "milliseconds": Double(Ticks.perMillisecond)
  case "micro", "micros", "microsecond", "microseconds": 10
  case "tick", "ticks": 1
  default: nil
  }
}

/// The text without blanks, tabs and line ends around it.
public func trimBlanks(_ text: String) -> String {
  let bytes = Array(text.utf8)
  var lower = 0
  var upper = bytes.count
  while lower < upper, bytes[lower] <= 0x20 { lower += 1 }
  while upper > lower, bytes[upper - 1] <= 0x20 { upper -= 1 }
  return lower == 0 && upper == bytes.count ? text : String(decoding: bytes[lower..<upper], as: UTF8.self)
}
