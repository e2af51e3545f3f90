import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | evaluate rows_near(State == "Error", 2)`: rows near those for which a condition is true.
///
/// - Output: the rows themselves, each once, in their order. The input must be in a defined order.
/// - Source: KQL reference, "rows_near plugin".
enum RowsNear: TablePlugin {
  static let name = "rows_near"
  static let syntax = "T | evaluate rows_near(condition, rows[, rows_after])"
  static let summary = "Gives the rows for which a condition is true, with those before and after them."
  static let examples = [
    Example(
      "range x from 1 to 9 step 1 | evaluate rows_near(x == 5, 1, 2)", "x:long\n4\n5\n6\n7")
  ]

  static func bind(
    _ call: Call, over input: any LogicalNode, schema: PluginSchema?, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    guard call.arguments.count == 2 || call.arguments.count == 3 else {
      throw DossierError(
        .argumentCount, "rows_near() takes a condition and one or two numbers of rows", at: call.name.span,
        hint: syntax)
    }
    guard input.isSerialized else {
      throw DossierError(
        .notSerialized, "rows_near() needs rows in a defined order", at: call.name.span,
        hint: "put sort by … or serialize before it")
    }
    let bound = try binder.bind(call.arguments[0].value, in: RowScope(input.columns))
    if bound.isErroneous { return input }
    var reach: [Int] = []
    for argument in call.arguments.dropFirst() {
      guard case .long(let number) = try binder.bindConstant(argument.value, "a number of rows").0,
        number >= 0
      else {
        throw DossierError(
          .argumentValue, "rows_near() takes numbers of rows, 0 or more", at: argument.value.span)
      }
      reach.append(Int(clamping: number))
    }
    let test = try binder.asBool(bound, for: "rows_near")
    return NearRows(input: input, condition: test, before: reach[0], after: reach[reach.count - 1])
  }
}

/// Rows near those for which a condition is true.
public struct NearRows: LogicalNode {
  /// The rows, in order.
  public let input: any LogicalNode
  /// A `bool`.
  public let condition: BoundExpression
  let before: Int
  let after: Int
  /// `RowsNear`
  public let title = "RowsNear"
  /// How far.
  public var detail: String { "\(before) before, \(after) after" }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    NearRows(input: inputs[0], condition: condition, before: before, after: after)
  }
  /// Reads what the condition needs besides.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    NearRows(
      input: input.pruned(to: needed.union(condition.columns)), condition: condition, before: before,
      after: after)
  }
  /// Gathers all rows, then picks.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let layout = makeLayout(input.columns)
    return WholeExec(input: try builder.build(input), columns: input.columns) {
      rows, context throws(DossierError) in
      let mask = try Evaluator(layout: layout).evaluate(condition, rows, firstRow: 0, context)
      var picked: [Int] = []
      var next = 0
      for row in selectedRows(mask) {
        let first = max(next, row - min(row, before))
        let end = min(rows.count, row + min(rows.count, after) + 1)
        if first < end { picked += first..<end }
        next = max(next, end)
      }
      return rows.gather(picked)
    }
  }
}
