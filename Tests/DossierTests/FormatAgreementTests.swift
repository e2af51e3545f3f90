import Columnar
import Foundation
import TestSupport
import Testing

/// What is written in one format is written in all of them: each output is read back into cells.
@Suite struct FormatAgreementTests {
  private static let query = #"""
    datatable(Name:string, When:datetime, N:long, Score:real, For:timespan, Ok:bool, More:dynamic)[
      "plain", datetime(2024-10-08), 12, 0.5, 1h, true, dynamic({"k":1}),
      "a|b, \"c\" \\ <i>&amp;</i>", datetime(null), long(null), real(nan), timespan(null), false, dynamic(null),
      "金正恩 _x_ *y* `z`", datetime(2024-10-09), -3412, 1e21, -1d, true, dynamic([1,[2]]),
      "[link](u) $a$ ~~s~~ é", datetime(1999-12-31), 0, -0.25, 0s, bool(null), dynamic("text"),
    ]
    """#

  private func output(_ format: String) throws -> String {
    let outcome = try Program.run(["query", Self.query, "--format", format])
    #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
    return outcome.output
  }

  /// The cells as JSON has them, header first: what all others are compared with.
  private func values() throws -> (names: [String], rows: [[DynamicValue]]) {
    let json = try #require(DynamicValue(json: try output("json")))
    guard case .array(let columns) = json["columns"], case .array(let rows) = json["rows"] else {
      Issue.record("no columns or rows")
      return ([], [])
    }
    let names = columns.map { $0["name"].text }
    return (
      names,
      rows.compactMap { row in
        if case .array(let cells) = row { cells } else { nil }
      }
    )
  }

  /// A cell as exact formats for tables write it: null as nothing.
  private func exact(_ value: DynamicValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text
    default: value.json
    }
  }

  /// A cell as people read it: null as a word, midnight as the day.
  private func read(_ value: DynamicValue) -> String {
    switch value {
    case .null: "null"
    case .string(let text):
      text.hasSuffix("T00:00:00.0000000Z") ? String(text.prefix(10)) : text
    default: value.json
    }
  }

  @Test func ndjson() throws {
    let (names, rows) = try values()
    let lines = try output("ndjson").split(separator: "\n")
    #expect(lines.count == rows.count)
    for (line, row) in zip(lines, rows) {
      guard case .bag(let bag)? = DynamicValue(json: String(line)) else {
        Issue.record("not an object: \(line)")
        continue
      }
      #expect(Array(bag.keys) == names)
      #expect(Array(bag.values) == row)
    }
  }

  @Test func csv() throws {
    let (names, rows) = try values()
    var records: [[String]] = []
    var record: [String] = []
    var cell = ""
    var isQuoted = false
    let text = Array(try output("csv").unicodeScalars)
    for (index, scalar) in text.enumerated() {
      switch scalar {
      case "\"":
        if isQuoted, index + 1 < text.count, text[index + 1] == "\"" { cell += "\"" }
        isQuoted.toggle()
      case "," where !isQuoted:
        record.append(cell)
        cell = ""
      case "\r" where !isQuoted: break
      case "\n" where !isQuoted:
        records.append(record + [cell])
        (record, cell) = ([], "")
      default: cell.unicodeScalars.append(scalar)
      }
    }
    #expect(records == [names] + rows.map { $0.map(exact) })
  }

  @Test func tsv() throws {
    let (names, rows) = try values()
    let lines = try output("tsv").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let cells = lines.map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { cell in
        String(cell).replacing("\\\\", with: "\u{1}").replacing("\\t", with: "\t").replacing(
          "\\n", with: "\n"
        )
        .replacing("\\r", with: "\r").replacing("\u{1}", with: "\\")
      }
    }
    #expect(cells == [names] + rows.map { $0.map(exact) })
  }

  @Test func markdown() throws {
    let (names, rows) = try values()
    var lines = try output("markdown").split(separator: "\n")
    #expect(lines.remove(at: 1).allSatisfy { "|-: ".contains($0) })
    let cells = lines.map { line in
      var cells: [String] = []
      var cell = ""
      var isEscaped = false
      for character in line {
        if isEscaped {
          cell.append(character)
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "|" {
          cells.append(cell.trimmingCharacters(in: .whitespaces))
          cell = ""
        } else {
          cell.append(character)
        }
      }
      return cells.dropFirst().map { unescaped($0) }
    }
    #expect(cells == [names] + rows.map { $0.map(read) })
  }

  @Test func html() throws {
    let (names, rows) = try values()
    let cells = try output("html").matches(of: /<tr>(.*?)<\/tr>/).map { row in
      row.1.matches(of: /<t[hd][^>]*>(.*?)<\/t[hd]>/).map { unescaped(String($0.1)) }
    }
    #expect(cells == [names] + rows.map { $0.map(read) })
  }

  @Test func table() throws {
    let (names, rows) = try values()
    var lines = try output("table").split(separator: "\n").map(Array.init)
    let rule = lines.remove(at: 1)
    // The rule's runs are the columns; a wide character takes two of them.
    var ranges: [Range<Int>] = []
    var start = 0
    for (index, character) in (rule + [" "]).enumerated() where character == " " {
      if index > start { ranges.append(start..<index) }
      start = index + 1
    }
    let cells = lines.map { line in
      let wide = line.flatMap { character in
        character.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
          ? [character, "\u{0}"] : [character]
      }
      return ranges.map { range in
        String(wide[min(range.lowerBound, wide.count)..<min(range.upperBound, wide.count)])
          .replacing("\u{0}", with: "").trimmingCharacters(in: .whitespaces)
      }
    }
    #expect(cells == [names] + rows.map { $0.map(read) })
  }

  @Test func line() throws {
    let (names, rows) = try values()
    let width = (names.map(\.count).max() ?? 0) + 2
    var found: [[[String]]] = []
    for line in try output("line").split(separator: "\n") {
      if line.hasPrefix("──") {
        found.append([])
      } else {
        let cell = [line.prefix(width), line.dropFirst(width)].map { $0.trimmingCharacters(in: .whitespaces) }
        found[found.count - 1].append(cell)
      }
    }
    #expect(found == rows.map { row in zip(names, row).map { [$0, read($1)] } })
  }

  private func unescaped(_ text: String) -> String {
    text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }
}
