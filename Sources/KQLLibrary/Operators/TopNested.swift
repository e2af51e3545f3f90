import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | top-nested 2 of a by sum(x), top-nested 1 of b by count()`: the top values of each level within those of
/// the level before.
///
/// - Output: a value and its aggregate for each level. `with others = "rest"` adds a row of all others, which
///   deeper levels don't look into: they count it whole where they have others too, and leave it null else.
/// - Order: by level in the order of the aggregate, ties in order of first appearance.
/// - Source: KQL reference, "top-nested operator".
struct TopNested: QueryOperator, Equatable {
  static let keywords = ["top-nested"]
  static let summary = "Gives the top values of each level within the top values of the level before."
  static let syntax =
    "T | top-nested [n] of value [with others=constant] by aggregate [asc|desc], top-nested …"
  static let examples = [
    Example(
      "datatable(k:string, v:long)['a', 1, 'b', 5, 'a', 3] | top-nested 1 of k by sum(v)",
      "k:string  aggregated_k:long\nb  5")
  ]
  struct Level: Equatable {
    let count: Expression?
    let value: NamedExpression
    let others: Expression?
    let aggregate: NamedExpression
    let isDescending: Bool?
  }
  let place: Place
  let levels: [Level]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> TopNested {
    let keyword = cursor.takeKeyword()
    var levels: [Level] = []
    repeat {
      if !levels.isEmpty {
        let name = cursor.takeKeyword()
        if name.text != "top-nested" { throw cursor.unexpected("top-nested") }
      }
      let count = cursor.at(word: "of") ? nil : try cursor.parseExpression()
      try cursor.expect(word: "of")
      let value = try cursor.parseNamedExpression()
      var others: Expression?
      if cursor.take(word: "with") {
        try cursor.expect(word: "others")
        try cursor.expect("=")
        others = try cursor.parseExpression()
      }
      try cursor.expect(word: "by")
      let aggregate = try cursor.parseNamedExpression()
      var isDescending: Bool?
      if cursor.take(word: "asc") {
        isDescending = false
      } else if cursor.take(word: "desc") {
        isDescending = true
      }
      levels.append(
        Level(count: count, value: value, others: others, aggregate: aggregate, isDescending: isDescending))
    } while cursor.take(",")
    return TopNested(place: keyword.place, levels: levels)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.list(levels) { printer, level in
      printer.write("top-nested ")
      if let count = level.count {
        printer.expression(count)
        printer.write(" ")
      }
      printer.write("of ")
      printer.named(level.value)
      if let others = level.others {
        printer.write(" with others = ")
        printer.expression(others)
      }
      printer.write(" by ")
      printer.named(level.aggregate)
      if let isDescending = level.isDescending { printer.write(isDescending ? " desc" : " asc") }
    }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    var hierarchy = Hierarchy(rows: try required(input), place: place)
    for level in levels { try hierarchy.add(level, binder) }
    return hierarchy.result ?? hierarchy.rows
  }
}

/// The plan of a `top-nested`, level by level.
private struct Hierarchy {
  /// The rows that the next level sees: those of chosen values, and the others where they are asked for.
  var rows: any LogicalNode
  /// The pairs of all levels so far.
  var result: (any LogicalNode)?
  let place: Place
  /// The values of the levels before, in `rows`.
  private var paths: [PlanColumn] = []
  /// The same in `result`.
  private var shown: [PlanColumn] = []
  /// Whether a row of `rows` is one of the others of a level before; then it is no value of its own any more.
  private var isOther: PlanColumn?

  init(rows: any LogicalNode, place: Place) {
    self.rows = rows
    self.place = place
  }

  private func expression(_ column: PlanColumn) -> BoundExpression { .column(column, at: place.span) }

  private func call(_ function: ScalarFunction, _ arguments: [BoundExpression], _ type: ScalarType)
    -> BoundExpression
  {
    BoundExpression(.call(function, arguments), type: type, span: place.span)
  }

  mutating func add(_ level: TopNested.Level, _ binder: Binder) throws(DossierError) {
    guard
      let value = binder.bindOutputs([level.value], in: RowScope(rows.columns), naming: .numbered).first
    else { return }
    let key = Project.Output(binder.column(value.column.name, value.column.type), value.value)
    let extended = Project(input: rows, outputs: rows.columns.map { Project.Output(keeping: $0) } + [key])
    var live: any LogicalNode = extended
    if let isOther {
      live = Filter(
        input: extended, predicate: BoundExpression(.not(expression(isOther)), type: .bool, span: place.span))
    }
    func keys(_ columns: [PlanColumn]) -> [Project.Output] {
      columns.map { Project.Output(binder.column($0.name, $0.type), expression($0)) }
    }
    guard let grouped = try groups(of: level, by: keys(paths + [key.column]), over: live, binder) else {
      return
    }
    let isDescending = level.isDescending ?? true
    let limit = try level.count.map { count throws(DossierError) in
      try bindRowCount(count, "top-nested", binder)
    }
    let best = TopGroups(
      input: grouped, keys: Array(grouped.columns.prefix(paths.count)),
      order: SortKey(
        value: expression(grouped.columns[paths.count + 1]), isDescending: isDescending,
        nullsFirst: !isDescending), limit: limit)

    // Which rows belong to a chosen value.
    let chosen = binder.alias(best, name: nil)
    let mark = binder.column("chosen", .bool)
    let marked = Project(
      input: chosen,
      outputs: chosen.columns.map { Project.Output(keeping: $0) }
        + [Project.Output(mark, .constant(.bool(true), .bool, at: place.span))])
    let rowsWithMarks = Joined(
      left: extended, right: marked, kind: .leftouter,
      leftKeys: (paths + [key.column]).map(expression),
      rightKeys: chosen.columns.prefix(paths.count + 1).map(expression), columns: extended.columns + [mark])
    let isMissed = call(ConditionalFunctions.isNull, [expression(mark)], .bool)

    var pairs: any LogicalNode = best
    var standIn = BoundExpression.constant(.null, key.column.type, at: place.span)
    if let others = level.others {
      let (constant, type) = try binder.bindConstant(others, "the value for others")
      standIn = try binder.coerce(
        .constant(constant, type, at: others.span), to: key.column.type, what: "the value for others")
      let rest = Filter(input: rowsWithMarks, predicate: isMissed)
      let name = binder.column(key.column.name, key.column.type)
      if let row = try groups(
        of: level, by: keys(paths) + [Project.Output(name, standIn)], over: rest, binder)
      {
        pairs = Concatenated(
          parts: [best, row], columns: best.columns.map { binder.column($0.name, $0.type) },
          ids: zip(best.columns, row.columns).map { [$0.id, $1.id] }, hasSource: false, sourceNames: ["", ""])
      }
    }
    let added = Array(pairs.columns.dropFirst(paths.count))
    if let before = result {
      result = Joined(
        left: before, right: pairs, kind: isOther == nil ? .inner : .leftouter,
        leftKeys: shown.map(expression), rightKeys: pairs.columns.prefix(paths.count).map(expression),
        columns: before.columns + added)
    } else {
      result = pairs
    }
    shown.append(added[0])

    let isKept = binder.column("other", .bool)
    let path = binder.column(key.column.name, key.column.type)
    let continued = Project(
      input: rowsWithMarks,
      outputs: rows.columns.filter { $0.id != isOther?.id }.map { Project.Output(keeping: $0) } + [
        Project.Output(
          path,
          call(ConditionalFunctions.iff, [isMissed, standIn, expression(key.column)], key.column.type)),
        Project.Output(hidden(isKept), isMissed),
      ])
    let withOthers = level.others != nil || isOther != nil
    rows =
      withOthers
      ? continued
      : Filter(
        input: continued,
        predicate: BoundExpression(.not(expression(isKept)), type: .bool, span: place.span))
    isOther = withOthers ? hidden(isKept) : nil
    paths.append(hidden(path))
  }

  private func hidden(_ column: PlanColumn) -> PlanColumn {
    PlanColumn(id: column.id, name: column.name, type: column.type, isHidden: true)
  }

  /// Groups by keys over the rows, with the level's aggregate behind them.
  private func groups(
    of level: TopNested.Level, by keys: [Project.Output], over rows: any LogicalNode, _ binder: Binder
  ) throws(DossierError) -> (any LogicalNode)? {
    let made = bindAggregates([level.aggregate], over: rows, keys: [], binder)
    guard made.outputs.count == 1 else { return nil }
    let grouped = try makeSummarize(made, keys: keys, over: rows, binder)
    guard let last = grouped.columns.last else { return nil }
    var value = last
    value.name = level.aggregate.name?.text ?? "aggregated_\(name(of: level, binder))"
    return Project(
      input: grouped,
      outputs: grouped.columns.dropLast().map { Project.Output(keeping: $0) } + [
        Project.Output(value, expression(last))
      ])
  }

  private func name(of level: TopNested.Level, _ binder: Binder) -> String {
    level.value.name?.text ?? binder.defaultName(of: level.value.value, in: RowScope(rows.columns))
      ?? "Column1"
  }
}

/// The first rows of each group in the order of a key.
public struct TopGroups: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// The groups' keys; none for one group.
  public let keys: [PlanColumn]
  /// The order.
  public let order: SortKey
  /// How many rows a group keeps; nil for all.
  public let limit: Int?
  /// `TopGroups`
  public let title = "TopGroups"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var columns: [PlanColumn] { input.columns }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    TopGroups(input: inputs[0], keys: keys, order: order, limit: limit)
  }
  /// Sorts all rows, then counts in each group.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let layout = makeLayout(input.columns)
    return WholeExec(input: try builder.build(input), columns: input.columns) {
      (rows: RowBatch, context: ExecutionContext) throws(DossierError) -> RowBatch in
      let evaluator = Evaluator(layout: layout)
      let vector = try evaluator.evaluate(order.value, rows, firstRow: 0, context)
      let column = try OrderedColumn(
        vector, isDescending: order.isDescending, nullsFirst: order.nullsFirst, context)
      var index = GroupIndex(keyCount: keys.count)
      let groups = index.groups(
        of: keys.compactMap { layout[$0.id] }.map { rows.columns[$0] }, rowCount: rows.count)
      var counts = [Int](repeating: 0, count: max(1, index.count))
      var kept: [Int] = []
      for row in try sortedRows(count: rows.count, by: [column], context) {
        if let limit, counts[groups[row]] >= limit { continue }
        counts[groups[row]] += 1
        kept.append(row)
      }
      return rows.gather(kept)
    }
  }
}
