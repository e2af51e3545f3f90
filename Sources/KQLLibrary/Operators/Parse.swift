import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// What `parse` and `parse-where` share.
struct ParseClause: Equatable {
  /// A piece of the pattern.
  enum Piece: Equatable {
    case text(String)
    case column(ColumnDeclaration)
    case star
  }
  let parameters: [StepParameter]
  let value: Expression
  let pieces: [Piece]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ParseClause {
    let parameters = try cursor.takeParameters(["kind", "flags"])
    let value = try cursor.parseExpression()
    try cursor.expect(word: "with")
    var pieces: [Piece] = []
    while !cursor.atStepEnd {
      if cursor.take("*") {
        pieces.append(.star)
      } else if cursor.current.kind == .string {
        pieces.append(.text(cursor.advance().text))
      } else {
        let name = try cursor.expectName("a text, a column or '*'")
        var type: Name?
        if cursor.take(":") { type = try cursor.expectName("a type") }
        pieces.append(.column(ColumnDeclaration(name: name, type: type)))
      }
    }
    if pieces.isEmpty { throw cursor.unexpected("a pattern") }
    return ParseClause(parameters: parameters, value: value, pieces: pieces)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.parameters(parameters)
    printer.expression(value)
    printer.write(" with")
    for piece in pieces {
      printer.write(" ")
      switch piece {
      case .text(let text): printer.write(SyntaxPrinter.quoted(text))
      case .star: printer.write("*")
      case .column(let column):
        printer.name(column.name)
        if let type = column.type { printer.write(":" + type.text) }
      }
    }
  }

  private func word(_ parameter: String) -> Name? {
    guard let found = parameters.last(where: { $0.name.text == parameter }) else { return nil }
    if case .name(let name) = found.value.kind { return name }
    if case .literal(.string(let text)) = found.value.kind { return Name(text, at: found.value.span) }
    return nil
  }

  private func isBeforeStar(_ index: Int) -> Bool { index + 1 < pieces.count && pieces[index + 1] == .star }

  func bind(
    over input: any LogicalNode, dropsOthers: Bool, at span: SourceSpan, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    let kind = word("kind")?.text ?? "simple"
    guard ["simple", "relaxed", "regex"].contains(kind) else {
      throw DossierError(
        .unknownKind, "there is no parse kind '\(kind)'", at: word("kind")?.span ?? span,
        hint: "kind=simple, kind=relaxed or kind=regex")
    }
    let bound = try binder.bind(value, in: RowScope(input.columns))
    if bound.isErroneous { return input }
    let text = binder.converted(bound, to: .string)
    var pattern = kind == "regex" ? "" : "(?s)\\A"
    if let flags = word("flags") { pattern = "(?\(flags.text))" }
    var made: [PlanColumn] = []
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .text(let literal): pattern += kind == "regex" ? literal : RegularExpression.quoted(literal)
      case .star: pattern += ".*?"
      case .column(let column):
        let type = try column.type.map { name throws(DossierError) in try binder.scalarType(name) } ?? .string
        let isLast = index == pieces.count - 1
        let group: String
        switch (kind, type) {
        case ("regex", .long), ("regex", .int): group = "-?\\d+"
        case ("regex", .real): group = "-?\\d+(?:\\.\\d+)?"
        case ("regex", _): group = ".*"
        // Before `*` nothing says where a number ends but the number itself.
        case (_, .long) where isBeforeStar(index), (_, .int) where isBeforeStar(index): group = "\\s*-?\\d+"
        case (_, .real) where isBeforeStar(index): group = "\\s*-?\\d+(?:\\.\\d+)?"
        default: group = isLast ? ".*" : ".*?"
        }
        pattern += "(?P<dossier\(made.count)>\(group))"
        made.append(binder.column(column.name.text, type))
      }
    }
    if kind != "regex" { pattern += "\\z" }
    let regex = try RegularExpression.compiled(pattern, at: span)
    var columns = input.columns
    for column in made {
      if let position = columns.firstIndex(where: { !$0.isHidden && sameScalars($0.name, column.name) }) {
        columns[position] = column
      } else {
        columns.insert(column, at: columns.firstIndex { $0.isHidden } ?? columns.count)
      }
    }
    return Parsed(
      input: input, text: text, made: made, columns: columns, regex: regex, isRelaxed: kind == "relaxed",
      dropsOthers: dropsOthers)
  }
}

/// `T | parse Text with * "a=" a:long ";" *`: columns cut out of a text.
///
/// - Output: all columns, then the parsed ones. Where the text does not fit, they are null (empty); so they are
///   when one typed value can't be read, unless `kind=relaxed` keeps the others. `kind=regex` takes the texts as
///   regular expressions, greedy unless `flags=U`.
/// - Source: KQL reference, "parse operator".
struct Parse: QueryOperator, Equatable {
  static let keywords = ["parse"]
  static let summary = "Cuts columns out of a text by a pattern."
  static let syntax = "T | parse [kind=simple|relaxed|regex [flags=flags]] value with pattern"
  static let examples = [
    Example("print s='a=1;b=x' | parse s with 'a=' a:long ';b=' b | project a, b", "a:long  b:string\n1  x")
  ]
  let place: Place
  let clause: ParseClause

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Parse {
    let keyword = cursor.takeKeyword()
    return Parse(place: keyword.place, clause: try ParseClause.parse(&cursor))
  }
  func print(to printer: inout SyntaxPrinter) {
    printer.write("parse ")
    clause.print(to: &printer)
  }
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    try clause.bind(over: try required(input), dropsOthers: false, at: place.span, binder)
  }
}

