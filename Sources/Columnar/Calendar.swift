/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Hashable, Comparable {
  /// Year, 1 to 9999 where it came from a KQL datetime.
  public var year: Int
  /// Month, 1 to 12.
  public var month: Int
  /// Day of the month, from 1.
  public var day: Int

  /// Makes a date without checking it; see `isValid`.
  @inlinable public init(_ year: Int, _ month: Int, _ day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date a number of days after 0001-01-01.
  /// - Source: the era-based conversion between days and civil dates (H. Hinnant, "chrono-compatible
  ///   low-level date algorithms").
  @inlinable public init(daysFromYearOne days: Int) {
    if days >= 0, days < 4_000_000 {
      // Every KQL datetime: small numbers divide faster.
      let parts = Self.parts(UInt32(days) + 306)
      self.init(parts.year, parts.month, parts.day)
      return
    }
    // Whole eras of 400 years are alike.
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let parts = Self.parts(UInt32(days - era * 146_097) + 306)
    self.init(parts.year + era * 400, parts.month, parts.day)
  }

  /// The date a number of days after 0000-03-01.
  @usableFromInline @inline(__always)
  static func parts(_ shifted: UInt32) -> (year: Int, month: Int, day: Int) {
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), Int(month),
      Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    )
  }

  /// Days since 0001-01-01 (day 0). Months outside 1…12 are not allowed.
  public var daysFromYearOne: Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 306
  }

  /// Day of the week, 0 for Sunday to 6 for Saturday.
  public var weekday: Int {
    let value = (daysFromYearOne + 1) % 7
    return value < 0 ? value + 7 : value
  }

  /// Day of the year, from 1.
  public var dayOfYear: Int { daysFromYearOne - CivilDate(year, 1, 1).daysFromYearOne + 1 }

  /// ISO 8601 week and the year that it belongs to.
  public var isoWeek: (year: Int, week: Int) {
    let monday = weekday == 0 ? 6 : weekday - 1
    let thursday = CivilDate(daysFromYearOne: daysFromYearOne - monday + 3)
    return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
  }

  /// The date moved by whole months; the day is cut to the new month's last.
  public func adding(months: Int) -> CivilDate {
    let total = year * 12 + (month - 1) + months
    let newYear = total >= 0 ? total / 12 : (total - 11) / 12
    let newMonth = total - newYear * 12 + 1
    return CivilDate(newYear, newMonth, min(day, Self.days(inMonth: newMonth, of: newYear)))
  }

  /// The date moved by days.
  public func adding(days: Int) -> CivilDate { CivilDate(daysFromYearOne: daysFromYearOne + days) }

  /// Whether month and day exist.
  public var isValid: Bool {
    (1...12).contains(month) && day >= 1 && day <= Self.days(inMonth: month, of: year)
  }

  /// The number of days in a month (1 to 12).
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Whether a year has 366 days.
  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Ordered in time.
  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  /// Ticks at the start of the day. A day that no datetime can hold gives ticks that none can hold either.
  public var ticks: Int64 {
    Int64(min(max(daysFromYearOne, -10_000_000), 10_000_000)) * Ticks.perDay
  }

  /// The day that holds a tick.
  @inlinable public init(ticks: Int64) {
    self.init(daysFromYearOne: Int(Ticks.floorDivide(ticks, Ticks.perDay)))
  }
}

/// Time as KQL counts it: ticks of 100 ns, datetimes from 0001-01-01T00:00:00.
public enum Ticks {
  /// Ticks in a microsecond.
  public static let perMicrosecond: Int64 = 10
  /// Ticks in a millisecond.
  public static let perMillisecond: Int64 = 10_000
  /// Ticks in a second.
  public static let perSecond: Int64 = 10_000_000
  /// Ticks in a minute.
  public static let perMinute: Int64 = 600_000_000
  /// Ticks in an hour.
  public static let perHour: Int64 = 36_000_000_000
  /// Ticks in a day.
  public static let perDay: Int64 = 864_000_000_000
  /// The last datetime, 9999-12-31T23:59:59.9999999.
  public static let lastDatetime: Int64 = 3_155_378_975_999_999_999
  /// 1970-01-01.
  public static let unixEpoch: Int64 = 621_355_968_000_000_000

  /// Whether a datetime is one that KQL can hold.
  public static func isDatetime(_ ticks: Int64) -> Bool { ticks >= 0 && ticks <= lastDatetime }

