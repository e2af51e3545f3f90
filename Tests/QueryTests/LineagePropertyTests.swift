import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import RandomQueries
import Testing

private let settings = ExecutionSettings(now: 638_000_000_000_000_000, seed: 7)

/// `.why` names the rows that a result row rests on: the query over these rows alone gives the row again.
///
/// Random queries cover where, extend, the project family, summarize, distinct, count, sort, top, take, join, lookup,
/// union, mv-expand and windows; a list of queries over random tables covers the steps that random queries have
/// seldom: scan, mv-apply, make-series, partition, top-nested, evaluate and graphs. What cannot hold is left out: rows
/// numbered by place, an axis that spans all rows, columns made of other rows' keys.
@Suite struct LineagePropertyTests {
  /// Steps whose answer for a row goes by what is not there (`leftanti`), by the rows' number, or by chance.
  private static let fragile = ["anti", "outer", "lookup", "!in (", "take ", "top "]
  private static let gathering = [
    "summarize ", "distinct ", "count", "take ", "top ", "top-nested ", "make-series ",
  ]
  private static let positional = [
    "row_number(", "row_rank_", "sample ", "rand()", "toscalar(", "getschema", "narrow(",
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

  private static let operatorQueries = [
    "T | sort by v asc, k asc, t asc | scan declare (n:long = 0) with (step s: v > 0 => n = s.n + v;)",
    "T | sort by v asc, k asc, t asc | scan declare (n:long) with (step a: v > 3; step b: v > a.v => n = a.v;)",
    "T | mv-apply x = d to typeof(long) on (summarize s = sum(x))",
    "T | mv-apply x = d to typeof(long) on (top 1 by x | project x)",
    "T | mv-apply x = d to typeof(long) on (where x > 1 | extend y = x * 2) | where y < 9",
    """
    T | make-series s = sum(v) default=0, n = count() on t from datetime(2024-01-01) to datetime(2024-01-10) step 2d
        by k
    """,
    "T | make-series a = avg(v) default=real(null) on v from -5 to 10 step 5",
    "T | partition by k (top 1 by v, t | project v)",
    "T | partition hint.strategy=native by k (summarize s = sum(v), l = make_list(v))",
    "T | partition by k (where v > 2 | extend w = strcat(k, v))",
    "T | top-nested 2 of k by s = sum(v)",
    "T | top-nested of k by n = count(), top-nested 1 of t by m = max(v)",
    "T | where k in ('a', 'b') | project k, v | evaluate pivot(k, sum(v))",
    "T | project v, bag = bag_pack('p', k, 'q', v) | evaluate bag_unpack(bag)",
    "T | evaluate narrow() | where Column == 'v' | project Column, Value",
    "E | make-graph a --> b with_node_id=id | graph-match (x)-[e]->(y) where e.w > 1 project s = x.id, u = y.id, e.w",
    """
    E | make-graph a --> b with_node_id=id | graph-match (x)-[e]->(y)<-[f]-(z) where x.id != z.id
        project s = x.id, m = y.id, z.id, sum = e.w + f.w
    """,
    "E | make-graph a --> b with_node_id=id | graph-match (x)-[e*1..3]->(y) project s = x.id, p = map(e, w)",
    "E | make-graph a --> b with T on k | graph-match (x)-[e]->(y) project s = x.k, n = x.v, m = y.k, e.w",
    """
    E | make-graph a --> b with_node_id=id | graph-match (x)-[e]->(y) project s = x.id, w = e.w
        | summarize total = sum(w), n = count() by s
    """,
    """
    E | make-graph a --> b with_node_id=id | graph-shortest-paths output=all (x)-[e*1..4]->(y)
        project s = x.id, u = y.id, p = map(e, w)
    """,
    "E | make-graph a --> b | graph-to-table edges",
  ]

  @Test(arguments: operatorQueries) func rowsOfEachOperatorComeAgain(_ text: String) throws {
    var random = Randomness(seed: 11)
    var tried = 0
    for _ in 0..<40 {
      let rows = (0..<random.below(9)).map { _ in
        let list = (0..<random.below(4)).map { _ in random.pick(["1", "2", "7", "null"]) }
        return """
          '\(random.pick(["a", "b", "c", ""]))', \(random.pick(["3", "7", "-2", "5", "long(null)"])),
          datetime(2024-01-0\(1 + random.below(8))), dynamic([\(list.joined(separator: ", "))])
          """
      }
      let edges = (0..<random.below(9)).map { number in
        "'\(random.pick(["a", "b", "c"]))', '\(random.pick(["a", "b", "c"]))', \(number)"
      }
      let tables = try [
        ("T", "k:string, v:long, t:datetime, d:dynamic", rows), ("E", "a:string, b:string, w:long", edges),
      ].map { name, columns, rows in
        let made = "datatable(\(columns))[\(rows.joined(separator: ",\n"))]"
        return (name, try Engine.standard().run(made, settings: settings))
      }
      tried += try check(text, tables, text)
    }
    #expect(tried > 20)
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
