import Diagnostics
import Facts
import Foundation
import Loading
import Store
import Synchronization
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

  /// What is too long for one document is several, which a second load finds unchanged and a later one takes away.
  @Test func aLongTextIsSeveralDocuments() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-long-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let documents = folder.appending(path: "docs")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    let long = documents.appending(path: "long.txt")
    try Data(String(repeating: "One sentence. ", count: 100).utf8).write(to: long)
    try Data("short".utf8).write(to: documents.appending(path: "short.txt"))
    let path = folder.appending(path: "s.dossier").path
    func load() throws(DossierError) -> LoadSummary {
      var options = LoadOptions(annotator: "test")
      options.longestDocument = 500
      options.sync = true
      return try CorpusLoader.load(
        [documents.path], into: try StoreWriter(path), options: options, annotate: Self.annotate,
        resolve: { Resolution.identity($0) })
    }
    let first = try load()
    #expect(first.documents == 4 && first.problems.isEmpty)
    let store = try CorpusStore.open(path)
    #expect(try store.documentIDs() == ["long.txt", "long.txt#part=2", "long.txt#part=3", "short.txt"])
    let imports = try #require(store.tables["Imports"])
    let messageAt = try #require(imports.schema.index(of: "Message"))
    let messages = try imports.read(columns: [messageAt], rows: 0..<imports.rowCount)[0]
    #expect(
      (0..<imports.rowCount).map { messages.value($0).text }.sorted() == [
        "", "a text so long that it is 3 documents",
      ])
    let second = try load()
    #expect(second.documents == 0 && second.unchanged == 4 && second.removed == 0)
    try Data("now short".utf8).write(to: long)
    let third = try load()
    #expect(third.replaced == 1 && third.removed == 2)
    #expect(try CorpusStore.open(path).documentIDs() == ["long.txt", "short.txt"])
  }

  /// Fifty megabytes on one line, of words and of one word.
  @Test(arguments: ["word and ", "x"]) func fiftyMegabytesOnOneLineAreLoaded(_ piece: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-line-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "line.txt")
    try Data(String(repeating: piece, count: 50_000_000 / piece.utf8.count).utf8).write(to: file)
    let path = folder.appending(path: "s.dossier").path
    let summary = try CorpusLoader.load(
      [file.path], into: try StoreWriter(path), options: LoadOptions(annotator: "test"),
      annotate: { document throws(DossierError) in
        var facts = try Self.annotate(document)
        facts.sentences = []
        return facts
      }, resolve: { Resolution.identity($0) })
    #expect((10...12).contains(summary.documents) && summary.problems.isEmpty)
  }

  /// A document whose annotation the reader has stopped is not there, and didn't fail.
  @Test func aStopInADocumentIsNoFailure() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-stop-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let documents = folder.appending(path: "docs")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    for number in 0..<40 {
      try Data("text \(number)".utf8).write(to: documents.appending(path: "d\(number + 10).txt"))
    }
    let path = folder.appending(path: "s.dossier").path
    let isStopped = Atomic(false)
    func load(stopAt: String) throws(DossierError) -> LoadSummary {
      try CorpusLoader.load(
        [documents.path], into: try StoreWriter(path), options: LoadOptions(annotator: "test"),
        annotate: { document throws(DossierError) in
          if document.docID == stopAt { isStopped.store(true, ordering: .relaxed) }
          if isStopped.load(ordering: .relaxed) { throw DossierError("NLP311", "stopped") }
          return try Self.annotate(document)
        }, resolve: { Resolution.identity($0) }, isCancelled: { isStopped.load(ordering: .relaxed) })
    }
    let stopped = try load(stopAt: "d20.txt")
    #expect(stopped.isCancelled && stopped.documents == 10 && stopped.problems.isEmpty)
    isStopped.store(false, ordering: .relaxed)
    let second = try load(stopAt: "")
    #expect(!second.isCancelled && second.documents == 30 && second.unchanged == 10)
  }
}
