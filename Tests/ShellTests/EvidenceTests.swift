import Columnar
import Diagnostics
import Facts
import Foundation
import Linguistics
import Sessions
import Store
import TestSupport
import Testing

@testable import Shell

/// A store with one document of two sentences and a relation in each.
private func makeStore() throws -> String {
  let path = NSTemporaryDirectory() + "dossier-shell-\(UUID().uuidString).dossier"
  let text = "Kim met Putin in Sochi.\nPutin left \u{1B}[31mSochi."
  var document = Document(docID: "a.txt", text: text)
  document.title = "Two leaders"
  var facts = DocumentFacts(
    docID: "a.txt",
    document: DocumentRow(title: document.title, format: "txt", hash: document.contentHash, text: text))
  facts.sentences = [
    SentenceRow(sentenceID: 0, start: 0, end: 23, text: String(text.prefix(23))),
    SentenceRow(sentenceID: 1, start: 24, end: text.unicodeScalars.count, text: String(text.dropFirst(24))),
  ]
  facts.relations = [
    RelationRow(
      sentenceID: 0, relationID: 0, subject: "Kim", predicate: "meet", object: "Putin", start: 0, end: 13),
    RelationRow(
      sentenceID: 1, relationID: 1, subject: "Putin", predicate: "leave", object: "Sochi", start: 24, end: 34),
  ]
  let writer = try StoreWriter(path)
  try writer.commit([facts], annotator: "test")
  try writer.finish(resolve: { _ in Resolution(entityIDs: [], entities: []) })
  return path
}

@Suite struct EvidenceTests {
  private final class Sink { var text = "" }

