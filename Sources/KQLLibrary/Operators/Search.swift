import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `search in (T1, T2) "term"`, `T | search "term"`: the rows where any text column holds the term.
///
/// - Output: the columns of `union` over the tables, with the table's name as `$table` first when the search
///   names or implies tables. A bare text is looked for as `has`; `kind=case_sensitive` minds case.
/// - Source: KQL reference, "search operator".
struct Search: QueryOperator, Equatable {
  static let keywords = ["search"]
  static let position = StepGrammar.Position.anywhere
  static let summary = "Gives the rows where any text column holds a term."
  static let syntax = "search [in (T1, T2)] predicate or T | search predicate"
  static let examples = [
    Example("datatable(a:string, b:string)['x y', 'z', 'p', 'q'] | search 'y'", "a:string  b:string\nx y  z")
  ]
  let place: Place
  let parameters: [StepParameter]
  let tables: [Union.Operand]
  let predicate: Expression

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Search {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["kind"], of: "search")
    var tables: [Union.Operand] = []
    if cursor.take(word: "in") {
      try cursor.expect("(")
      tables = try cursor.parseList { cursor throws(DossierError) in try Union.Operand.parse(&cursor) }
      try cursor.expect(")")
    }
    return Search(
      place: keyword.place, parameters: parameters, tables: tables,
      predicate: try cursor.parseSearchPredicate())
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("search ")
    printer.parameters(parameters)
    if !tables.isEmpty {
      printer.write("in (")
      printer.list(tables) { $1.print(to: &$0) }
      printer.write(") ")
    }
    printer.expression(predicate)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    if let input {
      return try searchFilter(predicate, isCaseSensitive: try isCaseSensitive(), over: input, binder)
    }
    let found = try SearchedTables(tables, predicate, at: place.span, binder)
    var filtered: [any LogicalNode] = []
    for source in found.sources {
      filtered.append(try found.filter(source, isCaseSensitive: try isCaseSensitive(), binder))
    }
    return makeUnion(filtered, isInner: false, source: "$table", binder)
  }

  private func isCaseSensitive() throws(DossierError) -> Bool {
    for parameter in parameters where parameter.name.text == "kind" {
      let kinds = ["default", "case_insensitive", "case_sensitive"]
      guard case .name(let name) = parameter.value.kind, kinds.contains(name.text) else {
        throw DossierError(
          .unknownKind, "there is no such kind of search", at: parameter.value.span,
          hint: kinds.joined(separator: ", "))
      }
      return name.text == "case_sensitive"
    }
    return false
  }
}

/// The tables that `search` or `find` looks through.
struct SearchedTables {
  /// Those that have a column which the predicate may read.
  let sources: [any LogicalNode]
  /// The columns that the predicate names.
  let mentioned: [String]
  private let predicate: Expression

  /// The tables of a list, all that there are for an empty one.
  ///
  /// - Errors: `BND101` if there is none.
  init(
    _ operands: [Union.Operand], _ predicate: Expression, at span: SourceSpan, _ binder: Binder
  ) throws(DossierError) {
    var found: [any LogicalNode] = []
    let everything = Union.Operand.pattern(NamePattern(name: Name("*", at: span), isPattern: true))
    for operand in operands.isEmpty ? [everything] : operands {
      switch operand {
      case .table(let expression): found.append(try binder.bindTable(expression))
      case .pattern(let pattern): found += try binder.tables(matching: pattern)
      }
    }
    let names = predicate.names.filter { name in found.contains { Self.column(name, of: $0) != nil } }
    if !names.isEmpty, !readsAllColumns(predicate) {
      found.removeAll { source in !names.contains { Self.column($0, of: source) != nil } }
    }
    guard !found.isEmpty else {
      throw DossierError(.unknownTable, "there is no table to search", at: span)
    }
    sources = found
    mentioned = names
    self.predicate = predicate
  }

  /// A column of a table by name.
  static func column(_ name: String, of table: any LogicalNode) -> PlanColumn? {
    RowScope(table.columns).column(name)
  }

