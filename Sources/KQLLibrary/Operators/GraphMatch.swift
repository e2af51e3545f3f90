import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// A pattern of nodes and edges: `(a)-[e*1..5]->(b)<--(c)`.
struct GraphPattern: Equatable {
  enum Direction: String { case right, left, any }
  struct Edge: Equatable {
    let name: Name?
    let direction: Direction
    let minimum: Int
    let maximum: Int
    let isPath: Bool
  }
  let nodes: [Name?]
  let edges: [Edge]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> GraphPattern {
    var nodes = [try node(&cursor)]
    var edges: [Edge] = []
    while cursor.at("-") || cursor.at("<") || cursor.at("-->") {
      edges.append(try edge(&cursor))
      nodes.append(try node(&cursor))
    }
    return GraphPattern(nodes: nodes, edges: edges)
  }

  private static func node(_ cursor: inout TokenCursor) throws(DossierError) -> Name? {
    try cursor.expect("(")
    let name = cursor.takeName()
    try cursor.expect(")")
    return name
  }

  private static func edge(_ cursor: inout TokenCursor) throws(DossierError) -> Edge {
    if cursor.take("-->") { return Edge(name: nil, direction: .right, minimum: 1, maximum: 1, isPath: false) }
    let isLeft = cursor.take("<")
    try cursor.expect("-")
    var name: Name?
    var bounds = (1, 1)
    var isPath = false
    if cursor.take("[") {
      name = cursor.takeName()
      if cursor.take("*") {
        isPath = true
        let low = try cursor.expectInteger("the shortest path")
        try cursor.expect("..")
        let high = try cursor.expectInteger("the longest path")
        guard low.value >= 0, high.value >= low.value, high.value <= 100 else {
          throw DossierError(
            .badRange, "a path's length is given as *shortest..longest, up to 100", at: high.span,
            hint: "*1..5")
        }
        bounds = (Int(low.value), Int(high.value))
      }
      try cursor.expect("]")
    }
    try cursor.expect("-")
    let isRight = !isLeft && cursor.take(">")
    return Edge(
      name: name, direction: isLeft ? .left : (isRight ? .right : .any), minimum: bounds.0, maximum: bounds.1,
      isPath: isPath)
  }

  func print(to printer: inout SyntaxPrinter) {
    for (index, node) in nodes.enumerated() {
      if index > 0 {
        let edge = edges[index - 1]
        printer.write(edge.direction == .left ? "<-[" : "-[")
        if let name = edge.name { printer.name(name) }
        if edge.isPath { printer.write("*\(edge.minimum)..\(edge.maximum)") }
        printer.write(edge.direction == .right ? "]->" : "]-")
      }
      printer.write("(")
      if let node { printer.name(node) }
      printer.write(")")
    }
  }
}

