import CaseFiles
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

/// What is no query is turned down, soon and in good order. `Scripts/fuzz query` asks more, with the clock in hand.
@Suite struct BrokenQueryTests {
  @Test func deepNestingIsAnError() {
    let engine = Engine.standard()
    for text in Mutator.nested(100_000) {
      #expect(throws: DossierError.self, "\(text.prefix(40))") { try engine.compile(text) }
    }
  }

  @Test func longRepetitionsEnd() {
    let engine = Engine.standard()
    for (name, make) in Mutator.systematic(8_000) {
      let text = make()
      do throws(DossierError) {
        _ = try engine.compile(text)
      } catch {
        // An error is shown in few words, however long the line is.
        let shown = error.rendered(in: SourceText(text))
        #expect(shown.utf8.count < 200_000, "\(name)")
      }
    }
  }

  /// Errors by the hundred thousand, and names without end, cost no more than reading the text. What grows with its
  /// square takes hours.
  @Test(
    arguments: [
      " 9top", " 9where", " 9\(String(repeating: "z", count: 50))", "a-", "-a", "top-nested ", "'\\q' ",
      "1.5.",
      "a..b.",
    ])
  func aMegabyteOfNothingIsTurnedDown(_ piece: String) {
    let text = "print x = 1 " + String(repeating: piece, count: 1_000_000 / piece.utf8.count)
    let error = #expect(throws: DossierError.self) { try Engine.standard().compile(text) }
    #expect((error?.others.count ?? 0) <= 50)
  }

  @Test(arguments: UInt64(1)...4) func brokenQueriesNeverCrash(_ seed: UInt64) {
    let engine = Engine.standard()
    let corpus =
      allOperators.flatMap { $0.examples.map(\.query) }
      + FunctionRegistry.builtIn.scalars.map { $0.examples[0].query }
    var mutator = Mutator(seed: seed, corpus: corpus, words: engine.operators.flatMap(\.keywords))
    let limited = ExecutionSettings(memoryLimit: 20_000_000)
    for _ in 0..<500 { _ = try? engine.run(mutator.next(), settings: limited) }
  }

  @Test func manyStatementsErrorsAndColumnsHaveBounds() throws {
    let engine = Engine.standard()
    func error(_ text: String) throws -> DossierError {
      try #require(#expect(throws: DossierError.self) { try engine.compile(text) })
    }
    #expect(try error(String(repeating: "let a = 1; ", count: 2000) + "print a").code == .expansionTooDeep)
    #expect(try error("print " + String(repeating: "x, ", count: 5000) + "y").others.count <= 50)
    #expect(try error("print " + String(repeating: "1, ", count: 20_000) + "1").code == "BND213")
    #expect(try engine.run(String(repeating: "let a = 1; ", count: 900) + "print a").rowCount == 1)
  }
}
