import Columnar
import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

/// Every sentence is our own; the publication day is Tuesday, 8 October 2024.
@Suite struct DateStageTests {
  private func dates(_ text: String, published: String? = "2024-10-08") throws -> [DateRow] {
    try dates(of: try RecordedParse.of(text, in: "dates"), published: published)
  }

  private func dates(of parse: Parse, published: String?) throws -> [DateRow] {
    var document = Document(docID: "d", text: parse.text)
    document.published = published.flatMap(Ticks.parseISODatetime)
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    try DateStage(resources: AnnotationResources()).annotate(
      AnnotationInput(document: document, parse: parse), into: &facts)
    return facts.dates
  }

  private func short(_ ticks: Int64?) -> String {
    guard let ticks else { return "-" }
    let text = Ticks.datetimeText(ticks)
    return ticks % Ticks.perDay == 0 ? String(text.prefix(10)) : String(text.prefix(16))
  }

  /// "text|value|from|to" of each row.
  private func lines(_ rows: [DateRow]) -> [String] {
    rows.map { "\($0.text)|\($0.value)|\(short($0.from))|\(short($0.to))" }
  }

  @Test(arguments: [
    ("The minister resigned on Tuesday.", ["Tuesday|2024-10-08|2024-10-08|2024-10-09"]),
    ("Talks last two hours.", ["two hours|PT2H|-|-"]),
    (
      "Profits fell in the third quarter of fiscal 2023.",
      ["the third quarter of fiscal 2023|2023-Q3|2023-07-01|2023-10-01"]
    ),
    ("The minister resigned last Friday.", ["last Friday|2024-10-04|2024-10-04|2024-10-05"]),
    ("The parliament will vote on Monday.", ["Monday|2024-10-14|2024-10-14|2024-10-15"]),
    ("The two sides will meet next Monday.", ["next Monday|2024-10-14|2024-10-14|2024-10-15"]),
    ("She left the party in June.", ["June|2024-06|2024-06-01|2024-07-01"]),
    ("The new law will take effect in March.", ["March|2025-03|2025-03-01|2025-04-01"]),
    ("The school may open in May.", ["May|2025-05|2025-05-01|2025-06-01"]),
    ("Earlier this year, the two leaders signed a treaty.", ["Earlier this year|2024|2024-01-01|2024-10-08"]),
    (
      "Yesterday the court met; tomorrow it will rule.",
      ["Yesterday|2024-10-07|2024-10-07|2024-10-08", "tomorrow|2024-10-09|2024-10-09|2024-10-10"]
    ),
    ("Three days ago the bridge was closed.", ["Three days ago|2024-10-05|2024-10-05|2024-10-06"]),
    ("Unemployment has fallen over the past five years.", ["the past five years|P5Y|2019-10-08|2024-10-08"]),
    (
      "The envoy arrived on Friday morning.",
      ["Friday morning|2024-10-04TMO|2024-10-04|2024-10-04T12:00"]
    ),
    (
      "Sales rose in April compared with the same month last year.",
      ["April|2024-04|2024-04-01|2024-05-01", "the same month last year|2023-04|2023-04-01|2023-05-01"]
    ),
    ("The summit will be held in three weeks.", ["in three weeks|2024-W44|2024-10-28|2024-11-04"]),
    ("Wages fell at the end of last year.", ["the end of last year|2023|2023-09-01|2024-01-01"]),
  ])
  func relativeToPublication(text: String, expected: [String]) throws {
    #expect(lines(try dates(text)) == expected)
  }

