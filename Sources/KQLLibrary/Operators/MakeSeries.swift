import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

extension DossierError.Code {
  /// A series with more points than can be held.
  static let seriesTooLong: Self = "EXE310"
}

/// `T | make-series n = count() default=0 on Day from a to b step 1d by k`: aggregates along an axis.
///
/// - Output: the keys, an array a series, then the axis as an array. The end is exclusive; a point without rows
///   holds the default (0 if none is given). Without `from` or `to` a group's own first and last point count.
/// - Order: groups in order of first appearance.
/// - Errors: `EXE310` above 1,048,576 points.
/// - Source: KQL reference, "make-series operator".
struct MakeSeries: QueryOperator, Equatable {
  static let keywords = ["make-series"]
  static let summary = "Makes arrays of aggregates along an axis, with defaults in gaps."
  static let syntax =
    "T | make-series [kind=nonempty] name = aggregate(…) [default=value], … on axis [from start] [to end] step step [by key, …]; or on axis in range(start, last, step)"
  static let examples = [
    Example(
      "datatable(t:long, v:long)[0, 1, 2, 3] | make-series s = sum(v) on t from 0 to 4 step 1",
      "s:dynamic  t:dynamic\n[1,0,3,0]  [0,1,2,3]")
  ]
  struct Item: Equatable {
    let value: NamedExpression
    let standard: Expression?
  }
  let place: Place
  let parameters: [StepParameter]
  let items: [Item]
  let axis: NamedExpression
  let from: Expression?
  let to: Expression?
  let step: Expression
  /// Whether the ends are given as `in range(from, to, step)`, which includes the last.
  let isRange: Bool
  let keys: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> MakeSeries {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["kind"])
    let items = try cursor.parseList { cursor throws(DossierError) -> Item in
      let value = try cursor.parseNamedExpression()
      guard cursor.take(word: "default") else { return Item(value: value, standard: nil) }
      try cursor.expect("=")
      return Item(value: value, standard: try cursor.parseExpression())
    }
    try cursor.expect(word: "on")
    var axis = try cursor.parseNamedExpression()
    var from: Expression?
    var to: Expression?
    let step: Expression
    var isRange = false
    if case .list(.in, let value, let items) = axis.value.kind, items.count == 1,
      case .call(let call) = items[0].kind, call.name.text == "range", call.arguments.count == 3
    {
      // `t in range(a, b, s)` reads like a test of t.
      axis.value = value
      isRange = true
      from = call.arguments[0].value
      to = call.arguments[1].value
      step = call.arguments[2].value
    } else {
      if cursor.take(word: "from") { from = try cursor.parseExpression() }
      if cursor.take(word: "to") { to = try cursor.parseExpression() }
      try cursor.expect(word: "step")
      step = try cursor.parseExpression()
    }
    var keys: [NamedExpression] = []
    if cursor.take(word: "by") {
      keys = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() }
    }
    return MakeSeries(
      place: keyword.place, parameters: parameters, items: items, axis: axis, from: from, to: to, step: step,
      isRange: isRange, keys: keys)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("make-series ")
    printer.parameters(parameters)
    printer.list(items) { printer, item in
      printer.named(item.value)
      if let standard = item.standard {
        printer.write(" default=")
        printer.expression(standard)
      }
    }
    printer.write(" on ")
    printer.named(axis)
    if isRange, let from, let to {
      printer.write(" in range(")
      printer.list([from, to, step]) { $0.expression($1) }
      printer.write(")")
    }
    for (word, value) in [("from", from), ("to", to), ("step", step)] where !isRange {
      guard let value else { continue }
      printer.write(" \(word) ")
      printer.expression(value)
    }
    if keys.isEmpty { return }
    printer.write(" by ")
    printer.list(keys) { $0.named($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let scope = RowScope(input.columns)
    let axisValue = try binder.bind(axis.value, in: scope)
    if axisValue.isErroneous { return input }
    let type = axisValue.type == .int ? .long : axisValue.type
    guard [.long, .real, .datetime, .timespan].contains(type) else {
      throw DossierError(
        .operandType, "a series runs along numbers, dates or timespans; this is \(type.rawValue)",
        at: axis.value.span)
    }
    let stepType: ScalarType = type == .datetime ? .timespan : type
    func end(_ expression: Expression?, _ type: ScalarType) throws(DossierError) -> BoundExpression? {
      guard let expression else { return nil }
      let bound = try binder.bind(expression, in: RowScope([]))
      return try binder.coerce(bound, to: type, what: "an end of the series")
    }
    var start = try end(from, type)
    var stop = try end(to, type)
    guard let by = try end(step, stepType) else { return input }
    var located = input
    if isRange, let first = start, let last = stop {
      // Points are multiples of the step, as bin() gives them; rows count from the first value to the last.
      let value = binder.converted(axisValue, to: type)
      let above = try binder.makeBinary(.greaterOrEqual, value, first, at: axis.span)
      let below = try binder.makeBinary(.lessOrEqual, value, last, at: axis.span)
      located = Filter(
        input: input, predicate: BoundExpression(.and(above, below), type: .bool, span: axis.span))
      start = bin(first, by)
      stop = try binder.makeBinary(.add, bin(last, by), by, at: axis.span)
    }
    let name = axis.name?.text ?? binder.defaultName(of: axis.value, in: scope) ?? "Column1"
    let keyOutputs = binder.bindOutputs(keys, in: scope, naming: .numbered)
    let axisColumn = binder.column(name, type)
    let axisOutput = Project.Output(axisColumn, binder.converted(axisValue, to: type))
    // Rows get the number of their point first; then it is a key like others.
    let first = start ?? Self.zero(type, at: axis.value.span)
    let pointColumn = binder.column("point", .long)
    var made = bindAggregates(items.map(\.value), over: input, keys: keyOutputs, binder)
    var defaults: [Value] = []
    for (index, item) in items.enumerated() where index < made.outputs.count {
      let valueType = made.outputs[index].column.type
      let standard = try item.standard.map { value throws(DossierError) in
        try binder.bindConstant(value, "a default").0
      }
      let zero: Value = valueType.isNumeric ? convertValue(.long(0), to: valueType) : .null
      defaults.append(standard.map { $0.isNull ? .null : convertValue($0, to: valueType) } ?? zero)
    }
    _ = made.calls
    let numbered = Located(
      input: located, axis: axisOutput.value, start: first, step: by, stop: stop, point: pointColumn)
    let pointOutput = Project.Output(
      binder.column("point", .long), BoundExpression.column(pointColumn, at: place.span))
    let grouped = try makeSummarize(made, keys: keyOutputs + [pointOutput], over: numbered, binder)
    made.calls = []
    let series = made.outputs.map { binder.column($0.column.name, .dynamic) }
    return SeriesMade(
      input: grouped, keys: keyOutputs.map(\.column), point: pointOutput.column,
      values: made.outputs.map(\.column), defaults: defaults, start: start, origin: first, stop: stop,
      step: by,
      series: series, axis: binder.column(name, .dynamic), axisType: type)
  }

  private func bin(_ value: BoundExpression, _ step: BoundExpression) -> BoundExpression {
    BoundExpression(.call(MathFunctions.bin, [value, step]), type: value.type, span: value.span)
  }

  private static func zero(_ type: ScalarType, at span: SourceSpan) -> BoundExpression {
    let value: Value
    switch type {
    case .datetime: value = .datetime(0)
    case .timespan: value = .timespan(0)
    case .real: value = .real(0)
    default: value = .long(0)
    }
    return .constant(value, type, at: span)
  }
}

