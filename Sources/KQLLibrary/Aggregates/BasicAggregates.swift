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
    state: { (arguments) throws(DossierError) in
      let isWhole = arguments.first.map { $0.type.isIntegerStored || $0.type == .bool } ?? false
      return AverageState(type: try averageType(arguments), isOrderFree: isWhole)
    })

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

  var isOrderFree: Bool { true }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    counts.grow(to: groupCount, with: 0)
    guard let predicate else {
      counts.fold(Lane(constant: true), groups) { count, _ in count += 1 }
      return
    }
    counts.fold(Bool.lane(of: arguments[predicate]), groups) { count, isTrue in count += isTrue ? 1 : 0 }
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

  var isOrderFree: Bool { type != .real && type != .decimal }

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
      reals.fold(Double.lane(of: arguments[0]), groups) { $0 += $1 }
    case .decimal:
      decimals.fold(Decimal.lane(of: arguments[0]), groups) { $0 += $1 }
    default:
      let column = arguments[0].type == .bool ? convert(arguments[0], to: .long) : arguments[0]
      integers.fold(Int64.lane(of: column), groups) { $0 = $0 &+ $1 }
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
  private struct Sum<Number: Sendable>: Sendable {
    var sum: Number
    var count = 0
  }

  let type: ScalarType
  /// Whole numbers are.
  let isOrderFree: Bool
  private var reals: [Sum<Double>] = []
  private var decimals: [Sum<Decimal>] = []
  private var integers: [Sum<Int128>] = []

  init(type: ScalarType, isOrderFree: Bool) {
    self.type = type
    self.isOrderFree = isOrderFree
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    if type == .decimal {
      decimals.grow(to: groupCount, with: Sum(sum: 0))
      decimals.fold(Decimal.lane(of: arguments[0]), groups) {
        $0.sum += $1
        $0.count += 1
      }
      return
    }
    let column = arguments[0].type == .bool ? convert(arguments[0], to: .long) : arguments[0]
    if column.type.isIntegerStored {
      integers.grow(to: groupCount, with: Sum(sum: 0))
      integers.fold(Int64.lane(of: column), groups) {
        $0.sum += Int128($1)
        $0.count += 1
      }
      return
    }
    reals.grow(to: groupCount, with: Sum(sum: 0))
    reals.fold(Double.lane(of: column), groups) {
      $0.sum += $1
      $0.count += 1
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    func add<Number: AdditiveArithmetic>(_ sums: inout [Sum<Number>], _ others: [Sum<Number>]) {
      guard !others.isEmpty else { return }
      sums.grow(to: groupCount, with: Sum(sum: .zero))
      for (group, other) in others.enumerated() {
        sums[mapping[group]].sum += other.sum
        sums[mapping[group]].count += other.count
      }
    }
    add(&reals, next.reals)
    add(&decimals, next.decimals)
    add(&integers, next.integers)
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    // A state that has seen no row has no sums; of the three kinds at most one is in use.
    if type == .decimal {
      decimals.grow(to: groupCount, with: Sum(sum: 0))
      return [
        ColumnVector(
          decimals.map { $0.count == 0 ? .null : .decimal($0.sum / Decimal($0.count)) }, type: .decimal)
      ]
    }
    if integers.isEmpty, type == .real {
      reals.grow(to: groupCount, with: Sum(sum: 0))
      var validity = Validity(count: groupCount, allValid: true)
      var values = [Double](repeating: 0, count: groupCount)
      for (group, sum) in reals.enumerated() {
        if sum.count == 0 { validity.set(group, false) } else { values[group] = sum.sum / Double(sum.count) }
      }
      return [ColumnVector(reals: values, validity: validity)]
    }
    integers.grow(to: groupCount, with: Sum(sum: 0))
    return [
      ColumnVector(
        integers.map { sum in
          guard sum.count > 0 else { return .null }
          return switch type {
          case .timespan: .timespan(Int64(sum.sum / Int128(sum.count)))
          case .datetime: .datetime(Int64(sum.sum / Int128(sum.count)))
          default: .real(Double(sum.sum) / Double(sum.count))
          }
        }, type: type)
    ]
  }
}

/// The smallest (`sign` −1) or largest (1) value; the first of equal ones.
struct ExtremeState: AggregateState {
  /// An extreme so far, of values whose order is that of numbers.
  private struct Best<Number: Sendable>: Sendable {
    var value: Number
    var isKnown = false
  }

  let type: ScalarType
  let sign: Int
  private var integers: [Best<Int64>] = []
  private var reals: [Best<Double>] = []
  private var values: [Value] = []

  init(type: ScalarType, sign: Int) {
    self.type = type
    self.sign = sign
  }

  var isOrderFree: Bool { type.isIntegerStored }

  private mutating func take(_ value: Value, _ group: Int) {
    guard !value.isNull else { return }
    if values[group].isNull || compareValues(value, values[group]).signum() == sign { values[group] = value }
  }

  @inline(__always)
  private static func fold<Number: Comparable & Cell>(
    _ best: inout [Best<Number>], _ lane: Lane<Number>, _ groups: [Int], _ isBetter: (Number, Number) -> Bool
  ) {
    best.fold(lane, groups) { best, value in
      if !best.isKnown || isBetter(value, best.value) { best = Best(value: value, isKnown: true) }
    }
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    let column = arguments[0]
    if type.isIntegerStored {
      integers.grow(to: groupCount, with: Best(value: 0))
      if sign > 0 {
        Self.fold(&integers, Int64.lane(of: column), groups) { $0 > $1 }
      } else {
        Self.fold(&integers, Int64.lane(of: column), groups) { $0 < $1 }
      }
    } else if type == .real {
      reals.grow(to: groupCount, with: Best(value: 0))
      let sign = sign
      Self.fold(&reals, Double.lane(of: column), groups) { compareReals($0, $1) * sign > 0 }
    } else {
      values.grow(to: groupCount, with: .null)
      for (row, group) in groups.enumerated() { take(column.value(row), group) }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    integers.grow(to: groupCount, with: Best(value: 0))
    reals.grow(to: groupCount, with: Best(value: 0))
    values.grow(to: groupCount, with: .null)
    for (group, other) in next.integers.enumerated() where other.isKnown {
      let known = integers[mapping[group]]
      if !known.isKnown || (sign > 0 ? other.value > known.value : other.value < known.value) {
        integers[mapping[group]] = other
      }
    }
    for (group, other) in next.reals.enumerated() where other.isKnown {
      let known = reals[mapping[group]]
      if !known.isKnown || compareReals(other.value, known.value) * sign > 0 { reals[mapping[group]] = other }
    }
    for (group, value) in next.values.enumerated() { take(value, mapping[group]) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    func column<Number: Cell>(_ best: inout [Best<Number>], _ zero: Number) -> ColumnVector {
      best.grow(to: groupCount, with: Best(value: zero))
      var validity = Validity(count: groupCount, allValid: true)
      for (group, one) in best.enumerated() where !one.isKnown { validity.set(group, false) }
      return Number.column(best.map(\.value), type: type, validity: validity)
    }
    if type.isIntegerStored { return [column(&integers, 0)] }
    if type == .real { return [column(&reals, 0)] }
    values.grow(to: groupCount, with: .null)
    return [ColumnVector(values, type: type)]
  }
}
