import Columnar
import Diagnostics
import KQLSyntax

/// A query that has been checked and planned. Running it reads tables; making it reads none, but for
/// operators whose columns depend on data (`evaluate pivot`).
public struct CompiledQuery: Sendable {
  /// The columns of the result.
  public let schema: Schema
  /// The plan after all rules.
  public let plan: any LogicalNode
  /// The plan as bound.
  public let boundPlan: any LogicalNode
  /// How the result asks to be drawn.
  public let visualization: Visualization?
  /// The tables that rows of lineage refer to, by number.
  public let sources: [String]
  /// What the reader of the result should know besides, found while checking.
  public let notes: [String]
  let storedCalls: StoredCalls
  let subqueries: [Subquery]
}

/// The query language over a catalog: text in, tables out.
public struct Engine: Sendable {
  /// The tables.
  public let catalog: any Catalog
  /// The operators.
  public let operators: [OperatorEntry]
  /// The functions.
  public let functions: FunctionSet
  /// The rules, in the order in which they run.
  public let rules: [RewriteRule]
  /// The operators' grammar.
  public let grammar: Grammar

  /// Makes an engine.
  public init(
    catalog: any Catalog, operators: [OperatorEntry], functions: FunctionSet, rules: [RewriteRule] = [],
    unsupported: [String: String] = [:], unsupportedStatements: [String: String] = [:]
  ) {
    self.catalog = catalog
    self.operators = operators
    self.functions = functions
    self.rules = rules
    grammar = Grammar(
      steps: operators.map(\.grammar), unsupported: unsupported,
      unsupportedStatements: unsupportedStatements)
  }

  /// The same engine over another catalog.
  public func with(catalog: any Catalog) -> Engine {
    Engine(self, catalog: catalog)
  }

  private init(_ other: Engine, catalog: any Catalog) {
    self.catalog = catalog
    operators = other.operators
    functions = other.functions
    rules = other.rules
    grammar = other.grammar
  }

  /// The same engine with other rules, for tests that compare them.
  public func with(rules: [RewriteRule]) -> Engine {
    Engine(self, rules: rules)
  }

  private init(_ other: Engine, rules: [RewriteRule]) {
    catalog = other.catalog
    operators = other.operators
    functions = other.functions
    self.rules = rules
    grammar = other.grammar
  }

  /// Checks and plans a query.
  ///
  /// - `parameters`: texts for the query's declared parameters.
  /// - `settings`: clock and seed for what is computed while planning.
  /// - Errors: `SYN…` and `BND…`; all independent ones at once, the first thrown, the rest in `others`.
  public func compile(
    _ text: String, parameters: [String: String] = [:], settings: ExecutionSettings = ExecutionSettings(),
    mayRead: Bool = true
  ) throws(DossierError) -> CompiledQuery {
    let query = try grammar.parse(text)
    let binder = Binder(
      catalog: catalog, functions: functions, grammar: grammar, context: ExecutionContext(settings),
      parameters: parameters, mayRead: mayRead, optimise: optimise)
    let bound: any LogicalNode
    do throws(DossierError) { bound = try binder.bind(query) } catch {
      throw binder.storedCalls.placed(error)
    }
    let visible = bound.visibleColumns
    let root = Project(input: bound, outputs: visible.map { Project.Output(keeping: $0) })
    return CompiledQuery(
      schema: makeSchema(visible), plan: optimise(root), boundPlan: root, visualization: binder.visualization,
      sources: binder.sources, notes: binder.notes, storedCalls: binder.storedCalls,
      subqueries: binder.subqueries)
  }

  /// Checks a text of nothing but statements: values are bound, and functions for themselves.
  ///
  /// - Errors: `SYN…` and `BND…`, all at once.
  public func check(
    statements text: String, parameters: [String: String], settings: ExecutionSettings
  ) throws(DossierError) {
    let query = try grammar.parse(text)
    let binder = Binder(
      catalog: catalog, functions: functions, grammar: grammar, context: ExecutionContext(settings),
      parameters: parameters, mayRead: false, optimise: { $0 })
    do throws(DossierError) { try binder.check(query.statements) } catch {
      throw binder.storedCalls.placed(error)
    }
  }

  /// Runs the rules over a plan.
  public func optimise(_ plan: any LogicalNode) -> any LogicalNode {
    var current = plan
    for rule in rules { current = rule.apply(current) }
    return current
  }

  /// Runs a query.
  ///
  /// - Errors: `EXE…`, and what table providers throw.
  public func run(_ query: CompiledQuery, _ context: ExecutionContext) throws(DossierError) -> Table {
    let rows: RowBatch
    do throws(DossierError) { rows = try collectRows(of: query.plan, in: context) } catch {
      throw query.storedCalls.placed(error)
    }
    var table = Table(
      schema: query.schema, columns: rows.columns, rowCount: rows.count, visualization: query.visualization,
      lineage: rows.lineage)
    table.notes = query.notes + context.notes
    return table
  }

  /// Checks, plans and runs a query in a context of its own.
  public func run(
    _ text: String, parameters: [String: String] = [:], settings: ExecutionSettings = ExecutionSettings()
  ) throws(DossierError) -> Table {
    let compiled = try compile(text, parameters: parameters, settings: settings)
    return try run(compiled, ExecutionContext(settings))
  }

  /// The canonical text of a query.
  public func format(_ text: String) throws(DossierError) -> String {
    SyntaxPrinter.print(try grammar.parse(text))
  }
}
