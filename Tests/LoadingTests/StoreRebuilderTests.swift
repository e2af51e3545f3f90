import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB
import Loading
import Store
import Testing

@Suite struct StoreRebuilderTests {
  /// Facts of a kind that rest on all that a document is: a sentence a line.
  @Sendable private static func annotate(_ document: Document) throws(DossierError) -> DocumentFacts {
    let row = DocumentRow(
      title: document.title, published: document.published, language: document.language,
      format: document.format, words: 1, sentences: 1, text: document.text, meta: .bag(document.meta))
    var facts = DocumentFacts(docID: document.docID, document: row)
    var start = 0
    for line in document.text.split(separator: "\n") {
      let end = start + line.unicodeScalars.count
      facts.sentences.append(
        SentenceRow(
          sentenceID: facts.sentences.count, start: start, end: end, page: document.page(at: start),
          quoted: document.quoted.contains { $0.contains(start) }, text: String(line)))
      start = end + 1
    }
    facts.participants = document.participants
    return facts
  }

  private static func documents() -> [Document] {
    var mail = Document(docID: "m", text: "I agree\nold words")
    mail.format = "eml"
    mail.participants = [ParticipantRow(role: "from", address: "a@example.org", name: "Ann")]
    mail.quoted = [8..<17]
    var pages = Document(docID: "p", text: "one\ntwo\nfour")
    pages.format = "pdf"
    pages.pages = [0, 4, 8, 8]
    var plain = Document(docID: "t", text: "plain")
    plain.format = "txt"
    plain.meta = ["note": .string("x")]
    return [mail, pages, plain]
  }

  private static let resolve: Resolver = { Resolution.identity($0) }

  private func makeStore(_ path: String) throws {
    let writer = try StoreWriter(path)
    try writer.commit(
      Self.documents().map { document in
        var facts = try Self.annotate(document)
        facts.document.hash = document.contentHash
        return facts
      }, annotator: "old")
    try writer.finish(resolve: Self.resolve)
  }

  private func change(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  private func rebuild(_ path: String) throws -> StoreRebuilder.Summary {
    try StoreRebuilder.rebuild(
      StoreWriter(path), annotator: "new", threads: 2, annotate: Self.annotate, resolve: Self.resolve)
  }

  private func damage(_ column: String) -> String {
    """
    UPDATE segments SET data = x'0102' WHERE columnId = (
      SELECT c.id FROM columns c JOIN tables t ON t.id = c.tableId WHERE t.name || '.' || c.name = '\(column)')
    """
  }

  @Test func factsThatAreDamagedAreMadeAgain() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "dossier-rebuild-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (path, fresh) = (folder.appending(path: "a.dossier").path, folder.appending(path: "b.dossier").path)
    try makeStore(path)
    try makeStore(fresh)
    _ = try rebuild(fresh)
    // Nothing rests on the words of sentences, so that all comes back.
    try change(path, damage("Sentences.Text"))
    #expect(try !StoreCheck(path).problems.isEmpty)
    let summary = try rebuild(path)
    #expect(summary.documents == 3 && summary.problems == [])
    #expect(try StoreCheck(path).problems == [])
    #expect(try CorpusStore.open(path).contentHash() == CorpusStore.open(fresh).contentHash())
    #expect(try CorpusStore.open(path).annotators() == ["new"])
    let sentences = try CorpusStore.open(path).tables["Sentences"]
    let schema = try #require(sentences?.schema)
    let columns = try sentences?.read(
      columns: ["Page", "Quoted", "Text"].compactMap { schema.index(of: $0) }, rows: 0..<6)
    #expect(
      (0..<6).map { row in (columns ?? []).map { $0.value(row).text }.joined(separator: "|") } == [
        "|false|I agree", "|true|old words", "1|false|one", "2|false|two", "4|false|four", "|false|plain",
      ])
    // A load of the same files has nothing to do.
    let known = try StoreWriter(path).knownDocuments()
    #expect(
      known.mapValues(\.hash)
        == Dictionary(uniqueKeysWithValues: Self.documents().map { ($0.docID, $0.contentHash) }))
  }

  @Test func whatOnlyTheFilesHaveIsNamed() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "dossier-rebuild-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.dossier").path
    try makeStore(path)
    try change(path, damage("Sentences.Start") + "; UPDATE directory SET counts = x'ff' WHERE rowid = 1")
    let summary = try rebuild(path)
    #expect(summary.documents == 3)
    #expect(summary.problems.map { String($0.prefix(2)) } == ["m:", "p:"])
    #expect(try StoreCheck(path).problems == [])
  }
}
