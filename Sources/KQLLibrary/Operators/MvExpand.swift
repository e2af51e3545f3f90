import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// A column of `mv-expand` or `mv-apply`, as written: `name = value to typeof(type)`.
struct ExpandedItem: Equatable {
  let value: NamedExpression
  let type: String?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ExpandedItem {
    let value = try cursor.parseNamedExpression()
    guard cursor.take(word: "to") else { return ExpandedItem(value: value, type: nil) }
    let type = try cursor.parseExpression()
    guard case .typeOf(let name) = type.kind else {
      throw DossierError(
        .unexpectedToken, "'to' needs a type", at: type.span, hint: "to typeof(long)")
    }
    return ExpandedItem(value: value, type: name)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.named(value)
    if let type { printer.write(" to typeof(\(type))") }
  }
}

/// What `mv-expand` and `mv-apply` share: parameters, items and the row limit.
struct ExpandClause: Equatable {
  let parameters: [StepParameter]
  let items: [ExpandedItem]
  let limit: Expression?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ExpandClause {
    let parameters = try cursor.takeParameters(["kind", "bagexpansion", "with_itemindex"])
    let items = try cursor.parseList { cursor throws(DossierError) in try ExpandedItem.parse(&cursor) }
    let limit = cursor.take(word: "limit") ? try cursor.parseExpression() : nil
    return ExpandClause(parameters: parameters, items: items, limit: limit)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.parameters(parameters)
    printer.list(items) { $1.print(to: &$0) }
    if let limit {
      printer.write(" limit ")
      printer.expression(limit)
    }
  }

  private func word(_ names: [String]) -> String? {
    for parameter in parameters where names.contains(parameter.name.text) {
      if case .name(let name) = parameter.value.kind { return name.text }
      if case .literal(.string(let text)) = parameter.value.kind { return text }
    }
    return nil
  }

  func bind(over input: any LogicalNode, _ binder: Binder) throws(DossierError) -> Expanded {
    var columns = input.columns
    var expansions: [Expanded.Expansion] = []
    let scope = RowScope(input.columns)
    for item in items {
      let value = try binder.bind(item.value.value, in: scope)
      if value.isErroneous {
        throw DossierError(.wrongShape, "an expanded value has an error", at: item.value.span)
      }
      guard value.type == .dynamic || value.type == .string else {
        throw DossierError(
          .operandType, "mv-expand takes a dynamic value; this is \(value.type.rawValue)",
          at: item.value.value.span)
      }
      var type = ScalarType.dynamic
      if let typeName = item.type { type = try binder.scalarType(Name(typeName, at: item.value.span)) }
      let parsed = binder.converted(value, to: .dynamic)
      let name = item.value.name?.text ?? binder.defaultName(of: item.value.value, in: scope)
      let made = binder.column(name ?? "Column\(expansions.count + 1)", type)
      if let position = columns.firstIndex(where: { !$0.isHidden && sameScalars($0.name, made.name) }) {
        columns[position] = made
      } else {
        columns.insert(made, at: columns.firstIndex { $0.isHidden } ?? columns.count)
      }
      expansions.append(Expanded.Expansion(column: made, value: parsed))
    }
    var index: PlanColumn?
    if let name = word(["with_itemindex"]) {
      let made = binder.column(name, .long)
      columns.insert(made, at: columns.firstIndex { $0.isHidden } ?? columns.count)
      index = made
    }
    let kind = word(["kind", "bagexpansion"])
    return Expanded(
      input: input, expansions: expansions, index: index, bagsAsArrays: kind == "array",
      limit: try limit.map { limit throws(DossierError) in try bindRowCount(limit, "limit", binder) },
      columns: columns)
  }
}

/// `T | mv-expand a, b to typeof(long)`: a row for each element of a dynamic array or bag.
///
/// - Output: the input columns; an expanded one holds the element. Null gives one row with null, an empty array
///   none. Several columns go in step, the shorter padded with null. A bag gives bags of one entry, or
///   `[key, value]` with `kind=array`.
/// - Source: KQL reference, "mv-expand operator".
struct MvExpand: QueryOperator, Equatable {
  static let keywords = ["mv-expand", "mvexpand"]
  static let summary = "Makes a row of each element of a dynamic array or bag."
  static let syntax = "T | mv-expand [with_itemindex=I] column [to typeof(type)], … [limit n]"
  static let examples = [
    Example("print a=1, b=dynamic([10, 20]) | mv-expand b", "a:long  b:dynamic\n1  10\n1  20")
  ]
  let place: Place
  let clause: ExpandClause

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> MvExpand {
    let keyword = cursor.takeKeyword()
    return MvExpand(place: keyword.place, clause: try ExpandClause.parse(&cursor))
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("mv-expand ")
    clause.print(to: &printer)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    try clause.bind(over: try required(input), binder)
  }
}

