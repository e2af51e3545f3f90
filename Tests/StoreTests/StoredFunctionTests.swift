import Diagnostics
import Foundation
import Testing

@testable import Store

@Suite struct StoredFunctionTests {
  private let scratch = Scratch()

  @Test func functionsAreKeptReplacedAndDropped() throws {
    let path = scratch.path("a.dossier")
    let first = FunctionText(name: "b", text: "() { print 'é\u{0}' }")
    try StoreWriter(path).save(first)
    try StoreWriter(path).save(FunctionText(name: "a", text: "() { print 1 }"))
    let before = try CorpusStore.open(path)
    #expect(before.functions.map(\.name) == ["a", "b"])
    #expect(before.functions[1] == first)
    #expect(before.batch == 0)
    try StoreWriter(path).save(FunctionText(name: "a", text: "() { print 2 }"))
    #expect(try StoreWriter(path).dropFunction("b"))
    #expect(try !StoreWriter(path).dropFunction("b"))
    // What is open stays as it was.
    #expect(before.functions.map(\.text) == ["() { print 1 }", first.text])
    #expect(try CorpusStore.open(path).functions == [FunctionText(name: "a", text: "() { print 2 }")])
  }

  @Test func loadsLeaveThemAlone() throws {
    let path = scratch.path("a.dossier")
    try StoreWriter(path).save(FunctionText(name: "f", text: "() { print 1 }"))
    try load([[sampleFacts("a", "Kim met Putin")]], into: path)
    try load([[sampleFacts("b", "Kim left")]], into: path)
    #expect(try CorpusStore.open(path).functions.count == 1)
    #expect(try CorpusStore.open(path, snapshot: 1).functions.count == 1)
  }

  @Test func aRunningLoadKeepsThemOut() throws {
    let path = scratch.path("a.dossier")
    let writer = try StoreWriter(path)
    #expect(errorCode { _ = try StoreWriter(path) } == "STO104")
    withExtendedLifetime(writer) {}
  }
}
