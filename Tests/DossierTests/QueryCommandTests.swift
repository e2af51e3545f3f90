import Columnar
import Foundation
import TestSupport
import Testing

@Suite struct QueryCommandTests {
  @Test func jsonHoldsTypedColumnsAndRows() throws {
    let query = """
      print d = datetime(2024-10-08), t = 1d + 2h, n = long(null), x = real(nan), b = true, s = "é", \
      o = dynamic({"a":[1,2.5]})
      """
    let outcome = try Program.run(["query", query, "--format", "json"])
    #expect(outcome.code == 0)
    #expect(
      outcome.output == """
        {"columns":[{"name":"d","type":"datetime"},{"name":"t","type":"timespan"},{"name":"n","type":"long"},\
        {"name":"x","type":"real"},{"name":"b","type":"bool"},{"name":"s","type":"string"},\
        {"name":"o","type":"dynamic"}],"rows":[["2024-10-08T00:00:00.0000000Z","1.02:00:00",null,"NaN",true,\
        "é",{"a":[1,2.5]}]]}

        """)
  }

  @Test func anErrorGoesToStandardErrorWithItsPlace() throws {
    let outcome = try Program.run(["query", "print x = 1\n| wher x > 0"])
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("  2 | | wher x > 0\n    |   ^^^^\n"))
    #expect(outcome.errors.contains("did you mean where?"))
  }

  @Test func checkOnlyChecks() throws {
    let good = try Program.run(["query", "--check", "range x from 1 to 1000000000000 step 1 | count"])
    #expect(good.code == 0 && good.output == "" && good.errors == "")
    let bad = try Program.run(["query", "--check", "print x = 1 | where y > strlen(3) | take 'a'"])
    #expect(bad.code == 2 && bad.output == "")
    for code in ["BND102", "BND203", "BND401"] { #expect(bad.errors.contains("error[\(code)]")) }
    // What only rows can tell is not read, and said.
    let pivot = try Program.run([
      "query", "--check", "range x from 1 to 1000000000000 step 1 | evaluate pivot(x) | project a, strlen(3)",
    ])
    #expect(pivot.code == 2 && pivot.errors.contains("BND203") && !pivot.errors.contains("BND102"))
    let open = try Program.run([
      "query", "--check", "range x from 1 to 1000000000000 step 1 | evaluate pivot(x)",
    ])
    #expect(open.code == 0 && open.errors.hasPrefix("note: the columns of pivot depend on rows"))
  }

  /// Without a kind, `join` keeps one left row a key; how many it left out is no row of the result.
  @Test func aBareJoinTellsWhatItFolded() throws {
    let rows = "datatable(k:long)[1, 1, 2, 1]"
    let query = "\(rows) | join (print k = 1, b = 'x') on k"
    let outcome = try Program.run(["query", query, "--format", "json"])
    #expect(outcome.code == 0 && outcome.output.hasSuffix("\"rows\":[[1,1,\"x\"]]}\n"))
    #expect(
      outcome.errors
        == "note: join: 2 left rows were left out as innerunique keeps one row a key; kind=inner keeps all\n")
    let inner = try Program.run([
      "query", "\(rows) | join kind=inner (print k = 1, b = 'x') on k", "--format", "json",
    ])
    #expect(inner.errors == "")
  }

  @Test func wrongUsageIsExitCode64() throws {
    #expect(try Program.run(["query"]).code == 64)
    #expect(try Program.run(["query", "--format", "xml", "print 1"]).code == 64)
    #expect(try Program.run(["nosuchcommand", "--flag"]).code == 64)
  }

  @Test func aMistypedCommandIsNoStore() throws {
    let outcome = try Program.run(["querry"])
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("Did you mean 'dossier query'?"))
  }

  @Test func aMissingStoreIsNamed() throws {
    let outcome = try Program.run(["query", "nowhere.dossier", "Documents | count"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("nowhere.dossier"))
  }

  @Test func batchAnswersLineByLineInOrder() throws {
    let input = """
      {"id":"a","query":"print 1"}
      {"id":2,"query":"print\\n nope(1)"}
      not json
      {"id":"c","query":"range x from 1 to 2 step 1"}

      """
    let outcome = try Program.run(["query", "--batch", "-"], input: input)
    #expect(outcome.code == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    #expect(
      lines[0] == #"{"id":"a","columns":[{"name":"print_0","type":"long"}],"rows":[[1]]}"#)
    let second = try #require(DynamicValue(json: lines[1]))
    #expect(second["id"] == .long(2))
    #expect(second["error"]["line"] == .long(2))
    #expect(second["error"]["column"] == .long(2))
    #expect(DynamicValue(json: lines[2])?["error"]["code"] != .null)
    #expect(lines[3].hasSuffix(#""rows":[[1],[2]]}"#))
  }

  @Test func aQueryIsTranslated() throws {
    let outcome = try Program.run(["translate", "print x = 'a'", "--to", "duckdb"])
    #expect(outcome.code == 0)
    #expect(outcome.output.hasSuffix("SELECT \"x\"\nFROM kql_2\nORDER BY kql_2.\"kql_h2\" ASC;\n"))
    let refused = try Program.run(["translate", "print x = rand()", "--to", "duckdb"])
    #expect(refused.code == 2)
    #expect(refused.errors.contains("TRA101") && refused.errors.contains("^^^^^^"))
    #expect(try Program.run(["translate", "print 1", "--to", "cobol"]).code == 64)
    #expect(try Program.run(["translate", "print 1"]).code == 64)
  }

  @Test func theClockIsWhatAsOfSays() throws {
    let outcome = try Program.run(
      ["query", "print now(), ago(1d)", "--as-of", "2024-10-08", "--format", "csv"])
    #expect(outcome.output.contains("2024-10-08"))
    #expect(outcome.output.contains("2024-10-07"))
    #expect(try Program.run(["query", "print 1", "--as-of", "yesterday"]).code == 2)
  }

  @Test func aTimeLimitStopsAnEndlessQuery() throws {
    let outcome = try Program.run([
      "query", "range x from 1 to 100000000000 step 1 | summarize sum(x)", "--timeout", "0.2",
    ])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("time limit"))
  }

  @Test(arguments: ["table", "csv", "tsv", "json", "ndjson", "markdown", "html"])
  func everyFormatHasAllRows(format: String) throws {
    let outcome = try Program.run([
      "query", "range x from 1001 to 1100 step 1 | extend s = strcat('row', x)", "--format", format,
    ])
    #expect(outcome.code == 0)
    for number in 1001...1100 { #expect(outcome.output.contains("row\(number)")) }
  }
}