/// A row for each element of dynamic values.
public struct Expanded: LogicalNode {
  /// A column made of elements.
  public struct Expansion: Sendable {
    /// The column.
    public let column: PlanColumn
    /// The array or bag, over the input.
    public let value: BoundExpression
  }
  /// The rows.
  public let input: any LogicalNode
  /// The columns made of elements, in step.
  public let expansions: [Expansion]
  /// The element's number, if asked for.
  public let index: PlanColumn?
  /// Whether a bag's entries become `[key, value]`.
  public let bagsAsArrays: Bool
  /// The most rows that one row gives.
  public let limit: Int?
  /// Input columns, expanded ones in place.
  public let columns: [PlanColumn]
  /// `Expand`
  public let title = "Expand"
  /// The columns.
  public var detail: String { expansions.map(\.column.name).joined(separator: ", ") }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var sourceName: String? { input.sourceName }

  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Expanded(
      input: inputs[0], expansions: expansions, index: index, bagsAsArrays: bagsAsArrays, limit: limit,
      columns: columns)
  }
  /// Drops columns that nobody reads; the expanded values are always read, as they make the rows.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    var reads = needed
    for expansion in expansions { expansion.value.collectColumns(into: &reads) }
    let made = Set(expansions.map(\.column.id))
    return Expanded(
      input: input.pruned(to: reads), expansions: expansions, index: index, bagsAsArrays: bagsAsArrays,
      limit: limit,
      columns: columns.filter { needed.contains($0.id) || made.contains($0.id) || $0.id == index?.id })
  }
  /// Expands batch by batch.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    ExpandExec(plan: self, input: try builder.build(input))
  }
}

/// The elements that a value expands to; nil for a null.
func elements(_ value: DynamicValue, bagsAsArrays: Bool) -> [DynamicValue]? {
  switch value {
  case .null: nil
  case .array(let items): items
  case .bag(let members):
    bagsAsArrays
      ? members.map { .array([.string($0.key), $0.value]) } : members.map { .bag([$0.key: $0.value]) }
  default: [value]
  }
}

final class ExpandExec: PhysicalOperator {
  private let plan: Expanded
  private let input: any PhysicalOperator
  private let layout: Layout
  private var firstRow = 0
  /// An input batch, and its first row that has not been expanded.
  private var pending: (batch: RowBatch, row: Int)?
  /// How many rows are expanded together: so many that they make about a batch.
  private var pieceSize = 64

  init(plan: Expanded, input: any PhysicalOperator) {
    self.plan = plan
    self.input = input
    layout = makeLayout(plan.input.columns)
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if pending == nil, let batch = try input.next(context) { pending = (batch, 0) }
    guard let (batch, row) = pending else { return nil }
    let end = min(batch.count, row + pieceSize)
    pending = end < batch.count ? (batch, end) : nil
    let piece = row == 0 && end == batch.count ? batch : batch.slice(row..<end)
    let made = try expand(piece, context)
    let size = context.settings.batchSize
    if made.count > size {
      pieceSize = max(1, piece.count * size / made.count)
    } else if made.count < size / 2 {
      pieceSize = min(size, pieceSize * 2)
    }
    return made
  }

  private func expand(_ batch: RowBatch, _ context: ExecutionContext) throws(DossierError) -> RowBatch {
    try context.checkpoint()
    let evaluator = Evaluator(layout: layout)
    var values: [ColumnVector] = []
    for expansion in plan.expansions {
      values.append(try evaluator.evaluate(expansion.value, batch, firstRow: firstRow, context))
    }
    firstRow += batch.count
    var rows: [Int] = []
    var indices: [Int64] = []
    var builders = plan.expansions.map { ColumnBuilder(type: $0.column.type) }
    for row in 0..<batch.count {
      let lists = values.map { elements($0.value(row).asDynamic, bagsAsArrays: plan.bagsAsArrays) }
      var count = lists.map { $0?.count ?? 0 }.max() ?? 0
      if lists.allSatisfy({ $0 == nil }) { count = 1 }
      if let limit = plan.limit { count = min(count, limit) }
      for position in 0..<count {
        if rows.count & 0xFFFF == 0xFFFF { try context.checkpoint() }
        rows.append(row)
        indices.append(Int64(position))
        for (column, list) in lists.enumerated() {
          let element = list.flatMap { position < $0.count ? $0[position] : nil } ?? .null
          builders[column].append(fitting(element, builders[column].type))
        }
      }
    }
    let kept = batch.gather(rows)
    var made: [ColumnID: ColumnVector] = [:]
    for (position, expansion) in plan.expansions.enumerated() {
      made[expansion.column.id] = builders[position].finish()
    }
    if let index = plan.index { made[index.id] = ColumnVector(integers: indices) }
    var columns: [ColumnVector] = []
    for column in plan.columns {
      if let vector = made[column.id] {
        columns.append(vector)
      } else if let position = layout[column.id] {
        columns.append(kept.columns[position])
      }
    }
    return RowBatch(columns: columns, count: rows.count, lineage: kept.lineage)
  }

  private func fitting(_ element: DynamicValue, _ type: ScalarType) -> Value {
    type == .dynamic ? .dynamic(element) : convertValue(.dynamic(element), to: type)
  }
}
