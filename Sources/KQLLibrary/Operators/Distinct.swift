import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | distinct a, b`: the different combinations of the columns, in order of first appearance.
///
/// - Source: KQL reference, "distinct operator".
struct Distinct: QueryOperator, Equatable {
  static let keywords = ["distinct"]
  static let summary = "Gives the different combinations of columns."
  static let syntax = "T | distinct column, … or T | distinct *"
  static let examples = [Example("datatable(a:long)[1, 2, 1] | distinct a", "a:long\n1\n2")]
  let place: Place
  let items: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Distinct {
    let keyword = cursor.takeKeyword()
    _ = try cursor.takeParameters([])
    return Distinct(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("distinct ")
    printer.list(items) { $0.named($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let keys = binder.bindOutputs(items, in: RowScope(input.columns), naming: .numbered)
    return Aggregated(input: try makeProject(keys, over: input, binder), keys: keys.map(\.column), calls: [])
  }
}
