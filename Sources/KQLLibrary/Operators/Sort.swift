import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// A key to sort by, as written.
struct SortItem: Equatable {
  let value: NamedExpression
  let isDescending: Bool?
  let nullsFirst: Bool?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> SortItem {
    let value = try cursor.parseNamedExpression()
    var isDescending: Bool?
    if cursor.take(word: "asc") {
      isDescending = false
    } else if cursor.take(word: "desc") {
      isDescending = true
    }
    var nullsFirst: Bool?
    if cursor.take(word: "nulls") {
      if cursor.take(word: "first") {
        nullsFirst = true
      } else {
        try cursor.expect(word: "last")
        nullsFirst = false
      }
    }
    return SortItem(value: value, isDescending: isDescending, nullsFirst: nullsFirst)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.named(value)
    if let isDescending { printer.write(isDescending ? " desc" : " asc") }
    if let nullsFirst { printer.write(nullsFirst ? " nulls first" : " nulls last") }
  }

  func bind(_ scope: RowScope, _ binder: Binder) throws(DossierError) -> SortKey? {
    let bound = try binder.bind(value.value, in: scope)
    if bound.isErroneous { return nil }
    if bound.type == .dynamic {
      throw DossierError(
        .operandType, "can't sort by a dynamic value", at: bound.span, hint: "cast it: tostring(…), tolong(…)"
      )
    }
    let descending = isDescending ?? true
    return SortKey(value: bound, isDescending: descending, nullsFirst: nullsFirst ?? !descending)
  }
}

/// A key to sort by.
public struct SortKey: Sendable {
  /// The value compared.
  public let value: BoundExpression
  /// Whether large values come first.
  public let isDescending: Bool
  /// Whether nulls come first; NaN stands next to them.
  public let nullsFirst: Bool

  func with(_ value: BoundExpression) -> SortKey {
    SortKey(value: value, isDescending: isDescending, nullsFirst: nullsFirst)
  }
}

/// `T | sort by a desc, b asc nulls last`: the rows in the order of the keys.
///
/// - Order: descending unless said otherwise; ties keep their input order. Nulls come last when descending,
///   first when ascending; NaN stands next to null.
/// - Source: KQL reference, "sort operator".
struct Sort: QueryOperator, Equatable {
  static let keywords = ["sort", "order"]
  static let keepsColumns = true
  static let summary = "Puts the rows in order; ties keep their order."
  static let syntax = "T | sort by key [asc|desc] [nulls first|last], …"
  static let examples = [
    Example("datatable(a:long)[2, long(null), 3] | sort by a asc", "a:long\nnull\n2\n3")
  ]
  let place: Place
  let items: [SortItem]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Sort {
    let keyword = cursor.takeKeyword()
    _ = try cursor.takeParameters([])
    try cursor.expect(word: "by")
    return Sort(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try SortItem.parse(&cursor) })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("sort by ")
    printer.list(items) { $1.print(to: &$0) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let (plan, keys) = try bindSortKeys(items, over: input, binder)
    return Ordered(input: plan, keys: keys, limit: nil)
  }
}

/// Keys over the input; errors are recorded and their keys left out.
func bindSortKeys(
  _ items: [SortItem], over input: any LogicalNode, _ binder: Binder
) throws(DossierError) -> (any LogicalNode, [SortKey]) {
  var keys: [SortKey] = []
  for item in items {
    do throws(DossierError) {
      if let key = try item.bind(RowScope(input.columns), binder) { keys.append(key) }
    } catch { binder.record(error) }
  }
  let (plan, values) = try binder.extractWindows(keys.map(\.value), over: input)
  return (plan, zip(keys, values).map { $0.with($1) })
}

