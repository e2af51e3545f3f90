import Columnar
import Diagnostics

/// Gives rows in batches, one after the other, when asked. An operator is used by one thread; the plan
/// makes as many as there are threads.
public protocol PhysicalOperator: AnyObject {
  /// The next rows, or nil after the last. A batch may be empty.
  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch?
}

/// All rows of a plan as one batch.
public func collectRows(
  of plan: any LogicalNode, in context: ExecutionContext
) throws(DossierError) -> RowBatch {
  try collectRows(from: try PhysicalBuilder(context: context).build(plan), columns: plan.columns, in: context)
}

/// All further rows of an operator as one batch.
public func collectRows(
  from source: any PhysicalOperator, columns: [PlanColumn], in context: ExecutionContext
) throws(DossierError) -> RowBatch {
  var batches: [RowBatch] = []
  do throws(DossierError) {
    while let batch = try source.next(context) {
      try context.checkpoint()
      guard batch.count > 0 else { continue }
      try context.charge(bytes: batch.count * (16 + 16 * batch.columns.count))
      batches.append(batch)
    }
  } catch {
    context.discard(batches)
    context.discard(failed: source)
    throw error
  }
  if batches.isEmpty {
    return RowBatch(
      columns: columns.map { ColumnVector([], type: $0.type) }, count: 0,
      lineage: context.settings.wantsLineage ? [] : nil)
  }
  return try RowBatch.concatenate(batches, schema: makeSchema(columns), context)
}

extension RowBatch {
  /// The rows of several batches, one after the other; column by column, between which the evaluation can be cancelled.
  public static func concatenate(
    _ batches: [RowBatch], schema: Schema, _ context: ExecutionContext
  ) throws(DossierError) -> RowBatch {
    if batches.count == 1 { return batches[0] }
    var columns: [ColumnVector] = []
    for index in schema.fields.indices {
      try context.checkpoint()
      columns.append(ColumnVector.concatenate(batches.map { $0.columns[index] }, type: schema[index].type))
    }
    let rows = RowBatch.concatenate(
      batches.map { RowBatch(columns: [], count: $0.count, lineage: $0.lineage) }, schema: Schema([]))
    return rows.with(columns: columns)
  }

  /// Rows by index, likewise.
  public func gather(_ rows: [Int], _ context: ExecutionContext) throws(DossierError) -> RowBatch {
    var picked: [ColumnVector] = []
    for column in columns {
      try context.checkpoint()
      picked.append(column.gather(rows))
    }
    return RowBatch(columns: [], count: count, lineage: lineage).gather(rows).with(columns: picked)
  }
}

/// Gives batches that are there already, cut to the batch size.
public final class BatchesExec: PhysicalOperator {
  private let batches: [RowBatch]
  private var index = 0
  private var row = 0

  /// Wraps batches.
  public init(_ batches: [RowBatch]) { self.batches = batches }

  /// The next run of rows.
  public func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    try context.checkpoint()
    guard index < batches.count else { return nil }
    let batch = batches[index]
    let size = context.settings.batchSize
    if row == 0, batch.count <= size {
      index += 1
      return batch
    }
    let end = min(batch.count, row + size)
    let cut = batch.slice(row..<end)
    row = end
    if row >= batch.count {
      index += 1
      row = 0
    }
    return cut
  }
}

final class ScanExec: PhysicalOperator {
  private let table: CatalogTable
  private let source: Int32
  private var row: Int
  private let end: Int
  /// Positions in the provider's schema, read once each.
  private let reads: [Int]
  private enum Plan {
    case real(Int)
    case virtual(VirtualColumn, [Int])
  }
  private let plans: [Plan]
  private var portions = Portions()

  init(table: CatalogTable, columns: [PlanColumn], source: Int32, rows: Range<Int>?) {
    self.table = table
    row = rows?.lowerBound ?? 0
    end = rows?.upperBound ?? table.provider.rowCount
    self.source = source
    var reads: [Int] = []
    func place(_ name: String) -> Int? {
      guard let position = table.provider.schema.index(of: name) else { return nil }
      if let known = reads.firstIndex(of: position) { return known }
      reads.append(position)
      return reads.count - 1
    }
    var plans: [Plan] = []
    for column in columns {
      if let real = place(column.name) {
        plans.append(.real(real))
      } else if let virtual = table.virtualColumns.first(where: { sameScalars($0.field.name, column.name) }) {
        plans.append(.virtual(virtual, virtual.inputs.compactMap { place($0) }))
      }
    }
    self.reads = reads
    self.plans = plans
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    try context.checkpoint()
    return try portions.next({ () throws(DossierError) in try read(context) }) {
      Portions.textBytes($0.columns)
    }
  }

