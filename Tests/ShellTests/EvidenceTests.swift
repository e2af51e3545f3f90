import Columnar
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

        """)
    sink.text = ""
    #expect(shell.run(".show 1"))
    #expect(sink.text.contains("[Kim met Putin in Sochi.]"))
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

  @Test func atThePromptInATerminal() throws {
    let path = try makeStore()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let terminal = try PseudoTerminal(
      builtProgram("dossier"), [path], rows: 40, columns: 80, environment: ["NO_COLOR": "1"])
    try terminal.wait(forLine: "dossier>", timeout: 60)
    terminal.send("Relations | where Subject == \"Kim\" | project Predicate, Object\r")
    try terminal.wait(for: "1  meet       Putin\n1 row\ndossier>")
    terminal.send(".why 1\r")
    try terminal.wait(for: "    [Kim met Putin] in Sochi.\ndossier>")
    terminal.send(".quit\r")
    #expect(try terminal.waitForExit() == 0)
  }
}
