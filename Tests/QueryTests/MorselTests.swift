import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import Testing

/// Chains that several threads run give what one thread gives, row by row.
@Suite struct MorselTests {
  private static let rows = 1000

  private static let engine: Engine = {
    let numbers = (0..<rows).map { Int64($0) }
    let texts = StringVector((0..<rows).map { "\($0 % 7 == 0 ? "Kim met" : "met") Putin \($0 % 31) – é" })
    let table = Table(
      schema: Schema([Field("n", .long), Field("text", .string), Field("x", .real), Field("day", .datetime)]),
      columns: [
        ColumnVector(integers: numbers), ColumnVector(strings: texts),
        ColumnVector(reals: numbers.map { Double($0 * 7919 % 1009) / 8 }),
        ColumnVector(integers: numbers.map { Ticks.unixEpoch + $0 * Ticks.perDay }, type: .datetime),
      ], rowCount: rows)
    return .standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
  }()

  private func run(
    _ query: String, threads: Int, lineage: Bool = false, morselSize: Int = 10
  ) throws -> Table {
    let settings = ExecutionSettings(
      threads: threads, batchSize: 4, morselSize: morselSize, wantsLineage: lineage)
    return try Self.engine.run(query, settings: settings)
  }

  private func cells(_ table: Table) -> [[String]] {
    (0..<table.rowCount).map { row in table.columns.indices.map { table.value(row: row, column: $0).text } }
  }

  static let queries = [
    "T | where text has 'kim'",
    "T | where text contains 'PUTIN 3' and x > 40 | project n, y = x * 2",
    "T | where text matches regex @'^Kim .* (1|2)\\d' | take 5",
    "T | extend month = startofmonth(day) | summarize count(), avg(x), min(text) by month",
    "T | where n in (T | where x > 100 | project n) | summarize percentiles(x, 10, 50), arg_max(x, n, text)",
    "T | where x >= toscalar(T | summarize avg(x)) | top 7 by x asc, n desc",
    "T | where n % 3 == 0 | join kind=inner (T | where n % 2 == 0) on n | summarize sum(x), dcount(text1)",
    "T | where n > 500 | sort by text asc, n desc | project n, text",
    "T | where n < 0 | count",
    "let A = T | where n % 5 == 0; A | union A | summarize count() by text | top 3 by count_",
  ]

  @Test(arguments: queries) func sameRowsWithAnyNumberOfThreads(_ query: String) throws {
    let expected = cells(try run(query, threads: 1))
    for threads in [2, 3, 16] { #expect(cells(try run(query, threads: threads)) == expected) }
    #expect(cells(try run(query, threads: 4, morselSize: 1)) == expected)
    #expect(cells(try run(query, threads: 4, morselSize: 100_000)) == expected)
  }

  @Test(arguments: queries) func sameLineage(_ query: String) throws {
    let expected = try #require(try run(query, threads: 1, lineage: true).lineage)
    #expect(try run(query, threads: 4, lineage: true).lineage == expected)
  }

  @Test func theFirstErrorInRowOrderIsTheOneThatIsGiven() throws {
    // A pattern taken from the row is wrong from row 500 on, another one from row 700 on.
    let query =
      "T | where text matches regex iff(n >= 700, '[b', iff(n >= 500, '[a', 'x')) | count"
    for threads in [1, 4] {
      do {
        _ = try run(query, threads: threads)
        Issue.record("no error")
      } catch let error as DossierError { #expect(error.message.contains("'[a'")) }
    }
  }

  @Test func cancellingStopsAllThreads() throws {
    let settings = ExecutionSettings(threads: 4, batchSize: 4, morselSize: 10)
    let compiled = try Self.engine.compile("T | where text has 'kim' | count", settings: settings)
    let context = ExecutionContext(settings)
    context.cancel()
    do throws(DossierError) {
      _ = try Self.engine.run(compiled, context)
      Issue.record("ran on")
    } catch { #expect(error.code == .cancelled) }
  }
}
