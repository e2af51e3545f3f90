import KQLEngine

/// All rules, in the order in which they run.
///
/// Filters go down first, so that what stands above them sees fewer rows; then limits meet the sorts that they
/// turn into top-k; columns are cut last, when no rule moves expressions any more.
public let allRules: [RewriteRule] = [
  filterPushdown,
  limitPushdown,
  columnPruning,
]