  @Test func whyShowsTheSentencesOfARow() throws {
    let path = try makeStore()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sink = Sink()
    let output = ShellOutput(
      isTerminal: true, colours: false, width: 60, results: { sink.text += $0 }, messages: { sink.text += $0 }
    )
    let session = Session(store: try CorpusStore.open(path), settings: SessionSettings(now: 0))
    let shell = Shell(session: session, output: output)
    #expect(shell.run("Relations | summarize n = count() by Object | sort by Object asc"))
    sink.text = ""
    #expect(shell.run(".why 1"))
    #expect(
      sink.text == """
        Row 1 rests on 1 row in 1 passage:
        [1] Two leaders · a.txt#0-23
            [Kim met Putin] in Sochi.
            Kim · meet · Putin: asserted

        """)
    sink.text = ""
    #expect(shell.run(".show 1"))
    #expect(sink.text.contains("[Kim met Putin] in Sochi."))
    sink.text = ""
    #expect(shell.run(".show a.txt"))
    #expect(sink.text.contains("Two leaders") && !sink.text.contains("\u{1B}"))
    sink.text = ""
    #expect(shell.run(".docs leaders"))
    #expect(sink.text.contains("a.txt"))
    #expect(!shell.run(".why 9"))
    #expect(!shell.run(".show a.txt#0-9999"))
    #expect(!shell.run(".show b.txt"))
    #expect(sink.text.contains("did you mean a.txt?"))
    #expect(
      Completer(shell).complete("Relations | where Object == \"S", at: 30).candidates.map(\.text) == ["Sochi"]
    )
    #expect(Completer(shell).complete(".show a", at: 7).candidates.map(\.text) == ["a.txt"])
  }

  @Test func whyTellsWhatAnEntityWasMergedFromAndWhatStaysOpen() throws {
    let path = NSTemporaryDirectory() + "dossier-merges-\(UUID().uuidString).dossier"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try StoreWriter(path)
    for (docID, name) in [("a.txt", "Ana Petrova"), ("b.txt", "Petrova")] {
      let text = "\(name) left."
      var facts = DocumentFacts(
        docID: docID,
        document: DocumentRow(
          title: docID, format: "txt", hash: Document(docID: docID, text: text).contentHash, openPronouns: 2,
          text: text))
      let id = docID == "a.txt" ? "person/ana-petrova" : "person/petrova"
      let length = text.unicodeScalars.count
      facts.sentences = [SentenceRow(sentenceID: 0, start: 0, end: length, text: text)]
      facts.mentions = [
        MentionRow(
          sentenceID: 0, mentionID: 0, start: 0, end: name.utf8.count, text: name, type: "PERSON",
          entityID: id,
          entity: name)
      ]
      facts.entities = [EntityRow(entityID: id, entity: name, type: "PERSON", aliases: [name])]
      try writer.commit([facts], annotator: "test")
    }
    let whole = ResolvedEntity(entityID: "person/ana-petrova", entity: "Ana Petrova", type: "PERSON")
    try writer.finish(resolve: { records in
      Resolution(entityIDs: records.map { _ in whole.entityID }, entities: [whole])
    })
    let sink = Sink()
    let output = ShellOutput(
      isTerminal: true, colours: false, width: 90, results: { sink.text += $0 }, messages: { sink.text += $0 }
    )
    let services = ShellServices(merges: { ids, records in
      ids.map { id in
        #expect(id == "person/ana-petrova")
        return records.map { ($0, $0.name == "Petrova" ? .sameCountry : .first) }
      }
    })
    let session = Session(store: try CorpusStore.open(path), settings: SessionSettings(now: 0))
    let shell = Shell(session: session, services: services, output: output)
    #expect(shell.run("Entities | project Entity"))
    sink.text = ""
    #expect(shell.run(".why 1"))
    #expect(sink.text.contains("[Petrova] left."))
    #expect(sink.text.contains("these 2 documents have 4 pronouns without an entity"))
    #expect(
      sink.text.hasSuffix(
        """
        person/ana-petrova is one entity in 2 documents:
            Ana Petrova · a.txt: it is the first of that name (1)
            Petrova · b.txt: a short name that fits no other, of the same country (0.8)

        """))
    // A row of another table tells nothing of merges.
    #expect(shell.run("Mentions | project Text"))
    sink.text = ""
    #expect(shell.run(".why 1"))
    #expect(!sink.text.contains("one entity"))
  }

  /// The sentences that a row of the last result rests on, by where they begin.
  private func starts(_ session: Session, row: Int = 0) throws -> [Int] {
    let last = try #require(session.last)
    return try session.evidence(forRow: row, of: last).passages.map(\.start)
  }

  @Test func evidenceGoesThroughEarlierResultsDownToTheDocuments() throws {
    let path = try makeStore()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let session = Session(store: try CorpusStore.open(path), settings: SessionSettings(now: 0))
    try session.evaluate("Relations | project Subject, Object")
    try session.evaluate("_ | where Object == \"Sochi\"")
    #expect(try starts(session) == [24])
    session.name(try #require(session.last), as: "Travels")
    // The last result is another one now, and this rests on the one before it.
    try session.evaluate("_ | extend Where = Object | project Where")
    #expect(try starts(session) == [24])
    try session.evaluate(
      "union (Travels | project Object), (Relations | project Object) | summarize n = count() by Object")
    #expect(try starts(session, row: 0) == [24])
    #expect(try starts(session, row: 1) == [0])
    try session.evaluate("Travels | count", keeping: false)
    #expect(session.last?.source.hasPrefix("union") == true)
    #expect(try session.evaluate("search \"Sochi\" | count").table.value(row: 0, column: 0).text != "0")
    // Results keep what the store says of a document's row.
    try session.evaluate("Relations | project DocId, SentenceId, Start, End")
    #expect(
      try session.evaluate("_ | project Cite, Title").table.value(row: 0, column: 0).text == "a.txt#0-13")
    // On another store, rows of the old one name nothing.
    session.use(try CorpusStore.open(path))
    #expect(throws: DossierError.self) { try session.evaluate("_") }
    try session.evaluate("Travels")
    #expect(try starts(session) == [])
  }

  @Test func aRelationMarksWhoDoesWhatToWhom() throws {
    let path = NSTemporaryDirectory() + "dossier-marks-\(UUID().uuidString).dossier"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = "On Friday the agency accused him twice of buying 金 guns, said Kim."
    var document = Document(docID: "m.txt", text: text)
    document.title = "Marks"
    var facts = DocumentFacts(
      docID: "m.txt", document: DocumentRow(format: "txt", hash: document.contentHash, text: text))
    facts.sentences = [SentenceRow(sentenceID: 0, start: 0, end: text.unicodeScalars.count, text: text)]
    facts.relations = [
      RelationRow(
        subject: "agency", subjectText: "the agency", predicate: "accuse of", predicateText: "accused of",
        object: "him", objectText: "him", start: 10, end: 53)
    ]
    let writer = try StoreWriter(path)
    try writer.commit([facts], annotator: "test")
    try writer.finish(resolve: { _ in Resolution(entityIDs: [], entities: []) })
    let session = Session(store: try CorpusStore.open(path), settings: SessionSettings(now: 0))
    let last = try session.evaluate("Relations")
    let passage = try #require(try session.evidence(forRow: 0, of: last).passages.first)
    let scalars = Array(passage.text.unicodeScalars)
    #expect(
      passage.highlights.map { "\($0.kind.rawValue) \(String(String.UnicodeScalarView(scalars[$0.range])))" }
        == [
          "entity the agency", "predicate accused", "entity him", "predicate of",
        ])
    func lines(_ colours: Bool) -> [String] {
      MarkedText(scalars, passage.highlights, colours: colours).lines(width: 40)
    }
    #expect(
      lines(false) == ["On Friday [the agency accused him] twice", "[of] buying 金 guns, said Kim."])
    #expect(lines(true)[0].contains("\u{1B}[1;33mthe agency\u{1B}[0m \u{1B}[1;32maccused\u{1B}[0m"))
  }

  @Test func atThePromptInATerminal() throws {
    let path = try makeStore()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let terminal = try PseudoTerminal(
      builtProgram("dossier"), [path], rows: 40, columns: 80, environment: ["NO_COLOR": "1"])
    try terminal.wait(forLine: "dossier>")
    terminal.send("Relations | where Subject == \"Kim\" | project Predicate, Object\r")
    try terminal.wait(for: "1  meet       Putin\n1 row\ndossier>")
    terminal.send(".why 1\r")
    try terminal.wait(for: "    [Kim met Putin] in Sochi.\n    Kim · meet · Putin: asserted\ndossier>")
    terminal.send(".quit\r")
    #expect(try terminal.waitForExit() == 0)
  }
}