  /// What assistants are asked and notes say: the expectation is the reading, written before the grammar was run.
  @Test(arguments: [
    ("Dentist tuesday at 3.", ["tuesday at 3|2024-10-15T03:00|2024-10-15T03:00|2024-10-15T04:00"]),
    (
      "Lunch with Ann on the first monday of october.",
      ["the first monday of october|2024-10-07|2024-10-07|2024-10-08"]
    ),
    (
      "Let us meet next week Wednesday at half past nine.",
      ["next week Wednesday at half past nine|2024-10-16T09:30|2024-10-16T09:30|2024-10-16T09:31"]
    ),
    (
      "The lease ends on the last day of October 2025.",
      ["the last day of October 2025|2025-10-31|2025-10-31|2025-11-01"]
    ),
    (
      "They drove 20 minutes and came at quarter past 8 in the evening.",
      [
        "20 minutes|PT20M|-|-",
        "quarter past 8 in the evening|2024-10-08T20:15|2024-10-08T20:15|2024-10-08T20:16",
      ]
    ),
    (
      "Call the bank tomorrow morning at 9.",
      ["tomorrow morning at 9|2024-10-09T09:00|2024-10-09T09:00|2024-10-09T10:00"]
    ),
    ("The report is due by EOM.", ["EOM|2024-10|2024-10-21|2024-11-01"]),
    (
      "The shop is open from 9 to 11 am.",
      [
        "9|2024-10-08T09:00|2024-10-08T09:00|2024-10-08T10:00",
        "11 am|2024-10-08T11:00|2024-10-08T11:00|2024-10-08T12:00",
      ]
    ),
    ("The army won by two to one.", []),
    (
      "The invoice of Dec-2018 was paid on 31/Oct/2019.",
      ["Dec-2018|2018-12|2018-12-01|2019-01-01", "31/Oct/2019|2019-10-31|2019-10-31|2019-11-01"]
    ),
    ("He was born in nineteen eighty-six.", ["nineteen eighty-six|1986|1986-01-01|1987-01-01"]),
    (
      "The audit took place two weeks before May 13, 1999.",
      ["two weeks before May 13, 1999|1999-04-29|1999-04-29|1999-04-30"]
    ),
    ("He retired on Labor Day 2021.", ["Labor Day 2021|2021-09-06|2021-09-06|2021-09-07"]),
  ])
  func whatAssistantsAreAsked(text: String, expected: [String]) throws {
    #expect(lines(try dates(text)) == expected)
  }

  /// Where somebody is spoken to, weeks count from the day itself and a bare time is no day of a report.
  @Test(arguments: [
    ("We will send the report in two weeks.", ["in two weeks|2024-10-22|2024-10-22|2024-10-23"]),
    ("I will be back at 6.45.", ["6.45|T06:45|2024-10-08T06:45|2024-10-08T06:46"]),
    (
      "Please remind me in the morning at 7.",
      ["the morning at 7|T07:00|2024-10-08T07:00|2024-10-08T08:00"]
    ),
    (
      "Book a ½ hour call for the weekend of Thanksgiving 2025.",
      ["½ hour|PT0.5H|-|-", "weekend of Thanksgiving 2025|2025-W48-WE|2025-11-29|2025-12-01"]
    ),
    ("I take the pill every day at 8 am.", ["every day at 8 am|T08:00|-|-"]),
    ("Call me 15 minutes from 1 pm.", ["15 minutes from 1 pm|T13:15|2024-10-08T13:15|2024-10-08T13:16"]),
    ("dinner next 3 weeks", ["next 3 weeks|P3W|2024-10-14|2024-11-04"]),
    (
      "this Thu 9-11am",
      [
        "this Thu 9|2024-10-10T09:00|2024-10-10T09:00|2024-10-10T10:00",
        "11am|2024-10-10T11:00|2024-10-10T11:00|2024-10-10T12:00",
      ]
    ),
    ("The parcel 133-03-03-2020 arrived.", []),
  ])
  func messages(text: String, expected: [String]) throws {
    #expect(lines(try dates(text)) == expected)
  }