/// What `graph-match` and `graph-shortest-paths` share.
struct GraphClause: Equatable {
  let parameters: [StepParameter]
  let patterns: [GraphPattern]
  let condition: Expression?
  let items: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor, _ names: [String]) throws(DossierError) -> GraphClause {
    let parameters = try cursor.takeParameters(names)
    let patterns = try cursor.parseList { cursor throws(DossierError) in try GraphPattern.parse(&cursor) }
    let condition = cursor.take(word: "where") ? try cursor.parseExpression() : nil
    try cursor.expect(word: "project")
    let items = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() }
    return GraphClause(parameters: parameters, patterns: patterns, condition: condition, items: items)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.parameters(parameters)
    printer.list(patterns) { $1.print(to: &$0) }
    if let condition {
      printer.write(" where ")
      printer.expression(condition)
    }
    printer.write(" project ")
    printer.list(items) { $0.named($1) }
  }

  private func word(_ name: String) -> String? {
    for parameter in parameters where parameter.name.text == name {
      if case .name(let word) = parameter.value.kind { return word.text }
    }
    return nil
  }

  func bind(_ graph: Graph, shortest: Bool, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    var nodeNames: [String] = []
    var hops: [Matched.Hop] = []
    var nodeColumns: [[PlanColumn]] = []
    func nodeNumber(_ name: Name?) -> Int {
      if let name, let known = nodeNames.firstIndex(of: name.text) { return known }
      nodeNames.append(name?.text ?? "")
      nodeColumns.append(
        graph.nodeColumns.map { old in
          var fresh = binder.column(old.name, old.type)
          fresh.isHidden = old.isHidden
          return fresh
        })
      return nodeNames.count - 1
    }
    var qualified: [(name: String, columns: [PlanColumn])] = []
    for pattern in patterns {
      var left = nodeNumber(pattern.nodes[0])
      for (index, edge) in pattern.edges.enumerated() {
        let right = nodeNumber(pattern.nodes[index + 1])
        let columns = edge.isPath ? [] : graph.edges.visibleColumns.map { binder.column($0.name, $0.type) }
        hops.append(
          Matched.Hop(name: edge.name?.text ?? "", edge: edge, left: left, right: right, columns: columns))
        if let name = edge.name, !edge.isPath { qualified.append((name.text, columns)) }
        left = right
      }
    }
    for (index, name) in nodeNames.enumerated() where !name.isEmpty {
      qualified.append((name, nodeColumns[index]))
    }
    let paths = PathCollector()
    var scope = RowScope([], qualified: qualified)
    scope.special = {
      (call: Call, span: SourceSpan, binder: Binder) throws(DossierError) -> BoundExpression? in
      try pathCall(call, span, graph, hops, nodeNames, nodeColumns, paths, binder)
    }
    var test: BoundExpression?
    if let condition { test = try binder.asBool(try binder.bind(condition, in: scope), for: "where") }
    let named = items.map { item -> NamedExpression in
      guard item.names.isEmpty, case .call(let call) = item.value.kind,
        ["node_degree_out", "node_degree_in", "node_id"].contains(call.name.text)
      else { return item }
      return NamedExpression(names: [call.name], value: item.value)
    }
    let outputs = binder.bindOutputs(named, in: scope, naming: .numbered)
    let cycles = word("cycles") ?? "unique_edges"
    guard ["all", "none", "unique_edges"].contains(cycles) else {
      throw DossierError(.unknownKind, "cycles is all, none or unique_edges", at: parameters.first?.name.span)
    }
    let matched = Matched(
      graph: graph, hops: hops, nodeColumns: nodeColumns, paths: paths.columns, condition: test,
      cycles: cycles,
      shortest: shortest ? word("output") ?? "any" : nil)
    return Project(input: matched, outputs: outputs)
  }
}

/// Columns made of paths, gathered while expressions are bound.
final class PathCollector {
  var columns: [Matched.PathColumn] = []
}

/// `map(e, x)`, `all(…)`, `any(…)`, `node_id(n)` and the degrees, within a graph operator.
private func pathCall(
  _ call: Call, _ span: SourceSpan, _ graph: Graph, _ hops: [Matched.Hop], _ nodeNames: [String],
  _ nodeColumns: [[PlanColumn]], _ paths: PathCollector, _ binder: Binder
) throws(DossierError) -> BoundExpression? {
  func property(_ columns: [PlanColumn], _ name: String) -> BoundExpression? {
    columns.first { $0.name == name }.map { .column($0, at: span) }
  }
  let properties = ["node_id": "node_id()", "node_degree_out": "out()", "node_degree_in": "in()"]
  if let hidden = properties[call.name.text], let first = call.arguments.first {
    guard case .name(let name) = first.value.kind, let node = nodeNames.firstIndex(of: name.text) else {
      throw DossierError(
        .wrongShape, "\(call.name.text)() takes a node of the pattern", at: first.value.span)
    }
    return property(nodeColumns[node], hidden)
  }
  guard ["map", "all", "any"].contains(call.name.text), call.arguments.count == 2 else { return nil }
  var onNodes = false
  var subject = call.arguments[0].value
  if case .call(let inner) = subject.kind, inner.name.text == "inner_nodes", let first = inner.arguments.first
  {
    onNodes = true
    subject = first.value
  }
  guard case .name(let name) = subject.kind, let hop = hops.firstIndex(where: { $0.name == name.text }) else {
    throw DossierError(
      .wrongShape, "\(call.name.text)() takes an edge of the pattern, or inner_nodes() of one",
      at: subject.span)
  }
  var scope = RowScope(onNodes ? graph.nodeColumns : graph.edges.columns)
  scope.special = { (inner: Call, span: SourceSpan, _: Binder) throws(DossierError) -> BoundExpression? in
    guard onNodes, let hidden = properties[inner.name.text], inner.arguments.isEmpty else { return nil }
    return property(graph.nodeColumns, hidden)
  }
  var value = try binder.bind(call.arguments[1].value, in: scope)
  if value.isErroneous { return value }
  if call.name.text != "map" { value = try binder.asBool(value, for: call.name.text) }
  let column = binder.column(call.name.text, call.name.text == "map" ? .dynamic : .bool)
  paths.columns.append(
    Matched.PathColumn(column: column, kind: call.name.text, hop: hop, onNodes: onNodes, value: value))
  return .column(column, at: span)
}

