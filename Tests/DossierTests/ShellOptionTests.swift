import Foundation
import TestSupport
import Testing

/// How the shell is started and set.
@Suite(.serialized) struct ShellOptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func terminal(
    _ arguments: [String] = [], rows: Int = 20, _ environment: [String: String] = [:]
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      Program.binary.path, arguments, rows: rows, columns: 80,
      environment: ["HOME": folder.url.path, "NO_COLOR": "1"].merging(environment) { $1 },
      directory: folder.url.path)
    try terminal.wait(forLine: "dossier>", column: 9)
    return terminal
  }

  @Test func textsAndFilesRunWithoutAPrompt() throws {
    let file = try folder.file("two.kql", "print a = 1\n\nprint b = 2\n")
    let both = try Program.run(
      ["-f", file.path, "-c", "print c = 3", "-c", ".mode", "--format", "csv"], in: folder.url)
    #expect(both.code == 0)
    #expect(both.output == "a\r\n1\r\nb\r\n2\r\nc\r\n3\r\n", "\(both.output)")
    #expect(both.errors == "csv\n")
    let wrong = try folder.file("wrong.kql", "print 1\n\nprint 2\n| tkae 1\nprint 3\n")
    let failed = try Program.run(["-f", wrong.path, "--format", "csv"], in: folder.url)
    #expect(failed.code == 2)
    #expect(failed.output == "print_0\r\n1\r\n")
    #expect(
      failed.errors.contains("wrong.kql:4:3") || failed.errors.contains("4 | | tkae 1"), "\(failed.errors)")
    let ended = try Program.run(["-c", ".quit", "-c", "print 1"], in: folder.url)
    #expect(ended.code == 0 && ended.output == "")
  }

  @Test func theInitFileSetsThePromptUp() throws {
    _ = try folder.file(".config/dossier/init", ".set mode csv\n.set rows 3\n.set nonsense 1\n.set rows 4\n")
    let terminal = try terminal()
    // A wrong line is shown, and the prompt comes all the same.
    #expect(terminal.screen.text.contains("there is no setting 'nonsense'"))
    terminal.send("print a = 1\r")
    try terminal.wait(for: "a\n1\ndossier>")
    terminal.send(".set\r")
    try terminal.wait(for: "\nmode,csv,")
    #expect(terminal.screen.text.contains("\nrows,3,"))
    terminal.send(".set pager maybe\r")
    try terminal.wait(for: "hint: on or off")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
    let without = try self.terminal(["--no-init"])
    #expect(!without.screen.text.contains("nonsense"))
    // Scripts give the same whatever the file says.
    let script = try Program.run([], input: ".mode\n", environment: ["HOME": folder.url.path])
    #expect(script.errors == "table\n")
  }

  @Test func theHistoryIsListedAndSearched() throws {
    let terminal = try terminal()
    terminal.send("print one = 1\r")
    try terminal.wait(for: "1 row\ndossier>")
    terminal.send("print two = 2 |\rtake 1\r")
    try terminal.wait(for: "2\n1 row\ndossier>")
    terminal.send(".history TWO\r")
    try terminal.wait(for: "print two = 2 |\n   take 1\n")
    #expect(!terminal.screen.lines.contains("1  print one = 1"))
    terminal.send(".history\r")
    try terminal.wait(for: "1  print one = 1\n")
  }

  /// What is longer than the screen goes through the pager, and leaving it leads back to the prompt.
  @Test func longResultsGoThroughThePager() throws {
    // A pager that tells what it got, and one that leaves early.
    let counter = try folder.file("counter", "#!/bin/sh\necho \"lines: $(wc -l)\"\n")
    let quitter = try folder.file("quitter", "#!/bin/sh\nread line; echo \"first: $line\"; exit 0\n")
    for file in [counter, quitter] {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    let terminal = try terminal(["--format", "csv"], rows: 12, ["PAGER": counter.path])
    terminal.send("range x from 1 to 5 step 1\r")
    try terminal.wait(for: "x\n1\n2\n3\n4\n5\ndossier>")
    terminal.send("range x from 1 to 100 step 1\r")
    try terminal.wait(for: "lines: 101\ndossier>")
    terminal.send(".set pager off\r")
    try terminal.wait(for: ".set pager off\ndossier>")
    terminal.send("range x from 1 to 20 step 1\r")
    try terminal.wait(for: "19\n20\ndossier>")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
    let left = try self.terminal(["--format", "csv"], rows: 12, ["PAGER": quitter.path])
    left.send("range x from 1 to 3000000 step 1\r")
    try left.wait(for: "first: x\ndossier>")
    left.send("print a = 6 * 7\r")
    try left.wait(for: "a\n42\ndossier>")
  }
}
