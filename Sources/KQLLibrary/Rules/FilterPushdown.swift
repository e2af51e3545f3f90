import Columnar
import KQLEngine

/// Moves filters toward the tables: below projections, sorts, unions, and into the sides of joins.
///
/// A predicate moves only when it always gives the same for equal rows, and never past what numbers rows or picks
/// some of them (`Window`, `Limit`, `Sample`), nor to the left of `innerunique`, which keeps one row a key.
let filterPushdown = RewriteRule.local("FilterPushdown") { node in
  guard let filter = node as? Filter, filter.predicate.isPure else { return nil }
  switch filter.input {
  case let inner as Filter where inner.predicate.isPure:
    guard let both = BoundExpression.conjunction(inner.predicate.conjuncts + filter.predicate.conjuncts)
    else { return nil }
    return Filter(input: inner.input, predicate: both)
  case let project as Project:
    return throughProject(filter, project)
  case let sort as Ordered where sort.limit == nil:
    return Ordered(input: Filter(input: sort.input, predicate: filter.predicate), keys: sort.keys, limit: nil)
  case let serialized as Serialized:
    return Serialized(input: Filter(input: serialized.input, predicate: filter.predicate))
  case let alias as Alias:
    let inner = Dictionary(
      zip(alias.columns.map(\.id), alias.inner), uniquingKeysWith: { first, _ in first })
    let moved = filter.predicate.replacingColumns { id in
      inner[id].map {
        BoundExpression(.column($0), type: type(of: id, in: alias.columns), span: filter.predicate.span)
      }
    }
    return alias.withInputs([Filter(input: alias.input, predicate: moved)])
  case let join as Joined:
    return throughJoin(filter, join)
  case let union as Concatenated:
    return throughUnion(filter, union)
  case let groups as Aggregated where !groups.keys.isEmpty:
    return split(filter, over: groups, allowed: Set(groups.keys.map(\.id)))
  case let expanded as Expanded where expanded.limit == nil:
    let made = Set(expanded.expansions.map(\.column.id)).union(expanded.index.map { [$0.id] } ?? [])
    let own = Set(expanded.columns.map(\.id)).subtracting(made)
    return split(filter, over: expanded, allowed: own)
  default: return nil
  }
}

private func type(of id: ColumnID, in columns: [PlanColumn]) -> ScalarType {
  columns.first { $0.id == id }?.type ?? .dynamic
}

private func throughProject(_ filter: Filter, _ project: Project) -> (any LogicalNode)? {
  // rand() goes by the row's number: it must see the rows that it would see without the rule.
  guard project.outputs.allSatisfy(\.value.isPure) else { return nil }
  let used = filter.predicate.columns
  var values: [ColumnID: BoundExpression] = [:]
  for output in project.outputs where used.contains(output.column.id) {
    values[output.column.id] = output.value
  }
  // A column used twice doubles its expression at each projection passed: stop before that grows.
  guard size(filter.predicate, values) <= 300 else { return nil }
  let moved = filter.predicate.replacingColumns { values[$0] }
  return Project(input: Filter(input: project.input, predicate: moved), outputs: project.outputs)
}

/// How many nodes an expression has once columns are replaced.
private func size(_ expression: BoundExpression, _ values: [ColumnID: BoundExpression]) -> Int {
  if let id = expression.column, let value = values[id] { return size(value, [:]) }
  return expression.operands.reduce(1) { $0 + size($1, values) }
}

/// Moves the conjuncts that read only `allowed` columns below a node with one input.
private func split(_ filter: Filter, over node: any LogicalNode, allowed: Set<ColumnID>) -> (any LogicalNode)?
{
  let parts = filter.predicate.conjuncts
  let below = parts.filter { !$0.columns.isEmpty && $0.columns.isSubset(of: allowed) }
  guard let moved = BoundExpression.conjunction(below), let input = node.inputs.first else { return nil }
  let stays = parts.filter { $0.columns.isEmpty || !$0.columns.isSubset(of: allowed) }
  let inner = node.withInputs([Filter(input: input, predicate: moved)])
  return BoundExpression.conjunction(stays).map { Filter(input: inner, predicate: $0) } ?? inner
}

private func throughJoin(_ filter: Filter, _ join: Joined) -> (any LogicalNode)? {
  let leftIDs = Set(join.left.columns.map(\.id))
  let rightIDs = Set(join.right.columns.map(\.id))
  let intoLeft: Bool
  let intoRight: Bool
  switch join.kind {
  case .inner: (intoLeft, intoRight) = (true, true)
  case .leftouter, .leftsemi, .leftanti: (intoLeft, intoRight) = (true, false)
  case .rightouter, .rightsemi, .rightanti: (intoLeft, intoRight) = (false, true)
  case .innerunique: (intoLeft, intoRight) = (false, false)
  case .fullouter: (intoLeft, intoRight) = (false, false)
  }
  var left: [BoundExpression] = []
  var right: [BoundExpression] = []
  var stays: [BoundExpression] = []
  for part in filter.predicate.conjuncts {
    let used = part.columns
    if intoLeft, !used.isEmpty, used.isSubset(of: leftIDs) {
      left.append(part)
    } else if intoRight, !used.isEmpty, used.isSubset(of: rightIDs) {
      right.append(part)
    } else {
      stays.append(part)
    }
  }
  if left.isEmpty, right.isEmpty { return nil }
  let inner = join.withInputs([
    BoundExpression.conjunction(left).map { Filter(input: join.left, predicate: $0) } ?? join.left,
    BoundExpression.conjunction(right).map { Filter(input: join.right, predicate: $0) } ?? join.right,
  ])
  return BoundExpression.conjunction(stays).map { Filter(input: inner, predicate: $0) } ?? inner
}

private func throughUnion(_ filter: Filter, _ union: Concatenated) -> (any LogicalNode)? {
  let offset = union.hasSource ? 1 : 0
  if union.hasSource, filter.predicate.columns.contains(union.columns[0].id) { return nil }
  let parts = union.parts.enumerated().map { index, part in
    let moved = filter.predicate.replacingColumns { id in
      guard let position = union.columns.firstIndex(where: { $0.id == id }) else { return nil }
      let column = union.columns[position]
      if let own = union.ids[position - offset][index] {
        return BoundExpression(.column(own), type: column.type, span: filter.predicate.span)
      }
      let missing: Value = column.type == .string ? .string("") : .null
      return .constant(missing, column.type, at: filter.predicate.span)
    }
    return Filter(input: part, predicate: moved) as any LogicalNode
  }
  return union.withInputs(parts)
}