/// `G | graph-match (a)-[e]->(b) where … project …`: a row for each place where the pattern fits.
///
/// - Order: by the first node, then edge by edge in the order of the edges' rows.
/// - Cycles: an edge stands once in a match; `cycles=none` says so of nodes, `cycles=all` allows both.
/// - Source: KQL reference, "graph-match operator".
struct GraphMatch: QueryOperator, Equatable {
  static let keywords = ["graph-match"]
  static let summary = "Finds the places in a graph where a pattern fits."
  static let syntax =
    "G | graph-match [cycles=all|none|unique_edges] (a)-[e]->(b) where condition project column, …"
  static let examples = [
    Example(
      "datatable(a:string, b:string)['x', 'y', 'y', 'z'] | make-graph a --> b with_node_id=id | graph-match (p)-[e*1..3]->(q) where q.id == 'z' project p.id, n = array_length(map(e, b))",
      "p_id:string  n:long\nx  2\ny  1")
  ]
  let place: Place
  let clause: GraphClause

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> GraphMatch {
    let keyword = cursor.takeKeyword()
    return GraphMatch(place: keyword.place, clause: try GraphClause.parse(&cursor, ["cycles"]))
  }
  func print(to printer: inout SyntaxPrinter) {
    printer.write("graph-match ")
    clause.print(to: &printer)
  }
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    try clause.bind(try requiredGraph(input, "graph-match", at: place.span), shortest: false, binder)
  }
}

/// `G | graph-shortest-paths (a)-[e*1..5]->(b) where … project …`: the shortest paths between pairs of nodes.
///
/// - Output: one path a pair of first and last node; with `output=all` all of the least length.
/// - Source: KQL reference, "graph-shortest-paths operator".
struct GraphShortestPaths: QueryOperator, Equatable {
  static let keywords = ["graph-shortest-paths"]
  static let summary = "Finds the shortest paths between nodes of a graph."
  static let syntax =
    "G | graph-shortest-paths [output=any|all] (a)-[e*1..5]->(b) where condition project column, …"
  static let examples = [
    Example(
      "datatable(a:string, b:string)['x', 'y', 'y', 'z', 'x', 'z'] | make-graph a --> b with_node_id=id | graph-shortest-paths (p)-[e*1..3]->(q) where p.id == 'x' and q.id == 'z' project n = array_length(map(e, b))",
      "n:long\n1")
  ]
  let place: Place
  let clause: GraphClause

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> GraphShortestPaths {
    let keyword = cursor.takeKeyword()
    return GraphShortestPaths(
      place: keyword.place, clause: try GraphClause.parse(&cursor, ["output", "cycles"]))
  }
  func print(to printer: inout SyntaxPrinter) {
    printer.write("graph-shortest-paths ")
    clause.print(to: &printer)
  }
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    try clause.bind(try requiredGraph(input, "graph-shortest-paths", at: place.span), shortest: true, binder)
  }
}

