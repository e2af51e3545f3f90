import Columnar
import Diagnostics

/// Cells as people read them.
public enum CellText {
  /// What stands for a missing value.
  static let null = "null"

  /// Whether a column's values are right-aligned.
  public static func alignsRight(_ type: ScalarType) -> Bool { type.isNumeric || type == .timespan }

  /// A value for reading: a datetime without its time at midnight, else to the minute, the second or finer,
  /// as far as it has more than zeros; all else as `tostring()` gives it, null as `null`.
  public static func display(_ value: Value) -> String {
    switch value {
    case .datetime(let ticks): datetime(ticks)
    case _ where value.isNull: null
    default: value.text
    }
  }

  /// A value on a page: as `display`, but a list of plain values without brackets and quotes.
  public static func reading(_ value: Value) -> String {
    guard case .dynamic(.array(let items)) = value, !items.isEmpty else { return display(value) }
    let isPlain = items.allSatisfy { item in
      switch item {
      case .array, .bag: false
      default: true
      }
    }
    return isPlain ? items.map(\.text).joined(separator: ", ") : display(value)
  }

  private static func datetime(_ ticks: Int64) -> String {
    let full = Ticks.datetimeText(ticks)
    let (day, clock) = (full.prefix(10), full.dropFirst(11).prefix(8))
    if ticks % Ticks.perDay == 0 { return String(day) }
    if ticks % Ticks.perMinute == 0 { return "\(day) \(clock.prefix(5))" }
    guard ticks % Ticks.perSecond != 0 else { return "\(day) \(clock)" }
    var fraction = full.dropFirst(20).prefix(7)
    while fraction.last == "0" { fraction.removeLast() }
    return "\(day) \(clock).\(fraction)"
  }

  /// The text on one line, safe for a terminal: `⏎` for line ends, a space for a tab, pictures for other
  /// controls, and U+FFFD for marks that turn the direction of what follows. Reads at most `limit`
  /// scalars; a text that is longer ends in `…` then.
  static func oneLine(_ text: String, limit: Int = .max) -> String {
    var isPlain = true
    var count = 0
    for byte in text.utf8 {
      count += 1
      if byte < 0x20 || byte >= 0x7F {
        isPlain = false
        break
      }
    }
    if isPlain, count <= limit { return text }
    var out = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    var taken = 0
    for scalar in text.unicodeScalars {
      if taken == limit {
        out.append("…")
        break
      }
      taken += 1
      switch scalar.value {
      case 0x0A: if last != "\r" { out.append("⏎") }
      case 0x0D: out.append("⏎")
      case 0x09: out.append(" ")
      case 0..<0x20: out.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: out.append("␡")
      case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: out.append("\u{FFFD}")
      default: out.append(scalar)
      }
      last = scalar
    }
    return String(out)
  }

  /// `no rows`, `1 row`, `3,412 rows`, `40 of 3,412 rows shown`.
  public static func rowCount(_ shown: Int, of total: Int, hint: String = "") -> String {
    if shown < total { return "\(grouped(shown)) of \(grouped(total)) rows shown" + hint }
    return total == 0 ? "no rows" : counted(total, "row")
  }
}

/// The few attributes that tables on a terminal use.
enum Ink: String {
  case bold = "\u{1B}[1m"
  case faint = "\u{1B}[2m"

  func applied(to text: String, if colours: Bool) -> String {
    colours && !text.isEmpty ? rawValue + text + "\u{1B}[0m" : text
  }
}
