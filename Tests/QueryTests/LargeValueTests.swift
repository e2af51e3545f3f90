import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import Testing

/// Values of a size that nobody types: results as of small ones, or a clear error.
@Suite struct LargeValueTests {
  private func value(_ query: String) throws -> String {
    try Engine.standard().run(query).value(row: 0, column: 0).text
  }

  /// A string of 100 MB, made of a thousand parts; only what runs outside of Swift is quick enough here in debug.
  @Test(arguments: [
    ("strlen(s)", "100000000"), ("s has 'zz'", "false"), ("s contains 'AX'", "true"),
    ("s endswith 'ax'", "true"),
    ("s matches regex '[^a]{3}'", "false"), ("extract('a(x)$', 1, s)", "x"), ("substring(s, 99999998)", "ax"),
    ("indexof(s, 'x', 99999000)", "99999999"), ("tolong(s)", ""),
    ("isnull(todatetime(substring(s, 1, 99999)))", "true"),
  ])
  func aHundredMegabytes(_ call: String, _ expected: String) throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 99_999_999) + [UInt8(ascii: "x")]
    let pool = StringPool(bytes: bytes, offsets: [0, bytes.count], isDistinct: true)
    let table = Table(
      schema: Schema([Field("s", .string)]), columns: [ColumnVector(strings: StringVector(pool: pool))],
      rowCount: 1)
    let engine = Engine.standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
    #expect(try engine.run("T | project r = \(call)").value(row: 0, column: 0).text == expected)
  }

  /// JSON, literals and paths nested deeper than anything sensible.
  @Test func deepValues() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    for depth in [1, 100, 200, 20_000] {
      #expect(try value("print tostring(parse_json('\(nested(depth))')) == '\(nested(depth))'") == "true")
      #expect(try value("print strlen(tostring(parse_json('\(nested(depth))')))") == "\(2 * depth)")
    }
    // What is nested too deep is no JSON but a text.
    #expect(try value("print gettype(parse_json('\(nested(200))'))") == "array")
    #expect(try value("print gettype(parse_json('\(nested(20_000))'))") == "string")
    let deep = nested(1000)
    for text in [
      "print dynamic(\(deep))",
      "print x = parse_json('{}') | project x" + String(repeating: ".a", count: 1000),
    ] {
      do throws(DossierError) {
        _ = try Engine.standard().run(text)
        Issue.record("no error")
      } catch { #expect(error.code.rawValue == "SYN006") }
    }
    // One more level a step, as far as a query may go.
    let steps = String(repeating: "| extend x = pack_array(x) ", count: 180)
    #expect(try value("print x = dynamic([]) \(steps)| project strlen(tostring(x))") == "362")
  }
}
