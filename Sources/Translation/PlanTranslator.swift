import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary

/// Turns a plan into common table expressions, a few nodes of the plan each.
final class PlanTranslator {
  let dialect: any SQLDialect
  let times: TimeForm
  private let sourceText: String
  private var tables: [(name: String, body: String, isShared: Bool)] = []
  private var shared: [Int: Relation] = [:]
  private var nextHidden = 0

  init(dialect: any SQLDialect, times: TimeForm, sourceText: String) {
    self.dialect = dialect
    self.times = times
    self.sourceText = sourceText
  }

  // MARK: The statement

  /// The whole statement of a plan whose columns are the result's.
  func statement(_ plan: any LogicalNode) throws(DossierError) -> String {
    let relation = try translate(plan.pruned(to: Set(plan.columns.map(\.id))))
    let scope = relation.scope
    var items: [String] = []
    for column in plan.visibleColumns {
      guard let value = scope[column.id] else { continue }
      let shown = SQLExpression(dialect.shown(column.type, times), [value], type: column.type)
      items.append(item(shown.text, dialect.identifier(column.name)))
    }
    guard !items.isEmpty else {
      throw DossierError(.untranslatable, "a result without columns has no SQL")
    }
    var text = ""
    for (index, table) in tables.enumerated() {
      text += index == 0 ? "WITH\n" : ",\n"
      text += "\(table.name) AS \(table.isShared ? "MATERIALIZED " : "")(\n\(indented(table.body))\n)"
    }
    if !tables.isEmpty { text += "\n" }
    text += select(items, from: relation.source) + relation.condition
    return text + orderSuffix(relation.order, behind: relation.source)
  }

  private func indented(_ text: String) -> String {
    "  " + text.replacing("\n", with: "\n  ")
  }

  private func item(_ value: String, _ name: String) -> String {
    value == name ? name : "\(value) AS \(name)"
  }

  private func select(_ items: [String], from source: String) -> String {
    let line = items.joined(separator: ", ")
    let list = line.utf8.count <= 100 ? " " + line : "\n  " + items.joined(separator: ",\n  ")
    return "SELECT" + list + (source.isEmpty ? "" : "\nFROM \(source)")
  }

  // MARK: Building relations

  /// A column that only the translation knows.
  func hidden(_ type: ScalarType, mayBeNull: Bool = false) -> (name: String, column: SQLExpression) {
    nextHidden += 1
    let name = "kql_h\(nextHidden)"
    return (name, named(name, type, mayBeNull: mayBeNull))
  }

  /// A hidden column for a value.
  func hidden(for value: SQLExpression) -> (name: String, column: SQLExpression) {
    var made = hidden(value.type, mayBeNull: value.mayBeNull)
    made.column.mayHoldTimes = value.mayHoldTimes
    return made
  }

  private func named(_ name: String, _ type: ScalarType, mayBeNull: Bool) -> SQLExpression {
    SQLExpression(text: dialect.identifier(name), type: type, mayBeNull: mayBeNull, isAtom: true)
  }

  func expressions(_ scope: [ColumnID: SQLExpression]) -> ExpressionTranslator {
    ExpressionTranslator(dialect: dialect, columns: scope) {
      (subquery: Subquery) throws(DossierError) -> ExpressionTranslator.SQLTable in try self.operand(subquery)
    }
  }

  private func operand(_ subquery: Subquery) throws(DossierError) -> ExpressionTranslator.SQLTable {
    let relation = try translate(subquery.plan)
    guard let first = subquery.plan.visibleColumns.first, let value = relation.scope[first.id] else {
      throw DossierError(.untranslatable, "a table without columns has no SQL")
    }
    let order = orderClause(relation.order, behind: relation.source)
    let condition = relation.condition.replacing("\n", with: " ")
    return ExpressionTranslator.SQLTable(
      select: "SELECT \(value.text) FROM \(relation.source)\(condition)",
      order: order.isEmpty ? "" : " ORDER BY \(order)", column: value)
  }

