import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// Counts, sums, averages and extremes.
enum BasicAggregates {
  static let all: [AggregateFunction] =
    [count, countIf] + sums + averages + minima + maxima + bits

  static let count = AggregateFunction(
    "count", [.any("value", optional: true)], summary: "How many rows there are.",
    examples: [.aggregate("count()", .long, "4")],
    outputs: { _ in [Field("count_", .long)] }, makeState: { _ in CountState(predicate: nil) })

  static let countIf = AggregateFunction(
    "countif", [.bool("predicate")], summary: "In how many rows the predicate is true.",
    examples: [.aggregate("countif(x > 1)", .long, "3")],
    outputs: { _ in [Field("countif_", .long)] }, makeState: { _ in CountState(predicate: 0) })

  private static let sums = AggregateFunction.family(
    "sum", ifName: "sumif", [.any("value")], summary: "The sum of the values.",
    example: .aggregate("sum(x)", .long, "10"), ifExample: .aggregate("sumif(x, x > 1)", .long, "9"),
    gives: { (arguments) throws(DossierError) in try sumType(arguments, "sum") },
    state: { (arguments) throws(DossierError) in SumState(type: try sumType(arguments, "sum")) })

  private static func sumType(_ arguments: [ArgumentInfo], _ name: String) throws(DossierError) -> ScalarType
  {
    guard let argument = arguments.first else { return .long }
    switch argument.type {
    case .int, .long, .bool: return .long
    case .real, .decimal, .timespan: return argument.type
    case .dynamic: return .real
    default: throw aggregateTypeError(name, "int, long, real, decimal, timespan or dynamic", argument)
    }
  }

  private static let averages = AggregateFunction.family(
    "avg", ifName: "avgif", [.any("value")], summary: "The average of the values.",
    example: .aggregate("avg(x)", .real, "2.5"), ifExample: .aggregate("avgif(x, x > 1)", .real, "3.0"),
    gives: { (arguments) throws(DossierError) in try averageType(arguments) },
    state: { (arguments) throws(DossierError) in AverageState(type: try averageType(arguments)) })

  private static func averageType(_ arguments: [ArgumentInfo]) throws(DossierError) -> ScalarType {
    guard let argument = arguments.first else { return .real }
    switch argument.type {
    case .int, .long, .real, .dynamic, .bool: return .real
    case .decimal, .timespan, .datetime: return argument.type
    default:
      throw aggregateTypeError("avg", "int, long, real, decimal, timespan, datetime or dynamic", argument)
    }
  }

  private static let minima = AggregateFunction.family(
    "min", ifName: "minif", [.any("value")], summary: "The smallest value.",
    example: .aggregate("min(x)", .long, "1"), ifExample: .aggregate("minif(x, x > 1)", .long, "2"),
    gives: { (arguments) in arguments.first?.type ?? .dynamic },
    state: { (arguments) in ExtremeState(type: arguments.first?.type ?? .dynamic, sign: -1) })

  private static let maxima = AggregateFunction.family(
    "max", ifName: "maxif", [.any("value")], summary: "The largest value.",
    example: .aggregate("max(x)", .long, "4"), ifExample: .aggregate("maxif(x, x < 4)", .long, "3"),
    gives: { (arguments) in arguments.first?.type ?? .dynamic },
    state: { (arguments) in ExtremeState(type: arguments.first?.type ?? .dynamic, sign: 1) })

  private static let bits: [AggregateFunction] = [
    bitwise("and", "0", -1) { $0 & $1 }, bitwise("or", "7", 0) { $0 | $1 },
    bitwise("xor", "4", 0) { $0 ^ $1 },
  ]

  private static func bitwise(
    _ word: String, _ value: String, _ neutral: Int64, _ combine: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> AggregateFunction {
    AggregateFunction(
      "binary_all_\(word)", [.long("value")],
      summary: "All values of the group combined by a bitwise \(word).",
      examples: [.aggregate("binary_all_\(word)(x)", .long, value)],
      outputs: { [Field(AggregateFunction.defaultName("binary_all_\(word)", $0.first), .long)] },
      makeState: { _ in
        FoldState<Int64?, Int64>(
          nil, .long, add: { $0 = combine($0 ?? neutral, $1) },
          combine: { if let next = $1 { $0 = combine($0 ?? neutral, next) } },
          result: { $0.map { .long($0) } ?? .null })
      })
  }
}

/// Counts rows, all or those where a predicate is true.
struct CountState: AggregateState {
  let predicate: Int?
  private var counts: [Int64] = []

  init(predicate: Int?) { self.predicate = predicate }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    counts.grow(to: groupCount, with: 0)
    guard let predicate else {
      for group in groups { counts[group] += 1 }
      return
    }
    let condition = Bool.lane(of: arguments[predicate])
    for (row, group) in groups.enumerated() where condition[row] == true { counts[group] += 1 }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    counts.grow(to: groupCount, with: 0)
    for (group, count) in next.counts.enumerated() { counts[mapping[group]] += count }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    counts.grow(to: groupCount, with: 0)
    return [ColumnVector(integers: counts)]
  }
}

/// Adds numbers or timespans; whole sums that leave 64 bits wrap, as KQL's do.
struct SumState: AggregateState {
  let type: ScalarType
  private var integers: [Int64] = []
  private var reals: [Double] = []
  private var decimals: [Decimal] = []

