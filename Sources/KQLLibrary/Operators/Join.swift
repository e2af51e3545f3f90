import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax
import Synchronization

extension DossierError.Code {
  /// A kind of join, union or lookup that there is not.
  static let unknownKind: Self = "BND304"
  /// A condition of a join that is not an equality of its two sides.
  static let badJoinCondition: Self = "BND305"
}

/// Which rows a join gives.
public enum JoinKind: String, Sendable, CaseIterable {
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case innerunique, inner, leftouter, rightouter, fullouter, leftsemi, leftanti, rightsemi, rightanti

  init?(kqlName: String) {
    switch kqlName {
    case "anti", "leftantisemi": self = .leftanti
    case "rightantisemi": self = .rightanti
    case "semi": self = .leftsemi
    case "outer": self = .leftouter
    default: self.init(rawValue: kqlName)
    }
  }

  /// Whether only the left side's columns are given.
  var isLeftOnly: Bool { self == .leftsemi || self == .leftanti }
  /// Whether only the right side's columns are given.
  var isRightOnly: Bool { self == .rightsemi || self == .rightanti }
}

/// Reads `kind=…`, or gives the default.
func joinKind(_ parameters: [StepParameter], default standard: JoinKind) throws(DossierError) -> JoinKind {
  guard let parameter = parameters.last(where: { $0.name.text == "kind" }) else { return standard }
  var text = ""
  if case .name(let name) = parameter.value.kind { text = name.text }
  if case .literal(.string(let word)) = parameter.value.kind { text = word }
  if let kind = JoinKind(kqlName: text) { return kind }
  let near = nearestName(to: text, among: JoinKind.allCases.map(\.rawValue))
  throw DossierError(
    .unknownKind, "there is no join kind '\(text)'", at: parameter.value.span,
    hint: near.map { "did you mean \($0)?" } ?? JoinKind.allCases.map(\.rawValue).joined(separator: ", "))
}