/// `T | top n by key`: the first `n` rows in the order of the key.
///
/// - Order: as `sort`.
/// - Source: KQL reference, "top operator"; ties are left open there, Dossier keeps the input order.
struct Top: QueryOperator, Equatable {
  static let keywords = ["top"]
  static let keepsColumns = true
  static let summary = "Gives the first rows in the order of a key."
  static let syntax = "T | top n by key [asc|desc] [nulls first|last]"
  static let examples = [Example("range x from 1 to 5 step 1 | top 2 by x", "x:long\n5\n4")]
  let place: Place
  let count: Expression
  let items: [SortItem]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Top {
    let keyword = cursor.takeKeyword()
    let count = try cursor.parseExpression()
    try cursor.expect(word: "by")
    return Top(
      place: keyword.place, count: count,
      items: try cursor.parseList { cursor throws(DossierError) in try SortItem.parse(&cursor) })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("top ")
    printer.expression(count)
    printer.write(" by ")
    printer.list(items) { $1.print(to: &$0) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let (plan, keys) = try bindSortKeys(items, over: input, binder)
    do throws(DossierError) {
      return Ordered(input: plan, keys: keys, limit: try bindRowCount(count, "top", binder))
    } catch {
      binder.record(error)
      return plan
    }
  }
}

/// Rows in the order of keys, all or the first ones.
public struct Ordered: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// The keys, the most important first.
  public let keys: [SortKey]
  /// How many rows are given; nil for all.
  public let limit: Int?
  /// `Sort` or `Top`
  public var title: String { limit == nil ? "Sort" : "Top" }
  /// `Sort` or `TopK`, which keeps no more rows than it gives.
  public var algorithm: String { limit == nil ? "Sort" : "TopK" }
  /// Limit and keys.
  public var detail: String {
    let names = keys.map { key -> String in
      let column = key.value.column.flatMap { id in input.columns.first { $0.id == id }?.name } ?? "…"
      return column + (key.isDescending ? " desc" : " asc")
    }
    return (limit.map { "\($0) by " } ?? "by ") + names.joined(separator: ", ")
  }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }
  /// That is the point of it.
  public let isSerialized = true
  /// As the input.
  public var sourceName: String? { input.sourceName }

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Ordered(input: inputs[0], keys: keys, limit: limit)
  }
  /// Reads what the keys need besides.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    var reads = needed
    for key in keys { key.value.collectColumns(into: &reads) }
    return Ordered(input: input.pruned(to: reads), keys: keys, limit: limit)
  }
  /// Gathers, sorts, gives. The first rows of a table are looked for by several threads.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    if let limit, keys.allSatisfy(\.value.isPure), let chain = try builder.parallelChain(input) {
      if let single = try chain.single() { return TopExec(FirstRows(self, limit), from: single) }
      return TopExec(FirstRows(self, limit), from: FirstRowsOfMorsels(chain, self, limit))
    }
    let source = try builder.build(input)
    if let limit { return TopExec(FirstRows(self, limit), from: source) }
    return SortExec(input: source, plan: self)
  }

  fileprivate func ordered(
    _ rows: RowBatch, limit: Int?, _ context: ExecutionContext
  ) throws(DossierError) -> RowBatch {
    let evaluator = Evaluator(layout: makeLayout(columns))
    var compared: [OrderedColumn] = []
    for key in keys {
      try context.checkpoint()
      let vector = try evaluator.evaluate(key.value, rows, firstRow: 0, context)
      compared.append(
        try OrderedColumn(vector, isDescending: key.isDescending, nullsFirst: key.nullsFirst, context))
    }
    var order = try sortedRows(count: rows.count, by: compared, context)
    if let limit, limit < order.count { order.removeSubrange(limit...) }
    return try rows.gather(order, context)
  }
}

private final class SortExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let plan: Ordered
  private var result: BatchesExec?

  init(input: any PhysicalOperator, plan: Ordered) {
    self.input = input
    self.plan = plan
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil {
      let rows = try collectRows(from: input, columns: plan.columns, in: context)
      result = BatchesExec([try plan.ordered(rows, limit: nil, context)])
    }
    return try result?.next(context)
  }
}

private final class TopExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private var first: FirstRows
  private var result: BatchesExec?

  init(_ first: FirstRows, from input: any PhysicalOperator) {
    self.first = first
    self.input = input
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil { result = BatchesExec([try first.take(all: input, context)]) }
    return try result?.next(context)
  }
}

/// The first rows so far: further ones are sorted in with them. A row whose first key comes after that of the last row
/// kept is left out at once.
private struct FirstRows {
  private let plan: Ordered
  private let limit: Int
  private let evaluator: Evaluator
  private var pending: [RowBatch] = []
  private var count = 0
  /// What rows have to reach. It stays when the rows are handed over.
  private var bar: OrderedColumn.Bar?

  init(_ plan: Ordered, _ limit: Int) {
    self.plan = plan
    self.limit = limit
    evaluator = Evaluator(layout: makeLayout(plan.columns))
  }

