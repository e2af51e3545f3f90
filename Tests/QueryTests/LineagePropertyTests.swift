import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import RandomQueries
import Testing

private let settings = ExecutionSettings(now: 638_000_000_000_000_000, seed: 7)

/// `.why` names the rows that a result row rests on: the query over these rows alone gives the row again.
@Suite struct LineagePropertyTests {
  /// Steps whose answer for a row goes by what is not there (`leftanti`), by the rows' number, or by chance.
  private static let fragile = ["anti", "outer", "lookup", "!in (", "take ", "top "]
  private static let gathering = [
    "summarize ", "distinct ", "count", "take ", "top ", "top-nested ", "make-series ",
  ]
  private static let positional = [
    "row_number(", "row_rank_dense(", "sample ", "rand()", "toscalar(", "getschema", "narrow(",
  ]

  /// Whether the rows of a result must come again when the query sees only what they rest on.
  ///
  /// With several tables in play, rows that are left out let `leftanti` or `take` give rows that were not there
  /// before, and an aggregate over those is another.
  private func mustHold(_ query: RandomQuery) -> Bool {
    let text = (query.statements + query.steps).joined(separator: " | ")
    if Self.positional.contains(where: text.contains) { return false }
    let tables = ["join ", "union ", "lookup ", "in (T", "in (print", "in (range", "in (materialize"]
    let hasSeveral = tables.contains(where: text.contains)
    let first = query.steps.firstIndex { step in Self.fragile.contains(where: step.contains) }
    guard hasSeveral, let first else { return true }
    let cuts = ["take ", "top "].contains(where: text.contains)
    let negates = Self.fragile.dropLast(2).contains(where: text.contains)
    let inner =
      query.steps[first].contains(" | ") && Self.gathering.contains(where: query.steps[first].contains)
    return !(cuts && negates) && !inner
      && !query.steps[(first + 1)...].contains { step in Self.gathering.contains(where: step.contains) }
  }

  @Test(arguments: UInt64(1)...8) func rowsComeAgainFromWhatTheyRestOn(_ seed: UInt64) throws {
    var maker = QueryMaker(seed: seed &+ 100, dialect: seed % 2 == 0 ? .full : .portable)
    var tried = 0
    for _ in 0..<250 {
      let query = maker.next()
      guard mustHold(query) else { continue }
      let tables = try query.tables.map { table in
        (table.name, try Engine.standard().run("\(table.statement);\n\(table.name)", settings: settings))
      }
      let text = query.statements.map { $0 + ";\n" }.joined() + query.steps.joined(separator: "\n| ")
      tried += try check(text, tables, query.text)
    }
    #expect(tried > 100)
  }

  /// Runs a query over tables, then for a few of its rows over what each rests on; gives how many rows were tried.
  private func check(_ text: String, _ tables: [(String, Table)], _ shown: String) throws -> Int {
    let engine = Engine.standard(over: catalog(tables))
    var traced = settings
    traced.wantsLineage = true
    guard let compiled = try? engine.compile(text, settings: settings),
      let result = try? engine.run(compiled, ExecutionContext(traced)), let lineage = result.lineage
    else { return 0 }
    var tried = 0
    let gathered = Self.gathering.reduce(0) { $0 + text.ranges(of: $1).count }
    for row in [0, result.rowCount / 2, result.rowCount - 1] where row >= 0 && row < result.rowCount {
      // An aggregate over no row rests on none. That no row came to it may rest on an aggregate before it, which
      // over no row is another.
      if lineage[row].rows.isEmpty, gathered > 1 { continue }
      let kept = tables.map { name, table -> (String, Table) in
        let number = compiled.sources.firstIndex(of: name).map { Int32($0) }
        let rows = lineage[row].rows.filter { $0.source == number }.map { Int($0.row) }
        return (
          name,
          Table(
            schema: table.schema, columns: table.columns.map { $0.gather(rows) }, rowCount: rows.count)
        )
      }
      let again = try Engine.standard(over: catalog(kept)).run(text, settings: settings)
      let wanted = cells(result, row)
      let found = (0..<again.rowCount).contains { cells(again, $0) == wanted }
      #expect(
        found,
        "row \(row) \(wanted) rests on \(lineage[row].rows.map { "\($0.source):\($0.row)" }), which give \((0..<min(5, again.rowCount)).map { cells(again, $0) })\n\(shown)"
      )
      tried += 1
    }
    return tried
  }

  private func catalog(_ tables: [(String, Table)]) -> SimpleCatalog {
    SimpleCatalog(tables.map { CatalogTable(name: $0.0, provider: $0.1) })
  }

  private func cells(_ table: Table, _ row: Int) -> [String] {
    table.columns.map { column in
      let value = column.value(row)
      return value.isNull ? "null" : value.asDynamic.json
    }
  }
}
