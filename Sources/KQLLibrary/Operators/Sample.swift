import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | sample n`: `n` rows picked by the seed.
///
/// - Order: the input's. The same seed over the same rows picks the same ones.
/// - Source: KQL reference, "sample operator".
struct Sample: QueryOperator, Equatable {
  static let keywords = ["sample"]
  static let keepsColumns = true
  static let summary = "Gives up to the given number of rows, picked by the session's seed."
  static let syntax = "T | sample n"
  static let examples = [Example("range x from 1 to 3 step 1 | sample 3", "x:long\n1\n2\n3")]
  let place: Place
  let count: Expression

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Sample {
    let keyword = cursor.takeKeyword()
    return Sample(place: keyword.place, count: try cursor.parseExpression())
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("sample ")
    printer.expression(count)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    Sampled(input: try required(input), count: try bindRowCount(count, "sample", binder))
  }
}

/// `T | sample-distinct n of a`: `n` different values of a column, picked by the seed.
///
/// - Source: KQL reference, "sample-distinct operator".
struct SampleDistinct: QueryOperator, Equatable {
  static let keywords = ["sample-distinct"]
  static let summary = "Gives up to the given number of different values, picked by the session's seed."
  static let syntax = "T | sample-distinct n of column"
  static let examples = [Example("datatable(a:long)[1, 1, 2] | sample-distinct 2 of a", "a:long\n1\n2")]
  let place: Place
  let count: Expression
  let value: NamedExpression

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> SampleDistinct {
    let keyword = cursor.takeKeyword()
    let count = try cursor.parseExpression()
    try cursor.expect(word: "of")
    return SampleDistinct(place: keyword.place, count: count, value: try cursor.parseNamedExpression())
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("sample-distinct ")
    printer.expression(count)
    printer.write(" of ")
    printer.named(value)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let distinct = try Distinct(place: place, items: [value]).bind(over: input, binder)
    return Sampled(input: distinct, count: try bindRowCount(count, "sample-distinct", binder))
  }
}

/// Some rows, picked by the seed.
public struct Sampled: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// How many are picked.
  public let count: Int
  /// `Sample`
  public let title = "Sample"
  /// How many.
  public var detail: String { "\(count)" }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Sampled(input: inputs[0], count: count)
  }
  /// Passes the need on.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Sampled(input: input.pruned(to: needed), count: count)
  }
  /// Gathers all rows, then picks.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    SampleExec(input: try builder.build(input), columns: input.columns, count: count)
  }
}

private final class SampleExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let columns: [PlanColumn]
  private let count: Int
  private var result: BatchesExec?

  init(input: any PhysicalOperator, columns: [PlanColumn], count: Int) {
    self.input = input
    self.columns = columns
    self.count = count
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil {
      let rows = try collectRows(from: input, columns: columns, in: context)
      // Each row gets a number from seed and position; the smallest ones are picked.
      let seed = context.settings.seed
      let marks = (0..<rows.count).map { mixBits(UInt64($0) &+ mixBits(seed &+ 0x9E37_79B9_7F4A_7C15)) }
      let picked = (0..<rows.count).sorted { (marks[$0], $0) < (marks[$1], $1) }.prefix(count).sorted()
      result = BatchesExec([rows.gather(picked)])
    }
    return try result?.next(context)
  }
}
