import Columnar
import Diagnostics
import KQLEngine

/// Local times of time zones, from rules that are built in, so that the machine's zone files play no part.
enum TimezoneFunctions {
  static let all: [ScalarFunction] = [
    conversion(
      "datetime_utc_to_local", "A UTC datetime as the clock of a time zone shows it.",
      ("datetime_utc_to_local(datetime(2015-12-31 23:59), 'US/Eastern')", "2015-12-31T18:59:00.0000000Z")
    ) { zone, ticks in ticks + zone.offset(atUTC: ticks) },
    conversion(
      "datetime_local_to_utc", "What UTC is when the clock of a time zone shows a datetime.",
      ("datetime_local_to_utc(datetime(2022-07-01 12:00), 'Europe/Brussels')", "2022-07-01T10:00:00.0000000Z")
    ) { zone, ticks in zone.utc(ofLocal: ticks) },
    .kernel(
      "datetime_list_timezones", [], gives: .dynamic, "The time zones that are known, by name.",
      ("datetime_list_timezones()[0]", "\"Africa/Abidjan\"")
    ) { (call) throws(DossierError) in
      let names = zones.keys.sorted(by: scalarsPrecede).map { DynamicValue.string($0) }
      return ColumnVector(constant: .dynamic(.array(names)), type: .dynamic, count: call.count)
    },
  ]

  private static func conversion(
    _ name: String, _ summary: String, _ example: (String, String),
    _ body: @escaping @Sendable (Zone, Int64) -> Int64
  ) -> ScalarFunction {
    .kernel(name, [.datetime("date"), .string("timezone")], gives: .datetime, summary, example) {
      (call) throws(DossierError) in
      try call.map(call.lane(0), call.lane(1)) {
        (ticks: Int64, name: String) throws(DossierError) -> Int64? in
        guard let zone = zones[name] else {
          throw DossierError(
            .unsupported, "the time zone '\(name)' is not known", at: call.span,
            hint: nearestName(to: name, among: zones.keys.sorted()) ?? "a name such as Europe/Brussels")
        }
        guard CivilDate(ticks: ticks).year >= zone.firstYear else {
          throw DossierError(
            .unsupported,
            "the rules of '\(name)' are known from \(zone.firstYear) on, not for \(Ticks.datetimeText(ticks))",
            at: call.span)
        }
        let result = body(zone, ticks)
        return Ticks.isDatetime(result) ? result : nil
      }
    }
  }

  /// When a zone's clocks are an hour ahead.
  private enum Rule {
    case never, europe, unitedStates, australia, newZealand
  }

  /// A zone's standard offset in minutes, and its rule from `firstYear` on.
  private struct Zone: Sendable {
    let minutes: Int
    let rule: Rule
    let firstYear: Int

    var standard: Int64 { Int64(minutes) * Ticks.perMinute }

    /// What the zone's clock is ahead of UTC.
    func offset(atUTC ticks: Int64) -> Int64 {
      let local = ticks + standard
      let year = CivilDate(ticks: max(0, local)).year
      let isAhead: Bool
      switch rule {
      case .never: isAhead = false
      case .europe:
        isAhead =
          ticks >= Self.sunday(-1, 3, year) + Ticks.perHour
          && ticks < Self.sunday(-1, 10, year) + Ticks.perHour
      case .unitedStates:
        isAhead =
          local >= Self.sunday(2, 3, year) + 2 * Ticks.perHour
          && local < Self.sunday(1, 11, year) + Ticks.perHour
      case .australia:
        isAhead =
          local < Self.sunday(1, 4, year) + 2 * Ticks.perHour
          || local >= Self.sunday(1, 10, year) + 2 * Ticks.perHour
      case .newZealand:
        isAhead =
          local < Self.sunday(1, 4, year) + 2 * Ticks.perHour
          || local >= Self.sunday(-1, 9, year) + 2 * Ticks.perHour
      }
      return isAhead ? standard + Ticks.perHour : standard
    }

    /// A time that the clock shows twice is taken as standard time, one that it skips as if it had moved.
    func utc(ofLocal ticks: Int64) -> Int64 {
      let asStandard = ticks - standard
      return offset(atUTC: asStandard) == standard ? asStandard : asStandard - Ticks.perHour
    }

