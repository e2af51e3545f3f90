import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

extension DossierError.Code {
  /// A number of rows below zero.
  static let negativeRowCount: Self = "BND302"
}

/// Reads how many rows an operator shall give: a constant, not below zero.
func bindRowCount(_ expression: Expression, _ what: String, _ binder: Binder) throws(DossierError) -> Int {
  let (value, type) = try binder.bindConstant(expression, "\(what)'s number of rows")
  guard case .long(let count) = convertValue(value, to: .long), type != .string else {
    throw DossierError(
      .argumentType, "\(what) needs a number of rows; this is \(type.rawValue)", at: expression.span)
  }
  guard count >= 0 else {
    throw DossierError(.negativeRowCount, "\(what) needs 0 or more rows, found \(count)", at: expression.span)
  }
  return Int(clamping: count)
}

/// `T | take n`: the first `n` rows of `T`, in input order.
///
/// - Output: the input schema; `min(n, rows of T)` rows. Stops pulling input once `n` rows are out.
/// - Errors: `BND302` if `n` is negative.
/// - Source: KQL reference, "take operator", which leaves the choice of rows open; Dossier fixes it.
struct Take: QueryOperator, Equatable {
  static let keywords = ["take", "limit"]
  static let keepsColumns = true
  static let summary = "Gives up to the given number of rows: the first ones."
  static let syntax = "T | take n"
  static let examples = [Example("range x from 1 to 3 step 1 | take 2", "x:long\n1\n2")]
  let place: Place
  let count: Expression

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Take {
    let keyword = cursor.takeKeyword()
    return Take(place: keyword.place, count: try cursor.parseExpression())
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("take ")
    printer.expression(count)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    do throws(DossierError) {
      return Limit(input: input, count: try bindRowCount(count, "take", binder))
    } catch {
      binder.record(error)
      return input
    }
  }
}

/// The first rows.
public struct Limit: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// How many are kept.
  public let count: Int
  /// `Limit`
  public let title = "Limit"
  /// How many.
  public var detail: String { "\(count)" }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }
  /// As the input.
  public var sourceName: String? { input.sourceName }

  /// The same limit over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Limit(input: inputs[0], count: count)
  }
  /// Passes the need on.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Limit(input: input.pruned(to: needed), count: count)
  }
  /// Stops pulling after the last row.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    LimitExec(input: try builder.build(input), remaining: count)
  }
}

private final class LimitExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private var remaining: Int

  init(input: any PhysicalOperator, remaining: Int) {
    self.input = input
    self.remaining = remaining
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    guard remaining > 0, let batch = try input.next(context) else { return nil }
    if batch.count <= remaining {
      remaining -= batch.count
      return batch
    }
    defer { remaining = 0 }
    return batch.slice(0..<remaining)
  }
}
