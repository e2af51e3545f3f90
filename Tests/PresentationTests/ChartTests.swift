import Columnar
import Foundation
import Testing

@testable import Presentation

#if canImport(FoundationXML)
  import FoundationXML
#endif

private func datetime(_ text: String) -> Value { .datetime(Ticks.parseISODatetime(text) ?? 0) }

private func chart(
  _ kind: String, _ fields: [Field], _ rows: [[Value]], _ properties: [(name: String, value: String)] = []
) -> Table {
  var table = Table(schema: Schema(fields), rows: rows)
  table.visualization = Visualization(kind: kind, properties: properties)
  return table
}

/// Charts of every kind on data as it really comes; `DOSSIER_CHARTS=folder` writes them there to be seen.
private typealias Sample = (name: String, table: Table)

private let months: [Value] = (0..<24).map { month in
  datetime("\(2022 + (month + 9) / 12)-\(String(format: "%02d", (month + 9) % 12 + 1))-01")
}

private func steps(_ start: String, _ count: Int, _ step: Int64, _ value: (Int) -> Int) -> [[Value]] {
  let first = Ticks.parseISODatetime(start) ?? 0
  return (0..<count).map { [.datetime(first + Int64($0) * step), .long(Int64(value($0)))] }
}

private func counts(_ pairs: [(String, Int64)]) -> [[Value]] { pairs.map { [.string($0.0), .long($0.1)] } }

private let people: [(String, Int64)] = [
  ("Kim Jong Un", 412), ("Vladimir Putin", 387), ("Sergei Lavrov", 96), ("金與正 (Kim Yo Jong)", 54),
  ("The Organisation for Security and Co-operation in Europe", 33), ("Yoon Suk Yeol", 12),
]

private func barSamples() -> [Sample] {
  let entity = [Field("Entity", .string), Field("Mentions", .long)]
  var claims: [[Value]] = []
  for person in people.prefix(4) {
    for (index, certainty) in ["asserted", "reported", "planned"].enumerated() {
      claims.append([.string(person.0), .string(certainty), .long(person.1 / Int64(index + 2))])
    }
  }
  let tone: [[Value]] = [
    [.string("North Korea"), .real(0.31), .real(-0.62)], [.string("Russia"), .real(0.2), .real(-0.44)],
    [.string("Japan"), .real(0.55), .null],
  ]
  return [
    ("bar", chart("barchart", entity, counts(people), [("title", "Who is named most")])),
    (
      "bar-series",
      chart(
        "barchart", [Field("Country", .string), Field("Positive", .real), Field("Negative", .real)], tone)
    ),
    (
      "bar-stacked",
      chart(
        "barchart", [Field("Speaker", .string), Field("Certainty", .string), Field("Claims", .long)], claims,
        [("kind", "stacked"), ("title", "How certain their claims are")])
    ),
    (
      "pie",
      chart(
        "piechart", [Field("Source", .string), Field("Documents", .long)],
        counts([("Reuters", 120), ("KCNA", 80), ("TASS", 40), ("Yonhap", 9), ("others, with a long name", 2)]
        ), [("title", "Where the documents come from")])
    ),
    (
      "treemap",
      chart(
        "treemap", [Field("Source", .string), Field("Documents", .long)],
        counts([("Reuters", 120), ("KCNA", 80), ("TASS", 40), ("Yonhap", 9), ("others, with a long name", 2)]
        ),
        [("title", "Where the documents come from")])
    ),
    (
      "card",
      chart(
        "card", [Field("Documents", .long), Field("Latest", .datetime), Field("Most named", .string)],
        [[.long(12_345), months[0], .string("Kim Jong Un")]])
    ),
  ]
}

private func columnSamples() -> [Sample] {
  let types = counts([("PERSON", 1834), ("ORG", 1210), ("GPE", 977), ("DATE", 2401), ("NORP", 88)])
  let many = counts((0..<40).map { ("predicate with words \($0)", Int64(($0 * 7919) % 97)) })
  let days = steps("2024-09-24", 17, Ticks.perDay) { ($0 * 13) % 11 }
  return [
    ("columns", chart("columnchart", [Field("Type", .string), Field("Entities", .long)], types)),
    (
      "columns-many",
      chart(
        "columnchart", [Field("Predicate", .string), Field("n", .long)], many, [("title", "Forty predicates")]
      )
    ),
    ("columns-days", chart("columnchart", [Field("Published", .datetime), Field("Documents", .long)], days)),
    ("one", chart("columnchart", [Field("a", .string), Field("b", .long)], [[.string("only"), .long(0)]])),
  ]
}

