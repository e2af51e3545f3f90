import Columnar
import Diagnostics
import KQLEngine
import Synchronization

/// Numbers the groups of its input and computes their aggregates.
///
/// A group's rows are always taken in the input's order, whatever the number of threads, so that sums of reals are the
/// same to the last bit. There are two ways for many rows, which differ in nothing but time:
///
/// - Few groups: each thread numbers the groups of its own morsels, and computes what doesn't depend on the order of
///   rows (`AggregateState.isOrderFree`); the reader gives the groups their final numbers and computes the rest.
/// - Many groups and several threads: rows are dealt to lanes by the hash of their keys; each lane has its own groups and
///   takes its rows in order, side by side with others. At the end the lanes' groups are put in order of first appearance.
final class AggregateExec: PhysicalOperator {
  /// Where rows come from.
  enum Input {
    case `operator`(any PhysicalOperator)
    case chain(ReadyChain)
  }

  private let plan: Aggregated
  private let input: Input
  private var result: BatchesExec?
  /// What is large, so that a failed evaluation leaves it to whom the operator is left to.
  private var held: [AnyObject] = []

  init(_ plan: Aggregated, input: Input) {
    self.plan = plan
    self.input = input
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil {
      let rows: RowBatch
      switch input {
      case .operator(let source): rows = try serial(source, context)
      case .chain(let chain): rows = try parallel(chain, context)
      }
      result = BatchesExec([rows])
      held = []
    }
    return try result?.next(context)
  }

  /// How many rows are looked at before the way is chosen.
  private static let decisionRows = 65_536

  /// Whether rows come from so many groups, which have to be hashed, that lanes are worth it.
  private func wantsLanes(groups: Int, rows: Int, isTable: Bool) -> Bool {
    !plan.keys.isEmpty && rows >= 4096 && groups > rows / 5 * 2 && !isTable
  }

  private func serial(
    _ source: any PhysicalOperator, _ context: ExecutionContext
  ) throws(DossierError) -> RowBatch {
    let reader = KeyedReader(plan)
    let table = try GroupTable(plan, calls: Array(plan.calls.indices))
    held.append(table)
    var lineage = plan.keys.isEmpty ? [Lineage()] : []
    var looked: [KeyedRows] = []
    var lookedRows = 0
    // One thread only loses by dealing rows to lanes.
    var isDecided = context.settings.wantsLineage || context.settings.threads == 1
    while let batch = try source.next(context) {
      try context.checkpoint()
      guard batch.count > 0 else { continue }
      let rows = try reader.read(batch, context)
      let groups = try table.take(rows, context).groups
      if let known = batch.lineage {
        lineage.grow(to: table.count, with: Lineage())
        for row in 0..<batch.count { lineage[groups[row]].formUnion(known[row]) }
      }
      guard !isDecided else { continue }
      looked.append(rows)
      lookedRows += rows.count
      guard lookedRows >= Self.decisionRows else { continue }
      isDecided = true
      if wantsLanes(groups: table.count, rows: lookedRows, isTable: table.isTable) {
        let dealer = LaneDealer(keyCount: plan.keys.count)
        let lanes = try Lanes(plan)
        held.append(lanes)
        for rows in looked { try lanes.take(dealer.deal(rows), context) }
        looked = []
        while let batch = try source.next(context) {
          try context.checkpoint()
          guard batch.count > 0 else { continue }
          try lanes.take(dealer.deal(try reader.read(batch, context)), context)
        }
        return try lanes.finish(context)
      }
      looked = []
    }
    var rows = try table.finish(context)
    if context.settings.wantsLineage { rows.lineage = lineage }
    return rows
  }