  /// Adds a common table expression with computed columns; the order of `relation` goes with it.
  ///
  /// - `rest`: what follows the WHERE clause (GROUP BY, LIMIT).
  /// - `condition`: WHERE; that of `relation` unless given.
  func close(
    _ relation: Relation, _ outputs: [(column: PlanColumn, value: SQLExpression)], rest: String = "",
    hidden: [(name: String, value: SQLExpression)] = [], keepsOrder: Bool = true, isShared: Bool = false
  ) -> Relation {
    var names = SQLNames()
    var items: [String] = []
    var columns: [RelationColumn] = []
    var known: [String: SQLExpression] = [:]
    for (column, value) in outputs {
      var name = named(names.name(column.name), column.type, mayBeNull: value.mayBeNull)
      name.mayHoldTimes = value.mayHoldTimes
      items.append(item(value.text, name.text))
      columns.append(RelationColumn(id: column.id, value: name))
      if known[value.text] == nil { known[value.text] = name }
    }
    var order: [OrderTerm] = []
    for var term in keepsOrder ? relation.order : [] {
      if let kept = known[term.value.text] {
        term.value = kept
      } else {
        let (name, column) = self.hidden(for: term.value)
        items.append(item(term.value.text, dialect.identifier(name)))
        known[term.value.text] = column
        term.value = column
      }
      order.append(term)
    }
    for (name, value) in hidden { items.append(item(value.text, dialect.identifier(name))) }
    if items.isEmpty { items = ["1 AS kql_none"] }
    let table = "kql_\(tables.count + 1)"
    tables.append((table, select(items, from: relation.source) + relation.condition + rest, isShared))
    return Relation(source: table, columns: columns, order: order, isTotal: keepsOrder && relation.isTotal)
  }

  /// The rows numbered, unless their order is total: what goes by a row's place must find rows that are the same to
  /// the order in one order all the same.
  func numbered(_ relation: Relation, _ columns: [PlanColumn]) -> Relation {
    if relation.isTotal || relation.order.isEmpty { return relation }
    let (name, place) = hidden(.long)
    let number = SQLExpression(
      text: "row_number() OVER (ORDER BY \(orderClause(relation.order)))", type: .long, mayBeNull: false,
      isAtom: true)
    var result = close(relation, kept(relation, columns), hidden: [(name, number)], keepsOrder: false)
    result.order = [OrderTerm(value: place, isDescending: false, nullsFirst: true)]
    result.isTotal = true
    return result
  }

  /// A relation without pending tests, all its columns kept.
  func closed(_ relation: Relation, _ node: any LogicalNode) -> Relation {
    if relation.tests.isEmpty { return relation }
    return close(relation, kept(relation, node.columns))
  }

  /// Columns as they are.
  func kept(_ relation: Relation, _ columns: [PlanColumn]) -> [(column: PlanColumn, value: SQLExpression)] {
    let scope = relation.scope
    return columns.compactMap { column in scope[column.id].map { (column, $0) } }
  }

  /// Adds a common table expression written out.
  func add(_ body: String) -> String {
    let table = "kql_\(tables.count + 1)"
    tables.append((table, body, false))
    return table
  }

  // MARK: Order

  /// What follows ORDER BY: nulls where the query puts them, NaN next to them.
  ///
  /// - `table`: says whose columns are meant where a new column of the same name would win.
  func orderClause(_ terms: [OrderTerm], behind table: String? = nil) -> String {
    terms.filter { $0.value.constant == nil }.map { term in
      var term = term
      if let table { term.value.text = "\(table).\(term.value.text)" }
      let direction =
        (term.isDescending ? " DESC" : " ASC") + (term.nullsFirst ? " NULLS FIRST" : " NULLS LAST")
      if term.value.type == .real,
        let place = dialect.scalar(term.nullsFirst ? "order first(real)" : "order last(real)")
      {
        return SQLExpression(place, [term.value], type: .long).text + ", " + term.value.text + direction
      }
      if term.value.type == .dynamic, let text = dialect.scalar("order(dynamic)") {
        return SQLExpression(text, [term.value], type: .string).text + direction
      }
      return term.value.text + (term.value.mayBeNull ? direction : (term.isDescending ? " DESC" : " ASC"))
    }.joined(separator: ", ")
  }

