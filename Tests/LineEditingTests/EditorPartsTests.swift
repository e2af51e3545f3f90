import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import LineEditing

@Suite struct BlockMotionTests {
  private func motion(_ text: String) -> BlockMotion { BlockMotion(text: Array(text.unicodeScalars)) }

  @Test func stopsOnlyBetweenClusters() {
    let motion = motion("ae\u{301}👩‍👩‍👧b")
    #expect(motion.right(0) == 1)
    #expect(motion.right(1) == 3)
    #expect(motion.right(3) == 8)
    #expect(motion.left(8) == 3)
    #expect(motion.left(3) == 1)
    #expect(motion.left(0) == 0)
    #expect(motion.right(9) == 9)
  }

  @Test func crossesLineFeeds() {
    let motion = motion("ab\n\nc")
    #expect(motion.right(2) == 3)
    #expect(motion.left(3) == 2)
    #expect(motion.rowStart(4) == 4)
    #expect(motion.rowEnd(0) == 2)
  }

  @Test func keepsItsColumnInClusters() {
    let motion = motion("e\u{301}xyz\nab\ncdef")
    #expect(motion.up(9) == 6)
    #expect(motion.down(4) == 8)
    #expect(motion.down(8, column: 3) == 12)
    #expect(motion.up(0) == nil)
    #expect(motion.down(10) == nil)
    #expect(self.motion("").up(0) == nil)
  }
}

@Suite struct HistoryFileTests {
  @Test(arguments: [
    "one", "two\nlines\tand tab", "\"quotes\" \\ and \u{1} controls", "né 金正恩 👩‍👩‍👧", "{\"block\":\"x\"}",
  ])
  func aBlockComesBack(block: String) {
    let (blocks, lines) = HistoryFile.decode(Array((HistoryFile.encode(block) + "\n").utf8))
    #expect(lines == 1)
    #expect(blocks == [block])
  }

  @Test func othersLinesAreReadAndBrokenOnesPassedOver() {
    let text = """
      {"at":5, "block": "one \\u00e9 \\ud83d\\ude00"}
      not json
      {"block":"half
      {"block":"bad \\ud83d"}
      {"block":"one \\u00e9 \\ud83d\\ude00"}
      {"block":"   "}
      {"block":"two"}
      """
    let (blocks, lines) = HistoryFile.decode(Array(text.utf8))
    #expect(blocks == ["one é 😀", "two"])
    #expect(lines == 7)
  }

  @Test func writesAppendAndAnUnwritablePathSaysSo() throws {
    let folder = NSTemporaryDirectory() + "dossier-history-\(UUID().uuidString)"
    let file = HistoryFile(path: folder + "/a/b/history")
    #expect(file.load() == [])
    try file.append("x")
    try HistoryFile(path: file.path).append("y\nz")
    #expect(file.load() == ["x", "y\nz"])
    let impossible = HistoryFile(path: file.path + "/below/a/file")
    #expect(throws: DossierError.self) { try impossible.append("x") }
  }

  @Test func aLongFileIsShortened() throws {
    let path = NSTemporaryDirectory() + "dossier-history-\(UUID().uuidString)"
    let lines = (0..<20_100).map { HistoryFile.encode("block \($0)") }
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let file = HistoryFile(path: path)
    #expect(file.load().count == 10_000)
    let kept = HistoryFile.decode(Array(try Data(contentsOf: URL(filePath: path))))
    #expect(kept.lines == 10_000)
    #expect(kept.blocks.last == "block 20099")
  }

  @Test func theStandardPlaceFollowsTheEnvironment() {
    #expect(HistoryFile.standard { ["HOME": "/h"][$0] }?.path == "/h/.local/state/dossier/history")
    #expect(
      HistoryFile.standard { ["HOME": "/h", "XDG_STATE_HOME": "/s"][$0] }?.path == "/s/dossier/history")
    #expect(HistoryFile.standard { _ in nil }?.path == nil)
  }
}

@Suite struct CompletionMenuTests {
  private func menu(_ pairs: [(String, String)]) -> CompletionMenu {
    CompletionMenu(candidates: pairs.map { Completion.Candidate($0.0, meaning: $0.1) })
  }

  @Test func meaningsAreCutToTheWidth() {
    let rows = menu([("take", "Returns up to the given number of rows."), ("金正", "wide")])
      .rows(columns: 30, rows: 10, colours: false)
    #expect(rows.map(\.text) == ["take  Returns up to the give…", "金正  wide"])
    #expect(rows.allSatisfy { $0.width == DisplayWidth.of($0.text) && $0.width < 30 })
  }