/// What is too large ends with a clear message, and soon.
@Suite struct LimitTests {
  @Test(arguments: [
    "range x from 1 to 100000000000 step 1 | sort by x",
    "range x from 1 to 100000000000 step 1 | summarize count() by x",
    "range x from 1 to 100000000000 step 1 | extend s = strcat('some words that take room ', x) | distinct s",
    "range x from 1 to 100000000000 step 1 | top 1000000000 by x",
  ])
  func memoryIsLimited(query: String) throws {
    let outcome = try Program.run(["query", query, "--memory-limit", "200", "--timeout", "60"])
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("EXE002"), "\(outcome.errors)")
    #expect(outcome.errors.contains("memory"))
  }

  @Test func aCrossJoinStreams() throws {
    let side = "range x from 1 to 100000 step 1 | extend k = 1"
    let outcome = try Program.run([
      "query", "\(side) | join kind=inner (\(side)) on k | count", "--memory-limit", "200", "--timeout", "1",
    ])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("EXE003"), "\(outcome.errors)")
  }

  @Test func theJoinOfOneKeyIsWhole() throws {
    let side = "range x from 1 to 700 step 1 | extend k = 1"
    let outcome = try Program.run([
      "query", "\(side) | join kind=inner (\(side)) on k | summarize n = count(), s = sum(x), t = sum(x1)",
      "--format", "csv",
    ])
    #expect(outcome.output.split(whereSeparator: \.isNewline).last == "490000,171745000,171745000")
  }

  @Test func explainShowsPlansAndMeasures() throws {
    let query = "range x from 1 to 6 step 1 | where x > 4"
    let plans = try Program.run(["query", query, "--explain"])
    #expect(plans.output.hasPrefix("Logical plan\n") && plans.output.contains("\nPhysical plan\n"))
    for way in ["--explain=analyze", "--explain-analyze"] {
      let measured = try Program.run(["query", query, way])
      #expect(measured.code == 0)
      #expect(measured.output.contains("own ms"))
      #expect(measured.output.contains("2 rows in "))
    }
    // In a script, the query may take several lines, and its errors stand where they are.
    let script = try Program.run(
      [], input: ".explain analyze range x from 1 to 6 step 1\n| where x > 4\n| count\n")
    #expect(script.output.contains("Count") && script.output.contains("1 row in "))
    let wrong = try Program.run([], input: ".explain print x = 1\n| wher x > 0\n")
    #expect(wrong.errors.contains("  2 | | wher x > 0\n    |   ^^^^\n"))
  }
}
