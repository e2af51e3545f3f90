import Diagnostics
import Testing

@testable import SpacyRuntime

@Suite struct MsgpackTests {
  private func read(_ bytes: [UInt8]) throws -> Msgpack {
    try bytes.withUnsafeBytes { try Msgpack.read($0, "test") }
  }

  @Test func readsEachKind() throws {
    // {"a": [1, -1, 300, true, nil, 1.5, "é", <bytes 7 8>], 65: 2^64-1}
    let bytes: [UInt8] =
      [0x82, 0xA1, 0x61, 0x98, 0x01, 0xFF, 0xCD, 0x01, 0x2C, 0xC3, 0xC0, 0xCA, 0x3F, 0xC0, 0, 0]
      + [0xA2, 0xC3, 0xA9, 0xC4, 2, 7, 8, 0x41, 0xCF] + [UInt8](repeating: 0xFF, count: 8)
    let value = try read(bytes)
    let list = try #require(value["a"]?.array)
    #expect(list.map(\.integer) == [1, -1, 300, nil, nil, nil, nil, nil])
    #expect(list[3].bool == true)
    guard case .real(1.5) = list[5] else {
      Issue.record("no 1.5")
      return
    }
    #expect(list[6].string == "é")
    guard case .binary(let range) = list[7] else {
      Issue.record("no bytes")
      return
    }
    #expect(Array(bytes[range]) == [7, 8])
    #expect(value.map?[1].key.integer == 65)
    #expect(value.map?[1].value.id == UInt64.max)
    #expect(value.map?[1].value.integer == nil)
  }

  @Test(
    arguments: [
      [], [0xC1], [0xA5, 0x61], [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
      [0xC6, 0xFF, 0xFF, 0xFF, 0xFF], [1, 2], [0xD4, 1, 1], [UInt8](repeating: 0x91, count: 100_000),
    ] as [[UInt8]])
  func refusesWhatIsNotOne(_ bytes: [UInt8]) {
    #expect(throws: DossierError.self) { try read(bytes) }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func neverTrapsOnAnyBytes(_ seed: UInt64) {
    var state = seed
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for _ in 0..<3_000 { _ = try? read((0..<Int(next() % 40)).map { _ in next() }) }
  }
}
