import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import Synchronization
import Testing

/// Whatever an operator is busy with, a query ends when it is cancelled, out of time or out of memory.
@Suite struct LimitTests {
  private static let rows = 400_000

  private static let engine: Engine = {
    let numbers = (0..<rows).map { Int64($0) }
    let table = Table(
      schema: Schema([Field("n", .long), Field("key", .long), Field("x", .real), Field("text", .string)]),
      columns: [
        ColumnVector(integers: numbers), ColumnVector(integers: numbers.map { $0 * 7919 % 100_003 }),
        ColumnVector(reals: numbers.map { Double($0 * 7919 % 1009) / 8 }),
        ColumnVector(strings: StringVector(numbers.map { "word\($0 * 31 % 200_003) and \($0 % 17)" })),
      ], rowCount: rows)
    return .standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
  }()

  /// A query for each operator that can be long at work.
  static let heavy = [
    "T | sort by x desc, text asc | summarize max(n)",
    "T | join kind=inner T on key | summarize count(), max(x1) by text",
    "T | join kind=fullouter (T | extend key = key + 1) on key, n | count",
    "T | extend k = 1 | join kind=inner (T | extend k = 1) on k | count",
    "T | summarize count(), avg(x), take_any(text) by n, key | count",
    "T | summarize make_list(text), make_set(n), dcount(key) by x",
    "T | distinct text, n | count",
    "T | summarize percentiles(x, 5, 50, 95), percentile(n, 20) by key",
    "T | make-series c = count(), avg(x) on n from 0 to 400000 step 10 by k = key % 100",
    "T | sort by x asc | extend d = n - prev(n), s = row_cumsum(x) | summarize max(s)",
    "T | sort by n asc | scan declare (s: real = 0.0) with (step a: true => s = a.s + x;) | count",
    "T | extend k = 1 | join kind=inner (T | extend k = 1) on k | where text matches regex @'(.*a){6}.* x'",
    "range x from 1 to 1000000000000 step 1 | summarize sum(x)",
    "range x from 1 to 1000000000 step 1 | mv-expand y = range(1, 1000) | summarize sum(tolong(y))",
    "T | summarize l = make_list(text) | mv-expand l to typeof(string) | summarize max(l)",
    "range x from 1 to 1000000000 step 1 | extend y = range(1, 100000) | mv-expand y | count",
    "T | extend b = bag_pack(text, n) | summarize make_bag(b) | count",
    "T | summarize make_list(text), make_set(text), make_list_with_nulls(x) | count",
    "T | where n < 2000 | project a = n, b = pack_array(n * 7 % 2000, n * 13 % 2000) | mv-expand b to typeof(long) "
      + "| make-graph a --> b with_node_id=id | graph-match (x)-[e*1..8]->(y) where x.id > y.id project x.id | count",
    "range a from 0 to 59 step 1 | mv-expand b = range(0, 59) to typeof(long) | make-graph a --> b with_node_id=id "
      + "| graph-shortest-paths output=all (x)-[e*1..9]->(y) project x.id, y.id | count",
    "T | where n < 3000 | project a = n, b = pack_array(n * 7 % 3000, n * 13 % 3000) | mv-expand b to typeof(long) "
      + "| make-graph a --> b with_node_id=id | graph-match (x)-[e*1..20]->(y) project x.id, y.id | count",
  ]

  /// How long a cancelled query may go on. What is promised is 0.1 s of the release build, which `Scripts/bench cancel`
  /// measures; a debug build on a busy machine is much slower.
  private static let patience = Duration.seconds(60)

  @Test(arguments: heavy, [1, 2]) func cancelledQueriesEnd(_ query: String, threads: Int) throws {
    let settings = ExecutionSettings(threads: threads)
    let context = ExecutionContext(settings)
    let compiled = try Self.engine.compile(query, settings: settings)
    let clock = ContinuousClock()
    let asked = Mutex<ContinuousClock.Instant?>(nil)
    // A thread of its own: on two cores, two queries that never end hold all that the shared pool has.
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.2)
      asked.withLock { $0 = clock.now }
      context.cancel()
    }
    do throws(DossierError) {
      _ = try Self.engine.run(compiled, context)
      // Done before it was cancelled: nothing to be seen.
    } catch {
      #expect(error.code == .cancelled)
      let start = try #require(asked.withLock { $0 })
      #expect(clock.now - start < Self.patience)
    }
  }

  @Test(arguments: heavy) func aDeadlineEndsQueries(_ query: String) throws {
    let deadline = ContinuousClock.now + .milliseconds(50)
    let settings = ExecutionSettings(interruption: {
      ContinuousClock.now > deadline ? DossierError("EXE003", "too late") : nil
    })
    do throws(DossierError) { _ = try Self.engine.run(query, settings: settings) } catch {
      #expect(error.code.rawValue == "EXE003")
    }
    #expect(ContinuousClock.now - deadline < Self.patience)
  }

  /// Operators that keep rows say that they may keep no more; `needed` is less than what they need.
  @Test(arguments: [
    "T | sort by x desc",
    "T | sort by text asc | extend s = row_cumsum(x)",
    "T | join kind=inner T on n",
    "T | join kind=leftanti (T | extend n = n + 1) on n",
    "T | lookup (T | project n, y = x) on n",
    "T | extend k = 1 | join kind=inner (T | extend k = 1) on k",
    "T | summarize count() by n",
    "T | distinct text",
    "T | make-series count() on n from 0 to 400000 step 1",
    "T | top-nested 400000 of n by count()",
    "T | partition hint.strategy=native by key (top 1 by x)",
    "T | serialize | extend p = prev(text)",
    "range x from 1 to 1000000000000 step 1",
    "range x from 1 to 1000000000 step 1 | mv-expand y = range(1, 1000)",
    "T | evaluate pivot(n)",
    "T | union T",
    "T | summarize make_list(n)",
    "T | summarize make_list(text) by key",
    "T | summarize make_list_if(n, n > 10)",
    "T | summarize make_list_with_nulls(x)",
    "T | summarize make_list(pack_array(n, text))",
    "T | summarize make_set(text)",
    "T | summarize make_set(n) by k = key % 7",
    "T | summarize make_bag(bag_pack(text, n))",
    "T | summarize count_distinct(n)",
    "T | summarize dcount(text) by k = key % 7",
    "T | summarize percentile(x, 50)",
    "T | summarize percentiles(n, 5, 95) by k = key % 7",
    "T | summarize percentilew(x, n, 50)",
    "T | summarize percentile(todecimal(n), 50)",
  ])
  func memoryLimitsAreKept(_ query: String) {
    do throws(DossierError) {
      _ = try Self.engine.run(query, settings: ExecutionSettings(memoryLimit: 1_000_000))
      Issue.record("no limit")
    } catch {
      #expect(error.code == .memoryLimit, "\(error)")
      #expect(error.message.contains("1000000 bytes"))
    }
  }
}