  private func parallel(_ chain: ReadyChain, _ context: ExecutionContext) throws(DossierError) -> RowBatch {
    var subqueries: [Subquery] = []
    for call in plan.calls {
      for argument in call.arguments { argument.collectSubqueries(into: &subqueries) }
    }
    for subquery in subqueries { _ = try context.rows(of: subquery) }
    let table = try GroupTable(plan, calls: Array(plan.calls.indices))
    held.append(table)
    let ordered = table.orderedCalls
    let mode = GroupingMode()
    let plan = plan
    let parts = chain.run { () throws(DossierError) -> GroupReducer in try GroupReducer(plan, mode) }
    held.append(parts)
    guard let first = try parts.next() else { return try table.finish(context) }
    if wantsLanes(
      groups: first.fresh.reduce(0) { $0 + $1.count }, rows: first.looked.reduce(0) { $0 + $1.count },
      isTable: first.isTable)
    {
      mode.useLanes()
      let lanes = try Lanes(plan)
      held.append(lanes)
      let dealer = LaneDealer(keyCount: plan.keys.count)
      for rows in first.looked { try lanes.take(dealer.deal(rows), context) }
      while let part = try parts.next() {
        for dealt in part.dealt {
          try context.checkpoint()
          try lanes.take(dealt, context)
        }
      }
      return try lanes.finish(context)
    }
    // The final numbers of each reducer's groups.
    var mappings: [[Int]] = []
    var next: GroupReducer.Part? = first
    while let part = next {
      try context.checkpoint()
      mappings.grow(to: part.reducer + 1, with: [])
      for keys in part.fresh {
        mappings[part.reducer] += try table.number(keys.columns, keys.count, context).groups
      }
      for rows in part.rows {
        // Parts that are ready come without any: threads are some of them ahead.
        try context.checkpoint()
        let mapping = mappings[part.reducer]
        let groups = plan.keys.isEmpty ? rows.groups : rows.groups.map { mapping[$0] }
        try table.update(ordered, rows.arguments, groups, context)
      }
      next = try parts.next()
    }
    for reducer in parts.reducers where reducer.number < mappings.count {
      try table.merge(reducer.table, plan.keys.isEmpty ? [0] : mappings[reducer.number], context)
    }
    return try table.finish(context)
  }
}

/// A run of rows as an aggregation takes them.
private struct KeyedRows: Sendable {
  let keys: [ColumnVector]
  /// Of each call.
  let arguments: [[ColumnVector]]
  let count: Int
}

/// Computes keys and arguments of batches.
private final class KeyedReader {
  private let evaluator: Evaluator
  private let positions: [Int]
  private let calls: [AggregateCollector.Call]
  private var firstRow = 0

  init(_ plan: Aggregated) {
    let layout = makeLayout(plan.input.columns)
    evaluator = Evaluator(layout: layout)
    positions = plan.keys.compactMap { layout[$0.id] }
    calls = plan.calls
  }

  func read(_ batch: RowBatch, _ context: ExecutionContext) throws(DossierError) -> KeyedRows {
    var all: [[ColumnVector]] = []
    for call in calls {
      var arguments: [ColumnVector] = []
      for argument in call.arguments {
        arguments.append(try evaluator.evaluate(argument, batch, firstRow: firstRow, context))
      }
      all.append(arguments)
    }
    firstRow += batch.count
    return KeyedRows(keys: positions.map { batch.columns[$0] }, arguments: all, count: batch.count)
  }
}

/// Groups by their keys, and the states of some calls.
private final class GroupTable {
  private let plan: Aggregated
  private var index: GroupIndex
  /// A state for each call of the plan; nil for those that are left out.
  private var states: [(any AggregateState)?]
  private var keyParts: [RowBatch] = []
  private(set) var count: Int
  /// What the states were said to hold so far.
  private var charged = 0

  init(_ plan: Aggregated, calls: [Int]) throws(DossierError) {
    self.plan = plan
    index = GroupIndex(keyCount: plan.keys.count)
    count = plan.keys.isEmpty ? 1 : 0
    states = plan.calls.map { _ in nil }
    for call in calls { states[call] = try plan.calls[call].function.makeState(plan.calls[call].info) }
  }

  /// Whether groups need no hashing.
  var isTable: Bool { index.isTable }

  /// Calls that must see rows in order.
  var orderedCalls: [Int] { states.indices.filter { states[$0]?.isOrderFree == false } }

  /// Leaves only calls that may see rows in any order.
  func dropOrderedCalls() { for call in orderedCalls { states[call] = nil } }

  /// The group of each row, and the rows that began one.
  func number(
    _ keys: [ColumnVector], _ rowCount: Int, _ context: ExecutionContext
  ) throws(DossierError) -> (groups: [Int], fresh: [Int]) {
    let groups = index.groups(of: keys, rowCount: rowCount)
    var fresh: [Int] = []
    if !plan.keys.isEmpty, index.count > count {
      groups.withUnsafeBufferPointer { groups in
        for row in groups.indices where groups[row] >= count {
          fresh.append(row)
          count = groups[row] + 1
        }
      }
      keyParts.append(RowBatch(columns: keys, count: rowCount).gather(fresh))
      try context.charge(bytes: fresh.count * 16 * (keys.count + plan.calls.count + 1))
    }
    return (groups, fresh)
  }

  /// Gives states rows whose groups are known.
  func update(
    _ calls: [Int], _ arguments: [[ColumnVector]], _ groups: [Int], _ context: ExecutionContext
  ) throws(DossierError) {
    for call in calls { try states[call]?.update(arguments[call], groups: groups, groupCount: count) }
    try chargeGrowth(context)
  }

  private func chargeGrowth(_ context: ExecutionContext) throws(DossierError) {
    let held = states.reduce(0) { $0 + ($1?.heldBytes ?? 0) }
    guard held > charged else { return }
    try context.charge(bytes: held - charged)
    charged = held
  }

