import Columnar
import Testing

@testable import Shell

struct NameIndexTests {
  private func index(_ names: [String], _ weights: [Int]) -> NameIndex {
    NameIndex(ColumnVector(strings: StringVector(names))) { weights[$0] }
  }

  @Test func namesAreFoundByHowTheyBeginHeaviestFirst() {
    let index = index(["Kim Jong Un", "kim yo jong", "Kiel", "", "Putin", "Élysée"], [5, 9, 7, 99, 1, 2])
    #expect(index.matches("KI", limit: 9).map(\.name) == ["kim yo jong", "Kiel", "Kim Jong Un"])
    #expect(index.matches("ki", limit: 2).map(\.name) == ["kim yo jong", "Kiel"])
    #expect(index.matches("kim ", limit: 9).map(\.row) == [1, 0])
    #expect(index.matches("é", limit: 9).map(\.name) == ["Élysée"])
    #expect(index.matches("z", limit: 9).isEmpty)
    #expect(index.matches("", limit: 9).count == 5)
    #expect(self.index([], []).matches("a", limit: 3).isEmpty)
  }

  @Test func itIsWhatAScanFinds() {
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let letters = Array("aAbBcé")
    let names = (0..<500).map { _ in String((0..<(1 + next(4))).map { _ in letters[next(6)] }) }
    let weights = names.map { _ in next(50) }
    let index = index(names, weights)
    for prefix in ["", "a", "AB", "é", "bc", "aaa", "x"] {
      let wanted = names.indices.filter { names[$0].lowercased().utf8.starts(with: prefix.lowercased().utf8) }
      let found = index.matches(prefix, limit: 10)
      #expect(found.count == min(10, wanted.count))
      #expect(found.map(\.weight) == wanted.map { weights[$0] }.sorted(by: >).prefix(10).map { $0 })
      #expect(found.allSatisfy { wanted.contains($0.row) })
    }
  }
}