  /// The rows of one of the tables that the predicate lets through. Columns that only other tables have are null,
  /// in the type that they have there.
  func filter(
    _ source: any LogicalNode, isCaseSensitive: Bool, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    var outputs = source.columns.map { Project.Output(keeping: $0) }
    for name in mentioned where Self.column(name, of: source) == nil {
      let type = sources.lazy.compactMap { Self.column(name, of: $0)?.type }.first ?? .string
      var missing = binder.column(name, type)
      missing.isHidden = true
      outputs.append(Project.Output(missing, .missing(type, at: predicate.span)))
    }
    let input =
      outputs.count == source.columns.count ? source : Project(input: source, outputs: outputs)
    return try searchFilter(predicate, isCaseSensitive: isCaseSensitive, over: input, binder)
  }
}

extension BoundExpression {
  /// What a row holds that lacks a column: null, the empty text.
  static func missing(_ type: ScalarType, at span: SourceSpan) -> BoundExpression {
    .constant(type == .string ? .string("") : .null, type, at: span)
  }
}

/// Whether a predicate looks at every column: a bare text, or `*`.
private func readsAllColumns(_ predicate: Expression) -> Bool {
  switch predicate.kind {
  case .star, .literal(.string): return true
  case .binary(let op, let left, let right) where op == .and || op == .or:
    return readsAllColumns(left) || readsAllColumns(right)
  case .binary(_, let left, _): return left.kind == .star
  case .list(_, let left, _): return left.kind == .star
  case .call(let call) where call.name.text == "not":
    return call.arguments.contains { readsAllColumns($0.value) }
  default: return false
  }
}

/// The rows that a predicate of `search` or `find` lets through.
func searchFilter(
  _ predicate: Expression, isCaseSensitive: Bool, over input: any LogicalNode, _ binder: Binder
) throws(DossierError) -> any LogicalNode {
  if case .star = predicate.kind { return input }
  let test = try binder.bind(searchTest(predicate, isCaseSensitive), in: RowScope(input.columns))
  if test.isErroneous { return input }
  return Filter(input: input, predicate: try binder.asBool(test, for: "search"))
}

/// Bare texts in place of predicates become `* has "text"`: `*` at their ends asks for prefixes, within them for
/// any text.
private func searchTest(_ value: Expression, _ isCaseSensitive: Bool) -> Expression {
  switch value.kind {
  case .literal(.string(let text)):
    let star = Expression(.star, at: value.span)
    let parts = text.split(separator: "*", omittingEmptySubsequences: true).map(String.init)
    if parts.count > 1 {
      let flags = isCaseSensitive ? "" : "(?i)"
      let pattern = parts.map(RegularExpression.quoted).joined(separator: ".*")
      let regex = Expression(.literal(.string("\(flags)\\b\(pattern)\\b")), at: value.span)
      return Expression(.binary(.matchesRegex, star, regex), at: value.span)
    }
    let op: BinaryOperator
    switch (text.hasPrefix("*"), text.hasSuffix("*")) {
    case (true, true): op = .contains
    case (true, false): op = .hasSuffix
    case (false, true): op = .hasPrefix
    case (false, false): op = .has
    }
    let term = Expression(.literal(.string(parts.first ?? "")), at: value.span)
    return Expression(.binary(isCaseSensitive ? op.caseSensitive : op, star, term), at: value.span)
  case .binary(let op, let left, let right) where op == .and || op == .or:
    return Expression(
      .binary(op, searchTest(left, isCaseSensitive), searchTest(right, isCaseSensitive)), at: value.span)
  case .binary(let op, let left, let right) where isCaseSensitive:
    return Expression(.binary(op.caseSensitive, left, right), at: value.span)
  case .call(let call) where call.name.text == "not" && call.arguments.count == 1:
    let inner = Call.Argument(value: searchTest(call.arguments[0].value, isCaseSensitive))
    return Expression(.call(Call(name: call.name, arguments: [inner])), at: value.span)
  default: return value
  }
}

extension BinaryOperator {
  /// The operator that minds case, for one that doesn't; else itself.
  fileprivate var caseSensitive: BinaryOperator {
    switch self {
    case .equalFold: .equal
    case .notEqualFold: .notEqual
    default: BinaryOperator(rawValue: rawValue + "_cs") ?? self
    }
  }
}
