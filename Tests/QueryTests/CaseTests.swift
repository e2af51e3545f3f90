import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import KQLSyntax
import Testing

private let casesFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Cases")

/// All case files, by path below `Cases`, in order.
private let caseFiles: [String] = {
  let found = FileManager.default.enumerator(atPath: casesFolder.path)?.compactMap { $0 as? String } ?? []
  return found.filter { $0.hasSuffix(".kqltest") }.sorted()
}()

private let settings = ExecutionSettings(now: 638_000_000_000_000_000, seed: 7)

@Suite struct CaseTests {
  @Test func thereAreCases() { #expect(!caseFiles.isEmpty) }

  /// Every case gives its result; and again printed and read back, with rules off, in batches of 1, 7 and
  /// 1,024 rows, and by 1, 2 and 4 threads.
  @Test(arguments: caseFiles) func fileHolds(_ path: String) throws {
    let url = casesFolder.appendingPathComponent(path)
    var file = try CaseFile(name: path, text: String(contentsOf: url, encoding: .utf8))
    let engine = Engine.standard(over: file.catalog)
    let isUpdating = ProcessInfo.processInfo.environment["DOSSIER_UPDATE"] == "1"
    for index in file.cases.indices {
      let item = file.cases[index]
      let place = "\(path):\(item.line)"
      if let expected = item.error {
        let error = failure(engine, item.query)
        let found = error.map { describe($0, in: item.query) } ?? "no error"
        #expect(found == expected, "\(place): \(error?.message ?? "")")
        continue
      }
      do throws(DossierError) {
        let lines = CaseFile.lines(try engine.run(item.query, settings: settings))
        if isUpdating {
          file.cases[index].expected = lines
          continue
        }
        try compare(lines, item, place)
        let compiled = try engine.compile(item.query, settings: settings)
        for size in [1, 7, 1024] {
          var other = settings
          other.batchSize = size
          let table = try engine.run(compiled, ExecutionContext(other))
          #expect(CaseFile.lines(table) == lines, "\(place): batches of \(size)")
        }
        for threads in [1, 2, 4] {
          var other = settings
          other.threads = threads
          let table = try engine.run(compiled, ExecutionContext(other))
          #expect(CaseFile.lines(table) == lines, "\(place): \(threads) threads")
        }
        let plain = try engine.with(rules: []).run(item.query, settings: settings)
        #expect(CaseFile.lines(plain) == lines, "\(place): rules off")
        var traced = settings
        traced.wantsLineage = true
        let table = try engine.run(item.query, settings: traced)
        #expect(CaseFile.lines(table) == lines, "\(place): with lineage")
        #expect(table.lineage?.count == table.rowCount, "\(place): lineage for each row")
        let printed = try engine.format(item.query)
        #expect(try engine.format(printed) == printed, "\(place): printed twice")
        let tree = try engine.grammar.parse(item.query)
        let again = try engine.grammar.parse(printed)
        #expect(tree == again, "\(place): \(printed)")
      } catch {
        Issue.record("\(place): \(error.rendered(in: SourceText(item.query)))")
      }
    }
    if isUpdating {
      try rewrite(file, at: url)
      Issue.record("\(path) was rewritten; read it, then run without DOSSIER_UPDATE")
    }
  }

  private func compare(_ lines: [String], _ item: CaseFile.Case, _ place: String) throws(DossierError) {
    func normal(_ lines: [String]) -> [[String]] {
      let rows = lines.map { CaseFile.cells($0) }
      return item.isOrdered
        ? rows : Array(rows.prefix(1)) + rows.dropFirst().sorted { $0.description < $1.description }
    }
    let expected = item.expected ?? []
    #expect(normal(lines) == normal(expected), "\(place)\n\(lines.joined(separator: "\n"))")
  }

  private func failure(_ engine: Engine, _ query: String) -> DossierError? {
    do throws(DossierError) {
      _ = try engine.run(query, settings: settings)
      return nil
    } catch { return error }
  }

  private func describe(_ error: DossierError, in query: String) -> String {
    let source = SourceText(query)
    return ([error] + error.others).map { error in
      let place = source.position(at: error.span?.lower ?? 0)
      return "\(error.code) at \(place.line):\(place.column)"
    }.joined(separator: ", ")
  }

  private func rewrite(_ file: CaseFile, at url: URL) throws {
    var results = file.cases.filter { $0.error == nil }.map { $0.expected ?? [] }[...]
    var lines: [String] = []
    for head in file.heads {
      lines += head
      if head.last == "----", let result = results.popFirst() { lines += result + [""] }
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    try (lines.joined(separator: "\n") + "\n").write(to: url, atomically: true, encoding: .utf8)
  }
}

@Suite struct ExampleTests {
  @Test(arguments: allOperators.map { $0.keywords[0] }) func operatorExamplesHold(_ keyword: String) throws {
    let entry = try #require(allOperators.first { $0.keywords[0] == keyword })
    #expect(!entry.summary.isEmpty && entry.summary.hasSuffix("."))
    #expect(!entry.examples.isEmpty)
    let engine = Engine.standard()
    for example in entry.examples {
      let lines = CaseFile.lines(try engine.run(example.query, settings: settings))
      #expect(
        lines.map { CaseFile.cells($0) }
          == example.result.components(separatedBy: "\n").map { CaseFile.cells($0) },
        "\(example.query)\n\(lines.joined(separator: "\n"))")
    }
  }

  /// Every operator and rule that has a file is in its registry.
  @Test func foldersAndRegistriesAgree() throws {
    let library = casesFolder.appendingPathComponent("../../../Sources/KQLLibrary").standardized
    let keywords = Set(allOperators.flatMap(\.keywords))
    var found = 0
    for file in try FileManager.default.contentsOfDirectory(
      atPath: library.appendingPathComponent("Operators").path)
    {
      let text = try String(
        contentsOf: library.appendingPathComponent("Operators/\(file)"), encoding: .utf8)
      for line in text.components(separatedBy: "\n") where line.contains("static let keywords = [\"") {
        let keyword = line.components(separatedBy: "\"")[1]
        #expect(keywords.contains(keyword), "\(file): \(keyword)")
        found += 1
      }
    }
    #expect(found == allOperators.count)
    let registry = try String(
      contentsOf: library.appendingPathComponent("RuleRegistry.swift"), encoding: .utf8)
    for file in try FileManager.default.contentsOfDirectory(
      atPath: library.appendingPathComponent("Rules").path)
    {
      let name = file.prefix(1).lowercased() + file.dropFirst().dropLast(6)
      #expect(registry.contains("  \(name),"), "\(file)")
    }
  }

  @Test func keywordsAreUnique() {
    let all = allOperators.flatMap(\.keywords)
    #expect(Set(all).count == all.count)
    for keyword in all { #expect(AbsentNames.operators[keyword] == nil) }
  }
}
