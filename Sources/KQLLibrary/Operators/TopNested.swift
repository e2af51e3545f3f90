import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | top-nested 2 of a by sum(x), top-nested 1 of b by count()`: the top values of each level within those of
/// the level before.
///
/// - Output: a value and its aggregate for each level. `with others = "rest"` adds a row of all others.
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
    let input = try required(input)
    var rows = input
    var result: (any LogicalNode)?
    var paths: [PlanColumn] = []
    for level in levels {
      if let others = level.others {
        throw DossierError(
          .unsupportedSyntax, "not supported: top-nested … with others", at: others.span,
          hint: "summarize the other rows by themselves, then union")
      }
      let scope = RowScope(rows.columns)
      let key = binder.bindOutputs([level.value], in: scope, naming: .numbered)
      let parents = paths.map { Project.Output(binder.column($0.name, $0.type), .column($0, at: place.span)) }
      let made = bindAggregates([level.aggregate], over: rows, keys: [], binder)
      guard let name = key.first?.column.name, made.outputs.count == 1 else { return input }
      let grouped = try makeSummarize(made, keys: parents + key, over: rows, binder)
      guard let last = grouped.columns.last else { return input }
      var shown = last
      shown.name = level.aggregate.name?.text ?? "aggregated_\(name)"
      let named = Project(
        input: grouped,
        outputs: grouped.columns.dropLast().map { Project.Output(keeping: $0) }
          + [Project.Output(shown, .column(last, at: place.span))])
      let order = SortKey(
        value: .column(shown, at: place.span), isDescending: level.isDescending ?? true,
        nullsFirst: !(level.isDescending ?? true))
      let limit = try level.count.map { count throws(DossierError) in
        try bindRowCount(count, "top-nested", binder)
      }
      let best = TopGroups(input: named, keys: parents.map(\.column), order: order, limit: limit)
      // The level's pairs beside those before.
      let path = parents.map(\.column) + key.map(\.column)
      let joined: any LogicalNode
      if let before = result {
        let keys = paths.map { BoundExpression.column($0, at: place.span) }
        let inner = parents.map { BoundExpression.column($0.column, at: place.span) }
        let added = best.columns.filter { column in !parents.contains { $0.column.id == column.id } }
        let aliasOfKeys = before.columns + added
        joined = Joined(
          left: before, right: best, kind: .inner, leftKeys: keys, rightKeys: inner, columns: aliasOfKeys)
      } else {
        joined = best
      }
      result = joined
      // Deeper levels see only the rows of the chosen values.
      let visible = result?.columns ?? []
      paths = Array(
        path.enumerated().map { index, column in
          index < parents.count ? paths[index] : column
        })
      _ = visible
      let chosen = binder.alias(best, name: nil)
      let extended = Project(
        input: rows,
        outputs: rows.columns.filter { column in !key.contains { $0.column.id == column.id } }.map {
          Project.Output(keeping: $0)
        }
          + key)
      let chosenKeys = chosen.columns.prefix(path.count).map { BoundExpression.column($0, at: place.span) }
      rows = Joined(
        left: extended, right: chosen, kind: .leftsemi,
        leftKeys: paths.map { BoundExpression.column($0, at: place.span) }, rightKeys: Array(chosenKeys),
        columns: extended.columns)
    }
    return result ?? input
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
      let column = OrderedColumn(vector, isDescending: order.isDescending, nullsFirst: order.nullsFirst)
      var index = GroupIndex(keyCount: keys.count)
      let groups = index.groups(
        of: keys.compactMap { layout[$0.id] }.map { rows.columns[$0] }, rowCount: rows.count)
      var counts = [Int](repeating: 0, count: max(1, index.count))
      var kept: [Int] = []
      for row in sortedRows(count: rows.count, by: [column]) {
        if let limit, counts[groups[row]] >= limit { continue }
        counts[groups[row]] += 1
        kept.append(row)
      }
      return rows.gather(kept)
    }
  }
}