  private func read(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    guard row < end else { return nil }
    let rows = row..<min(end, row + context.settings.batchSize)
    row = rows.upperBound
    let vectors = try table.provider.read(columns: reads, rows: rows)
    var columns: [ColumnVector] = []
    for plan in plans {
      switch plan {
      case .real(let index): columns.append(vectors[index])
      case .virtual(let virtual, let inputs):
        columns.append(try virtual.compute(inputs.map { vectors[$0] }, rows.count))
      }
    }
    var lineage: [Lineage]?
    if context.settings.wantsLineage {
      lineage = rows.map { Lineage(RowReference(source: source, row: Int64($0))) }
    }
    return RowBatch(columns: columns, count: rows.count, lineage: lineage)
  }
}

final class FilterExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let evaluator: Evaluator
  private let predicate: BoundExpression
  private let meter: TextMeter
  private var portions = Portions()
  private var firstRow = 0
  /// For lineage: the rows of a table that `in` looks into, by value.
  private var witnesses: [Int: (index: GroupIndex, lineage: [Lineage])] = [:]

  init(input: any PhysicalOperator, layout: Layout, predicate: BoundExpression) {
    self.input = input
    evaluator = Evaluator(layout: layout)
    self.predicate = predicate
    meter = TextMeter([predicate], evaluator)
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    let part = try portions.next({ () throws(DossierError) in try input.next(context) }) {
      meter.bytesPerRow($0, firstRow: firstRow, context)
    }
    guard let batch = part else { return nil }
    try context.checkpoint()
    if batch.count == 0 { return batch }
    let mask = try evaluator.evaluate(predicate, batch, firstRow: firstRow, context)
    firstRow += batch.count
    if let constant = mask.constantValue {
      if case .bool(true) = constant { return batch }
      return batch.slice(0..<0)
    }
    let rows = selectedRows(mask)
    let kept = rows.count == batch.count ? batch : batch.gather(rows)
    return context.settings.wantsLineage ? try witnessed(kept, context) : kept
  }

  /// Where rows passed as their value is `in (T)`, they rest on the rows of `T` with that value too.
  private func witnessed(_ batch: RowBatch, _ context: ExecutionContext) throws(DossierError) -> RowBatch {
    guard var lineage = batch.lineage, batch.count > 0 else { return batch }
    for part in predicate.conjuncts {
      guard case .inTable(let match, false, let value, let subquery) = part.kind, value.type != .dynamic
      else { continue }
      if match == .hasAny || match == .hasAll {
        try addTerms(match, value, subquery, batch, &lineage, context)
        continue
      }
      let fold = match == .equalFold
      func comparable(_ vector: ColumnVector) -> ColumnVector {
        let fitting = convert(vector, to: value.type).flattened()
        guard fold, case .strings(let strings) = fitting.storage else { return fitting }
        return ColumnVector(strings: StringVector((0..<strings.count).map { foldCase(strings[$0]) }))
      }
      if witnesses[subquery.number] == nil {
        let rows = try context.rows(of: subquery)
        var index = GroupIndex(keyCount: 1)
        guard let first = rows.columns.first, first.type != .dynamic else { continue }
        let groups = index.groups(of: [comparable(first)], rowCount: rows.count)
        var known = [Lineage](repeating: Lineage(), count: index.count)
        for row in 0..<rows.count { if let own = rows.lineage?[row] { known[groups[row]].formUnion(own) } }
        witnesses[subquery.number] = (index, known)
      }
      guard var known = witnesses[subquery.number] else { continue }
      let values = try evaluator.evaluate(value, batch, firstRow: 0, context)
      let groups = known.index.lookup([comparable(values)], rowCount: batch.count, nullsMatch: false)
      for row in 0..<batch.count where groups[row] >= 0 { lineage[row].formUnion(known.lineage[groups[row]]) }
    }
    var result = batch
    result.lineage = lineage
    return result
  }

  /// `has_any (T)`: the rows of `T` whose term a row has.
  private func addTerms(
    _ match: ListMatch, _ value: BoundExpression, _ subquery: Subquery, _ batch: RowBatch,
    _ lineage: inout [Lineage], _ context: ExecutionContext
  ) throws(DossierError) {
    let rows = try context.rows(of: subquery)
    guard let terms = rows.columns.first, let known = rows.lineage else { return }
    let values = try evaluator.evaluate(value, batch, firstRow: 0, context)
    let how = StringMatch(.has, isCaseSensitive: false, isNegated: false)
    for term in 0..<rows.count {
      let matcher = try TextMatcher(how, pattern: terms.value(term).text)
      for row in 0..<batch.count where match == .hasAll || matcher.matches(values.value(row).text) {
        lineage[row].formUnion(known[term])
      }
    }
  }
}

