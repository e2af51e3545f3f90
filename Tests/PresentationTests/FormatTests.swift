import Columnar
import Diagnostics
import Foundation
import Testing

@testable import Presentation

/// A table with one of each: nulls, wide characters, line ends, markup, midnight and not.
let mixed = Table(
  schema: Schema([
    Field("Name", .string), Field("When", .datetime), Field("N", .long), Field("Score", .real),
    Field("Tags", .dynamic), Field("For", .timespan), Field("Ok", .bool),
  ]),
  rows: [
    [
      .string("金正恩, \"Kim\""), .datetime(Ticks.parseISODatetime("2024-10-08") ?? 0), .long(12), .real(0.5),
      .dynamic(DynamicValue(json: #"["a","b|c"]"#) ?? .null), .timespan(Ticks.perHour), .bool(true),
    ],
    [
      .string("<b>two\nlines</b>"), .datetime(Ticks.parseISODatetime("2024-10-08T14:30:05") ?? 0), .null,
      .real(.nan), .dynamic(.null), .null, .null,
    ],
    [.string(""), .null, .long(-3412), .null, .dynamic(.bag(["k": .long(1)])), .timespan(-1), .bool(false)],
  ])

@Suite struct FormatTests {
  private func text(_ name: String, _ table: Table, _ options: FormatOptions = FormatOptions()) throws
    -> String
  {
    try FormatRegistry.format(named: name).text(table, options)
  }

  @Test func tableForAFileCutsNothing() throws {
    #expect(
      try text("table", mixed) == """
        Name              When                     N  Score  Tags                       For  Ok
        ────────────────  ───────────────────  ─────  ─────  ───────────  ─────────────────  ─────
        金正恩, "Kim"     2024-10-08              12    0.5  ["a","b|c"]           01:00:00  true
        <b>two⏎lines</b>  2024-10-08 14:30:05   null    NaN  null                      null  null
                          null                 -3412   null  {"k":1}      -00:00:00.0000001  false

        """)
  }

  @Test func jsonIsTheContract() throws {
    #expect(
      try text("json", mixed)
        == #"{"columns":[{"name":"Name","type":"string"},{"name":"When","type":"datetime"},"#
        + #"{"name":"N","type":"long"},{"name":"Score","type":"real"},{"name":"Tags","type":"dynamic"},"#
        + #"{"name":"For","type":"timespan"},{"name":"Ok","type":"bool"}],"rows":["#
        + #"["金正恩, \"Kim\"","2024-10-08T00:00:00.0000000Z",12,0.5,["a","b|c"],"01:00:00",true],"#
        + #"["<b>two\nlines</b>","2024-10-08T14:30:05.0000000Z",null,"NaN",null,null,null],"#
        + #"["",null,-3412,null,{"k":1},"-00:00:00.0000001",false]]}"# + "\n")
  }

  @Test func ndjsonGivesARowALine() throws {
    let lines = try text("jsonl", mixed).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[2]
        == #"{"Name":"","When":null,"N":-3412,"Score":null,"Tags":{"k":1},"For":"-00:00:00.0000001","Ok":false}"#
    )
  }

  /// What a spreadsheet would compute is text to it with a `'` in front; numbers keep their signs.
  @Test func formulasAreGuardedWhereThatIsWanted() throws {
    let table = Table(
      schema: Schema([Field("=Name", .string), Field("n", .long), Field("d", .dynamic)]),
      rows: [
        [.string("=cmd|' /C calc'!A0"), .long(-1), .dynamic(.string("@SUM(1)"))],
        [.string("+49 30 1234"), .long(2), .dynamic(.long(-3))],
        [.string("-x, y"), .null, .dynamic(.array([.string("=1")]))],
        [.string("\t=1"), .null, .null], [.string("a=1"), .null, .dynamic(.string("'"))],
      ])
    let plain = try text("csv", table)
    #expect(plain.hasPrefix("=Name,n,d\r\n=cmd|' /C calc'!A0,-1,@SUM(1)\r\n"), "\(plain)")
    var options = FormatOptions()
    options.guardsFormulas = true
    #expect(
      try text("csv", table, options)
        == "'=Name,n,d\r\n'=cmd|' /C calc'!A0,-1,'@SUM(1)\r\n'+49 30 1234,2,-3\r\n\"'-x, y\",,\"[\"\"=1\"\"]\"\r\n"
        + "'\t=1,,\r\na=1,,'\r\n")
    #expect(try text("tsv", table, options).contains("\n'\\t=1\t\t\n"))
  }

  @Test func csvIsRFC4180() throws {
    #expect(
      try text("csv", mixed)
        == [
          "Name,When,N,Score,Tags,For,Ok",
          #""金正恩, ""Kim""",2024-10-08T00:00:00.0000000Z,12,0.5,"[""a"",""b|c""]",01:00:00,true"#,
          "\"<b>two\nlines</b>\",2024-10-08T14:30:05.0000000Z,,NaN,,,",
          #",,-3412,,"{""k"":1}",-00:00:00.0000001,false"#, "",
        ].joined(separator: "\r\n"))
    let lone = Table(schema: Schema([Field("a", .string)]), rows: [[.string("")], [.string("x")]])
    #expect(try text("csv", lone) == "a\r\n\"\"\r\nx\r\n")
  }

  @Test func tsvKeepsARowOnALine() throws {
    let table = Table(schema: Schema([Field("a\tb", .string)]), rows: [[.string("x\ty\nz\\\r")]])
    #expect(try text("tsv", table) == "a\\tb\nx\\ty\\nz\\\\\\r\n")
  }

  @Test func markdownLetsNoMarkupThrough() throws {
    #expect(
      try text("md", mixed) == #"""
        | Name                            | When                |     N | Score | Tags    |               For | Ok    |
        | ------------------------------- | ------------------- | ----: | ----: | ------- | ----------------: | ----- |
        | 金正恩, "Kim"                   | 2024-10-08          |    12 |   0.5 | a, b\|c |          01:00:00 | true  |
        | &lt;b&gt;two<br>lines&lt;/b&gt; | 2024-10-08 14:30:05 |  null |   NaN | null    |              null | null  |
        |                                 | null                | -3412 |  null | {"k":1} | -00:00:00.0000001 | false |

        """#)
    #expect(
      MarkdownFormat.escaped("_x_ snake_case $5 *a* [l](u) ~~s~~ `c` \\")
        == #"\_x\_ snake_case $5 \*a\* \[l\](u) \~\~s\~\~ \`c\` \\"#)
    #expect(MarkdownFormat.escaped("$a$") == #"\$a\$"#)
  }

  @Test func htmlLetsNoMarkupThrough() throws {
    let table = Table(
      schema: Schema([Field("<script>", .string), Field("n", .long)]),
      rows: [[.string("\"><img src=x onerror='a'>&\u{1}\u{202E}"), .null]])
    #expect(
      try text("html", table) == """
        <table class="dossier">
        <thead>
        <tr><th scope="col">&lt;script&gt;</th><th scope="col" class="number">n</th></tr>
        </thead>
        <tbody>
        <tr><td>&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&amp;\u{FFFD}\u{FFFD}</td><td class="null">null</td></tr>
        </tbody>
        </table>

        """)
  }

  @Test func anUnknownFormatNamesTheNearest() throws {
    #expect(try type(of: FormatRegistry.format(named: "MD")) == MarkdownFormat.self)
    do {
      _ = try FormatRegistry.format(named: "jsn")
      Issue.record("found a format")
    } catch {
      #expect(error.hint == "did you mean json?")
    }
  }

  @Test func namesAreUsedOnceAndFilesAreRegistered() throws {
    let names = FormatRegistry.all.flatMap { [$0.name] + $0.synonyms }
    #expect(Set(names).count == names.count)
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Presentation/Formats")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".swift")
    }
    #expect(files.count == FormatRegistry.all.count)
  }

  @Test func emptyTablesAreShown() throws {
    let none = Table(schema: Schema([Field("a", .long)]), rows: [])
    #expect(try text("table", none, .terminal(width: 40, colours: false)) == "   a\n   ─\nno rows\n")
    #expect(try text("json", none) == #"{"columns":[{"name":"a","type":"long"}],"rows":[]}"# + "\n")
    #expect(try text("csv", none) == "a\r\n")
    let nothing = Table(schema: Schema(), columns: [], rowCount: 0)
    for name in FormatRegistry.names { _ = try text(name, nothing, .terminal(width: 1, colours: true)) }
  }
}

@Suite struct TerminalTableTests {
  private func lines(_ table: Table, width: Int, rowLimit: Int? = 40, colours: Bool = false) -> [String] {
    TextTableFormat().text(table, .terminal(width: width, rowLimit: rowLimit, colours: colours))
      .split(separator: "\n").map(String.init)
  }

  @Test func longCellsAreCutAndNumbersNever() {
    let table = Table(
      schema: Schema([Field("Entity", .string), Field("Mentions", .long), Field("Evidence", .string)]),
      rows: (0..<3).map {
        [
          .string("Kim Jong Un"), .long(1_000_000 + $0),
          .string("The two leaders 签署了 an agreement that covers \($0) things"),
        ]
      })
    let shown = lines(table, width: 50)
    #expect(shown.allSatisfy { DisplayWidth.of($0) <= 50 })
    #expect(shown[0] == "   Entity       Mentions  Evidence")
    #expect(shown[2] == "1  Kim Jong Un   1000000  The two leaders 签署了…")
    #expect(shown.last == "3 rows")
  }

  @Test func manyRowsSayHowMany() {
    let table = Table(
      schema: Schema([Field("x", .long)]), rows: (0..<3412).map { [.long(Int64($0))] })
    let shown = lines(table, width: 50)
    #expect(shown.count == 43)
    #expect(shown[41] == "40  39")
    #expect(shown[42] == "40 of 3,412 rows shown")
    #expect(lines(table, width: 50, rowLimit: nil).last == "3,412 rows")
  }

  @Test func aTableTooWideBecomesRecords() {
    let names = (0..<9).map { "Column\($0)" }
    let table = Table(
      schema: Schema(names.map { Field($0, .string) }),
      rows: (0..<2).map { row in names.map { .string("\($0) in row \(row), rather long words here") } })
    let shown = lines(table, width: 40)
    #expect(shown[0] == "── 1 ────")
    #expect(shown[1] == "Column0  Column0 in row 0, rather long")
    #expect(shown[2] == "         words here")
    #expect(shown.allSatisfy { DisplayWidth.of($0) <= 40 })
    #expect(shown.last == "2 rows")
  }

  @Test func aRecordKeepsFourLinesOfACell() {
    let table = Table(
      schema: Schema([Field("Text", .string)]),
      rows: [[.string(Array(repeating: "word", count: 500).joined(separator: " "))]])
    let shown = lines(table, width: 30)
    #expect(shown.count == 6)
    #expect(shown[4].hasSuffix("…"))
    let whole = LineFormat().text(table, FormatOptions(width: 30))
    #expect(whole.components(separatedBy: "word").count == 501)
  }

  @Test func controlsNeverReachTheTerminal() {
    let table = Table(
      schema: Schema([Field("a\u{1B}[2J", .string)]),
      rows: [[.string("\u{1B}]0;title\u{7}\u{9B}31m\u{202E}abc")]])
    for name in ["table", "line"] {
      let text = try? FormatRegistry.format(named: name).text(table, .terminal(width: 60, colours: false))
      #expect(
        text?.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x9B || $0.value == 0x202E } == false)
    }
  }

  @Test func coloursEndInTheirCell() {
    let table = Table(
      schema: Schema([Field("a", .string), Field("b", .long)]), rows: [[.string("x"), .null]])
    #expect(
      lines(table, width: 40, colours: true) == [
        "   \u{1B}[1ma\u{1B}[0m  \u{1B}[1m   b\u{1B}[0m", "\u{1B}[2m   ─  ────\u{1B}[0m",
        "\u{1B}[2m1\u{1B}[0m  x  \u{1B}[2mnull\u{1B}[0m", "\u{1B}[2m1 row\u{1B}[0m",
      ])
  }

  @Test func wrappingKeepsAllWords() {
    #expect(LineFormat.wrapped("one two three", to: 7) == ["one two", "three"])
    #expect(LineFormat.wrapped("abcdefghij kl", to: 4) == ["abcd", "efgh", "ij", "kl"])
    #expect(LineFormat.wrapped("金正恩", to: 4) == ["金正", "恩"])
    #expect(LineFormat.wrapped("", to: 4) == [""])
  }
}
