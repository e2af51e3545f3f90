import KQLEngine

/// All rules, in the order in which they run.
public let allRules: [RewriteRule] = []
