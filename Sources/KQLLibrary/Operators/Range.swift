import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

extension DossierError.Code {
  /// A range with a step of zero or ends of types that don't go together.
  static let badRange: Self = "BND303"
}

/// `range x from a to b step c`: a column of evenly spaced values.
///
/// - Output: `a`, `a + c`, … up to `b`, which is included if hit; no rows when the step leads away from `b`.
/// - Source: KQL reference, "range operator".
struct RangeStep: QueryOperator, Equatable {
  static let keywords = ["range"]
  static let position = StepGrammar.Position.startBeforeName
  static let summary = "Gives a column of evenly spaced numbers, dates or timespans."
  static let syntax = "range column from start to stop step step"
  static let examples = [Example("range x from 0 to 10 step 4", "x:long\n0\n4\n8")]
  let name: Name
  let from: Expression
  let to: Expression
  let step: Expression
  let place: Place

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> RangeStep {
    let keyword = cursor.takeKeyword()
    let name = try cursor.expectName("a column")
    try cursor.expect(word: "from")
    let from = try cursor.parseArgumentValue()
    try cursor.expect(word: "to")
    let to = try cursor.parseArgumentValue()
    try cursor.expect(word: "step")
    return RangeStep(name: name, from: from, to: to, step: try cursor.parseExpression(), place: keyword.place)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("range ")
    printer.name(name)
    printer.write(" from ")
    printer.expression(from)
    printer.write(" to ")
    printer.expression(to)
    printer.write(" step ")
    printer.expression(step)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let scope = RowScope([])
    var start = try binder.bind(from, in: scope)
    var stop = try binder.bind(to, in: scope)
    var by = try binder.bind(step, in: scope)
    if start.isErroneous || stop.isErroneous || by.isErroneous {
      return InlineRows(
        columns: [binder.column(name.text, .dynamic, isErroneous: true)],
        rows: RowBatch(columns: [ColumnVector([], type: .dynamic)], count: 0), source: nil)
    }
    let type: ScalarType
    let stepType: ScalarType
    func isWhole(_ type: ScalarType) -> Bool { type == .int || type == .long }
    if start.type == .datetime || stop.type == .datetime {
      (type, stepType) = (.datetime, .timespan)
    } else if start.type == .timespan || stop.type == .timespan {
      (type, stepType) = (.timespan, .timespan)
    } else if start.type == .real || stop.type == .real || by.type == .real {
      (type, stepType) = (.real, .real)
    } else {
      (type, stepType) = (.long, .long)
    }
    for value in [start, stop]
    where value.type != type && !(value.type.isNumeric && type.isNumeric) && value.type != .dynamic {
      throw DossierError(
        .badRange, "range can't go from \(start.type.rawValue) to \(stop.type.rawValue)", at: value.span)
    }
    guard by.type == stepType || (by.type.isNumeric && stepType.isNumeric) || by.type == .dynamic else {
      throw DossierError(
        .badRange,
        "a range of \(type.rawValue) needs a step of \(stepType.rawValue); this is \(by.type.rawValue)",
        at: by.span)
    }
    start = binder.converted(start, to: type)
    stop = binder.converted(stop, to: type)
    by = binder.converted(by, to: stepType)
    if let zero = by.constant, convertValue(zero, to: .real).text == "0.0" {
      throw DossierError(.badRange, "the step of a range can't be 0", at: step.span)
    }
    return Series(column: binder.column(name.text, type), start: start, stop: stop, step: by)
  }
}

/// Evenly spaced values.
public struct Series: LogicalNode {
  /// The column.
  public let column: PlanColumn
  /// The first value.
  public let start: BoundExpression
  /// The last value, if hit.
  public let stop: BoundExpression
  /// The distance.
  public let step: BoundExpression
  /// `Range`
  public let title = "Range"
  /// The column.
  public var detail: String { column.name }
  /// None.
  public var inputs: [any LogicalNode] { [] }
  /// One.
  public var columns: [PlanColumn] { [column] }
  /// Values come in order.
  public let isSerialized = true

  /// Itself.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode { self }
  /// Itself.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode { self }
  /// Makes values as they are asked for.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    SeriesExec(series: self)
  }
}

private final class SeriesExec: PhysicalOperator {
  private let series: Series
  private var ends: (start: Value, stop: Value, step: Value)?
  private var position = 0
  private var isDone = false

  init(series: Series) { self.series = series }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    try context.checkpoint()
    if ends == nil {
      ends = (
        try Evaluator.constant(series.start, context), try Evaluator.constant(series.stop, context),
        try Evaluator.constant(series.step, context)
      )
    }
    guard !isDone, let ends else { return nil }
    let size = context.settings.batchSize
    let vector: ColumnVector
    if case .real(let start) = ends.start, case .real(let stop) = ends.stop, case .real(let step) = ends.step
    {
      var values: [Double] = []
      while values.count < size {
        let value = start + Double(position) * step
        guard step > 0 ? value <= stop : value >= stop, step != 0, value.isFinite else {
          isDone = true
          break
        }
        values.append(value)
        position += 1
      }
      vector = ColumnVector(reals: values)
    } else if let start = whole(ends.start), let stop = whole(ends.stop), let step = whole(ends.step),
      step != 0
    {
      var values: [Int64] = []
      while values.count < size {
        let (offset, far) = Int64(position).multipliedReportingOverflow(by: step)
        let (value, out) = start.addingReportingOverflow(offset)
        guard !far, !out, step > 0 ? value <= stop : value >= stop else {
          isDone = true
          break
        }
        values.append(value)
        position += 1
      }
      vector = ColumnVector(integers: values, type: series.column.type)
    } else {
      isDone = true
      return nil
    }
    if vector.count == 0 { return nil }
    let lineage = context.settings.wantsLineage ? [Lineage](repeating: Lineage(), count: vector.count) : nil
    return RowBatch(columns: [vector], count: vector.count, lineage: lineage)
  }

  private func whole(_ value: Value) -> Int64? {
    switch value {
    case .long(let number), .datetime(let number), .timespan(let number): number
    default: nil
    }
  }
}
