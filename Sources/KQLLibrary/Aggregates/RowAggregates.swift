import Columnar
import Diagnostics
import KQLEngine

/// Aggregates that pick a row of the group: arg_max, arg_min, take_any.
enum RowAggregates {
  static let all: [AggregateFunction] = [argMax, argMin, takeAny, takeAnyIf]

  private static let columns: AggregateFunction.OutputRule = { (arguments) throws(DossierError) in
    arguments.enumerated().map { index, argument in
      Field(argument.columnName ?? "Column\(index + 1)", argument.type)
    }
  }

  static let argMax = extreme(
    "arg_max", aliases: ["argmax"], sign: 1, "largest", name: "max_",
    Example(
      "range x from 1 to 4 step 1 | extend y = 10 - x | summarize arg_max(y, x)", "y:long  x:long\n9  1"))
  static let argMin = extreme(
    "arg_min", aliases: ["argmin"], sign: -1, "smallest", name: "min_",
    Example(
      "range x from 1 to 4 step 1 | extend y = 10 - x | summarize arg_min(y, x)", "y:long  x:long\n6  4"))

  private static func extreme(
    _ function: String, aliases: [String], sign: Int, _ word: String, name: String, _ example: Example
  ) -> AggregateFunction {
    AggregateFunction(
      function, aliases: aliases, [.any("value"), .any("column", optional: true)], variadic: true,
      takesStar: true,
      summary: "The \(word) value and further columns of its row; the first such row in source order.",
      examples: [example],
      outputs: { (arguments) throws(DossierError) in
        var fields = try columns(arguments)
        if let first = arguments.first, first.columnName == nil { fields[0].name = name }
        return fields
      },
      makeState: { (arguments) in ArgState(types: arguments.map(\.type), sign: sign) })
  }

  static let takeAny = AggregateFunction(
    "take_any", aliases: ["any"], [.any("column")], variadic: true, takesStar: true,
    summary: "The columns of one row of the group: the first; of a single column, the first value there is.",
    examples: [.aggregate("take_any(x)", .long, "1")], outputs: columns,
    makeState: { (arguments) in AnyState(types: arguments.map(\.type)) })

  static let takeAnyIf = AggregateFunction(
    "take_anyif", aliases: ["anyif"], [.any("column"), .bool("predicate")],
    summary: "The first value of the group in a row where the predicate is true.",
    examples: [.aggregate("take_anyif(x, x > 2)", .long, "3")],
    outputs: { (arguments) throws(DossierError) in try columns(Array(arguments.prefix(1))) },
    makeState: { (arguments) in
      FilteredState(base: AnyState(types: arguments.prefix(1).map(\.type)), predicate: 1)
    })
}

/// The row with the extreme value of the first argument; rows without a value count only if no other
/// row is there.
struct ArgState: AggregateState {
  let types: [ScalarType]
  let sign: Int
  private var rows: [[Value]?] = []

  init(types: [ScalarType], sign: Int) {
    self.types = types
    self.sign = sign
  }

  private func isBetter(_ value: Value, than known: Value) -> Bool {
    if value.isNull { return false }
    return known.isNull || compareValues(value, known).signum() == sign
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    rows.grow(to: groupCount, with: nil)
    // Row numbers first, so that only winners are copied out of their columns.
    var winners = [Int: Int]()
    var best = rows.map { $0?.first }
    let key = arguments[0]
    for (row, group) in groups.enumerated() {
      let value = key.value(row)
      if let known = best[group], !isBetter(value, than: known) { continue }
      best[group] = value
      winners[group] = row
    }
    for group in 0..<groupCount {
      if let row = winners[group] { rows[group] = arguments.map { $0.value(row) } }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    rows.grow(to: groupCount, with: nil)
    for (group, row) in next.rows.enumerated() {
      guard let row else { continue }
      if let known = rows[mapping[group]], !isBetter(row[0], than: known[0]) { continue }
      rows[mapping[group]] = row
    }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    rows.grow(to: groupCount, with: nil)
    return types.indices.map { column in ColumnVector(rows.map { $0?[column] ?? .null }, type: types[column])
    }
  }
}

/// The first row; of a single column, the first value that is not null.
struct AnyState: AggregateState {
  let types: [ScalarType]
  private var rows: [[Value]?] = []

  init(types: [ScalarType]) { self.types = types }

  private func isOpen(_ known: [Value]?) -> Bool {
    guard let known else { return true }
    return types.count == 1 && Self.isMissing(known[0])
  }

  private static func isMissing(_ value: Value) -> Bool {
    if case .string(let text) = value { return text.isEmpty }
    return value.isNull
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    rows.grow(to: groupCount, with: nil)
    for (row, group) in groups.enumerated() where isOpen(rows[group]) {
      let values = arguments.prefix(types.count).map { $0.value(row) }
      if rows[group] == nil || !Self.isMissing(values[0]) { rows[group] = values }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    rows.grow(to: groupCount, with: nil)
    for (group, row) in next.rows.enumerated() {
      guard let row, isOpen(rows[mapping[group]]) else { continue }
      if rows[mapping[group]] == nil || !Self.isMissing(row[0]) { rows[mapping[group]] = row }
    }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    rows.grow(to: groupCount, with: nil)
    return types.indices.map { column in ColumnVector(rows.map { $0?[column] ?? .null }, type: types[column])
    }
  }
}