  /// `ORDER BY …` on a line of its own, or nothing.
  private func orderSuffix(_ terms: [OrderTerm], behind table: String) -> String {
    let clause = orderClause(terms, behind: table)
    return clause.isEmpty ? "" : "\nORDER BY " + clause
  }

  // MARK: Nodes

  /// The relation of a node.
  func translate(_ node: any LogicalNode) throws(DossierError) -> Relation {
    switch node {
    case let node as Scan: return try scan(node)
    case let node as InlineRows: return try inline(node)
    case let node as Filter: return try filter(node)
    case let node as Project: return try project(node)
    case let node as Alias:
      var relation = try translate(node.input)
      let scope = relation.scope
      relation.columns = zip(node.columns, node.inner).compactMap { column, inner in
        scope[inner].map { RelationColumn(id: column.id, value: $0) }
      }
      return relation
    case let node as Materialized: return try materialized(node)
    case let node as Serialized: return try translate(node.input)
    case let node as Ordered: return try ordered(node)
    case let node as Limit:
      let input = try translate(node.input)
      return close(
        input, kept(input, node.columns),
        rest: orderSuffix(input.order, behind: input.source) + "\nLIMIT \(node.count)")
    case let node as Aggregated: return try aggregated(node)
    case let node as RowCount:
      let input = try translate(node.input)
      let count = SQLExpression(text: "count(*)", type: .long, mayBeNull: false, isAtom: true)
      return close(input, [(node.column, count)], keepsOrder: false)
    case let node as Joined: return try joined(node)
    case let node as Concatenated: return try concatenated(node)
    case let node as Series: return try series(node)
    case let node as Expanded: return try expanded(node)
    case let node as Window: return try windowed(node)
    case let node as TopGroups: return try topGroups(node)
    default: throw untranslatable(node)
    }
  }

  /// The operators of nodes that have no translation, to find their place in the text.
  private static let keywords: [String: String] = [
    "Apply": "mv-apply", "Partition": "partition", "Sample": "sample", "MakeSeries": "make-series",
    "Scan": "scan",
    "Parse": "parse", "ParseKV": "parse-kv", "Evaluate": "evaluate", "Pivot": "evaluate",
    "Unpack": "evaluate",
    "Narrow": "evaluate", "Graph": "make-graph", "GraphMatch": "graph-match", "Steps": "scan",
  ]

  private func untranslatable(_ node: any LogicalNode) -> DossierError {
    let word = Self.keywords[node.title] ?? node.title
    return DossierError(
      .untranslatable, "\(dialect.title) has nothing that gives the same as '\(word)'",
      at: place(of: word, in: sourceText), hint: "run this part with dossier query, or write it another way")
  }

  private func scan(_ node: Scan) throws(DossierError) -> Relation {
    let source = Relation(source: dialect.identifier(node.table.name), columns: [])
    var outputs: [(column: PlanColumn, value: SQLExpression)] = []
    // Columns that Dossier computes are left out: a use of one is an error with its place.
    for column in node.columns where node.table.provider.schema.index(of: column.name) != nil {
      guard dialect.storage(column.type) != nil else {
        throw DossierError(
          .untranslatable,
          "\(dialect.title) has no type for the \(column.type.rawValue) column '\(column.name)'")
      }
      let stored = named(column.name, column.type, mayBeNull: column.type != .string)
      outputs.append((column, SQLExpression(dialect.read(column.type, times), [stored], type: column.type)))
      outputs[outputs.count - 1].value.mayBeNull = column.type != .string
    }
    return close(source, outputs)
  }

