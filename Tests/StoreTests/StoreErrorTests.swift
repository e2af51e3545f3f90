import Facts
import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct StoreErrorTests {
  private let scratch = Scratch()

  @Test func whatIsNoStoreIsRefusedAndLeftAlone() throws {
    #expect(errorCode { _ = try CorpusStore.open(scratch.path("none.dossier")) } == "STO101")
    let garbage = scratch.path("garbage.dossier")
    let bytes = Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 * 31) })
    try bytes.write(to: URL(filePath: garbage))
    #expect(errorCode { _ = try CorpusStore.open(garbage) } == "STO102")
    #expect(errorCode { _ = try StoreWriter(garbage) } == "STO102")
    #expect(try Data(contentsOf: URL(filePath: garbage)) == bytes)
    let other = scratch.path("other.dossier")
    let queue = try DatabaseQueue(path: other)
    try queue.write { try $0.execute(sql: "CREATE TABLE t(a)") }
    try queue.close()
    #expect(errorCode { _ = try CorpusStore.open(other) } == "STO102")
    #expect(errorCode { _ = try StoreWriter(other) } == "STO102")
    #expect(errorCode { _ = try CorpusStore.open(scratch.folder.path) } == "STO102")
  }

  @Test func aStoreFromANewerVersionSaysSo() throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Ann")]], into: path)
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = 999") }
    try queue.close()
    #expect(errorCode { _ = try CorpusStore.open(path) } == "STO103")
    #expect(errorCode { _ = try StoreWriter(path) } == "STO103")
  }

  @Test func oneLoadAtATimeAndReadersAllTheWhile() throws {
    let path = scratch.path("a.dossier")
    let writer = try StoreWriter(path)
    #expect(errorCode { _ = try StoreWriter(path) } == "STO104")
    try writer.commit([sampleFacts("a", "Ann")], annotator: "a1")
    let reader = try CorpusStore.open(path)
    try writer.commit([sampleFacts("b", "Bob")], annotator: "a1")
    #expect(try rows(reader, "Mentions", ["DocId"]) == ["a"])
    try writer.finish(resolve: resolveByName)
    #expect(try rows(CorpusStore.open(path), "Mentions", ["DocId"]) == ["a", "b"])
  }

  @Test func damageIsAnErrorAndNoCrash() throws {
    let path = scratch.path("a.dossier")
    try load(
      [(0..<40).map { sampleFacts("d\($0)", "Ann met Bob and Cid\n" + String(repeating: "w ", count: 200)) }],
      into: path)
    let whole = try Data(contentsOf: URL(filePath: path))
    for step in 0..<40 {
      var broken = whole
      if step % 2 == 0 {
        broken = broken.prefix(whole.count * (step + 1) / 42)
      } else {
        for offset in stride(from: 100 + step * 37, to: broken.count, by: 4999) { broken[offset] ^= 0x5A }
      }
      let copy = scratch.path("broken\(step).dossier")
      try broken.write(to: URL(filePath: copy))
      let code = errorCode {
        let store = try CorpusStore.open(copy)
        for table in TableRegistry.tables.map(\.name) { _ = try rows(store, table) }
      }
      #expect(code == "none" || code.hasPrefix("STO"), "\(code)")
    }
  }
}
