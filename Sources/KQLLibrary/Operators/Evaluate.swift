import Collections
import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | evaluate pivot(c)`, `bag_unpack(d)`, `narrow()`: plugins, whose columns depend on the rows.
///
/// - Output: `pivot`: the other columns, then one for each value of the pivot column, in order of value, holding
///   the aggregate (`count()` if none is given). `bag_unpack`: the other columns, then one for each key of the
///   bags, in order of name, of the type that its values share, else `dynamic`. `narrow`: row number, column
///   name and text of each cell. The rows are read once to find the columns, unless `: (a:long, …)` says them.
/// - Source: KQL reference, "pivot plugin", "bag_unpack plugin", "narrow plugin".
struct Evaluate: QueryOperator, Equatable {
  static let keywords = ["evaluate"]
  static let summary = "Runs a plugin: pivot, bag_unpack or narrow."
  static let syntax = "T | evaluate plugin(argument, …) [: (column:type, …)]"
  static let examples = [
    Example(
      "datatable(k:string, c:string)['x', 'p', 'x', 'q', 'y', 'p'] | evaluate pivot(c)",
      "k:string  p:long  q:long\nx  1  1\ny  1  0"),
    Example("print d=dynamic({'a': 1, 'b': 'x'}) | evaluate bag_unpack(d)", "a:long  b:string\n1  x"),
    Example(
      "print a=1, b='x' | evaluate narrow()", "Row:long  Column:string  Value:string\n0  a  1\n0  b  x"),
  ]
  let place: Place
  let parameters: [StepParameter]
  let call: Expression
  let schema: [ColumnDeclaration]?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Evaluate {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters([])
    let call = try cursor.parseTableOperand()
    guard case .call = call.kind else {
      throw DossierError(
        .unexpectedToken, "evaluate needs a plugin", at: call.span, hint: "evaluate pivot(Column)")
    }
    let schema = cursor.take(":") ? try cursor.expectColumnDeclarations() : nil
    return Evaluate(place: keyword.place, parameters: parameters, call: call, schema: schema)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("evaluate ")
    printer.parameters(parameters)
    printer.expression(call)
    if let schema {
      printer.write(" : ")
      printer.columns(schema)
    }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    guard case .call(let call) = call.kind else { return input }
    switch call.name.text {
    case "pivot": return try bindPivot(call, input, binder)
    case "bag_unpack": return try bindUnpack(call, input, binder)
    case "narrow": return bindNarrow(input, binder)
    default:
      throw DossierError(
        .unsupported, "not supported: evaluate \(call.name.text)", at: call.name.span,
        hint: "plugins: pivot, bag_unpack, narrow")
    }
  }

  private func declaredColumns(_ binder: Binder) throws(DossierError) -> [PlanColumn]? {
    guard let schema else { return nil }
    var columns: [PlanColumn] = []
    for declared in schema {
      columns.append(binder.column(declared.name.text, try binder.scalarType(declared.type ?? declared.name)))
    }
    return columns
  }

  private func bindPivot(_ call: Call, _ input: any LogicalNode, _ binder: Binder) throws(DossierError)
    -> any LogicalNode
  {
    guard let first = call.arguments.first else {
      throw DossierError(.argumentCount, "pivot() takes a column", at: call.name.span)
    }
    let scope = RowScope(input.columns)
    let pivot = try binder.bind(first.value, in: scope)
    var keys: [PlanColumn] = []
    let count = Expression(.call(Call(name: Name("count", at: place.span), arguments: [])), at: place.span)
    var aggregate = count
    var rest = call.arguments.dropFirst()
    if let second = rest.first, case .call = second.value.kind {
      aggregate = second.value
      rest = rest.dropFirst()
    }
    for argument in rest {
      guard case .name(let name) = argument.value.kind else {
        throw DossierError(.wrongShape, "pivot() takes columns after the aggregate", at: argument.value.span)
      }
      keys.append(try binder.resolveColumn(name, in: scope))
    }
    var used = pivot.columns
    let made = bindAggregates([NamedExpression(value: aggregate)], over: input, keys: [], binder)
    for call in made.calls { for argument in call.arguments { argument.collectColumns(into: &used) } }
    if rest.isEmpty { keys = input.visibleColumns.filter { !used.contains($0.id) } }
    let keyOutputs = keys.map { Project.Output(binder.column($0.name, $0.type), .column($0, at: place.span)) }
    let pivotColumn = binder.column("pivot", .string)
    let pivotOutput = Project.Output(pivotColumn, binder.converted(pivot, to: .string))
    let grouped = try makeSummarize(made, keys: keyOutputs + [pivotOutput], over: input, binder)
    guard let value = grouped.columns.last else { return grouped }
    let empty = try emptyValue(made, binder)
    var columns: [PlanColumn] = []
    if let declared = try declaredColumns(binder) {
      columns = declared.filter { column in !keys.contains { sameScalars($0.name, column.name) } }
    } else {
      let rows = try binder.preview(grouped, "pivot", at: call.name.span)
      var names: [String] = []
      for row in 0..<rows.count { names.append(rows.columns[keys.count].value(row).text) }
      names.sort { scalarsPrecede($0, $1) }
      for (index, name) in names.enumerated() where index == 0 || !sameScalars(names[index - 1], name) {
        columns.append(binder.column(name, value.type))
      }
    }
    return Pivoted(
      input: grouped, keys: keyOutputs.map(\.column), pivot: pivotColumn, value: value, cells: columns,
      empty: empty)
  }

  /// What the aggregate gives for no rows.
  private func emptyValue(_ made: BoundAggregates, _ binder: Binder) throws(DossierError) -> Value {
    guard let call = made.calls.first else { return .null }
    var state = try call.function.makeState(call.info)
    return try state.finish(groupCount: 1).first?.value(0) ?? .null
  }

  private func bindUnpack(_ call: Call, _ input: any LogicalNode, _ binder: Binder) throws(DossierError)
    -> any LogicalNode
  {
    guard let first = call.arguments.first, case .name(let name) = first.value.kind else {
      throw DossierError(.argumentCount, "bag_unpack() takes a dynamic column", at: call.name.span)
    }
    let bag = try binder.resolveColumn(name, in: RowScope(input.columns))
    guard bag.type == .dynamic else {
      throw DossierError(
        .argumentType, "bag_unpack() takes a dynamic column; '\(bag.name)' is \(bag.type.rawValue)",
        at: name.span)
    }
    var prefix = ""
    var ignored: [String] = []
    for (index, argument) in call.arguments.dropFirst().enumerated() {
      let value = try binder.bindConstant(argument.value, "an argument of bag_unpack").0
      let option =
        argument.name?.text ?? ["OutputColumnPrefix", "columnsConflict", "ignoredProperties"][min(index, 2)]
      if option == "OutputColumnPrefix" { prefix = value.text }
      if option == "ignoredProperties", case .dynamic(.array(let items)) = value {
        ignored = items.map(\.text)
      }
    }
    let kept = input.columns.filter { $0.id != bag.id }
    var cells: [(key: String, column: PlanColumn)] = []
    if let declared = try declaredColumns(binder) {
      for column in declared where !kept.contains(where: { sameScalars($0.name, column.name) }) {
        cells.append(
          (String(column.name.dropFirst(column.name.hasPrefix(prefix) ? prefix.count : 0)), column))
      }
    } else {
      let only = Project(input: input, outputs: [Project.Output(keeping: bag)])
      let rows = try binder.preview(only, "bag_unpack", at: call.name.span)
      var types: OrderedDictionary<String, ScalarType> = [:]
      for row in 0..<rows.count {
        guard case .dynamic(.bag(let members)) = rows.columns[0].value(row) else { continue }
        for (key, value) in members where !ignored.contains(key) {
          let type = Self.type(of: value)
          if let type {
            types[key] = types[key].map { Self.merged($0, type) } ?? type
          } else if types[key] == nil {
            types[key] = .dynamic
          }
        }
      }
      var taken: Set<[UInt8]> = []
      for column in kept where !column.isHidden { taken.insert(Array(column.name.utf8)) }
      for key in types.keys.sorted(by: scalarsPrecede) {
        cells.append((key, binder.column(binder.uniqueName(prefix + key, &taken), types[key] ?? .dynamic)))
      }
    }
    let value = BoundExpression.column(bag, at: name.span)
    let outputs = cells.map { cell in
      let member = BoundExpression(.member(value, cell.key), type: .dynamic, span: name.span)
      return Project.Output(cell.column, binder.converted(member, to: cell.column.type))
    }
    return Project(input: input, outputs: kept.map { Project.Output(keeping: $0) } + outputs)
  }

  private static func type(of value: DynamicValue) -> ScalarType? {
    switch value {
    case .null: nil
    case .bool: .bool
    case .long: .long
    case .real: .real
    case .decimal: .decimal
    case .string: .string
    case .datetime: .datetime
    case .timespan: .timespan
    case .guid: .guid
    case .array, .bag: .dynamic
    }
  }

  private static func merged(_ a: ScalarType, _ b: ScalarType) -> ScalarType {
    if a == b { return a }
    return a.isNumeric && b.isNumeric ? .real : .dynamic
  }

  private func bindNarrow(_ input: any LogicalNode, _ binder: Binder) -> any LogicalNode {
    Narrowed(
      input: input,
      columns: [
        binder.column("Row", .long), binder.column("Column", .string), binder.column("Value", .string),
      ])
  }
}

/// A row for each group of keys, with a column for each value of the pivot column.
public struct Pivoted: LogicalNode {
  /// A row for each key and pivot value.
  public let input: any LogicalNode
  /// The keys.
  public let keys: [PlanColumn]
  /// The pivot value, as text.
  public let pivot: PlanColumn
  /// The aggregate.
  public let value: PlanColumn
  /// A column for each pivot value.
  public let cells: [PlanColumn]
  /// What a missing cell holds.
  public let empty: Value
  /// `Pivot`
  public let title = "Pivot"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// Keys, then cells.
  public var columns: [PlanColumn] { keys + cells }
  /// Kusto promises no order.
  public let isSerialized = false
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Pivoted(input: inputs[0], keys: keys, pivot: pivot, value: value, cells: cells, empty: empty)
  }
  /// Gathers the groups, then spreads them.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let layout = makeLayout(input.columns)
    let keyPositions = keys.compactMap { layout[$0.id] }
    return WholeExec(input: try builder.build(input), columns: input.columns) { rows, context in
      var index = GroupIndex(keyCount: keyPositions.count)
      let keyVectors = keyPositions.map { rows.columns[$0] }
      let groups = index.groups(of: keyVectors, rowCount: rows.count)
      var firsts: [Int] = []
      for row in 0..<rows.count where groups[row] == firsts.count { firsts.append(row) }
      var grid = cells.map { _ in [Value](repeating: empty, count: firsts.count) }
      var lineage = [Lineage](repeating: Lineage(), count: firsts.count)
      if let names = layout[pivot.id], let values = layout[value.id] {
        for row in 0..<rows.count {
          let name = rows.columns[names].value(row).text
          if let cell = cells.firstIndex(where: { sameScalars($0.name, name) }) {
            grid[cell][groups[row]] = rows.columns[values].value(row)
          }
          if let known = rows.lineage?[row] { lineage[groups[row]].formUnion(known) }
        }
      }
      let kept = keyVectors.map { $0.gather(firsts) }
      let made = zip(grid, cells).map { values, column in
        ColumnVector(values.map { convertValue($0, to: column.type) }, type: column.type)
      }
      return RowBatch(
        columns: kept + made, count: firsts.count, lineage: context.settings.wantsLineage ? lineage : nil)
    }
  }
}

/// A row for each cell.
public struct Narrowed: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// `Row`, `Column`, `Value`.
  public let columns: [PlanColumn]
  /// `Narrow`
  public let title = "Narrow"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Narrowed(input: inputs[0], columns: columns)
  }
  /// Itself over all visible columns.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Narrowed(input: input.pruned(to: Set(input.columns.map(\.id))), columns: columns)
  }
  /// Turns all rows.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let shown = input.columns.enumerated().filter { !$0.element.isHidden }
    return WholeExec(input: try builder.build(input), columns: input.columns) { rows, _ in
      var numbers: [Int64] = []
      var names: [String] = []
      var values: [String] = []
      var sources: [Int] = []
      for row in 0..<rows.count {
        for (position, column) in shown {
          numbers.append(Int64(row))
          names.append(column.name)
          values.append(rows.columns[position].value(row).text)
          sources.append(row)
        }
      }
      return RowBatch(
        columns: [
          ColumnVector(integers: numbers), ColumnVector(strings: StringVector(names)),
          ColumnVector(strings: StringVector(values)),
        ], count: numbers.count, lineage: rows.lineage.map { known in sources.map { known[$0] } })
    }
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
