import Columnar
import Diagnostics
import Foundation
import Testing

@testable import Notebooks

@Suite("run, check, accept, verify")
struct CommandTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "notebooks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private let commands = NotebookCommands(FakeProvider(evaluator: FakeEvaluator()))

  @Test("accept, then check; a change is found and shown")
  func acceptAndCheck() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.md")
    try "# Page\n\n```kql name=first\necho a\n```\n\nEnd\n".write(
      to: file, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)

    let missing = commands.check(file.path)
    #expect(missing.exitCode == 1)
    #expect(missing.output.hasPrefix("--- page.md (accepted)\n+++ page.md (replayed)\n@@ "))
    #expect(commands.accept(file.path).exitCode == 0)
    #expect(commands.check(file.path).exitCode == 0)
    #expect(commands.check(file.path).output.isEmpty)
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["page.md"])

    let accepted = try String(contentsOf: file, encoding: .utf8)
    try accepted.replacing("echo a", with: "echo b").write(to: file, atomically: false, encoding: .utf8)
    let changed = commands.check(file.path)
    #expect(changed.exitCode == 1)
    #expect(changed.output.contains("@@ cell first\n"))
    #expect(changed.output.contains("-| a    |\n+| b    |\n"))
    #expect(changed.diagnostics == "page.md:3: the query changed since its output was accepted\n")
  }

  @Test("accept leaves the file alone if a cell fails")
  func failingAccept() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.md")
    let text = "```kql\necho a\n```\n\n```kql\nfail\n```\n"
    try text.write(to: file, atomically: false, encoding: .utf8)
    let outcome = commands.accept(file.path)
    #expect(outcome.exitCode == 2)
    #expect(
      outcome.diagnostics
        == "error[BND900]: this can't be\n  page.md:6 | fail\n            | ^^^^\nhint: echo\n")
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
    let report = folder.appending(path: "out.md")
    #expect(commands.run(file.path, to: .file(report.path, .markdown)).exitCode == 2)
    #expect(try String(contentsOf: report, encoding: .utf8).contains("error[BND900]"))
  }

  @Test("A file is replaced whole, through links, or not at all")
  func atomic() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.md")
    try "old".write(to: file, atomically: false, encoding: .utf8)
    let link = folder.appending(path: "link.md")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    try AtomicFile.write(Array("new".utf8), to: link.path)
    #expect(try String(contentsOf: file, encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
    let nowhere = folder.appending(path: "missing/page.md").path
    #expect(throws: DossierError.self) { try AtomicFile.write([], to: nowhere) }
    // A folder can't be replaced by a file: the attempt leaves nothing behind.
    let blocked = folder.appending(path: "blocked")
    try FileManager.default.createDirectory(
      at: blocked.appending(path: "inside"), withIntermediateDirectories: true)
    #expect(throws: DossierError.self) { try AtomicFile.write([1], to: blocked.path) }
    // Nor does what fails half-way.
    #expect(throws: DossierError.self) {
      try AtomicFile.write(to: file.path) { (pieces) throws(DossierError) in
        try pieces.write(Array("half".utf8))
        throw DossierError("TST001", "stopped")
      }
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == "new")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
        "blocked", "link.md", "page.md",
      ])
  }

  @Test("Files that can't be read, notebooks that can't be parsed")
  func unreadable() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(commands.check(folder.appending(path: "none.md").path).exitCode == 2)
    let file = folder.appending(path: "page.md")
    try "text\n\n```kql wrong\nx\n```\n".write(to: file, atomically: false, encoding: .utf8)
    let outcome = commands.check(file.path)
    #expect(outcome.exitCode == 2)
    #expect(outcome.diagnostics.contains("page.md:3 | ```kql wrong\n"))
  }

  /// Replays in this process; the circumstances' number of threads is an answer that must not be one.
  private struct Replayer: NotebookReplayer {
    let dependsOnThreads: Bool
    func replay(_ path: String, under circumstances: Circumstances) throws(DossierError) -> NotebookReplay {
      let evaluator = FakeEvaluator()
      evaluator.answers["threads"] = Table(
        schema: Schema([Field("n", .long)]),
        rows: [[.long(dependsOnThreads ? Int64(circumstances.threads) : 1)]])
      let copy = path + ".copy.md"
      let outcome = NotebookCommands(FakeProvider(evaluator: evaluator))
        .run(path, to: .file(copy, .markdown))
      return try NotebookReplay(exitCode: outcome.exitCode, diagnostics: outcome.diagnostics, path: copy)
    }
  }

  @Test("verify prints one digest, or what differs")
  func verify() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.md")
    try "```kql\necho a\n```\n\n```kql\nthreads\n```\n".write(to: file, atomically: false, encoding: .utf8)
    let outcome = commands.verify(file.path, with: Replayer(dependsOnThreads: false))
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.hasPrefix("sha256:"))
    #expect(outcome.output.utf8.count == 7 + 64 + 1)
    #expect(outcome.diagnostics.contains("holds other outputs"))
    let wrong = commands.verify(file.path, with: Replayer(dependsOnThreads: true))
    #expect(wrong.exitCode == 1)
    #expect(wrong.output.contains("--- 1 thread, UTC, no language\n+++ 16 threads"))
    #expect(wrong.output.contains("-|   1 |\n+|  16 |\n"))
    try "```kql\nfail\n```\n".write(to: file, atomically: false, encoding: .utf8)
    #expect(commands.verify(file.path, with: Replayer(dependsOnThreads: false)).exitCode == 2)
  }

  @Test("Charts are pictures beside the notebook: written, checked, removed")
  func pictures() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let evaluator = FakeEvaluator()
    var chart = Table(
      schema: Schema([Field("Month", .datetime), Field("Reports", .long)]),
      rows: (1...4).map { [.datetime(CivilDate(2024, $0, 1).ticks), .long(Int64($0))] })
    chart.visualization = Visualization(kind: "columnchart", properties: [("title", "By [month]")])
    evaluator.answers["Chart"] = chart
    let commands = NotebookCommands(FakeProvider(evaluator: evaluator))
    let file = folder.appending(path: "my page.md")
    try "```kql name=months\nChart\n```\n\n```kql\nChart\n```\n".write(
      to: file, atomically: false, encoding: .utf8)
    let pictures = folder.appending(path: "my page.assets")
    try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
    try "<svg>not ours</svg>".write(
      to: pictures.appending(path: "other.svg"), atomically: false, encoding: .utf8)

    #expect(commands.accept(file.path).exitCode == 0)
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(
      text.contains(
        """
        ![Column chart: Reports by Month. Reports: 4 values, highest 4 (2024-04-01), lowest 1 (2024-01-01).]\
        (my%20page.assets/months.svg)

        <details><summary>Data</summary>

        | Month      | Reports |
        """))
    #expect(text.contains("(my%20page.assets/cell-2.svg)"))
    let svg = try String(contentsOf: pictures.appending(path: "months.svg"), encoding: .utf8)
    #expect(svg.hasPrefix("<svg xmlns="))
    #expect(commands.check(file.path).exitCode == 0)

    try "changed".write(to: pictures.appending(path: "cell-2.svg"), atomically: false, encoding: .utf8)
    let changed = commands.check(file.path)
    #expect(changed.exitCode == 1)
    #expect(changed.output == "+picture my page.assets/cell-2.svg\n")
    #expect(commands.accept(file.path).exitCode == 0)
    #expect(commands.check(file.path).exitCode == 0)

    // A cell that goes takes its picture with it, and nothing else.
    try text.replacing("name=months", with: "name=months hide-output").write(
      to: file, atomically: false, encoding: .utf8)
    #expect(commands.check(file.path).output.contains("-picture my page.assets/months.svg\n"))
    #expect(commands.accept(file.path).exitCode == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: pictures.path).sorted() == [
        "cell-2.svg", "other.svg",
      ])
  }

  @Test("A batch: a file a row, failures told, nothing run for names that can't be")
  func batch() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.md")
    try "```kql\ndeclare query_parameters(n:long=1, who:string=\"x\");\necho a\n```\n".write(
      to: file, atomically: false, encoding: .utf8)
    let template = folder.appending(path: "out/{who}.md").path
    let rows: [ParameterRow] = [
      [("who", "Kim Jong Un"), ("n", "2")], [("who", "../etc/passwd"), ("n", "3")],
      [("who", "b"), ("n", "not a number")],
    ]
    let outcome = commands.runEach(file.path, rows: rows, to: template, workers: 1)
    #expect(outcome.exitCode == 2)
    #expect(outcome.diagnostics.contains("out/b.md: error[NBK030]: -p sets 'n' to 'not a number'"))
    #expect(outcome.diagnostics.hasSuffix("2 reports written, 1 failed\n"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "out").path).sorted() == [
        "Kim Jong Un.md", "_._etc_passwd.md", "b.md",
      ])
    let twice = commands.runEach(file.path, rows: rows + rows, to: template, workers: 2)
    #expect(twice.exitCode == 2)
    #expect(twice.diagnostics.contains("rows 1 and 4 would both be written"))
    let unknown = commands.runEach(
      file.path, rows: rows, to: folder.appending(path: "{whom}.html").path, workers: 1)
    #expect(unknown.diagnostics.contains("did you mean {who}?"))
  }

  @Test("Jupyter's form")
  func jupyter() throws {
    let run = try replay(
      "---\ntitle: T\n---\nIntro\n\n```kql name=a\necho x\ny\n```\n\n```kql\nfail\n```\n\nEnd\n")
    let text = JupyterNotebook.text(of: run)
    let root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(root["nbformat"] as? Int == 4)
    let cells = try #require(root["cells"] as? [[String: Any]])
    #expect(cells.map { $0["cell_type"] as? String } == ["raw", "markdown", "code", "code", "markdown"])
    #expect(cells[0]["source"] as? [String] == ["---\n", "title: T\n", "---\n"])
    #expect(cells[1]["source"] as? [String] == ["# T\n", "Intro"])
    #expect(cells[2]["source"] as? [String] == ["echo x\n", "y"])
    #expect((cells[3]["outputs"] as? [[String: Any]])?.first?["ename"] as? String == "BND900")
    #expect(Set(cells.compactMap { $0["id"] as? String }).count == 5)
  }
}