  /// Half an hour counts from the moment of publication where that is known.
  @Test func shiftsOfHoursNeedTheMoment() throws {
    let text = "Please call me in half an hour."
    #expect(
      lines(try dates(text, published: "2024-10-08T04:30:00"))
        == ["in half an hour|2024-10-08T05:00|2024-10-08T05:00|2024-10-08T05:01"])
    #expect(lines(try dates(text)) == ["in half an hour|FUTURE_REF|-|-"])
  }

  @Test(arguments: [
    ("The minister resigned on Tuesday.", "XXXX-WXX-2"), ("She left the party in June.", "XXXX-06"),
    ("Three days ago the bridge was closed.", "PAST_REF"),
    ("The summit will be held in three weeks.", "FUTURE_REF"),
    ("Earlier this year, the two leaders signed a treaty.", "PAST_REF"),
    ("Unemployment has fallen over the past five years.", "P5Y"),
    ("The envoy arrived on Friday morning.", "XXXX-WXX-5TMO"),
  ])
  func nothingIsGuessedWithoutPublication(text: String, value: String) throws {
    let rows = try dates(text, published: nil)
    #expect(rows.map(\.value) == [value])
    #expect(rows.allSatisfy { $0.from == nil && $0.to == nil })
  }

  @Test(arguments: [
    (
      "The firm was founded on 8 October 2014 and sold on Oct. 9, 2019.",
      ["8 October 2014|2014-10-08|2014-10-08|2014-10-09", "Oct. 9, 2019|2019-10-09|2019-10-09|2019-10-10"]
    ),
    (
      "The form is dated 2024-10-08, the reply 10/09/2024 and the receipt 13/10/2024.",
      [
        "2024-10-08|2024-10-08|2024-10-08|2024-10-09", "10/09/2024|2024-10-09|2024-10-09|2024-10-10",
        "13/10/2024|2024-10-13|2024-10-13|2024-10-14",
      ]
    ),
    (
      "Exports fell in the third quarter of 2023 and in Q4 2023.",
      ["the third quarter of 2023|2023-Q3|2023-07-01|2023-10-01", "Q4 2023|2023-Q4|2023-10-01|2024-01-01"]
    ),
    (
      "The railway was built in the 1990s, not in the 19th century.",
      ["the 1990s|199|1990-01-01|2000-01-01", "the 19th century|18|1800-01-01|1900-01-01"]
    ),
    ("The plant has been closed since 2019.", ["2019|2019|2019-01-01|2020-01-01"]),
    (
      "The war of 1939–45 and the years from 264 to 241 BC are in the book.",
      [
        "1939|1939|1939-01-01|1940-01-01", "45|1945|1945-01-01|1946-01-01", "264|BC0264|-|-",
        "241 BC|BC0241|-|-",
      ]
    ),
    (
      "He fought from May to July 2022.",
      ["May|2022-05|2022-05-01|2022-06-01", "July 2022|2022-07|2022-07-01|2022-08-01"]
    ),
    (
      "Christmas Eve 2023 was quiet; Easter 2024 was not.",
      ["Christmas Eve 2023|2023-12-24|2023-12-24|2023-12-25", "Easter 2024|2024-03-31|2024-03-31|2024-04-01"]
    ),
    ("The 2008 election was close.", ["2008|2008|2008-01-01|2009-01-01"]),
    (
      "The army reached the river on 6 and 7 January 1916.",
      ["6|1916-01-06|1916-01-06|1916-01-07", "7 January 1916|1916-01-07|1916-01-07|1916-01-08"]
    ),
    (
      "The talks began on 5 May 2023. Two weeks later they failed.",
      ["5 May 2023|2023-05-05|2023-05-05|2023-05-06", "Two weeks later|2023-W20|2023-05-15|2023-05-22"]
    ),
    (
      "The talks began on 5 May 2023. The next day they failed.",
      ["5 May 2023|2023-05-05|2023-05-05|2023-05-06", "The next day|2023-05-06|2023-05-06|2023-05-07"]
    ),
  ])
  func absoluteDatesNeedNoPublication(text: String, expected: [String]) throws {
    #expect(lines(try dates(text, published: nil)) == expected)
    #expect(lines(try dates(text)) == expected)
  }

  @Test func partsOfPeriods() throws {
    let rows = try dates("In early March the river froze; by mid-2023 it was dry.")
    #expect(
      lines(rows) == ["early March|2024-03|2024-03-01|2024-03-11", "mid-2023|2023|2023-05-01|2023-09-01"])
    #expect(rows.map(\.mod) == ["START", "MID"])
  }

  @Test func setsAndDurations() throws {
    let sets = try dates("The committee meets every Tuesday and reports twice a year.")
    #expect(
      sets.map { "\($0.text)|\($0.type)|\($0.value)|\($0.quant)|\($0.freq)" } == [
        "every Tuesday|SET|XXXX-WXX-2|EVERY|", "twice a year|SET|P1Y||2X",
      ])
    let rows = try dates("The strike lasted nearly two and a half years.")
    #expect(
      rows.map { "\($0.text)|\($0.type)|\($0.value)|\($0.mod)" } == [
        "nearly two and a half years|DURATION|P2.5Y|LESS_THAN"
      ])
  }

  @Test func clockTimesWithTheirDay() throws {
    #expect(
      lines(try dates("The plane landed at 3 p.m. on Tuesday and left at 15:30 GMT.")) == [
        "3 p.m. on Tuesday|2024-10-08T15:00|2024-10-08T15:00|2024-10-08T16:00",
        "15:30 GMT|2024-10-08T15:30Z|2024-10-08T15:30|2024-10-08T15:31",
      ])
  }

  @Test(arguments: [
    "His 72nd birthday was marked with 2,000 guests and 1500 soldiers.", "The protesters won the day.",
  ])
  func whatIsNoDate(text: String) throws {
    #expect(try dates(text).isEmpty)
  }

  @Test func namesAndVerbsAreNoMonths() throws {
    let text = "The committee praised its 30-year-old chairman, April Jones, in the Sunday Times."
    #expect(try dates(text).map(\.value) == ["P30Y"])
    #expect(try dates("Troops march through the city every May.").map(\.value) == ["XXXX-05"])
  }

  @Test func aDayThatDoesNotExistStaysOpen() throws {
    let rows = try dates("The bank was closed on 31 February 2023.")
    #expect(rows.allSatisfy { $0.value != "2023-02-31" })
  }

  @Test func aNarrativeCountsFromItsOwnYear() throws {
    let text =
      "In 1912 the war began, and in 1913 it ended. Peace was signed in 1914 and broken in 1915. In May the city fell."
    #expect(try dates(text).last?.value == "1915-05")
    #expect(try dates(text, published: nil).last?.value == "XXXX-05")
  }

  @Test func propertiesOfAllRows() throws {
    for parse in try RecordedParse.all("dates") + RecordedParse.all("basics") {
      for published in ["2024-10-08", "2024-02-29T23:59:00", "0001-01-01", "9999-12-31", nil] {
        let rows = try dates(of: parse, published: published)
        #expect(rows.map(\.dateID) == Array(rows.indices))
        for (index, row) in rows.enumerated() {
          #expect(parse.text(row.start, row.end) == row.text)
          #expect(!row.value.isEmpty)
          #expect((row.from == nil) == (row.to == nil))
          if let from = row.from, let to = row.to { #expect(from <= to) }
          if index > 0 { #expect(rows[index - 1].end <= row.start) }
        }
        #expect(lines(rows) == lines(try dates(of: parse, published: published)))
      }
    }
  }

  /// Words in any order, cut anywhere, must never stop the program.
  @Test(arguments: 0..<200)
  func shuffledWordsAreRead(seed: Int) throws {
    var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let pool = try RecordedParse.all("dates").flatMap(\.tokens)
    let extra = [
      "-", "/", ":", "'", "999999999", "millennia", "ago", "tonight", "Easter", ".", ",", "of", "the", "9",
      "31", "2024", "BC", "s", "last", "half", "é", "T",
    ]
    var tokens: [Token] = []
    var text = ""
    var offset = 0
    for index in 0..<60 {
      var token = pool[next(pool.count)]
      if next(3) == 0 { token.text = extra[next(extra.count)] }
      let length = token.text.unicodeScalars.count
      let space = next(3) > 0
      token.start = offset
      token.end = offset + length
      token.head = next(60) < 30 ? index : max(0, index - 1)
      tokens.append(token)
      text += token.text + (space ? " " : "")
      offset += length + (space ? 1 : 0)
    }
    let parse = Parse(text: text, tokens: tokens, sentences: [0..<tokens.count], entities: [])
    for row in try dates(of: parse, published: "2024-10-08") {
      #expect(parse.text(row.start, row.end) == row.text)
    }
  }
}