  private func inline(_ node: InlineRows) throws(DossierError) -> Relation {
    let expressions = expressions([:])
    var rows: [String] = []
    var mayHoldTimes = [Bool](repeating: false, count: node.columns.count)
    for row in 0..<node.rows.count {
      var cells = ["\(row)"]
      for (index, column) in node.columns.enumerated() {
        let value = node.rows.columns[index].value(row)
        let cell = try expressions.constant(value, column.type, SourceSpan(0, 0))
        cells.append(cell.text)
        mayHoldTimes[index] = mayHoldTimes[index] || cell.mayHoldTimes
      }
      rows.append("(\(cells.joined(separator: ", ")))")
    }
    let isEmpty = rows.isEmpty
    if isEmpty {
      var cells = ["0"]
      for column in node.columns {
        cells.append(try expressions.constant(.null, column.type, SourceSpan(0, 0)).text)
      }
      rows = ["(\(cells.joined(separator: ", ")))"]
    }
    var names = SQLNames()
    let row = names.name("kql_row")
    var outputs: [(column: PlanColumn, value: SQLExpression)] = []
    var header = [row]
    for (index, column) in node.columns.enumerated() {
      guard let storage = dialect.storage(column.type) else {
        throw DossierError(
          .untranslatable,
          "\(dialect.title) has no type for the \(column.type.rawValue) column '\(column.name)'")
      }
      let name = dialect.identifier(names.name(column.name))
      header.append(name)
      let vector = node.rows.columns[index]
      let mayBeNull = column.type != .string && (0..<vector.count).contains { vector.isNull($0) }
      var value = SQLExpression(
        text: "CAST(\(name) AS \(storage))", type: column.type, mayBeNull: mayBeNull, isAtom: true)
      value.mayHoldTimes = mayHoldTimes[index]
      outputs.append((column, value))
    }
    var relation = Relation(
      source:
        "(VALUES\n  \(rows.joined(separator: ",\n  "))\n) AS kql_rows(\(header.joined(separator: ", ")))",
      columns: [])
    relation.order = [
      OrderTerm(value: named(row, .long, mayBeNull: false), isDescending: false, nullsFirst: true)
    ]
    relation.isTotal = true
    if isEmpty {
      relation.tests = [SQLExpression(text: "FALSE", type: .bool, mayBeNull: false, isAtom: true)]
    }
    return close(relation, outputs)
  }

  private func filter(_ node: Filter) throws(DossierError) -> Relation {
    var relation = try translate(node.input)
    let expressions = expressions(relation.scope)
    for part in node.predicate.conjuncts {
      relation.tests.append(try expressions.translate(part, asTest: true))
    }
    return relation
  }

  private func project(_ node: Project) throws(DossierError) -> Relation {
    let input = try translate(node.input)
    if node.outputs.allSatisfy({ $0.value.column != nil }) {
      // Names alone change: the next SELECT, which there always is, gives them.
      var relation = input
      let scope = input.scope
      for output in node.outputs {
        guard let id = output.value.column else { continue }
        if scope[id] == nil, !output.isKept { _ = try expressions(scope).translate(output.value) }
      }
      relation.columns = node.outputs.compactMap { output in
        output.value.column.flatMap { scope[$0] }.map { RelationColumn(id: output.column.id, value: $0) }
      }
      return relation
    }
    let expressions = expressions(input.scope)
    var outputs: [(column: PlanColumn, value: SQLExpression)] = []
    for output in node.outputs {
      // A column that can't be read is only missed where it is used.
      if output.isKept, input.scope[output.column.id] == nil { continue }
      outputs.append((output.column, try expressions.translate(output.value)))
    }
    return close(input, outputs)
  }

  private func materialized(_ node: Materialized) throws(DossierError) -> Relation {
    let plan = node.subquery.plan
    var relation: Relation
    if let known = shared[node.subquery.number] {
      relation = known
    } else {
      let input = try translate(plan)
      relation = close(input, kept(input, plan.columns), isShared: true)
      shared[node.subquery.number] = relation
    }
    let scope = relation.scope
    relation.columns = zip(node.columns, plan.columns).compactMap { column, inner in
      scope[inner.id].map { RelationColumn(id: column.id, value: $0) }
    }
    return relation
  }

