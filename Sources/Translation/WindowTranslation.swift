import Columnar
import Diagnostics
import KQLEngine

extension PlanTranslator {
  /// Columns computed over all rows in their order.
  func windowed(_ node: Window) throws(DossierError) -> Relation {
    var relation = numbered(try translate(node.input), node.input.columns)
    for (index, output) in node.outputs.enumerated() {
      let known = node.input.columns + node.outputs[..<index].map(\.column)
      relation = try window(output, over: relation, known)
    }
    return relation
  }

  private func window(
    _ output: Project.Output, over input: Relation, _ known: [PlanColumn]
  ) throws(DossierError) -> Relation {
    guard case .call(let function, let arguments) = output.value.kind else {
      throw DossierError(.internalFault, "a window without a call", at: output.value.span)
    }
    let span = output.value.span
    let expressions = expressions(input.scope)
    guard !input.order.isEmpty else {
      throw DossierError(
        .untranslatable,
        "\(function.name)() needs an order that \(dialect.title) knows; a table has none there",
        at: span, hint: "sort the rows first: sort by DocId asc, Start asc")
    }
    var values: [SQLExpression] = []
    for argument in arguments { values.append(try expressions.translate(argument)) }
    let order = "ORDER BY " + orderClause(input.order)
    switch function.name {
    case "prev", "next":
      if values.count > 1, values[1].constant == nil {
        throw expressions.fail("\(function.name)() with a computed offset", span)
      }
      if values.count > 2 {
        values[2] = try expressions.converted(values[2], to: values[0].type, span)
        // The database goes by the first value's type, and a small constant's is too small for the other.
        if let storage = dialect.storage(values[0].type) {
          values[0].text = "CAST(\(values[0].text) AS \(storage))"
        }
      }
      let word = function.name == "prev" ? "lag" : "lead"
      let call = "\(word)(\(values.map(\.text).joined(separator: ", "))) OVER (\(order))"
      var made = SQLExpression(text: call, type: output.column.type, mayBeNull: true, isAtom: true)
      made.mayHoldTimes = values[0].mayHoldTimes || values.count > 2 && values[2].mayHoldTimes
      return close(input, kept(input, known) + [(output.column, expressions.nonNull(made))])
    case "row_number":
      let start = values.isEmpty ? "1" : values[0].constant.map { $0.isNull ? "1" : values[0].text }
      guard let start else { throw expressions.fail("row_number() with a computed start", span) }
      return try inRuns(values.count > 1 ? values[1] : nil, input, known, output.column) {
        (over, _) throws(DossierError) in
        let number = SQLExpression(
          text: "row_number() OVER (\(over)) - 1", type: .long, mayBeNull: false, isAtom: false)
        let first = SQLExpression(text: start, type: .long, mayBeNull: false, isAtom: true)
        return start == "1"
          ? SQLExpression(
            text: "row_number() OVER (\(over))", type: .long, mayBeNull: false, isAtom: true)
          : SQLExpression(dialect.scalar("add(long,long)") ?? "$0 + $1", [number, first], type: .long)
      }
    case "row_cumsum":
      guard let template = dialect.aggregate("running sum(\(output.column.type.rawValue))") else {
        throw expressions.fail("row_cumsum() of \(output.column.type.rawValue)", span)
      }
      return try inRuns(values.count > 1 ? values[1] : nil, input, known, output.column) {
        (over, scope) throws(DossierError) in
        // Numbering runs makes a table with names of its own.
        let term = try self.expressions(scope).translate(arguments[0])
        return SQLExpression(
          template, [term], type: output.column.type, extra: ["W": "(\(over) ROWS UNBOUNDED PRECEDING)"])
      }
    case "row_rank_dense", "row_rank_min":
      return try ranked(function.name, values, input, known, output.column, order)
    default:
      throw expressions.fail("\(function.name)()", span)
    }
  }

  /// A window that starts again where a test is true: runs of rows are numbered first.
  private func inRuns(
    _ restart: SQLExpression?, _ input: Relation, _ known: [PlanColumn], _ column: PlanColumn,
    _ value: (String, [ColumnID: SQLExpression]) throws(DossierError) -> SQLExpression
  ) throws(DossierError) -> Relation {
    guard let restart, !Self.isNever(restart) else {
      return close(
        input, kept(input, known) + [(column, try value("ORDER BY " + orderClause(input.order), input.scope))]
      )
    }
    let (numbered, run) = numberRuns(restart, input, known)
    let over = "PARTITION BY \(run.column.text) ORDER BY " + orderClause(numbered.order)
    return close(numbered, kept(numbered, known) + [(column, try value(over, numbered.scope))])
  }

  private static func isNever(_ test: SQLExpression) -> Bool {
    switch test.constant {
    case .bool(false)?, .null?: true
    default: false
    }
  }

  /// Adds the number of the run that a row belongs to.
  private func numberRuns(
    _ restart: SQLExpression, _ input: Relation, _ known: [PlanColumn],
    more: [(name: String, value: SQLExpression)] = []
  ) -> (Relation, (name: String, column: SQLExpression)) {
    let run = hidden(.long)
    let number = SQLExpression(
      text: "count(*) FILTER (WHERE \(restart.text)) OVER (ORDER BY \(orderClause(input.order)) "
        + "ROWS UNBOUNDED PRECEDING)", type: .long, mayBeNull: false, isAtom: true)
    return (close(input, kept(input, known), hidden: [(run.name, number)] + more), run)
  }

  /// Ranks: a row whose term differs from the one before starts a new rank.
  private func ranked(
    _ name: String, _ values: [SQLExpression], _ input: Relation, _ known: [PlanColumn], _ column: PlanColumn,
    _ order: String
  ) throws(DossierError) -> Relation {
    let restart = values.count > 1 ? values[1] : nil
    let changed = hidden(.bool)
    let differs = SQLExpression(
      text: "row_number() OVER (\(order)) = 1 OR \(values[0].operand) IS DISTINCT FROM "
        + "lag(\(values[0].text)) OVER (\(order))"
        + (restart.map { " OR coalesce(\($0.text), FALSE)" } ?? ""),
      type: .bool, mayBeNull: false, isAtom: false)
    let never = SQLExpression(text: "FALSE", type: .bool, mayBeNull: false, isAtom: true)
    let (numbered, run) = numberRuns(restart ?? never, input, known, more: [(changed.name, differs)])
    let over =
      "(PARTITION BY \(run.column.text) ORDER BY \(orderClause(numbered.order)) ROWS UNBOUNDED PRECEDING)"
    if name == "row_rank_dense" {
      let rank = SQLExpression(
        text: "count(*) FILTER (WHERE \(changed.column.text)) OVER \(over)", type: .long, mayBeNull: false,
        isAtom: true)
      return close(numbered, kept(numbered, known) + [(column, rank)])
    }
    let place = hidden(.long)
    let number = SQLExpression(
      text: "CASE WHEN \(changed.column.text) THEN row_number() OVER "
        + "(PARTITION BY \(run.column.text) ORDER BY \(orderClause(numbered.order))) END",
      type: .long, mayBeNull: true, isAtom: false)
    let placed = close(
      numbered, kept(numbered, known), hidden: [(place.name, number), (run.name, run.column)])
    let last =
      "(PARTITION BY \(run.column.text) ORDER BY \(orderClause(placed.order)) ROWS UNBOUNDED PRECEDING)"
    let rank = SQLExpression(
      text: "max(\(place.column.text)) OVER \(last)", type: .long, mayBeNull: false, isAtom: true)
    return close(placed, kept(placed, known) + [(column, rank)])
  }
}
