import Facts
import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct StoreCheckTests {
  private let scratch = Scratch()

  private func change(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test func aSoundStoreHasNoProblems() throws {
    let path = scratch.path("a.dossier")
    try load(
      [[sampleFacts("a", "Ann met Bob"), sampleFacts("b", "Bob")], [sampleFacts("c", "Cid")]], into: path)
    let check = try StoreCheck(path)
    #expect(check.problems == [] && check.segments > 10)
  }

  /// SQLite finds nothing wrong with any of these.
  @Test(arguments: [
    "UPDATE segments SET data = x'0102030405060708090a' WHERE id = 3",
    "DELETE FROM texts WHERE key = 1", "UPDATE documents SET place = 'x' WHERE key = 1",
    "UPDATE directory SET counts = x'07' WHERE rowid = 2",
  ])
  func whatIsDamagedIsFound(sql: String) throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Ann met Bob"), sampleFacts("b", "Bob")]], into: path)
    try change(path, sql)
    #expect(try !StoreCheck(path).problems.isEmpty)
  }
}
