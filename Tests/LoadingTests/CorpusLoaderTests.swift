import Diagnostics
import Facts
import Foundation
import Loading
import Store
import Testing

@Suite struct CorpusLoaderTests {
  @Sendable private static func annotate(_ document: Document) throws(DossierError) -> DocumentFacts {
    let row = DocumentRow(title: document.title, words: 1, sentences: 1, text: document.text)
    var facts = DocumentFacts(docID: document.docID, document: row)
    facts.sentences = [SentenceRow(end: document.text.unicodeScalars.count, text: document.text)]
    return facts
  }

  @Test func whatIsUnchangedIsNotAnnotatedAgain() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-load-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let documents = folder.appending(path: "docs")
    try FileManager.default.createDirectory(
      at: documents.appending(path: "b"), withIntermediateDirectories: true)
    for (name, text) in [("a.txt", "one"), ("b/c.md", "# two"), ("bad.txt", ""), ("x.bin", "?")] {
      try Data(text.utf8).write(to: documents.appending(path: name))
    }
    try Data([0x61, 0xE9, 0x00, 0x81]).write(to: documents.appending(path: "latin.txt"))
    let path = folder.appending(path: "s.dossier").path
    func load() throws(DossierError) -> LoadSummary {
      var options = LoadOptions(annotator: "test")
      options.threads = 2
      return try CorpusLoader.load(
        [documents.path], into: try StoreWriter(path), options: options, annotate: Self.annotate,
        resolve: { Resolution.identity($0) })
    }
    let first = try load()
    #expect(first.documents == 2 && first.failed == 1 && first.skipped == 2 && first.batch == 1)
    #expect(try CorpusStore.open(path).documentIDs() == ["a.txt", "b/c.md"])
    let second = try load()
    #expect(second.documents == 0 && second.unchanged == 2)
    try Data("new".utf8).write(to: documents.appending(path: "a.txt"))
    let third = try load()
    #expect(third.documents == 1 && third.replaced == 1)
    #expect(try CorpusStore.open(path).documentText("a.txt") == "new")
  }

  @Test func syncRemovesWhatIsGone() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-sync-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let documents = folder.appending(path: "docs")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: documents.appending(path: name))
    }
    for name in ["a.txt", "b.txt", "c.txt"] { try write(name, "text of \(name)") }
    let path = folder.appending(path: "s.dossier").path
    func load() throws(DossierError) -> LoadSummary {
      var options = LoadOptions(annotator: "test")
      options.sync = true
      return try CorpusLoader.load(
        [documents.path], into: try StoreWriter(path), options: options, annotate: Self.annotate,
        resolve: { Resolution.identity($0) })
    }
    #expect(try load().documents == 3)
    try FileManager.default.removeItem(at: documents.appending(path: "b.txt"))
    // A file that can't be read keeps the document that it had.
    try Data([0x61, 0xE9, 0x00, 0x81]).write(to: documents.appending(path: "c.txt"))
    #expect(try load().removed == 1)
    #expect(try CorpusStore.open(path).documentIDs() == ["a.txt", "c.txt"])
    // A broken line may be any document's.
    try FileManager.default.removeItem(at: documents.appending(path: "a.txt"))
    try write("d.jsonl", "{\"id\":\"d\",\"text\":\"x\"}\nnope\n")
    let third = try load()
    #expect(third.removed == 0 && third.problems.contains { $0.code == "IMP126" })
    #expect(try CorpusStore.open(path).documentIDs() == ["a.txt", "c.txt", "d"])
  }
}
