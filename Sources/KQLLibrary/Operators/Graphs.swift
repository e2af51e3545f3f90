import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `E | make-graph From --> To with N on Id`: a graph of rows, for `graph-match` and its kin.
///
/// - Nodes: rows of the node table (the first of each id), then ends of edges that it lacks, with the id alone.
/// - Source: KQL reference, "make-graph operator".
struct MakeGraph: QueryOperator, Equatable {
  static let keywords = ["make-graph"]
  static let summary = "Makes a graph of a table of edges, and one of nodes."
  static let syntax = "E | make-graph From --> To [with N on Id[, N2 on Id2] | with_node_id=Name]"
  static let examples = [
    Example(
      "datatable(a:string, b:string)['x', 'y'] | make-graph a --> b with_node_id=id | graph-match (p)-[e]->(q) project p.id, q.id",
      "p_id:string  q_id:string\nx  y")
  ]
  struct NodeTable: Equatable {
    let table: Expression
    let key: Name
  }
  let place: Place
  let from: Name
  let to: Name
  /// None, one, or two that are merged.
  let nodes: [NodeTable]
  let nodeID: Name?

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> MakeGraph {
    let keyword = cursor.takeKeyword()
    let from = try cursor.expectName("the column of sources")
    try cursor.expect("-->")
    let to = try cursor.expectName("the column of targets")
    var nodes: [NodeTable] = []
    var nodeID: Name?
    if cursor.take(word: "with") {
      let table = try cursor.parseTableOperand()
      try cursor.expect(word: "on")
      nodes.append(NodeTable(table: table, key: try cursor.expectName("the column of ids")))
      if cursor.take(",") {
        let second = try cursor.parseTableOperand()
        try cursor.expect(word: "on")
        nodes.append(NodeTable(table: second, key: try cursor.expectName("the column of ids")))
      }
    } else if cursor.take(word: "with_node_id") {
      try cursor.expect("=")
      nodeID = try cursor.expectName("the name of the ids")
    }
    if cursor.at(word: "partitioned"), cursor.peek(2).text == "by" {
      throw DossierError(
        .unsupportedSyntax, "not supported: make-graph partitioned-by", at: cursor.current.span,
        hint: "run the query for each key, or match edges whose key is the same")
    }
    return MakeGraph(place: keyword.place, from: from, to: to, nodes: nodes, nodeID: nodeID)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("make-graph ")
    printer.name(from)
    printer.write(" --> ")
    printer.name(to)
    for (index, table) in nodes.enumerated() {
      printer.write(index == 0 ? " with " : ", ")
      printer.tableOperand(table.table)
      printer.write(" on ")
      printer.name(table.key)
    }
    if let nodeID {
      printer.write(" with_node_id=")
      printer.name(nodeID)
    }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let edges = try required(input)
    let scope = RowScope(edges.columns)
    let source = try binder.resolveColumn(from, in: scope)
    let target = try binder.resolveColumn(to, in: scope)
    guard source.type == target.type else {
      throw DossierError(
        .operandType, "the ends of edges are \(source.type.rawValue) and \(target.type.rawValue)", at: to.span
      )
    }
    var table: (any LogicalNode)?
    var key: PlanColumn?
    var tables: [(plan: any LogicalNode, key: PlanColumn)] = []
    for nodes in nodes {
      let plan = try binder.bindTable(nodes.table)
      let column = try binder.resolveColumn(nodes.key, in: RowScope(plan.columns))
      guard column.type == source.type || column.isErroneous else {
        throw DossierError(
          .operandType,
          "nodes are named by \(column.type.rawValue), ends of edges by \(source.type.rawValue)",
          at: nodes.key.span)
      }
      tables.append((plan, column))
    }
    if tables.count > 1 {
      (table, key) = try merged(tables, binder)
    } else if let only = tables.first {
      (table, key) = (only.plan, only.key)
    }
    let id = binder.column(nodeID?.text ?? "node_id", source.type)
    var properties = table?.visibleColumns ?? (nodeID == nil ? [] : [id])
    if key == nil { key = id }
    properties += [
      hidden(binder, "key()", source.type), hidden(binder, "node_id()", .string),
      hidden(binder, "out()", .long), hidden(binder, "in()", .long),
    ]
    return Graph(
      edges: edges, nodes: table, source: source, target: target, key: key ?? id, nodeColumns: properties,
      component: nil)
  }
}

