import Foundation
import Glibc
import TestSupport
import Testing

/// The real editor in a real pseudo-terminal, as a user sees it.
@Suite(.serialized) struct EditorTerminalTests {
  private let home: String

  init() throws {
    home = NSTemporaryDirectory() + "dossier-edit-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
  }

  private func start(
    rows: Int = 24, columns: Int = 60, _ environment: [String: String] = [:]
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      builtProgram("LineEditingProbe"), rows: rows, columns: columns,
      environment: ["HOME": home, "NO_COLOR": "1"].merging(environment) { $1 })
    try terminal.wait(forLine: "probe>", column: 7)
    return terminal
  }

  @Test func aLineIsReadAndShown() throws {
    let terminal = try start()
    terminal.send("Entities")
    try terminal.wait(forLine: "probe> Entities", column: 15)
    terminal.send("\r")
    try terminal.wait(for: "[Entities]\nprobe>")
    #expect(terminal.screen.lines.prefix(3) == ["probe> Entities", "[Entities]", "probe>"])
  }

  @Test func endOfInputLeavesOnlyAnEmptyBlock() throws {
    let terminal = try start()
    terminal.send("ab\u{1}\u{4}")
    try terminal.wait(forLine: "probe> b", column: 7)
    terminal.send("\u{4}")
    try terminal.wait(forLine: "probe>")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
    #expect(terminal.screen.text.hasSuffix("(end)"))
    #expect(!terminal.screen.modes.contains(2004))
  }

  @Test func interruptDropsTheBlockAndNeverLeaves() throws {
    let terminal = try start()
    terminal.send("drop me |\rand me")
    try terminal.wait(forLine: "   ..> and me")
    terminal.send("\u{3}")
    try terminal.wait(for: "and me^C\n(interrupted)\nprobe>")
    terminal.send("\u{3}")
    try terminal.wait(for: "probe> ^C\n(interrupted)\nprobe>")
    terminal.send("x\r")
    try terminal.wait(for: "[x]")
  }

  @Test func interruptCancelsWhatRuns() throws {
    let terminal = try start()
    terminal.send("slow\r")
    try terminal.wait(for: "running")
    terminal.send("\u{3}")
    try terminal.wait(for: "cancelled\nprobe>")
  }

  @Test func enterContinuesAnUnfinishedBlock() throws {
    let terminal = try start()
    terminal.send("Entities |\r")
    try terminal.wait(forLine: "   ..>", column: 9)
    terminal.send("count\r")
    try terminal.wait(for: "[Entities |⏎  count]")
    // Backspace before the first word takes the indentation away.
    terminal.send("Entities |\r")
    try terminal.wait(forLine: "   ..>", column: 9)
    terminal.send("\u{7F}")
    try terminal.wait(forLine: "   ..>", column: 7)
    terminal.send("count\r")
    try terminal.wait(for: "[Entities |⏎count]")
    // What a line was opened with is no part of a block that is handed over unfinished.
    terminal.send("Dates |\r")
    try terminal.wait(forLine: "   ..>", column: 9)
    terminal.send("\r")
    try terminal.wait(for: "[Dates |⏎]")
    // An empty line hands an unfinished block over as it is.
    terminal.send("f(\r")
    try terminal.wait(forLine: "   ..>")
    terminal.send("\r")
    try terminal.wait(for: "[f(⏎]")
    // Alt-Enter always starts a line.
    terminal.send("a\u{1B}\rb\r")
    try terminal.wait(for: "[a⏎b]")
  }

  @Test func upAndDownMoveInsideTheBlockFirst() throws {
    let terminal = try start()
    terminal.send("first\r")
    try terminal.wait(for: "[first]")
    terminal.send("abc |\rdef")
    try terminal.wait(forLine: "   ..> def", column: 10)
    terminal.send("\u{1B}[A")
    try terminal.wait(forLine: "probe> abc |", column: 10)
    terminal.send("\u{1B}[A")
    try terminal.wait(forLine: "probe> first", column: 12)
    #expect(!terminal.screen.text.contains("def"))
    terminal.send("\u{1B}[B")
    try terminal.wait(forLine: "   ..> def", column: 10)
    terminal.send("\u{1}")
    try terminal.wait(forLine: "   ..> def", column: 7)
    terminal.send("\u{1B}[H\u{1B}[D!")
    try terminal.wait(forLine: "probe> abc |!", column: 13)
  }

  @Test func aPasteRunsNothingEarly() throws {
    let terminal = try start()
    terminal.send("\u{1B}[200~one\rtwo\tx\r\rthree é\r\u{1B}[201~")
    try terminal.wait(forLine: "   ..> three é", column: 14)
    #expect(!terminal.screen.text.contains("["))
    terminal.send("\r")
    try terminal.wait(for: "[one⏎two        x⏎⏎three é]")
    terminal.send("\u{10}")
    try terminal.wait(forLine: "   ..> three é", column: 14)
  }

  @Test func aPasteThatComesAsKeysRunsNothingEarly() throws {
    let terminal = try start()
    terminal.send("one\rtwo\rthree")
    try terminal.wait(forLine: "   ..> three")
    #expect(!terminal.screen.text.contains("["))
    terminal.send("\r")
    try terminal.wait(for: "[one⏎two⏎three]")
  }

  @Test func aThousandLinesAreOneBlockOnASmallScreen() throws {
    let terminal = try start(rows: 10)
    let lines = (1...1000).map { "line number \($0), with naïve text" }
    terminal.send("\u{1B}[200~" + lines.joined(separator: "\r") + "\u{1B}[201~")
    try terminal.wait(forLine: "   ..> line number 1000, with naïve text")
    #expect(terminal.screen.lines[0].hasPrefix("… "))
    #expect(terminal.screen.lines[0].hasSuffix(" lines above"))
    terminal.send("\u{1B}[1;5A")
    try terminal.wait(forLine: "probe> line number 1, with naïve text", column: 7)
    #expect(terminal.screen.lines[9].hasSuffix(" lines below"))
    terminal.send("\r")
    try terminal.wait("the echo") {
      $0.text.replacing("\n", with: "").hasSuffix("1000, with naïve text]probe>")
    }
    let text = terminal.screen.fullText.replacingOccurrences(of: "\n", with: "")
    #expect(text.contains("[line number 1, with naïve text⏎line number 2,"))
  }

  @Test func wideCharactersAndClustersMoveAsOne() throws {
    let terminal = try start()
    terminal.send("金正恩👩‍👩‍👧e\u{301}x")
    try terminal.wait("the text") { $0.cursorLine.hasSuffix("x") && $0.cursor.column == 17 }
    terminal.send("\u{1B}[D\u{1B}[D")
    try terminal.wait("cursor before é") { $0.cursor.column == 15 }
    terminal.send("\u{7F}")
    try terminal.wait("family gone") { $0.cursor.column == 13 && $0.cursorLine == "probe> 金正恩e\u{301}x" }
    terminal.send("\u{7F}\u{1B}[C\u{1B}[3~")
    try terminal.wait(forLine: "probe> 金正e\u{301}", column: 12)
    terminal.send("\r")
    try terminal.wait(for: "[金正e\u{301}]")
  }

  @Test func aLongLineWrapsSoftly() throws {
    let terminal = try start(rows: 8, columns: 20)
    terminal.send("0123456789012")
    try terminal.wait("cursor on the next row") { $0.cursor == (1, 0) }
    terminal.send("345")
    try terminal.wait(forLine: "345", column: 3)
    #expect(terminal.screen.lines[0] == "probe> 0123456789012")
    terminal.send("\u{1}!")
    try terminal.wait("the insertion") {
      $0.lines[0] == "probe> !012345678901" && $0.lines[1] == "2345" && $0.cursor == (0, 8)
    }
    terminal.send("\r")
    try terminal.wait(for: "[!012345678901234")
    #expect(terminal.screen.lines[1] == "2345")
  }

  @Test func aRecalledBlockOnTheLastRowIsWhole() throws {
    let terminal = try start(rows: 6)
    terminal.send("a |\rb |\rc")
    try terminal.wait(forLine: "   ..> c")
    terminal.send("\r")
    try terminal.wait(for: "[a |⏎b |⏎c]\nprobe>")
    terminal.send("\u{1B}[A")
    try terminal.wait(forLine: "   ..> c", column: 8)
    #expect(
      terminal.screen.lines.suffix(4) == ["[a |⏎b |⏎c]", "probe> a |", "   ..> b |", "   ..> c"])
    terminal.send("\r")
    try terminal.wait("the echo again") { $0.lines[4] == "[a |⏎b |⏎c]" && $0.lines[5] == "probe>" }
  }

  @Test func tabCompletesAndListsMeanings() throws {
    let terminal = try start()
    terminal.send("En\t")
    try terminal.wait(forLine: "probe> Entities", column: 16)
    terminal.send("R\t")
    try terminal.wait(for: "Relatives  who belongs to whom")
    #expect(
      terminal.screen.lines.prefix(3) == [
        "probe> Entities Relati", "Relations  who did what to whom", "Relatives  who belongs to whom",
      ])
    #expect(terminal.screen.cursor == (0, 22))
    terminal.send("o")
    try terminal.wait(forLine: "probe> Entities Relatio", column: 23)
    try terminal.wait("the menu to go") { $0.lines[1].isEmpty }
    terminal.send("\t")
    try terminal.wait(forLine: "probe> Entities Relations", column: 26)
    terminal.send("\r")
    try terminal.wait(for: "[Entities Relations ]\nprobe>")
    let bells = terminal.screen.bells
    terminal.send("zzz\t")
    try terminal.wait("a bell") { $0.bells > bells }
  }

  @Test func historyIsSearchedAsLettersAreTyped() throws {
    let terminal = try start()
    for block in ["Relations |\rcount", "Entities", "Dates"] {
      terminal.send(block)
      try terminal.wait("the text") { $0.cursorLine.hasSuffix(block.suffix(5)) }
      terminal.send("\r")
      try terminal.wait("the echo") { $0.text.hasSuffix("]\nprobe>") }
    }
    terminal.send("draft\u{12}")
    try terminal.wait(for: "older block with:")
    terminal.send("COUNT".lowercased())
    try terminal.wait(forLine: "   ..> count", column: 7)
    #expect(terminal.screen.lines.contains("older block with: count"))
    terminal.send("x")
    try terminal.wait(for: "no older block with: countx")
    terminal.send("\u{7}")
    try terminal.wait(forLine: "probe> draft", column: 12)
    terminal.send("\u{12}ent\r")
    try terminal.wait("it to run") { $0.text.hasSuffix("[Entities]\nprobe>") }
  }

  @Test func historyOutlivesTheProgramAndIsPrivate() throws {
    let first = try start()
    let second = try start()
    first.send("from é one |\rtwo\r")
    try first.wait(for: "two]")
    second.send("\"quoted\" \\\r")
    try second.wait(for: "]")
    let path = home + "/.local/state/dossier/history"
    var information = stat()
    #expect(stat(path, &information) == 0)
    #expect(information.st_mode & 0o777 == 0o600)
    let third = try start()
    third.send("\u{1B}[A")
    try third.wait(forLine: "probe> \"quoted\" \\")
    third.send("\u{1B}[A")
    try third.wait(for: "probe> from é one |")
  }

  @Test func coloursAreOffWhereNotWanted() throws {
    let plain = try start()
    plain.send("where")
    try plain.wait(forLine: "probe> where")
    #expect(plain.screen.style(of: "where") == "")
    let coloured = try start(["NO_COLOR": ""])
    coloured.send("x where y")
    try coloured.wait(forLine: "probe> x where y")
    #expect(coloured.screen.style(of: "where") == "1;34")
    #expect(coloured.screen.style(of: "y") == "")
    #expect(coloured.screen.style(of: "probe") == "1;36")
  }

  @Test func aDumbTerminalGetsNoEscapes() throws {
    let terminal = try start(["TERM": "dumb"])
    terminal.send("one |\r")
    try terminal.wait(for: "   ..>")
    terminal.send("two\r")
    try terminal.wait(for: "[one |⏎two]\nprobe>")
    terminal.send("half\u{3}")
    try terminal.wait(for: "(interrupted)\nprobe>")
    #expect(!terminal.output.contains(0x1B))
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
  }

  @Test func aWindowMayChangeItsSize() throws {
    let terminal = try start(columns: 40)
    terminal.send("0123456789 0123456789")
    try terminal.wait(forLine: "probe> 0123456789 0123456789")
    terminal.resize(rows: 12, columns: 20)
    try terminal.wait("the block over two rows") {
      $0.text.contains("probe> 0123456789 01\n23456789") && $0.cursorLine == "23456789"
    }
    terminal.send("x\r")
    try terminal.wait(for: "[0123456789 01234567")
  }

  @Test func theEditrcFileWins() throws {
    try "bind -v\nbind ^T dossier-row-start\nother:bind ^T ed-insert\n# a comment\n"
      .write(toFile: home + "/.editrc", atomically: true, encoding: .utf8)
    let terminal = try start()
    terminal.send("hello")
    try terminal.wait(forLine: "probe> hello")
    terminal.send("\u{14}X")
    try terminal.wait(forLine: "probe> Xhello", column: 8)
    // Arrow keys work in the insert mode, and Escape alone leaves it.
    terminal.send("\u{1B}[C")
    try terminal.wait(forLine: "probe> Xhello", column: 9)
    terminal.send("\u{1B}")
    try terminal.wait("the command mode") { $0.cursor.column == 8 }
    terminal.send("x0i<")
    try terminal.wait(forLine: "probe> <Xello", column: 8)
    terminal.send("\u{1B}[200~p\rq\u{1B}[201~\r")
    try terminal.wait(for: "[<p⏎qXello]")
  }

  @Test func cutsStayInTheRowAndComeBack() throws {
    let terminal = try start()
    terminal.send("one two |\rthree")
    try terminal.wait(forLine: "   ..> three")
    terminal.send("\u{1B}[A\u{1}\u{1B}[1;5C\u{B}")
    try terminal.wait(forLine: "probe> one", column: 10)
    terminal.send("\u{1B}[1;5B")
    try terminal.wait(forLine: "   ..> three", column: 12)
    terminal.send("\u{19}")
    try terminal.wait(forLine: "   ..> three two |")
    terminal.send("\u{1F}")
    try terminal.wait(forLine: "   ..> three")
  }

  @Test func suspensionGivesTheTerminalBack() throws {
    // The probe runs under a shell, which is the parent that takes the terminal over.
    let terminal = try PseudoTerminal(
      "/bin/bash", ["--norc", "-i"],
      environment: ["HOME": home, "NO_COLOR": "1", "PS1": "sh> ", "PROBE": builtProgram("LineEditingProbe")])
    try terminal.wait(for: "sh>")
    terminal.send("$PROBE\r")
    try terminal.wait(forLine: "probe>")
    terminal.send("half")
    try terminal.wait(forLine: "probe> half")
    terminal.send("\u{1A}")
    try terminal.wait("the shell") { $0.cursorLine == "sh>" }
    terminal.send("stty -a | grep -o '.icanon'; echo; fg\r")
    try terminal.wait(forLine: "probe> half", column: 11)
    #expect(!terminal.screen.text.contains("-icanon"))
    terminal.send("!\r")
    try terminal.wait(for: "[half!]")
    terminal.send("\u{4}")
    try terminal.wait(for: "(end)")
  }

  @Test func aVanishedTerminalEndsTheProgram() throws {
    let terminal = try start()
    terminal.send("x")
    try terminal.wait(forLine: "probe> x")
    terminal.hangUp()
    #expect(try terminal.waitForExit() != 1)
  }

  @Test(arguments: ["C", "POSIX", "de_DE.ISO-8859-1", ""])
  func anyLocaleTakesUTF8(locale: String) throws {
    let terminal = try start(["LANG": locale, "LC_ALL": locale])
    terminal.send("né 金 ÿ")
    try terminal.wait(forLine: "probe> né 金 ÿ", column: 14)
    terminal.send("\r")
    try terminal.wait(for: "[né 金 ÿ]")
  }
}