  @discardableResult func take(
    _ rows: KeyedRows, _ context: ExecutionContext
  ) throws(DossierError) -> (groups: [Int], fresh: [Int]) {
    let numbered = try number(rows.keys, rows.count, context)
    try update(Array(states.indices), rows.arguments, numbered.groups, context)
    return numbered
  }

  /// Takes the states of another table whose group `g` is `mapping[g]` here.
  func merge(
    _ other: GroupTable, _ mapping: [Int], _ context: ExecutionContext
  ) throws(DossierError) {
    for call in states.indices {
      guard let next = other.states[call] else { continue }
      try context.checkpoint()
      try states[call]?.merge(any: next, mapping: mapping, groupCount: count)
      other.states[call] = nil
    }
    // What the other one held is held here.
    charged += other.charged
    try chargeGrowth(context)
  }

  /// Keys, then what the states give. The table is empty afterwards.
  func finish(_ context: ExecutionContext) throws(DossierError) -> RowBatch {
    // No row is looked up any more: its memory is needed for what comes.
    index = GroupIndex(keyCount: plan.keys.count)
    var columns: [ColumnVector]
    if keyParts.isEmpty {
      columns = plan.keys.map { ColumnVector([], type: $0.type) }
    } else {
      columns = RowBatch.concatenate(keyParts, schema: makeSchema(plan.keys)).columns
      keyParts = []
    }
    for call in states.indices {
      do throws(DossierError) {
        try context.checkpoint()
        columns += try states[call]?.finish(groupCount: count, context) ?? []
      } catch {
        context.discard(columns)
        throw error
      }
      states[call] = nil
    }
    return RowBatch(columns: columns, count: count)
  }
}

/// Which of the two ways the threads take; set before the second morsel is begun.
private final class GroupingMode: Sendable {
  private let lanes = Atomic<Bool>(false)
  private let reducers = Atomic<Int>(0)

  var usesLanes: Bool { lanes.load(ordering: .acquiring) }
  func useLanes() { lanes.store(true, ordering: .releasing) }
  /// A number for a reducer, from 0.
  func nextReducer() -> Int { reducers.add(1, ordering: .relaxed).oldValue }
}

/// What one thread makes of its morsels.
private final class GroupReducer: MorselReducer {
  struct Part: Sendable {
    let reducer: Int
    /// The keys of the reducer's groups that are new in this morsel.
    var fresh: [RowBatch] = []
    /// Rows for the calls that must see them in order, with the reducer's groups.
    var rows: [(groups: [Int], arguments: [[ColumnVector]])] = []
    /// The rows of the first morsel, by which the way is chosen.
    var looked: [KeyedRows] = []
    /// Whether its groups need no hashing.
    var isTable = false
    /// Rows by lane.
    var dealt: [DealtRows] = []
  }

  let number: Int
  let table: GroupTable
  private let mode: GroupingMode
  private let reader: KeyedReader
  private let dealer: LaneDealer
  private let ordered: [Int]
  private let free: [Int]

  init(_ plan: Aggregated, _ mode: GroupingMode) throws(DossierError) {
    self.mode = mode
    number = mode.nextReducer()
    reader = KeyedReader(plan)
    dealer = LaneDealer(keyCount: plan.keys.count)
    table = try GroupTable(plan, calls: Array(plan.calls.indices))
    let ordered = table.orderedCalls
    self.ordered = ordered
    free = plan.calls.indices.filter { !ordered.contains($0) }
    table.dropOrderedCalls()
  }

  func reduce(
    _ source: any PhysicalOperator, morsel: Int, _ context: ExecutionContext
  ) throws(DossierError) -> Part {
    var part = Part(reducer: number)
    let usesLanes = mode.usesLanes
    while let batch = try source.next(context) {
      guard batch.count > 0 else { continue }
      let rows = try reader.read(batch, context)
      if usesLanes {
        part.dealt.append(dealer.deal(rows))
        continue
      }
      let numbered = try table.number(rows.keys, rows.count, context)
      try table.update(free, rows.arguments, numbered.groups, context)
      if !numbered.fresh.isEmpty {
        part.fresh.append(RowBatch(columns: rows.keys, count: rows.count).gather(numbered.fresh))
      }
      if !ordered.isEmpty { part.rows.append((numbered.groups, rows.arguments)) }
      if morsel == 0 { part.looked.append(rows) }
    }
    part.isTable = table.isTable
    return part
  }
}

/// A run of rows dealt to lanes.
private struct DealtRows: Sendable {
  /// Of each lane: its rows, and the place of each in the run.
  let lanes: [(rows: KeyedRows, places: [Int])]
  let count: Int
}

