import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary

extension PlanTranslator {
  /// Groups of rows, or their distinct keys.
  func aggregated(_ node: Aggregated) throws(DossierError) -> Relation {
    let (input, collected) = try collecting(node)
    let scope = input.scope
    var outputs: [(column: PlanColumn, value: SQLExpression)] = []
    var keys: [String] = []
    for key in node.keys {
      guard let value = scope[key.id] else { continue }
      if key.type == .dynamic {
        throw DossierError(
          .untranslatable, "\(dialect.title) has nothing that gives the same as groups by a dynamic value",
          hint: "group by tostring(\(key.name))")
      }
      outputs.append((key, value))
      keys.append("\(input.source).\(value.text)")
    }
    let expressions = expressions(scope)
    for (call, column) in zip(node.calls, collected) {
      outputs += try aggregate(call, column, input, expressions)
    }
    if outputs.isEmpty {
      // One row, though nobody asks what it holds.
      let count = SQLExpression(text: "count(*)", type: .long, mayBeNull: false, isAtom: true)
      return close(input, [], hidden: [(hidden(.long).name, count)], keepsOrder: false)
    }
    let rest = keys.isEmpty ? "" : "\nGROUP BY " + keys.joined(separator: ", ")
    return close(input, outputs, rest: rest, keepsOrder: false)
  }

  /// The input, with what lists and sets collect as columns: DuckDB 2.0 fails on a function of lists within an
  /// aggregate that another one is applied to.
  private func collecting(_ node: Aggregated) throws(DossierError) -> (Relation, [SQLExpression?]) {
    let input = try translate(node.input)
    let expressions = expressions(input.scope)
    var hiddenColumns: [(name: String, value: SQLExpression)] = []
    var collected = [SQLExpression?](repeating: nil, count: node.calls.count)
    for (index, call) in node.calls.enumerated() where call.function.name.hasPrefix("make_") {
      guard let item = call.arguments.first, item.column == nil, item.constant == nil else { continue }
      let value = try expressions.translate(item)
      let made = hidden(for: value)
      hiddenColumns.append((made.name, value))
      collected[index] = made.column
    }
    if hiddenColumns.isEmpty { return (input, collected) }
    return (close(input, kept(input, node.input.columns), hidden: hiddenColumns), collected)
  }

  private func aggregate(
    _ call: AggregateCollector.Call, _ collected: SQLExpression?, _ input: Relation,
    _ expressions: ExpressionTranslator
  ) throws(DossierError) -> [(column: PlanColumn, value: SQLExpression)] {
    var name = call.function.name
    let span = call.arguments.first?.span ?? SourceSpan(0, 0)
    var arguments: [SQLExpression] = []
    for (index, argument) in call.arguments.enumerated() {
      if index == 0, let collected {
        arguments.append(collected)
      } else {
        arguments.append(try expressions.translate(argument))
      }
    }
    var filter = ""
    if let base = Self.filtered[name] {
      // The predicate stands behind the values.
      let place = name == "countif" ? 0 : name.hasPrefix("covariance") ? 2 : 1
      let test = try expressions.translate(call.arguments[place], asTest: true)
      arguments.remove(at: place)
      name = base
      filter = " FILTER (WHERE \(test.operand))"
    }
    switch name {
    case "arg_max", "arg_min":
      return try picked(
        call, arguments, input,
        by: [OrderTerm(value: arguments[0], isDescending: name == "arg_max", nullsFirst: false)])
    case "take_any":
      if arguments.count > 1 { return try picked(call, arguments, input, by: []) }
      // The first value there is; a text that is empty is none.
      guard let template = expressions.template("has value", [arguments[0].type]) else {
        throw expressions.fail("take_any()", span)
      }
      let hasValue = SQLExpression(template, arguments, type: .bool).text
      let test = filter.isEmpty ? " FILTER (WHERE \(hasValue))" : filter.dropLast() + " AND \(hasValue))"
      return [(call.outputs[0], try fill("first", arguments, call, input, String(test), expressions, span))]
    case "percentile", "percentiles":
      return try percentiles(name, call, arguments, input, expressions, span)
    case "make_list", "make_set", "make_list_with_nulls":
      if arguments.count > 1 {
        throw expressions.fail("\(name)() with a largest size", span, hint: "cut it: array_slice(…)")
      }
      let isDynamic = arguments[0].type == .dynamic
      if name == "make_set", isDynamic { throw expressions.fail("make_set() of dynamic values", span) }
      let element = try expressions.fill("json", arguments, type: .dynamic, "\(name)()", span)
      if name != "make_list_with_nulls", arguments[0].mayBeNull {
        let test = "\(arguments[0].operand) IS NOT NULL"
        filter = filter.isEmpty ? " FILTER (WHERE \(test))" : filter.dropLast() + " AND \(test))"
      }
      return [
        (call.outputs[0], try fill(name, [element, arguments[0]], call, input, filter, expressions, span))
      ]
    default: break
    }
    let counted = name == "count" ? [] : Array(arguments.prefix(name == "dcount" ? 1 : 9))
    return [(call.outputs[0], try fill(name, counted, call, input, filter, expressions, span))]
  }

