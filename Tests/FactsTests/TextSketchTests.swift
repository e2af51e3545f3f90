import Facts
import Linguistics
import Testing

@Suite struct TextSketchTests {
  private static let words = """
    the minister met the ambassador in Paris on Tuesday and said that Norway would support the plan which the council had \
    put forward in spring while the leader of the opposition called it a waste of money and asked for a vote before the end \
    of the year in which both chambers would have to agree on the sum
    """.split(separator: " ").map(String.init)

  private static func sketch(_ words: [String]) -> TextSketch? {
    TextSketch(of: words.joined(separator: " "))
  }

  private static func originals(_ texts: [[String]]) -> [Int?] {
    TextSketch.originals(texts.flatMap { sketch($0)?.words ?? [] })
  }

  @Test func caseAndPunctuationAndSpacesDoNotCount() {
    let plain = Self.sketch(Self.words)
    #expect(plain != nil)
    #expect(TextSketch(of: Self.words.map { $0.uppercased() + "," }.joined(separator: "\n")) == plain)
  }

  @Test func sketchesAreWrittenAndRead() throws {
    let sketch = try #require(Self.sketch(Self.words))
    #expect(sketch.hexadecimal.utf8.count == 16 * TextSketch.width)
    #expect(TextSketch(hexadecimal: sketch.hexadecimal) == sketch)
    #expect(TextSketch(hexadecimal: "") == nil)
    #expect(TextSketch(hexadecimal: String(repeating: "x", count: 16 * TextSketch.width)) == nil)
  }

  @Test func shortTextsHaveNone() {
    #expect(TextSketch(of: "") == nil && TextSketch(of: "Thanks, I will be there on Monday") == nil)
    #expect(TextSketch(of: "Thanks, I will be there again on Monday") != nil)
    #expect(TextSketch(of: "部长星期二在巴黎会见了大使") != nil)
  }

  @Test func whatIsLeftOutDoesNotCount() {
    let text = Self.words.joined(separator: " ")
    let reply = "Fine. " + text
    #expect(TextSketch(of: reply, omitting: [0..<5]) == TextSketch(of: text))
    #expect(TextSketch(of: reply, omitting: [5..<reply.unicodeScalars.count]) == nil)
  }

  @Test func copiesAreFoundAndOthersAreNot() {
    var edited = Self.words
    edited[10] = "claimed"
    let half = Array(Self.words.prefix(Self.words.count / 2))
    let other = half.reversed() + Self.words.suffix(5)
    // The third differs by a word, the fourth is half, the fifth has the same words in another order.
    #expect(
      Self.originals([Self.words, Self.words, edited, half, Array(other)]) == [nil, 0, 0, nil, nil])
  }

  /// A copy of a copy is not an original, so that no chain leads from text to text.
  @Test func everyOriginalIsNoCopy() {
    let texts = (0..<40).map { step in Self.words.indices.map { $0 < step ? "w\($0)" : Self.words[$0] } }
    let originals = Self.originals(texts)
    #expect(originals[0] == nil && originals[3] == 0 && originals[39] != 0)
    for original in originals.compactMap(\.self) { #expect(originals[original] == nil) }
  }

  @Test(arguments: [
    (
      "The minister met the ambassador in Paris on Tuesday, and said that Norway would support the plan.",
      "en"
    ),
    (
      "Der Minister traf am Dienstag den Botschafter in Paris und sagte, dass Norwegen den Plan unterstützt.",
      "de"
    ),
    (
      "Le ministre a rencontré l'ambassadeur à Paris mardi et a déclaré que la Norvège soutiendrait le projet.",
      "fr"
    ),
    ("Министр встретился с послом в Париже во вторник. Он сказал, что Норвегия поддержит план.", "ru"),
    ("שר החוץ נפגש עם השגריר בפריז ביום שלישי. הוא אמר שנורווגיה תתמוך בתוכנית.", "he"),
    ("部长星期二在巴黎会见了大使。他说挪威将支持该计划。", "zh"),
    ("Erik Haugen praised Ingrid Solberg. Erik Haugen met her in Oslo.", nil), ("mardi gras", nil),
    ("4.1 17.9 22 (a) —", nil), ("", nil),
  ])
  func languagesAreTold(text: String, language: String?) {
    #expect(TextLanguage.identify(text) == language)
  }

  @Test func aLongQuotationDoesNotMakeATextForeign() {
    let english =
      "The minister met the ambassador in Paris on Tuesday, and said that Norway would support the plan. "
    let german =
      "Der Minister traf am Dienstag den Botschafter in Paris und sagte, dass er den Plan unterstützt. "
    #expect(TextLanguage.identify(english + german) == "en")
  }

  @Test func tagsOfOneLanguageAgree() {
    for tag in ["en", "en-GB", "EN_us", "eng", "", "und", "x-default", "English", "mul"] {
      #expect(!TextLanguage.differs(tag, from: "en"), "\(tag)")
    }
    for tag in ["de", "zh-Hant", "deu", "fr_FR"] { #expect(TextLanguage.differs(tag, from: "en"), "\(tag)") }
  }
}