extension MakeGraph {
  /// Two node tables as one: a row an id, each property from the first row that has it.
  private func merged(
    _ tables: [(plan: any LogicalNode, key: PlanColumn)], _ binder: Binder
  ) throws(DossierError) -> (any LogicalNode, PlanColumn) {
    let name = tables[0].key.name
    var parts: [any LogicalNode] = []
    for (plan, key) in tables {
      // The ids of both get one name.
      let outputs = plan.visibleColumns.map { column in
        column.id == key.id
          ? Project.Output(binder.column(name, key.type), .column(key, at: place.span))
          : Project.Output(keeping: column)
      }
      parts.append(Project(input: plan, outputs: outputs))
    }
    let union = makeUnion(parts, isInner: false, source: nil, binder)
    let properties = union.columns.filter { !sameScalars($0.name, name) }.map { column in
      let argument = Expression(.name(Name(column.name, at: place.span)), at: place.span)
      let call = Call(name: Name("take_any", at: place.span), arguments: [Call.Argument(value: argument)])
      return NamedExpression(
        names: [Name(column.name, at: place.span)], value: Expression(.call(call), at: place.span))
    }
    let id = NamedExpression(value: Expression(.name(Name(name, at: place.span)), at: place.span))
    let plan = try Summarize(place: place, parameters: [], items: properties, keys: [id])
      .bind(over: union, binder)
    return (plan, try binder.resolveColumn(Name(name, at: place.span), in: RowScope(plan.columns)))
  }
}

private func hidden(_ binder: Binder, _ name: String, _ type: ScalarType) -> PlanColumn {
  var column = binder.column(name, type)
  column.isHidden = true
  return column
}

/// A graph: not a table itself, but what graph operators read.
public struct Graph: LogicalNode {
  /// The edges.
  public let edges: any LogicalNode
  /// The nodes, if there is a table of them.
  public let nodes: (any LogicalNode)?
  let source: PlanColumn
  let target: PlanColumn
  /// The node table's column of ids, or the column that `with_node_id` names.
  let key: PlanColumn
  /// Properties of a node, then its id as text and its two degrees, hidden.
  let nodeColumns: [PlanColumn]
  /// The column that `graph-mark-components` adds, last of the properties.
  let component: PlanColumn?
  /// `Graph`
  public let title = "Graph"
  /// Edges and nodes.
  public var inputs: [any LogicalNode] { [edges] + (nodes.map { [$0] } ?? []) }
  /// The edges' columns.
  public var columns: [PlanColumn] { edges.columns }
  /// A graph has no order.
  public let isSerialized = false

  /// The same graph over other inputs.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Graph(
      edges: inputs[0], nodes: inputs.count > 1 ? inputs[1] : nil, source: source, target: target, key: key,
      nodeColumns: nodeColumns, component: component)
  }
  /// Read as a table, a graph is its edges.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    try builder.build(edges)
  }
  func marked(_ column: PlanColumn) -> Graph {
    Graph(
      edges: edges, nodes: nodes, source: source, target: target, key: key,
      nodeColumns: nodeColumns + [column],
      component: column)
  }
}

/// The input of a graph operator, or an error for a table.
func requiredGraph(_ input: (any LogicalNode)?, _ what: String, at span: SourceSpan) throws(DossierError)
  -> Graph
{
  if let graph = input as? Graph { return graph }
  throw DossierError(
    .wrongShape, "\(what) needs a graph before it", at: span, hint: "E | make-graph From --> To | \(what) …")
}

/// A graph in memory: nodes and edges by number.
struct GraphData {
  var edgeRows: RowBatch
  var nodeRows: RowBatch
  var from: [Int]
  var to: [Int]
  var outgoing: [[Int]]
  var incoming: [[Int]]

