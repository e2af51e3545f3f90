import Foundation
import TestSupport
import Testing

/// The reader's own functions, from the prompt to notebooks.
@Suite struct OwnFunctionTests {
  private let folder: TemporaryFolder
  private let store: String

  init() throws {
    folder = try TemporaryFolder()
    store = folder.url.appending(path: "own.dossier").path
  }

  private func run(_ script: String) throws -> Program.Outcome { try Program.run([store], input: script) }

  /// A function is written over several lines, kept in a store that is made for it, and there in later runs.
  @Test func createdOnceUsedEverywhere() throws {
    let made = try run(
      """
      .create function with (docstring="Numbers up to a bound.") upto(bound:long=3) {
        range n from 1 to 10 step 1

        | take bound
      }
      upto() | summarize total = sum(n)
      .create function twice(T:(n:long)) { T | extend n = n * 2 }
      upto(2) | invoke twice()
      """)
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.output.contains("6") && made.output.contains("4"))
    let asked = try Program.run(["query", store, "upto(5) | invoke twice() | count", "--format", "json"])
    #expect(asked.output.contains("\"rows\":[[5]]"))
    let notebook = try folder.file(
      "page.md", "---\nstore: own.dossier\n---\n\n```kql\nupto(4) | summarize max(n)\n```\n")
    let page = folder.url.appending(path: "page.html").path
    let report = try Program.run(["run", notebook.path, "-o", page])
    #expect(report.code == 0, "\(report.errors)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<dt>Functions SHA-256</dt>") && html.contains("max_n"))
    let listed = try run(".functions\n.help upto\n.functions upto")
    #expect(listed.output.contains("upto([bound])") && listed.output.contains("yours"))
    #expect(listed.output.contains("Numbers up to a bound."))
    #expect(listed.output.contains("  | take bound"))
    #expect(try run(".drop function upto\nupto()").errors.contains("there is no function 'upto'"))
  }

  @Test func whatCannotWorkIsToldAtOnce() throws {
    func error(_ definition: String) throws -> String {
      let outcome = try run(definition)
      #expect(outcome.code == 2, "\(definition)")
      return outcome.errors
    }
    #expect(try error(".create function strlen(x:string) { x }").contains("error[CMD941]"))
    #expect(
      try error(".create function timeline() { Entities }").contains("a library function that is built in"))
    #expect(try error(".create function Mentions() { Entities }").contains("the name of a table"))
    #expect(try error(".create function where() { Entities }").contains("error[CMD941]"))
    let body = try error(".create function f(x:long) {\n  Mentions\n  | where Starrt > x\n  | take x\n}")
    #expect(body.contains("  3 |   | where Starrt > x\n    |           ^^^^^^\n"), "\(body)")
    #expect(body.contains("did you mean Start?"))
    #expect(try error(".create function f(x:lang) { print x }").contains("there is no type 'lang'"))
    #expect(try error(".create function f(T:(n:long)) { T | where m > 1 }").contains("no column 'm'"))
    #expect(try error(".create function f(a:long, a:long) { print a }").contains("two parameters 'a'"))
    #expect(try error(".create function f { print 1 }").contains("error[CMD940]"))
    #expect(try error(".create table T (a:long)").contains("only functions"))
    #expect(try error(".drop function f").contains("error[STO101]"))
    // Nothing of all that was kept, and no store was made for it.
    #expect(!FileManager.default.fileExists(atPath: store))
    let nowhere = try Program.run([], input: ".create function f() { print 1 }")
    #expect(nowhere.code == 2 && nowhere.errors.contains("there is no store to keep the function in"))
  }

  @Test func oneThatIsThereIsReplacedOnlyOnRequest() throws {
    #expect(try run(".create function f() { print a = 1 }").code == 0)
    #expect(try run(".create function f() { print a = 2 }").errors.contains("create-or-alter"))
    #expect(try run(".create function ifnotexists f() { print a = 2 }\nf()").output.contains("1"))
    #expect(try run(".create-or-alter function f() { print a = 3 }\nf()").output.contains("3"))
    // One that is broken later, by what it calls, says so at its call.
    #expect(
      try run(".create function g() { f() | where a > 1 }\n.create-or-alter function f() { print b = 1 }")
        .code == 0)
    let broken = try run("g()")
    #expect(broken.code == 2)
    #expect(broken.errors.contains("  1 | g()\n    | ^\n") && broken.errors.contains("note: in g(), line 1"))
  }
}