/// The places in a graph where a pattern fits.
public struct Matched: LogicalNode {
  struct Hop: Sendable {
    let name: String
    let edge: GraphPattern.Edge
    let left: Int
    let right: Int
    let columns: [PlanColumn]
  }
  struct PathColumn: Sendable {
    let column: PlanColumn
    let kind: String
    let hop: Int
    let onNodes: Bool
    let value: BoundExpression
  }
  let graph: Graph
  let hops: [Hop]
  let nodeColumns: [[PlanColumn]]
  let paths: [PathColumn]
  let condition: BoundExpression?
  let cycles: String
  let shortest: String?
  /// `GraphMatch`
  public let title = "GraphMatch"
  /// How many nodes and edges the pattern has.
  public var detail: String { "\(nodeColumns.count) nodes, \(hops.count) edges" }
  /// The graph.
  public var inputs: [any LogicalNode] { [graph] }
  /// Properties of the pattern's nodes and edges, and what is made of paths.
  public var columns: [PlanColumn] {
    nodeColumns.flatMap { $0 } + hops.flatMap(\.columns) + paths.map(\.column)
  }
  /// Matches have no promised order.
  public let isSerialized = false
  /// The same over another graph.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Matched(
      graph: inputs[0] as? Graph ?? graph, hops: hops, nodeColumns: nodeColumns, paths: paths,
      condition: condition,
      cycles: cycles, shortest: shortest)
  }
  /// Builds the graph, then searches it.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    MatchExec(plan: self, data: try GraphData(graph, builder))
  }
}

/// Places in a graph where a pattern fits, in a few long arrays.
private struct Matches {
  /// Lists of numbers, one after the other.
  private struct Lists {
    private var items: [Int] = []
    private var ends: [Int] = [0]
    mutating func append(_ list: [Int]) {
      items += list
      ends.append(items.count)
    }
    subscript(place: Int) -> ArraySlice<Int> { items[ends[place]..<ends[place + 1]] }
  }
  private var hopCount = 0
  private var nodes = Lists()
  private var edges = Lists()
  private var inner = Lists()
  private(set) var count = 0

  /// Adds the nodes of a match, and the edges and inner nodes of each of its hops; gives the bytes that takes.
  mutating func append(nodes: [Int], edges: [[Int]], inner: [[Int]]) -> Int {
    hopCount = edges.count
    count += 1
    self.nodes.append(nodes)
    for list in edges { self.edges.append(list) }
    for list in inner { self.inner.append(list) }
    let numbers = edges.reduce(0) { $0 + $1.count } + inner.reduce(0) { $0 + $1.count }
    return 8 * (nodes.count + 1 + 2 * edges.count + numbers)
  }

  func nodes(_ match: Int) -> ArraySlice<Int> { nodes[match] }
  func node(_ match: Int, _ place: Int) -> Int {
    let all = nodes[match]
    return all[all.startIndex + place]
  }
  func edges(_ match: Int, _ hop: Int) -> ArraySlice<Int> { edges[match * hopCount + hop] }
  func inner(_ match: Int, _ hop: Int) -> ArraySlice<Int> { inner[match * hopCount + hop] }
  /// How many edges there are in all hops.
  func length(_ match: Int) -> Int { (0..<hopCount).reduce(0) { $0 + edges(match, $1).count } }
}

private final class MatchExec: PhysicalOperator {
  private let plan: Matched
  private let data: GraphData
  private var result: BatchesExec?
  /// What has been found and is not yet among the batches.
  private var matches = Matches()
  private var batches: [RowBatch] = []
  private var found = 0
  /// For the shortest paths: the matches of each batch, and which of them are its rows.
  private var kept: [(matches: Matches, rows: [Int])] = []
  private var pathValues: [ColumnVector] = []
  private var steps = 0

  init(plan: Matched, data: GraphData) {
    self.plan = plan
    self.data = data
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil {
      pathValues = try pathValues(context)
      do throws(DossierError) {
        try search(context)
        try makeRows(context)
      } catch {
        context.discard(batches)
        throw error
      }
      if let output = plan.shortest { try keepShortest(output, context) }
      result = BatchesExec(batches)
      batches = []
    }
    return try result?.next(context)
  }

  /// How many matches are made rows together; the evaluation can be cancelled in between.
  private static let matchesATime = 16_384

  private func add(
    _ nodes: [Int], _ edges: [[Int]], _ inner: [[Int]], _ context: ExecutionContext
  ) throws(DossierError) {
    try context.charge(bytes: matches.append(nodes: nodes, edges: edges, inner: inner))
    if matches.count == Self.matchesATime { try makeRows(context) }
  }

