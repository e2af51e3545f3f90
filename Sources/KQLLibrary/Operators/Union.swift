import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `union T1, (T2 | …)`, `T1 | union T2`: the rows of several tables, one table after the other.
///
/// - Output: all columns (`kind=outer`, the default) or those common to all (`kind=inner`); a name with two
///   types becomes `name_type`, a column for each type. `withsource=N` adds the table's name as first column.
/// - Order: the tables as written; `T*` stands for tables in the catalog's order.
/// - Source: KQL reference, "union operator".
struct Union: QueryOperator, Equatable {
  static let keywords = ["union"]
  static let position = StepGrammar.Position.anywhere
  static let summary = "Gives the rows of several tables, one after the other."
  static let syntax = "union [kind=inner|outer] [withsource=Column] [isfuzzy=true] T1, T2, …"
  static let examples = [Example("union (print a=1), (print a=2)", "a:long\n1\n2")]
  enum Operand: Equatable {
    case table(Expression)
    case pattern(NamePattern)

    static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Operand {
      if cursor.at("*") || (cursor.current.kind == .name && cursor.peek(1).text == "*") {
        return .pattern(try cursor.expectNamePattern("a table"))
      }
      return .table(try cursor.parseTableOperand())
    }

    func print(to printer: inout SyntaxPrinter) {
      switch self {
      case .table(let table): printer.tableOperand(table)
      case .pattern(let pattern): printer.pattern(pattern)
      }
    }
  }
  let place: Place
  let parameters: [StepParameter]
  let operands: [Operand]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Union {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["kind", "withsource", "with_source", "isfuzzy"], of: "union")
    let operands = try cursor.parseList { cursor throws(DossierError) in try Operand.parse(&cursor) }
    return Union(place: keyword.place, parameters: parameters, operands: operands)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("union ")
    printer.parameters(parameters)
    printer.list(operands) { $1.print(to: &$0) }
  }

  private func word(_ names: [String]) -> Name? {
    for parameter in parameters where names.contains(parameter.name.text) {
      switch parameter.value.kind {
      case .name(let name): return name
      case .literal(.bool(let flag)): return Name(flag ? "true" : "false", at: parameter.value.span)
      case .literal(.string(let text)): return Name(text, at: parameter.value.span)
      default: break
      }
    }
    return nil
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    var tables: [any LogicalNode] = []
    if let input { tables.append(input) }
    let isFuzzy = word(["isfuzzy"])?.text == "true"
    for operand in operands {
      switch operand {
      case .table(let expression):
        do throws(DossierError) {
          tables.append(
            isFuzzy
              ? try binder.attempt { binder throws(DossierError) in try binder.bindTable(expression) }
              : try binder.bindTable(expression))
        } catch {
          if isFuzzy, error.code == .unknownTable {
            binder.note("union isfuzzy=true: " + error.message)
            continue
          }
          binder.record(error)
          binder.open()
        }
      case .pattern(let pattern):
        let found = try binder.tables(matching: pattern)
        if found.isEmpty, !isFuzzy {
          throw DossierError(.unknownTable, "no table is named '\(pattern.name.text)'", at: pattern.name.span)
        }
        tables += found
      }
    }
    guard !tables.isEmpty else {
      if binder.isOpen { return binder.openTable() }
      throw DossierError(.unknownTable, "union has no table", at: place.span)
    }
    let kind = word(["kind"])
    if let kind, kind.text != "inner", kind.text != "outer" {
      throw DossierError(
        .unknownKind, "there is no union kind '\(kind.text)'", at: kind.span, hint: "kind=inner or kind=outer"
      )
    }
    return makeUnion(
      tables, isInner: kind?.text == "inner", source: word(["withsource", "with_source"])?.text, binder)
  }
}

private struct UnionColumn {
  let name: String
  let type: ScalarType
  /// The id of the column in each table; nil where it has none.
  var ids: [ColumnID?]
}

