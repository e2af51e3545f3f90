import Columnar
import Foundation
import TestSupport
import Testing

/// A real article, loaded and asked as its reader would. The same rules are tested on our own documents by
/// the sample notebooks and by the stages' tests.
@Suite(.enabled(if: SharedData.isExpected, "needs the article of the developers' shared data"))
struct ArticleTests {
  private let folder: TemporaryFolder
  private let store: String

  init() throws {
    folder = try TemporaryFolder()
    store = folder.url.appending(path: "north.dossier").path
    let outcome = try Program.run(["load", store, try Self.article(), "--published", "2024-10-08"])
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  private static func article() throws -> String {
    try #require(SharedData.file("data/seed/article.txt"), "no shared folder beside the checkout").path
  }

  /// The rows of a query as CSV lines, without the header.
  private func rows(_ query: String, in path: String? = nil) throws -> [String] {
    let outcome = try Program.run(["query", path ?? store, query, "--format", "csv"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
  }

  @Test func theSummaryCountsWhatWasRead() throws {
    let outcome = try Program.run([
      "load", folder.url.appending(path: "again.dossier").path, try Self.article(),
    ])
    #expect((outcome.output + outcome.errors).contains("1 document · 15 sentences · 373 words"))
  }

  @Test func oneEntityForEachLeader() throws {
    let people = try rows(
      """
      Mentions | where Type == "PERSON" and Kind == "name" and Text has_any ("Kim", "Putin")
      | summarize Names = strcat_array(array_sort_asc(make_set(Text)), "; ") by Entity | sort by Entity asc
      """)
    #expect(
      people == [
        "Kim Il-sung,Kim Il-sung", "Kim Jong Un,Kim; Kim Jong Un", "Vladimir Putin,Putin; Vladimir Putin",
      ])
  }

  @Test func datesResolveToTheIntervalThatAReaderWouldGive() throws {
    let dates = try rows("Dates | project Text, Value, From, To | distinct *")
    #expect(
      dates == [
        "Tuesday,2024-10-08,2024-10-08T00:00:00.0000000Z,2024-10-09T00:00:00.0000000Z",
        "June,2024-06,2024-06-01T00:00:00.0000000Z,2024-07-01T00:00:00.0000000Z",
        "Earlier this year,2024,2024-01-01T00:00:00.0000000Z,2024-10-08T00:00:00.0000000Z",
        "September 2023,2023-09,2023-09-01T00:00:00.0000000Z,2023-10-01T00:00:00.0000000Z",
      ])
  }

  @Test func withoutAPublicationDateNothingIsGuessed() throws {
    let undated = folder.url.appending(path: "undated.dossier").path
    #expect(try Program.run(["load", undated, try Self.article()]).code == 0)
    #expect(try rows("Dates | where isnotnull(From) | project Text", in: undated) == ["September 2023"])
    #expect(try rows("Documents | project UnresolvedDates", in: undated) == ["4"])
    #expect(
      try rows("Relations | where isnotnull(From) | distinct startofmonth(From)", in: undated).allSatisfy {
        $0.hasPrefix("2023-09")
      })
  }