  /// Makes rows of the matches found since the last time.
  private func makeRows(_ context: ExecutionContext) throws(DossierError) {
    try context.checkpoint()
    guard matches.count > 0 else { return }
    var batch = rows(context)
    var own = Array(0..<matches.count)
    if let condition = plan.condition {
      let evaluator = Evaluator(layout: makeLayout(plan.columns))
      own = selectedRows(try evaluator.evaluate(condition, batch, firstRow: found, context))
      batch = batch.gather(own)
    }
    found += matches.count
    batches.append(batch)
    if plan.shortest != nil { kept.append((matches, own)) }
    matches = Matches()
  }

  /// Leaves, of the matches from one node to another, the shortest ones or the first of these.
  private func keepShortest(_ output: String, _ context: ExecutionContext) throws(DossierError) {
    guard !batches.isEmpty else { return }
    let all = kept.flatMap { part in
      part.rows.map { row in
        let nodes = part.matches.nodes(row)
        return (ends: [nodes.first ?? 0, nodes.last ?? 0], length: part.matches.length(row))
      }
    }
    var best: [[Int]: Int] = [:]
    for match in all { best[match.ends] = min(best[match.ends] ?? Int.max, match.length) }
    var given: Set<[Int]> = []
    let shown = all.indices.filter { row in
      best[all[row].ends] == all[row].length && (output == "all" || given.insert(all[row].ends).inserted)
    }
    batches = [RowBatch.concatenate(batches, schema: makeSchema(plan.columns)).gather(shown)]
  }

  /// For each node of the pattern, the nodes that conditions on it alone allow.
  private func masks(_ context: ExecutionContext) throws(DossierError) -> [[Bool]] {
    var masks = plan.nodeColumns.map { _ in [Bool](repeating: true, count: data.nodeRows.count) }
    for part in plan.condition?.conjuncts ?? [] where part.isPure {
      for (node, columns) in plan.nodeColumns.enumerated()
      where !part.columns.isEmpty && part.columns.isSubset(of: Set(columns.map(\.id))) {
        let evaluator = Evaluator(layout: makeLayout(columns))
        let vector = try evaluator.evaluate(part, data.nodeRows, firstRow: 0, context)
        var allowed = [Bool](repeating: false, count: data.nodeRows.count)
        for row in selectedRows(vector) where masks[node][row] { allowed[row] = true }
        masks[node] = allowed
      }
    }
    return masks
  }

  /// Whether the shortest paths of pairs can be looked for as such: one hop of one edge or more, and a condition on
  /// its ends alone.
  private var isPlainPath: Bool {
    guard plan.shortest != nil, plan.hops.count == 1, plan.hops[0].edge.minimum <= 1 else { return false }
    let ends = Set(plan.nodeColumns.flatMap { $0.map(\.id) })
    return plan.condition.map { $0.isPure && $0.columns.isSubset(of: ends) } ?? true
  }

  private func searchPaths(_ allowed: [[Bool]], _ context: ExecutionContext) throws(DossierError) {
    let hop = plan.hops[0]
    let paths = ShortestPaths(
      data: data, direction: hop.edge.direction, maximum: hop.edge.maximum,
      wantsAll: plan.shortest == "all")
    for source in 0..<data.nodeRows.count where allowed[hop.left][source] {
      // One name for both ends is one node; without cycles, the ends differ.
      let isLoop = hop.left == hop.right
      func isWanted(_ node: Int) -> Bool {
        if node == source { return allowed[hop.right][node] && (isLoop || plan.cycles != "none") }
        return !isLoop && allowed[hop.right][node]
      }
      func add(_ target: Int, _ edges: [Int], _ inner: [Int]) throws(DossierError) {
        var nodes = [Int](repeating: source, count: plan.nodeColumns.count)
        nodes[hop.right] = target
        try self.add(nodes, [edges], [inner], context)
      }
      if hop.edge.minimum == 0, allowed[hop.right][source] { try add(source, [], []) }
      let isOpen: (Int) -> Bool = { isWanted($0) && ($0 != source || hop.edge.minimum > 0) }
      for path in try paths.paths(from: source, to: isOpen, context) {
        try add(path.target, path.edges, path.inner)
      }
    }
  }