  /// The first rows of all that an operator gives.
  mutating func take(
    all source: any PhysicalOperator, _ context: ExecutionContext
  ) throws(DossierError) -> RowBatch {
    let bound = max(4 * min(limit, 1 << 40), 4096)
    while let batch = try source.next(context) {
      try context.checkpoint()
      try take(batch, context)
      if count > bound { try sortIn(context) }
    }
    if count > 0 { try sortIn(context) }
    defer { (pending, count) = ([], 0) }
    if let best = pending.first { return best }
    return try collectRows(from: BatchesExec([]), columns: plan.columns, in: context)
  }

  private mutating func take(_ batch: RowBatch, _ context: ExecutionContext) throws(DossierError) {
    var batch = batch
    if let bar, let key = plan.keys.first {
      let vector = try evaluator.evaluate(key.value, batch, firstRow: 0, context)
      let rows = bar.mayPass(vector)
      if rows.count < batch.count { batch = batch.gather(rows) }
    }
    guard batch.count > 0 else { return }
    pending.append(batch)
    count += batch.count
  }

  private mutating func sortIn(_ context: ExecutionContext) throws(DossierError) {
    let all = try RowBatch.concatenate(pending, schema: makeSchema(plan.columns), context)
    let best = try plan.ordered(all, limit: limit, context)
    (pending, count) = ([best], best.count)
    if limit > 0, count == limit, let key = plan.keys.first, key.value.isPure {
      let vector = try evaluator.evaluate(key.value, best, firstRow: 0, context)
      bar = OrderedColumn.Bar(
        vector, row: count - 1, isDescending: key.isDescending, nullsFirst: key.nullsFirst)
    }
  }
}

/// The first rows of each morsel, in the order of morsels: so rows that are equal by the keys stay in source order.
private final class FirstRowsOfMorsels: PhysicalOperator {
  /// Rows that come after the first ones of morsels seen before can't be among those of all.
  private final class Reducer: MorselReducer {
    private var first: FirstRows
    init(_ plan: Ordered, _ limit: Int) { first = FirstRows(plan, limit) }
    func reduce(
      _ source: any PhysicalOperator, morsel: Int, _ context: ExecutionContext
    ) throws(DossierError) -> RowBatch {
      try first.take(all: source, context)
    }
  }

  private let chain: ParallelChain<Reducer>

  init(_ chain: ReadyChain, _ plan: Ordered, _ limit: Int) {
    self.chain = chain.run { Reducer(plan, limit) }
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? { try chain.next() }
}

extension OrderedColumn {
  /// The first key of the last row that is still among the best: what later rows have to reach.
  struct Bar {
    private let number: Int64
    private let isDescending: Bool
    private let nullsFirst: Bool

    /// The key of a row; nil for a null, and for types whose order is not that of numbers.
    init?(_ vector: ColumnVector, row: Int, isDescending: Bool, nullsFirst: Bool) {
      if vector.isNull(row) { return nil }
      switch vector.value(row) {
      case .long(let value), .datetime(let value), .timespan(let value): number = value
      case .real(let value) where !value.isNaN: number = orderedBits(value)
      default: return nil
      }
      self.isDescending = isDescending
      self.nullsFirst = nullsFirst
    }

    /// The rows that do not come after the bar by this key; further keys decide among equal ones.
    func mayPass(_ vector: ColumnVector) -> [Int] {
      switch vector.flattened().storage {
      case .integers(let values): pass(values, vector.validity) { $0 }
      case .reals(let values):
        // NaN stands with the nulls, at the end that they are given.
        pass(values, vector.validity) { value in
          value.isNaN ? (nullsFirst == isDescending ? .max : .min) : orderedBits(value)
        }
      default: Array(0..<vector.count)
      }
    }

    @inline(__always)
    private func pass<T>(_ values: [T], _ validity: Validity?, _ key: (T) -> Int64) -> [Int] {
      var rows: [Int] = []
      values.withUnsafeBufferPointer { values in
        for row in values.indices {
          let value = key(values[row])
          let isNull = validity?.isValid(row) == false
          let isBehind = isNull ? !nullsFirst : (isDescending ? value < number : value > number)
          if !isBehind { rows.append(row) }
        }
      }
      return rows
    }
  }
}

/// A column as whole numbers that ascend in the order asked for, nulls and direction included.
struct OrderedColumn {
  /// Turned round for a descending order.
  private let keys: [Int64]
  /// 0 for a value, else −2 (null before), −1 (NaN before), 1 (NaN after), 2 (null after); nil when all
  /// rows have values.
  private let places: [Int8]?

