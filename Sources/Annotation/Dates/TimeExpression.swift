/// A year as a text gives it.
enum YearReference: Equatable {
  /// Astronomical (0 is 1 BC).
  case number(Int)
  /// "last year": years from that of the anchor.
  case offset(Int, from: DateAnchor)
}

/// What a relative expression counts from.
enum DateAnchor: Equatable {
  /// The moment that the document was published ("last week").
  case published
  /// The date that the text spoke of last ("the next day").
  case text
}

/// Which of the many Junes, Fridays or summers is meant.
enum Direction: Equatable {
  /// No word says it; the tense of the verb does.
  case open
  case last, this, next
  /// "the previous June", "the following Monday": seen from the text's date.
  case previous, same, following
  /// "the Monday after next".
  case afterNext
}

/// A point of the calendar, as far as the words give it.
struct PartialDate: Equatable {
  var year: YearReference?
  var month: Int?
  var day: Int?
  /// 1 for Monday to 7 for Sunday.
  var weekday: Int?
  var season: Season?
  var quarter: Int?
  var half: Int?
  /// Weeks from that of the anchor ("Monday of last week").
  var week: Int?
  /// Whether the weeks of `week` count from the text's date.
  var weekOfText = false
  var holiday: Holiday?
  /// "Labor Day weekend".
  var isWeekend = false
  var direction: Direction = .open
}

/// Feasts; those that countries keep on different days are the American ones.
enum Holiday: Equatable {
  case christmas, christmasEve, newYear, newYearsEve, boxingDay, valentine, halloween, easter, goodFriday
  case easterMonday, patrick, laborDay, memorialDay, martinLutherKing, thanksgiving, blackFriday
  case independence, mothersDay, fathersDay
}

/// How many units.
enum UnitCount: Equatable {
  case exact(Double)
  case vague

  /// The count as TIMEX3 prints it.
  var text: String {
    switch self {
    case .vague: "X"
    case .exact(let value):
      // Beyond 2⁵³ a count is no longer exact; nobody means one.
      value.magnitude > 9e15 ? "X" : value == value.rounded() ? String(Int(value)) : String(value)
    }
  }
}

/// A length of time: counts with their units, coarse to fine.
struct TimeSpan: Equatable {
  var parts: [(count: UnitCount, unit: TimeUnit)]

  static func == (a: TimeSpan, b: TimeSpan) -> Bool { a.value == b.value }

  /// The TIMEX3 value.
  var value: String {
    var date = ""
    var time = ""
    for (count, unit) in parts {
      switch unit {
      case .second: time += count.text + "S"
      case .minute: time += count.text + "M"
      case .hour: time += count.text + "H"
      case .partOfDay, .day: date += count.text + "D"
      case .weekend: date += count.text + "WE"
      case .week: date += count.text + "W"
      case .month, .season: date += count.text + "M"
      case .quarter: date += scaled(count, 3) + "M"
      case .half: date += scaled(count, 6) + "M"
      case .year: date += count.text + "Y"
      case .decade: date += count == .vague ? "XDE" : scaled(count, 10) + "Y"
      case .century: date += count.text + "CE"
      case .millennium: date += scaled(count, 1000) + "Y"
      }
    }
    return "P" + date + (time.isEmpty ? "" : "T" + time)
  }

  private func scaled(_ count: UnitCount, _ factor: Double) -> String {
    guard case .exact(let value) = count else { return "X" }
    return UnitCount.exact(value * factor).text
  }
}

/// What an expression refers to.
indirect enum TimeReference: Equatable {
  case calendar(PartialDate)
  /// A decade, century or millennium by the year it starts in.
  case era(TimeUnit, first: Int)
  /// "the nineties", "the '60s": the century is left open.
  case shortDecade(Int)
  /// "last week", "the same month": units from that of the anchor.
  case period(TimeUnit, offset: Int, from: DateAnchor)
  /// "the same month last year": the period spoken of, in another year.
  case sameIn(YearReference)
  /// "three days ago", "two weeks later".
  case shifted(TimeSpan, sign: Int, from: DateAnchor)
  /// "three days after 5 May", "two weeks from tomorrow".
  case shiftedFrom(TimeSpan, sign: Int, base: TimeReference)
  /// "the first Monday of October", "the last day of 2015": counted from the end where negative.
  case nth(Int, NthUnit, of: TimeReference)
  /// "three Fridays from now".
  case weekdays(Int, weekday: Int)
  /// "week 31".
  case weekNumber(Int)
  /// PAST_REF, PRESENT_REF, FUTURE_REF.
  case vague(String)
  /// Only a time of day is said; the day is that of the text.
  case dayOfText
}

extension TimeReference {
  /// Whether it counts from the day of publication by its own words.
  var isDeictic: Bool {
    switch self {
    case .period(_, _, .published), .shifted(_, _, .published): return true
    case .calendar(let date):
      if case .offset(_, .published)? = date.year { return true }
      return date.week != nil || [.last, .this, .next].contains(date.direction)
    default: return false
    }
  }
}

/// What "the first … of" counts.
enum NthUnit: Equatable {
  case unit(TimeUnit)
  /// 1 for Monday to 7 for Sunday.
  case weekday(Int)
}

/// A time of the day.
struct ClockTime: Equatable {
  var hour: Int?
  var minute: Int?
  var second: Int?
  /// Minutes east of Greenwich.
  var zone: Int?
  var part: PartOfDay?
  /// Whether the words leave open which half of the day is meant ("half past three").
  var isHalfOpen = false

  /// What TIMEX3 writes after the T.
  var text: String {
    if let part { return part.rawValue }
    var hour = hour ?? 0
    if hour == 0, minute == 0, second == nil { hour = 24 }  // midnight ends its day
    var text = TimePeriod.pad(hour, 2) + ":" + TimePeriod.pad(minute ?? 0, 2)
    if let second { text += ":" + TimePeriod.pad(second, 2) }
    if let zone {
      text +=
        zone == 0
        ? "Z"
        : (zone < 0 ? "-" : "+") + TimePeriod.pad(abs(zone) / 60, 2) + ":" + TimePeriod.pad(abs(zone) % 60, 2)
    }
    return text
  }

  /// The time with the hour moved into a part of the day: "at 7 in the afternoon".
  func within(_ part: PartOfDay) -> ClockTime {
    var time = self
    time.isHalfOpen = false
    guard let hour, isHalfOpen else { return time }
    switch part {
    case .afternoon, .evening: if hour < 12 { time.hour = hour + 12 }
    case .night:
      if (5...11).contains(hour) { time.hour = hour + 12 }
      if hour == 12 { time.hour = 0 }
    case .morning: if hour == 12 { time.hour = 0 }
    case .midday: if hour < 4 { time.hour = hour + 12 }
    case .daytime: break
    }
    return time
  }
}

/// An expression as the grammar read it, before anything is resolved.
struct TimeExpression {
  enum Meaning: Equatable {
    case point(TimeReference, ClockTime?)
    case duration(TimeSpan)
    /// "the past five years": a length that ends or starts at the anchor.
    case span(TimeSpan, sign: Int, from: DateAnchor)
    /// What comes back: a length ("every two weeks") or a part of the calendar ("every Tuesday").
    case set(value: String)
  }

  /// Atoms, half-open.
  var atoms: Range<Int>
  var meaning: Meaning
  var mod = ""
  var quant = ""
  var freq = ""
}
