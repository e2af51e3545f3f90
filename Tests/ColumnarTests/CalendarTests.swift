import Columnar
import Testing

@Suite struct CalendarTests {
  @Test func daysAndDatesAreInverse() {
    for days in stride(from: -200_000, through: 3_652_058, by: 97) {
      let date = CivilDate(daysFromYearOne: days)
      #expect(date.daysFromYearOne == days)
      #expect(date.isValid)
    }
    #expect(CivilDate(1, 1, 1).daysFromYearOne == 0)
    #expect(CivilDate(1970, 1, 1).ticks == Ticks.unixEpoch)
    #expect(CivilDate(9999, 12, 31).ticks + Ticks.perDay - 1 == Ticks.lastDatetime)
  }

  @Test func weekdaysAndWeeks() {
    #expect(CivilDate(2024, 10, 8).weekday == 2)
    #expect(CivilDate(2024, 10, 6).weekday == 0)
    // ISO 8601: the week of 2021-01-03 belongs to 2020.
    #expect(CivilDate(2021, 1, 3).isoWeek == (2020, 53))
    #expect(CivilDate(2024, 12, 30).isoWeek == (2025, 1))
    #expect(CivilDate(2024, 2, 29).dayOfYear == 60)
  }

  @Test func monthsAreCutToTheirLastDay() {
    #expect(CivilDate(2024, 1, 31).adding(months: 1) == CivilDate(2024, 2, 29))
    #expect(CivilDate(2024, 1, 31).adding(months: -2) == CivilDate(2023, 11, 30))
    #expect(!CivilDate(2023, 2, 29).isValid)
  }

  @Test(arguments: [
    ("2024-10-08", "2024-10-08T00:00:00.0000000Z"),
    ("2024-10-08 07:05", "2024-10-08T07:05:00.0000000Z"),
    ("2024-10-08T07:05:09.1234567Z", "2024-10-08T07:05:09.1234567Z"),
    ("2024-10-08T07:05:09.123456789Z", "2024-10-08T07:05:09.1234567Z"),
    ("2024-10-08T01:30:00+02:00", "2024-10-07T23:30:00.0000000Z"),
    ("2024", "2024-01-01T00:00:00.0000000Z"),
    ("9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.9999999Z"),
  ])
  func datetimesAreReadAndPrinted(text: String, printed: String) throws {
    let ticks = try #require(Ticks.parseISODatetime(text))
    #expect(Ticks.datetimeText(ticks) == printed)
    #expect(Ticks.parseISODatetime(printed) == ticks)
  }

  @Test(arguments: [
    "", "2024-13-01", "2024-02-30", "0000-01-01", "2024-10-08T24:00", "2024-10-08x", "Tuesday",
    "2024-10-08T10:00+99:00", "10000-01-01",
  ])
  func whatIsNoDatetimeIsNotRead(text: String) { #expect(Ticks.parseISODatetime(text) == nil) }

  @Test func timespans() {
    #expect(Ticks.timespanText(0) == "00:00:00")
    #expect(Ticks.timespanText(-(Ticks.perDay + Ticks.perHour + 1)) == "-1.01:00:00.0000001")
    #expect(Ticks.timespanText(.min) == "-10675199.02:48:05.4775808")
    #expect(Ticks.parseClockTimespan("1.02:03:04.5") == 937_845_000_000)
    #expect(Ticks.parseClockTimespan("-00:00:01") == -10_000_000)
    #expect(Ticks.parseClockTimespan("25:00") == nil)
  }
}