/// `L | join kind=inner (R) on key, $left.a == $right.b`: rows of both sides with equal keys.
///
/// - Output: all left columns, then all right ones; a right name that is taken gets a number. Semi and anti
///   kinds give one side.
/// - Order: left rows in their order, the matches of each in the right side's order, then right rows
///   without a match. Null keys match nothing.
/// - Source: KQL reference, "join operator". Without a kind it is `innerunique`: of left rows with equal keys
///   the first.
struct Join: QueryOperator, Equatable {
  static let keywords = ["join"]
  static let summary = "Joins rows of two tables that have equal keys."
  static let syntax = "L | join [kind=kind] (R) on key, $left.a == $right.b"
  static let examples = [
    Example(
      "datatable(k:long, a:string)[1, 'x', 2, 'y'] | join kind=inner (datatable(k:long, b:string)[2, 'z']) on k",
      "k:long  a:string  k1:long  b:string\n2  y  2  z")
  ]
  let place: Place
  let parameters: [StepParameter]
  let right: Expression
  let conditions: [Expression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Join {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["kind"], of: "join")
    let right = try cursor.parseTableOperand()
    var conditions: [Expression] = []
    if cursor.take(word: "on") {
      conditions = try cursor.parseList { cursor throws(DossierError) in try cursor.parseExpression() }
    } else {
      throw cursor.unexpected("'on' and the keys", hint: "join (R) on Key")
    }
    return Join(place: keyword.place, parameters: parameters, right: right, conditions: conditions)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("join ")
    printer.parameters(parameters)
    printer.tableOperand(right)
    printer.write(" on ")
    printer.list(conditions) { $0.expression($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let left = try required(input)
    let kind = try joinKind(parameters, default: .innerunique)
    let other = try binder.bindTable(right)
    let keys = try bindJoinKeys(conditions, left, other, binder)
    var taken: Set<[UInt8]> = []
    var leftColumns = left.columns
    var rightColumns = other.columns
    if kind.isLeftOnly {
      rightColumns = []
    } else if kind.isRightOnly {
      leftColumns = []
    } else {
      for column in leftColumns where !column.isHidden { taken.insert(Array(column.name.utf8)) }
      rightColumns = other.visibleColumns.map { column in
        var shown = column
        shown.name = binder.uniqueName(column.name, &taken)
        return shown
      }
    }
    return Joined(
      left: left, right: other, kind: kind, leftKeys: keys.left, rightKeys: keys.right,
      columns: leftColumns + rightColumns)
  }
}

extension SyntaxPrinter {
  /// Appends a table as an operand: a name, or a pipeline in parentheses.
  mutating func tableOperand(_ table: Expression) {
    switch table.kind {
    case .name, .call, .tabular: expression(table)
    default:
      write("(")
      expression(table)
      write(")")
    }
  }
}

/// The keys of both sides, pair by pair of one type.
func bindJoinKeys(
  _ conditions: [Expression], _ left: any LogicalNode, _ right: any LogicalNode, _ binder: Binder
) throws(DossierError) -> (left: [BoundExpression], right: [BoundExpression]) {
  let leftScope = RowScope([], qualified: [("$left", left.columns)])
  let rightScope = RowScope([], qualified: [("$right", right.columns)])
  var leftKeys: [BoundExpression] = []
  var rightKeys: [BoundExpression] = []
  func add(_ a: BoundExpression, _ b: BoundExpression) throws(DossierError) {
    let (x, y) = try binder.unify(a, b, for: "on")
    leftKeys.append(x)
    rightKeys.append(y)
  }
  func side(_ expression: Expression) -> String? {
    switch expression.kind {
    case .member(let base, _):
      if case .name(let name) = base.kind, name.text == "$left" || name.text == "$right" { return name.text }
      return side(base)
    case .call(let call): return call.arguments.lazy.compactMap { side($0.value) }.first
    case .index(let base, _):
      if case .name(let name) = base.kind, name.text == "$left" || name.text == "$right" { return name.text }
      return side(base)
    case .binary(_, let a, let b): return side(a) ?? side(b)
    case .unary(_, let a): return side(a)
    default: return nil
    }
  }
  func visit(_ condition: Expression) throws(DossierError) {
    switch condition.kind {
    case .name(let name):
      let a = try binder.resolveColumn(name, in: RowScope(left.columns))
      guard let b = RowScope(right.columns).column(name.text) else {
        if binder.isOpen { return }
        var error = binder.unknownColumn(name, in: RowScope(right.columns))
        error.message = "the right side has no column '\(name.text)'"
        throw error
      }
      try add(.column(a, at: name.span), .column(b, at: name.span))
    case .binary(.and, let a, let b):
      try visit(a)
      try visit(b)
    case .binary(.equal, let a, let b):
      switch (side(a), side(b)) {
      case ("$left", "$right"): try add(try binder.bind(a, in: leftScope), try binder.bind(b, in: rightScope))
      case ("$right", "$left"): try add(try binder.bind(b, in: leftScope), try binder.bind(a, in: rightScope))
      default:
        throw DossierError(
          .badJoinCondition, "a join's condition compares $left with $right", at: condition.span,
          hint: "on $left.a == $right.b")
      }
    default:
      throw DossierError(
        .badJoinCondition, "a join's condition is a column or an equality", at: condition.span,
        hint: "on Key, $left.a == $right.b; filter by anything else with where after the join")
    }
  }
  for condition in conditions {
    do throws(DossierError) { try visit(condition) } catch { binder.record(error) }
  }
  return (leftKeys, rightKeys)
}

/// Rows of two inputs with equal keys.
public struct Joined: RowwiseNode {
  /// The left rows.
  public let left: any LogicalNode
  /// The right rows.
  public let right: any LogicalNode
  /// Which rows are given.
  public let kind: JoinKind
  /// Over the left columns, pair by pair with `rightKeys`.
  public let leftKeys: [BoundExpression]
  /// Over the right columns.
  public let rightKeys: [BoundExpression]
  /// Left columns, then right ones.
  public let columns: [PlanColumn]
  /// `Join`
  public let title = "Join"
  /// `HashJoin`
  public let algorithm = "HashJoin"
  /// Kind and keys.
  public var detail: String { kind.rawValue + " on \(leftKeys.count) keys" }
  /// Left and right.
  public var inputs: [any LogicalNode] { [left, right] }
  /// Kusto promises no order after a join.
  public let isSerialized = false

  /// The same over other inputs.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Joined(
      left: inputs[0], right: inputs[1], kind: kind, leftKeys: leftKeys, rightKeys: rightKeys,
      columns: columns)
  }
  /// Reads keys and what is needed.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let kept = columns.filter { needed.contains($0.id) }
    var leftReads = needed
    for key in leftKeys { key.collectColumns(into: &leftReads) }
    var rightReads = needed
    for key in rightKeys { key.collectColumns(into: &rightReads) }
    return Joined(
      left: left.pruned(to: leftReads), right: right.pruned(to: rightReads), kind: kind, leftKeys: leftKeys,
      rightKeys: rightKeys, columns: kept)
  }
  /// A hash join that builds over the right side.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    JoinExec(plan: self, left: try builder.build(left), right: .source(try builder.build(right)))
  }
  /// True of the kinds that need not know which left rows came before, nor which right rows were met.
  public var isRowwise: Bool {
    switch kind {
    case .inner, .leftouter, .leftsemi, .leftanti: leftKeys.allSatisfy(\.isPure)
    case .innerunique, .rightouter, .fullouter, .rightsemi, .rightanti: false
    }
  }
  /// The left rows.
  public var streamed: any LogicalNode { left }
  /// The right rows.
  public var besides: [any LogicalNode] { [right] }
  /// Reads the right side.
  public func prepare(_ builder: PhysicalBuilder) throws(DossierError) -> any RowwiseStep {
    SharedJoin(
      plan: self, side: try RightSide(self, reading: try builder.build(right), in: builder.context))
  }
}

