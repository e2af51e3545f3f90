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

  @Test("verify prints one digest, and the same one again")
  func verify() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.md")
    try "```kql\necho a\n```\n".write(to: file, atomically: false, encoding: .utf8)
    let outcome = commands.verify(file.path)
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.hasPrefix("sha256:"))
    #expect(outcome.output == commands.digest(file.path).output)
    #expect(outcome.output.utf8.count == 7 + 64 + 1)
  }

  @Test("Jupyter's form")
  func jupyter() throws {
    let run = try replay(
      "---\ntitle: T\n---\nIntro\n\n```kql name=a\necho x\ny\n```\n\n```kql\nfail\n```\n\nEnd\n")
    let text = JupyterNotebook.text(of: run)
    let root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(root["nbformat"] as? Int == 4)
    let cells = try #require(root["cells"] as? [[String: Any]])
    #expect(cells.map { $0["cell_type"] as? String } == ["markdown", "code", "code", "markdown"])
    #expect(cells[0]["source"] as? [String] == ["# T\n", "Intro"])
    #expect(cells[1]["source"] as? [String] == ["echo x\n", "y"])
    #expect((cells[2]["outputs"] as? [[String: Any]])?.first?["ename"] as? String == "BND900")
    #expect(Set(cells.compactMap { $0["id"] as? String }).count == 4)
  }
}