/// `T | parse-where …`: as `parse`, without the rows that don't fit.
///
/// - Source: KQL reference, "parse-where operator".
struct ParseWhere: QueryOperator, Equatable {
  static let keywords = ["parse-where"]
  static let summary = "Cuts columns out of a text, and drops the rows that don't fit the pattern."
  static let syntax = "T | parse-where [kind=simple|regex [flags=flags]] value with pattern"
  static let examples = [
    Example("datatable(s:string)['n=1', 'x'] | parse-where s with 'n=' n:long", "s:string  n:long\nn=1  1")
  ]
  let place: Place
  let clause: ParseClause

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ParseWhere {
    let keyword = cursor.takeKeyword()
    return ParseWhere(place: keyword.place, clause: try ParseClause.parse(&cursor))
  }
  func print(to printer: inout SyntaxPrinter) {
    printer.write("parse-where ")
    clause.print(to: &printer)
  }
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    try clause.bind(over: try required(input), dropsOthers: true, at: place.span, binder)
  }
}

/// Columns cut out of a text.
public struct Parsed: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// The text, over the input.
  public let text: BoundExpression
  /// The parsed columns; column `i` is the group `dossieri`.
  public let made: [PlanColumn]
  /// Input columns and the parsed ones.
  public let columns: [PlanColumn]
  /// The pattern.
  public let regex: RegularExpression
  /// Whether a value that can't be read leaves the others.
  public let isRelaxed: Bool
  /// Whether rows that don't fit are left out.
  public let dropsOthers: Bool
  /// `Parse`
  public let title = "Parse"
  /// The pattern.
  public var detail: String { regex.pattern }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var sourceName: String? { input.sourceName }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Parsed(
      input: inputs[0], text: text, made: made, columns: columns, regex: regex, isRelaxed: isRelaxed,
      dropsOthers: dropsOthers)
  }
  /// Reads the text besides.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let parsed = Set(made.map(\.id))
    return Parsed(
      input: input.pruned(to: needed.union(text.columns)), text: text, made: made,
      columns: columns.filter { needed.contains($0.id) || parsed.contains($0.id) }, regex: regex,
      isRelaxed: isRelaxed, dropsOthers: dropsOthers)
  }
  /// Parses batch by batch.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let groups = made.indices.map { index in
      regex.groupNames.first { $0.name == "dossier\(index)" }?.number ?? 0
    }
    return CellsExec(
      input: try builder.build(input), inputColumns: input.columns, values: [text], made: made,
      columns: columns,
      dropsOthers: dropsOthers
    ) { values in
      var text = values[0].text
      let found: [String?]? = text.withUTF8 { bytes in
        regex.firstMatch(in: bytes).map { match in
          groups.map { group in
            guard group < match.count, let range = match[group] else { return nil }
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
          }
        }
      }
      guard let found else { return nil }
      var cells: [Value] = []
      for (column, piece) in zip(made, found) {
        let value = piece.map { convert(.string($0), to: column.type) } ?? .null
        if value.isNull, column.type != .string, !isRelaxed { return nil }
        cells.append(value)
      }
      return cells
    }
  }
}

/// Adds columns computed row by row from some values.
final class CellsExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let layout: Layout
  private let values: [BoundExpression]
  private let made: [PlanColumn]
  private let columns: [PlanColumn]
  private let dropsOthers: Bool
  private let compute: ([Value]) -> [Value]?
  private var firstRow = 0

  /// `compute` gives a cell for each of `made`, or nil where the row doesn't fit.
  init(
    input: any PhysicalOperator, inputColumns: [PlanColumn], values: [BoundExpression], made: [PlanColumn],
    columns: [PlanColumn], dropsOthers: Bool, compute: @escaping ([Value]) -> [Value]?
  ) {
    self.input = input
    layout = makeLayout(inputColumns)
    self.values = values
    self.made = made
    self.columns = columns
    self.dropsOthers = dropsOthers
    self.compute = compute
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    guard let batch = try input.next(context) else { return nil }
    let evaluator = Evaluator(layout: layout)
    var vectors: [ColumnVector] = []
    for value in values { vectors.append(try evaluator.evaluate(value, batch, firstRow: firstRow, context)) }
    firstRow += batch.count
    var builders = made.map { ColumnBuilder(type: $0.type) }
    var kept: [Int] = []
    for row in 0..<batch.count {
      let cells = compute(vectors.map { $0.value(row) })
      if cells == nil, dropsOthers { continue }
      kept.append(row)
      for index in builders.indices { builders[index].append(cells?[index] ?? .null) }
    }
    let rows = kept.count == batch.count ? batch : batch.gather(kept)
    var added: [ColumnID: ColumnVector] = [:]
    for (index, column) in made.enumerated() { added[column.id] = builders[index].finish() }
    var result: [ColumnVector] = []
    for column in columns {
      if let vector = added[column.id] {
        result.append(vector)
      } else if let position = layout[column.id] {
        result.append(rows.columns[position])
      }
    }
    return RowBatch(columns: result, count: kept.count, lineage: rows.lineage)
  }
}