/// Deals rows to lanes by the hash of their keys.
private final class LaneDealer {
  static let laneCount = 16
  private var hasher: RowHasher

  init(keyCount: Int) { hasher = RowHasher(keyCount: keyCount) }

  func deal(_ rows: KeyedRows) -> DealtRows {
    let hashes = hasher.hashes(of: rows.keys, rowCount: rows.count)
    var places = [[Int]](repeating: [], count: Self.laneCount)
    let usual = rows.count / Self.laneCount
    for lane in places.indices { places[lane].reserveCapacity(usual + usual / 4) }
    for row in 0..<rows.count { places[Int(hashes[row] >> 60)].append(row) }
    return DealtRows(
      lanes: places.map { places in
        let own = KeyedRows(
          keys: rows.keys.map { $0.gather(places) },
          arguments: rows.arguments.map { $0.map { $0.gather(places) } }, count: places.count)
        return (own, places)
      }, count: rows.count)
  }
}

/// The groups of all lanes. Dealt rows are gathered, and taken by all lanes side by side once there are enough.
private final class Lanes {
  /// One lane, which only one thread at a time works for.
  private final class Lane: @unchecked Sendable {
    let table: GroupTable
    /// The place, in the round of rows taken together, of each group's first row.
    var firstPlaces: [UInt32] = []
    /// How many groups there were after each round.
    var counts: [Int] = []
    var result = RowBatch(columns: [], count: 0)

    init(_ plan: Aggregated) throws(DossierError) {
      table = try GroupTable(plan, calls: Array(plan.calls.indices))
    }
  }

  private static let rowsARound = 1 << 20
  private let plan: Aggregated
  private var lanes: [Lane] = []
  private var waiting: [(rows: DealtRows, base: Int)] = []
  private var waitingRows = 0
  /// How many rows each round had.
  private var rounds: [Int] = []

  init(_ plan: Aggregated) throws(DossierError) {
    self.plan = plan
    for _ in 0..<LaneDealer.laneCount { lanes.append(try Lane(plan)) }
  }

  func take(_ rows: DealtRows, _ context: ExecutionContext) throws(DossierError) {
    waiting.append((rows, waitingRows))
    waitingRows += rows.count
    if waitingRows >= Self.rowsARound { try flush(context) }
  }

  private func flush(_ context: ExecutionContext) throws(DossierError) {
    let (lanes, waiting) = (lanes, waiting)
    try context.concurrently(lanes.count) { number throws(DossierError) in
      let lane = lanes[number]
      for (dealt, base) in waiting {
        try context.checkpoint()
        let (rows, places) = dealt.lanes[number]
        guard rows.count > 0 else { continue }
        for row in try lane.table.take(rows, context).fresh {
          lane.firstPlaces.append(UInt32(truncatingIfNeeded: base + places[row]))
        }
      }
      lane.counts.append(lane.table.count)
    }
    rounds.append(waitingRows)
    self.waiting = []
    waitingRows = 0
  }

  /// All groups in order of first appearance.
  func finish(_ context: ExecutionContext) throws(DossierError) -> RowBatch {
    if waitingRows > 0 { try flush(context) }
    let lanes = lanes
    try context.concurrently(lanes.count) { number throws(DossierError) in
      lanes[number].result = try lanes[number].table.finish(context)
    }
    let order = groupOrder()
    let parts = lanes.map(\.result)
    let schema = makeSchema(plan.columns)
    let columns = Mutex([ColumnVector?](repeating: nil, count: schema.fields.count))
    try context.concurrently(schema.fields.count) { index in
      let all = ColumnVector.concatenate(parts.map { $0.columns[index] }, type: schema[index].type)
      let column = all.gather(order)
      columns.withLock { $0[index] = column }
    }
    return RowBatch(columns: columns.withLock { $0.compactMap { $0 } }, count: order.count)
  }

  /// Groups, numbered through all lanes, by the places of their first rows.
  private func groupOrder() -> [Int] {
    var bases: [Int] = []
    var total = 0
    for lane in lanes {
      bases.append(total)
      total += lane.table.count
    }
    var order: [Int] = []
    order.reserveCapacity(total)
    // In each round, every group that it brought marks its place.
    var marks = [Int32](repeating: -1, count: rounds.max() ?? 0)
    for (round, rowCount) in rounds.enumerated() {
      for (lane, base) in zip(lanes, bases) {
        for group in (round == 0 ? 0 : lane.counts[round - 1])..<lane.counts[round] {
          marks[Int(lane.firstPlaces[group])] = Int32(truncatingIfNeeded: base + group)
        }
      }
      for place in 0..<rowCount where marks[place] >= 0 {
        order.append(Int(marks[place]))
        marks[place] = -1
      }
    }
    return order
  }
}
