import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | count`: how many rows there are.
///
/// - Output: one row, one column `Count:long`. Lineage: all rows counted.
/// - Source: KQL reference, "count operator".
struct Count: QueryOperator, Equatable {
  static let keywords = ["count"]
  static let summary = "Counts the rows."
  static let syntax = "T | count"
  static let examples = [Example("range x from 1 to 3 step 1 | count", "Count:long\n3")]
  let place: Place

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Count {
    Count(place: cursor.takeKeyword().place)
  }

  func print(to printer: inout SyntaxPrinter) { printer.write("count") }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    RowCount(input: try required(input), column: binder.column("Count", .long))
  }
}

/// One row with the number of rows.
public struct RowCount: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// The count's column.
  public let column: PlanColumn
  /// `Count`
  public let title = "Count"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// One.
  public var columns: [PlanColumn] { [column] }
  /// One row has an order.
  public let isSerialized = true

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    RowCount(input: inputs[0], column: column)
  }
  /// Reads no column at all.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    RowCount(input: input.pruned(to: []), column: column)
  }
  /// Counts batches.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    CountExec(input: try builder.build(input))
  }
}

private final class CountExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private var isDone = false

  init(input: any PhysicalOperator) { self.input = input }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    guard !isDone else { return nil }
    isDone = true
    var count = 0
    var lineage = Lineage()
    while let batch = try input.next(context) {
      count += batch.count
      for row in batch.lineage ?? [] { lineage.formUnion(row) }
    }
    return RowBatch(
      columns: [ColumnVector(integers: [Int64(count)])], count: 1,
      lineage: context.settings.wantsLineage ? [lineage] : nil)
  }
}