  /// Quotient rounded toward minus infinity; the divisor must be above zero.
  @inlinable public static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  /// `2024-10-08T00:00:00.0000000Z`. Out-of-range ticks print as `null` would: empty.
  public static func datetimeText(_ ticks: Int64) -> String {
    guard isDatetime(ticks) else { return "" }
    let date = CivilDate(ticks: ticks)
    let time = ticks % perDay
    return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))T" + clock(time, fraction: true)
      + "Z"
  }

  /// `[-][d.]hh:mm:ss[.fffffff]`.
  public static func timespanText(_ ticks: Int64) -> String {
    let magnitude = ticks.magnitude
    let days = magnitude / UInt64(perDay)
    let rest = Int64(magnitude % UInt64(perDay))
    return (ticks < 0 ? "-" : "") + (days > 0 ? "\(days)." : "")
      + clock(rest, fraction: rest % perSecond != 0)
  }

  private static func clock(_ time: Int64, fraction: Bool) -> String {
    let seconds = Int(time / perSecond)
    let text = "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
    return fraction ? text + "." + pad(Int(time % perSecond), 7) : text
  }

  static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
  }

  /// Reads ISO 8601 forms: `2024`, `2024-10`, `2024-10-08`, then `T` or a blank, `hh:mm[:ss[.f…]]`, and
  /// `Z` or an offset. More than 7 fraction digits are cut. Nil when it is none of these, or no such day.
  public static func parseISODatetime(_ text: String) -> Int64? {
    var scan = TickScanner(text)
    scan.skipBlanks()
    guard let year = scan.number(digits: 4...4), year >= 1 else { return nil }
    var month = 1
    var day = 1
    if scan.accept("-") {
      guard let value = scan.number(digits: 1...2) else { return nil }
      month = value
      if scan.accept("-") {
        guard let value = scan.number(digits: 1...2) else { return nil }
        day = value
      }
    }
    let date = CivilDate(year, month, day)
    guard date.isValid else { return nil }
    var ticks = date.ticks
    if scan.accept("T") || scan.accept("t") || scan.acceptBlankBeforeDigit() {
      guard let time = scan.clockTime() else { return nil }
      ticks += time
    }
    scan.skipBlanks()
    if scan.accept("Z") || scan.accept("z") {
    } else if let sign = scan.sign() {
      guard let hours = scan.number(digits: 2...2) else { return nil }
      _ = scan.accept(":")
      let minutes = scan.number(digits: 2...2) ?? 0
      guard hours <= 14, minutes < 60 else { return nil }
      ticks -= Int64(sign * (hours * 60 + minutes)) * perMinute
    }
    scan.skipBlanks()
    return scan.isAtEnd && isDatetime(ticks) ? ticks : nil
  }

  /// Reads `[-][d.]hh:mm[:ss[.f…]]`; nil for anything else.
  public static func parseClockTimespan(_ text: String) -> Int64? {
    var scan = TickScanner(text)
    scan.skipBlanks()
    let sign = scan.sign() ?? 1
    let mark = scan
    var days = 0
    if let value = scan.number(digits: 1...8), scan.accept(".") { days = value } else { scan = mark }
    guard let time = scan.clockTime() else { return nil }
    scan.skipBlanks()
    guard scan.isAtEnd else { return nil }
    let (dayTicks, overflow) = Int64(days).multipliedReportingOverflow(by: perDay)
    guard !overflow else { return nil }
    let (ticks, tooLong) = dayTicks.addingReportingOverflow(time)
    return tooLong ? nil : Int64(sign) * ticks
  }
}

/// A small reader of digits and separators.
private struct TickScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
  }

  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func acceptBlankBeforeDigit() -> Bool {
    let mark = position
    skipBlanks()
    if position > mark, position < bytes.count, (0x30...0x39).contains(bytes[position]) { return true }
    position = mark
    return false
  }

  mutating func sign() -> Int? { accept("-") ? -1 : accept("+") ? 1 : nil }

  mutating func number(digits allowed: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while position < bytes.count, count < allowed.upperBound, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      position += 1
      count += 1
    }
    return allowed.contains(count) ? value : nil
  }

  /// `hh:mm[:ss[.f…]]` below 24 hours.
  mutating func clockTime() -> Int64? {
    guard let hours = number(digits: 1...2), hours < 24, accept(":"),
      let minutes = number(digits: 1...2), minutes < 60
    else { return nil }
    var ticks = Int64(hours) * Ticks.perHour + Int64(minutes) * Ticks.perMinute
    guard accept(":") else { return ticks }
    guard let seconds = number(digits: 1...2), seconds < 60 else { return nil }
    ticks += Int64(seconds) * Ticks.perSecond
    if accept(".") {
      var scale = Ticks.perSecond / 10
      var any = false
      while let digit = number(digits: 1...1) {
        ticks += Int64(digit) * scale
        scale /= 10
        any = true
      }
      guard any else { return nil }
    }
    return ticks
  }
}