/// The rows where a `bool` vector is true.
public func selectedRows(_ mask: ColumnVector) -> [Int] {
  switch mask.storage {
  case .bools(let values):
    var rows: [Int] = []
    rows.reserveCapacity(values.count)
    if let validity = mask.validity {
      for row in 0..<values.count where values[row] && validity.isValid(row) { rows.append(row) }
    } else {
      for row in 0..<values.count where values[row] { rows.append(row) }
    }
    return rows
  case .constant(.bool(true)): return Array(0..<mask.count)
  default: return []
  }
}

/// Cuts batches so that the texts that stand in them, or are made of them, do not get out of hand: between parts, the
/// evaluation can be cancelled, and what was made of one part can go.
private struct Portions {
  /// About how many bytes of text may come together.
  private static let mostBytes = 4 << 20
  private var size = Int.max
  private var rest: (batch: RowBatch, row: Int)?

  /// The next part of a batch. Once all of one has been given, `batch` gives the next, and `size` says of a fresh one how
  /// many bytes of text a row comes to.
  mutating func next(
    _ batch: () throws(DossierError) -> RowBatch?, bytesPerRow: (RowBatch) -> Int
  ) throws(DossierError) -> RowBatch? {
    if rest == nil {
      guard let fresh = try batch() else { return nil }
      size = max(1, Self.mostBytes / max(1, bytesPerRow(fresh)))
      if fresh.count <= size { return fresh }
      rest = (fresh, 0)
    }
    guard let (batch, row) = rest else { return nil }
    let end = min(batch.count, row + size)
    rest = end < batch.count ? (batch, end) : nil
    return batch.slice(row..<end)
  }

  /// About how many bytes of text a row of some columns has.
  static func textBytes(_ columns: [ColumnVector]) -> Int {
    columns.reduce(0) { $0 + textBytes($1) / max(1, $1.count) }
  }

  private static func textBytes(_ vector: ColumnVector) -> Int {
    switch vector.storage {
    case .strings(let strings):
      if strings.codes == nil {
        return strings.pool.offsets[strings.run.upperBound] - strings.pool.offsets[strings.run.lowerBound]
      }
      let count = max(1, strings.pool.count)
      return strings.pool.bytes.count / count * min(vector.count, count)
    case .dynamics(let values):
      // A few tell enough.
      let step = max(1, values.count / 16)
      return stride(from: 0, to: values.count, by: step).reduce(0) { $0 + values[$1].heldBytes } * step
    case .constant(let value):
      if case .string(let text) = value { return text.utf8.count * vector.count }
      return 0
    default: return 0
    }
  }
}

/// Tells beforehand how much text expressions make of a batch, by what they make of a few of its rows.
private struct TextMeter {
  private var calls: [BoundExpression] = []
  private let evaluator: Evaluator

  init(_ expressions: [BoundExpression], _ evaluator: Evaluator) {
    self.evaluator = evaluator
    for expression in expressions { collect(expression) }
  }

  private mutating func collect(_ expression: BoundExpression) {
    if case .call = expression.kind, expression.type == .string || expression.type == .dynamic,
      !expression.isRowIndependent
    {
      calls.append(expression)
    }
    for operand in expression.operands { collect(operand) }
  }

  /// Bytes a row; 0 where an error is to be seen when its row is due.
  func bytesPerRow(_ batch: RowBatch, firstRow: Int, _ context: ExecutionContext) -> Int {
    if calls.isEmpty || batch.count < 16 { return 0 }
    let few = batch.gather((0..<4).map { $0 * (batch.count / 4) })
    return calls.reduce(0) { sum, call in
      guard let made = try? evaluator.evaluate(call, few, firstRow: firstRow, context) else { return sum }
      return sum + Portions.textBytes([made])
    }
  }
}

