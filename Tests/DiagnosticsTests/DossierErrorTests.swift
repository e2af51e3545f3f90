import Diagnostics
import Testing

@Suite struct DossierErrorTests {
  @Test func theCaretStandsUnderTheSpan() {
    let text = "Relations\n| where é == Subjct"
    let start = text.utf8.count - "Subjct".utf8.count
    let error = DossierError(
      "BND101", "there is no column 'Subjct'", at: SourceSpan(start, text.utf8.count),
      hint: "did you mean Subject?")
    let expected = """
      error[BND101]: there is no column 'Subjct'
        2 | | where é == Subjct
          |              ^^^^^^
      hint: did you mean Subject?
      """
    #expect(error.rendered(in: SourceText(text)) == expected)
  }

  @Test func placesCountLinesAndScalars() {
    let source = SourceText("aé\r\nb\n")
    #expect(source.position(at: 0) == (1, 1))
    #expect(source.position(at: 3) == (1, 3))
    #expect(source.position(at: 5) == (2, 1))
    #expect(source.position(at: 99) == (3, 1))
    #expect(source.line(1) == "aé")
    #expect(source.line(9) == "")
    #expect(source[SourceSpan(1, 3)] == "é")
    #expect(source[SourceSpan(-4, 900)] == "aé\r\nb\n")
  }

  @Test func aSpanOverSeveralLinesIsCutAtTheFirst() {
    let error = DossierError("SYN001", "unfinished", at: SourceSpan(2, 9))
    #expect(
      error.rendered(in: SourceText("ab cd\nef gh", name: "q.kql")).hasSuffix(
        "  q.kql:1 | ab cd\n          |   ^^^"))
  }

  /// Of a long line, what stands around the place is shown.
  @Test func aLongLineIsCutAroundTheSpan() {
    let line = String(repeating: "é + ", count: 1000) + "bad" + String(repeating: " + ü", count: 1000)
    let start = 5000
    let shown = DossierError("BND102", "no", at: SourceSpan(start, start + 3)).rendered(in: SourceText(line))
    let lines = shown.split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(lines[1].unicodeScalars.count == 6 + 162)
    #expect(lines[1].hasPrefix("  1 | …") && lines[1].hasSuffix("…"))
    #expect(lines[2] == "    | " + String(repeating: " ", count: 54) + "^^^")
    let caret = lines[2].unicodeScalars.count - 3
    #expect(String(lines[1].unicodeScalars.dropFirst(caret).prefix(3)) == "bad")
    // A span that is long itself, at the line's start.
    let long = DossierError("BND102", "no", at: SourceSpan(0, 4000)).rendered(in: SourceText(line))
    #expect(long.hasSuffix("    | " + String(repeating: "^", count: 160)))
  }

  @Test func theNearestNameIsOneThatCouldBeMeant() {
    let names = ["summarize", "sort", "where"]
    #expect(nearestName(to: "sumarize", among: names) == "summarize")
    #expect(nearestName(to: "hwere", among: names) == "where")
    #expect(nearestName(to: "banana", among: names) == nil)
    #expect(nearestName(to: "x", among: [String]()) == nil)
  }
}