private func number(_ value: Value) -> Double? {
  switch value {
  case .long(let number), .datetime(let number), .timespan(let number): Double(number)
  case .real(let number): number
  default: nil
  }
}

private func whole(_ value: Value) -> Int64? {
  switch value {
  case .long(let number), .datetime(let number), .timespan(let number): number
  default: nil
  }
}

/// Adds the number of each row's point on the axis; rows off the axis are left out.
struct Located: LogicalNode {
  let input: any LogicalNode
  let axis: BoundExpression
  let start: BoundExpression
  let step: BoundExpression
  let stop: BoundExpression?
  let point: PlanColumn
  let title = "Locate"
  var inputs: [any LogicalNode] { [input] }
  var columns: [PlanColumn] { input.columns + [point] }

  func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Located(input: inputs[0], axis: axis, start: start, step: step, stop: stop, point: point)
  }
  func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Located(
      input: input.pruned(to: needed.union(axis.columns)), axis: axis, start: start, step: step, stop: stop,
      point: point)
  }
  func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let context = builder.context
    let origin = try Evaluator.constant(start, context)
    let width = try Evaluator.constant(step, context)
    let end = try stop.map { stop throws(DossierError) in try Evaluator.constant(stop, context) }
    let isBounded = start.span != axis.span
    return CellsExec(
      input: try builder.build(input), inputColumns: input.columns, values: [axis], made: [point],
      columns: columns,
      dropsOthers: true
    ) { values in
      let value = values[0]
      if let x = whole(value), let a = whole(origin), let w = whole(width), w > 0 {
        if let end, let e = whole(end), x >= e { return nil }
        let (distance, overflow) = x.subtractingReportingOverflow(a)
        if overflow || (isBounded && distance < 0) { return nil }
        return [.long(Ticks.floorDivide(distance, w))]
      }
      guard let x = number(value), let a = number(origin), let w = number(width), w > 0 else { return nil }
      if let end, let e = number(end), x >= e { return nil }
      if isBounded, x < a { return nil }
      return Int64(exactly: ((x - a) / w).rounded(.down)).map { [.long($0)] }
    }
  }
}

