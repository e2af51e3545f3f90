import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | top-hitters n of value by weight`: the values that occur most, or whose weights sum up to most.
///
/// - Output: the value, then `approximate_count_value`, or `approximate_sum_weight`. The counts are exact: the names
///   are Kusto's.
/// - Order: most first; ties in order of first appearance.
/// - Source: KQL reference, "top-hitters operator".
struct TopHitters: QueryOperator, Equatable {
  static let keywords = ["top-hitters"]
  static let summary = "Gives the values that occur most, or whose weights sum up to most; exactly."
  static let syntax = "T | top-hitters n of value [by weight]"
  static let examples = [
    Example(
      "datatable(k:string)['a', 'b', 'a', 'c'] | top-hitters 1 of k",
      "k:string  approximate_count_k:long\na  2")
  ]
  let place: Place
  let count: Expression
  let value: NamedExpression
  let weight: Expression?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> TopHitters {
    let keyword = cursor.takeKeyword()
    let count = try cursor.parseExpression()
    try cursor.expect(word: "of")
    let value = try cursor.parseNamedExpression()
    let weight = cursor.take(word: "by") ? try cursor.parseExpression() : nil
    return TopHitters(place: keyword.place, count: count, value: value, weight: weight)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("top-hitters ")
    printer.expression(count)
    printer.write(" of ")
    printer.named(value)
    guard let weight else { return }
    printer.write(" by ")
    printer.expression(weight)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let scope = RowScope(input.columns)
    let counted = weight ?? value.value
    let shown = value.name?.text
    let suffix =
      (weight == nil ? shown : nil) ?? binder.defaultName(of: counted, in: scope) ?? "Column1"
    let name = Name("approximate_\(weight == nil ? "count" : "sum")_\(suffix)", at: counted.span)
    let call = Call(
      name: Name(weight == nil ? "count" : "sum", at: counted.span),
      arguments: weight.map { [Call.Argument(value: $0)] } ?? [])
    let groups = Summarize(
      place: place, parameters: [],
      items: [NamedExpression(names: [name], value: Expression(.call(call), at: counted.span))],
      keys: [value])
    let item = SortItem(
      value: NamedExpression(value: Expression(.name(name), at: name.span)), isDescending: true,
      nullsFirst: nil)
    return try Top(place: place, count: count, items: [item])
      .bind(over: try groups.bind(over: input, binder), binder)
  }
}
