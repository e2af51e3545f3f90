import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import KQLSyntax
import RandomQueries
import Testing

private let settings = ExecutionSettings(now: 638_000_000_000_000_000, seed: 7)

/// A query's answer as text, or the code of its error.
private func answer(_ body: () throws(DossierError) -> Table) -> [String] {
  do throws(DossierError) {
    return CaseFile.lines(try body())
  } catch { return ["error \(error.code)"] }
}

/// What must hold for any query: its text survives printing, and neither rules, batches, threads nor lineage change
/// its answer.
@Suite struct PropertyTests {
  @Test(arguments: UInt64(1)...8) func randomQueriesHold(_ seed: UInt64) {
    var maker = QueryMaker(seed: seed, dialect: seed % 2 == 0 ? .full : .portable)
    let engine = Engine.standard()
    let count = 100
    var rejected: [String] = []
    for _ in 0..<count {
      let text = maker.next().text
      guard let tree = try? engine.grammar.parse(text) else {
        Issue.record("no syntax: \(text)")
        continue
      }
      let printed = SyntaxPrinter.print(tree)
      let again = try? engine.grammar.parse(printed)
      #expect(again == tree, "\(text)\n\nprinted:\n\(printed)")
      do throws(DossierError) {
        expectSameAnswers(try engine.compile(text, settings: settings), text, engine)
      } catch {
        rejected.append("\(error.message): \(text)")
      }
    }
    // Queries that the binder turns down test little.
    #expect(rejected.count < count / 20, "\(rejected.joined(separator: "\n\n"))")
  }

  private func expectSameAnswers(_ compiled: CompiledQuery, _ text: String, _ engine: Engine) {
    func run(_ change: (inout ExecutionSettings) -> Void) -> [String] {
      var other = settings
      change(&other)
      return answer { () throws(DossierError) in try engine.run(compiled, ExecutionContext(other)) }
    }
    let expected = run { _ in }
    for size in [1, 7, 1024] {
      #expect(run { $0.batchSize = size } == expected, "batches of \(size):\n\(text)")
    }
    #expect(run { $0.threads = 4 } == expected, "4 threads:\n\(text)")
    #expect(run { $0.wantsLineage = true } == expected, "lineage:\n\(text)")
    let plain = engine.with(rules: [])
    let unruled = answer { () throws(DossierError) in try plain.run(text, settings: settings) }
    #expect(unruled == expected, "rules off:\n\(text)")
  }

  /// The search for shortest paths finds what trying all paths finds, in the same order.
  @Test(arguments: UInt64(1)...6) func shortestPathsAreThoseOfAllPaths(_ seed: UInt64) throws {
    var random = Randomness(seed: seed)
    let engine = Engine.standard()
    for _ in 0..<25 {
      let nodes = 2 + random.below(5)
      let edges = (0..<(1 + random.below(9))).map { _ in
        "'\(random.below(nodes))', '\(random.below(nodes))'"
      }
      let arrow = random.pick([("-", "->"), ("<-", "-"), ("-", "-")])
      let ends = random.chance(30) ? ("x", "x") : ("x", "y")
      let parameters =
        random.pick(["output=any", "output=all"]) + random.pick(["", " cycles=none", " cycles=unique_edges"])
      let condition = random.pick(["x.id != '9'", "x.id == '0'", "\(ends.1).id in ('0', '1')"])
      func query(_ more: String) -> String {
        """
        datatable(a:string, b:string)[\(edges.joined(separator: ", "))]
        | extend n = strcat(a, b) | make-graph a --> b with_node_id=id
        | graph-shortest-paths \(parameters) (\(ends.0))\(arrow.0)[e*1..\(1 + random.below(5))]\(arrow.1)(\(ends.1))
          where \(condition)\(more) project x.id, last = \(ends.1).id, path = map(e, n), inner = map(inner_nodes(e), id)
        """
      }
      let text = query("")
      let fast = try engine.run(text, settings: settings)
      // A condition on the path makes the engine try all paths.
      let slow = try engine.run(
        text.replacing(" project x.id", with: " and all(e, true) project x.id"), settings: settings)
      #expect(CaseFile.lines(fast) == CaseFile.lines(slow), "\(text)")
    }
  }
}
