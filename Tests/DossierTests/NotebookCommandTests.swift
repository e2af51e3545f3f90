import Foundation
import TestSupport
import Testing

/// `run`, with parameters and for many of them, as a script calls it.
@Suite struct NotebookCommandTests {
  private static let notebook = """
    ---
    title: Squares
    params: { top: 3 }
    ---
    ```kql name=squares expect="Square >= 0"
    declare query_parameters(top:long, who:string="nobody", since:datetime=datetime(2024-01-01));
    range n from 1 to top step 1 | extend Square = n * n, Who = who
    ```

    There are <!--= _ | count -->0<!--/=--> squares, the last <!--= squares | summarize max(Square) -->0<!--/=-->.

    ```kql hide-output
    print assert(top < 100, "too many")
    ```
    """

  private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> Program.Outcome {
    try Program.run(["run", "page.md"] + arguments, in: folder.url)
  }

  @Test func parametersHaveOneDeclarationAndManySources() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("page.md", Self.notebook)
    let plain = try run(["-o", "-"], in: folder)
    #expect(plain.code == 0, "\(plain.errors)")
    #expect(plain.output.contains("There are <!--= _ | count -->3<!--/=--> squares, the last "))
    #expect(plain.output.contains("-->9<!--/=-->"))
    let given = try run(["-o", "-", "-p", "top=5", "-p", "who=Kim \"Jong\" Un"], in: folder)
    #expect(given.output.contains("|   5 |     25 | Kim \"Jong\" Un |"))
    for (wrong, message) in [
      ("tpo=1", "did you mean top?"), ("top=many", "which is no long"),
      ("since=soon", "which is no datetime"),
    ] {
      let outcome = try run(["-p", wrong], in: folder)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message))
    }
  }

  @Test func aParameterMayHaveChoices() throws {
    let folder = try TemporaryFolder()
    func page(_ choices: String, _ declared: String = "kind:string = 'PERSON', top:long = 3") throws {
      _ = try folder.file(
        "page.md",
        "---\nchoices: \(choices)\n---\n```kql\ndeclare query_parameters(\(declared));\nprint kind, top\n```\n"
      )
    }
    try page("{ kind: [PERSON, ORG, GPE], top: [3, 5] }")
    #expect(try run([], in: folder).code == 0)
    #expect(
      try run(["-o", "-", "-p", "kind=ORG", "-p", "top=5"], in: folder).output.contains(
        "| ORG     |       5 |"))
    let wrong = try run(["-p", "kind=PLACE"], in: folder)
    #expect(wrong.code == 2)
    #expect(
      wrong.errors.contains("-p sets 'kind' to \"PLACE\", which is none of its choices")
        && wrong.errors.contains("hint: it may be PERSON, ORG or GPE"), "\(wrong.errors)")
    #expect(try run(["-p", "top=4"], in: folder).errors.contains("hint: it may be 3 or 5"))
    // A default counts as long as nothing stands in its place.
    try page("{ kind: [ORG, GPE] }", "kind:string = 'PERSON', top:long = 3")
    #expect(try run([], in: folder).errors.contains("its declaration sets 'kind'"))
    #expect(try run(["-p", "kind=GPE"], in: folder).code == 0)
    try page("{ knid: [ORG] }")
    #expect(try run([], in: folder).errors.contains("did you mean kind?"))
    try page("{ top: [three] }")
    #expect(try run([], in: folder).errors.contains("a choice of 'top' is 'three', which is no long"))
  }

  @Test func aFailingCellStandsInItsPlace() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("page.md", Self.notebook)
    let outcome = try run(["-o", "out.html", "-p", "top=200"], in: folder)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("too many") && outcome.errors.contains("page.md:13"))
    let page = try String(contentsOf: folder.url.appending(path: "out.html"), encoding: .utf8)
    #expect(page.contains("<pre class=\"error\" role=\"alert\""))
  }

  @Test(arguments: ["rows.csv", "rows.jsonl"])
  func aReportForEachRow(name: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("page.md", Self.notebook)
    _ = try folder.file(
      "rows.csv", "\u{FEFF}who,top\r\n\"Kim, the first\",2\r\nPutin,\r\nLavrov,200\r\n\r\n")
    _ = try folder.file(
      "rows.jsonl",
      """
      {"who":"Kim, the first","top":2}
      {"who":"Putin","top":null}

      {"who":"Lavrov","top":200}
      """)
    let outcome = try run(["--each", name, "-o", "out/{who}.html"], in: folder)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("out/Lavrov.html: error["))
    #expect(outcome.errors.hasSuffix("2 reports written, 1 failed\n"))
    func page(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: "out/\(name).html"), encoding: .utf8)
    }
    #expect(try page("Kim, the first").contains("who <b>Kim, the first</b>"))
    #expect(try page("Kim, the first").contains("There are <span class=\"value\">2</span> squares"))
    #expect(try page("Putin").contains("There are <span class=\"value\">3</span> squares"))
    #expect(try page("Lavrov").contains("too many"))
  }

  @Test func wrongUsageIsToldBeforeAnythingRuns() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("page.md", Self.notebook)
    _ = try folder.file("rows.csv", "who\na\n\"b\n")
    _ = try folder.file("empty.csv", "who\n")
    #expect(try run(["--each", "rows.csv"], in: folder).code == 64)
    #expect(try run(["-o", "page.pdf"], in: folder).code == 64)
    let open = try run(["--each", "rows.csv", "-o", "{who}.html"], in: folder)
    #expect(open.code == 2 && open.errors.contains("the quote in line 3 of 'rows.csv' is never closed"))
    #expect(try run(["--each", "empty.csv", "-o", "{who}.html"], in: folder).errors.contains("has no rows"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 3)
  }
}