    /// The start of the n-th Sunday of a month, of the last for −1.
    private static func sunday(_ number: Int, _ month: Int, _ year: Int) -> Int64 {
      if number < 0 {
        let last = CivilDate(year, month, CivilDate.days(inMonth: month, of: year))
        return last.adding(days: -last.weekday).ticks
      }
      let first = CivilDate(year, month, 1)
      return first.adding(days: (7 - first.weekday) % 7 + 7 * (number - 1)).ticks
    }
  }

  private static let zones: [String: Zone] = {
    var zones: [String: Zone] = [:]
    func add(_ names: String, _ minutes: Int, _ rule: Rule, from year: Int) {
      for name in names.split(separator: " ") {
        zones[String(name)] = Zone(minutes: minutes, rule: rule, firstYear: year)
      }
    }
    // Facts of the IANA time zone database; each row holds from its year to now.
    add("UTC Etc/UTC GMT Etc/GMT Africa/Abidjan Africa/Accra Atlantic/Reykjavik", 0, .never, from: 1972)
    add("Europe/London Europe/Dublin Europe/Lisbon Europe/Belfast GB Atlantic/Canary", 0, .europe, from: 1997)
    add(
      "Europe/Brussels Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Vienna Europe/Zurich "
        + "Europe/Amsterdam Europe/Copenhagen Europe/Oslo Europe/Stockholm Europe/Prague Europe/Warsaw "
        + "Europe/Budapest Europe/Belgrade Europe/Luxembourg Europe/Zagreb Europe/Ljubljana Europe/Bratislava CET",
      60, .europe, from: 1997)
    add(
      "Europe/Athens Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Sofia Europe/Bucharest EET", 120, .europe,
      from: 1998)
    add("Europe/Moscow", 180, .never, from: 2015)
    add("Europe/Istanbul Turkey", 180, .never, from: 2017)
    add("Europe/Minsk", 180, .never, from: 2012)
    add(
      "US/Eastern America/New_York America/Detroit America/Toronto EST5EDT", -300, .unitedStates, from: 2007)
    add("US/Central America/Chicago America/Winnipeg CST6CDT", -360, .unitedStates, from: 2007)
    add("US/Mountain America/Denver America/Edmonton MST7MDT", -420, .unitedStates, from: 2007)
    add("US/Pacific America/Los_Angeles America/Vancouver PST8PDT", -480, .unitedStates, from: 2007)
    add("US/Alaska America/Anchorage", -540, .unitedStates, from: 2007)
    add("America/Halifax", -240, .unitedStates, from: 2007)
    add("US/Arizona America/Phoenix", -420, .never, from: 1968)
    add("US/Hawaii Pacific/Honolulu", -600, .never, from: 1948)
    add("America/Bogota America/Lima", -300, .never, from: 1995)
    add("America/Sao_Paulo", -180, .never, from: 2020)
    add("America/Argentina/Buenos_Aires America/Buenos_Aires", -180, .never, from: 2010)
    add("Asia/Tokyo Japan", 540, .never, from: 1952)
    add("Asia/Seoul", 540, .never, from: 1989)
    add("Asia/Pyongyang", 540, .never, from: 2019)
    add("Asia/Shanghai PRC Asia/Chongqing", 480, .never, from: 1992)
    add("Asia/Hong_Kong", 480, .never, from: 1980)
    add("Asia/Taipei", 480, .never, from: 1980)
    add("Asia/Singapore Singapore", 480, .never, from: 1983)
    add("Australia/Perth", 480, .never, from: 2010)
    add("Asia/Bangkok Asia/Jakarta", 420, .never, from: 1964)
    add("Asia/Kolkata Asia/Calcutta", 330, .never, from: 1946)
    add("Asia/Kathmandu", 345, .never, from: 1986)
    add("Asia/Dubai", 240, .never, from: 1920)
    add("Asia/Riyadh", 180, .never, from: 1950)
    add("Africa/Johannesburg", 120, .never, from: 1945)
    add("Africa/Nairobi", 180, .never, from: 1943)
    add("Africa/Lagos", 60, .never, from: 1920)
    add("Australia/Brisbane", 600, .never, from: 1993)
    add(
      "Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra", 600, .australia, from: 2009)
    add("Australia/Adelaide", 570, .australia, from: 2009)
    add("Pacific/Auckland NZ", 720, .newZealand, from: 2009)
    return zones
  }()
}
