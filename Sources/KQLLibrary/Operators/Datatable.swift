import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

extension DossierError.Code {
  /// A `datatable` whose values don't fill its rows.
  static let raggedRows: Self = "BND301"
}

/// `datatable(a:long, b:string)[1, "x", 2, "y"]`: rows written in the query.
///
/// - Output: a row for each run of as many values as columns.
/// - Errors: `BND301` if values are left over, `BND205` for one that is no constant.
/// - Source: KQL reference, "datatable operator".
struct Datatable: QueryOperator, Equatable {
  static let keywords = ["datatable"]
  static let position = StepGrammar.Position.start
  static let summary = "Gives a table whose rows are written in the query."
  static let syntax = "datatable(column:type, …)[value, …]"
  static let examples = [
    Example("datatable(a:long, b:string)[1, 'x', 2, 'y']", "a:long  b:string\n1  x\n2  y")
  ]
  let place: Place
  let columns: [ColumnDeclaration]
  let values: [Expression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Datatable {
    let keyword = cursor.takeKeyword()
    let columns = try cursor.expectColumnDeclarations()
    try cursor.expect("[")
    var values: [Expression] = []
    while !cursor.at("]") {
      values.append(try cursor.parseExpression())
      guard cursor.take(",") else { break }
    }
    try cursor.expect("]")
    return Datatable(place: keyword.place, columns: columns, values: values)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("datatable")
    printer.columns(columns)
    printer.write(" [")
    printer.list(values) { $0.expression($1) }
    printer.write("]")
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    var planned: [PlanColumn] = []
    var taken: Set<[UInt8]> = []
    for declared in columns {
      guard let typeName = declared.type else {
        throw DossierError(
          .unknownType, "the column '\(declared.name.text)' needs a type", at: declared.name.span,
          hint: "\(declared.name.text):string")
      }
      if !taken.insert(Array(declared.name.text.utf8)).inserted {
        throw DossierError(
          .duplicateName, "the column '\(declared.name.text)' is given twice", at: declared.name.span)
      }
      planned.append(binder.column(declared.name.text, try binder.scalarType(typeName)))
    }
    guard !planned.isEmpty, values.count % planned.count == 0 else {
      throw DossierError(
        .raggedRows, "\(values.count) values don't fill rows of \(planned.count) columns", at: place.span)
    }
    var builders = planned.map { ColumnBuilder(type: $0.type) }
    for (index, value) in values.enumerated() {
      let position = index % planned.count
      let type = planned[position].type
      do throws(DossierError) {
        let (constant, given) = try binder.bindConstant(value, "a datatable's value")
        builders[position].append(try fitting(constant, given, type, at: value.span))
      } catch {
        binder.record(error)
        builders[position].append(.null)
      }
    }
    let rowCount = values.count / planned.count
    return InlineRows(
      columns: planned, rows: RowBatch(columns: builders.map { $0.finish() }, count: rowCount),
      source: binder.inlineSource("datatable"))
  }

  private func fitting(
    _ value: Value, _ given: ScalarType, _ type: ScalarType, at span: SourceSpan
  ) throws(DossierError) -> Value {
    if given == type || value.isNull { return type == .string && value.isNull ? .string("") : value }
    let made = convertValue(value, to: type)
    guard !made.isNull else {
      throw DossierError(
        .argumentType, "a \(given.rawValue) value can't be \(type.rawValue)", at: span,
        hint: "\(type.rawValue)(…)")
    }
    return made
  }
}