/// The rows of tables under common columns.
func makeUnion(
  _ tables: [any LogicalNode], isInner: Bool, source: String?, _ binder: Binder
) -> any LogicalNode {
  var merged: [UnionColumn] = []
  for (index, table) in tables.enumerated() {
    for column in table.visibleColumns {
      if let known = merged.firstIndex(where: {
        sameScalars($0.name, column.name) && $0.type == column.type && $0.ids[index] == nil
      }) {
        merged[known].ids[index] = column.id
      } else {
        var ids = [ColumnID?](repeating: nil, count: tables.count)
        ids[index] = column.id
        merged.append(UnionColumn(name: column.name, type: column.type, ids: ids))
      }
    }
  }
  if isInner { merged = merged.filter { !$0.ids.contains { $0 == nil } } }
  var taken: Set<[UInt8]> = []
  var names = [String?](repeating: nil, count: merged.count)
  func isSplit(_ column: UnionColumn) -> Bool {
    merged.contains { sameScalars($0.name, column.name) && $0.type != column.type }
  }
  var columns: [PlanColumn] = []
  if let source {
    taken.insert(Array(source.utf8))
    columns.append(binder.column(source, .string))
  }
  for (index, column) in merged.enumerated() where !isSplit(column) {
    names[index] = binder.uniqueName(column.name, &taken)
  }
  for (index, column) in merged.enumerated() where isSplit(column) {
    names[index] = binder.uniqueName("\(column.name)_\(column.type.rawValue)", &taken)
  }
  for (index, column) in merged.enumerated() {
    columns.append(binder.column(names[index] ?? column.name, column.type))
  }
  return Concatenated(
    parts: tables, columns: columns, ids: merged.map(\.ids), hasSource: source != nil,
    sourceNames: tables.enumerated().map { $1.sourceName ?? "union_arg\($0)" })
}

/// Tables one after the other.
public struct Concatenated: LogicalNode {
  /// The tables.
  public let parts: [any LogicalNode]
  /// The common columns; the first is the source's name if there is one.
  public let columns: [PlanColumn]
  /// For each column but the source: its id in each part.
  public let ids: [[ColumnID?]]
  /// Whether the first column is the source's name.
  public let hasSource: Bool
  /// The name of each part.
  public let sourceNames: [String]
  /// `Union`
  public let title = "Union"
  /// How many tables.
  public var detail: String { "\(parts.count) tables" }
  /// The tables.
  public var inputs: [any LogicalNode] { parts }
  /// Kusto promises no order after a union.
  public let isSerialized = false

  /// The same over other tables.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Concatenated(parts: inputs, columns: columns, ids: ids, hasSource: hasSource, sourceNames: sourceNames)
  }
  /// Reads what is needed of each table.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let offset = hasSource ? 1 : 0
    let keepsSource = hasSource && needed.contains(columns[0].id)
    let kept = ids.indices.filter { needed.contains(columns[$0 + offset].id) }
    let cut = parts.enumerated().map { index, part in
      part.pruned(to: Set(kept.compactMap { ids[$0][index] }))
    }
    return Concatenated(
      parts: cut, columns: (keepsSource ? [columns[0]] : []) + kept.map { columns[$0 + offset] },
      ids: kept.map { ids[$0] }, hasSource: keepsSource, sourceNames: sourceNames)
  }
  /// Runs one table after the other.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    var sources: [any PhysicalOperator] = []
    for part in parts { sources.append(try builder.build(part)) }
    return UnionExec(plan: self, sources: sources)
  }
}

private final class UnionExec: PhysicalOperator {
  private let plan: Concatenated
  private let sources: [any PhysicalOperator]
  private let layouts: [Layout]
  private var index = 0

  init(plan: Concatenated, sources: [any PhysicalOperator]) {
    self.plan = plan
    self.sources = sources
    layouts = plan.parts.map { makeLayout($0.columns) }
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    while index < sources.count {
      guard let batch = try sources[index].next(context) else {
        index += 1
        continue
      }
      var columns: [ColumnVector] = []
      if plan.hasSource {
        columns.append(
          ColumnVector(constant: .string(plan.sourceNames[index]), type: .string, count: batch.count))
      }
      let offset = plan.hasSource ? 1 : 0
      for (position, ids) in plan.ids.enumerated() {
        if let id = ids[index], let place = layouts[index][id] {
          columns.append(batch.columns[place])
        } else {
          let type = plan.columns[position + offset].type
          columns.append(ColumnVector(constant: .null, type: type, count: batch.count))
        }
      }
      return batch.with(columns: columns)
    }
    return nil
  }
}