  init(_ graph: Graph, _ builder: PhysicalBuilder) throws(DossierError) {
    let context = builder.context
    edgeRows = try collectRows(
      from: try builder.build(graph.edges), columns: graph.edges.columns, in: context)
    let edgeLayout = makeLayout(graph.edges.columns)
    let sources = edgeRows.columns[edgeLayout[graph.source.id] ?? 0]
    let targets = edgeRows.columns[edgeLayout[graph.target.id] ?? 0]
    var index = GroupIndex(keyCount: 1)
    var keyParts: [ColumnVector] = []
    var firsts: [Int] = []
    var table: RowBatch?
    var tableLayout: Layout = [:]
    if let nodes = graph.nodes {
      let rows = try collectRows(from: try builder.build(nodes), columns: nodes.columns, in: context)
      tableLayout = makeLayout(nodes.columns)
      let keys = rows.columns[tableLayout[graph.key.id] ?? 0]
      let numbers = index.groups(of: [keys], rowCount: rows.count)
      for row in 0..<rows.count where numbers[row] == firsts.count { firsts.append(row) }
      keyParts.append(keys.gather(firsts))
      table = rows
    }
    let known = firsts.count
    // Ends of edges in order: source, target, source, target…
    let ends = (0..<edgeRows.count).flatMap { [$0, $0] }
    let both = ColumnVector(
      ends.enumerated().map { $0.offset % 2 == 0 ? sources.value($0.element) : targets.value($0.element) },
      type: sources.type)
    let numbers = index.groups(of: [both], rowCount: both.count)
    var fresh: [Int] = []
    for row in 0..<both.count where numbers[row] >= known + fresh.count { fresh.append(row) }
    keyParts.append(both.gather(fresh))
    let count = known + fresh.count
    from = (0..<edgeRows.count).map { numbers[2 * $0] }
    to = (0..<edgeRows.count).map { numbers[2 * $0 + 1] }
    outgoing = [[Int]](repeating: [], count: count)
    incoming = [[Int]](repeating: [], count: count)
    for edge in 0..<edgeRows.count {
      outgoing[from[edge]].append(edge)
      incoming[to[edge]].append(edge)
    }
    let keys = ColumnVector.concatenate(keyParts, type: sources.type)
    let picks = firsts + [Int](repeating: -1, count: fresh.count)
    var columns: [ColumnVector] = []
    for column in graph.nodeColumns {
      if column.id == graph.key.id || column.isHidden && column.name == "key()" {
        columns.append(keys)
      } else if let position = tableLayout[column.id], let table {
        columns.append(table.columns[position].gather(picks))
      } else if column.id == graph.component?.id {
        columns.append(ColumnVector(integers: Self.components(count, from, to)))
      } else if column.name == "node_id()" {
        columns.append(ColumnVector(strings: StringVector((0..<count).map { keys.value($0).text })))
      } else {
        let lists = column.name == "out()" ? outgoing : incoming
        columns.append(ColumnVector(integers: lists.map { Int64($0.count) }))
      }
    }
    var lineage: [Lineage]?
    if context.settings.wantsLineage {
      lineage = picks.map { $0 < 0 ? Lineage() : table?.lineage?[$0] ?? Lineage() }
    }
    nodeRows = RowBatch(columns: columns, count: count, lineage: lineage)
  }

  /// Numbers connected parts from 0 in order of their first node.
  private static func components(_ count: Int, _ from: [Int], _ to: [Int]) -> [Int64] {
    var parent = Array(0..<count)
    func root(_ node: Int) -> Int {
      var node = node
      while parent[node] != node {
        parent[node] = parent[parent[node]]
        node = parent[node]
      }
      return node
    }
    for edge in from.indices {
      let a = root(from[edge])
      let b = root(to[edge])
      if a != b { parent[max(a, b)] = min(a, b) }
    }
    var numbers: [Int: Int64] = [:]
    return (0..<count).map { node in
      let found = root(node)
      if let known = numbers[found] { return known }
      let next = Int64(numbers.count)
      numbers[found] = next
      return next
    }
  }
}

