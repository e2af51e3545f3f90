import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | mv-apply x = A to typeof(long) on (top 1 by x)`: runs steps over the elements of each row.
///
/// - Output: the row's columns that are not expanded, then what the steps make. A row with an empty array gives
///   nothing.
/// - Source: KQL reference, "mv-apply operator".
struct MvApply: QueryOperator, Equatable {
  static let keywords = ["mv-apply"]
  static let summary = "Runs steps over the elements of a dynamic value, row by row."
  static let syntax = "T | mv-apply [with_itemindex=I] column [to typeof(type)], … [limit n] on (steps)"
  static let examples = [
    Example(
      "datatable(i:long, a:dynamic)[1, dynamic([5, 7])] | mv-apply e=a to typeof(long) on (summarize s=sum(e)) | project i, s",
      "i:long  s:long\n1  12")
  ]
  let place: Place
  let clause: ExpandClause
  let body: Pipeline

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> MvApply {
    let keyword = cursor.takeKeyword()
    let clause = try ExpandClause.parse(&cursor)
    try cursor.expect(word: "on")
    try cursor.expect("(")
    let body = try cursor.parseSubPipeline()
    try cursor.expect(")")
    return MvApply(place: keyword.place, clause: clause, body: body)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("mv-apply ")
    clause.print(to: &printer)
    printer.write(" on (")
    printer.pipeline(body)
    printer.write(")")
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let expanded = try clause.bind(over: input, binder)
    let slot = binder.slot()
    let leaf = SubplanInput(slot: slot, columns: expanded.columns, isSerialized: true)
    let plan = try binder.bindPipeline(body, over: leaf)
    // Columns of the row: those that survive the expansion, whether or not the steps keep them.
    let kept = expanded.columns.filter { column in input.columns.contains { $0.id == column.id } }
    let own = Set(kept.map(\.id))
    var taken: Set<[UInt8]> = []
    for column in kept where !column.isHidden { taken.insert(Array(column.name.utf8)) }
    let added = plan.visibleColumns.filter { !own.contains($0.id) }.map { column in
      var shown = column
      shown.name = binder.uniqueName(column.name, &taken)
      return shown
    }
    return Applied(input: expanded, slot: slot, plan: plan, kept: kept, columns: kept + added)
  }
}

/// A subplan over the rows that each input row expands to.
public struct Applied: LogicalNode {
  /// The expansion; its input is the operator's.
  public let input: any LogicalNode
  let slot: Int
  /// The steps, over the expanded rows of one row.
  public let plan: any LogicalNode
  /// The row's columns that are given with each of its results.
  public let kept: [PlanColumn]
  /// `kept`, then the steps' columns.
  public let columns: [PlanColumn]
  /// `Apply`
  public let title = "Apply"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Applied(input: inputs[0], slot: slot, plan: plan, kept: kept, columns: columns)
  }
  /// Runs the steps row by row.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    guard let expanded = input as? Expanded else {
      throw DossierError("EXE901", "mv-apply lost its expansion")
    }
    return ApplyExec(
      applied: self, expanded: expanded, input: try builder.build(expanded.input), builder: builder)
  }
}

private final class ApplyExec: PhysicalOperator {
  private let applied: Applied
  private let expanded: Expanded
  private let input: any PhysicalOperator
  private let builder: PhysicalBuilder
  private let fromRow: [Int]
  private let fromPlan: [Int]

  init(applied: Applied, expanded: Expanded, input: any PhysicalOperator, builder: PhysicalBuilder) {
    self.applied = applied
    self.expanded = expanded
    self.input = input
    self.builder = builder
    let rowLayout = makeLayout(expanded.columns)
    fromRow = applied.kept.compactMap { rowLayout[$0.id] }
    let planLayout = makeLayout(applied.plan.columns)
    fromPlan = applied.columns.dropFirst(applied.kept.count).compactMap { planLayout[$0.id] }
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    guard let batch = try input.next(context) else { return nil }
    var parts: [RowBatch] = []
    for row in 0..<batch.count {
      try context.checkpoint()
      let single = ExpandExec(plan: expanded, input: BatchesExec([batch.slice(row..<row + 1)]))
      let rows = try collectRows(from: single, columns: expanded.columns, in: context)
      guard rows.count > 0 else { continue }
      let inner = try builder.with(slot: applied.slot, rows: rows).build(applied.plan)
      let result = try collectRows(from: inner, columns: applied.plan.columns, in: context)
      guard result.count > 0 else { continue }
      let first = [Int](repeating: 0, count: result.count)
      let own = rows.with(columns: fromRow.map { rows.columns[$0] }).gather(first)
      parts.append(
        RowBatch(
          columns: own.columns + fromPlan.map { result.columns[$0] }, count: result.count,
          lineage: result.lineage))
    }
    if parts.isEmpty {
      return batch.slice(0..<0).with(columns: applied.columns.map { ColumnVector([], type: $0.type) })
    }
    return RowBatch.concatenate(parts, schema: makeSchema(applied.columns))
  }
}

/// `T | partition by k (steps)`: runs steps over the rows of each key.
///
/// `T | partition by k { U | where x == k }`: runs a query of its own for each key, which stands for a value in it.
///
/// - Output: the steps' columns. Order: keys in order of first appearance.
/// - Errors: `EXE320` above 64 keys in the second form.
/// - Source: KQL reference, "partition operator".
struct Partition: QueryOperator, Equatable {
  static let keywords = ["partition"]
  static let summary = "Runs steps over the rows of each key by itself."
  static let syntax = "T | partition [hint.strategy=s] by column (steps) or T | partition by column { query }"
  static let examples = [
    Example(
      "datatable(k:string, v:long)['a', 1, 'b', 2, 'a', 3] | partition by k (top 1 by v)",
      "k:string  v:long\na  3\nb  2")
  ]
  let place: Place
  let parameters: [StepParameter]
  let key: Name
  let body: Pipeline
  /// Whether the body is a query of its own, and not steps over the rows of a key.
  let isQuery: Bool

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Partition {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters([])
    try cursor.expect(word: "by")
    let key = try cursor.expectName("a column")
    let isBraced = cursor.take("{")
    if !isBraced { try cursor.expect("(") }
    let isQuery = isBraced && !cursor.atPipedStep
    let body = isQuery ? try cursor.parsePipeline() : try cursor.parseSubPipeline()
    try cursor.expect(isBraced ? "}" : ")")
    return Partition(
      place: keyword.place, parameters: parameters, key: key, body: body, isQuery: isQuery)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("partition ")
    printer.parameters(parameters)
    printer.write("by ")
    printer.name(key)
    printer.write(isQuery ? " { " : " (")
    printer.pipeline(body)
    printer.write(isQuery ? " }" : ")")
  }

  /// A query for each key. The keys are read while binding, as each query is bound with its own.
  private func bindQueries(
    _ key: PlanColumn, over input: any LogicalNode, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    let only = Project(input: input, outputs: [Project.Output(keeping: key)])
    let rows = try binder.preview(
      Aggregated(input: only, keys: [key], calls: []), "partition", at: place.span)
    guard rows.count <= 64 else {
      throw DossierError(
        .tooManyPartitions, "partition with a query takes at most 64 keys, found \(rows.count)",
        at: place.span,
        hint: "partition by \(key.name) (steps) takes any number")
    }
    var parts: [any LogicalNode] = []
    for row in 0..<max(1, rows.count) {
      let value = row < rows.count ? rows.columns[0].value(row) : .null
      parts.append(
        try binder.defining(key.name, as: .constant(value, key.type, at: self.key.span)) {
          binder throws(DossierError) in try binder.bindPipeline(body)
        })
    }
    if rows.count == 0 {
      return Filter(input: parts[0], predicate: .constant(.bool(false), .bool, at: place.span))
    }
    return makeUnion(parts, isInner: false, source: nil, binder)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let column = try binder.resolveColumn(key, in: RowScope(input.columns))
    if isQuery { return try bindQueries(column, over: input, binder) }
    let slot = binder.slot()
    let leaf = SubplanInput(slot: slot, columns: input.columns, isSerialized: input.isSerialized)
    let plan = try binder.bindPipeline(body, over: leaf)
    return Partitioned(input: input, key: column, slot: slot, plan: plan)
  }
}

/// A subplan over the rows of each key.
public struct Partitioned: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// The key.
  public let key: PlanColumn
  let slot: Int
  /// The steps, over the rows of one key.
  public let plan: any LogicalNode
  /// `Partition`
  public let title = "Partition"
  /// The key.
  public var detail: String { "by " + key.name }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// The steps' columns.
  public var columns: [PlanColumn] { plan.columns }
  /// Kusto promises no order of keys.
  public let isSerialized = false
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Partitioned(input: inputs[0], key: key, slot: slot, plan: plan)
  }
  /// Runs the steps key by key.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    PartitionExec(plan: self, input: try builder.build(input), builder: builder)
  }
}

private final class PartitionExec: PhysicalOperator {
  private let plan: Partitioned
  private let input: any PhysicalOperator
  private let builder: PhysicalBuilder
  private var pending: [RowBatch]?

  init(plan: Partitioned, input: any PhysicalOperator, builder: PhysicalBuilder) {
    self.plan = plan
    self.input = input
    self.builder = builder
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if pending == nil {
      let rows = try collectRows(from: input, columns: plan.input.columns, in: context)
      var groups: [[Int]] = []
      if rows.count > 0, let position = makeLayout(plan.input.columns)[plan.key.id] {
        var index = GroupIndex(keyCount: 1)
        let numbers = index.groups(of: [rows.columns[position]], rowCount: rows.count)
        groups = [[Int]](repeating: [], count: index.count)
        for row in 0..<rows.count { groups[numbers[row]].append(row) }
      }
      pending = groups.map { rows.gather($0) }.reversed()
    }
    guard let rows = pending?.popLast() else { return nil }
    try context.checkpoint()
    let inner = try builder.with(slot: plan.slot, rows: rows).build(plan.plan)
    return try collectRows(from: inner, columns: plan.plan.columns, in: context)
  }
}

extension DossierError.Code {
  /// More keys than a partition with a query of its own for each may have.
  static let tooManyPartitions: Self = "EXE320"
}
