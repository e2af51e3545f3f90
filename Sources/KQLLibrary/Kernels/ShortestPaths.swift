import Diagnostics
import KQLEngine

/// Shortest paths of a graph from one node, by breadth-first search.
///
/// Of several shortest paths to a node, the first is the one whose edges come first, step by step: edges that
/// leave a node before those that enter it, each in the order of their rows.
struct ShortestPaths {
  /// A path by its edges, and the nodes between its ends.
  struct Path {
    var target: Int
    var edges: [Int] = []
    var inner: [Int] = []
    /// Which of its choices each step took: the order of paths.
    var steps: [Int] = []
  }

  let data: GraphData
  let direction: GraphPattern.Direction
  /// The most edges.
  let maximum: Int
  /// Whether all paths of the least length are wanted, or the first.
  let wantsAll: Bool

  private func choices(_ node: Int) -> [(edge: Int, node: Int)] {
    var found: [(edge: Int, node: Int)] = []
    if direction != .left { found += data.outgoing[node].map { ($0, data.to[$0]) } }
    if direction != .right { found += data.incoming[node].map { ($0, data.from[$0]) } }
    return found
  }

  /// The paths of one edge or more to nodes that are `wanted`, in order. One that leads back to its own
  /// beginning takes no edge twice.
  func paths(
    from source: Int, to wanted: (Int) -> Bool, _ context: ExecutionContext
  ) throws(DossierError) -> [Path] {
    var found = try search(
      from: source, steps: choices(source).enumerated().map { ($0.offset, $0.element.edge, $0.element.node) },
      avoiding: nil, to: { $0 != source && wanted($0) }, context)
    if wanted(source) { found += try circles(source, context) }
    return found.sorted { $0.steps.lexicographicallyPrecedes($1.steps) }
  }

  /// The shortest ways from a node back to itself.
  private func circles(_ source: Int, _ context: ExecutionContext) throws(DossierError) -> [Path] {
    var found: [Path] = []
    for (number, first) in choices(source).enumerated() {
      if first.node == source {
        found.append(Path(target: source, edges: [first.edge], steps: [number]))
      } else {
        // What comes back must not do so over the edge that it left by.
        found += try search(
          from: source, steps: [(number, first.edge, first.node)], avoiding: first.edge, to: { $0 == source },
          context)
      }
    }
    guard let least = found.map(\.edges.count).min() else { return [] }
    found = found.filter { $0.edges.count == least }
    return wantsAll ? found : Array(found.prefix(1))
  }

  private func search(
    from source: Int, steps: [(number: Int, edge: Int, node: Int)], avoiding edge: Int?,
    to wanted: (Int) -> Bool, _ context: ExecutionContext
  ) throws(DossierError) -> [Path] {
    // Levels, and for each node the steps that first lead to it.
    var level: [Int: Int] = [:]
    var parents: [Int: [(node: Int, edge: Int, number: Int)]] = [:]
    var reached: [Int] = []
    var front: [Int] = []
    func reach(_ node: Int, from parent: Int, over edge: Int, _ number: Int, at depth: Int) {
      if let known = level[node] {
        if known == depth, wantsAll { parents[node]?.append((parent, edge, number)) }
        return
      }
      level[node] = depth
      parents[node] = [(parent, edge, number)]
      reached.append(node)
      front.append(node)
    }
    for step in steps { reach(step.node, from: -1, over: step.edge, step.number, at: 1) }
    var depth = 1
    while !front.isEmpty, depth < maximum {
      try context.checkpoint()
      let nodes = front
      front = []
      depth += 1
      for node in nodes where node != source {
        for (number, next) in choices(node).enumerated() where next.edge != edge {
          reach(next.node, from: node, over: next.edge, number, at: depth)
        }
      }
    }
    var found: [Path] = []
    var walked = 0
    func walk(_ node: Int, _ path: Path) throws(DossierError) {
      walked += 1
      if walked & 0xFF == 0 { try context.checkpoint() }
      for parent in parents[node] ?? [] {
        var longer = path
        longer.edges.append(parent.edge)
        longer.steps.append(parent.number)
        if parent.node < 0 {
          longer.edges.reverse()
          longer.steps.reverse()
          longer.inner.reverse()
          try context.charge(bytes: 64 + 24 * longer.edges.count)
          found.append(longer)
        } else {
          longer.inner.append(parent.node)
          try walk(parent.node, longer)
        }
      }
    }
    for node in reached where wanted(node) { try walk(node, Path(target: node)) }
    return found
  }
}