private func lineSamples() -> [Sample] {
  var tone: [[Value]] = []
  var split: [[Value]] = []
  var area: [[Value]] = []
  for (index, month) in months.enumerated() {
    let mentions = Int64(40 + (index * 37) % 53)
    tone.append([month, .long(mentions), .real(Double((index * 17) % 29) - 9.5)])
    area.append([month, .long(mentions), .long(30)])
    for (who, name) in ["Kim Jong Un", "Putin", "Lavrov", "Xi"].enumerated() {
      split.append([month, .string(name), .long(Int64(20 + (who + 2) * 11 + index * (who + 1) % 37))])
    }
  }
  let hours = steps("2024-10-07T15:00", 30, Ticks.perHour) { ($0 * 5) % 9 + 1_200_000 }
  let words: [[Value]] = (0..<60).map {
    [.long(Int64($0 * $0)), .real(0.002 * Double(($0 * 31) % 17) - 0.01)]
  }
  let cloud: [[Value]] = (0..<50).map {
    [.long(Int64(($0 * 7919) % 4001)), .long(Int64(($0 * 104_729) % 211))]
  }
  return [
    (
      "time",
      chart(
        "timechart", [Field("Month", .datetime), Field("Mentions", .long), Field("Score", .real)], tone,
        [("title", "Mentions and tone")])
    ),
    (
      "time-split",
      chart("timechart", [Field("Month", .datetime), Field("Who", .string), Field("Mentions", .long)], split)
    ),
    ("time-hours", chart("timechart", [Field("At", .datetime), Field("Mails", .long)], hours)),
    ("line-numbers", chart("linechart", [Field("Words", .long), Field("Sentiment", .real)], words)),
    (
      "area",
      chart(
        "areachart", [Field("Month", .datetime), Field("Asserted", .long), Field("Reported", .long)], area,
        [("kind", "stacked")])
    ),
    ("scatter", chart("scatterchart", [Field("Words", .long), Field("Entities", .long)], cloud)),
  ]
}

private func networkSamples() -> [Sample] {
  let names =
    people.map(\.0) + [
      "Pyongyang", "Moscow", "the Kremlin", "Vostochny", "KCNA", "Seoul", "NATO", "Choe Son Hui",
      "Antony Blinken", "Beijing", "Washington", "Rason", "Vladivostok", "Kim Jong Gyu", "Dmitry Peskov",
      "Tokyo",
    ]
  var ties: [[Value]] = []
  for step in 0..<70 {
    let (from, to) = ((step * step) % 7, (step * 5 + step / 3) % names.count)
    ties.append([.string(names[from]), .string(names[to]), .long(Int64(1 + step * 3 % 11))])
  }
  let fields = [Field("Subject", .string), Field("Object", .string), Field("Claims", .long)]
  let many: [[Value]] = (0..<90).map { [.string("person \($0 % 45)"), .string("person \($0 * $0 % 61)")] }
  return [
    ("network", chart("graph", fields, ties, [("title", "Who does something to whom")])),
    ("network-small", chart("graph", fields, Array(ties.prefix(3)))),
    ("network-many", chart("graph", Array(fields.prefix(2)), many)),
  ]
}

/// Charts of every kind on data as it really comes; `DOSSIER_CHARTS=folder` writes them there to be seen.
private let samples: [Sample] = barSamples() + columnSamples() + lineSamples() + networkSamples()