/// The right side of a join, its rows by key. One thread at a time has it.
private final class RightSide: @unchecked Sendable {
  var rows: RowBatch
  var index: GroupIndex
  /// Rows of group `g` are `members[starts[g]..<starts[g + 1]]`.
  let starts: [Int]
  let members: [Int]
  /// Which rows were met; empty for kinds that don't ask.
  var matched: [Bool]

  init(
    _ plan: Joined, reading source: any PhysicalOperator, in context: ExecutionContext
  ) throws(DossierError) {
    rows = try collectRows(from: source, columns: plan.right.columns, in: context)
    let evaluator = Evaluator(layout: makeLayout(plan.right.columns))
    var keys: [ColumnVector] = []
    for key in plan.rightKeys { keys.append(try evaluator.evaluate(key, rows, firstRow: 0, context)) }
    index = GroupIndex(keyCount: keys.count)
    var groups: [Int] = []
    groups.reserveCapacity(rows.count)
    // In parts, between which the evaluation can be cancelled.
    for start in stride(from: 0, to: rows.count, by: 1 << 18) {
      try context.checkpoint()
      let part = start..<min(rows.count, start + 1 << 18)
      groups += index.groups(of: keys.map { $0.slice(part) }, rowCount: part.count)
    }
    var starts = [Int](repeating: 0, count: index.count + 1)
    for group in groups { starts[group + 1] += 1 }
    for group in 0..<index.count { starts[group + 1] += starts[group] }
    try context.checkpoint()
    var next = starts
    var members = [Int](repeating: 0, count: rows.count)
    try context.checkpoint()
    for row in 0..<rows.count {
      members[next[groups[row]]] = row
      next[groups[row]] += 1
    }
    try context.charge(bytes: rows.count * 24)
    self.starts = starts
    self.members = members
    switch plan.kind {
    case .rightouter, .fullouter, .rightsemi, .rightanti:
      matched = [Bool](repeating: false, count: rows.count)
    default: matched = []
    }
  }

  /// The same rows for another thread.
  init(copying other: RightSide) {
    rows = other.rows
    index = other.index
    starts = other.starts
    members = other.members
    matched = other.matched
  }

  /// The most rows of one key.
  var mostOfOneKey: Int { zip(starts, starts.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) } }
}

/// A right side that several threads look into.
private final class SharedJoin: RowwiseStep {
  private let plan: Joined
  private let side: RightSide
  let fanOut: Int
  /// Copies that no thread has at the moment. Each keeps what it has found out about a column's strings.
  private let idle = Mutex<[RightSide]>([])

  init(plan: Joined, side: RightSide) {
    self.plan = plan
    self.side = side
    fanOut = plan.kind.isLeftOnly ? 1 : side.mostOfOneKey
  }

  func makePhysical(over input: any PhysicalOperator) -> any PhysicalOperator {
    JoinExec(plan: plan, left: input, right: .shared(self))
  }

  func borrow() -> RightSide { idle.withLock { $0.popLast() } ?? RightSide(copying: side) }
  func giveBack(_ side: RightSide) { idle.withLock { $0.append(side) } }
}

private final class JoinExec: PhysicalOperator {
  /// Where the right side comes from.
  enum Right {
    case source(any PhysicalOperator)
    case shared(SharedJoin)
  }

