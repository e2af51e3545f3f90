import Columnar
import KQLEngine
import KQLLibrary
import Testing

@Suite struct AggregateTests {
  /// Two groups, and a third without rows; a null in each of the first two.
  private let groups = [0, 1, 0, 1, 0, 1, 0]
  private let numbers = ColumnVector(
    [.long(3), .long(1), .null, .long(4), .long(1), .null, .long(5)], type: .long)

  private func run(_ name: String, _ columns: [ColumnVector], constants: [Int: Value] = [:]) throws
    -> [[String]]
  {
    try Harness.aggregate(name, columns, groups: groups, groupCount: 3, constants: constants)
  }

  @Test func countsAndSums() throws {
    #expect(try run("count", []) == [["4"], ["3"], ["0"]])
    #expect(try run("sum", [numbers]) == [["9"], ["5"], ["0"]])
    #expect(try run("avg", [numbers]) == [["3.0"], ["2.5"], ["null"]])
    #expect(try run("min", [numbers]) == [["1"], ["1"], ["null"]])
    #expect(try run("max", [numbers]) == [["5"], ["4"], ["null"]])
    #expect(try run("dcount", [numbers]) == [["3"], ["2"], ["0"]])
    let predicate = ColumnVector(
      [.bool(true), .null, .bool(true), .bool(true), .bool(false), .bool(true), .bool(true)], type: .bool)
    #expect(try run("countif", [predicate]) == [["3"], ["2"], ["0"]])
    #expect(try run("sumif", [numbers, predicate]) == [["8"], ["4"], ["0"]])
    #expect(try run("make_list_if", [numbers, predicate]) == [["[3,5]"], ["[4]"], ["[]"]])
    #expect(throws: (any Error).self) {
      try run("sum", [ColumnVector(constant: .string("x"), type: .string, count: 7)])
    }
  }

  @Test func sumsWrapAndTicksAdd() throws {
    let extreme = ColumnVector(integers: [.max, 1, 1, 2, 0, 3, 0])
    #expect(try run("sum", [extreme])[0] == ["\(Int64.min)"])
    #expect(try run("avg", [extreme])[0] == ["2.305843009213694e+18"])
    let spans = ColumnVector(
      integers: [10, 20, 30, 40, 50, 60, 70].map { $0 * Ticks.perSecond }, type: .timespan)
    #expect(try run("avg", [spans])[0] == ["00:00:40"])
    #expect(try run("avg", [spans])[2] == ["null"])
  }

  @Test func rowsPicked() throws {
    let texts = ColumnVector(strings: StringVector(["a", "b", "c", "d", "e", "f", "g"]))
    #expect(try run("arg_max", [numbers, texts]) == [["5", "g"], ["4", "d"], ["null", ""]])
    #expect(try run("arg_min", [numbers, texts]) == [["1", "e"], ["1", "b"], ["null", ""]])
    #expect(try run("take_any", [texts]) == [["a"], ["b"], [""]])
    // Ties go to the first row; a group of nulls still gives its first row.
    let ties = ColumnVector([.long(1), .null, .long(1), .null, .long(0), .null, .long(1)], type: .long)
    #expect(try run("arg_max", [ties, texts]) == [["1", "a"], ["null", "b"], ["null", ""]])
  }

  @Test func collections() throws {
    #expect(try run("make_list", [numbers]) == [["[3,1,5]"], ["[1,4]"], ["[]"]])
    #expect(try run("make_list_with_nulls", [numbers])[0] == ["[3,null,1,5]"])
    #expect(
      try run(
        "make_list", [numbers, ColumnVector(constant: .long(2), type: .long, count: 7)],
        constants: [1: .long(2)])[0] == ["[3,1]"])
    let texts = ColumnVector(strings: StringVector(["x", "b", "y", "b", "x", "c", ""]))
    #expect(try run("make_set", [texts]) == [["[\"x\",\"y\",\"\"]"], ["[\"b\",\"c\"]"], ["[]"]])
    #expect(try run("dcount", [texts]) == [["3"], ["2"], ["0"]])
    let bags = ColumnVector(
      dynamics: ["{\"a\":1}", "{}", "{\"a\":2,\"b\":3}", "[1]", "{\"c\":4}", "{\"z\":1}", "{}"].map {
        DynamicValue(json: $0) ?? .null
      })
    #expect(try run("make_bag", [bags]) == [["{\"a\":1,\"b\":3,\"c\":4}"], ["{\"z\":1}"], ["{}"]])
    #expect(try run("buildschema", [bags])[0] == ["{\"a\":\"long\",\"b\":\"long\",\"c\":\"long\"}"])
  }

  @Test func percentilesAreNearestRank() throws {
    let p = ColumnVector(constant: .long(50), type: .long, count: 7)
    #expect(try run("percentile", [numbers, p], constants: [1: .long(50)]) == [["3"], ["1"], ["null"]])
    let reals = ColumnVector(reals: [0.5, 1, 2, 3, 4, 5, 6])
    #expect(
      try run("percentiles", [reals, p, p], constants: [1: .long(0), 2: .long(100)])[0] == ["0.5", "6.0"])
    #expect(throws: (any Error).self) { try run("percentile", [reals, p], constants: [1: .long(101)]) }
    let weights = ColumnVector(integers: [1, 1, 1, 1, 10, 1, 1])
    #expect(try run("percentilew", [numbers, weights, p], constants: [2: .long(50)])[0] == ["1"])
  }

  @Test func spread() throws {
    let reals = ColumnVector(reals: [2, 1, 4, 1, 4, 1, 6])
    #expect(try run("variance", [reals])[1...].map { $0 } == [["0.0"], ["0.0"]])
    #expect(try run("variancep", [reals])[0] == ["2.0"])
    #expect(try run("covariancep", [reals, reals])[0] == ["2.0"])
    #expect(try run("binary_all_xor", [numbers])[0] == ["7"])
  }
}
