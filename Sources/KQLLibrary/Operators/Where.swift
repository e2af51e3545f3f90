import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | where predicate`: the rows for which the predicate is true; null counts as false.
///
/// - Output: the input schema, in input order.
/// - Source: KQL reference, "where operator".
struct Where: QueryOperator, Equatable {
  static let keywords = ["where", "filter"]
  static let keepsColumns = true
  static let summary = "Keeps the rows for which a predicate is true."
  static let syntax = "T | where predicate"
  static let examples = [Example("range x from 1 to 4 step 1 | where x % 2 == 0", "x:long\n2\n4")]
  let place: Place
  let predicate: Expression

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Where {
    let keyword = cursor.takeKeyword()
    return Where(place: keyword.place, predicate: try cursor.parseExpression())
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("where ")
    printer.expression(predicate)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    do throws(DossierError) {
      let bound = try binder.asBool(try binder.bind(predicate, in: RowScope(input.columns)), for: "where")
      if bound.isErroneous { return input }
      let (plan, values) = try binder.extractWindows([bound], over: input)
      return Filter(input: plan, predicate: values[0])
    } catch {
      binder.record(error)
      return input
    }
  }
}