  private let plan: Joined
  private let left: any PhysicalOperator
  private let right: Right
  private let leftPicks: [Int]
  private let rightPicks: [Int]
  private var side: RightSide?
  private var probe: Probe?
  private var firstRow = 0
  private var isLeftDone = false
  private var isTailDone = false
  /// For `innerunique`: the keys of left rows seen.
  private var seen: GroupIndex
  private var seenCount = 0
  private var folded = 0

  init(plan: Joined, left: any PhysicalOperator, right: Right) {
    self.plan = plan
    self.left = left
    self.right = right
    let leftLayout = makeLayout(plan.left.columns)
    let rightLayout = makeLayout(plan.right.columns)
    var leftPicks: [Int] = []
    var rightPicks: [Int] = []
    for column in plan.columns {
      if let position = leftLayout[column.id], !plan.kind.isRightOnly {
        leftPicks.append(position)
      } else if let position = rightLayout[column.id] {
        rightPicks.append(position)
      }
    }
    self.leftPicks = leftPicks
    self.rightPicks = rightPicks
    seen = GroupIndex(keyCount: plan.leftKeys.count)
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if isTailDone { return nil }
    let table = try rightSide(context)
    while !isLeftDone {
      try context.checkpoint()
      if var rest = probe {
        probe = nil
        let result = try join(&rest, table, context)
        if rest.row < rest.batch.count { probe = rest }
        if let result, result.count > 0 { return result }
        continue
      }
      guard let batch = try left.next(context) else {
        isLeftDone = true
        if folded > 0, plan.kind == .innerunique {
          context.note(
            "join: \(folded) left row\(folded == 1 ? " was" : "s were") left out as innerunique keeps one row a key; "
              + "kind=inner keeps all")
        }
        break
      }
      probe = try startProbe(batch, table, context)
    }
    isTailDone = true
    let rest = tail(table, context)
    side = nil
    if case .shared(let shared) = right { shared.giveBack(table) }
    return rest
  }

  private func rightSide(_ context: ExecutionContext) throws(DossierError) -> RightSide {
    if let side { return side }
    let table: RightSide
    switch right {
    case .source(let source): table = try RightSide(plan, reading: source, in: context)
    case .shared(let shared): table = shared.borrow()
    }
    side = table
    return table
  }

  /// A left batch that is being joined.
  private struct Probe {
    var batch: RowBatch
    /// The right group of each row; −1 for none.
    var groups: [Int]
    /// Whether a row is the first of its key; only for `innerunique`.
    var fresh: [Bool]
    /// The first row that has not been joined.
    var row = 0
  }

  private func startProbe(
    _ batch: RowBatch, _ table: RightSide, _ context: ExecutionContext
  ) throws(DossierError) -> Probe {
    let evaluator = Evaluator(layout: makeLayout(plan.left.columns))
    var keys: [ColumnVector] = []
    for key in plan.leftKeys { keys.append(try evaluator.evaluate(key, batch, firstRow: firstRow, context)) }
    firstRow += batch.count
    var fresh = [Bool](repeating: true, count: plan.kind == .innerunique ? batch.count : 0)
    if plan.kind == .innerunique {
      let numbers = seen.groups(of: keys, rowCount: batch.count)
      for row in 0..<batch.count {
        fresh[row] = numbers[row] >= seenCount
        if fresh[row] { seenCount = numbers[row] + 1 } else { folded += 1 }
      }
    }
    return Probe(
      batch: batch, groups: table.index.lookup(keys, rowCount: batch.count, nullsMatch: false), fresh: fresh)
  }

