import Columnar
import Diagnostics

/// Reads a table of the catalog: the columns asked for, and virtual columns computed from them.
public struct Scan: LogicalNode {
  /// The table.
  public let table: CatalogTable
  /// What is read; real and virtual columns.
  public let columns: [PlanColumn]
  /// The table's number in the query's list of sources.
  public let source: Int32
  /// Filters that rows must pass, known to the scan so that providers can skip segments.
  public let title = "Scan"
  /// `TableScan`
  public let algorithm = "TableScan"
  /// The table and the columns read.
  public var detail: String { table.name + " (" + columns.map(\.name).joined(separator: ", ") + ")" }
  /// None.
  public var inputs: [any LogicalNode] { [] }
  /// Source order is an order, but Kusto gives tables none; sorting makes it explicit.
  public var isSerialized: Bool { false }
  /// The table.
  public var sourceName: String? { table.name }

  init(table: CatalogTable, columns: [PlanColumn], source: Int32) {
    self.table = table
    self.columns = columns
    self.source = source
  }

  /// Itself.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode { self }
  /// Without columns that nobody reads.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Scan(table: table, columns: columns.filter { needed.contains($0.id) }, source: source)
  }
  /// Reads runs of rows.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    ScanExec(table: table, columns: columns, source: source, rows: builder.scanned)
  }
}

/// Rows written in the query: `print`, `datatable`.
public struct InlineRows: LogicalNode {
  /// The columns.
  public let columns: [PlanColumn]
  /// One vector a column.
  public let rows: RowBatch
  /// Their number in the query's list of sources; nil if they count as constants.
  public let source: Int32?
  /// `Rows`
  public let title = "Rows"
  /// How many.
  public var detail: String { "\(rows.count) (" + columns.map(\.name).joined(separator: ", ") + ")" }
  /// None.
  public var inputs: [any LogicalNode] { [] }
  /// Rows stand in the order written.
  public let isSerialized = true

  /// Wraps rows.
  public init(columns: [PlanColumn], rows: RowBatch, source: Int32?) {
    self.columns = columns
    self.rows = rows
    self.source = source
  }

  /// Itself.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode { self }
  /// Without columns that nobody reads.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let kept = columns.indices.filter { needed.contains(columns[$0].id) }
    return InlineRows(
      columns: kept.map { columns[$0] }, rows: rows.with(columns: kept.map { rows.columns[$0] }),
      source: source)
  }
  /// Gives the rows in batches.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    var batch = rows
    if builder.context.settings.wantsLineage {
      batch.lineage = (0..<rows.count).map { row in
        source.map { Lineage(RowReference(source: $0, row: Int64(row))) } ?? Lineage()
      }
    }
    return BatchesExec([batch])
  }
}

/// Keeps the rows whose predicate is true; null counts as false.
public struct Filter: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// A `bool`.
  public let predicate: BoundExpression
  /// `Filter`
  public let title = "Filter"
  /// The predicate.
  public var detail: String { explain(predicate, input.columns) }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }
  /// As the input.
  public var sourceName: String? { input.sourceName }

  /// Makes a filter.
  public init(input: any LogicalNode, predicate: BoundExpression) {
    self.input = input
    self.predicate = predicate
  }

  /// The same filter over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Filter(input: inputs[0], predicate: predicate)
  }
  /// Reads what the predicate needs besides.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Filter(input: input.pruned(to: needed.union(predicate.columns)), predicate: predicate)
  }
  /// Filters batches.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    FilterExec(input: try builder.build(input), layout: makeLayout(input.columns), predicate: predicate)
  }
}

/// Computes columns from each row: `project`, `extend` and all that renames.
public struct Project: LogicalNode {
  /// A column and how it is computed.
  public struct Output: Sendable {
    /// The column.
    public var column: PlanColumn
    /// Its value.
    public var value: BoundExpression
    /// Makes an output.
    public init(_ column: PlanColumn, _ value: BoundExpression) {
      self.column = column
      self.value = value
    }
    /// The column as it is.
    public init(keeping column: PlanColumn) {
      self.column = column
      value = BoundExpression(.column(column.id), type: column.type, span: SourceSpan(0, 0))
    }
    /// Whether the value is the column itself.
    public var isKept: Bool { value.column == column.id }
  }

  /// The rows.
  public let input: any LogicalNode
  /// The columns in order.
  public let outputs: [Output]
  /// `Project`
  public let title = "Project"
  /// What is computed.
  public var detail: String {
    outputs.map { $0.isKept ? $0.column.name : "\($0.column.name) = \(explain($0.value, input.columns))" }
      .joined(separator: ", ")
  }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// The outputs' columns.
  public var columns: [PlanColumn] { outputs.map(\.column) }
  /// As the input.
  public var sourceName: String? { input.sourceName }

