import Columnar

/// A stretch of the calendar: a day, the week that holds it, a month, a season, a century.
///
/// Years count astronomically (0 is 1 BC), so that arithmetic needs no special case before our era.
struct TimePeriod: Equatable {
  var unit: TimeUnit
  /// Its first day.
  var first: CivilDate

  /// The period of a unit that holds a day. Weeks start on Monday, seasons are those of the northern
  /// hemisphere in whole months, and winter belongs to the year that it starts in.
  init(_ unit: TimeUnit, holding day: CivilDate) {
    self.unit = unit
    let year = day.year
    switch unit {
    case .second, .minute, .hour, .partOfDay, .day: first = day
    case .week: first = day.adding(days: -((day.weekday + 6) % 7))
    case .weekend: first = day.adding(days: 5 - ((day.weekday + 6) % 7))
    case .month: first = CivilDate(year, day.month, 1)
    case .season:
      switch day.month {
      case 3...5: first = CivilDate(year, 3, 1)
      case 6...8: first = CivilDate(year, 6, 1)
      case 9...11: first = CivilDate(year, 9, 1)
      case 12: first = CivilDate(year, 12, 1)
      default: first = CivilDate(year - 1, 12, 1)
      }
    case .quarter: first = CivilDate(year, (day.month - 1) / 3 * 3 + 1, 1)
    case .half: first = CivilDate(year, day.month <= 6 ? 1 : 7, 1)
    case .year: first = CivilDate(year, 1, 1)
    case .decade: first = CivilDate(Self.floor(year, 10), 1, 1)
    case .century: first = CivilDate(Self.floor(year, 100), 1, 1)
    case .millennium: first = CivilDate(Self.floor(year, 1000), 1, 1)
    }
  }

  private static func floor(_ value: Int, _ step: Int) -> Int {
    value >= 0 ? value / step * step : -((-value + step - 1) / step) * step
  }

  /// The season of a year.
  init(_ season: Season, of year: Int) {
    let month =
      switch season {
      case .spring: 3
      case .summer: 6
      case .autumn: 9
      case .winter: 12
      }
    self.init(.season, holding: CivilDate(year, month, 1))
  }

  /// The first day after it.
  var end: CivilDate {
    switch unit {
    case .weekend: first.adding(days: 2)
    default: moved(by: 1).first
    }
  }

  /// The period a number of its own units later.
  func moved(by count: Int) -> TimePeriod {
    var copy = self
    switch unit {
    case .second, .minute, .hour, .partOfDay, .day: copy.first = first.adding(days: count)
    case .week, .weekend: copy.first = first.adding(days: 7 * count)
    case .month: copy.first = first.adding(months: count)
    case .season, .quarter: copy.first = first.adding(months: 3 * count)
    case .half: copy.first = first.adding(months: 6 * count)
    case .year: copy.first = first.adding(months: 12 * count)
    case .decade: copy.first = first.adding(months: 120 * count)
    case .century: copy.first = first.adding(months: 1200 * count)
    case .millennium: copy.first = first.adding(months: 12_000 * count)
    }
    return copy
  }

  /// Its member by number, from the end where negative: the first Monday of a month, the last week of a year. A week
  /// belongs to the period that its Thursday is in (ISO 8601).
  func member(_ number: Int, _ counted: NthUnit) -> TimePeriod? {
    guard number != 0 else { return nil }
    let start = number > 0 ? first : end.adding(days: -1)
    let more = number > 0 ? number - 1 : number + 1
    /// Counted from the start, or back from the end.
    func day(_ weekday: Int) -> CivilDate {
      let step = number > 0 ? (weekday - start.isoWeekday + 7) % 7 : -((start.isoWeekday - weekday + 7) % 7)
      return start.adding(days: step + 7 * more)
    }
    let found: TimePeriod
    switch counted {
    case .weekday(let weekday): found = TimePeriod(.day, holding: day(weekday))
    case .unit(.week):
      let thursday = day(4)
      return thursday >= first && thursday < end ? TimePeriod(.week, holding: thursday) : nil
    case .unit(.weekend): found = TimePeriod(.weekend, holding: day(6))
    case .unit(let unit): found = TimePeriod(unit, holding: start).moved(by: more)
    }
    return found.first >= first && found.first < end ? found : nil
  }

  /// The TIMEX3 value.
  var value: String {
    let year = first.year
    switch unit {
    case .second, .minute, .hour, .partOfDay, .day:
      return Self.yearText(year) + "-" + Self.pad(first.month, 2) + "-" + Self.pad(first.day, 2)
    case .week:
      let (weekYear, week) = first.isoWeek
      return Self.yearText(weekYear) + "-W" + Self.pad(week, 2)
    case .weekend:
      let (weekYear, week) = first.isoWeek
      return Self.yearText(weekYear) + "-W" + Self.pad(week, 2) + "-WE"
    case .month: return Self.yearText(year) + "-" + Self.pad(first.month, 2)
    case .season:
      let season: Season =
        switch first.month {
        case 3: .spring
        case 6: .summer
        case 9: .autumn
        default: .winter
        }
      return Self.yearText(year) + "-" + season.rawValue
    case .quarter: return Self.yearText(year) + "-Q\((first.month - 1) / 3 + 1)"
    case .half: return Self.yearText(year) + "-H\(first.month <= 6 ? 1 : 2)"
    case .year: return Self.yearText(year)
    case .decade: return Self.prefix(of: year, digits: 3)
    case .century: return Self.prefix(of: year, digits: 2)
    case .millennium: return Self.prefix(of: year, digits: 1)
    }
  }

  /// Ticks of its start and end, half-open; nil before year 1 and after year 9999.
  var interval: (from: Int64, to: Int64)? {
    guard first.year >= 1, end.year <= 9999 else { return nil }
    return (first.ticks, end.ticks)
  }

  static func yearText(_ year: Int) -> String { year >= 1 ? pad(year, 4) : "BC" + pad(1 - year, 4) }

  private static func prefix(of year: Int, digits: Int) -> String {
    // The BC decade "the 470s" runs from 479 to 470 BC: its last year names it.
    year >= 1 || year == 0
      ? String(pad(max(0, year), 4).prefix(digits)) : "BC" + String(pad(-year, 4).prefix(digits))
  }

  static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
  }
}

extension CivilDate {
  /// 1 for Monday to 7 for Sunday.
  var isoWeekday: Int { (weekday + 6) % 7 + 1 }
}
