import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `L | lookup (R) on key`: the left rows with the right side's other columns.
///
/// - Output: all left columns, then the right ones but the keys.
/// - Order: as `join`. Kinds: `leftouter` (the default), `inner`.
/// - Source: KQL reference, "lookup operator".
struct Lookup: QueryOperator, Equatable {
  static let keywords = ["lookup"]
  static let summary = "Adds columns of another table by key."
  static let syntax = "L | lookup [kind=leftouter|inner] (R) on key"
  static let examples = [
    Example(
      "datatable(k:long)[1, 2] | lookup (datatable(k:long, b:string)[2, 'z']) on k",
      "k:long  b:string\n1  \"\"\n2  z")
  ]
  let place: Place
  let parameters: [StepParameter]
  let right: Expression
  let conditions: [Expression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Lookup {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["kind"], of: "lookup")
    let right = try cursor.parseTableOperand()
    try cursor.expect(word: "on")
    return Lookup(
      place: keyword.place, parameters: parameters, right: right,
      conditions: try cursor.parseList { cursor throws(DossierError) in try cursor.parseExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("lookup ")
    printer.parameters(parameters)
    printer.tableOperand(right)
    printer.write(" on ")
    printer.list(conditions) { $0.expression($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let left = try required(input)
    let kind = try joinKind(parameters, default: .leftouter)
    guard kind == .leftouter || kind == .inner else {
      throw DossierError(
        .unknownKind, "lookup has the kinds leftouter and inner, not \(kind.rawValue)", at: place.span,
        hint: "join kind=\(kind.rawValue) …")
    }
    let other = try binder.bindTable(right)
    let keys = try bindJoinKeys(conditions, left, other, binder)
    var away: Set<ColumnID> = []
    for key in keys.right { key.collectColumns(into: &away) }
    var taken: Set<[UInt8]> = []
    for column in left.visibleColumns { taken.insert(Array(column.name.utf8)) }
    let added = other.visibleColumns.filter { !away.contains($0.id) }.map { column in
      var shown = column
      shown.name = binder.uniqueName(column.name, &taken)
      return shown
    }
    return Joined(
      left: left, right: other, kind: kind, leftKeys: keys.left, rightKeys: keys.right,
      columns: left.columns + added)
  }
}