  /// Joins further rows of a left batch, until there is a batch of results: a key with many rows on both sides
  /// makes more rows than any input has.
  private func join(
    _ probe: inout Probe, _ table: RightSide, _ context: ExecutionContext
  ) throws(DossierError) -> RowBatch? {
    if plan.kind == .inner { return joinInner(&probe, table, context) }
    let (batch, groups, fresh) = (probe.batch, probe.groups, probe.fresh)
    var leftRows: [Int] = []
    var rightRows: [Int] = []
    let start = probe.row
    let enough = max(context.settings.batchSize, 65_536)
    for row in start..<batch.count {
      if leftRows.count >= enough { break }
      probe.row = row + 1
      let group = groups[row]
      let isMatch = group >= 0
      switch plan.kind {
      case .leftsemi: if isMatch { leftRows.append(row) }
      case .leftanti: if !isMatch { leftRows.append(row) }
      case .rightsemi, .rightanti:
        if isMatch {
          for member in table.starts[group]..<table.starts[group + 1] {
            table.matched[table.members[member]] = true
            if plan.kind == .rightsemi, let own = batch.lineage?[row] {
              table.rows.lineage?[table.members[member]].formUnion(own)
            }
          }
        }
      case .innerunique, .inner, .leftouter, .rightouter, .fullouter:
        if plan.kind == .innerunique, !fresh[row] { continue }
        if isMatch {
          for member in table.starts[group]..<table.starts[group + 1] {
            leftRows.append(row)
            rightRows.append(table.members[member])
            if !table.matched.isEmpty { table.matched[table.members[member]] = true }
          }
        } else if plan.kind == .leftouter || plan.kind == .fullouter {
          leftRows.append(row)
          rightRows.append(-1)
        }
      }
    }
    if plan.kind.isRightOnly { return nil }
    let picked = batch.with(columns: leftPicks.map { batch.columns[$0] }).gather(leftRows)
    if plan.kind.isLeftOnly {
      guard context.settings.wantsLineage, plan.kind == .leftsemi, var lineage = picked.lineage else {
        return picked
      }
      for (position, row) in leftRows.enumerated() {
        for member in table.starts[groups[row]]..<table.starts[groups[row] + 1] {
          if let other = table.rows.lineage?[table.members[member]] { lineage[position].formUnion(other) }
        }
      }
      var traced = picked
      traced.lineage = lineage
      return traced
    }
    let others = table.rows.with(columns: rightPicks.map { table.rows.columns[$0] }).gather(rightRows)
    return RowBatch(
      columns: picked.columns + others.columns, count: leftRows.count,
      lineage: union(picked.lineage, others.lineage))
  }

  /// The same for `inner`, whose every row is a pair.
  private func joinInner(_ probe: inout Probe, _ table: RightSide, _ context: ExecutionContext) -> RowBatch {
    let (batch, groups, start) = (probe.batch, probe.groups, probe.row)
    let enough = max(context.settings.batchSize, 65_536)
    var (end, pairs) = (start, 0)
    table.starts.withUnsafeBufferPointer { starts in
      while end < groups.count, pairs < enough {
        let group = groups[end]
        if group >= 0 { pairs += starts[group + 1] - starts[group] }
        end += 1
      }
    }
    probe.row = end
    var leftRows: [Int] = []
    let rightRows = [Int](unsafeUninitializedCapacity: pairs) { right, count in
      count = pairs
      leftRows = [Int](unsafeUninitializedCapacity: pairs) { left, count in
        count = pairs
        table.starts.withUnsafeBufferPointer { starts in
          table.members.withUnsafeBufferPointer { members in
            groups.withUnsafeBufferPointer { groups in
              var next = 0
              for row in start..<end where groups[row] >= 0 {
                for member in starts[groups[row]]..<starts[groups[row] + 1] {
                  left[next] = row
                  right[next] = members[member]
                  next += 1
                }
              }
            }
          }
        }
      }
    }
    var picked = batch.with(columns: leftPicks.map { batch.columns[$0] })
    // Where each row met one, the left side is as it was.
    let isWhole = pairs == batch.count && leftRows.elementsEqual(0..<batch.count)
    if !isWhole { picked = picked.gather(leftRows) }
    let others = table.rows.with(columns: rightPicks.map { table.rows.columns[$0] }).gather(rightRows)
    return RowBatch(
      columns: picked.columns + others.columns, count: pairs, lineage: union(picked.lineage, others.lineage))
  }

  private func union(_ a: [Lineage]?, _ b: [Lineage]?) -> [Lineage]? {
    guard var result = a, let b else { return a ?? b }
    for row in result.indices { result[row].formUnion(b[row]) }
    return result
  }

  /// Right rows that are given once all left rows are known.
  private func tail(_ table: RightSide, _ context: ExecutionContext) -> RowBatch? {
    let rows: [Int]
    switch plan.kind {
    case .rightouter, .fullouter, .rightanti: rows = table.matched.indices.filter { !table.matched[$0] }
    case .rightsemi: rows = table.matched.indices.filter { table.matched[$0] }
    default: return nil
    }
    if rows.isEmpty { return nil }
    let others = table.rows.with(columns: rightPicks.map { table.rows.columns[$0] }).gather(rows)
    if plan.kind.isRightOnly { return others }
    let layout = plan.left.columns
    let nulls = leftPicks.map { ColumnVector(constant: .null, type: layout[$0].type, count: rows.count) }
    return RowBatch(columns: nulls + others.columns, count: rows.count, lineage: others.lineage)
  }
}
