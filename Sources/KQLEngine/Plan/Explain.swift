import Columnar
import Diagnostics

/// An expression as text, for `explain`.
func explain(_ expression: BoundExpression, _ columns: [PlanColumn]) -> String {
  func show(_ inner: BoundExpression) -> String {
    switch inner.kind {
    case .arithmetic, .comparison, .and, .or, .stringMatch: "(" + explain(inner, columns) + ")"
    default: explain(inner, columns)
    }
  }
  switch expression.kind {
  case .constant(let value):
    if case .string(let text) = value { return "\"\(text)\"" }
    return value.isNull ? "null" : value.text
  case .column(let id): return columns.first { $0.id == id }?.name ?? "#\(id.number)"
  case .call(let function, let arguments):
    return function.name + "(" + arguments.map { explain($0, columns) }.joined(separator: ", ") + ")"
  case .arithmetic(let op, let a, let b): return show(a) + " \(op.rawValue) " + show(b)
  case .comparison(let op, let a, let b): return show(a) + " \(op.rawValue) " + show(b)
  case .stringMatch(let match, let a, let b):
    let name = (match.isNegated ? "!" : "") + match.kind.rawValue + (match.isCaseSensitive ? "_cs" : "")
    return show(a) + " \(name) " + show(b)
  case .list(let match, let negated, let value, let items):
    return show(value) + (negated ? " !" : " ") + "\(match) ("
      + items.map { explain($0, columns) }.joined(separator: ", ") + ")"
  case .inTable(_, let negated, let value, let table):
    return show(value) + (negated ? " !in" : " in") + " #\(table.number)"
  case .and(let a, let b): return show(a) + " and " + show(b)
  case .or(let a, let b): return show(a) + " or " + show(b)
  case .not(let a): return "not(" + explain(a, columns) + ")"
  case .convert(let a): return "to_\(expression.type.rawValue)(" + explain(a, columns) + ")"
  case .member(let a, let key): return show(a) + "." + key
  case .index(let a, let b): return show(a) + "[" + explain(b, columns) + "]"
  case .scalar(let subquery): return "toscalar(#\(subquery.number))"
  case .erroneous: return "?"
  }
}

/// A plan as a tree of lines, inputs indented below what reads them.
func explain(_ plan: any LogicalNode, indent: Int = 0) -> String {
  let detail = plan.detail
  let line = String(repeating: "  ", count: indent) + plan.title + (detail.isEmpty ? "" : " " + detail)
  return ([line] + plan.inputs.map { explain($0, indent: indent + 1) }).joined(separator: "\n")
}