@Suite struct ChartTests {
  @Test(arguments: samples.indices)
  func everyChartIsWellFormedAndStable(index: Int) throws {
    let (name, table) = samples[index]
    let chart = try #require(SVGChart(table))
    let svg = chart.svg()
    #expect(svg == SVGChart(table)?.svg())
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(name): \(String(describing: parser.parserError))")
    #expect(svg.contains("<title id=") && svg.contains("<desc id="))
    let attributes = svg.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!attributes.contains(/"-?nan|"-?inf|[0-9]e-|https?:/), "\(name)")
    if let folder = ProcessInfo.processInfo.environment["DOSSIER_CHARTS"] {
      try svg.write(toFile: "\(folder)/\(name).svg", atomically: true, encoding: .utf8)
      try TerminalChart(table)?.text(width: 72, colours: false)
        .write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
    }
  }

  @Test func markupInDataStaysText() throws {
    let evil = "</text><script>alert(1)</script>\" onload='x' & \u{1}"
    for kind in [
      "barchart", "columnchart", "linechart", "piechart", "areachart", "scatterchart", "timechart", "graph",
      "treemap", "card",
    ] {
      let table = chart(
        kind, [Field(evil, .string), Field("who", .string), Field(evil + "y", .long)],
        [[.string(evil), .string(evil), .long(1)], [.string("b"), .string("<b>"), .long(2)]],
        [("title", evil)])
      let svg = try #require(SVGChart(table)).svg()
      #expect(!svg.contains("<script") && !svg.contains("<b>"))
      #expect(XMLParser(data: Data(svg.utf8)).parse())
    }
  }

  @Test func textsDoNotLeaveThePicture() throws {
    for (name, table) in samples {
      for width in [320.0, 720, 1200] {
        let svg = try #require(SVGChart(table, width: width)).svg()
        for match in svg.matches(of: /<text x="(-?[0-9.]+)" y="(-?[0-9.]+)"(.*?)>(.*?)<\/text>/) {
          guard let x = Double(match.1), !match.3.contains("rotate") else { continue }
          let wide = SVGWriter.width(
            String(match.4).replacing("&amp;", with: "&"), size: match.3.contains("small") ? 11 : 12)
          let left = match.3.contains("middle") ? x - wide / 2 : match.3.contains("\"end\"") ? x - wide : x
          #expect(left >= -6 && left + wide <= width + 8, "\(name) at \(width): \(match.4)")
        }
      }
    }
  }

  @Test func kindsAndColumnsAreFound() throws {
    let split = try #require(ChartData(samples.first { $0.name == "time-split" }?.table ?? samples[0].table))
    #expect(split.series.map(\.name) == ["Kim Jong Un", "Putin", "Lavrov", "Xi"])
    let table = chart(
      "columnchart", [Field("a", .string), Field("b", .long), Field("c", .long)],
      [[.string("x"), .long(1), .long(2)]], [("xcolumn", "a"), ("ycolumns", "c"), ("ytitle", "See")])
    let data = try #require(ChartData(table))
    #expect(data.series.map(\.name) == ["c"])
    #expect(data.yTitle == "See")
    #expect(ChartData(chart("table", [Field("a", .long)], [[.long(1)]])) == nil)
    #expect(ChartData(chart("barchart", [Field("a", .string)], [[.string("x")]])) == nil)
    #expect(ChartData(chart("barchart", [Field("a", .string), Field("b", .long)], [])) == nil)
    #expect(ChartData(chart("barchart", [], [])) == nil)
  }

  @Test func areasOfATreemapAreShares() throws {
    let rows: [[Value]] = [
      [.string("a"), .long(6)], [.string("b"), .long(3)], [.string("c"), .long(-2)],
      [.string("d"), .long(1)],
    ]
    let table = chart("treemap", [Field("who", .string), Field("n", .long)], rows)
    let svg = try #require(SVGChart(table)).svg()
    let areas = svg.matches(
      of: /<rect x="[0-9.]+" y="[0-9.]+" width="([0-9.]+)" height="([0-9.]+)"[^>]*data-row/
    )
    .map { (Double($0.1) ?? 0) * (Double($0.2) ?? 0) }
    try #require(areas.count == 3)
    let total = areas.reduce(0, +)
    for (area, share) in zip(areas, [0.6, 0.3, 0.1]) { #expect(abs(area / total - share) < 0.001) }
  }

  @Test func aCardShowsTheFirstRow() throws {
    let table = chart(
      "card", [Field("total", .long), Field("who", .string)],
      [[.long(1_234_567), .string("Kim")], [.long(2), .string("Xi")]])
    let svg = try #require(SVGChart(table)).svg()
    #expect(svg.contains(">1,234,567<") && svg.contains(">Kim<") && !svg.contains("Xi"))
    #expect(SVGChart(table)?.summary == "Card: total 1,234,567, who Kim.")
    #expect(TerminalChart(table) == nil)
  }

  @Test func aNetworkIsMadeOfTheRowsThatTieTwo() throws {
    let fields = [Field("a", .string), Field("b", .string), Field("n", .long)]
    let rows: [[Value]] = [
      [.string("x"), .string("y"), .long(2)], [.string("y"), .string("x"), .long(1)],
      [.string("x"), .string("y"), .long(3)], [.string("x"), .string("x"), .long(9)],
      [.string("x"), .string(""), .long(9)], [.string("z"), .string("y"), .null],
      [.string("y"), .string("z"), .long(4)],
    ]
    let data = try #require(ChartData(chart("graph", fields, rows)))
    // y has the strongest ties, so it comes first.
    #expect(data.axis == .categories(["y", "x", "z"]))
    #expect(
      data.network?.ties == [
        .init(from: 1, to: 0, weight: 5, row: 0), .init(from: 0, to: 1, weight: 1, row: 1),
        .init(from: 0, to: 2, weight: 4, row: 6),
      ])
    #expect(data.series.first?.points.map(\.value) == [10, 6, 4])
    let single = chart("graph", [Field("a", .string), Field("n", .long)], [[.string("x"), .long(1)]])
    #expect(ChartData(single) == nil)
    #expect(ChartData(chart("graph", fields, [[.string("x"), .string("x"), .long(1)]])) == nil)
    #expect(TerminalChart(chart("graph", fields, rows)) == nil)
  }

  /// No two nodes in one place, all of them in the picture.
  @Test func theNodesOfANetworkAreApart() {
    let ties = (2..<30).map { Network.Tie(from: $0 % 2, to: $0, weight: Double($0 % 5 + 1), row: $0) }
    let places = NetworkLayout(count: 30, ties: ties).places
    for (index, place) in places.enumerated() {
      #expect((0...1).contains(place.x) && (0...1).contains(place.y))
      for other in places[..<index] {
        let (x, y) = (place.x - other.x, place.y - other.y)
        #expect(x * x + y * y > 0.0004)
      }
    }
    #expect(NetworkLayout(count: 1, ties: []).places.count == 1)
    #expect(NetworkLayout(count: 0, ties: []).places.isEmpty)
  }

  @Test func manyPositionsAreCountedNotDrawn() throws {
    let table = chart(
      "barchart", [Field("a", .string), Field("b", .long)],
      (0..<1000).map { [.string("name \($0)"), .long(Int64($0))] })
    let data = try #require(ChartData(table))
    #expect(data.axis.count == 50)
    #expect(data.omission == "Not shown: 950 more on the axis")
  }

  @Test func ticksAreRound() {
    #expect(NumberScale([1, 2], count: 8, includesZero: true).ticks == [0, 1, 2])
    #expect(NumberScale([12], count: 5, includesZero: true).ticks == [0, 5, 10, 15])
    #expect(NumberScale([0, 0.5], count: 5, includesZero: true).ticks.count == 6)
    #expect(NumberScale([0, 412], count: 5, includesZero: true).ticks == [0, 100, 200, 300, 400, 500])
    #expect(
      NumberScale([0.31, -0.62], count: 5, includesZero: true).ticks.map { SVGWriter.number($0) } == [
        "-0.8", "-0.6", "-0.4", "-0.2", "0", "0.2", "0.4",
      ])
    let far = NumberScale([1_200_000, 1_200_008], count: 5, includesZero: false)
    #expect(far.low >= 1_199_000)
    #expect(NumberScale([], count: 5, includesZero: true).ticks.first == 0)
    #expect(NumberScale([7], count: 5, includesZero: false).ticks.count > 1)
    #expect(NumberScale.text(3412) == "3,412")
    #expect(NumberScale.text(-0.5) == "−0.5")
    #expect(NumberScale.text(1.0 / 3) == "0.333")
    #expect(NumberScale.text(0.000123456) == "0.000123")
    #expect(SVGWriter.number(-0.001) == "0")
    #expect(SVGWriter.number(1.005) == "1" || SVGWriter.number(1.005) == "1.01")
  }

  @Test(arguments: [
    ("2024-10-08T10:00", "2024-10-08T10:05"), ("2024-10-08", "2024-10-09"), ("2024-02-27", "2024-03-05"),
    ("2023-11-15", "2024-11-15"), ("2001-03-01", "2024-11-15"), ("0001-01-01", "9999-12-31"),
  ])
  func timeTicksAreFewAndInside(from: String, to: String) {
    let low = Ticks.parseISODatetime(from) ?? 0
    let high = Ticks.parseISODatetime(to) ?? 0
    for count in [3, 6, 10] {
      let scale = TimeScale([low, high], count: count)
      #expect((1...(count + 1)).contains(scale.marks.count), "\(from) \(to) \(count): \(scale.marks.count)")
      #expect(scale.marks.allSatisfy { $0.ticks >= low && $0.ticks <= high })
    }
  }

  @Test func barsOfCharacters() {
    let table = chart(
      "barchart", [Field("a", .string), Field("n", .long)],
      [
        [.string("金"), .long(8)], [.string("two"), .long(-4)], [.string("none"), .long(0)],
        [.string("x"), .long(3)],
      ],
      [("title", "Bars")])
    #expect(
      TerminalChart(table)?.text(width: 30, colours: false) == """
        Bars
        金          ██████████████  8
        two  ███████               −4
        none                        0
        x           █████▎          3

        """)
  }
}
