import Columnar
import Diagnostics
import KQLEngine

/// Datetimes and timespans as text by a pattern, without any locale.
enum FormatFunctions {
  static let all: [ScalarFunction] = [formatDatetime, formatTimespan]

  static let formatDatetime = ScalarFunction.kernel(
    "format_datetime", [.datetime("date"), .string("format")], gives: .string,
    "A datetime as text by a pattern of d dd f… F… h hh H HH m mm M MM s ss y yy yyyy tt and separators.",
    ("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", "17-01-29 [09:00:05]")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1)) {
      (ticks: Int64, format: String) throws(DossierError) -> String? in
      let day = CivilDate(ticks: ticks)
      let time = ticks % Ticks.perDay
      let hour = time / Ticks.perHour
      return try formatted(format, call) { letter, count in
        switch (letter, count) {
        case ("d", 1...2): padded(day.day, count)
        case ("M", 1...2): padded(day.month, count)
        case ("y", 1): "\(day.year % 100)"
        case ("y", 2): padded(day.year % 100, 2)
        case ("y", 3...5): padded(day.year, count)
        case ("h", 1...2): padded(hour % 12 == 0 ? 12 : hour % 12, count)
        case ("H", 1...2): padded(hour, count)
        case ("t", 1): hour < 12 ? "A" : "P"
        case ("t", 2): hour < 12 ? "AM" : "PM"
        default: clockPart(letter, count, time)
        }
      }
    }
  }

  static let formatTimespan = ScalarFunction.kernel(
    "format_timespan", [.timespan("timespan"), .string("format")], gives: .string,
    "A timespan as text by a pattern of d…dddddddd f… F… h hh H HH m mm s ss and separators.",
    ("format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", "29.09:00:05:12")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1)) {
      (ticks: Int64, format: String) throws(DossierError) -> String? in
      let magnitude = ticks.magnitude
      let time = Int64(magnitude % UInt64(Ticks.perDay))
      let days = magnitude / UInt64(Ticks.perDay)
      return try formatted(format, call) { letter, count in
        switch (letter, count) {
        case ("d", 1...8): padded(days, count)
        case ("h", 1...2), ("H", 1...2): padded(time / Ticks.perHour, count)
        default: clockPart(letter, count, time)
        }
      }
    }
  }

  /// Minutes, seconds and fractions, which both functions write the same way.
  private static func clockPart(_ letter: Unicode.Scalar, _ count: Int, _ time: Int64) -> String? {
    switch (letter, count) {
    case ("m", 1...2): return padded(time / Ticks.perMinute % 60, count)
    case ("s", 1...2): return padded(time / Ticks.perSecond % 60, count)
    case ("f", 1...7): return String(padded(time % Ticks.perSecond, 7).prefix(count))
    case ("F", 1...7):
      var digits = padded(time % Ticks.perSecond, 7).prefix(count)
      while digits.last == "0" { digits.removeLast() }
      return String(digits)
    default: return nil
    }
  }

  /// Splits a pattern into runs of one letter, and puts in what `part` gives for each.
  ///
  /// - Errors: `BND402` for a letter or a separator that KQL does not list.
  private static func formatted(
    _ format: String, _ call: FunctionCall, _ part: (Unicode.Scalar, Int) -> String?
  ) throws(DossierError) -> String {
    var result = ""
    var rest = Substring(format).unicodeScalars
    while let letter = rest.first {
      let count = rest.prefix { $0 == letter }.count
      rest = rest.dropFirst(count)
      if " /-:,._[]".unicodeScalars.contains(letter) {
        result += String(repeating: String(letter), count: count)
        continue
      }
      guard let text = part(letter, count) else {
        let unit = String(repeating: String(letter), count: count)
        throw DossierError(
          .argumentValue, "the format '\(format)' has '\(unit)', which is no format element", at: call.span,
          hint: "separators are blank / - : , . _ [ ]; elements such as yyyy MM dd HH mm ss fff")
      }
      result += text
    }
    return result
  }
}
