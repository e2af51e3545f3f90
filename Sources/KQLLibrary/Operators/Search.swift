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
    let parameters = try cursor.takeParameters(["kind"])
    var tables: [Union.Operand] = []
    if cursor.take(word: "in") {
      try cursor.expect("(")
      tables = try cursor.parseList { cursor throws(DossierError) -> Union.Operand in
        if cursor.at("*") || (cursor.current.kind == .name && cursor.peek(1).text == "*") {
          return .pattern(try cursor.expectNamePattern("a table"))
        }
        return .table(try cursor.parseTableOperand())
      }
      try cursor.expect(")")
    }
    return Search(
      place: keyword.place, parameters: parameters, tables: tables, predicate: try cursor.parseExpression())
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("search ")
    printer.parameters(parameters)
    if !tables.isEmpty {
      printer.write("in (")
      printer.list(tables) { printer, table in
        switch table {
        case .table(let value): printer.tableOperand(value)
        case .pattern(let pattern): printer.pattern(pattern)
        }
      }
      printer.write(") ")
    }
    printer.expression(predicate)
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    if let input { return try filter(input, binder) }
    var sources: [any LogicalNode] = []
    let operands =
      tables.isEmpty ? [.pattern(NamePattern(name: Name("*", at: place.span), isPattern: true))] : tables
    for operand in operands {
      switch operand {
      case .table(let expression): sources.append(try binder.bindTable(expression))
      case .pattern(let pattern): sources += binder.tables(matching: pattern)
      }
    }
    guard !sources.isEmpty else {
      throw DossierError(.unknownTable, "there is no table to search", at: place.span)
    }
    var filtered: [any LogicalNode] = []
    for source in sources { filtered.append(try filter(source, binder)) }
    return makeUnion(filtered, isInner: false, source: "$table", binder)
  }

  private func filter(_ input: any LogicalNode, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    var isCaseSensitive = false
    for parameter in parameters where parameter.name.text == "kind" {
      if case .name(let name) = parameter.value.kind { isCaseSensitive = name.text == "case_sensitive" }
    }
    let test = try binder.bind(spelledOut(predicate, isCaseSensitive), in: RowScope(input.columns))
    if test.isErroneous { return input }
    return Filter(input: input, predicate: try binder.asBool(test, for: "search"))
  }

  /// Bare texts in place of predicates become `* has "text"`; `*` at their ends asks for prefixes.
  private func spelledOut(_ value: Expression, _ isCaseSensitive: Bool) -> Expression {
    switch value.kind {
    case .literal(.string(let text)):
      let star = Expression(.star, at: value.span)
      let trimmed = text.split(separator: "*", omittingEmptySubsequences: true).joined(separator: "*")
      let starts = text.hasPrefix("*")
      let ends = text.hasSuffix("*")
      let op: BinaryOperator
      switch (starts, ends) {
      case (true, true): op = isCaseSensitive ? .containsCS : .contains
      case (true, false): op = isCaseSensitive ? .hasSuffixCS : .hasSuffix
      case (false, true): op = isCaseSensitive ? .hasPrefixCS : .hasPrefix
      case (false, false): op = isCaseSensitive ? .hasCS : .has
      }
      return Expression(
        .binary(op, star, Expression(.literal(.string(trimmed)), at: value.span)), at: value.span)
    case .binary(let op, let left, let right) where op == .and || op == .or:
      return Expression(
        .binary(op, spelledOut(left, isCaseSensitive), spelledOut(right, isCaseSensitive)), at: value.span)
    case .call(let call) where call.name.text == "not" && call.arguments.count == 1:
      let inner = Call.Argument(value: spelledOut(call.arguments[0].value, isCaseSensitive))
      return Expression(.call(Call(name: call.name, arguments: [inner])), at: value.span)
    default: return value
    }
  }
}
