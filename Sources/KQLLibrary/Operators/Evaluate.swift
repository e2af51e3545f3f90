import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// What stands after `evaluate`: an operator in the form of a call, whose columns may depend on the rows.
protocol TablePlugin: Sendable {
  /// The name.
  static var name: String { get }
  /// How it is written.
  static var syntax: String { get }
  /// One line that says what it gives.
  static var summary: String { get }
  /// At least one.
  static var examples: [Example] { get }
  /// Makes the plan over the input. `schema` are the columns that the query declares after `:`, if it does.
  static func bind(
    _ call: Call, over input: any LogicalNode, schema: PluginSchema?, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode
}

/// The columns that a query declares for a plugin's result.
struct PluginSchema {
  /// Whether `*` stands first: the input's columns as well.
  let includesInput: Bool
  /// The others.
  let columns: [PlanColumn]
}

/// `T | evaluate pivot(c)`, `bag_unpack(d)`, `narrow()`…: plugins, whose columns depend on the rows.
///
/// - Output: what the plugin says. The rows are read once to find the columns, unless `: (a:long, …)` says them.
/// - Source: KQL reference, "evaluate operator".
struct Evaluate: QueryOperator, Equatable {
  static let keywords = ["evaluate"]
  static let summary = "Runs a plugin: pivot, bag_unpack, narrow or rows_near."
  static let syntax = "T | evaluate plugin(argument, …) [: (column:type, …)]"
  static let examples = [
    Example(
      "datatable(k:string, c:string)['x', 'p', 'x', 'q', 'y', 'p'] | evaluate pivot(c)",
      "k:string  p:long  q:long\nx  1  1\ny  1  0")
  ]
  /// All plugins: one line each.
  static let plugins: [any TablePlugin.Type] = [
    BagUnpack.self, Narrow.self, Pivot.self, RowsNear.self,
  ]

  let place: Place
  let parameters: [StepParameter]
  let call: Expression
  let schema: [ColumnDeclaration]?
  /// Whether the schema begins with `*`.
  let keepsInput: Bool

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Evaluate {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters([])
    let call = try cursor.parseTableOperand()
    guard case .call = call.kind else {
      throw DossierError(
        .unexpectedToken, "evaluate needs a plugin", at: call.span, hint: "evaluate pivot(Column)")
    }
    var schema: [ColumnDeclaration]?
    var keepsInput = false
    if cursor.take(":") {
      (keepsInput, schema) = try cursor.expectPluginSchema()
    }
    return Evaluate(
      place: keyword.place, parameters: parameters, call: call, schema: schema, keepsInput: keepsInput)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("evaluate ")
    printer.parameters(parameters)
    printer.expression(call)
    guard let schema else { return }
    printer.write(" : ")
    printer.columns(schema, star: keepsInput)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    guard case .call(let call) = call.kind else { return input }
    for plugin in Self.plugins where plugin.name == call.name.text {
      return try plugin.bind(call, over: input, schema: try declared(binder), binder)
    }
    if let instead = AbsentNames.plugins[call.name.text] {
      throw DossierError(
        .unsupported, "not supported: evaluate \(call.name.text)", at: call.name.span, hint: instead)
    }
    let names = Self.plugins.map { $0.name }
    let near = nearestName(to: call.name.text, among: names)
    throw DossierError(
      .unknownFunction, "there is no plugin '\(call.name.text)'", at: call.name.span,
      hint: near.map { "did you mean \($0)?" } ?? "plugins: \(names.joined(separator: ", "))")
  }

  private func declared(_ binder: Binder) throws(DossierError) -> PluginSchema? {
    guard let schema else { return nil }
    var columns: [PlanColumn] = []
    for declared in schema {
      columns.append(binder.column(declared.name.text, try binder.scalarType(declared.type ?? declared.name)))
    }
    return PluginSchema(includesInput: keepsInput, columns: columns)
  }
}

/// Gathers all rows, computes once, gives the result.
final class WholeExec: PhysicalOperator {
  typealias Compute = (RowBatch, ExecutionContext) throws(DossierError) -> RowBatch
  private let input: any PhysicalOperator
  private let columns: [PlanColumn]
  private let compute: Compute
  private var result: BatchesExec?

  init(input: any PhysicalOperator, columns: [PlanColumn], compute: @escaping Compute) {
    self.input = input
    self.columns = columns
    self.compute = compute
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil {
      let rows = try collectRows(from: input, columns: columns, in: context)
      result = BatchesExec([try compute(rows, context)])
    }
    return try result?.next(context)
  }
}
