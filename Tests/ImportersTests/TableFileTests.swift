import Columnar
import Diagnostics
import Foundation
import Testing

@testable import Importers

@Suite struct TableFileTests {
  /// Reads bytes as a table: the columns with their types, then a line a row; nulls are `∅`.
  private func read(_ bytes: [UInt8], _ name: String) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-table-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: name).path
    try Data(bytes).write(to: URL(filePath: path))
    let file = try TableFile(path) { count, body in (0..<count).reversed().forEach(body) }
    #expect(file.name == name)
    var lines = [file.schema.fields.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: " ")]
    for group in 0..<file.groupCount {
      let columns = try file.columns(ofGroup: group)
      for row in 0..<(columns.first?.count ?? 0) {
        lines.append(columns.map { $0.isNull(row) ? "∅" : $0.value(row).text }.joined(separator: "|"))
      }
    }
    #expect(lines.count == file.rowCount + 1)
    return lines
  }

  private func csv(_ text: String) throws -> [String] { try read(Array(text.utf8), "t.csv") }
  private func jsonl(_ text: String) throws -> [String] { try read(Array(text.utf8), "t.jsonl") }

  /// The code and the message of the error that a table gives.
  private func problem(_ text: String, _ name: String = "t.csv") -> String {
    problem(Array(text.utf8), name)
  }

  private func problem(_ bytes: [UInt8], _ name: String = "t.csv") -> String {
    do {
      return "none: \(try read(bytes, name))"
    } catch let error as DossierError {
      return "\(error.code) \(error.message)"
    } catch { return "\(error)" }
  }

  // MARK: Rows and cells

  @Test func quotesBlankLinesAndLineEnds() throws {
    let rows = [
      "a:string b:string", "x, \"y\"\nz|1st", "\"|", "  padded  |q\"uo\"te", "tail|ed x",
    ]
    let text =
      "a,b\n\n\"x, \"\"y\"\"\nz\",1st\n\"\"\"\",\n  padded  ,q\"uo\"te\n\n\"ta\"il,\"ed\" x\n"
    #expect(try csv(text) == rows)
    // No line end at the end, a byte order mark at the start, other line ends: the same rows.
    #expect(try csv("\u{FEFF}" + text.dropLast()) == rows)
    let crlf = text.replacing("\n", with: "\r\n").replacing("\"\r\nz", with: "\"\nz")
    #expect(try csv(crlf) == rows)
    #expect(try csv("a,b\r1,2\r3,4") == ["a:long b:long", "1|2", "3|4"])
    #expect(try csv("a,b\n1,") == ["a:long b:string", "1|"])
    #expect(try csv("a\n1\n\n2") == ["a:long", "1", "2"])
  }

  @Test func tabsAndSemicolons() throws {
    #expect(try read(Array("a\tb,c\n1\t2,5\n".utf8), "t.TSV") == ["a:long b,c:string", "1|2,5"])
    #expect(try csv("a;b\n1;2,5\n\"x;y\";\n") == ["a:string b:string", "1|2,5", "x;y|"])
    #expect(try csv("a\tb\n1\t2\n") == ["a:long b:long", "1|2"])
    #expect(try csv("a;b,c\n1,2\n") == ["a;b:long c:long", "1|2"])
  }

  @Test func headersGiveNamesThatCanBeTold() throws {
    #expect(
      try csv("a, b ,,a,a,a1,Ünïcode 🙂\n1,2,3,4,5,6,7")
        == ["a:long b:long Column3:long a1:long a2:long a11:long Ünïcode 🙂:long", "1|2|3|4|5|6|7"])
    #expect(try csv("\"a\n\"\"b\"\"\",c") == ["a\n\"b\":string c:string"])
  }

  @Test func brokenRowsAreToldByTheirLine() {
    let short = problem("a,b\n1,2\n\"x\ny\",2\n3\n")
    #expect(
      short.hasPrefix("IMP112 line 5 of") && short.hasSuffix("t.csv' has 1 cells, the header 2"), "\(short)")
    #expect(problem("a,b\r1,2\r1,2,3").contains("line 3 of"))
    #expect(problem("a,b\r\n1,2\r\n1,2,3").contains("line 3 of"))
    #expect(problem("a,b\n1,2\n3,\"x\n4,5").contains("a quote in the row that starts on line 3"))
    #expect(problem("a,\"b\n1,2\n").contains("a quote in the row that starts on line 1"))
    for empty in ["", "\n\n", "\u{FEFF}"] { #expect(problem(empty).hasPrefix("IMP115"), "\(empty)") }
    #expect(problem("x", "t.xlsx").hasPrefix("IMP102"))
  }

  @Test func otherEncodingsAreNamedWithTheirPlace() {
    #expect(problem([0xFF, 0xFE, 0x61, 0, 0x0A, 0]).contains("UTF-16"))
    let latin = Array("a,b\n1,x\n2,caf".utf8) + [0xE9, 0x0A]
    #expect(problem(latin).hasPrefix("IMP101 line 3 of"))
    #expect(problem(latin).contains("byte offset 13"))
    #expect(problem([0x61, 0x2C, 0xC3] + Array("\n1,2\n".utf8)).hasPrefix("IMP101 line 1"))
    // Longer forms than needed, surrogates, beyond Unicode, cut at the end.
    for bytes: [UInt8] in [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF],
    ] {
      #expect(problem(Array("a\n".utf8) + bytes).hasPrefix("IMP101"), "\(bytes)")
    }
  }

  // MARK: Types

  @Test(arguments: [
    ("1,-9223372036854775808,0", "long"), ("1,,3", "long"), ("true,False,", "bool"),
    ("1,2.5,-.5,1e3,-0", "real"), ("9223372036854775807", "long"),
    // What a number would not keep to the last digit stays a text.
    ("9223372036854775808,1", "string"), ("12345678901234567890123,1", "string"),
    ("9007199254740993,0.5", "string"), ("9007199254740992,0.5", "real"), ("1e22,0.5", "real"),
    // Codes are no numbers.
    ("007,1", "string"), ("+1,2", "string"), ("1 ,2", "string"), ("0x10", "string"), ("1e999", "string"),
    ("nan", "string"), ("1.2.3", "string"), ("-", "string"), (".", "string"), ("1e", "string"),
    ("2024-10-08,2024-10-08T12:30:00Z,2024-10-08 12:30,2024-10-08T12:30:00.123+02:00", "datetime"),
    ("2024-10-08,2024-13-01", "string"), ("2024-02-30", "string"), ("2024-10", "string"), ("2024", "long"),
    ("1,true", "string"), ("2024-10-08,1", "string"), ("true,x", "string"),
  ])
  func typesOfCells(cells: String, type: String) throws {
    let text =
      "a,b\n" + cells.split(separator: ",", omittingEmptySubsequences: false).map { "x,\($0)\n" }.joined()
    #expect(try csv(text)[0] == "a:string b:\(type)")
  }

  @Test func valuesAreThoseThatAreWritten() throws {
    #expect(
      try csv("l,r,b,d,s\n1,0.1,TRUE,2024-10-08T12:30:00.1234567Z,007\n,,,,\n-5,1e-7,false,1999-12-31,\"\"\n")
        == [
          "l:long r:real b:bool d:datetime s:string",
          "1|0.1|true|2024-10-08T12:30:00.1234567Z|007", "∅|∅|∅|∅|",
          "-5|1e-07|false|1999-12-31T00:00:00.0000000Z|",
        ])
    // As near as a real comes, also where there are many digits.
    for text in [
      "0.1", "123456789.123456789", "9007199254740.993", "4.9e-324", "1.7976931348623157e308", "2.5e-5",
    ] {
      let value = Array(text.utf8).withUnsafeBufferPointer(CellText.real)
      #expect(value?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
    #expect(try csv("a,b\n1,\n2,\n") == ["a:long b:string", "1|", "2|"])
  }

  @Test func manyRowsAreOneTable() throws {
    var text = "n,s\n"
    for number in 0..<70_000 { text += "\(number),\(String(repeating: "x", count: number % 7))\n" }
    let lines = try csv(text)
    #expect(lines.count == 70_001 && lines[0] == "n:long s:string")
    #expect(lines[65_536] == "65535|x" && lines[65_537] == "65536|xx" && lines[70_000] == "69999|xxxxxx")
    // One cell far behind decides for all.
    #expect(try csv(text + "n/a,\n")[0] == "n:string s:string")
    #expect(problem(text + "1,2,3\n").contains("line 70002 of"))
  }

  // MARK: JSON lines

  @Test func membersAreColumnsByTheirNames() throws {
    #expect(
      try jsonl(
        "{\"a\":1,\"b\":\"x\"}\n\n{\"b\":\"q\\\"\\u00e9\\n\",\"c\":true}\r\n{\"c\":null,\"a\":-2}\n{}") == [
          "a:long b:string c:bool", "1|x|∅", "∅|q\"é\n|true", "-2||∅", "∅||∅",
        ])
    #expect(try jsonl("\u{FEFF} { \"\\u0061\" : 1.5 } ") == ["a:real", "1.5"])
    // A quoted number is a text, a quoted date a date.
    #expect(
      try jsonl("{\"a\":\"1\",\"d\":\"2024-10-08\",\"a\":\"2\"}") == [
        "a:string d:datetime", "2|2024-10-08T00:00:00.0000000Z",
      ])
  }

  @Test func mixedMembersAreTextsOrDynamic() throws {
    #expect(try jsonl("{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":true}") == ["a:string", "1", "x", "true"])
    #expect(
      try jsonl(
        "{\"a\":[1,{\"b\":\"]}\"}]}\n{\"a\":\"x\\\"\"}\n{\"a\":2.50}\n{\"a\":null}\n{\"a\":false}\n{\"a\":\"y\"}"
      )
        == ["a:dynamic", "[1,{\"b\":\"]}\"}]", "x\"", "2.5", "∅", "false", "y"])
    #expect(try jsonl("{\"a\":9223372036854775808}\n{\"a\":1}")[0] == "a:string")
  }

  @Test func brokenLinesAreToldByTheirNumber() {
    for line in [
      "nope", "[1]", "{\"a\":1", "{\"a\":1}}", "{\"a\" 1}", "{\"a\":}", "{\"a\":01}", "{\"a\":\"x}",
      "{\"a\":[1}", "{\"a\":1,}",
      "{\"a\":tru}", "{a:1}", "{\"a\":\"\\x\"}", "{\"a\":[1,]}",
    ] {
      #expect(problem("{\"a\":1}\n\(line)\n{\"a\":2}", "t.jsonl").hasPrefix("IMP105 line 2 of"), "\(line)")
    }
    #expect(problem("{\"\":1}", "t.jsonl").contains("a member without a name"))
    for empty in ["", "\n", "{}\n{}"] { #expect(problem(empty, "t.jsonl").hasPrefix("IMP115"), "\(empty)") }
    let deep = String(repeating: "[", count: 100_000)
    #expect(problem("{\"a\":\(deep)}", "t.ndjson").hasPrefix("IMP105"))
  }

  @Test(arguments: 0..<40) func anyBytesGiveTablesOrErrors(seed: UInt64) {
    var state = seed
    let pool = Array("a,b;\"\n\r\t{}:[]1.-eé🙂 \u{0}tfn2024-10-08\\".utf8) + [0xFF, 0xC3]
    let bytes = (0..<400).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return pool[Int(state >> 33) % pool.count]
    }
    for name in ["t.csv", "t.tsv", "t.jsonl"] {
      for bytes in [bytes, Array("a\n".utf8) + bytes, Array("{\"a\":".utf8) + bytes + Array("}".utf8)] {
        let result = problem(bytes, name)
        #expect(result.hasPrefix("none") || result.hasPrefix("IMP1"), "\(result)")
      }
    }
  }

  @Test func theHashIsThatOfTheBytes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-table-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // From sha256sum.
    for (text, hash) in [
      ("a\n1\n", "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc"),
      (
        "n,s\n" + String(repeating: "1,abc\n", count: 1000),
        "555f26210c275ddc9e6a4b231c906324843028483d1f78d66a9ca19df59d395e"
      ),
    ] {
      let path = folder.appending(path: "t.csv").path
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(try TableFile(path) { count, body in (0..<count).forEach(body) }.hash() == hash)
    }
  }
}