final class ProjectExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let evaluator: Evaluator
  private let values: [BoundExpression]
  private let meter: TextMeter
  private var portions = Portions()
  private var firstRow = 0

  init(input: any PhysicalOperator, layout: Layout, values: [BoundExpression]) {
    self.input = input
    evaluator = Evaluator(layout: layout)
    self.values = values
    meter = TextMeter(values, evaluator)
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    let part = try portions.next({ () throws(DossierError) in try input.next(context) }) {
      meter.bytesPerRow($0, firstRow: firstRow, context)
    }
    guard let batch = part else { return nil }
    try context.checkpoint()
    var columns: [ColumnVector] = []
    columns.reserveCapacity(values.count)
    for value in values {
      columns.append(try evaluator.evaluate(value, batch, firstRow: firstRow, context))
    }
    firstRow += batch.count
    return batch.with(columns: columns)
  }
}

final class PickExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let positions: [Int]

  init(input: any PhysicalOperator, positions: [Int]) {
    self.input = input
    self.positions = positions
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    guard let batch = try input.next(context) else { return nil }
    return batch.with(columns: positions.map { batch.columns[$0] })
  }
}

final class SharedExec: PhysicalOperator {
  private let subquery: Subquery
  private var rows: BatchesExec?

  init(subquery: Subquery) { self.subquery = subquery }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if rows == nil { rows = BatchesExec([try context.rows(of: subquery)]) }
    return try rows?.next(context)
  }
}

final class WindowExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let columns: [PlanColumn]
  private let values: [BoundExpression]
  private var result: BatchesExec?

  init(input: any PhysicalOperator, columns: [PlanColumn], values: [BoundExpression]) {
    self.input = input
    self.columns = columns
    self.values = values
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil {
      let rows = try collectRows(from: input, columns: columns, in: context)
      let evaluator = Evaluator(layout: makeLayout(columns))
      var added: [ColumnVector] = []
      for value in values { added.append(try evaluator.evaluate(value, rows, firstRow: 0, context)) }
      var all = rows.with(columns: rows.columns + added)
      if let known = rows.lineage {
        all.lineage = known
        for (value, made) in zip(values, added) { try reach(value, made, rows, known, &all.lineage, context) }
      }
      result = BatchesExec([all])
    }
    return try result?.next(context)
  }

  /// Adds to each row's lineage that of the other rows which its value is made of.
  private func reach(
    _ value: BoundExpression, _ made: ColumnVector, _ rows: RowBatch, _ known: [Lineage],
    _ lineage: inout [Lineage]?, _ context: ExecutionContext
  ) throws(DossierError) {
    guard case .call(let function, let arguments) = value.kind, function.reach != .ownRow else { return }
    let evaluator = Evaluator(layout: makeLayout(columns))
    func argument(_ index: Int) throws(DossierError) -> ColumnVector? {
      index < arguments.count ? try evaluator.evaluate(arguments[index], rows, firstRow: 0, context) : nil
    }
    switch function.reach {
    case .ownRow: break
    case .neighbour(let direction):
      let offsets = try argument(1)
      for row in 0..<rows.count {
        var steps = 1
        if let offsets {
          if case .long(let number) = offsets.value(row) { steps = Int(clamping: number) } else { steps = 0 }
        }
        guard steps.magnitude < rows.count else { continue }
        let other = row + direction * steps
        guard (0..<rows.count).contains(other) else { continue }
        // The rows between are what makes the other one a neighbour at this distance.
        for between in min(row, other)...max(row, other) where between != row {
          lineage?[row].formUnion(known[between])
        }
      }
    case .run(let restart):
      let restarts = try argument(restart)
      var sum = Lineage()
      for row in 0..<rows.count {
        if let restarts, case .bool(true) = restarts.value(row) { sum = Lineage() }
        sum.formUnion(known[row])
        lineage?[row].formUnion(sum)
      }
    case .sameValue:
      var sum = Lineage()
      for row in 0..<rows.count {
        if row > 0, made.value(row).text != made.value(row - 1).text { sum = Lineage() }
        sum.formUnion(known[row])
        lineage?[row].formUnion(sum)
      }
    }
  }
}
