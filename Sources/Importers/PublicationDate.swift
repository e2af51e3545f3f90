import Columnar
import Diagnostics

/// Moments of publication as files and readers write them.
public enum PublicationDate {
  /// Reads an ISO 8601 date or datetime (`2024-10-08`, `2024-10-08T09:30:00+09:00`) or the form of mail and
  /// feeds (`Tue, 8 Oct 2024 09:30:00 +0900`), in ticks. Without a time of day it is midnight, without an
  /// offset UTC.
  ///
  /// Nil for anything else, and for a year or month without a day: nothing is guessed.
  public static func parse(_ text: String) -> Int64? {
    let text = trimmed(text)
    let bytes = Array(text.utf8)
    // Year, month and day must be written out; `Ticks` would take a year alone for its first of January.
    if bytes.count >= 8, bytes[4] == UInt8(ascii: "-"),
      let second = bytes[5...].firstIndex(of: UInt8(ascii: "-")),
      second <= 7
    {
      return Ticks.parseISODatetime(text)
    }
    return parseMailDate(text)
  }

  /// Reads a date that a reader gave.
  ///
  /// - Errors: `IMP107` if it is none of the forms that are read.
  public static func require(_ text: String, in place: String) throws(DossierError) -> Int64 {
    if let ticks = parse(text) { return ticks }
    throw DossierError(
      .badDate, "'\(text)' in \(place) is not a date of publication",
      hint: "write it as 2024-10-08 or 2024-10-08T09:30:00Z")
  }

  private static func trimmed(_ text: String) -> String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
    while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    return String(scalars)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  /// Minutes east of UTC.
  private static let zones = [
    "gmt": 0, "ut": 0, "utc": 0, "z": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420,
  ]

  /// `[Tue,] 8 Oct 2024 [09:30[:00] [zone]]`.
  /// - Source: RFC 5322 section 3.3, with the named zones of section 4.3.
  private static func parseMailDate(_ text: String) -> Int64? {
    var words = text.lowercased().split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
    if let first = words.first, days.contains(first) { words.removeFirst() }
    guard (3...5).contains(words.count), let day = number(words[0], 1...2), words[1].utf8.count == 3,
      let month = months.firstIndex(of: words[1]), let year = number(words[2], 4...4), year >= 1
    else { return nil }
    let date = CivilDate(year, month + 1, day)
    guard date.isValid else { return nil }
    var ticks = date.ticks
    if words.count > 3 {
      let parts = words[3].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 || parts.count == 3, let hour = number(parts[0], 1...2), hour < 24,
        let minute = number(parts[1], 2...2), minute < 60,
        let second = parts.count == 3 ? number(parts[2], 2...2) : 0, second < 60
      else { return nil }
      ticks += Int64(hour * 3600 + minute * 60 + second) * Ticks.perSecond
    }
    if words.count > 4 {
      guard let offset = minutesEast(words[4]) else { return nil }
      ticks -= Int64(offset) * Ticks.perMinute
    }
    return Ticks.isDatetime(ticks) ? ticks : nil
  }

  private static func minutesEast(_ zone: String) -> Int? {
    if let named = zones[zone] { return named }
    guard zone.utf8.count == 5, let sign = zone.first, sign == "+" || sign == "-",
      let value = number(String(zone.dropFirst()), 4...4), value % 100 < 60, value <= 1400
    else { return nil }
    let minutes = value / 100 * 60 + value % 100
    return sign == "-" ? -minutes : minutes
  }

  private static func number(_ text: String, _ digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }
}
