import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `find in (T1, T2) where predicate`: the rows of several tables for which a predicate holds.
///
/// - Output: `source_` (or the name that `withsource` gives) with the table's name; the columns that the predicate
///   names and those that all tables have; `pack_`, a bag of each row's other columns. With `project`, the columns
///   listed, and `pack_` only where `pack_all()` asks for it.
/// - A table that has none of the columns that the predicate names is left out. A column that a table lacks is null
///   there.
/// - Source: KQL reference, "find operator".
struct Find: QueryOperator, Equatable {
  static let keywords = ["find"]
  static let position = StepGrammar.Position.start
  static let summary = "Gives the rows of several tables for which a predicate holds."
  static let syntax =
    "find [withsource=Column] [in (T1, T2)] where predicate [project-smart | project column[:type], …, pack_all()]"
  static let examples = [
    Example(
      "let A = datatable(k:long, a:string)[1, 'x', 2, 'y']; let B = datatable(k:long, b:string)[2, 'z']; "
        + "find in (A, B) where k == 2",
      "source_:string  k:long  pack_:dynamic\nA  2  {\"a\":\"y\"}\nB  2  {\"b\":\"z\"}")
  ]
  struct Column: Equatable {
    let name: Name
    let type: Name?
  }
  struct Projection: Equatable {
    var columns: [Column] = []
    var packsRest = false
  }
  let place: Place
  let parameters: [StepParameter]
  let tables: [Union.Operand]
  let predicate: Expression
  /// Nil for `project-smart`.
  let projection: Projection?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Find {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["withsource"])
    var tables: [Union.Operand] = []
    if cursor.take(word: "in") {
      try cursor.expect("(")
      tables = try cursor.parseList { cursor throws(DossierError) in try Union.Operand.parse(&cursor) }
      try cursor.expect(")")
      try cursor.expect(word: "where")
    } else {
      cursor.take(word: "where")
    }
    let predicate = try cursor.parseSearchPredicate()
    var projection: Projection?
    if cursor.take(word: "project") {
      if cursor.take("-") {
        try cursor.expect(word: "smart")
      } else {
        projection = try parseProjection(&cursor)
      }
    }
    return Find(
      place: keyword.place, parameters: parameters, tables: tables, predicate: predicate,
      projection: projection)
  }

  private static func parseProjection(_ cursor: inout TokenCursor) throws(DossierError) -> Projection {
    var made = Projection()
    repeat {
      // `pack(*)` is the older spelling of `pack_all()`.
      if cursor.at(word: "pack_all") || cursor.at(word: "pack"), cursor.peek(1).text == "(" {
        let isOlder = cursor.at(word: "pack")
        cursor.advance()
        try cursor.expect("(")
        if isOlder { try cursor.expect("*") }
        try cursor.expect(")")
        made.packsRest = true
        continue
      }
      let name = try cursor.expectName("a column name")
      made.columns.append(Column(name: name, type: cursor.take(":") ? try cursor.expectName("a type") : nil))
    } while cursor.take(",")
    return made
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("find ")
    printer.parameters(parameters)
    if !tables.isEmpty {
      printer.write("in (")
      printer.list(tables) { $1.print(to: &$0) }
      printer.write(") ")
    }
    printer.write("where ")
    printer.expression(predicate)
    guard let projection else { return }
    printer.write(" project ")
    printer.list(projection.columns) { printer, column in
      printer.name(column.name)
      guard let type = column.type else { return }
      printer.write(":")
      printer.name(type)
    }
    if projection.packsRest { printer.write(projection.columns.isEmpty ? "pack_all()" : ", pack_all()") }
  }

  private var sourceName: String {
    if case .name(let name)? = parameters.last?.value.kind { return name.text }
    return "source_"
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let found = try SearchedTables(tables, predicate, at: place.span, binder)
    let (sources, mentioned) = (found.sources, found.mentioned)
    let kept = try wanted(mentioned, sources, binder)
    var parts: [any LogicalNode] = []
    for source in sources { parts.append(try part(source, of: found, kept, binder)) }
    let union = makeUnion(parts, isInner: false, source: sourceName, binder)
    guard let pack = union.columns.first(where: { $0.name == "pack_" }) else { return union }
    let others = union.columns.filter { $0.id != pack.id }
    return Project(input: union, outputs: (others + [pack]).map { Project.Output(keeping: $0) })
  }

  /// The columns of the result besides source and pack: names, and types where they are said.
  private func wanted(
    _ mentioned: [String], _ sources: [any LogicalNode], _ binder: Binder
  ) throws(DossierError) -> [(name: String, type: ScalarType?)] {
    guard let projection else {
      let first = sources[0].visibleColumns
      let common = first.filter { column in
        sources.allSatisfy { source in
          source.visibleColumns.contains { sameScalars($0.name, column.name) && $0.type == column.type }
        }
      }.map(\.name)
      let order = sources.flatMap { $0.visibleColumns.map(\.name) } + mentioned
      var names: [String] = []
      for name in order
      where !names.contains(name) && (common.contains(name) || mentioned.contains(name)) {
        names.append(name)
      }
      return names.map { ($0, nil) }
    }
    var columns: [(name: String, type: ScalarType?)] = []
    for column in projection.columns {
      let found = sources.compactMap { SearchedTables.column(column.name.text, of: $0)?.type }
      guard let type = try column.type.map({ name throws(DossierError) in try binder.scalarType(name) })
      else {
        if found.isEmpty {
          if binder.isOpen { continue }
          throw binder.unknownColumn(column.name, in: RowScope(sources.flatMap { $0.visibleColumns }))
        }
        if found.contains(where: { $0 != found[0] }) {
          throw DossierError(
            .wrongShape, "the tables have '\(column.name.text)' in several types", at: column.name.span,
            hint: "say which: \(column.name.text):\(found[0].rawValue)")
        }
        columns.append((column.name.text, found[0]))
        continue
      }
      columns.append((column.name.text, type))
    }
    return columns
  }

  /// One table: filtered, with the wanted columns and a bag of the rest.
  private func part(
    _ source: any LogicalNode, of found: SearchedTables, _ kept: [(name: String, type: ScalarType?)],
    _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    let filtered = try found.filter(source, isCaseSensitive: false, binder)
    var shown: [Project.Output] = []
    for column in kept {
      if let own = SearchedTables.column(column.name, of: source) {
        let value = binder.converted(.column(own, at: place.span), to: column.type ?? own.type)
        shown.append(Project.Output(binder.column(column.name, value.type), value))
      } else if let type = column.type {
        shown.append(Project.Output(binder.column(column.name, type), .missing(type, at: place.span)))
      }
    }
    let rest = source.visibleColumns.filter { column in
      !kept.contains { sameScalars($0.name, column.name) }
    }
    let isPacked =
      projection.map(\.packsRest)
      ?? found.sources.contains { other in
        other.visibleColumns.contains { column in !kept.contains { sameScalars($0.name, column.name) } }
      }
    if isPacked {
      shown.append(Project.Output(binder.column("pack_", .dynamic), binder.pack(rest, at: place.span)))
    }
    return Project(input: filtered, outputs: shown)
  }
}
