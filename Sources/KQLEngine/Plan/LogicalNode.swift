import Columnar
import Diagnostics

/// A node of a logical plan: an immutable value that knows its inputs and the columns it gives.
///
/// Operators bring their own node types, so the set is open. Rules, `explain` and translation look at the
/// types they know and walk over others by `inputs` and `withInputs`.
public protocol LogicalNode: Sendable {
  /// What `explain` calls it: `Filter`.
  var title: String { get }
  /// What `explain` adds: expressions, keys.
  var detail: String { get }
  /// What `explain` calls the operator that runs it: `HashJoin`.
  var algorithm: String { get }
  /// The plans that it reads from.
  var inputs: [any LogicalNode] { get }
  /// What it gives, hidden columns included.
  var columns: [PlanColumn] { get }
  /// Whether rows come in a defined order, so that `prev`, `row_number`… may be used on it.
  var isSerialized: Bool { get }
  /// The name that `union withsource=` shows.
  var sourceName: String? { get }
  /// The same node over other inputs, as many as `inputs` has.
  func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode
  /// The same plan for a reader that needs only these columns: it may give more, never fewer.
  func pruned(to needed: Set<ColumnID>) -> any LogicalNode
  /// The operator that runs it; its batches have `columns` in order.
  func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator
}

extension LogicalNode {
  /// Nothing to add.
  public var detail: String { "" }
  /// As the node.
  public var algorithm: String { title }
  /// As the first input.
  public var isSerialized: Bool { inputs.first?.isSerialized ?? false }
  /// None.
  public var sourceName: String? { nil }
  /// The columns that `*` stands for.
  public var visibleColumns: [PlanColumn] { columns.filter { !$0.isHidden } }
  /// Needs all columns of all inputs.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    withInputs(inputs.map { $0.pruned(to: Set($0.columns.map(\.id))) })
  }
}

/// Makes physical operators from a plan.
public struct PhysicalBuilder {
  /// What the evaluation is given.
  public let context: ExecutionContext
  /// The rows that scans read, when one thread has only a part of a table.
  let scanned: Range<Int>?
  private let entries: InOrder<Profile.Entry>?
  private let prepared: InOrder<any RowwiseStep>?
  private var slots: [Int: RowBatch] = [:]

  /// A builder for one evaluation.
  public init(context: ExecutionContext) {
    self.context = context
    scanned = nil
    entries = nil
    prepared = nil
  }

  /// A builder for a chain over a part of a table; `profile` has an entry for each node, `prepared` a step for each
  /// that is a `RowwiseNode`, both from the top down.
  init(
    context: ExecutionContext, scanned: Range<Int>, profile: [Profile.Entry], steps ready: [any RowwiseStep]
  ) {
    self.context = context
    self.scanned = scanned
    prepared = InOrder(ready)
    entries = InOrder(profile)
  }

  /// The operator of a node.
  public func build(_ node: any LogicalNode) throws(DossierError) -> any PhysicalOperator {
    // What a subplan does, once for each group of rows, counts for the operator that runs it.
    guard let profile = context.profile, slots.isEmpty else {
      if scanned == nil, let parallel = try MorselExec.make(node, context) { return parallel.made }
      return try make(node)
    }
    if scanned != nil {
      guard let entry = entries?.next() else { return try make(node) }
      return ProfiledExec(try make(node), entry: entry, clock: profile.clock)
    }
    let start = profile.clock()
    if let parallel = try MorselExec.make(node, context) {
      let entry = parallel.entry ?? profile.open("Parallel")
      entry.add(rows: 0, batches: 0, ticks: profile.clock() - start)
      return ProfiledExec(parallel.made, entry: entry, clock: profile.clock)
    }
    let entry = profile.open(physicalTitle(of: node))
    defer { profile.close() }
    let made = try node.makePhysical(self)
    entry.add(rows: 0, batches: 0, ticks: profile.clock() - start)
    return ProfiledExec(made, entry: entry, clock: profile.clock)
  }

  /// In a chain over a part of a table, rowwise nodes are prepared.
  private func make(_ node: any LogicalNode) throws(DossierError) -> any PhysicalOperator {
    if let rowwise = node as? any RowwiseNode, let step = prepared?.next() {
      return step.makePhysical(over: try build(rowwise.streamed))
    }
    return try node.makePhysical(self)
  }

  /// The chain below an operator that can take what each morsel comes to; nil where one thread does as well.
  public func parallelChain(_ node: any LogicalNode) throws(DossierError) -> ReadyChain? {
    guard scanned == nil, slots.isEmpty, let chain = MorselChain(node, context.settings) else { return nil }
    return try chain.prepare(context)
  }

  /// The builder for a subplan that reads `rows` where its `SubplanInput` of this slot stands.
  public func with(slot: Int, rows: RowBatch) -> PhysicalBuilder {
    var copy = self
    copy.slots[slot] = rows
    return copy
  }

  func rows(slot: Int) -> RowBatch? { slots[slot] }
}

/// What belongs to the nodes of a chain, from the top down, taken one by one as the chain is built.
private final class InOrder<Element> {
  private var left: ArraySlice<Element>
  /// Nil for nothing.
  init?(_ elements: [Element]) {
    if elements.isEmpty { return nil }
    left = elements[...]
  }
  func next() -> Element? { left.popFirst() }
}