/// Arrays of aggregates, a row a group.
public struct SeriesMade: LogicalNode {
  /// A row for each key and point.
  public let input: any LogicalNode
  /// The keys.
  public let keys: [PlanColumn]
  let point: PlanColumn
  let values: [PlanColumn]
  let defaults: [Value]
  let start: BoundExpression?
  let origin: BoundExpression
  let stop: BoundExpression?
  let step: BoundExpression
  /// The arrays.
  public let series: [PlanColumn]
  /// The axis as an array.
  public let axis: PlanColumn
  let axisType: ScalarType
  /// `MakeSeries`
  public let title = "MakeSeries"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// Keys, series, axis.
  public var columns: [PlanColumn] { keys + series + [axis] }
  /// Kusto promises no order.
  public let isSerialized = false

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    SeriesMade(
      input: inputs[0], keys: keys, point: point, values: values, defaults: defaults, start: start,
      origin: origin,
      stop: stop, step: step, series: series, axis: axis, axisType: axisType)
  }

  /// Gathers the points, then fills the arrays.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    WholeExec(input: try builder.build(input), columns: input.columns) {
      (rows: RowBatch, context: ExecutionContext) throws(DossierError) -> RowBatch in
      try arrays(rows, context)
    }
  }

  private func arrays(_ rows: RowBatch, _ context: ExecutionContext) throws(DossierError) -> RowBatch {
    let layout = makeLayout(input.columns)
    let origin = try Evaluator.constant(origin, context)
    let width = try Evaluator.constant(step, context)
    guard let w = number(width), w > 0 else {
      throw DossierError(.badRange, "the step of a series must be above 0", at: step.span)
    }
    var fixed: Int64?
    if let stop, let o = number(origin), let s = number(try Evaluator.constant(stop, context)) {
      fixed = Int64(exactly: max(0, ((s - o) / w).rounded(.up)))
    }
    let keyVectors = keys.compactMap { layout[$0.id] }.map { rows.columns[$0] }
    var index = GroupIndex(keyCount: keyVectors.count)
    let groups = index.groups(of: keyVectors, rowCount: rows.count)
    let count = keys.isEmpty ? 1 : index.count
    var members = [[Int]](repeating: [], count: count)
    for row in 0..<rows.count { members[groups[row]].append(row) }
    guard let pointPosition = layout[point.id] else { return rows }
    let points = rows.columns[pointPosition]
    let positions = values.compactMap { layout[$0.id] }
    var firsts: [Int] = []
    var made = [[DynamicValue]](repeating: [], count: series.count)
    var axes: [DynamicValue] = []
    var lineage: [Lineage] = []
    for group in 0..<count {
      let numbers = members[group].map { row -> Int64 in
        if case .long(let point) = points.value(row) { return point }
        return 0
      }
      let low = start == nil ? numbers.min() ?? 0 : 0
      let high = fixed ?? (numbers.max().map { $0 + 1 } ?? low)
      let length = max(0, high - low)
      if length > 1 << 20 {
        throw DossierError(
          .seriesTooLong, "a series of \(length) points is too long; the most is \(1 << 20)", at: step.span)
      }
      firsts.append(members[group].first ?? -1)
      var arrays = defaults.map { [DynamicValue](repeating: $0.asDynamic, count: Int(length)) }
      var traced = Lineage()
      for (row, point) in zip(members[group], numbers) where point >= low && point < high {
        for (column, position) in positions.enumerated() where column < arrays.count {
          arrays[column][Int(point - low)] = rows.columns[position].value(row).asDynamic
        }
        if let known = rows.lineage?[row] { traced.formUnion(known) }
      }
      for column in arrays.indices { made[column].append(.array(arrays[column])) }
      axes.append(.array((low..<low + length).map { axisValue($0, origin, width) }))
      lineage.append(traced)
    }
    let keyColumns = keyVectors.map { $0.gather(firsts) }
    return RowBatch(
      columns: keyColumns + made.map { ColumnVector(dynamics: $0) } + [ColumnVector(dynamics: axes)],
      count: count,
      lineage: context.settings.wantsLineage ? lineage : nil)
  }

  private func axisValue(_ point: Int64, _ origin: Value, _ width: Value) -> DynamicValue {
    if let a = whole(origin), let w = whole(width) {
      let value = a &+ point &* w
      switch axisType {
      case .datetime: return .datetime(value)
      case .timespan: return .timespan(value)
      default: return .long(value)
      }
    }
    return .real((number(origin) ?? 0) + Double(point) * (number(width) ?? 0))
  }
}
