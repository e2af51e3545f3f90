import Columnar
import KQLEngine
import TestSupport
import Testing

/// Groups are numbered in order of first appearance, whether their keys are looked up in a table or hashed.
@Suite struct GroupIndexTests {
  /// Batches of pairs whose numbers get larger and more, or fewer: few pairs that stand in a table, many that are hashed,
  /// and what goes from one to the other and back.
  @Test(arguments: [
    [(3, 3), (2_000, 900), (40, 40)], [(70_000, 70_000), (5, 5), (5, 5)], [(1, 5_000), (5_000, 1)],
    [(30_000, 100), (30_000, 100), (30_000, 100), (30_000, 100), (30_000, 100), (30_000, 3_000)],
  ])
  func pairsAreNumberedInOrder(_ ranges: [(Int, Int)]) {
    var generator = SeededNumbers(state: UInt64(ranges.count))
    var index = GroupIndex(keyCount: 2)
    var known: [[Int64]: Int] = [:]
    for (first, second) in ranges {
      for size in [1, 17, 1_024, 20_000] {
        let rows = (0..<size).map { _ in
          [
            Int64(Int.random(in: 0..<first, using: &generator)),
            Int64(Int.random(in: 0..<second, using: &generator)),
          ]
        }
        let keys = [0, 1].map { column in ColumnVector(rows.map { Value.long($0[column]) }, type: .long) }
        let groups = index.groups(of: keys, rowCount: size)
        let expected = rows.map { row in
          let number = known[row] ?? known.count
          known[row] = number
          return number
        }
        #expect(groups == expected)
        #expect(index.count == known.count)
        #expect(index.lookup(keys, rowCount: size, nullsMatch: true) == expected)
      }
    }
    let unknown = [ColumnVector([.long(-1)], type: .long), ColumnVector([.long(0)], type: .long)]
    #expect(index.lookup(unknown, rowCount: 1, nullsMatch: true) == [-1])
  }

  @Test func fewPairsNeedNoHashing() {
    var index = GroupIndex(keyCount: 2)
    func take(_ count: Int, _ key: (Int) -> (Int, Int)) {
      let keys = (0..<count).map(key)
      let columns = [keys.map(\.0), keys.map(\.1)].map {
        ColumnVector($0.map { Value.long(Int64($0)) }, type: .long)
      }
      _ = index.groups(of: columns, rowCount: count)
    }
    take(1_000) { ($0 % 100, $0 % 7) }
    #expect(index.isTable)
    // A million pairs that could be, of which few come.
    take(1_000) { ($0, $0 * 7 % 1_009) }
    #expect(!index.isTable)
    // They do come.
    for _ in 0..<20 { take(10_000) { ($0 % 997, $0 / 10) } }
    #expect(index.isTable)
    #expect(index.count > 10_000)
  }
}
