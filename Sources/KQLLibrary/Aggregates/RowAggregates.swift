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
///
/// What is kept of a run of rows are the columns of those that lead their groups at its end.
struct ArgState: AggregateState {
  /// The leading row of a group: its key, and where its columns are kept.
  private struct Leader<Key: Sendable>: Sendable {
    var key: Key
    var hasKey = false
    var place = -1
  }

  let types: [ScalarType]
  let sign: Int
  private var integers: [Leader<Int64>] = []
  private var reals: [Leader<Double>] = []
  private var values: [Leader<Value>] = []
  private var kept: Kept

  init(types: [ScalarType], sign: Int) {
    self.types = types
    self.sign = sign
    kept = Kept(types: types)
  }

  /// Marks the rows of a run that lead their groups, and gives the groups whose leader is new.
  @inline(__always)
  private static func lead<Key: Cell>(
    _ leaders: inout [Leader<Key>], _ lane: Lane<Key>, _ groups: [Int], from base: Int,
    _ isBetter: (Key, Key) -> Bool
  ) -> [Int] {
    var changed: [Int] = []
    leaders.withUnsafeMutableBufferPointer { leaders in
      for row in groups.indices {
        let group = groups[row]
        let key = lane[row]
        let known = leaders[group]
        if known.place >= 0 {
          guard let key, !known.hasKey || isBetter(key, known.key) else { continue }
        }
        if known.place < base { changed.append(group) }
        leaders[group] = Leader(key: key ?? Key.filler, hasKey: key != nil, place: base + row)
      }
    }
    return changed
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    let sign = sign
    if types[0].isIntegerStored {
      integers.grow(to: groupCount, with: Leader(key: 0))
      let lane = Int64.lane(of: arguments[0])
      let changed =
        sign > 0
        ? Self.lead(&integers, lane, groups, from: kept.count) { $0 > $1 }
        : Self.lead(&integers, lane, groups, from: kept.count) { $0 < $1 }
      kept.take(arguments, changed, &integers)
    } else if types[0] == .real {
      reals.grow(to: groupCount, with: Leader(key: 0))
      let changed = Self.lead(&reals, Double.lane(of: arguments[0]), groups, from: kept.count) {
        compareReals($0, $1) * sign > 0
      }
      kept.take(arguments, changed, &reals)
    } else {
      values.grow(to: groupCount, with: Leader(key: .null))
      var leaders = values.map { Leader(key: AnyCell(value: $0.key), hasKey: $0.hasKey, place: $0.place) }
      let changed = Self.lead(&leaders, AnyCell.lane(of: arguments[0]), groups, from: kept.count) {
        compareValues($0.value, $1.value).signum() == sign
      }
      values = leaders.map { Leader(key: $0.key.value, hasKey: $0.hasKey, place: $0.place) }
      kept.take(arguments, changed, &values)
    }
  }

  /// The columns of rows that lead, or did.
  private struct Kept {
    let types: [ScalarType]
    var parts: [RowBatch] = []
    var count = 0

    /// Copies the rows that lead now, so that the run can go.
    mutating func take<Key>(_ arguments: [ColumnVector], _ changed: [Int], _ leaders: inout [Leader<Key>]) {
      guard !changed.isEmpty else { return }
      let rows = changed.map { leaders[$0].place - count }
      for (position, group) in changed.enumerated() { leaders[group].place = count + position }
      parts.append(RowBatch(columns: arguments, count: arguments[0].count).gather(rows))
      count += rows.count
      if count > 65_536, count > 4 * leaders.count {
        // Most of what is kept has lost its lead since.
        let places = leaders.map(\.place)
        for group in leaders.indices where leaders[group].place >= 0 { leaders[group].place = group }
        parts = [leading(at: places)]
        count = places.count
      }
    }

    func leading(at places: [Int]) -> RowBatch {
      let schema = Schema(types.indices.map { Field("c\($0)", types[$0]) })
      let all =
        parts.isEmpty
        ? RowBatch(columns: types.map { ColumnVector([], type: $0) }, count: 0)
        : RowBatch.concatenate(parts, schema: schema)
      return all.gather(places)
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    integers.grow(to: types[0].isIntegerStored ? groupCount : 0, with: Leader(key: 0))
    reals.grow(to: types[0] == .real ? groupCount : 0, with: Leader(key: 0))
    values.grow(
      to: types[0].isIntegerStored || types[0] == .real ? 0 : groupCount, with: Leader(key: .null))
    let (base, sign) = (kept.count, sign)
    func take<Key>(
      _ leaders: inout [Leader<Key>], _ others: [Leader<Key>], _ isBetter: (Key, Key) -> Bool
    ) {
      for (group, other) in others.enumerated() where other.place >= 0 {
        let known = leaders[mapping[group]]
        if known.place >= 0 {
          guard other.hasKey, !known.hasKey || isBetter(other.key, known.key) else { continue }
        }
        leaders[mapping[group]] = Leader(key: other.key, hasKey: other.hasKey, place: base + other.place)
      }
    }
    take(&integers, next.integers) { sign > 0 ? $0 > $1 : $0 < $1 }
    take(&reals, next.reals) { compareReals($0, $1) * sign > 0 }
    take(&values, next.values) { compareValues($0, $1).signum() == sign }
    kept.parts += next.kept.parts
    kept.count += next.kept.count
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    var places =
      types[0].isIntegerStored
      ? integers.map(\.place) : types[0] == .real ? reals.map(\.place) : values.map(\.place)
    places.grow(to: groupCount, with: -1)
    return kept.leading(at: places).columns
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
