import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | as Name`: gives the rows a name, for later mentions and for `union withsource`.
///
/// - Source: KQL reference, "as operator".
struct As: QueryOperator, Equatable {
  static let keywords = ["as"]
  static let keepsColumns = true
  static let summary = "Names the rows, so that the rest of the query can read them again."
  static let syntax = "T | as Name"
  static let examples = [Example("print a=1 | as T | union T", "a:long\n1\n1")]
  let place: Place
  let parameters: [StepParameter]
  let name: Name

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> As {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters([])
    return As(place: keyword.place, parameters: parameters, name: try cursor.expectName("a name"))
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("as ")
    printer.parameters(parameters)
    printer.name(name)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    binder.define(name.text, table: input)
    return binder.alias(input, name: name.text)
  }
}

/// `T | serialize rn = row_number()`: promises that the rows have an order, and adds columns.
///
/// - Order: the input's; in Dossier every table has a defined one.
/// - Source: KQL reference, "serialize operator".
struct Serialize: QueryOperator, Equatable {
  static let keywords = ["serialize"]
  static let summary = "Takes the rows as ordered, so that prev(), next(), row_number()… may be used."
  static let syntax = "T | serialize [name = value, …]"
  static let examples = [
    Example("datatable(a:long)[5, 7] | serialize b = a + 1", "a:long  b:long\n5  6\n7  8")
  ]
  let place: Place
  let items: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Serialize {
    let keyword = cursor.takeKeyword()
    if cursor.atStepEnd { return Serialize(place: keyword.place, items: []) }
    return Serialize(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write(items.isEmpty ? "serialize" : "serialize ")
    printer.list(items) { $0.named($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let serialized = Serialized(input: try required(input))
    if items.isEmpty { return serialized }
    return try Extend(place: place, items: items).bind(over: serialized, binder)
  }
}

/// The same rows, with an order that may be relied on.
public struct Serialized: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// `Serialize`
  public let title = "Serialize"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }
  /// That is the point of it.
  public let isSerialized = true
  /// As the input.
  public var sourceName: String? { input.sourceName }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode { Serialized(input: inputs[0]) }
  /// Passes the need on.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Serialized(input: input.pruned(to: needed))
  }
  /// The input itself.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    PassExec(try builder.build(input))
  }
}

/// Hands batches on.
private final class PassExec: PhysicalOperator {
  private let input: any PhysicalOperator
  init(_ input: any PhysicalOperator) { self.input = input }
  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? { try input.next(context) }
}

/// `T | getschema`: a row for each column of the input.
///
/// - Source: KQL reference, "getschema operator".
struct GetSchema: QueryOperator, Equatable {
  static let keywords = ["getschema"]
  static let summary = "Lists the columns of the input with their types."
  static let syntax = "T | getschema"
  static let examples = [
    Example(
      "print a=1 | getschema | project ColumnName, ColumnType",
      "ColumnName:string  ColumnType:string\na  long")
  ]
  let place: Place

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> GetSchema {
    GetSchema(place: cursor.takeKeyword().place)
  }

  func print(to printer: inout SyntaxPrinter) { printer.write("getschema") }

  private static let systemNames: [ScalarType: String] = [
    .bool: "System.SByte", .int: "System.Int32", .long: "System.Int64", .real: "System.Double",
    .decimal: "System.Data.SqlTypes.SqlDecimal", .string: "System.String", .datetime: "System.DateTime",
    .timespan: "System.TimeSpan", .guid: "System.Guid", .dynamic: "System.Object",
  ]

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let columns = try required(input).visibleColumns
    let shown = [
      binder.column("ColumnName", .string), binder.column("ColumnOrdinal", .int),
      binder.column("DataType", .string),
      binder.column("ColumnType", .string),
    ]
    let vectors = [
      ColumnVector(strings: StringVector(columns.map(\.name))),
      ColumnVector(integers: columns.indices.map { Int64($0) }, type: .int),
      ColumnVector(strings: StringVector(columns.map { Self.systemNames[$0.type] ?? "System.Object" })),
      ColumnVector(strings: StringVector(columns.map(\.type.rawValue))),
    ]
    return InlineRows(columns: shown, rows: RowBatch(columns: vectors, count: columns.count), source: nil)
  }
}

/// `T | invoke f(a)`: calls a function with the rows as its first argument.
///
/// - Source: KQL reference, "invoke operator".
struct Invoke: QueryOperator, Equatable {
  static let keywords = ["invoke"]
  static let summary = "Calls a function whose first parameter is the table."
  static let syntax = "T | invoke function(argument, …)"
  static let examples = [
    Example(
      "let f = (T:(x:long), n:long) { T | where x > n }; range x from 1 to 3 step 1 | invoke f(2)",
      "x:long\n3")
  ]
  let place: Place
  let call: Expression

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Invoke {
    let keyword = cursor.takeKeyword()
    let call = try cursor.parseTableOperand()
    guard case .call = call.kind else {
      throw DossierError(
        .unexpectedToken, "invoke needs a call", at: call.span, hint: "invoke f()")
    }
    return Invoke(place: keyword.place, call: call)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("invoke ")
    printer.expression(call)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    guard case .call(let inner) = call.kind else { return input }
    return try binder.invoke(inner, over: input, at: call.span)
  }
}
