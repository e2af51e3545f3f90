import Columnar
import Diagnostics
import KQLEngine

/// Parts of datetimes, periods that hold them, and making them. All in UTC, in ticks of 100 ns.
enum DatetimeFunctions {
  static let all: [ScalarFunction] =
    [now, ago, dayOfMonth, dayOfWeek, dayOfYear, hourOfDay, getYear, getMonth, weekOfYear]
    + periods
    + [
      datetimePart.checking { (arguments) throws(DossierError) in
        try checkPart(
          arguments, "datetime_part", more: ["week_of_year", "weekofyear", "dayofyear", "dayofweek"])
      },
      datetimeAdd.checking { (arguments) throws(DossierError) in try checkPart(arguments, "datetime_add") },
      datetimeDiff.checking { (arguments) throws(DossierError) in try checkPart(arguments, "datetime_diff") },
    ] + [makeDatetime, makeTimespan, around] + unixTimes

  static let now = ScalarFunction(
    "now", [.timespan("offset", optional: true)],
    summary: "The query's one moment, optionally moved by a timespan.",
    examples: [.of("now() == now(0s)", .bool, "true")],
    result: { _ in .datetime },
    evaluate: { (call) throws(DossierError) in
      let moment = call.context.now
      return try call.map(call.lane(0, default: Int64(0))) { (offset: Int64) in moved(moment, by: offset) }
    })

  static let ago = ScalarFunction(
    "ago", [.timespan("offset")], summary: "The query's moment less a timespan.",
    examples: [.of("now() - ago(1h)", .timespan, "01:00:00")],
    result: { _ in .datetime },
    evaluate: { (call) throws(DossierError) in
      let moment = call.context.now
      return try call.map(call.lane(0)) { (offset: Int64) in
        offset == .min ? nil : moved(moment, by: -offset)
      }
    })

  /// A datetime moved by ticks; nil outside what KQL can hold.
  static func moved(_ ticks: Int64, by offset: Int64) -> Int64? {
    let (sum, overflow) = ticks.addingReportingOverflow(offset)
    return overflow || !Ticks.isDatetime(sum) ? nil : sum
  }

  private static func part(
    _ name: String, aliases: [String] = [], gives type: ScalarType = .int, _ summary: String,
    _ value: String, _ body: @escaping @Sendable (Int64) -> Int64
  ) -> ScalarFunction {
    .unary(
      name, aliases: aliases, .datetime("date"), gives: type, summary,
      ("\(name)(datetime(2015-12-14 11:05:09))", value)
    ) { (ticks: Int64) -> Int64? in body(ticks) }
  }

  static let dayOfMonth = part("dayofmonth", "The day of the month, from 1.", "14") {
    Int64(CivilDate(ticks: $0).day)
  }
  static let dayOfWeek = part(
    "dayofweek", gives: .timespan, "The days since the last Sunday, as a timespan.", "1.00:00:00"
  ) { Int64(CivilDate(ticks: $0).weekday) * Ticks.perDay }
  static let dayOfYear = part("dayofyear", "The day of the year, from 1.", "348") {
    Int64(CivilDate(ticks: $0).dayOfYear)
  }
  static let hourOfDay = part("hourofday", "The hour of the day, 0 to 23.", "11") {
    $0 % Ticks.perDay / Ticks.perHour
  }
  static let getYear = part("getyear", "The year.", "2015") { Int64(CivilDate(ticks: $0).year) }
  static let getMonth = part("getmonth", aliases: ["monthofyear"], "The month, 1 to 12.", "12") {
    Int64(CivilDate(ticks: $0).month)
  }
  static let weekOfYear = part(
    "week_of_year", aliases: ["weekofyear"], gives: .long, "The ISO 8601 week of the year.", "51"
  ) { Int64(CivilDate(ticks: $0).isoWeek.week) }

