import CaseFiles
import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import Testing

/// The tables that examples of functions over a store run on.
let exampleCorpus: Engine? = {
  let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Cases/library/analyst.kqltest")
  let file = (try? String(contentsOf: url, encoding: .utf8)).flatMap {
    try? CaseFile(name: url.lastPathComponent, text: $0)
  }
  return file.map { Engine.standard(over: $0.catalog) }
}()

/// The functions that are written in the query language. Their examples are tested with those of the reference.
@Suite struct LibraryTests {
  @Test func eachFileOfTheFolderIsCompiledIn() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/CQueries/functions")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(files == LibraryFunctions.all.map { $0.name + ".kql" })
    for function in LibraryFunctions.all {
      let url = folder.appendingPathComponent(function.name + ".kql")
      #expect(try String(contentsOf: url, encoding: .utf8) == function.text)
    }
  }

  @Test func noneTakesTheNameOfAnother() {
    for function in LibraryFunctions.all {
      #expect(FunctionRegistry.builtIn.scalar(function.name) == nil, "\(function.name)")
      #expect(FunctionRegistry.builtIn.aggregate(function.name) == nil, "\(function.name)")
      #expect(Engine.standard().signature(of: function).hasPrefix(function.name + "("))
    }
  }

  /// What goes wrong in a function's body is told at its call, with the line of the body.
  @Test func errorsStandAtTheCall() throws {
    let engine = Engine.standard(
      over: SimpleCatalog(storedFunctions: [
        StoredFunction(name: "outer", text: "(n:long) {\n  inner(n) | extend b = a + 1\n}"),
        StoredFunction(name: "inner", text: "(n:long) {\n  range a from 1 to n step 1\n  | where c > 1\n}"),
        StoredFunction(name: "broken", text: "(n:long) { range a from 1 to }"),
      ]))
    let error = try #require(throws: DossierError.self) { try engine.run("outer(3) | count") }
    #expect(error.code == "BND102")
    #expect(error.span.map { ($0.lower, $0.upper) } ?? (-1, -1) == (0, 5))
    #expect(
      error.notes.map(\.message) == [
        "in inner(), line 3: | where c > 1", "in outer(), line 2: inner(n) | extend b = a + 1",
      ])
    let syntax = try #require(throws: DossierError.self) { try engine.run("print 1 | invoke broken()") }
    #expect(syntax.span?.lower == 17)
    // While it runs, too.
    let running = Engine.standard(
      over: SimpleCatalog(storedFunctions: [
        StoredFunction(
          name: "find", text: "(pattern:string) { print x = 'a' | where x matches regex pattern }")
      ]))
    let late = try #require(throws: DossierError.self) {
      try running.run("range i from 1 to 2 step 1 | where toscalar(find('(')) == 'a'")
    }
    #expect((late.span?.upper ?? 0) < 100)
  }
}
