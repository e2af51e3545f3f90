import Columnar
import Diagnostics
import Foundation
import Sessions
import Testing

@testable import Notebooks

@Suite("Running notebooks")
struct RunnerTests {
  private func text(_ run: NotebookRun) -> String { String(decoding: run.markdown, as: UTF8.self) }

  @Test("A failing cell stops the run, its error in place")
  func failure() throws {
    let run = try replay("```kql\necho a\n```\n\n```kql\nfail here\n```\n\n```kql\necho b\n```\n")
    #expect(run.failure?.code == "BND900")
    #expect(run.failure?.span == SourceSpan(26, 30))
    #expect(run.cells.map(\.wasReached) == [true, true, false])
    let out = text(run)
    #expect(out.contains("<!-- dossier:output error=BND900 query="))
    #expect(
      out.contains("```text\nerror[BND900]: this can't be\n  1 | fail here\n    | ^^^^\nhint: echo\n```"))
    #expect(!out.contains("| b    |"))
  }

  @Test("expect=error")
  func expectedError() throws {
    let good = try replay("```kql expect=error\nfail\n```\n\n```kql\necho b\n```\n")
    #expect(good.failure == nil)
    #expect(text(good).contains("error[BND900]"))
    #expect(text(good).contains("| b    |"))
    let bad = try replay("```kql expect=error\necho\n```\n")
    #expect(bad.failure?.code == .errorExpected)
  }

  @Test("expect with a predicate")
  func expectation() throws {
    #expect(try replay("```kql expect=\"N >= 0\"\nrows 3\n```\n").failure == nil)
    #expect(try replay("```kql expect=\"never\"\nrows 3\n```\n").failure?.code == .expectationFailed)
    #expect(try replay("```kql expect=\"never\"\nrows 0\n```\n").failure?.code == .expectationFailed)
  }

  @Test("Named cells are handed over, hidden outputs are taken out")
  func namesAndHiding() throws {
    let evaluator = FakeEvaluator()
    let run = try replay(
      "```kql name=one hide-output\necho a\n```\n\n<!-- dossier:output -->\nold\n<!-- /dossier:output -->\n\nEnd\n",
      evaluator: evaluator)
    #expect(evaluator.defined == ["one"])
    #expect(text(run) == "```kql name=one hide-output\necho a\n```\n\nEnd\n")
  }

  @Test("Cells of statements alone hold for the cells that follow, and replay the same")
  func statementsAlone() throws {
    let page = """
      ---
      params: { who: Bob }
      ---
      ```kql
      declare query_parameters(who:string="Ann");
      let first = strcat(who, "!");
      ```

      ```kql
      let shout = (text:string, times:long = 2) { strrep(toupper(text), times) };
      ```

      ```kql
      print x = shout(first)
      ```

      <!--= print shout(who, 1) --><!--/=-->

      ```kql expect=error
      let own = 1; print own + later
      ```

      ```kql expect=error
      let wrong = strlen(1);
      ```

      ```kql expect=error
      print own
      ```

      """
    let runner = NotebookRunner(
      SessionProvider(settings: SessionSettings(now: 0), loader: nil, provenance: []))
    let run = runner.run(try Notebook(page), in: "")
    #expect(run.failure == nil)
    let out = text(run)
    #expect(out.contains("| BOB!BOB! |") && out.contains("-->BOB<!--"))
    #expect(out.contains("'later'"))
    #expect(out.contains("  1 | let wrong = strlen(1);") && out.contains("'own'"))
    let again = runner.run(try Notebook(out), in: "")
    #expect(text(again) == out)
    let failed = runner.run(
      try Notebook("```kql\nlet a = 1;\n```\n\n```kql\nprint b = a, nope\n```\n"), in: "")
    #expect(failed.failure?.span == SourceSpan(43, 47))
  }

  @Test("An error of a parameter points at its declaration in the file")
  func parameterPlaces() throws {
    let page =
      "Text\n\n```kql\necho a\n```\n\n```kql\n// Who it is about\ndeclare query_parameters(n:long, who:string=\"x\");\necho b\n```\n"
    let bytes = Array(page.utf8)
    func marked(_ run: NotebookRun) -> String? {
      run.failure?.span.map { String(decoding: bytes[$0.lower..<$0.upper], as: UTF8.self) }
    }
    let missing = try replay(page)
    #expect(missing.failure?.code == .parameter && marked(missing) == "n")
    let mistyped = try replay(page, parameters: [("n", "many")])
    #expect(mistyped.failure?.code == .parameter && marked(mistyped) == "n")
    let rendered = mistyped.failure?.rendered(in: SourceText(page, name: "page.md"))
    #expect(rendered?.contains("9 | declare query_parameters(n:long") == true)
    let twice = try replay(
      page + "\n```kql\ndeclare query_parameters(who:string=\"y\");\n```\n", parameters: [("n", "1")])
    #expect(twice.failure?.message.contains("already") == true)
    let place = try #require(twice.failure?.span)
    #expect(place.lower > bytes.count)
    let broken = try replay("Text\n\n```kql\ndeclare query_parameters(n:lon);\n```\n")
    // After "Text", the blank line and the fence.
    #expect(broken.failure?.span == SourceSpan(38, 39))
  }

  @Test("max-rows says how many there are")
  func maxRows() throws {
    #expect(
      try text(replay("```kql max-rows=2\nrows 5\n```\n")).contains("|   0 |\n|   1 |\n\n2 of 5 rows shown\n")
    )
    #expect(try text(replay("```kql\nrows 60\n```\n")).contains("|  49 |\n\n50 of 60 rows shown\n"))
    #expect(try text(replay("```kql\nrows 0\n```\n")).contains("|   N |\n| --: |\n\nno rows\n"))
  }

  @Test("Parameters: defaults, front matter, -p")
  func parameters() throws {
    let body =
      "```kql\ndeclare query_parameters(person:string=\"A\", since:datetime, n:long=3);\necho x\n```\n\n```kql\nfail\n```\n"
    let evaluator = FakeEvaluator()
    let run = try replay(
      "---\nparams:\n  since: 2024-05-01\n  person: B\n---\n" + body, parameters: [("person", "C \"q\"")],
      evaluator: evaluator)
    let prelude =
      "declare query_parameters(person:string=\"C \\\"q\\\"\", since:datetime=datetime(2024-05-01T00:00:00.0000000Z), n:long=3);\n"
    #expect(evaluator.asked.contains { $0.hasPrefix(prelude) && $0.hasSuffix("\necho x") })
    // The parameters are known in later cells, whose errors still point to the right place.
    #expect(evaluator.asked.last == prelude + "fail")
    #expect(text(run).contains("  1 | fail\n    | ^^^^"))
  }

  @Test(
    "Parameters that can't be fail before the first cell",
    arguments: [
      ([("persn", "x")], "did you mean person?"), ([("n", "many"), ("since", "2024-01-01")], nil),
      ([("since", "soon")], nil), ([], "-p since=…"),
    ] as [([(name: String, value: String)], String?)])
  func wrongParameters(given: [(name: String, value: String)], hint: String?) throws {
    let evaluator = FakeEvaluator()
    let run = try replay(
      "```kql\necho first\n```\n\n```kql\ndeclare query_parameters(person:string=\"A\", since:datetime, n:long=3);\n```\n",
      parameters: given, evaluator: evaluator)
    #expect(run.failure?.code == .parameter)
    #expect(evaluator.asked.isEmpty)
    if let hint { #expect(run.failure?.hint?.contains(hint) == true) }
  }

  @Test(
    "Constants by type",
    arguments: [
      ("7d", ScalarType.timespan, "time(7.00:00:00)"), ("1.02:00:00", .timespan, "time(1.02:00:00)"),
      ("x", .timespan, nil), ("1e3", .real, "real(1000.0)"), ("nan", .real, nil), ("5", .int, "int(5)"),
      ("99999999999", .int, nil), ("TRUE", .bool, "bool(true)"), ("2024-13-01", .datetime, nil),
      ("{\"a\":[1]}", .dynamic, "dynamic({\"a\":[1]})"), ("{", .dynamic, nil),
      ("1.50", .decimal, "decimal(1.50)"),
      ("1)|x(", .decimal, nil),
    ] as [(String, ScalarType, String?)])
  func constants(text: String, type: ScalarType, literal: String?) {
    #expect(NotebookParameters.literal(text, type) == literal)
  }

  @Test("The clock needs an as-of")
  func clock() throws {
    #expect(try replay("\n```kql\necho ago(7d)\n```\n").failure?.code == .clockWithoutAsOf)
    #expect(try replay("\n```kql\necho ago(7d)\n```\n").failure?.message.hasPrefix("line 3 ") == true)
    #expect(try replay("```kql\necho \"now()\" // ago(\n```\n").failure == nil)
    #expect(try replay("---\nas-of: 2024-10-08\n---\n```kql\necho now()\n```\n").failure == nil)
  }

  @Test("Table cells can't become markup")
  func escaping() throws {
    let evaluator = FakeEvaluator()
    evaluator.answers["T"] = Table(
      schema: Schema([Field("a|b", .string), Field("D", .datetime), Field("X", .dynamic)]),
      rows: [
        [
          .string("<script>x</script>|`c` *b* [l](u) snake_case _e_\r\nnext\u{202E}\u{0} &lt; & -->"),
          .datetime(638_639_424_000_000_000), .dynamic(.array([.string("|")])),
        ],
        [.string("<!-- /dossier:output -->"), .null, .null],
      ])
    let page = try text(replay("```kql\nT\n```\n", evaluator: evaluator))
    #expect(page.contains("| a\\|b "))
    #expect(
      page.contains("&lt;script&gt;x&lt;/script&gt;\\|\\`c\\` \\*b\\* \\[l\\](u) snake_case \\_e\\_<br>next"))
    #expect(page.contains("next\u{FFFD}\u{FFFD} &amp;lt; &amp; --&gt; | 2024-10-08 |"))
    #expect(page.contains("| &lt;!-- /dossier:output --&gt; "))
  }

  @Test("A chart as text")
  func chart() throws {
    let evaluator = FakeEvaluator()
    var table = Table(
      schema: Schema([Field("Month", .datetime), Field("n", .long)]),
      rows: [
        [.datetime(Ticks.parseISODatetime("2024-01") ?? 0), .long(4)],
        [.datetime(Ticks.parseISODatetime("2024-02") ?? 0), .long(1)],
        [.null, .long(0)],
      ])
    table.visualization = Visualization(kind: "timechart", properties: [("title", "Reports")])
    evaluator.answers["T"] = table
    #expect(
      try text(replay("```kql\nT\n```\n", evaluator: evaluator)).contains(
        """
        ```text
        Reports
        2024-01-01 ██████████████████████████████████████████████████████████████ 4
        2024-02-01 ███████████████▌                                               1
        ```
        """))
  }

  @Test("A session as a notebook")
  func recorder() throws {
    var session = SessionRecorder()
    session.title = "Who: a test"
    session.store = "north.dossier"
    session.asOf = 638_639_424_000_000_000
    session.entries = [
      .init("// The first look.\necho ```", name: "Look"), .init("// Only a remark."),
      .init("declare query_parameters(who:string=\"a\");\nrows ago(1d)\n\n"),
      .init("declare query_parameters(who:string = \"a\");\nrows 2"),
    ]
    session.documents = [.init("a", options: [.init("published", "2024-10-08")]), .init("b: c")]
    session.parameters = [("other", "1"), ("who", "b")]
    let saved = session.markdown()
    let notebook = try Notebook(saved)
    #expect(notebook.settings.title == "Who: a test")
    #expect(notebook.settings.store == "north.dossier")
    #expect(notebook.settings.asOf == session.asOf)
    #expect(notebook.settings.documents == session.documents)
    #expect(notebook.settings.parameters.map(\.name) == ["who"])
    #expect(
      notebook.cells.map(\.source) == [
        "echo ```", "declare query_parameters(who:string=\"a\");\nrows ago(1d)", "rows 2",
      ])
    #expect(saved.contains("The first look.\n\n````kql name=Look\n"))
    #expect(saved.contains("Only a remark.\n\n```kql"))
  }
}