  /// Variants with a predicate, and what they are without it.
  private static let filtered: [String: String] = [
    "countif": "count", "sumif": "sum", "avgif": "avg", "minif": "min", "maxif": "max", "dcountif": "dcount",
    "count_distinctif": "count_distinct", "stdevif": "stdev", "stdevpif": "stdevp", "varianceif": "variance",
    "variancepif": "variancep", "make_list_if": "make_list", "make_set_if": "make_set",
    "take_anyif": "take_any",
  ]

  /// An aggregate's template filled.
  private func fill(
    _ name: String, _ arguments: [SQLExpression], _ call: AggregateCollector.Call, _ input: Relation,
    _ filter: String, _ expressions: ExpressionTranslator, _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    let types = arguments.map { $0.type == .int ? ScalarType.long : $0.type }
    let key = "\(name)(\(types.map(\.rawValue).joined(separator: ",")))"
    let loose = "\(name)(\(types.map { _ in "*" }.joined(separator: ",")))"
    guard let template = dialect.aggregate(key) ?? dialect.aggregate(loose) else {
      throw expressions.fail(
        "\(call.function.name)()"
          + (types.isEmpty ? "" : " of \(types.map(\.rawValue).joined(separator: ", "))"),
        span)
    }
    let clause = orderClause(input.order)
    let order = clause.isEmpty ? "" : " ORDER BY " + clause
    var made = SQLExpression(
      template, arguments, type: call.outputs[0].type, extra: ["F": filter, "O": order])
    if !template.hasPrefix("!") { made.mayBeNull = true }
    return expressions.nonNull(made)
  }

  /// Columns of the first row by an order; ties go by the rows' order, or by what is picked, so that all columns are
  /// of one row.
  private func picked(
    _ call: AggregateCollector.Call, _ arguments: [SQLExpression], _ input: Relation, by terms: [OrderTerm]
  ) throws(DossierError) -> [(column: PlanColumn, value: SQLExpression)] {
    let rest =
      input.order.isEmpty
      ? arguments.dropFirst(terms.count).map {
        OrderTerm(value: $0, isDescending: false, nullsFirst: true)
      } : input.order
    let expressions = expressions([:])
    let clause = orderClause(terms + rest)
    let order = clause.isEmpty ? "" : " ORDER BY " + clause
    return try zip(call.outputs, arguments).map { column, value throws(DossierError) in
      guard let template = dialect.aggregate("first(*)") else {
        throw expressions.fail("\(call.function.name)()", call.arguments[0].span)
      }
      var made = SQLExpression(template, [value], type: column.type, extra: ["O": order])
      made.mayBeNull = true
      return (column, expressions.nonNull(made))
    }
  }

  private func percentiles(
    _ name: String, _ call: AggregateCollector.Call, _ arguments: [SQLExpression], _ input: Relation,
    _ expressions: ExpressionTranslator, _ span: SourceSpan
  ) throws(DossierError) -> [(column: PlanColumn, value: SQLExpression)] {
    var result: [(column: PlanColumn, value: SQLExpression)] = []
    for (column, share) in zip(call.outputs, arguments.dropFirst()) {
      guard let number = share.constant, case .real(let wanted) = convertValue(number, to: .real) else {
        throw expressions.fail("\(name)() with percentages in an array", span)
      }
      var sorted = input
      sorted.order = [OrderTerm(value: arguments[0], isDescending: false, nullsFirst: true)]
      let value = try expressions.constant(.real(wanted / 100), .real, span)
      var one = try fill("percentile", [arguments[0], value], call, sorted, "", expressions, span)
      one.type = column.type
      result.append((column, one))
    }
    return result
  }
}
