import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// A value as another type, as the `to…()` functions do it: null when it does not fit, never an error.
/// A dynamic counts as the scalar in it.
func convert(_ value: Value, to type: ScalarType) -> Value {
  var value = value
  if case .dynamic(let inner) = value, type != .dynamic, type != .string { value = inner.scalar }
  if case .null = value { return type == .string ? .string("") : .null }
  switch type {
  case .string: return .string(value.text)
  case .bool: return toBool(value).map { .bool($0) } ?? .null
  case .long: return toLong(value).map { .long($0) } ?? .null
  case .int: return toLong(value).flatMap { Int32(exactly: $0) }.map { .long(Int64($0)) } ?? .null
  case .real: return toReal(value).map { .real($0) } ?? .null
  case .decimal: return toDecimal(value).map { .decimal($0) } ?? .null
  case .datetime: return toDatetime(value).map { .datetime($0) } ?? .null
  case .timespan: return toTimespan(value).map { .timespan($0) } ?? .null
  case .guid:
    switch value {
    case .guid: return value
    case .string(let text): return GUID(text).map { .guid($0) } ?? .null
    default: return .null
    }
  case .dynamic:
    if case .string(let text) = value {
      if text.isEmpty { return .null }
      return .dynamic(DynamicValue(json: text) ?? .string(text))
    }
    return .dynamic(value.asDynamic)
  }
}

private func toBool(_ value: Value) -> Bool? {
  switch value {
  case .bool(let flag): return flag
  case .long(let number): return number != 0
  case .real(let number): return number != 0
  case .decimal(let number): return number != 0
  case .string(let text):
    switch stripped(text).lowercased() {
    case "true": return true
    case "false": return false
    default: return parseInteger(text).map { $0 != 0 }
    }
  default: return nil
  }
}

private func toLong(_ value: Value) -> Int64? {
  switch value {
  case .bool(let flag): return flag ? 1 : 0
  case .long(let number), .datetime(let number), .timespan(let number): return number
  case .real(let number): return wholeNumber(number)
  case .decimal(let number): return wholeNumber(number)
  case .string(let text): return parseInteger(text) ?? parseReal(text).flatMap { wholeNumber($0) }
  default: return nil
  }
}

private func toReal(_ value: Value) -> Double? {
  switch value {
  case .bool(let flag): flag ? 1 : 0
  case .datetime(let ticks), .timespan(let ticks): Double(ticks)
  case .string(let text): parseReal(text)
  default: realOf(value)
  }
}

private func toDecimal(_ value: Value) -> Decimal? {
  switch value {
  case .bool(let flag): flag ? 1 : 0
  case .long(let number), .datetime(let number), .timespan(let number): Decimal(number)
  case .real(let number): number.isFinite ? Decimal(string: realText(number)) : nil
  case .decimal(let number): number
  case .string(let text): parseDecimal(text)
  default: nil
  }
}

private func toDatetime(_ value: Value) -> Int64? {
  switch value {
  case .datetime(let ticks): ticks
  case .long(let ticks): Ticks.isDatetime(ticks) ? ticks : nil
  case .string(let text): parseDatetime(text)
  default: nil
  }
}

private func toTimespan(_ value: Value) -> Int64? {
  switch value {
  case .timespan(let ticks), .long(let ticks): ticks
  case .real(let number): wholeNumber(number)
  case .string(let text): parseTimespan(text)
  default: nil
  }
}

/// A column as another type, as `convert` does it a value. Texts are read once a distinct one.
func convert(_ column: ColumnVector, to type: ScalarType) -> ColumnVector {
  if column.type == type { return column }
  if let constant = column.constantValue {
    return ColumnVector(constant: convert(constant, to: type), type: type, count: column.count)
  }
  if case .integers(let values) = column.storage {
    if type == .long { return ColumnVector(integers: values, validity: column.validity) }
    if type == .real { return ColumnVector(reals: values.map(Double.init), validity: column.validity) }
  }
  if case .strings(let strings) = column.storage, let codes = strings.codes, strings.pool.count <= codes.count
  {
    let distinct = ColumnVector(
      (0..<strings.pool.count).map { convert(.string(strings.pool[$0]), to: type) }, type: type)
    return distinct.gather(codes.map(Int.init))
  }
  var builder = ColumnBuilder(type: type)
  for row in 0..<column.count { builder.append(convert(column.value(row), to: type)) }
  return builder.finish()
}

/// A column as the type of a call's result.
func converted(
  _ column: ColumnVector, to type: ScalarType, _ call: FunctionCall
) throws(DossierError) -> ColumnVector {
  type == column.type ? column : convert(column, to: type)
}

