import Columnar
import Foundation

/// A real with a fixed number of decimals, halves away from zero, without any locale.
func fixedText(_ value: Double, digits: Int, trimZeros: Bool = false) -> String {
  guard value.isFinite else { return realText(value) }
  var rounded = Decimal()
  var exact = Decimal(string: realText(value)) ?? Decimal(value)
  NSDecimalRound(&rounded, &exact, digits, .plain)
  var text = "\(rounded)"
  if !trimZeros, digits > 0 {
    let fraction = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
    if fraction == 0 { text += "." }
    text += String(repeating: "0", count: max(0, digits - fraction))
  }
  return text
}

/// A real rounded to a number of decimals, halves away from zero; below zero, to tens and hundreds.
/// What rounds is the number as it prints, so that 2.15 with one decimal is 2.2.
func rounded(_ value: Double, digits: Int64) -> Double {
  guard value.isFinite, digits < 18, abs(value) < 1e17 else { return value }
  if digits <= 0 {
    let scale = pow(10, Double(-max(digits, -300)))
    return (value / scale).rounded(.toNearestOrAwayFromZero) * scale
  }
  // No decimal holds what is that small.
  if abs(value) < 1e-19 { return 0 }
  guard var exact = Decimal(string: realText(value)) else { return value }
  var result = Decimal()
  NSDecimalRound(&result, &exact, Int(digits), .plain)
  return Double("\(result)") ?? value
}

/// Text without blanks and line ends around it.
func stripped(_ text: String) -> Substring {
  var view = Substring(text).unicodeScalars
  while let first = view.first, first.properties.isWhitespace { view.removeFirst() }
  while let last = view.last, last.properties.isWhitespace { view.removeLast() }
  return Substring(view)
}

/// A whole number in text: decimal, or hexadecimal after `0x`; nil for anything else.
func parseInteger(_ text: String) -> Int64? {
  let digits = stripped(text)
  if let value = Int64(digits) { return value }
  let lower = digits.lowercased()
  if lower.hasPrefix("0x") { return UInt64(lower.dropFirst(2), radix: 16).map { Int64(bitPattern: $0) } }
  if lower.hasPrefix("-0x") {
    return UInt64(lower.dropFirst(3), radix: 16).flatMap { Int64(exactly: $0) }.map { -$0 }
  }
  return nil
}

/// A real in text, `NaN` and infinities too; nil for anything else.
func parseReal(_ text: String) -> Double? {
  let digits = stripped(text).lowercased()
  switch digits {
  case "nan": return .nan
  case "inf", "+inf", "infinity", "+infinity": return .infinity
  case "-inf", "-infinity": return -.infinity
  default:
    guard let first = digits.utf8.first, first != UInt8(ascii: "i"), first != UInt8(ascii: "n"),
      !digits.hasPrefix("0x"), !digits.hasPrefix("-0x"), !digits.hasPrefix("+0x")
    else { return nil }
    return Double(digits)
  }
}

/// A decimal in text; nil for anything else.
func parseDecimal(_ text: String) -> Decimal? {
  let digits = stripped(text)
  // Foundation reads a number's start and ignores the rest; a number of Swift's is checked first.
  guard Double(digits) != nil, !digits.lowercased().contains(where: { "xpni".contains($0) }) else {
    return nil
  }
  return Decimal(string: String(digits))
}

/// A real cut to a whole number; nil when it has none in 64 bits.
func wholeNumber(_ value: Double) -> Int64? {
  guard value > -9.3e18, value < 9.3e18 else { return nil }
  return Int64(exactly: value.rounded(.towardZero))
}

/// A decimal cut to a whole number; nil when it does not fit 64 bits.
func wholeNumber(_ value: Decimal) -> Int64? {
  var (exact, cut) = (value, Decimal())
  NSDecimalRound(&cut, &exact, 0, value < 0 ? .up : .down)
  return Int64("\(cut)")
}
