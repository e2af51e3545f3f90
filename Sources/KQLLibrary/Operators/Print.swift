import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `print a = 1, 2`: one row of values.
///
/// - Output: one row; a value without a name is `print_N`, N its position from 0.
/// - Source: KQL reference, "print operator".
struct Print: QueryOperator, Equatable {
  static let keywords = ["print"]
  static let position = StepGrammar.Position.start
  static let summary = "Gives one row of computed values."
  static let syntax = "print name = value, …"
  static let examples = [Example("print 1 + 2, x = 'a'", "print_0:long  x:string\n3  a")]
  let place: Place
  let items: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Print {
    let keyword = cursor.takeKeyword()
    return Print(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("print ")
    printer.list(items) { $0.named($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let row = InlineRows(columns: [], rows: RowBatch(columns: [], count: 1), source: nil)
    let outputs = binder.bindOutputs(items, in: RowScope([]), naming: .printed)
    return try makeProject(outputs, over: row, binder)
  }
}