  /// A calendar period; `start` gives the start of the period that is `offset` after the one with the tick.
  private static func period(
    _ name: String, _ start: @escaping @Sendable (Int64, Int) -> Int64?, first: String, last: String
  ) -> [ScalarFunction] {
    let moment = "datetime(2015-12-14 11:05:09)"
    return [true, false].map { isStart in
      let function = (isStart ? "startof" : "endof") + name
      return .kernel(
        function, [.datetime("date"), .long("offset", optional: true)], gives: .datetime,
        isStart
          ? "The first tick of the \(name) that holds a datetime, moved by a number of \(name)s."
          : "The last tick of the \(name) that holds a datetime, moved by a number of \(name)s.",
        ("\(function)(\(moment))", isStart ? first : last)
      ) { (call) throws(DossierError) in
        try call.map(call.lane(0), call.lane(1, default: 0)) { (ticks: Int64, offset: Int64) in
          guard offset.magnitude < 4_000_000 else { return nil as Int64? }
          guard let start = start(ticks, Int(offset) + (isStart ? 0 : 1)) else { return nil }
          let result = isStart ? start : start - 1
          return Ticks.isDatetime(result) ? result : nil
        }
      }
    }
  }

  private static let periods: [ScalarFunction] =
    period(
      "day", { ticks, offset in (ticks / Ticks.perDay + Int64(offset)) * Ticks.perDay },
      first: "2015-12-14T00:00:00.0000000Z", last: "2015-12-14T23:59:59.9999999Z")
    + period(
      "week",
      { ticks, offset in
        let day = CivilDate(ticks: ticks)
        return day.adding(days: 7 * offset - day.weekday).ticks
      }, first: "2015-12-13T00:00:00.0000000Z", last: "2015-12-19T23:59:59.9999999Z")
    + period(
      "month",
      { ticks, offset in
        let day = CivilDate(ticks: ticks)
        if offset == 0 { return (ticks / Ticks.perDay - Int64(day.day - 1)) * Ticks.perDay }
        return CivilDate(day.year, day.month, 1).adding(months: offset).ticks
      }, first: "2015-12-01T00:00:00.0000000Z", last: "2015-12-31T23:59:59.9999999Z")
    + period(
      "year", { ticks, offset in CivilDate(CivilDate(ticks: ticks).year + offset, 1, 1).ticks },
      first: "2015-01-01T00:00:00.0000000Z", last: "2015-12-31T23:59:59.9999999Z")

