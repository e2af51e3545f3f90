import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | summarize n = count() by k`: a row for each group of equal keys, with aggregates of its rows.
///
/// - Output: the keys in the order written, then the aggregates; groups in order of first appearance.
///   Without keys there is one row, also for an empty input.
/// - Source: KQL reference, "summarize operator".
struct Summarize: QueryOperator, Equatable {
  static let keywords = ["summarize"]
  static let summary = "Groups rows by keys and computes aggregates for each group."
  static let syntax = "T | summarize name = aggregate(…), … by key, …"
  static let examples = [
    Example(
      "datatable(k:string, v:long)['a', 1, 'b', 2, 'a', 3] | summarize n = count() by k",
      "k:string  n:long\na  2\nb  1")
  ]
  let place: Place
  let parameters: [StepParameter]
  let items: [NamedExpression]
  let keys: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Summarize {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters([])
    var items: [NamedExpression] = []
    var keys: [NamedExpression] = []
    if !cursor.at(word: "by"), !cursor.atStepEnd {
      items = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() }
    }
    if cursor.take(word: "by") {
      keys = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() }
    } else if items.isEmpty {
      throw cursor.unexpected("an aggregate or 'by'")
    }
    return Summarize(place: keyword.place, parameters: parameters, items: items, keys: keys)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("summarize ")
    printer.parameters(parameters)
    printer.list(items) { $0.named($1) }
    if !keys.isEmpty {
      printer.write(items.isEmpty ? "by " : " by ")
      printer.list(keys) { $0.named($1) }
    }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let bound = binder.bindOutputs(keys, in: RowScope(input.columns), naming: .numbered)
    let made = bindAggregates(items, over: input, keys: bound, binder)
    return try makeSummarize(made, keys: bound, over: input, binder)
  }
}

/// The aggregates of an operator, bound: the calls, and the columns computed from them.
struct BoundAggregates {
  var calls: [AggregateCollector.Call] = []
  var outputs: [Project.Output] = []
}

/// Binds items that hold aggregates. Errors are recorded.
func bindAggregates(
  _ items: [NamedExpression], over input: any LogicalNode, keys: [Project.Output], _ binder: Binder
) -> BoundAggregates {
  let collector = AggregateCollector()
  var scope = RowScope(input.columns, aggregates: collector)
  scope.starExclusions = Set(keys.compactMap { $0.value.column })
  var outputs: [Project.Output] = []
  var taken: Set<[UInt8]> = []
  for key in keys { taken.insert(Array(key.column.name.utf8)) }
  for item in items { for name in item.names { taken.insert(Array(name.text.utf8)) } }
  var unnamed = 0
  for item in items {
    let before = collector.calls.count
    let value = binder.bindOrRecord(item.value, in: scope)
    let isCall = value.column != nil && collector.calls.count == before + 1
    if isCall, let columns = collector.calls.last?.outputs,
      item.isTuple || item.names.isEmpty || columns.count > 1
    {
      for (position, column) in columns.enumerated() {
        var shown = column
        if position < item.names.count {
          shown.name = item.names[position].text
        } else {
          shown.name = binder.uniqueName(column.name, &taken)
        }
        outputs.append(Project.Output(shown, .column(column, at: item.span)))
      }
      continue
    }
    if !value.isErroneous, collector.calls.count == before, !value.isRowIndependent {
      binder.record(
        DossierError(
          .misplacedAggregate, "summarize needs an aggregate here, such as count() or sum(…)",
          at: item.value.span,
          hint: "group by it: … by \(SyntaxPrinter.print(item.value))"))
    }
    var name = item.names.first?.text
    if name == nil {
      unnamed += 1
      name = binder.uniqueName("Column\(unnamed)", &taken)
    }
    outputs.append(
      Project.Output(binder.column(name ?? "", value.type, isErroneous: value.isErroneous), value))
  }
  return BoundAggregates(calls: collector.calls, outputs: outputs)
}

/// The plan of a summarize: keys are computed first, then groups, then what is made of the aggregates.
func makeSummarize(
  _ aggregates: BoundAggregates, keys: [Project.Output], over input: any LogicalNode, _ binder: Binder
) throws(DossierError) -> any LogicalNode {
  var arguments: [BoundExpression] = []
  for call in aggregates.calls { arguments += call.arguments }
  let (windowed, values) = try binder.extractWindows(keys.map(\.value) + arguments, over: input)
  // Keys get columns of their own, so that a key may be an expression, and a column stand twice.
  var outputs = windowed.columns.map { Project.Output(keeping: $0) }
  var keyColumns: [PlanColumn] = []
  for (key, value) in zip(keys, values) {
    keyColumns.append(key.column)
    outputs.append(Project.Output(key.column, value))
  }
  var position = keys.count
  var calls: [AggregateCollector.Call] = []
  for call in aggregates.calls {
    let moved = Array(values[position..<position + call.arguments.count])
    position += call.arguments.count
    calls.append(call.with(arguments: moved))
  }
  let grouped = Aggregated(
    input: keys.isEmpty ? windowed : Project(input: windowed, outputs: outputs), keys: keyColumns,
    calls: calls)
  let shown = keyColumns.map { Project.Output(keeping: $0) } + aggregates.outputs
  return Project(input: grouped, outputs: shown)
}

/// Groups of rows with equal keys, and aggregates of each. Without calls: the distinct keys.
public struct Aggregated: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// Columns of the input; none for one group of all rows.
  public let keys: [PlanColumn]
  /// The aggregates.
  public let calls: [AggregateCollector.Call]
  /// `Aggregate`
  public let title = "Aggregate"
  /// `HashAggregate`
  public let algorithm = "HashAggregate"
  /// Calls and keys.
  public var detail: String {
    calls.map { $0.function.name }.joined(separator: ", ") + (keys.isEmpty ? "" : " by ")
      + keys.map(\.name).joined(separator: ", ")
  }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// Keys, then the aggregates' columns.
  public var columns: [PlanColumn] { keys + calls.flatMap(\.outputs) }
  /// Groups come in order of first appearance, which Kusto does not promise.
  public let isSerialized = false

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Aggregated(input: inputs[0], keys: keys, calls: calls)
  }
  /// Computes only what is needed.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let kept = calls.filter { call in call.outputs.contains { needed.contains($0.id) } }
    var reads = Set(keys.map(\.id))
    for call in kept { for argument in call.arguments { argument.collectColumns(into: &reads) } }
    return Aggregated(input: input.pruned(to: reads), keys: keys, calls: kept)
  }
  /// Hash aggregation, by several threads where the rows come from a chain that they can run.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let isPure = calls.allSatisfy { $0.arguments.allSatisfy(\.isPure) }
    if isPure, !builder.context.settings.wantsLineage, let chain = try builder.parallelChain(input) {
      if let single = try chain.single() { return AggregateExec(self, input: .operator(single)) }
      return AggregateExec(self, input: .chain(chain))
    }
    return AggregateExec(self, input: .operator(try builder.build(input)))
  }
}
