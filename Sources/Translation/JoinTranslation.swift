import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary

extension PlanTranslator {
  /// Rows of two relations with equal keys.
  func joined(_ node: Joined) throws(DossierError) -> Relation {
    var left = closed(try translate(node.left), node.left)
    let right = closed(try translate(node.right), node.right)
    if node.kind == .innerunique { left = try firstOfEachKey(left, node) }
    let leftScope = left.scope(behind: "kql_left")
    let rightScope = right.scope(behind: "kql_right")
    var conditions: [String] = []
    for (a, b) in zip(node.leftKeys, node.rightKeys) {
      if a.type == .dynamic {
        throw DossierError(
          .untranslatable, "\(dialect.title) has nothing that gives the same as a join by a dynamic value",
          at: a.span, hint: "on $left.… after extend key = tostring(…)")
      }
      let x = try expressions(leftScope).translate(a)
      let y = try expressions(rightScope).translate(b)
      conditions.append("\(x.operand) = \(y.operand)")
    }
    let condition = conditions.joined(separator: " AND ")
    let l = "\(left.source) AS kql_left"
    let r = "\(right.source) AS kql_right"

    switch node.kind {
    case .leftsemi, .leftanti, .rightsemi, .rightanti:
      let isLeft = node.kind == .leftsemi || node.kind == .leftanti
      let isSemi = node.kind == .leftsemi || node.kind == .rightsemi
      var result = Relation(source: isLeft ? l : r, columns: [])
      result.tests = [
        SQLExpression(
          text: "\(isSemi ? "" : "NOT ")EXISTS (SELECT 1 FROM \(isLeft ? r : l) WHERE \(condition))",
          type: .bool,
          mayBeNull: false, isAtom: true)
      ]
      let scope = isLeft ? leftScope : rightScope
      return close(result, node.columns.compactMap { column in scope[column.id].map { (column, $0) } })
    case .innerunique, .inner, .leftouter, .rightouter, .fullouter: break
    }
    let words: [JoinKind: String] = [
      .leftouter: "LEFT JOIN", .rightouter: "RIGHT JOIN", .fullouter: "FULL JOIN",
    ]
    let source = "\(l)\n\(words[node.kind] ?? "JOIN") \(r) ON \(condition)"
    var outputs: [(column: PlanColumn, value: SQLExpression)] = []
    for column in node.columns {
      let isLeft = leftScope[column.id] != nil
      guard var value = leftScope[column.id] ?? rightScope[column.id] else { continue }
      let mayMiss =
        node.kind == .fullouter || node.kind == .leftouter && !isLeft || node.kind == .rightouter && isLeft
      if mayMiss {
        value.mayBeNull = true
        value = expressions([:]).nonNull(value)
      }
      outputs.append((column, value))
    }
    return close(Relation(source: source, columns: []), outputs)
  }

  /// The first row of each key, as `innerunique` takes it of the left rows.
  private func firstOfEachKey(_ left: Relation, _ node: Joined) throws(DossierError) -> Relation {
    let expressions = expressions(left.scope)
    var keys: [String] = []
    for key in node.leftKeys { keys.append(try expressions.translate(key).text) }
    let place = hidden(.long)
    let order = left.order.isEmpty ? "" : " ORDER BY " + orderClause(left.order)
    let number = SQLExpression(
      text: "row_number() OVER (PARTITION BY \(keys.joined(separator: ", "))\(order))", type: .long,
      mayBeNull: false, isAtom: true)
    var numbered = close(
      left, kept(left, node.left.columns), hidden: [(place.name, number)], keepsOrder: false)
    numbered.tests = [
      SQLExpression(text: "\(place.column.text) = 1", type: .bool, mayBeNull: false, isAtom: false)
    ]
    return close(numbered, kept(numbered, node.left.columns))
  }
}
