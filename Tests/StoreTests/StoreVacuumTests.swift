import Columnar
import Facts
import Foundation
import Testing

@testable import Store

@Suite struct StoreVacuumTests {
  private let scratch = Scratch()

  private func everything(_ path: String) throws -> [[String]] {
    let store = try CorpusStore.open(path)
    return try TableRegistry.tables.map { try rows(store, $0.name) }
  }

  /// A store of three loads, in which documents were replaced and removed.
  private func makeStore() throws -> String {
    let path = scratch.path("a.dossier")
    try load(
      [
        [sampleFacts("a", "Ann met Bob\nCid left"), sampleFacts("b", "Bob spoke"), sampleFacts("c", "Dan")],
        [sampleFacts("gone", "Eve"), sampleFacts("gone too", "Fay met Eve")],
      ], into: path)
    try load([[sampleFacts("b", "Bob and Ann spoke"), sampleFacts("e", "")]], into: path)
    let writer = try StoreWriter(path)
    try writer.remove(["gone", "gone too", "c"])
    try writer.finish(resolve: resolveByName)
    return path
  }

  @Test func theStoreSaysTheSameAndNoMore() throws {
    let path = try makeStore()
    let (before, hash) = (try everything(path), try CorpusStore.open(path).contentHash())
    let vacuum = try StoreVacuum(path)
    #expect(vacuum.documents == 4)
    #expect(try everything(path) == before)
    #expect(try CorpusStore.open(path).contentHash() == hash)
    #expect(try StoreCheck(path).problems == [])
    let queue = try StoreFile.openForReading(path)
    let counts = try queue.read { db in
      try ["documents", "texts", "sketches", "search_docsize"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      } + [Int.fetchOne(db, sql: "SELECT count(*) FROM entities WHERE removed IS NOT NULL")]
    }
    #expect(counts == [3, 3, 3, 3, 0])
    #expect(try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
  }

  @Test func earlierLoadsAreGoneAndLaterOnesGoOn() throws {
    let path = try makeStore()
    _ = try StoreVacuum(path)
    #expect(errorCode { _ = try CorpusStore.open(path, snapshot: 2) } == "STO112")
    #expect(try CorpusStore.open(path, snapshot: 3).documentCount == 3)
    try load([[sampleFacts("a", "Ann left"), sampleFacts("f", "Gus")]], into: path)
    #expect(try CorpusStore.open(path).documentIDs() == ["a", "b", "e", "f"])
    #expect(try CorpusStore.open(path, snapshot: 3).documentIDs() == ["a", "b", "e"])
    let fresh = scratch.path("b.dossier")
    try load(
      [
        [
          sampleFacts("a", "Ann left"), sampleFacts("b", "Bob and Ann spoke"), sampleFacts("e", ""),
          sampleFacts("f", "Gus"),
        ]
      ], into: fresh)
    #expect(try CorpusStore.open(path).contentHash() == CorpusStore.open(fresh).contentHash())
  }

  @Test func nobodyElseMayHaveTheStoreOpen() throws {
    let path = try makeStore()
    let before = try everything(path)
    let store = try CorpusStore.open(path)
    #expect(store.documentCount == 3)
    #expect(errorCode { _ = try StoreVacuum(path) } == "STO104")
    #expect(try rows(store, "Sentences") == before[1])
  }

  @Test func aNameThatIsWrongMakesNoStore() throws {
    let path = scratch.path("none.dossier")
    #expect(errorCode { _ = try StoreVacuum(path) } == "STO101")
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