  private func search(_ context: ExecutionContext) throws(DossierError) {
    let allowed = try masks(context)
    if isPlainPath { return try searchPaths(allowed, context) }
    var nodes = [Int](repeating: -1, count: plan.nodeColumns.count)
    var edges = [[Int]](repeating: [], count: plan.hops.count)
    var inner = [[Int]](repeating: [], count: plan.hops.count)
    var usedEdges: Set<Int> = []
    var usedNodes: [Int: Int] = [:]

    func isFree(_ node: Int) -> Bool { plan.cycles != "none" || usedNodes[node] == nil }
    func enter(_ node: Int) { usedNodes[node, default: 0] += 1 }
    func leave(_ node: Int) {
      usedNodes[node, default: 1] -= 1
      if usedNodes[node] == 0 { usedNodes[node] = nil }
    }
    func hop(_ number: Int) throws(DossierError) {
      guard number < plan.hops.count else {
        try add(nodes, edges, inner, context)
        return
      }
      let next = plan.hops[number]
      if nodes[next.left] < 0 {
        // A pattern of its own: starts anywhere.
        for node in 0..<data.nodeRows.count where allowed[next.left][node] && isFree(node) {
          nodes[next.left] = node
          enter(node)
          try walk(number, at: node, length: 0)
          leave(node)
        }
        nodes[next.left] = -1
      } else {
        try walk(number, at: nodes[next.left], length: 0)
      }
    }
    func walk(_ number: Int, at node: Int, length: Int) throws(DossierError) {
      steps += 1
      if steps & 0x3FF == 0 { try context.checkpoint() }
      let next = plan.hops[number]
      if length >= next.edge.minimum, length > 0 || next.edge.minimum == 0 {
        if nodes[next.right] < 0 {
          if allowed[next.right][node] {
            nodes[next.right] = node
            try hop(number + 1)
            nodes[next.right] = -1
          }
        } else if nodes[next.right] == node {
          try hop(number + 1)
        }
      }
      guard length < next.edge.maximum else { return }
      var choices: [(edge: Int, node: Int)] = []
      if next.edge.direction != .left { choices += data.outgoing[node].map { ($0, data.to[$0]) } }
      if next.edge.direction != .right { choices += data.incoming[node].map { ($0, data.from[$0]) } }
      for (edge, target) in choices {
        if plan.cycles != "all", usedEdges.contains(edge) { continue }
        let closes = nodes[next.right] == target
        if !closes, !isFree(target) { continue }
        let fresh = usedEdges.insert(edge).inserted
        if !closes { enter(target) }
        edges[number].append(edge)
        if length > 0 { inner[number].append(node) }
        try walk(number, at: target, length: length + 1)
        if length > 0 { inner[number].removeLast() }
        edges[number].removeLast()
        if !closes { leave(target) }
        if fresh { usedEdges.remove(edge) }
      }
    }
    if plan.hops.isEmpty {
      for node in 0..<data.nodeRows.count where allowed[0][node] { try add([node], [], [], context) }
    } else {
      try hop(0)
    }
  }

  /// What each path column takes of every edge, or every node.
  private func pathValues(_ context: ExecutionContext) throws(DossierError) -> [ColumnVector] {
    var values: [ColumnVector] = []
    for path in plan.paths {
      let source = path.onNodes ? data.nodeRows : data.edgeRows
      let layout = makeLayout(path.onNodes ? plan.graph.nodeColumns : plan.graph.edges.columns)
      values.append(try Evaluator(layout: layout).evaluate(path.value, source, firstRow: 0, context))
    }
    return values
  }