  @Test func manyCandidatesLoseTheirMeaningsThenTheirEnd() {
    let many = menu((0..<60).map { ("name\($0)", "meaning") })
    let some = many.rows(columns: 60, rows: 10, colours: false)
    #expect(some.count == 10)
    #expect(some[0].text.hasPrefix("name0    name10"))
    let few = many.rows(columns: 60, rows: 4, colours: false)
    #expect(few.count == 4)
    #expect(few.last?.text == "… and 42 more")
    #expect(few.allSatisfy { $0.width < 60 })
  }

  @Test func commonPrefixesEndBetweenClusters() {
    #expect(CompletionMenu.commonPrefix(menu([("cafe\u{301}s", ""), ("cafes", "")]).candidates) == "caf")
    #expect(CompletionMenu.commonPrefix([]) == "")
  }
}

@Suite struct BlockLayoutTests {
  private func frame(_ text: String, cursor: Int, columns: Int = 12, rows: Int = 10) -> Frame {
    BlockLayout(prompt: "> ", continuation: "  ", columns: columns, rows: rows, colours: false)
      .frame(text: Array(text.unicodeScalars), cursor: cursor, styles: [])
  }

  @Test func breaksAtTheEdgeAndNeverInAWideCharacter() {
    let full = frame("0123456789", cursor: 10)
    #expect(full.rows.map(\.text) == ["> 0123456789", ""])
    #expect((full.cursorRow, full.cursorColumn) == (1, 0))
    let wide = frame("012345678金x", cursor: 9)
    #expect(wide.rows.map(\.text) == ["> 012345678", "金x"])
    #expect((wide.cursorRow, wide.cursorColumn) == (1, 0))
  }

  @Test func controlsAndTabsTakeTheirColumns() {
    let shown = frame("a\tb\u{1}", cursor: 2)
    #expect(shown.rows.map(\.text) == ["> a   b^A"])
    #expect(shown.cursorColumn == 6)
  }

  @Test func aTallBlockIsShownAroundTheCursor() {
    let text = (0..<100).map(String.init).joined(separator: "\n")
    let shown = frame(text, cursor: text.utf8.count, rows: 5)
    #expect(shown.rows.map(\.text) == ["… 96 lines…", "  96", "  97", "  98", "  99"])
    #expect(shown.rows[shown.cursorRow].text == "  99")
    let top = frame(text, cursor: 0, rows: 5)
    #expect(top.rows.map(\.text) == ["> 0", "  1", "  2", "  3", "… 96 lines…"])
    let middle = frame(text, cursor: 100, rows: 5)
    #expect(middle.rows.count == 5)
    #expect(middle.rows[middle.cursorRow].text == "  36")
  }

  @Test func stylesEndWithTheirRow() {
    let layout = BlockLayout(prompt: "> ", continuation: "  ", columns: 20, rows: 5, colours: true)
    let frame = layout.frame(
      text: Array("é where x".unicodeScalars), cursor: 0, styles: [StyledRange(3..<8, .keyword)])
    #expect(frame.rows[0].text == "\u{1B}[1;36m> \u{1B}[0mé \u{1B}[1;34mwhere\u{1B}[0m x")
    #expect(frame.rows[0].width == 11)
  }
}

@Suite struct KeyInputTests {
  @Test func pastesLoseControlsAndKeepLineEnds() {
    // The terminal mode swaps CR and LF: what is sent as CR arrives as LF.
    #expect(
      String.UnicodeScalarView(KeyInput.cleaned(Array("a\nb\n\rc\rd\u{1}\u{9B}\te".utf8))).elementsEqual(
        "a\nb\nc\nd\te".unicodeScalars))
  }
}

@Suite struct TerminalScreenTests {
  private func screen(_ bytes: String, rows: Int = 3, columns: Int = 6) -> TerminalScreen {
    var screen = TerminalScreen(rows: rows, columns: columns)
    screen.feed(bytes.utf8)
    return screen
  }

  @Test func wrapsLateAndScrolls() {
    #expect(screen("abcdef").cursor == (0, 5))
    #expect(screen("abcdef\r\ng").lines == ["abcdef", "g", ""])
    #expect(screen("abcdefg").lines == ["abcdef", "g", ""])
    let scrolled = screen("1\r\n2\r\n3\r\n4")
    #expect(scrolled.lines == ["2", "3", "4"])
    #expect(scrolled.scrollback == ["1"])
  }

  @Test func erasesAndMoves() {
    #expect(screen("abc\u{1B}[2D\u{1B}[K").lines[0] == "a")
    #expect(screen("ab\r\ncd\u{1B}[A\u{1B}[J").lines == ["ab", "", ""])
    #expect(screen("ab\u{1B}7\r\nx\u{1B}8c").lines == ["abc", "x", ""])
    #expect(screen("金e\u{301}!").cursor == (0, 4))
    #expect(screen("👩‍👩‍👧!").cursor == (0, 3))
  }
}