  private func ordered(_ node: Ordered) throws(DossierError) -> Relation {
    var input = try translate(node.input)
    var expressions = expressions(input.scope)
    // Keys that are computed become columns first.
    var computed: [(name: String, value: SQLExpression)] = []
    var terms: [OrderTerm] = []
    for key in node.keys {
      var value = try expressions.translate(key.value)
      if key.value.column == nil {
        let made = hidden(for: value)
        computed.append((made.name, value))
        value = made.column
      }
      terms.append(OrderTerm(value: value, isDescending: key.isDescending, nullsFirst: key.nullsFirst))
    }
    if !computed.isEmpty {
      input = close(input, kept(input, node.columns), hidden: computed)
      expressions = self.expressions(input.scope)
      for (index, key) in node.keys.enumerated() where key.value.column != nil {
        terms[index].value = try expressions.translate(key.value)
      }
    }
    input.order = terms + input.order
    guard let limit = node.limit else { return input }
    return close(
      input, kept(input, node.columns),
      rest: orderSuffix(input.order, behind: input.source) + "\nLIMIT \(limit)")
  }

  private func concatenated(_ node: Concatenated) throws(DossierError) -> Relation {
    let offset = node.hasSource ? 1 : 0
    var names = SQLNames()
    let columnNames = node.columns.map { dialect.identifier(names.name($0.name)) }
    var mayBeNull = [Bool](repeating: false, count: node.columns.count)
    var mayHoldTimes = mayBeNull
    var selects: [String] = []
    for (index, part) in node.parts.enumerated() {
      let relation = try translate(part)
      let scope = relation.scope
      var items: [String] = []
      for (position, column) in node.columns.enumerated() {
        let value: SQLExpression
        if position < offset {
          value = try expressions([:]).constant(.string(node.sourceNames[index]), .string, SourceSpan(0, 0))
        } else if let id = node.ids[position - offset][index], let own = scope[id] {
          value = own
        } else {
          value = try expressions([:]).constant(.null, column.type, SourceSpan(0, 0))
        }
        mayBeNull[position] = mayBeNull[position] || value.mayBeNull
        mayHoldTimes[position] = mayHoldTimes[position] || value.mayHoldTimes
        items.append(item(value.text, columnNames[position]))
      }
      selects.append(
        select(items.isEmpty ? ["1 AS kql_none"] : items, from: relation.source) + relation.condition)
    }
    let table = add(selects.joined(separator: "\nUNION ALL\n"))
    let columns = node.columns.enumerated().map { position, column in
      var value = SQLExpression(
        text: columnNames[position], type: column.type,
        mayBeNull: mayBeNull[position] && column.type != .string, isAtom: true)
      value.mayHoldTimes = mayHoldTimes[position]
      return RelationColumn(id: column.id, value: value)
    }
    return Relation(source: table, columns: columns)
  }

  private func series(_ node: Series) throws(DossierError) -> Relation {
    let expressions = expressions([:])
    var bounds: [SQLExpression] = []
    for bound in [node.start, node.stop, node.step] { bounds.append(try expressions.translate(bound)) }
    let type = node.column.type
    let kind: ScalarType = type == .real ? .real : .long
    let span = node.start.span
    for index in bounds.indices { bounds[index].type = kind }
    let count = try expressions.fill("range count", bounds, type: .long, "range", span)
    let numbers = try expressions.fill("numbers below", [count], type: .long, "range", span)
    let (name, number) = hidden(.long)
    let table = add("SELECT \(numbers.text) AS \(dialect.identifier(name))")
    let value = try expressions.fill(
      "range value", [bounds[0], bounds[2], number], type: type, "range", span)
    var relation = Relation(source: table, columns: [])
    relation.order = [OrderTerm(value: number, isDescending: false, nullsFirst: true)]
    relation.isTotal = true
    var result = close(relation, [(node.column, value)])
    if kind == .real {
      // The count may be one too many, as it is computed with rounding.
      let isInside = try expressions.fill(
        "range inside", [result.columns[0].value, bounds[1], bounds[2]], type: .bool, "range", span)
      result.tests = [isInside]
    }
    return result
  }

