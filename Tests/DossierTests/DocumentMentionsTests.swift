import Foundation
import TestSupport
import Testing

/// Whom our own sample documents name, and whom names and pronouns in sentences made up for a rule mean.
@Suite(
  .enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"),
  .serialized)
struct DocumentMentionsTests {
  private static let store = Result { () throws -> (TemporaryFolder, String) in
    let folder = try TemporaryFolder()
    let store = folder.url.appending(path: "samples.dossier").path
    let documents = SampleNotebookTests.folder.appending(path: "documents").path
    let outcome = try Program.run(["load", store, documents])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return (folder, store)
  }

  /// `Text,Type,Entity` of the mentions of a document in sentences with some words.
  private func mentions(_ document: String, _ words: String) throws -> [String] {
    let query = """
      Mentions | where DocId startswith "\(document)" and Sentence has "\(words)" | project Text, Type, Entity
      """
    let outcome = try Program.run(["query", try Self.store.get().1, query, "--format", "csv"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
  }

  @Test(arguments: [
    // A bare surname that two share is the one's whom the document is about.
    (
      "2023-09-14", "Komsomolsk",
      ["Kim,PERSON,Kim Jong Un", "Komsomolsk,GPE,Komsomolsk"]
    ),
    (
      "2024-11-05", "promised that",
      ["She,PERSON,Choe Son Hui", "North Korea,GPE,North Korea", "Russia,GPE,Russia"]
    ),
    ("2024-11-05", "did not mention", ["She,PERSON,Choe Son Hui"]),
    // Phrases and pronouns that mean a person, an organisation, a country.
    ("2023-11-02", "advisers", ["The lawmaker,PERSON,Yoo Sang-bum"]),
    ("2023-11-02", "munitions", ["The agency,ORG,National Intelligence Service", "its,GPE,Pyongyang"]),
    ("2023-11-02", "failed to launch", ["It,GPE,North Korea"]),
    ("2023-10-14", "never exported", ["it,GPE,North Korea"]),
  ])
  func samples(document: String, words: String, expected: [String]) throws {
    let found = try mentions(document, words)
    for row in expected { #expect(found.contains(row), "\(found)") }
  }

  /// A dateline is a name of its own.
  @Test func datelines() throws {
    let found = try mentions("2024-06-21", "SEOUL")
    #expect(found.prefix(2) == ["SEOUL,GPE,Seoul", "South Korea,GPE,South Korea"])
  }

  /// `.why` on a mention tells whom it means, and by which mention before it.
  @Test func whyTellsWhatAMentionGoesBackTo() throws {
    let script = """
      Mentions | where DocId startswith "2024-11-05" and Text == "She" | take 1
      .why 1
      Mentions | where DocId startswith "2024-11-05" and EntityId == "person/choe-son-hui" | top 1 by Start asc
      .why 1

      """
    let outcome = try Program.run([try Self.store.get().1], input: script)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains(
        /“She” is Choe Son Hui \(PERSON, pronoun\), as “(She|Choe.*)” (in|\d+ sentence)/))
    #expect(outcome.output.contains(/is Choe Son Hui \(PERSON, name\), the first mention in this document/))
  }

  /// `Text=Entity` of all mentions of a text.
  private func annotated(_ text: String) throws -> [String] {
    try tables(text).map { "\($0["Text"] as? String ?? "")=\($0["Entity"] as? String ?? "")" }
  }

  private func tables(_ text: String) throws -> [[String: Any]] {
    let request = try JSONSerialization.data(withJSONObject: ["id": "d", "text": text])
    let outcome = try Program.run(["annotate"], input: String(decoding: request, as: UTF8.self) + "\n")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let answer = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let tables = try #require(answer?["tables"] as? [String: Any])
    return try #require(tables["Mentions"] as? [[String: Any]])
  }

  @Test(arguments: [
    (
      "Ana Petrova, a chemist, left Moscow on Monday. Petrova said she would not return.",
      ["Ana Petrova=Ana Petrova", "Petrova=Ana Petrova", "she=Ana Petrova"]
    ),
    (
      "Petrova resigned. Ana Petrova had led the agency.", ["Petrova=Ana Petrova", "Ana Petrova=Ana Petrova"]
    ),
    ("Vladimir Putin met Choe Son Hui in Moscow. She promised help.", ["She=Choe Son Hui"]),
    // Offices of several words, short titles, and the noun before a body's name.
    (
      "Vladimir Putin met Chinese Foreign Minister Wang Yi in Beijing. The foreign minister thanked him.",
      ["The foreign minister=Wang Yi", "him=Vladimir Putin"]
    ),
    (
      "Sen. Maria Gomez, a Texas Democrat, criticised the bill. The senator left.",
      ["The senator=Maria Gomez"]
    ),
    ("French carmaker Renault and Nissan signed a deal. The carmaker was silent.", ["The carmaker=Renault"]),
    // Headlines in capitals, indices, a capital that the model takes for a person.
    (
      "PUTIN VISITS PYONGYANG. Russian President Vladimir Putin arrived in Pyongyang on Tuesday.",
      ["PUTIN=Vladimir Putin", "PYONGYANG=Pyongyang"]
    ),
    (
      "The Dow Jones fell, and the DJIA is feared to fall further.",
      ["The Dow Jones=Dow Jones Industrial Average", "the DJIA=Dow Jones Industrial Average"]
    ),
    // The clause beside its own.
    ("Volkswagen was sued. BMW has been fined; it will appeal.", ["it=BMW"]),
    ("Ms Weller met John Burke. He thanked her.", ["He=John Burke", "her=Weller"]),
    (
      "John Burke, a chemist, works for Boeing. The chemist praised the company.",
      ["a chemist=John Burke", "The chemist=John Burke", "the company=Boeing"]
    ),
    ("Boeing said that it would open its new plant.", ["it=Boeing", "its=Boeing"]),
    ("At its plant in Ohio, Boeing builds jets.", ["its=Boeing"]),
    ("The Irish airline, Ryanair, said that it would cut its fares.", ["it=Ryanair", "its=Ryanair"]),
    ("The Kerch Bridge was hit on Monday. The bridge burned for hours.", ["The bridge=Kerch Bridge"]),
    ("Boeing admitted that the loss may swell before it hires new workers.", ["it=Boeing"]),
    // The article belongs to the phrase, not to the name.
    (
      "The United Nations met. The Boeing workers left.",
      ["The United Nations=United Nations", "Boeing=Boeing"]
    ),
  ])
  func madeUp(text: String, expected: [String]) throws {
    let found = try annotated(text)
    for row in expected { #expect(found.contains(row), "\(found)") }
  }

  /// A noun that begins a sentence is no name, unless the text has it as one elsewhere.
  @Test func nounsAtTheStartOfSentences() throws {
    let found = try annotated("Japan lifted limits on rice imports. Rice imports rose. Wheat exports fell.")
    #expect(!found.contains { $0.hasPrefix("Rice") }, "\(found)")
    let named = try annotated("The rice was cheap, Condoleezza Rice said. Rice left Japan on Monday.")
    #expect(named.contains("Rice=Condoleezza Rice"), "\(named)")
  }

  /// What a name is, by the words in it and beside it.
  @Test(arguments: [
    ("The Airbus A380 landed in Paris.", "The Airbus A380", "PRODUCT"),
    (
      "Voters in the 1997 United Kingdom general election chose change.",
      "the 1997 United Kingdom general election",
      "EVENT"
    ),
    ("He led Sinn Féin for years.", "Sinn Féin", "ORG"),
    ("He bought an iPhone in Paris.", "iPhone", "PRODUCT"),
    ("The airline Ryanair hired her.", "Ryanair", "ORG"),
  ])
  func types(text: String, name: String, type: String) throws {
    let found = try tables(text)
    #expect(
      found.contains { $0["Text"] as? String == name && $0["Type"] as? String == type }, "\(found)")
  }

  /// Pronouns for which the text names nobody stay open.
  @Test(arguments: [
    "Russia let it expire.", "Boeing knows that it is clear that sales fell.",
    "The missile flew far. It fell near Kharkiv.", "Boeing thanked the workers because they had waited.",
  ])
  func open(text: String) throws {
    let found = try annotated(text)
    #expect(
      !found.contains { $0.lowercased().hasPrefix("it=") || $0.lowercased().hasPrefix("they=") }, "\(found)")
  }
}
