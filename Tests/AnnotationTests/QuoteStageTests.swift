import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

@Suite struct QuotationMarksTests {
  private func words(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return QuotationMarks.spans(in: scalars).map { span in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[span.inner])
      return String(view)
    }
  }

  @Test(arguments: [
    ("", []), ("No marks at all.", []), ("\"", []), ("“", []), ("He said \"yes\".", ["yes"]),
    ("“A” and “B”", ["A", "B"]), ("„A“ and „B”", ["A", "B"]), ("«A» and »B«", ["A", "B"]),
    ("« A » and ‹B›", ["A", "B"]), ("``A'' and ''B''", ["A", "B"]), ("”A” in Swedish", ["A"]),
    ("‘A b,’ he said.", ["A b,"]), ("'A b,' he said.", ["A b,"]),
    ("The dogs' owners aren't here, and it's James' 'n' ours.", []),
    ("In '98 and the '90s they'd sing 'em.", []),
    ("She said 'the dogs' bark is loud' twice.", ["the dogs' bark is loud"]),
    ("It is 5\" wide and 3' long.", []), ("a 5\" pipe, \"said\" he", ["said"]),
    ("“He said ‘no’ to me,” she said.", ["He said ‘no’ to me,"]),
    ("'He said \"no\" to me,' she said.", ["He said \"no\" to me,"]),
    ("“One.\n\n“Two,” she said.", ["One.\n\n“Two,"]), ("\"One.\n\"Two,\" she said.", ["One.\n\"Two,"]),
    ("“One.\n\nTwo.", ["One."]), ("\"One is\n\nTwo \"three\".", ["One is", "three"]),
    ("It goes on,\" she said.", ["It goes on,"]), ("👍 “🙂 ok” é", ["🙂 ok"]),
  ])
  func pairs(text: String, expected: [String]) { #expect(words(text) == expected) }

  @Test(arguments: ["'", "‘", "\"", "“", "«"]) func manyMarksTakeNoLongTime(mark: String) {
    let text = String(repeating: "\(mark)a ", count: 5000)
    let spans = QuotationMarks.spans(in: Array(text.unicodeScalars))
    #expect(spans.allSatisfy { $0.outer.lowerBound <= $0.inner.lowerBound })
  }
}

/// Every sentence is our own.
@Suite struct QuoteStageTests {
  private func rows(_ text: String) throws -> [QuoteRow] {
    let parse = try RecordedParse.of(text, in: "quotes")
    let input = AnnotationInput(document: Document(docID: "d", text: text), parse: parse)
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    try EntityStage(resources: AnnotationResources()).annotate(input, into: &facts)
    try QuoteStage(resources: AnnotationResources()).annotate(input, into: &facts)
    return facts.quotes
  }

  /// "speaker|verb|text" of each row, "~" before the text of indirect speech.
  private func lines(_ text: String) throws -> [String] {
    try rows(text).map { "\($0.speaker)|\($0.verb)|\($0.direct ? "" : "~")\($0.text)" }
  }

