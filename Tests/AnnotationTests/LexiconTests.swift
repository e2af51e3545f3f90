import Testing

@testable import Annotation

@Suite struct LexiconTests {
  @Test(arguments: Lexicon.names) func everyListHasEntriesWithoutRepeats(name: String) {
    // Countries have parts on lines of their own, a word may be noun and verb, and a verb may be of two kinds
    // by its object: there more must differ.
    let keys = Lexicon.entries(name).map {
      switch name {
      case "countries": $0[1]
      case "claim_words", "events": $0[0] + " " + $0[1]
      default: $0[0]
      }
    }
    #expect(keys.count > 20)
    #expect(Set(keys).count == keys.count)
  }

  @Test func fieldsStandBetweenBars() {
    let korea = Lexicon.entries("countries").first { $0[0] == "KP" }
    #expect(korea?.count == 4)
    #expect(korea?.last == "Pyongyang")
  }
}