  /// - Errors: those of `ExecutionContext.checkpoint()`, as strings are sorted here.
  init(
    _ vector: ColumnVector, isDescending: Bool, nullsFirst: Bool, _ context: ExecutionContext
  ) throws(DossierError) {
    let count = vector.count
    let flat = vector.flattened()
    var places = [Int8](repeating: 0, count: count)
    var isPlain = true
    if flat.validity != nil || flat.type == .dynamic {
      for row in 0..<count where flat.isNull(row) {
        places[row] = nullsFirst ? -2 : 2
        isPlain = false
      }
    }
    var keys: [Int64]
    switch flat.storage {
    case .integers(let values): keys = values
    case .reals(let values):
      for row in 0..<count where values[row].isNaN && places[row] == 0 {
        places[row] = nullsFirst ? -1 : 1
        isPlain = false
      }
      keys = values.map { orderedBits($0) }
    case .bools(let values): keys = values.map { $0 ? 1 : 0 }
    case .strings(let strings): keys = try Self.ranks(strings, context)
    default:
      let order = try mergeSorted((0..<count).filter { places[$0] == 0 }, context) {
        (orderIfComparable(flat.value($0), flat.value($1)) ?? 0) < 0
      }
      keys = [Int64](repeating: 0, count: count)
      var rank: Int64 = 0
      for (position, row) in order.enumerated() {
        if position > 0, orderIfComparable(flat.value(order[position - 1]), flat.value(row)) != 0 {
          rank += 1
        }
        keys[row] = rank
      }
    }
    if isDescending { for row in keys.indices { keys[row] = ~keys[row] } }
    self.keys = keys
    self.places = isPlain ? nil : places
  }

  /// The rank of each row's string among those that occur.
  private static func ranks(
    _ strings: StringVector, _ context: ExecutionContext
  ) throws(DossierError) -> [Int64] {
    let pool = strings.pool
    let codes = strings.allCodes
    var used = [Bool](repeating: false, count: pool.count)
    for code in codes { used[Int(code)] = true }
    let sorted = try mergeSorted(used.indices.filter { used[$0] }, context) { a, b in
      pool.withUTF8(a) { first in pool.withUTF8(b) { compareBytes(first, $0) < 0 } }
    }
    var ranks = [Int64](repeating: 0, count: pool.count)
    var rank: Int64 = 0
    for (position, code) in sorted.enumerated() {
      if position > 0 {
        let isSame = pool.withUTF8(sorted[position - 1]) { a in
          pool.withUTF8(code) { compareBytes(a, $0) == 0 }
        }
        if !isSame { rank += 1 }
      }
      ranks[code] = rank
    }
    return codes.map { ranks[Int($0)] }
  }

  /// Negative when row `a` comes before row `b`.
  @inline(__always)
  func compare(_ a: Int, _ b: Int) -> Int {
    if let places {
      let (x, y) = (places[a], places[b])
      if x != y { return Int(x) - Int(y) }
      if x != 0 { return 0 }
    }
    return keys[a] < keys[b] ? -1 : (keys[a] > keys[b] ? 1 : 0)
  }

  /// The keys, where they alone decide.
  fileprivate var plainKeys: [Int64]? { places == nil ? keys : nil }
}

/// Row numbers in the order of the keys; ties by row number.
/// - Errors: those of `ExecutionContext.checkpoint()`.
func sortedRows(
  count: Int, by keys: [OrderedColumn], _ context: ExecutionContext
) throws(DossierError) -> [Int] {
  guard let first = keys.first else { return Array(0..<count) }
  let rest = keys.dropFirst()
  @Sendable func isBefore(_ a: Int, _ b: Int, _ keys: ArraySlice<OrderedColumn>) -> Bool {
    for key in keys {
      let difference = key.compare(a, b)
      if difference != 0 { return difference < 0 }
    }
    return a < b
  }
  guard let plain = first.plainKeys else {
    return try mergeSorted(Array(0..<count), context) { isBefore($0, $1, keys[...]) }
  }
  // The first key beside its row: most comparisons need to look nowhere else.
  struct Entry: BitwiseCopyable {
    var key: Int64
    var row: Int
  }
  let entries = plain.enumerated().map { Entry(key: $1, row: $0) }
  try context.checkpoint()
  return try mergeSorted(entries, context) {
    $0.key != $1.key ? $0.key < $1.key : isBefore($0.row, $1.row, rest)
  }.map(\.row)
}