  @Test func quotationsHaveTheSpeakerThatAReaderWouldName() throws {
    #expect(
      try rows("Quotes | where Direct | project Speaker, SpeakerId, Verb, Text") == [
        "Kim Jong Un,person/kim-jong-un,refer,closest comrade",
        "Kim Jong Un,person/kim-jong-un,praise,invincible and eternal",
        "Kim Jong Un,person/kim-jong-un,emphasize,positively contribute to further consolidating the eternal foundation of the DPRK-Russia friendship",
        ",,,aggression",
      ])
    #expect(
      try rows("Quotes | where not(Direct) | project Speaker, Verb") == [
        "Kim Jong Un,announce", "Yonhap News Agency,report", "Kim Jong Un,emphasize",
        "Jeffrey Lewis,note", "a South Korean lawmaker,report", "Kang Dae-sik,state",
      ])
    let wrong = try rows(
      """
      let Texts = Documents | project DocId, Whole = Text;
      Quotes | join kind=inner Texts on DocId
      | where substring(Whole, Start, End - Start) != Text | count
      """)
    #expect(wrong == ["0"])
  }

  @Test func bothLeadersSignedTheAgreement() throws {
    let signed = try rows(
      """
      Relations | where Predicate == "sign" and Object has "agreement"
      | project Subject, Certainty, Negated, Speaker, From, To
      """)
    let span = "asserted,false,,2024-01-01T00:00:00.0000000Z,2024-10-08T00:00:00.0000000Z"
    #expect(signed == ["Kim Jong Un,\(span)", "Vladimir Putin,\(span)"])
  }

  @Test func whatSomeoneIsAccusedOfIsNoFact() throws {
    let supplied = try rows(
      """
      Relations | where Predicate == "supply" or Object has "supplying"
      | project Subject, Predicate, Certainty
      """)
    #expect(supplied == ["Kim Jong Un,be accused of,reported", "Kim Jong Un,supply,reported"])
    #expect(
      try rows("Relations | where Predicate == \"deploy\" | project Subject, Certainty") == [
        "Russia,probable"
      ])
    #expect(
      try rows("Relations | where Predicate startswith \"pledge\" | project Predicate, Object, Certainty")
        == ["pledge to assist,North Korea,planned"])
  }

  @Test func whoSaysItIsNamed() throws {
    let said = try rows(
      """
      Relations | where isnotempty(Speaker)
      | project Predicate, Certainty, Speakers = strcat_array(Speakers, " > ") | distinct *
      """)
    for line in [
      "accelerate,planned,Kim Jong Un",
      "praise,reported,Korean Central News Agency > Yonhap News Agency",
      "contribute to,planned,Kim Jong Un",
      "attempt to mitigate,planned,Jeffrey Lewis",
      "detect,reported,a South Korean lawmaker",
      "begin,possible,a South Korean lawmaker",
      "be in,reported,South Korea’s intelligence agency > Kang Dae-sik",
      "be needed,reported,South Korea’s intelligence agency > Kang Dae-sik",
    ] {
      #expect(said.contains(line), "\(line)")
    }
  }

  /// By hand: for each sentence of the article, whose word its claims are. Sentences 0, 2, 6, 7, 8 and 12 are the
  /// writer's own; 9 and 10 name nobody who accuses or sees evidence.
  @Test func eachSentenceWithAReportingVerbHasItsSpeakers() throws {
    let said = try rows(
      """
      Relations | where isnotempty(Speaker)
      | summarize by SentenceId, Speakers = strcat_array(Speakers, " > ") | sort by SentenceId asc
      """)
    #expect(
      said == [
        "1,Kim Jong Un",  // expressed confidence that
        "3,Kim Jong Un",  // announced that
        "4,Korean Central News Agency > Yonhap News Agency",  // quoting, reported that
        "5,Kim Jong Un",  // he emphasized that
        "11,Jeffrey Lewis",  // noted that
        "13,a South Korean lawmaker",  // reported that
        "14,South Korea’s intelligence agency > Kang Dae-sik",  // citing, stated that
      ])
    // And the saying itself is the writer's word.
    let saying = try rows(
      """
      Relations | where Event == "say" | project SentenceId, Subject, Predicate, Speaker, Certainty
      """)
    #expect(
      saying == [
        "3,Kim Jong Un,announce,,asserted", "4,Yonhap News Agency,report,,asserted",
        "5,Kim Jong Un,emphasize,,asserted", "11,Jeffrey Lewis,note,,asserted",
        "13,a South Korean lawmaker,report,,asserted", "14,Kang Dae-sik,state,,asserted",
      ])
  }

  /// "Quoting KCNA, Yonhap News reported": the words are Yonhap's, in Quotes as in Relations.
  @Test func whoReportsIsWhoSpeaksInQuotes() throws {
    let said = try rows("Quotes | where SentenceId == 4 and not(Direct) | project Speaker, Verb")
    #expect(said == ["Yonhap News Agency,report"])
  }

  /// "North Korea has preferred …, as it does not fully trust Beijing".
  @Test func aPronounLooksToTheClauseBesideItsOwn() throws {
    let meant = try rows("Mentions | where SentenceId == 7 and Text == 'it' | project Entity")
    #expect(meant == ["North Korea"])
  }

  @Test func theAgreementIsSignedByBothLeaders() throws {
    let signing = try rows(
      """
      Relations | where Predicate == "sign" and Object has "agreement"
      | project Subject, Certainty, Negated, From, To | sort by Subject asc
      """)
    let rest = "asserted,false,2024-01-01T00:00:00.0000000Z,2024-10-08T00:00:00.0000000Z"
    #expect(signing == ["Kim Jong Un,\(rest)", "Vladimir Putin,\(rest)"])
  }

  @Test func anAccusationIsNoFact() throws {
    let supply = try rows(
      """
      Relations | where Predicate has "supply" or PredicateText has "supplying"
      | where Certainty == "asserted" and not(Predicate has "accuse") | count
      """)
    #expect(supply == ["0"])
    #expect(
      try rows(
        """
        Relations | where Evidence has "accused" and (Predicate has "supply" or Predicate has "accuse")
        | summarize n = count() | project n > 0
        """) == ["true"])
    #expect(
      try rows("Relations | where Predicate has 'deploy' and Certainty == 'asserted' | count") == ["0"])
  }

  @Test func tonesAreThoseThatAReaderWouldFeel() throws {
    let toward = try rows(
      """
      Sentiments | where Scope == "entity" | summarize Score = avg(Score) by Entity
      | extend Tone = case(Score >= 0.1, "positive", Score <= -0.1, "negative", "neutral")
      | where Entity in ("Vladimir Putin", "Joseph Stalin", "Yonhap News Agency") | project Entity, Tone | sort by Entity asc
      """)
    #expect(toward == ["Joseph Stalin,neutral", "Vladimir Putin,positive", "Yonhap News Agency,neutral"])
    let accused = try rows("Sentiments | where Scope == 'sentence' and SentenceId == 9 | project Label")
    #expect(accused == ["negative"])
    let praised = try rows(
      "Sentiments | where Scope == 'sentence' and SentenceId == 5 | project Label, Speaker")
    #expect(praised == ["positive,Kim Jong Un"])
    let wrong = try rows(
      """
      let Texts = Documents | project DocId, Whole = Text;
      Sentiments | mv-expand Cue = Cues | join kind=inner Texts on DocId
      | where substring(Whole, tolong(Cue.start), tolong(Cue.end) - tolong(Cue.start)) != tostring(Cue.text) | count
      """)
    #expect(wrong == ["0"])
  }

  @Test func everyRowLeadsBackToItsWords() throws {
    let wrong = try rows(
      """
      let Texts = Documents | project DocId, Whole = Text;
      Mentions | join kind=inner Texts on DocId
      | where substring(Whole, Start, End - Start) != Text | count
      """)
    #expect(wrong == ["0"])
    let outside = try rows(
      """
      let Texts = Documents | project DocId, Whole = Text;
      Relations | join kind=inner Texts on DocId | extend Span = substring(Whole, Start, End - Start)
      | where not(Span contains SubjectText and Span contains ObjectText and Evidence contains Span)
      | project Predicate, Span
      """)
    #expect(outside == [])
  }
}