  private func expanded(_ node: Expanded) throws(DossierError) -> Relation {
    let input = numbered(try translate(node.input), node.input.columns)
    let expressions = expressions(input.scope)
    let span = node.expansions.first?.value.span ?? SourceSpan(0, 0)
    var lists: [(name: String, value: SQLExpression)] = []
    var columns: [SQLExpression] = []
    for expansion in node.expansions {
      let value = try expressions.translate(expansion.value)
      let word = node.bagsAsArrays ? "elements as pairs" : "elements"
      let list = try expressions.fill(word, [value], type: .dynamic, "mv-expand", span)
      let made = hidden(for: list)
      lists.append((made.name, list))
      columns.append(made.column)
    }
    let made = Set(node.expansions.map(\.column.id))
    let own = node.columns.filter { !made.contains($0.id) && $0.id != node.index?.id }
    let withLists = close(input, kept(input, own), hidden: lists)
    // A row for each number below the longest list's length; one where all are null.
    var count = try expressions.fill("list length", [columns[0]], type: .long, "mv-expand", span)
    for column in columns.dropFirst() {
      let next = try expressions.fill("list length", [column], type: .long, "mv-expand", span)
      count = try expressions.fill("max_of", [count, next], type: .long, "mv-expand", span)
    }
    count = SQLExpression("!coalesce($0, 1)", [count], type: .long)
    if let limit = node.limit {
      let most = try expressions.constant(.long(Int64(limit)), .long, span)
      count = try expressions.fill("min_of", [count, most], type: .long, "mv-expand", span)
    }
    let (name, number) = hidden(.long)
    let numbers = try expressions.fill("numbers below", [count], type: .long, "mv-expand", span)
    let carried = lists.indices.map { (name: lists[$0].name, value: columns[$0]) }
    var rows = close(
      withLists, kept(withLists, own), hidden: carried + [(name, numbers)])
    rows.order.append(OrderTerm(value: number, isDescending: false, nullsFirst: true))
    if withLists.order.isEmpty { rows.order = [] }
    let scope = rows.scope
    var outputs: [(column: PlanColumn, value: SQLExpression)] = []
    for column in node.columns {
      if let index = node.expansions.firstIndex(where: { $0.column.id == column.id }) {
        let element = try expressions.fill(
          "list element", [columns[index], number], type: .dynamic, "mv-expand", span)
        outputs.append((column, try expressions.converted(element, to: column.type, span)))
      } else if column.id == node.index?.id {
        outputs.append((column, number))
      } else if let value = scope[column.id] {
        outputs.append((column, value))
      }
    }
    return close(rows, outputs)
  }

  private func topGroups(_ node: TopGroups) throws(DossierError) -> Relation {
    let input = try translate(node.input)
    guard let limit = node.limit else { return input }
    let scope = input.scope
    let key = try expressions(scope).translate(node.order.value)
    let term = OrderTerm(value: key, isDescending: node.order.isDescending, nullsFirst: node.order.nullsFirst)
    let parts = node.keys.compactMap { scope[$0.id]?.text }.joined(separator: ", ")
    let place = hidden(.long)
    let number = SQLExpression(
      text: "row_number() OVER (\(parts.isEmpty ? "" : "PARTITION BY \(parts) ")ORDER BY "
        + "\(orderClause([term] + input.order)))", type: .long, mayBeNull: false, isAtom: true)
    var result = close(input, kept(input, node.columns), hidden: [(place.name, number)], keepsOrder: false)
    result.tests = [
      SQLExpression(text: "\(place.column.text) <= \(limit)", type: .bool, mayBeNull: false, isAtom: false)
    ]
    return result
  }
}
