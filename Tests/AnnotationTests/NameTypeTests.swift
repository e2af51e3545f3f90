import Linguistics
import TestSupport
import Testing

@testable import Annotation

/// Types of names where the model is wrong: its spans are put into recorded parses by hand. Every sentence is our own.
@Suite struct NameTypeTests {
  /// The types that names get which the model takes for `label`.
  private func types(_ text: String, _ names: [String], label: String) throws -> [String] {
    let parse = try RecordedParse.of(text, in: "entities")
    let spans = try names.map { name in
      let token = try #require(parse.tokens.firstIndex { $0.text == name })
      return EntitySpan(tokens: token..<(token + 1), label: label)
    }
    let wrong = Parse(text: text, tokens: parse.tokens, sentences: parse.sentences, entities: spans)
    let found = MentionFinder(parse: wrong).find(given: nil)
    return names.map { name in found.first { $0.text == name }?.type ?? "none" }
  }

  @Test func townsStandBehindInAndNear() throws {
    let text = "She lived in Doncaster for years, near Zibo."
    #expect(try types(text, ["Doncaster", "Zibo"], label: "PERSON") == ["GPE", "GPE"])
  }

  @Test func whomOneBelievesInIsNoTown() throws {
    let text = "He believed in Reyes and invested in Baltika."
    #expect(try types(text, ["Reyes", "Baltika"], label: "PERSON") == ["PERSON", "PERSON"])
  }

  @Test func aBodyIsCalledByItsKind() throws {
    let text =
      "The Latvian airline Baltika hired Clare Moss, whom Baltika's rival had dismissed. The airline's chief executive Omar Reyes thanked Moss."
    #expect(try types(text, ["Baltika"], label: "PERSON") == ["ORG"])
  }
}