  private func rows(_ context: ExecutionContext) -> RowBatch {
    let some = 0..<matches.count
    var columns: [ColumnVector] = []
    for node in plan.nodeColumns.indices {
      let picks = some.map { matches.node($0, node) }
      columns += data.nodeRows.columns.map { $0.gather(picks) }
    }
    let edgeLayout = makeLayout(plan.graph.edges.columns)
    for (number, hop) in plan.hops.enumerated() where !hop.columns.isEmpty {
      let picks = some.map { matches.edges($0, number).first ?? -1 }
      for column in plan.graph.edges.visibleColumns {
        if let position = edgeLayout[column.id] {
          columns.append(data.edgeRows.columns[position].gather(picks))
        }
      }
    }
    for (path, values) in zip(plan.paths, pathValues) {
      let lists = some.map { path.onNodes ? matches.inner($0, path.hop) : matches.edges($0, path.hop) }
      func holds(_ row: Int) -> Bool {
        if case .bool(true) = values.value(row) { return true }
        return false
      }
      switch path.kind {
      case "all": columns.append(ColumnVector(bools: lists.map { $0.allSatisfy(holds) }))
      case "any": columns.append(ColumnVector(bools: lists.map { $0.contains(where: holds) }))
      default:
        columns.append(ColumnVector(dynamics: lists.map { .array($0.map { values.value($0).asDynamic }) }))
      }
    }
    var lineage: [Lineage]?
    if context.settings.wantsLineage {
      lineage = some.map { match in
        var traced = Lineage()
        for node in matches.nodes(match) + plan.hops.indices.flatMap({ matches.inner(match, $0) }) {
          if let known = data.nodeRows.lineage?[node] { traced.formUnion(known) }
        }
        for edge in plan.hops.indices.flatMap({ matches.edges(match, $0) }) {
          if let known = data.edgeRows.lineage?[edge] { traced.formUnion(known) }
        }
        return traced
      }
    }
    return RowBatch(columns: columns, count: some.count, lineage: lineage)
  }
}

/// Functions that only the patterns of `graph-match` and `graph-shortest-paths` know; `pathCall` gives them meaning.
let graphFunctions: [ReferenceEntry] = [
  graphFunction(
    "map", "map(edge, value), map(inner_nodes(edge), value)",
    "The value for each edge of a path, or for each node within it, as an array.",
    Example(
      chain + "graph-match (p)-[e*2..2]->(q) project v = map(e, strcat(a, b))", "v:dynamic\n[\"xy\",\"yz\"]")),
  graphFunction(
    "all", "all(edge, condition), all(inner_nodes(edge), condition)",
    "Whether a condition holds for every edge of a path, or for every node within it.",
    Example(chain + "graph-match (p)-[e*1..2]->(q) where all(e, a != 'y') project v = q.id", "v:string\ny")),
  graphFunction(
    "any", "any(edge, condition), any(inner_nodes(edge), condition)",
    "Whether a condition holds for some edge of a path, or for some node within it.",
    Example(
      chain + "graph-match (p)-[e*1..2]->(q) where any(inner_nodes(e), id == 'y') project v = q.id",
      "v:string\nz")),
  graphFunction(
    "inner_nodes", "inner_nodes(edge)", "The nodes of a path between its first and its last.",
    Example(
      chain + "graph-match (p)-[e*2..2]->(q) project v = map(inner_nodes(e), id)", "v:dynamic\n[\"y\"]")),
  graphFunction(
    "node_id", "node_id(node)", "The id of a node, as text.",
    Example(chain + "graph-match (p)-[e]->(q) project v = node_id(q)", "v:string\ny\nz")),
  graphFunction(
    "node_degree_in", "node_degree_in(node)", "How many edges end in a node.",
    Example(
      chain + "graph-match (p)-[e]->(q) project q.id, v = node_degree_in(q)",
      "q_id:string  v:long\ny  1\nz  1")),
  graphFunction(
    "node_degree_out", "node_degree_out(node)", "How many edges begin in a node.",
    Example(
      chain + "graph-match (p)-[e]->(q) project q.id, v = node_degree_out(q)",
      "q_id:string  v:long\ny  1\nz  0")),
]

private let chain =
  "datatable(a:string, b:string)['x', 'y', 'y', 'z'] | make-graph a --> b with_node_id=id | "

private func graphFunction(
  _ name: String, _ syntax: String, _ summary: String, _ example: Example
) -> ReferenceEntry {
  ReferenceEntry(
    .function, group: "Functions of graph patterns", names: [name], syntax: syntax, summary: summary,
    examples: [example])
}
