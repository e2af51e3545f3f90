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
    "T | summarize count(), sum(n), avg(n), avg(x), max(day), min(x), dcount(text), percentiles(x, 50, 95) by n % 3",
    "T | summarize arg_max(x, n), make_list(n), make_set(text), take_any(text), stdev(x) by bin(n, 100)",
    "T | summarize sum(x), countif(x > 50), sumif(n, x > 50), dcountif(text, n > 10)",
    "T | where n < 0 | summarize count(), sum(x), percentile(x, 50)",
    "T | distinct text",
    "T | join kind=leftouter (T | where n % 3 == 0) on $left.n == $right.n | project n, n1, x = x + x1",
    "T | join kind=leftanti (T | where n % 3 == 0) on n | summarize sum(x) by text",
    "T | join kind=leftsemi (T | where n % 7 == 0) on text | extend y = n * 2 | take 20",
    "T | join kind=inner (T) on text | summarize count(), sum(x * x1) by n | top 5 by sum_",
    "T | extend k = n % 2 | join kind=inner (T | extend k = n % 2) on k | where n1 < 20 | summarize sum(x1) by n",
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

  /// So many groups that rows are dealt to lanes: 70,000 rows, of which two at some distance are a group each.
  @Test(arguments: [1, 2, 5]) func manyGroupsComeInOrderOfFirstAppearance(threads: Int) throws {
    let count = 70_000
    let keys = (0..<count).map { Int64($0 * 48_271 % 35_003) }
    let values = (0..<count).map { 1 / Double($0 + 1) }
    let names = StringVector(keys.map { "k\($0 % 97)" })
    let table = Table(
      schema: Schema([Field("k", .long), Field("s", .string), Field("x", .real)]),
      columns: [ColumnVector(integers: keys), ColumnVector(strings: names), ColumnVector(reals: values)],
      rowCount: count)
    let engine = Engine.standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
    let result = try engine.run(
      "T | summarize v = sum(x), n = count(), first = take_any(x) by k, s",
      settings: ExecutionSettings(threads: threads, morselSize: 9000))
    // What one plain loop gives.
    var numbers: [Int64: Int] = [:]
    var sums: [(key: Int64, sum: Double, count: Int64, first: Double)] = []
    for (key, value) in zip(keys, values) {
      if let known = numbers[key] {
        sums[known].sum += value
        sums[known].count += 1
      } else {
        numbers[key] = sums.count
        sums.append((key, value, 1, value))
      }
    }
    #expect(result.rowCount == sums.count)
    for (row, group) in sums.enumerated() {
      let cells = (0..<5).map { result.value(row: row, column: $0) }
      let expected: [Value] = [
        .long(group.key), .string("k\(group.key % 97)"), .real(group.sum), .long(group.count),
        .real(group.first),
      ]
      if cells.map(\.text) != expected.map(\.text) {
        Issue.record("row \(row): \(cells), expected \(expected)")
        return
      }
    }
  }

  /// Selection by a sample gives what sorting gives, also where the sample misleads.
  @Test(arguments: [1, 3]) func percentilesOfManyNumbers(threads: Int) throws {
    let count = 60_000
    let tables: [[Int64]] = [
      (0..<count).map { Int64($0 * 48_271 % 65_537) },
      (0..<count).map { Int64($0 % 58 == 0 ? -$0 : $0) },
      (0..<count).map { Int64($0 / 20_000) },
      [Int64](repeating: 7, count: count),
    ]
    for numbers in tables {
      let table = Table(
        schema: Schema([Field("n", .long)]), columns: [ColumnVector(integers: numbers)], rowCount: count)
      let engine = Engine.standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
      let result = try engine.run(
        "T | summarize percentiles(n, 0, 1, 50, 95, 100)",
        settings: ExecutionSettings(threads: threads, morselSize: 7000))
      let sorted = numbers.sorted()
      let expected = [0, 599, 29_999, 56_999, count - 1].map { Value.long(sorted[$0]).text }
      #expect((0..<5).map { result.value(row: 0, column: $0).text } == expected)
    }
  }
}
