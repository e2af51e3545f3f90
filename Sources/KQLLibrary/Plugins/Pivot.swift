import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | evaluate pivot(c, sum(x), k)`: a column for each value of a column.
///
/// - Output: the other columns, then one for each value of the pivot column, in order of value, holding the
///   aggregate (`count()` if none is given). What no row has is what the aggregate gives for no rows.
/// - Source: KQL reference, "pivot plugin".
enum Pivot: TablePlugin {
  static let name = "pivot"
  static let syntax = "T | evaluate pivot(column[, aggregate(…)[, key, …]]) [: (column:type, …)]"
  static let summary = "Makes a column for each value of a column, with an aggregate in each cell."
  static let examples = [
    Example(
      "datatable(k:string, c:string, v:long)['x', 'p', 1, 'x', 'q', 2, 'y', 'p', 3] | evaluate pivot(c, sum(v))",
      "k:string  p:long  q:long\nx  1  2\ny  3  0")
  ]

  static func bind(
    _ call: Call, over input: any LogicalNode, schema: PluginSchema?, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    let place = Place(call.name.span)
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
    if let schema {
      columns = schema.columns.filter { column in !keys.contains { sameScalars($0.name, column.name) } }
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
  private static func emptyValue(_ made: BoundAggregates, _ binder: Binder) throws(DossierError) -> Value {
    guard let call = made.calls.first else { return .null }
    var state = try call.function.makeState(call.info)
    return try state.finish(groupCount: 1).first?.value(0) ?? .null
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
