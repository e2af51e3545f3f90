import Foundation
import TestSupport
import Testing

/// The real program in a real pseudo-terminal.
@Suite(.serialized) struct ShellTerminalTests {
  @Test func aSessionAtThePrompt() throws {
    let home = NSTemporaryDirectory() + "dossier-shell-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    let terminal = try PseudoTerminal(
      builtProgram("dossier"), rows: 40, columns: 90, environment: ["HOME": home, "NO_COLOR": "1"])
    try terminal.wait(forLine: "dossier>", column: 9, timeout: 60)
    terminal.send("range x from 1 to 2 step 1 |\r")
    try terminal.wait(forLine: "    ...>")
    terminal.send("extend y = x * x\r")
    try terminal.wait(for: "2  2  4\n2 rows\ndossier>")
    terminal.send("Relations | where Predi\t")
    try terminal.wait(for: "PredicateText")
    terminal.send("\u{3}")
    try terminal.wait("the prompt after Ctrl-C") { $0.cursorLine == "dossier>" }
    terminal.send("print tkae(1)\r")
    try terminal.wait(for: "error[")
    try terminal.wait(forLine: "dossier>")
    terminal.send(".mode csv\r")
    try terminal.wait("the prompt again") { $0.text.contains(".mode csv\ndossier>") }
    terminal.send("print a = 1\r")
    try terminal.wait(for: "a\n1\ndossier>")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
  }

  /// Presses Ctrl-C until it says so: right after Enter the terminal may still be in the editor's hands, which
  /// takes the key as one for the next line.
  private func stop(_ terminal: PseudoTerminal) throws {
    func count(_ screen: TerminalScreen) -> Int { screen.fullText.ranges(of: "error[EXE130]: stopped").count }
    let before = count(terminal.screen)
    for _ in 0..<30 {
      terminal.send("\u{3}")
      // A slow machine may tell it after the next press, whose echo then stands behind the prompt.
      if (try? terminal.wait("that it stopped", timeout: 2) { count($0) > before }) != nil { break }
    }
    try terminal.wait("the prompt") { count($0) > before && $0.cursorLine == "dossier>" }
  }

  /// Ctrl-C ends a query, and the writing of a long result, and never the shell.
  @Test func ctrlCStopsWhatRuns() throws {
    let home = NSTemporaryDirectory() + "dossier-shell-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: home) }
    let terminal = try PseudoTerminal(
      builtProgram("dossier"), rows: 30, columns: 90, environment: ["HOME": home, "NO_COLOR": "1"])
    try terminal.wait(forLine: "dossier>", column: 9, timeout: 60)
    terminal.send("range x from 1 to 100000000000 step 1 | summarize sum(x)\r")
    try terminal.wait("the query's own line") { $0.cursor.column == 0 }
    try stop(terminal)
    terminal.send("range x from 1 to 3000000 step 1\r")
    try terminal.wait(for: "40 of 3,000,000 rows shown, .last shows all\ndossier>", timeout: 60)
    terminal.send(".mode csv\r.last\r")
    try terminal.wait("rows") { $0.lines[10...15].allSatisfy { Int($0).map { $0 > 100 } == true } }
    try stop(terminal)
    #expect(!terminal.screen.fullText.contains("\n3000000\n"))
    terminal.send("print a = 6 * 7\r")
    try terminal.wait(for: "a\n42\ndossier>")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
  }
}