  @Test(arguments: [
    ("“The bridge is safe,” said Mayor Anna Berg.", ["Anna Berg|say|The bridge is safe"]),
    ("\"The bridge is safe,\" Anna Berg told reporters on Monday.", ["Anna Berg|tell|The bridge is safe"]),
    (
      "'Read the verbs,' said Marta Holm. 'Nobody says \"no\" any longer.'",
      ["Marta Holm|say|Read the verbs", "Marta Holm|say|Nobody says \"no\" any longer."]
    ),
    ("„The bridge is safe“, said Anna Berg.", ["Anna Berg|say|The bridge is safe"]),
    ("«The bridge is safe», Anna Berg said.", ["Anna Berg|say|The bridge is safe"]),
    ("Anna Berg answered: “That is why we came here.”", ["Anna Berg|answer|That is why we came here."]),
    (
      "“The bridge is safe,” said Anna Berg, who leads the council. “It will stay open. The dogs' owners need not worry.”",
      [
        "Anna Berg|say|The bridge is safe",
        "Anna Berg|say|It will stay open. The dogs' owners need not worry.",
      ]
    ),
    (
      "“Nobody builds a bridge for sheep,” said Anna Berg of the council, “but sheep may use it.”",
      ["Anna Berg|say|Nobody builds a bridge for sheep", "Anna Berg|say|but sheep may use it."]
    ),
    (
      "“We saw nothing. We heard nothing,” Paul Reed said.",
      ["Paul Reed|say|We saw nothing. We heard nothing"]
    ),
    ("“Is the bridge safe?” asked Paul Reed.", ["Paul Reed|ask|Is the bridge safe?"]),
    (
      "“The bridge is old.\n\n“It is also safe,” said Anna Berg.",
      ["Anna Berg|say|The bridge is old.\n\n“It is also safe"]
    ),
    ("“The bridge is safe,” Anna Berg recounted.", ["Anna Berg|recount|The bridge is safe"]),
  ])
  func directSpeech(text: String, expected: [String]) throws { #expect(try lines(text) == expected) }

  @Test(arguments: [
    (
      "The minister, Paul Reed, praised the “close and lasting” friendship of the two towns.",
      ["Paul Reed|praise|close and lasting"]
    ),
    ("Anna Berg called the plan “a gift to the sheep”.", ["Anna Berg|call|a gift to the sheep"]),
    ("The so-called “sheep bridge” was closed on Monday.", ["||sheep bridge"]),
    ("She has read “The Road to the North” twice.", []),
    ("The bridge has stood since '98, and it's the Joneses' pride.", []),
  ])
  func fragmentsAndTitles(text: String, expected: [String]) throws { #expect(try lines(text) == expected) }

  @Test(arguments: [
    (
      "Anna Berg said that the bridge was safe and that it would stay open.",
      ["Anna Berg|say|~the bridge was safe and that it would stay open"]
    ),
    ("The bridge is safe, Anna Berg said on Monday.", ["Anna Berg|say|~The bridge is safe"]),
    ("According to Paul Reed, the bridge is safe.", ["Paul Reed|according to|~the bridge is safe"]),
    (
      "The bridge will be closed in May, according to the council.",
      ["the council|according to|~The bridge will be closed in May"]
    ),
    ("Anna Berg did not say that the bridge was safe.", []),
    ("Anna Berg may say that the bridge is safe.", []),
    (
      "The report quoted Paul Reed as saying that the bridge was safe.",
      ["Paul Reed|say|~the bridge was safe"]
    ),
    (
      "There is a plan, the mayor, Anna Berg, said in Oslo on Monday.", ["Anna Berg|say|~There is a plan"]
    ),
    (
      "Bridge reopens after repairs\n\nThe bridge is open again, Anna Berg said on Monday.",
      ["Anna Berg|say|~The bridge is open again"]
    ),
  ])
  func indirectSpeech(text: String, expected: [String]) throws { #expect(try lines(text) == expected) }

  @Test func mixedSpeechGivesTheClauseAndTheWords() throws {
    let text = "The council said that the bridge was “never in danger” and would stay open."
    #expect(
      try lines(text) == [
        "The council|say|~the bridge was “never in danger” and would stay open",
        "The council|say|never in danger",
      ])
  }

  @Test func aPronounSpeaksForItsEntity() throws {
    let resolved = try rows("Paul Reed came back on Friday. “The water is low,” he said.")
    #expect(resolved.map(\.speaker) == ["Paul Reed"])
    #expect(resolved.map(\.speakerID) == ["person/paul-reed"])
    let open = try rows("“The water is low,” he said.")
    #expect(open.map(\.speaker) == ["he"])
    #expect(open.map(\.speakerID) == [""])
  }

  @Test func aReportLendsItsSpeakerToTheQuotationAfterIt() throws {
    let text = "Paul Reed denied that the bridge was closed. “It was open all day.”"
    #expect(
      try lines(text) == [
        "Paul Reed|deny|~the bridge was closed", "Paul Reed|deny|It was open all day.",
      ])
  }

  @Test func rowsCiteTheirWordsAndCountUp() throws {
    for parse in try RecordedParse.all("quotes") {
      let rows = try rows(parse.text)
      #expect(rows.map(\.quoteID) == Array(rows.indices))
      for row in rows {
        #expect(parse.text(row.start, row.end) == row.text)
        #expect(row.sentenceID <= row.lastSentenceID)
      }
    }
  }
}