  init(type: ScalarType) { self.type = type }

  private mutating func grow(_ count: Int) {
    switch type {
    case .real: reals.grow(to: count, with: 0)
    case .decimal: decimals.grow(to: count, with: 0)
    default: integers.grow(to: count, with: 0)
    }
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    switch type {
    case .real:
      let lane: Lane<Double> = Double.lane(of: arguments[0])
      for (row, group) in groups.enumerated() { if let value = lane[row] { reals[group] += value } }
    case .decimal:
      let lane: Lane<Decimal> = Decimal.lane(of: arguments[0])
      for (row, group) in groups.enumerated() { if let value = lane[row] { decimals[group] += value } }
    default:
      let column = arguments[0].type == .bool ? convert(arguments[0], to: .long) : arguments[0]
      let lane: Lane<Int64> = Int64.lane(of: column)
      for (row, group) in groups.enumerated() {
        if let value = lane[row] { integers[group] = integers[group] &+ value }
      }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    for (group, value) in next.integers.enumerated() {
      integers[mapping[group]] = integers[mapping[group]] &+ value
    }
    for (group, value) in next.reals.enumerated() { reals[mapping[group]] += value }
    for (group, value) in next.decimals.enumerated() { decimals[mapping[group]] += value }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    grow(groupCount)
    switch type {
    case .real: return [ColumnVector(reals: reals)]
    case .decimal:
      return [ColumnVector(type: .decimal, count: decimals.count, storage: .decimals(decimals))]
    default: return [ColumnVector(integers: integers, type: type)]
    }
  }
}

/// Averages; null for a group without values. Whole numbers are summed exactly before they are divided.
struct AverageState: AggregateState {
  let type: ScalarType
  private var counts: [Int64] = []
  private var reals: [Double] = []
  private var decimals: [Decimal] = []
  private var integers: [Int128] = []

  init(type: ScalarType) { self.type = type }

  private mutating func grow(_ count: Int) {
    counts.grow(to: count, with: 0)
    reals.grow(to: count, with: 0)
    decimals.grow(to: count, with: 0)
    integers.grow(to: count, with: 0)
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    if type == .decimal {
      let lane: Lane<Decimal> = Decimal.lane(of: arguments[0])
      for (row, group) in groups.enumerated() {
        guard let value = lane[row] else { continue }
        decimals[group] += value
        counts[group] += 1
      }
      return
    }
    let column = arguments[0].type == .bool ? convert(arguments[0], to: .long) : arguments[0]
    if column.type.isIntegerStored {
      let lane: Lane<Int64> = Int64.lane(of: column)
      for (row, group) in groups.enumerated() {
        guard let value = lane[row] else { continue }
        integers[group] += Int128(value)
        counts[group] += 1
      }
      return
    }
    let lane: Lane<Double> = Double.lane(of: column)
    for (row, group) in groups.enumerated() {
      guard let value = lane[row] else { continue }
      reals[group] += value
      counts[group] += 1
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    for group in next.counts.indices {
      counts[mapping[group]] += next.counts[group]
      reals[mapping[group]] += next.reals[group]
      decimals[mapping[group]] += next.decimals[group]
      integers[mapping[group]] += next.integers[group]
    }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    grow(groupCount)
    let values = (0..<groupCount).map { group -> Value in
      let count = counts[group]
      guard count > 0 else { return .null }
      switch type {
      case .decimal: return .decimal(decimals[group] / Decimal(count))
      case .timespan: return .timespan(Int64(integers[group] / Int128(count)))
      case .datetime: return .datetime(Int64(integers[group] / Int128(count)))
      default: return .real((Double(integers[group]) + reals[group]) / Double(count))
      }
    }
    return [ColumnVector(values, type: type)]
  }
}

/// The smallest (`sign` −1) or largest (1) value; the first of equal ones.
struct ExtremeState: AggregateState {
  let type: ScalarType
  let sign: Int
  private var integers: [Int64?] = []
  private var values: [Value] = []

  init(type: ScalarType, sign: Int) {
    self.type = type
    self.sign = sign
  }

  private mutating func grow(_ count: Int) {
    if type.isIntegerStored {
      integers.grow(to: count, with: nil)
    } else {
      values.grow(to: count, with: .null)
    }
  }

  private mutating func take(_ value: Value, _ group: Int) {
    guard !value.isNull else { return }
    if values[group].isNull || compareValues(value, values[group]).signum() == sign { values[group] = value }
  }

  private mutating func take(_ value: Int64, _ group: Int) {
    guard let known = integers[group] else {
      integers[group] = value
      return
    }
    integers[group] = sign > 0 ? Swift.max(known, value) : Swift.min(known, value)
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    let column = arguments[0]
    if type.isIntegerStored {
      let lane: Lane<Int64> = Int64.lane(of: column)
      for (row, group) in groups.enumerated() { if let value = lane[row] { take(value, group) } }
    } else {
      for (row, group) in groups.enumerated() { take(column.value(row), group) }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    for (group, value) in next.integers.enumerated() { if let value { take(value, mapping[group]) } }
    for (group, value) in next.values.enumerated() { take(value, mapping[group]) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    grow(groupCount)
    guard type.isIntegerStored else { return [ColumnVector(values, type: type)] }
    return [ColumnVector(integers.map { $0.map { $0.value(type: type) } ?? .null }, type: type)]
  }
}