/// `G | graph-mark-components with_component_id = Name`: numbers the connected parts of a graph.
///
/// - Source: KQL reference, "graph-mark-components operator"; weakly connected parts.
struct GraphMarkComponents: QueryOperator, Equatable {
  static let keywords = ["graph-mark-components"]
  static let summary = "Adds the number of its connected part to each node of a graph."
  static let syntax = "G | graph-mark-components [with_component_id = Name]"
  static let examples = [
    Example(
      "datatable(a:string, b:string)['x', 'y'] | make-graph a --> b with_node_id=id | graph-mark-components | graph-to-table nodes",
      "id:string  ComponentId:long\nx  0\ny  0")
  ]
  let place: Place
  let parameters: [StepParameter]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> GraphMarkComponents {
    let keyword = cursor.takeKeyword()
    return GraphMarkComponents(
      place: keyword.place, parameters: try cursor.takeParameters(["kind", "with_component_id"]))
  }
  func print(to printer: inout SyntaxPrinter) {
    printer.write("graph-mark-components ")
    printer.parameters(parameters)
  }
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let graph = try requiredGraph(input, "graph-mark-components", at: place.span)
    var name = "ComponentId"
    for parameter in parameters {
      guard case .name(let word) = parameter.value.kind else { continue }
      if parameter.name.text == "with_component_id" { name = word.text }
      if parameter.name.text == "kind", word.text != "weak" {
        throw DossierError(
          .unsupportedSyntax, "not supported: graph-mark-components kind=\(word.text)", at: word.span,
          hint: "kind=weak")
      }
    }
    return graph.marked(binder.column(name, .long))
  }
}

/// `G | graph-to-table nodes`: the nodes or the edges of a graph as a table.
///
/// - Output: the properties; `with_node_id`, `with_source_id` and `with_target_id` put the hash of an id before
///   them.
/// - Source: KQL reference, "graph-to-table operator".
struct GraphToTable: QueryOperator, Equatable {
  static let keywords = ["graph-to-table"]
  static let summary = "Gives the nodes or the edges of a graph as a table."
  static let syntax =
    "G | graph-to-table nodes [with_node_id=Name] or G | graph-to-table edges [with_source_id=Name] [with_target_id=Name]"
  static let examples = [
    Example(
      "datatable(a:string, b:string)['x', 'y'] | make-graph a --> b with_node_id=id | graph-to-table nodes",
      "id:string\nx\ny")
  ]
  let place: Place
  let what: Name
  let parameters: [StepParameter]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> GraphToTable {
    let keyword = cursor.takeKeyword()
    let what = try cursor.expectName("nodes or edges")
    guard what.text == "nodes" || what.text == "edges" else {
      throw DossierError(.unexpectedToken, "graph-to-table gives nodes or edges", at: what.span)
    }
    let names = what.text == "nodes" ? ["with_node_id"] : ["with_source_id", "with_target_id"]
    let parameters = try cursor.takeParameters(names, of: "graph-to-table")
    if cursor.at(word: "as") {
      throw DossierError(
        .unsupportedSyntax, "not supported: graph-to-table … as Name", at: cursor.current.span,
        hint: "let Name = G | graph-to-table \(what.text); one table a query")
    }
    return GraphToTable(place: keyword.place, what: what, parameters: parameters)
  }
  func print(to printer: inout SyntaxPrinter) {
    printer.write("graph-to-table \(what.text) ")
    printer.parameters(parameters)
  }
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let graph = try requiredGraph(input, "graph-to-table", at: place.span)
    let isEdges = what.text == "edges"
    let table: any LogicalNode = isEdges ? graph.edges : GraphNodes(graph: graph)
    guard !parameters.isEmpty else { return table }
    var outputs: [Project.Output] = []
    for parameter in parameters {
      guard case .name(let name) = parameter.value.kind else { continue }
      let id =
        switch parameter.name.text {
        case "with_source_id": graph.source
        case "with_target_id": graph.target
        default: graph.nodeColumns.first { $0.isHidden && $0.name == "key()" } ?? graph.key
        }
      let hash = BoundExpression(
        .call(HashFunctions.hash, [.column(id, at: name.span)]), type: .long, span: name.span)
      outputs.append(Project.Output(binder.column(name.text, .long), hash))
    }
    return Project(input: table, outputs: outputs + table.columns.map { Project.Output(keeping: $0) })
  }
}

/// The nodes of a graph.
public struct GraphNodes: LogicalNode {
  let graph: Graph
  /// `GraphNodes`
  public let title = "GraphNodes"
  /// The graph.
  public var inputs: [any LogicalNode] { [graph] }
  /// The properties.
  public var columns: [PlanColumn] { graph.nodeColumns }
  /// Nodes have no order.
  public let isSerialized = false
  /// The same over another graph.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    GraphNodes(graph: inputs[0] as? Graph ?? graph)
  }
  /// Builds the graph, gives its nodes.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    BatchesExec([try GraphData(graph, builder).nodeRows])
  }
}
