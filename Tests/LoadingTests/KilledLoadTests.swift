import Columnar
import Facts
import Foundation
import Store
import TestSupport
import Testing

@Suite struct KilledLoadTests {
  private func run(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: builtProgram("LoadProbe"))
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }

  @Test(arguments: [1, 8, 21]) func whatALoadThatWasKilledLeavesIsWhole(documentsBefore: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-kill-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let documents = folder.appending(path: "docs")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    for number in 0..<60 {
      try Data("text of \(number)".utf8).write(to: documents.appending(path: "d\(number).txt"))
    }
    let path = folder.appending(path: "s.dossier").path
    let first = try run([path, documents.path, "20"])
    let deadline = ContinuousClock.now + .seconds(300)
    while ((try? CorpusStore.open(path))?.documentCount ?? 0) < documentsBefore,
      ContinuousClock.now < deadline
    {
      usleep(5000)
    }
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()

    let store = try CorpusStore.open(path)
    let count = store.documentCount
    #expect(count >= documentsBefore && count < 60)
    let sentences = try #require(store.tables["Sentences"])
    let table = try #require(store.tables["Documents"])
    #expect(sentences.rowCount == count && table.rowCount == count)
    let textAt = try #require(sentences.schema.index(of: "Text"))
    let documentAt = try #require(table.schema.index(of: "Text"))
    let said = try sentences.read(columns: [textAt], rows: 0..<count)[0]
    let written = try table.read(columns: [documentAt], rows: 0..<count)[0]
    for row in 0..<count { #expect(said.value(row).text == written.value(row).text) }

    let second = try run([path, documents.path, "0"])
    second.waitUntilExit()
    #expect(second.terminationStatus == 0)
    let complete = try CorpusStore.open(path)
    #expect(complete.documentCount == 60)
    // As if nothing had happened.
    let straight = folder.appending(path: "straight.dossier").path
    try run([straight, documents.path, "0"]).waitUntilExit()
    #expect(try complete.contentHash() == CorpusStore.open(straight).contentHash())
  }
}
