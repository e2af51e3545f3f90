import Columnar
import Facts
import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct DuplicateTests {
  private let scratch = Scratch()
  private static let text = """
    the council of the town met on Monday and agreed to give the harbour a new pier for two ships before the end of May
    """

  private func marks(_ path: String, snapshot: Int? = nil) throws -> [String] {
    try rows(CorpusStore.open(path, snapshot: snapshot), "Documents", ["DocId", "DuplicateOf"])
  }

  private static let documents = [
    sampleFacts("c", text, published: 10), sampleFacts("a", text + " it said", published: 20),
    sampleFacts("b", text), sampleFacts("d", "something quite different was said by the mayor in spring"),
  ]

  @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
  func whatIsPublishedFirstIsTheOriginalWhateverWasLoadedFirst(order: [Int]) throws {
    let path = scratch.path("a.dossier")
    for index in order { try load([[Self.documents[index]]], into: path) }
    #expect(try marks(path) == ["a|c", "b|c", "c|", "d|"])
    let whole = scratch.path("b.dossier")
    try load([Self.documents], into: whole)
    #expect(try marks(whole) == marks(path))
  }

  @Test func earlierLoadsKeepTheirMarks() throws {
    let path = scratch.path("a.dossier")
    try load([[Self.documents[1], Self.documents[2]]], into: path)
    try load([[Self.documents[0]]], into: path)
    let writer = try StoreWriter(path)
    try writer.remove(["c"])
    try writer.finish(resolve: resolveByName)
    #expect(try marks(path, snapshot: 1) == ["a|", "b|a"])
    #expect(try marks(path, snapshot: 2) == ["a|c", "b|c", "c|"])
    #expect(try marks(path) == ["a|", "b|a"])
  }

  @Test func whatAMailRepeatsDoesNotMakeItACopy() throws {
    let path = scratch.path("a.dossier")
    var reply = sampleFacts("reply", "I do not agree with any of this at all\n" + Self.text, published: 30)
    reply.sentences[1].quoted = true
    try load([[Self.documents[0], reply]], into: path)
    #expect(try marks(path) == ["c|", "reply|"])
  }

  /// Stores of the third format know nothing of copies.
  private func makeOld(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in
      try db.execute(
        sql: "DROP TABLE sketches; DROP TABLE duplicates; DROP TABLE history; PRAGMA user_version = 3")
    }
    try queue.close()
  }

  @Test func anOlderStoreIsReadAsItIsAndMarkedByTheNextLoad() throws {
    let path = scratch.path("a.dossier")
    var reply = sampleFacts("reply", "I do not agree with any of this at all\n" + Self.text, published: 30)
    reply.sentences[1].quoted = true
    try load([Self.documents + [reply]], into: path)
    let hash = try CorpusStore.open(path).contentHash()
    try makeOld(path)
    #expect(try marks(path) == ["a|", "b|", "c|", "d|", "reply|"])
    try StoreWriter(path).finish(resolve: resolveByName)
    #expect(try marks(path) == ["a|c", "b|c", "c|", "d|", "reply|"])
    #expect(try CorpusStore.open(path).contentHash() == hash)
    // Nothing is left to do.
    try StoreWriter(path).finish(resolve: resolveByName)
    #expect(try CorpusStore.open(path).batch == 2)
  }
}
