import Columnar
import KQLEngine
import KQLLibrary
import Synchronization
import Testing

@Suite struct ExplainTests {
  @Test func explainsPlansAndWhatOperatorsDid() throws {
    let text = """
      let least = toscalar(range a from 1 to 3 step 1 | summarize min(a));
      range x from 1 to 10 step 1 | where x % 2 == 0 and x > least
      | join kind=inner (range x from 4 to 6 step 1) on x | top 1 by x
      """
    let engine = Engine.standard()
    let settings = ExecutionSettings()
    let compiled = try engine.compile(text)
    let plans = engine.explain(compiled, settings: settings)
    #expect(plans.hasPrefix("Logical plan\n  Project x, x1\n    Top 1 by x desc\n"))
    #expect(plans.contains("\nSubquery #1\n"))
    #expect(plans.contains("\nPhysical plan\n  Project x, x1\n    TopK 1 by x desc\n"))
    #expect(plans.contains("HashJoin inner"))
    let ticks = Mutex<Int64>(0)
    let report = try engine.analyze(compiled, settings: settings) {
      ticks.withLock { now in
        now += 10_000
        return now
      }
    }
    func rows(_ step: String) -> Int? {
      let line = report.split(separator: "\n").first { $0.contains(step) }
      return line?.split(separator: " ").first.flatMap { Int($0) }
    }
    #expect(rows("TopK") == 1)
    #expect(rows("HashJoin") == 2)
    #expect(rows("Filter") == 5)
    #expect(rows("Range x") == 10)
    #expect(rows("Subquery #1") == 1)
    #expect(report.split(separator: "\n").last?.hasPrefix("1 row in ") == true)
  }

  @Test func analyzesChainsOfSeveralThreads() throws {
    let table = Table(
      schema: Schema([Field("n", .long)]), columns: [ColumnVector(integers: Array(0..<1000))], rowCount: 1000)
    let engine = Engine.standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
    let settings = ExecutionSettings(threads: 4, batchSize: 10, morselSize: 100)
    let compiled = try engine.compile("T | where n % 10 == 3 | extend m = n + 1 | summarize sum(m)")
    #expect(engine.explain(compiled, settings: settings).contains("Parallel 4 threads, 100 rows at a time"))
    let report = try engine.analyze(compiled, settings: settings) { 0 }
    let lines = report.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func figures(_ step: String) -> [String] { Array(lines.first { $0.contains(step) }?.prefix(2) ?? []) }
    #expect(figures("TableScan") == ["1000", "100"])
    #expect(figures("Filter") == ["100", "100"])
    #expect(figures("Parallel")[0] == "100")
    #expect(figures("HashAggregate") == ["1", "1"])
  }
}