/// The type that a `typeof(T)` argument names (it arrives as the constant text `T`); `string` when left out.
///
/// - Errors: `BND402` for anything else.
func typeArgument(
  _ arguments: [ArgumentInfo], at index: Int, of name: String, default fallback: ScalarType = .string
) throws(DossierError) -> ScalarType {
  guard index < arguments.count else { return fallback }
  guard case .string(let text) = arguments[index].constant ?? .null, let type = ScalarType(kqlName: text)
  else {
    throw DossierError(
      .argumentValue, "\(name)() needs a type here, such as typeof(long)", at: arguments[index].span)
  }
  return type
}

/// A timespan in text: `[-][d.]hh:mm[:ss[.f…]]`, or a number with a unit, or a number of days.
func parseTimespan(_ text: String) -> Int64? {
  if let ticks = Ticks.parseClockTimespan(text) { return ticks }
  let trimmed = stripped(text)
  let number = trimmed.prefix { "+-.0123456789".contains($0) }
  let unit = stripped(String(trimmed.dropFirst(number.count))).lowercased()
  guard let value = Double(number) else { return nil }
  let scale: Int64
  switch unit {
  case "", "d", "day", "days": scale = Ticks.perDay
  case "h", "hr", "hrs", "hour", "hours": scale = Ticks.perHour
  case "m", "min", "minute", "minutes": scale = Ticks.perMinute
  case "s", "sec", "second", "seconds": scale = Ticks.perSecond
  case "ms", "milli", "millis", "millisec", "millisecond", "milliseconds": scale = Ticks.perMillisecond
  case "micro", "micros", "microsec", "microsecond", "microseconds": scale = Ticks.perMicrosecond
  case "tick", "ticks": scale = 1
  default: return nil
  }
  return wholeNumber((value * Double(scale)).rounded())
}

private let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/// A datetime in text: ISO 8601 and its shorter forms, RFC 822 (`Sat, 8 Nov 14 15:05:02 GMT`), RFC 850
/// (`Saturday, 08-Nov-14 15:05:02 UTC`), and `MM/dd/yyyy[ hh:mm[:ss][ AM]]`.
func parseDatetime(_ text: String) -> Int64? {
  if let ticks = Ticks.parseISODatetime(text) { return ticks }
  var words = text.unicodeScalars.split { $0 == " " || $0 == "," || $0 == "-" || $0 == "/" }
    .map { String($0) }
  if text.contains("/") { return parseSlashes(words) }
  // A weekday's name in front says nothing that the date does not.
  if let first = words.first, first.utf8.allSatisfy({ $0 >= 0x41 }),
    !monthNames.contains(String(lowered(first).prefix(3)))
  {
    words.removeFirst()
  }
  guard words.count >= 3 else { return nil }
  let dayFirst = Int(words[0]) != nil
  guard let day = Int(words[dayFirst ? 0 : 1]),
    let month = monthNames.firstIndex(of: String(lowered(words[dayFirst ? 1 : 0]).prefix(3))),
    var year = Int(words[2])
  else { return nil }
  if words[2].utf8.count == 2 { year += year < 50 ? 2000 : 1900 }
  var date = "\(padded(year, 4))-\(padded(month + 1, 2))-\(padded(day, 2))"
  if words.count > 3 { date += " " + words[3] }
  if words.count > 4 {
    switch words[4] {
    case "GMT", "UTC", "Z", "UT": date += "Z"
    default:
      guard words[4].hasPrefix("+") else { return nil }
      date += words[4]
    }
  }
  return Ticks.parseISODatetime(date)
}

private func parseSlashes(_ words: [String]) -> Int64? {
  guard words.count >= 3, let month = Int(words[0]), let day = Int(words[1]), let year = Int(words[2]) else {
    return nil
  }
  guard let base = Ticks.parseISODatetime("\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))") else {
    return nil
  }
  guard words.count > 3 else { return base }
  guard var time = Ticks.parseClockTimespan(words[3]) else { return nil }
  if words.count > 4 {
    let half = lowered(words[4])
    guard half == "am" || half == "pm", time < 13 * Ticks.perHour else { return nil }
    if time >= 12 * Ticks.perHour { time -= 12 * Ticks.perHour }
    if half == "pm" { time += 12 * Ticks.perHour }
  }
  return base + time
}

/// A number with zeros before it.
func padded(_ value: some BinaryInteger, _ width: Int) -> String {
  let digits = String(value.magnitude)
  return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