  /// Makes a projection.
  public init(input: any LogicalNode, outputs: [Output]) {
    self.input = input
    self.outputs = outputs
  }

  /// The same projection over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Project(input: inputs[0], outputs: outputs)
  }
  /// Computes only what is needed.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let kept = outputs.filter { needed.contains($0.column.id) }
    var reads: Set<ColumnID> = []
    for output in kept { output.value.collectColumns(into: &reads) }
    return Project(input: input.pruned(to: reads), outputs: kept)
  }
  /// Computes batches.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    ProjectExec(
      input: try builder.build(input), layout: makeLayout(input.columns), values: outputs.map(\.value))
  }
}

/// The same rows under other column ids, so that one plan can stand twice in a query.
public struct Alias: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// New columns, in step with `inner`.
  public let columns: [PlanColumn]
  /// The ids of the input's columns.
  public let inner: [ColumnID]
  /// The name of the `let` or `as`.
  public let sourceName: String?
  /// `Alias`
  public let title = "Alias"
  /// The name.
  public var detail: String { sourceName ?? "" }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }

  /// Makes an alias; the columns keep names and types.
  public init(input: any LogicalNode, columns: [PlanColumn], inner: [ColumnID], sourceName: String?) {
    self.input = input
    self.columns = columns
    self.inner = inner
    self.sourceName = sourceName
  }

  /// The same alias over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Alias(input: inputs[0], columns: columns, inner: inner, sourceName: sourceName)
  }
  /// Passes the need on under the inner ids.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let kept = columns.indices.filter { needed.contains(columns[$0].id) }
    let ids = kept.map { inner[$0] }
    return Alias(
      input: input.pruned(to: Set(ids)), columns: kept.map { columns[$0] }, inner: ids,
      sourceName: sourceName)
  }
  /// Picks the columns.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let layout = makeLayout(input.columns)
    return PickExec(input: try builder.build(input), positions: inner.compactMap { layout[$0] })
  }
}

/// A table computed once in an evaluation, however often it is read: `materialize(…)`.
public struct Materialized: LogicalNode {
  /// What is computed.
  public let subquery: Subquery
  /// New columns, in step with the plan's.
  public let columns: [PlanColumn]
  /// `Materialized`
  public let title = "Materialized"
  /// The plan. Rules must leave it alone, as others share it; it is optimised by itself.
  public var inputs: [any LogicalNode] { [] }
  /// The number of the shared plan.
  public var detail: String { "#\(subquery.number)" }
  /// As the plan.
  public var isSerialized: Bool { subquery.plan.isSerialized }

  /// Itself.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode { self }
  /// Itself: the shared rows have all columns.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode { self }
  /// Gives the shared rows.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    SharedExec(subquery: subquery)
  }
}

/// Where a subplan reads the rows that the surrounding operator hands to it (`mv-apply`, `partition`).
public struct SubplanInput: LogicalNode {
  /// Ties the input to the operator.
  public let slot: Int
  /// The columns handed in.
  public let columns: [PlanColumn]
  /// Whether the rows have an order.
  public let isSerialized: Bool
  /// `SubplanInput`
  public let title = "SubplanInput"

  /// Makes the leaf of a subplan.
  public init(slot: Int, columns: [PlanColumn], isSerialized: Bool) {
    self.slot = slot
    self.columns = columns
    self.isSerialized = isSerialized
  }
  /// None.
  public var inputs: [any LogicalNode] { [] }

  /// Itself.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode { self }
  /// Itself: the operator hands all columns in.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode { self }
  /// Gives the rows that the builder knows for the slot.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    BatchesExec(builder.rows(slot: slot).map { [$0] } ?? [])
  }
}

/// Adds columns computed over all rows at once: `prev`, `next`, `row_number`, `row_cumsum`…
public struct Window: LogicalNode {
  /// The rows, serialized.
  public let input: any LogicalNode
  /// The added columns; each value is a call whose function needs serialized rows.
  public let outputs: [Project.Output]
  /// `Window`
  public let title = "Window"
  /// The calls.
  public var detail: String { outputs.map { explain($0.value, input.columns) }.joined(separator: ", ") }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// The input's columns and the added ones.
  public var columns: [PlanColumn] { input.columns + outputs.map(\.column) }
  /// As the input.
  public var sourceName: String? { input.sourceName }

  init(input: any LogicalNode, outputs: [Project.Output]) {
    self.input = input
    self.outputs = outputs
  }

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Window(input: inputs[0], outputs: outputs)
  }
  /// Reads what the calls need besides.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let kept = outputs.filter { needed.contains($0.column.id) }
    var reads = needed
    for output in kept { output.value.collectColumns(into: &reads) }
    return Window(input: input.pruned(to: reads), outputs: kept)
  }
  /// Gathers all rows, then computes.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    WindowExec(input: try builder.build(input), columns: input.columns, values: outputs.map(\.value))
  }
}