  static let datetimePart = ScalarFunction.kernel(
    "datetime_part", aliases: ["datepart"], [.string("part"), .datetime("date")], gives: .long,
    "A part of a datetime: year, quarter, month, week_of_year, day, dayOfYear, hour, minute, second, "
      + "millisecond, microsecond or nanosecond.",
    ("datetime_part('hour', datetime(2017-10-30 01:02:03))", "1")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1)) { (part: String, ticks: Int64) throws(DossierError) -> Int64? in
      let day = CivilDate(ticks: ticks)
      let time = ticks % Ticks.perDay
      switch lowered(part) {
      case "year": return Int64(day.year)
      case "quarter": return Int64((day.month - 1) / 3 + 1)
      case "month": return Int64(day.month)
      case "week_of_year", "weekofyear", "week": return Int64(day.isoWeek.week)
      case "day": return Int64(day.day)
      case "dayofyear": return Int64(day.dayOfYear)
      case "dayofweek": return Int64(day.weekday)
      case "hour": return time / Ticks.perHour
      case "minute": return time / Ticks.perMinute % 60
      case "second": return time / Ticks.perSecond % 60
      case "millisecond": return time % Ticks.perSecond / Ticks.perMillisecond
      case "microsecond": return time % Ticks.perSecond / Ticks.perMicrosecond
      case "nanosecond": return time % Ticks.perSecond * 100
      default: throw badPart(part, "datetime_part", at: call.span)
      }
    }
  }

  /// A constant part must be one of those that all functions know, or one of `more`.
  private static func checkPart(
    _ arguments: [ArgumentInfo], _ name: String, more: [String] = []
  ) throws(DossierError) {
    guard case .string(let text)? = arguments.first?.constant else { return }
    let part = lowered(text)
    if fixedTicks(part) == nil, months(part) == nil, part != "nanosecond", !more.contains(part) {
      throw badPart(part, name, at: arguments.first?.span)
    }
  }

  private static func badPart(_ part: String, _ name: String, at span: SourceSpan?) -> DossierError {
    DossierError(
      .argumentValue, "\(name)() knows no part '\(part)'", at: span,
      hint:
        "parts are year, quarter, month, week, day, hour, minute, second, millisecond, microsecond, nanosecond"
    )
  }

  /// The ticks of a part of fixed length; nil for months and longer ones.
  private static func fixedTicks(_ part: String) -> Int64? {
    switch part {
    case "week": 7 * Ticks.perDay
    case "day": Ticks.perDay
    case "hour": Ticks.perHour
    case "minute": Ticks.perMinute
    case "second": Ticks.perSecond
    case "millisecond": Ticks.perMillisecond
    case "microsecond": Ticks.perMicrosecond
    default: nil
    }
  }

  private static func months(_ part: String) -> Int64? {
    switch part {
    case "year": 12
    case "quarter": 3
    case "month": 1
    default: nil
    }
  }

  static let datetimeAdd = ScalarFunction.kernel(
    "datetime_add", aliases: ["dateadd"], [.string("part"), .long("amount"), .datetime("date")],
    gives: .datetime,
    "A datetime moved by a number of years, quarters, months, weeks, days, hours and so on.",
    ("datetime_add('month', 1, datetime(2017-01-31))", "2017-02-28T00:00:00.0000000Z")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2)) {
      (part: String, amount: Int64, ticks: Int64) throws(DossierError) -> Int64? in
      let part = lowered(part)
      if part == "nanosecond" { return moved(ticks, by: amount / 100) }
      if let unit = fixedTicks(part) {
        let (offset, overflow) = amount.multipliedReportingOverflow(by: unit)
        return overflow ? nil : moved(ticks, by: offset)
      }
      guard let unit = months(part) else { throw badPart(part, "datetime_add", at: call.span) }
      guard amount.magnitude < 200_000 else { return nil }
      let start = CivilDate(ticks: ticks).adding(months: Int(amount * unit))
      let result = start.ticks + ticks % Ticks.perDay
      return start.year >= 1 && Ticks.isDatetime(result) ? result : nil
    }
  }

  static let datetimeDiff = ScalarFunction.kernel(
    "datetime_diff", aliases: ["datediff"], [.string("part"), .datetime("later"), .datetime("earlier")],
    gives: .long, "How many borders of years, months, days, hours and so on lie between two datetimes.",
    ("datetime_diff('day', datetime(2017-10-30 00:01), datetime(2017-10-29 23:59))", "1")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2)) {
      (part: String, later: Int64, earlier: Int64) throws(DossierError) -> Int64? in
      let part = lowered(part)
      if part == "nanosecond" {
        let (nanoseconds, overflow) = (later - earlier).multipliedReportingOverflow(by: 100)
        return overflow ? nil : nanoseconds
      }
      if part == "week" {
        // Weeks begin on Sunday; day 0, 0001-01-01, was a Monday.
        func week(_ ticks: Int64) -> Int64 { (ticks / Ticks.perDay + 1) / 7 }
        return week(later) - week(earlier)
      }
      if let unit = fixedTicks(part) { return later / unit - earlier / unit }
      guard let unit = months(part) else { throw badPart(part, "datetime_diff", at: call.span) }
      func number(_ ticks: Int64) -> Int64 {
        let day = CivilDate(ticks: ticks)
        return Int64(day.year * 12 + day.month - 1) / unit
      }
      return number(later) - number(earlier)
    }
  }

  static let makeDatetime = ScalarFunction.kernel(
    "make_datetime",
    [
      .any("year"), .long("month", optional: true), .long("day", optional: true),
      .long("hour", optional: true), .long("minute", optional: true), .real("second", optional: true),
    ], gives: .datetime,
    "A datetime from year, month, day, hour, minute and second, or from a text; null if there is no such day.",
    ("make_datetime(2017, 10, 1, 12, 10)", "2017-10-01T12:10:00.0000000Z")
  ) { (call) throws(DossierError) in
    if call.arguments.count == 1 { return convert(call.arguments[0], to: .datetime) }
    let years = Int64.lane(of: convert(call.arguments[0], to: .long))
    let (months, days) = (call.lane(1, default: Int64(1)), call.lane(2, default: Int64(1)))
    let (hours, minutes) = (call.lane(3, default: Int64(0)), call.lane(4, default: Int64(0)))
    let seconds = call.lane(5, default: 0.0)
    let shapes = [years.shape, months.shape, days.shape, hours.shape, minutes.shape, seconds.shape]
    return try call.collect(shapes) { (row, _) -> Int64? in
      guard let year = years[row], let month = months[row], let day = days[row], let hour = hours[row],
        let minute = minutes[row], let second = seconds[row], (1...9999).contains(year),
        (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
        second >= 0, second < 60
      else { return nil }
      let date = CivilDate(Int(year), Int(month), Int(day))
      guard date.isValid else { return nil }
      let clock = hour * Ticks.perHour + minute * Ticks.perMinute
      return date.ticks + clock + Int64((second * Double(Ticks.perSecond)).rounded())
    }
  }

  static let makeTimespan = ScalarFunction.kernel(
    "make_timespan",
    [
      .any("first"), .any("second", optional: true), .any("third", optional: true),
      .any("fourth", optional: true),
    ],
    gives: .timespan,
    "A timespan from hours and minutes; hours, minutes, seconds; or days, hours, minutes, seconds.",
    ("make_timespan(1, 12, 30, 55.5)", "1.12:30:55.5000000")
  ) { (call) throws(DossierError) in
    if call.arguments.count == 1 { return convert(call.arguments[0], to: .timespan) }
    let isFull = call.arguments.count == 4
    let lanes = call.arguments.map { Double.lane(of: $0) }
    return try call.mapAll(lanes) { items -> Int64? in
      var numbers = items.compactMap { $0 }
      guard numbers.count == items.count else { return nil }
      let days = isFull ? numbers.removeFirst() : 0
      let seconds = numbers.count > 2 ? numbers[2] : 0
      guard days >= 0, days < 10_675_199, (0..<24).contains(numbers[0]), (0..<60).contains(numbers[1]),
        (0..<60).contains(seconds)
      else { return nil }
      let whole = Int64(days) * Ticks.perDay + Int64(numbers[0]) * Ticks.perHour
      return whole + Int64(numbers[1]) * Ticks.perMinute
        + Int64((seconds * Double(Ticks.perSecond)).rounded())
    }
  }

  static let around = ScalarFunction.kernel(
    "around", [.any("value"), .any("center"), .any("delta")], gives: .bool,
    "Whether a value is at most a distance away from a center.",
    ("around(datetime(2021-01-01 01:00), datetime(2021-01-01 01:30), 1h)", "true")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> Bool? in
      switch (values[0], values[1], values[2]) {
      case (.datetime(let x), .datetime(let center), .timespan(let delta)),
        (.timespan(let x), .timespan(let center), .timespan(let delta)),
        (.long(let x), .long(let center), .long(let delta)):
        return delta >= 0
          && (x > center ? UInt64(bitPattern: x &- center) : UInt64(bitPattern: center &- x))
            <= delta.magnitude
      default:
        guard let x = realOf(values[0]), let center = realOf(values[1]), let delta = realOf(values[2]) else {
          return nil
        }
        return Swift.abs(x - center) <= delta
      }
    }
  }

  private static let unixTimes: [ScalarFunction] = [
    ("seconds", Ticks.perSecond, "1546300800"), ("milliseconds", Ticks.perMillisecond, "1546300800000"),
    ("microseconds", Ticks.perMicrosecond, "1546300800000000"), ("nanoseconds", 0, "1546300800000000000"),
  ].map { unit, ticks, number in
    ScalarFunction(
      "unixtime_\(unit)_todatetime", [Parameter("time", [.long, .real])],
      summary: "The datetime that is a number of \(unit) after 1970-01-01.",
      examples: [.of("unixtime_\(unit)_todatetime(\(number))", .datetime, "2019-01-01T00:00:00.0000000Z")],
      result: { _ in .datetime },
      evaluate: { (call) throws(DossierError) in
        if call.arguments[0].type == .real {
          return try call.map(call.lane(0)) { (time: Double) in
            wholeNumber((ticks == 0 ? time / 100 : time * Double(ticks)).rounded())
              .flatMap { moved(Ticks.unixEpoch, by: $0) }
          }
        }
        return try call.map(call.lane(0)) { (time: Int64) in
          if ticks == 0 { return moved(Ticks.unixEpoch, by: Ticks.floorDivide(time, 100)) }
          let (offset, overflow) = time.multipliedReportingOverflow(by: ticks)
          return overflow ? nil : moved(Ticks.unixEpoch, by: offset)
        }
      })
  }
}
