import KQLEngine

/// Brings limits to the sorts below them, which then keep only the first rows, and past projections.
let limitPushdown = RewriteRule.local("LimitPushdown") { node in
  guard let limit = node as? Limit else { return nil }
  switch limit.input {
  case let inner as Limit: return Limit(input: inner.input, count: min(limit.count, inner.count))
  case let sort as Ordered:
    return Ordered(input: sort.input, keys: sort.keys, limit: min(limit.count, sort.limit ?? limit.count))
  case let project as Project where project.outputs.allSatisfy(\.value.isPure):
    return Project(input: Limit(input: project.input, count: limit.count), outputs: project.outputs)
  default: return nil
  }
}

/// Cuts columns that nobody reads, down to the tables: what a query doesn't name is not read.
let columnPruning = RewriteRule("ColumnPruning") { plan in plan.pruned(to: Set(plan.columns.map(\.id))) }
