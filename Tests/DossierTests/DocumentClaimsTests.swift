import Foundation
import TestSupport
import Testing

/// What our own sample documents claim: who says it, how sure, and whether it is denied.
@Suite(
  .enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"),
  .serialized)
struct DocumentClaimsTests {
  /// The sample documents, loaded once for all tests.
  private static let store = Result { () throws -> (TemporaryFolder, String) in
    let folder = try TemporaryFolder()
    let store = folder.url.appending(path: "samples.dossier").path
    let documents = SampleNotebookTests.folder.appending(path: "documents").path
    let outcome = try Program.run(["load", store, documents])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return (folder, store)
  }

  private func rows(_ query: String) throws -> [String] {
    let outcome = try Program.run(["query", try Self.store.get().1, query, "--format", "csv"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
  }

  /// `Subject,Predicate,Object,Certainty,Negated,Speaker` of the clauses of a document with a predicate.
  private func claims(_ document: String, _ predicate: String) throws -> [String] {
    try rows(
      """
      Relations | where DocId startswith "\(document)" and Predicate == "\(predicate)"
      | project Subject, Predicate, Object, Certainty, Negated, Speaker
      """)
  }

  @Test(arguments: [
    ("2022-09-23", "send", ["North Korea,send,ammunition,reported,true,North Korea"]),
    (
      "2022-09-23", "export",
      [
        "North Korea,export,weapons,reported,true,an official of the defence ministry in Pyongyang",
        "North Korea,export,ammunition,reported,true,an official of the defence ministry in Pyongyang",
      ]
    ),
    ("2023-10-14", "export", ["North Korea,export,weapons,reported,true,North Korea"]),
    ("2024-04-30", "make", ["Russia,make,the missile,probable,true,"]),
    ("st-04", "fight in", ["North Korean soldiers,fight in,Ukraine,reported,true,Dmitry Peskov"]),
  ])
  func denials(document: String, predicate: String, expected: [String]) throws {
    #expect(try claims(document, predicate) == expected)
  }

  @Test(arguments: [
    ("2019-04-26", "visit", ["Vladimir Putin,visit,North Korea,planned,false,Korean Central News Agency"]),
    ("2022-09-23", "approach", ["Moscow,approach,North Korea,reported,false,Pat Ryder"]),
    (
      "2023-09-14", "supply",
      ["North Korea,supply,weapons,conditional,false,United States"]
    ),
    (
      "2023-11-02", "send",
      [
        "North Korea,send,more than one million artillery shells,reported,false,National Intelligence Service",
        "North Korea,send,advisers,probable,false,Yoo Sang-bum",
      ]
    ),
    ("2024-03-29", "supply", ["North Korea,supply,conventional arms,reported,false,they"]),
    ("2024-06-21", "stop", ["Russia,stop,its military cooperation with Pyongyang,planned,false,"]),
    (
      "2024-10-08", "be likely to send",
      ["North Korea,be likely to send,regular troops,probable,false,Kim Yong-hyun"]
    ),
    (
      "2024-10-29", "send",
      ["North Korea,send,\"about 10,000 soldiers\",probable,false,Department of Defense"]
    ),
    ("st-05", "send", ["North Korea,send,people,reported,false,Volodymyr Zelensky"]),
  ])
  func whoSaysWhatAndHowSure(document: String, predicate: String, expected: [String]) throws {
    #expect(try claims(document, predicate) == expected)
  }

  @Test func bothLeadersSignedOnTheDayThatIsSaid() throws {
    let signed = try rows(
      """
      Relations | where Predicate == "sign" and Certainty == "asserted" and isnotnull(From)
      | project DocId, Subject, From
      """)
    let day = "2024-06-19T00:00:00.0000000Z"
    #expect(
      signed == [
        "2024-06-20-pyongyang-treaty.md,Vladimir Putin,\(day)",
        "2024-06-20-pyongyang-treaty.md,Kim Jong Un,\(day)",
        "2024-06-24-arms-watch-release.md,Vladimir Putin,\(day)",
        "2024-06-24-arms-watch-release.md,Kim Jong Un,\(day)",
      ])
  }

  @Test func whatIsSaidIsNotTheDocumentsOwnWord() throws {
    let asserted = try rows(
      """
      let Said = Relations | where Predicate == "say" and Object startswith "that "
      | project DocId, SentenceId, From = End - strlen(ObjectText), To = End, SayId = RelationId;
      Relations | where Certainty == "asserted"
      | join kind=inner Said on DocId, SentenceId
      | where Start > From1 and End <= To1 and RelationId != SayId
      | project Cite, Predicate
      """)
    #expect(asserted.isEmpty, "\(asserted)")
    let said = try rows("Relations | where Predicate == \"say\" and Object startswith \"that \" | count")
    #expect(Int(said[0]) ?? 0 > 20, "too few to tell")
  }
}
