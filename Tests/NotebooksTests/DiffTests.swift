import TestSupport
import Testing

@testable import Notebooks

@Suite("Line diff")
struct DiffTests {
  @Test("A change in the middle, with its section")
  func golden() {
    let old = (1...12).map { "line \($0)\n" }.joined()
    let new = old.replacing("line 6\n", with: "line six\nand more\n")
    let diff = LineDiff(old: Array(old.utf8), new: Array(new.utf8))
    #expect(
      diff.unified(oldName: "a", newName: "b") { "cell \($0)" } == """
        --- a
        +++ b
        @@ -3,7 +3,8 @@ cell 6
         line 3
         line 4
         line 5
        -line 6
        +line six
        +and more
         line 7
         line 8
         line 9

        """)
  }

  @Test("Ends of files")
  func noNewline() {
    let diff = LineDiff(old: Array("a\nb".utf8), new: Array("a\nb\n".utf8))
    #expect(
      diff.unified(oldName: "a", newName: "b")
        == "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n")
    #expect(
      LineDiff(old: [], new: Array("x\n".utf8)).unified(oldName: "a", newName: "b").contains("@@ -0,0 +1 @@"))
    #expect(LineDiff(old: Array("x".utf8), new: Array("x".utf8)).isEmpty)
  }

  @Test("The diff turns the old text into the new one, in the fewest edits", arguments: 1...6)
  func applies(seed: UInt64) {
    var numbers = SeededNumbers(state: seed)
    for _ in 0..<200 {
      func text() -> [UInt8] {
        let lines = (0..<Int.random(in: 0...30, using: &numbers)).map { _ in
          ["a", "b", "c", "d"].randomElement(using: &numbers) ?? "a"
        }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
      }
      let (old, new) = (text(), text())
      let unified = LineDiff(old: old, new: new).unified(oldName: "o", newName: "n")
      #expect(Self.patched(old, unified) == new)
      let edits = unified.split(separator: "\n").dropFirst(2).filter {
        $0.hasPrefix("+") || $0.hasPrefix("-")
      }.count
      #expect(edits == Self.distance(old, new))
    }
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func patched(_ old: [UInt8], _ unified: String) -> [UInt8] {
    let before = lines(old)
    var out: [String] = []
    var at = 0
    for line in unified.split(separator: "\n").dropFirst(2) {
      if line.hasPrefix("@@") {
        let numbers = line.split(separator: " ")[1].dropFirst().split(separator: ",")
        let count = numbers.count > 1 ? Int(numbers[1]) ?? 0 : 1
        let start = (Int(numbers[0]) ?? 0) - (count == 0 ? 0 : 1)
        out += before[at..<start]
        at = start
      } else if line.hasPrefix("-") {
        at += 1
      } else if line.hasPrefix("+") {
        out.append(String(line.dropFirst()))
      } else {
        out.append(String(line.dropFirst()))
        at += 1
      }
    }
    out += before[at...]
    return Array(out.map { $0 + "\n" }.joined().utf8)
  }

  /// Insertions and deletions, by dynamic programming.
  private static func distance(_ old: [UInt8], _ new: [UInt8]) -> Int {
    let (a, b) = (lines(old), lines(new))
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices { next.append(a[i] == b[j] ? row[j] : min(row[j + 1], next[j]) + 1) }
      row = next
    }
    return row[b.count]
  }
}
