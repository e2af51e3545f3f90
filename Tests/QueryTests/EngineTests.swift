import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import Synchronization
import Testing

/// A table that remembers which columns were read.
private final class WatchedTable: TableProvider {
  let schema = Schema([
    Field("DocId", .string), Field("Start", .long), Field("Score", .real), Field("Text", .string),
  ])
  let rowCount = 5
  let reads = Mutex<Set<String>>([])
  func read(columns: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    reads.withLock { seen in for column in columns { seen.insert(schema[column].name) } }
    return columns.map { column in
      switch column {
      case 0: ColumnVector(strings: StringVector(rows.map { "d\($0 / 2)" }))
      case 1: ColumnVector(integers: rows.map { Int64($0 * 10) })
      case 2: ColumnVector(reals: rows.map { Double($0) })
      default: ColumnVector(strings: StringVector(rows.map { "text \($0)" }))
      }
    }
  }
}

private func engine(_ table: WatchedTable) -> Engine {
  let title = VirtualColumn(Field("Title", .string), from: ["DocId"]) {
    (inputs: [ColumnVector], count: Int) throws(DossierError) -> ColumnVector in
    ColumnVector((0..<count).map { .string("Title of \(inputs[0].value($0).text)") }, type: .string)
  }
  return .standard(
    over: SimpleCatalog([CatalogTable(name: "Mentions", provider: table, virtualColumns: [title])]))
}

@Suite struct EngineTests {
  @Test func readsOnlyColumnsThatAreNamed() throws {
    let table = WatchedTable()
    let result = try engine(table).run(
      "Mentions | where Start >= 20 | extend s = Score * 2 | summarize count()")
    #expect(result.value(row: 0, column: 0).text == "3")
    #expect(table.reads.withLock { $0 } == ["Start"])
  }

  @Test func virtualColumnsComeWhenNamed() throws {
    let table = WatchedTable()
    let all = try engine(table).run("Mentions | where Title has 'd1'")
    #expect(all.schema.names == ["DocId", "Start", "Score", "Text"])
    #expect(all.rowCount == 2)
    let named = try engine(table).run("Mentions | extend x = 1 | take 1 | project Title, Start")
    #expect(named.value(row: 0, column: 0).text == "Title of d0")
    let own = try engine(table).run("Mentions | extend Title = 'own' | take 1 | project Title")
    #expect(own.value(row: 0, column: 0).text == "own")
  }

  @Test(
    arguments: [
      ("Mentions | where Start == 20", [[2]]),
      ("Mentions | sort by Start desc | take 2", [[4], [3]]),
      ("Mentions | summarize sum(Score) by DocId", [[0, 1], [2, 3], [4]]),
      ("Mentions | summarize count()", [[0, 1, 2, 3, 4]]),
      ("Mentions | distinct DocId", [[0, 1], [2, 3], [4]]),
      ("Mentions | join kind=inner (Mentions | where Start == 10) on DocId", [[0, 1], [1]]),
      ("Mentions | where Start < 20 | union (Mentions | where Start == 40)", [[0], [1], [4]]),
      ("Mentions | where Score > 3 | count", [[4]]),
      ("Mentions | top 1 by Score | extend a = dynamic([1, 2]) | mv-expand a", [[4], [4]]),
      ("Mentions | partition by DocId (top 1 by Start)", [[1], [3], [4]]),
      ("Mentions | serialize p = prev(Score) | where Start == 30", [[2, 3]]),
      ("Mentions | serialize p = next(Score, 2) | where Start < 20", [[0, 1, 2], [1, 2, 3]]),
      (
        "Mentions | serialize p = row_cumsum(Score, Start == 20) | where Start >= 10",
        [[0, 1], [2], [2, 3], [2, 3, 4]]
      ),
      ("Mentions | serialize n = row_number() | where n > 3", [[3], [4]]),
      ("Mentions | where Start in (Mentions | where Score > 2 | project Start)", [[3], [4]]),
      ("Mentions | where DocId in~ (Mentions | where Start == 10 | project toupper(DocId))", [[0, 1], [1]]),
      (
        "Mentions | where Start < 20 | where Text has_any (Mentions | where Start >= 10 | project tostring(Start / 10))",
        [[1]]
      ),
      ("Mentions | join kind=rightsemi (Mentions | where Start == 10) on DocId", [[0, 1]]),
    ] as [(String, [[Int64]])])
  func lineageNamesSourceRows(_ query: String, _ expected: [[Int64]]) throws {
    var settings = ExecutionSettings()
    settings.wantsLineage = true
    settings.batchSize = 2
    let watched = engine(WatchedTable())
    let compiled = try watched.compile(query)
    #expect(compiled.sources == ["Mentions"])
    let table = try watched.run(compiled, ExecutionContext(settings))
    let lineage = try #require(table.lineage)
    #expect(lineage.map { $0.rows.map(\.row) } == expected)
  }

