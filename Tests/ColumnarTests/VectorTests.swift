import Columnar
import Testing

@Suite struct VectorTests {
  @Test func equalStringsShareOneEntry() {
    let vector = StringVector(["b", "", "a", "b", "é", "e\u{301}", "b"])
    #expect(vector.count == 7)
    // Composed and decomposed forms are different texts in KQL.
    #expect(vector.pool.count == 5)
    #expect((0..<7).map { vector[$0] }.joined(separator: "|") == "b||a|b|é|e\u{301}|b")
  }

  @Test func thousandsOfStringsAreFoundAgain() {
    let strings = (0..<5000).map { "value \($0 % 1700)" }
    let vector = StringVector(strings)
    #expect(vector.pool.count == 1700)
    for row in stride(from: 0, to: 5000, by: 37) { #expect(vector[row] == strings[row]) }
  }

  @Test func gatheringMarksMissingRows() {
    let numbers = ColumnVector([.long(5), .null, .long(7)], type: .long).gather([2, -1, 1, 0])
    #expect((0..<4).map { numbers.value($0).text } == ["7", "", "", "5"])
    #expect((0..<4).map { numbers.isNull($0) } == [false, true, true, false])
    let words = ColumnVector([.string("x"), .string("y")], type: .string).gather([-1, 1])
    #expect((0..<2).map { words.value($0).text } == ["", "y"])
    #expect(!words.isNull(0))
  }

  @Test func constantsStandForAllRows() {
    let constant = ColumnVector(constant: .string("k"), type: .string, count: 3)
    #expect(constant.flattened().value(2).text == "k")
    #expect(constant.gather([0, -1]).value(1).text == "")
    let nothing = ColumnVector(constant: .null, type: .long, count: 2)
    #expect(nothing.isNull(1) && nothing.flattened().isNull(0))
  }

  @Test func slicesKeepNulls() {
    let vector = ColumnVector((0..<200).map { $0 % 3 == 0 ? .null : .long(Int64($0)) }, type: .long)
    let slice = vector.slice(63..<130)
    for row in 0..<67 { #expect(slice.value(row).text == vector.value(row + 63).text) }
    let both = ColumnVector.concatenate([slice, vector], type: .long)
    #expect(both.count == 267 && both.isNull(0) && both.value(66).text == vector.value(129).text)
  }

  @Test func validityWithoutNullsIsDropped() {
    #expect(ColumnVector([.long(1)], type: .long).validity == nil)
    var bits = Validity(count: 65, allValid: true)
    bits.set(64, false)
    #expect(bits.nullCount == 1)
    #expect(Validity.intersection(bits, nil) == bits)
  }

  @Test func lineageIsSortedDistinctAndCapped() {
    func rows(_ numbers: [Int64]) -> Lineage {
      numbers.reduce(into: Lineage()) { $0.formUnion(Lineage(RowReference(source: 0, row: $1))) }
    }
    var some = rows([5, 1, 3])
    some.formUnion(rows([3, 4]))
    #expect(some.rows.map(\.row) == [1, 3, 4, 5])
    #expect(some.total == 4)
    var many = rows([])
    for row in 0..<Int64(Lineage.cap + 50) { many.formUnion(Lineage(RowReference(source: 0, row: row))) }
    #expect(many.rows.count == Lineage.cap)
    #expect(many.total == Lineage.cap + 50)
  }

  @Test func schemasCompareExactNames() {
    let schema = Schema([Field("é", .long), Field("Name", .string)])
    #expect(schema.index(of: "e\u{301}") == nil)
    #expect(schema.index(of: "é") == 0)
    #expect(schema.index(of: "name") == nil)
    #expect(ScalarType(kqlName: "double") == .real)
    #expect(ScalarType(kqlName: "text") == nil)
  }
}

@Suite struct StringNumberTests {
  /// More strings than a table moves at once when it grows; a copy made meanwhile goes its own way.
  @Test func numbersStayWhileTheTableGrows() {
    func number(_ numbers: inout StringNumbers, _ value: Int) -> UInt32 {
      withUnsafeBytes(of: value) { numbers.number(of: $0.bindMemory(to: UInt8.self)) }
    }
    func known(_ numbers: StringNumbers, _ value: Int) -> UInt32? {
      withUnsafeBytes(of: value) { numbers.known($0.bindMemory(to: UInt8.self)) }
    }
    var numbers = StringNumbers()
    for value in 0..<524_300 where number(&numbers, value) != UInt32(value) { Issue.record("\(value)") }
    // The table has just begun to grow.
    var copy = numbers
    #expect(number(&copy, -1) == 524_300 && number(&copy, -2) == 524_301)
    for value in 524_300..<530_000 where number(&numbers, value) != UInt32(value) { Issue.record("\(value)") }
    for value in stride(from: 0, to: 530_000, by: 97) where known(numbers, value) != UInt32(value) {
      Issue.record("\(value)")
    }
    #expect(known(numbers, -1) == nil && known(copy, 524_300) == nil && known(copy, 7) == 7)
    #expect(number(&numbers, 3) == 3 && number(&copy, -1) == 524_300)
    #expect(numbers.count == 530_000 && copy.count == 524_302)
  }
}