  @Test func stopsWhenCancelled() throws {
    let watched = engine(WatchedTable())
    let compiled = try watched.compile("range x from 1 to 1000000000000 step 1 | count")
    let context = ExecutionContext()
    context.cancel()
    #expect(throws: DossierError.self) { try watched.run(compiled, context) }
    var limited = ExecutionSettings()
    limited.memoryLimit = 1_000_000
    do throws(DossierError) {
      _ = try watched.run("range x from 1 to 1000000000 step 1 | sort by x", settings: limited)
      Issue.record("no limit")
    } catch { #expect(error.code == .memoryLimit) }
  }

  @Test func parametersAreChecked() throws {
    let watched = engine(WatchedTable())
    let text = "declare query_parameters(n:long = 3, who:string); print n, who"
    #expect(try watched.run(text, parameters: ["who": "x", "n": "7"]).value(row: 0, column: 0).text == "7")
    for bad in [[:], ["who": "x", "n": "seven"], ["who": "x", "nn": "1"]] as [[String: String]] {
      do throws(DossierError) {
        _ = try watched.compile(text, parameters: bad)
        Issue.record("\(bad)")
      } catch { #expect(error.code == .badParameter) }
    }
  }

  @Test func batchLinesAreAnswered() {
    let batch = BatchQueries(engine: .standard(), settings: ExecutionSettings())
    #expect(
      batch.answer(#"{"id":"a","query":"print x=1d, y=real(nan), z=dynamic([1,null])"}"#)
        == #"{"id":"a","columns":[{"name":"x","type":"timespan"},{"name":"y","type":"real"},{"name":"z","type":"dynamic"}],"rows":[["1.00:00:00","NaN",[1,null]]]}"#
    )
    #expect(
      batch.answer(#"{"id":2,"query":"print 1 |\n nope"}"#)
        == #"{"id":2,"error":{"code":"SYN102","message":"there is no operator 'nope'","line":2,"column":2}}"#)
    #expect(batch.answer("nonsense").contains("CMD110"))
  }

  @Test(arguments: [UInt64(1), 2])
  func mutatedQueriesNeverCrash(_ seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(max(1, bound)))
    }
    let seeds = [
      "Mentions | where Start between (1 .. 20) and Text has 'x' | summarize n = count(), m = avg(Score) by DocId",
      "Mentions | join kind=leftouter (Mentions | project DocId, k = 1) on DocId | top 3 by Score asc nulls last",
      "let f = (a:long, T:(*)) { T | where Start > a }; f(3, Mentions) | extend d = dynamic({'a':[1]}).a[0]",
      "Mentions | sort by Start | scan declare (t:long=0) with (step s: true => t = Start + s.t;) | mv-expand d = dynamic([1])",
      "Mentions | make-series n = count() on Start from 0 to 50 step 10 by DocId | evaluate narrow()",
      "Mentions | parse Text with 'text ' n:long | union withsource=S Mentions | distinct S, n",
    ].map { Array($0.utf8) }
    let pieces = ["|", "(", ")", "null", "-1", "*", "dynamic(null)", "9223372036854775807", "''", " by "].map
    { Array($0.utf8) }
    let watched = engine(WatchedTable())
    var settings = ExecutionSettings(memoryLimit: 20_000_000)
    settings.wantsLineage = seed == 2
    for _ in 0..<250 {
      var bytes = seeds[next(seeds.count)]
      for _ in 0...next(2) {
        let at = next(bytes.count)
        switch next(3) {
        case 0: bytes.removeSubrange(at..<min(bytes.count, at + next(12)))
        case 1: bytes.insert(contentsOf: pieces[next(pieces.count)], at: at)
        default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + next(20))], at: next(bytes.count))
        }
        if bytes.isEmpty { bytes = [0x54] }
      }
      _ = try? watched.run(String(decoding: bytes, as: UTF8.self), settings: settings)
    }
  }
}

@Suite struct HostileQueryTests {
  /// Each ends soon, with a result or an error of this code.
  @Test(arguments: [
    ("steps", "print x=1 " + String(repeating: "| where x > 0 ", count: 20_000), "BND209"),
    (
      "doubling tables",
      "let a0 = print x=1; "
        + (1..<60).map { "let a\($0) = a\($0 - 1) | union a\($0 - 1); " }.joined() + "a59", "BND209"
    ),
    (
      "doubling columns",
      "print x=1 " + String(repeating: "| extend x = x + x ", count: 200) + "| where x > 3", ""
    ),
    ("parentheses", "print " + String(repeating: "(", count: 100_000), "SYN006"),
    ("open steps", String(repeating: "print 1 |(;", count: 5_000), "SYN103"),
    ("long list", "print x=1 | where x in (" + (0..<5_000).map(String.init).joined(separator: ",") + ")", ""),
  ])
  func ends(_ name: String, _ query: String, _ code: String) {
    do throws(DossierError) {
      _ = try Engine.standard().run(query)
      #expect(code.isEmpty, "\(name)")
    } catch { #expect(error.code.rawValue == code, "\(name): \(error)") }
  }
}
