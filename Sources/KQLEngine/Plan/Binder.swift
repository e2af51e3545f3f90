import Columnar
import Diagnostics
import KQLSyntax

extension DossierError.Code {
  /// A table that the catalog has not.
  public static let unknownTable: Self = "BND101"
  /// A column that the input has not.
  public static let unknownColumn: Self = "BND102"
  /// A function that there is not.
  public static let unknownFunction: Self = "BND103"
  /// A value where a table is needed, or a table where a value is needed.
  public static let wrongShape: Self = "BND104"
  /// A name given twice.
  public static let duplicateName: Self = "BND105"
  /// A type name that KQL has not.
  public static let unknownType: Self = "BND106"
  /// An operand of a type that the operation does not take.
  public static let operandType: Self = "BND201"
  /// Too many or too few arguments.
  public static let argumentCount: Self = "BND202"
  /// An argument of a type that the function does not take.
  public static let argumentType: Self = "BND203"
  /// A literal that can't be read in its type.
  public static let badLiteral: Self = "BND204"
  /// A value that must be a constant and is none.
  public static let notConstant: Self = "BND205"
  /// An aggregate where none may stand, or none where one must stand.
  public static let misplacedAggregate: Self = "BND206"
  /// A function that needs ordered rows, on rows without order.
  public static let notSerialized: Self = "BND207"
  /// A text without a query.
  public static let noQuery: Self = "BND208"
  /// Functions that call functions too deep.
  public static let expansionTooDeep: Self = "BND209"
  /// Something that KQL has and Dossier has not.
  public static let unsupported: Self = "BND210"
  /// A schema that depends on data which are not there yet.
  public static let schemaNeedsData: Self = "BND212"
  /// A parameter that is unknown, missing or has a value of another type.
  public static let badParameter: Self = "BND211"
}

/// Turns syntax into a plan: gives names their meaning and expressions their types. One binder serves one
/// query; it collects errors so that several are told at once.
public final class Binder {
  /// The tables.
  public let catalog: any Catalog
  /// The functions.
  public let functions: FunctionSet
  /// The evaluation that subqueries run in where a schema depends on data (`evaluate pivot`).
  public let context: ExecutionContext
  /// Tables read, by number; in order of first use.
  public private(set) var sources: [String] = []
  /// Plans that are computed once in an evaluation, in order.
  private(set) var subqueries: [Subquery] = []
  /// Errors that binding went on after.
  public private(set) var errors: [DossierError] = []
  /// What the reader of the result should know besides.
  public private(set) var notes: [String] = []
  /// What `render` asked for.
  public var visualization: Visualization?
  /// Whether expressions are bound that will be run: `--check` sets it to false, and then nothing is read.
  public let mayRead: Bool

  /// Whether the columns at hand are not all known, as a step before had an error or would have to be run: names
  /// that are no known column are then taken on trust, so that one error doesn't lead to others.
  public private(set) var isOpen = false

  /// Names that the step at hand makes: its own expressions can't read them yet.
  var namesOfStep: [String] = []

  var environment = Environment()
  private let parameters: [String: String]
  let grammar: Grammar
  private let optimise: (any LogicalNode) -> any LogicalNode
  private var planSize = 0
  private static let maximumPlanSize = 500
  private var nextColumn = 0
  private var nextSlot = 0
  private var nextSubquery = 0
  private var expansionDepth = 0
  var storedCalls = StoredCalls()
  /// Whether stored functions give tables, by name.
  var storedShapes: [String: Bool] = [:]

  init(
    catalog: any Catalog, functions: FunctionSet, grammar: Grammar, context: ExecutionContext,
    parameters: [String: String], mayRead: Bool, optimise: @escaping (any LogicalNode) -> any LogicalNode
  ) {
    self.optimise = optimise
    self.catalog = catalog
    self.functions = functions
    self.grammar = grammar
    self.context = context
    self.parameters = parameters
    self.mayRead = mayRead
  }

  // MARK: Fresh things

  /// A new column.
  public func column(_ name: String, _ type: ScalarType, isErroneous: Bool = false) -> PlanColumn {
    nextColumn += 1
    return PlanColumn(id: ColumnID(number: nextColumn), name: name, type: type, isErroneous: isErroneous)
  }

  /// A new slot for a `SubplanInput`.
  public func slot() -> Int {
    nextSlot += 1
    return nextSlot
  }

  /// A plan that is computed once in an evaluation.
  public func subquery(_ plan: any LogicalNode) -> Subquery {
    nextSubquery += 1
    let root = Project(input: plan, outputs: plan.visibleColumns.map { Project.Output(keeping: $0) })
    let made = Subquery(number: nextSubquery, bound: root, plan: optimise(root))
    subqueries.append(made)
    return made
  }

  /// The number of a table among the sources.
  public func source(_ name: String) -> Int32 {
    if let known = sources.firstIndex(of: name) { return Int32(known) }
    sources.append(name)
    return Int32(sources.count - 1)
  }

  /// The number of a new source, for rows written in the query.
  public func inlineSource(_ name: String) -> Int32 {
    sources.append(name)
    return Int32(sources.count - 1)
  }

  /// The plan under fresh column ids, so that it may stand beside itself.
  public func alias(_ plan: any LogicalNode, name: String?) -> any LogicalNode {
    let fresh = plan.columns.map { old in
      nextColumn += 1
      return PlanColumn(
        id: ColumnID(number: nextColumn), name: old.name, type: old.type, isHidden: old.isHidden,
        isErroneous: old.isErroneous)
    }
    return Alias(input: plan, columns: fresh, inner: plan.columns.map(\.id), sourceName: name)
  }

  /// Counts nodes of the plan; rules and operators walk it as a tree, so it must stay small.
  private func grow(by count: Int, at span: SourceSpan) throws(DossierError) {
    planSize += count
    guard planSize <= Self.maximumPlanSize else {
      throw DossierError(
        .expansionTooDeep,
        "the query has more than \(Self.maximumPlanSize) steps, those of named tables counted at each use",
        at: span, hint: "compute shared tables once with materialize(…)")
    }
  }

  /// Errors that are told at once; nobody reads more, and showing each looks through the text.
  private static let maximumErrors = 50

  /// Remembers an error; binding goes on.
  public func record(_ error: DossierError) {
    guard errors.count < 10 * Self.maximumErrors else { return }
    var error = error
    let others = error.others
    error.others = []
    errors.append(error)
    errors += others
  }

  /// Tells the reader of the result something, once.
  public func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  /// Runs `body` where a name stands for a value.
  public func defining<Result>(
    _ name: String, as value: BoundExpression, _ body: (Binder) throws(DossierError) -> Result
  ) throws(DossierError) -> Result {
    let saved = environment
    environment = environment.adding(name, .scalar(value))
    defer { environment = saved }
    return try body(self)
  }

  /// Defines a name for the rest of the query: `as`.
  public func define(_ name: String, table: any LogicalNode) {
    environment = environment.adding(name, .table(table, name: name, size: planSize))
  }

  /// Goes on without knowing all columns.
  public func open() { isOpen = true }

  /// A table that stands for one with an error.
  public func openTable() -> any LogicalNode {
    open()
    return InlineRows(columns: [], rows: RowBatch(columns: [], count: 0), source: nil)
  }

  /// Runs `body`; errors that it records are thrown instead, the first with the rest.
  public func attempt<Result>(
    _ body: (Binder) throws(DossierError) -> Result
  ) throws(DossierError) -> Result {
    let known = errors.count
    let wasOpen = isOpen
    let result = try body(self)
    guard errors.count > known else { return result }
    var first = errors[known]
    first.others = Array(errors[(known + 1)...])
    errors.removeSubrange(known...)
    isOpen = wasOpen
    throw first
  }

  /// The rows of a plan, read while binding: for operators whose columns depend on data. None where nothing may
  /// be read, or there are errors already.
  ///
  /// - Errors: `BND212` within a subplan, whose rows are not known yet.
  public func preview(_ plan: any LogicalNode, _ what: String, at span: SourceSpan) throws(DossierError)
    -> RowBatch
  {
    func dependsOnOuter(_ node: any LogicalNode) -> Bool {
      node is SubplanInput || node.inputs.contains(where: dependsOnOuter)
    }
    if dependsOnOuter(plan) {
      throw DossierError(
        .schemaNeedsData, "the columns of \(what) depend on rows that are not known here", at: span,
        hint: "say them: evaluate \(what)(…) : (a:long, b:string)")
    }
    guard mayRead, errors.isEmpty else {
      if errors.isEmpty {
        note(
          "the columns of \(what) depend on rows, which a check does not read: what follows is checked in part"
        )
      }
      open()
      return RowBatch(
        columns: plan.visibleColumns.map { ColumnVector([], type: $0.type) }, count: 0)
    }
    let root = Project(input: plan, outputs: plan.visibleColumns.map { Project.Output(keeping: $0) })
    return try collectRows(of: optimise(root), in: context)
  }

  // MARK: Queries

  /// How many names the statements of a query or of a function may define: scopes are copied, and looked through.
  private static let maximumNames = 1000

  private func bind(_ statements: [Statement]) throws(DossierError) {
    if statements.count > Self.maximumNames {
      throw DossierError(
        .expansionTooDeep, "there are more than \(Self.maximumNames) statements",
        at: statements[Self.maximumNames].span,
        hint: "put constants into one datatable, or leave out what the query does not use")
    }
    for statement in statements { bind(statement) }
  }

  func bind(_ query: Query) throws(DossierError) -> any LogicalNode {
    try bind(query.statements)
    try rejectUnknownParameters(query)
    guard let body = query.body else {
      throw errors.isEmpty
        ? DossierError(.noQuery, "there is no query after the statements", hint: "end with a table or print")
        : combined()
    }
    let plan: any LogicalNode
    do throws(DossierError) {
      plan = try bindTable(body)
    } catch {
      record(error)
      throw combined()
    }
    if !errors.isEmpty { throw combined() }
    return plan
  }

  /// The errors so far as one, by place.
  func combined() -> DossierError {
    var seen: Set<SourceSpan> = []
    var kept: [DossierError] = []
    let ordered = errors.map(storedCalls.placed).enumerated().sorted {
      let left = $0.element.span?.lower ?? 0
      let right = $1.element.span?.lower ?? 0
      return left != right ? left < right : $0.offset < $1.offset
    }
    for (_, error) in ordered {
      if let span = error.span, !seen.insert(span).inserted { continue }
      kept.append(error)
    }
    var first = kept[0]
    first.others = Array(kept.dropFirst().prefix(Self.maximumErrors))
    return first
  }

  func bind(_ statement: Statement) {
    let wasOpen = isOpen
    defer { isOpen = wasOpen }
    switch statement {
    case .letValue(let name, let value):
      do throws(DossierError) {
        environment = environment.adding(name.text, try bindLet(name, value))
      } catch {
        record(error)
        environment = environment.adding(name.text, .erroneous)
      }
    case .letFunction(let name, let function):
      environment = environment.adding(name.text, .function(function, environment))
    case .queryParameters(let declared):
      for parameter in declared { bindParameter(parameter) }
    case .setProperty(let name, let value):
      do throws(DossierError) {
        let bound = try bind(value, in: RowScope([]))
        environment = environment.adding(
          Self.property(name.text), bound.isErroneous ? .erroneous : .scalar(bound))
      } catch {
        record(error)
        environment = environment.adding(Self.property(name.text), .erroneous)
      }
    }
  }

  /// What a property of the query is called among the names: no other name has a blank.
  static func property(_ name: String) -> String { "set \(name)" }

  private func bindLet(_ name: Name, _ value: Expression) throws(DossierError) -> Environment.Binding {
    if isTabular(value) {
      // What a name stands for counts where it is used, as often as it is used.
      let outer = planSize
      let known = errors.count
      planSize = 0
      defer { planSize = outer }
      let plan = try bindTable(value)
      return errors.count > known ? .erroneous : .table(plan, name: name.text, size: planSize)
    }
    let bound = try bind(value, in: RowScope([]))
    return bound.isErroneous ? .erroneous : .scalar(bound)
  }

  /// Whether an expression gives a table, as far as its form and names tell.
  func isTabular(_ value: Expression) -> Bool {
    switch value.kind {
    case .tabular: return true
    case .name(let name):
      switch environment[name.text] {
      case .table: return true
      case .scalar, .erroneous: return false
      case .function(let function, _): return function.parameters.isEmpty && isTabular(function)
      case nil: return catalog.table(name.text) != nil || isTabularStoredFunction(name.text)
      }
    case .call(let call):
      switch call.name.text {
      case "materialize", "table": return true
      default: break
      }
      if case .function(let function, let scope)? = environment[call.name.text] {
        let saved = environment
        environment = scope
        defer { environment = saved }
        return isTabular(function)
      }
      if functions.scalar(call.name.text) != nil { return false }
      return isTabularStoredFunction(call.name.text)
    default: return false
    }
  }

  func isTabular(_ function: FunctionLiteral) -> Bool {
    guard expansionDepth < 64 else { return false }
    expansionDepth += 1
    defer { expansionDepth -= 1 }
    let saved = environment
    defer { environment = saved }
    for parameter in function.parameters {
      switch parameter.kind {
      case .scalar:
        environment = environment.adding(parameter.name.text, .erroneous)
      case .table:
        environment = environment.adding(
          parameter.name.text,
          .table(
            InlineRows(columns: [], rows: RowBatch(columns: [], count: 0), source: nil), name: "", size: 1))
      }
    }
    for statement in function.body {
      switch statement {
      case .letValue(let name, let value):
        let binding: Environment.Binding =
          isTabular(value)
          ? .table(
            InlineRows(columns: [], rows: RowBatch(columns: [], count: 0), source: nil), name: "", size: 1)
          : .erroneous
        environment = environment.adding(name.text, binding)
      case .letFunction(let name, let inner):
        environment = environment.adding(name.text, .function(inner, environment))
      case .queryParameters, .setProperty: break
      }
    }
    return isTabular(function.result)
  }

  // MARK: Parameters of the query

  private func rejectUnknownParameters(_ query: Query) throws(DossierError) {
    var declared: [String] = []
    for case .queryParameters(let items) in query.statements { declared += items.map(\.name.text) }
    for name in parameters.keys.sorted() where !declared.contains(name) {
      let near = nearestName(to: name, among: declared)
      record(
        DossierError(
          .badParameter, "the query declares no parameter '\(name)'",
          hint: near.map { "did you mean \($0)?" } ?? "declare query_parameters(\(name):string)"))
    }
  }

  private func bindParameter(_ parameter: FunctionParameter) {
    do throws(DossierError) {
      guard case .scalar(let typeName) = parameter.kind else {
        throw DossierError(.badParameter, "a query parameter can't be a table", at: parameter.name.span)
      }
      let type = try scalarType(typeName)
      var value: BoundExpression
      if let given = parameters[parameter.name.text] {
        let parsed =
          type == .dynamic
          ? DynamicValue(json: given).map { .dynamic($0) } ?? .null : parseText(given, as: type)
        if parsed.isNull, type != .dynamic, !given.isEmpty {
          throw DossierError(
            .badParameter, "parameter '\(parameter.name.text)' is \(type.rawValue); '\(given)' is none",
            at: parameter.name.span)
        }
        value = .constant(parsed, type, at: parameter.name.span)
      } else if let standard = parameter.defaultValue {
        value = try coerce(try bind(standard, in: RowScope([])), to: type, what: parameter.name.text)
      } else {
        throw DossierError(
          .badParameter, "parameter '\(parameter.name.text)' has no value", at: parameter.name.span,
          hint: "give one with -p \(parameter.name.text)=…, or a default in the declaration")
      }
      environment = environment.adding(parameter.name.text, .scalar(value))
    } catch {
      record(error)
      environment = environment.adding(parameter.name.text, .erroneous)
    }
  }

  /// The type of a name, or `BND106`.
  public func scalarType(_ name: Name) throws(DossierError) -> ScalarType {
    if let type = ScalarType(kqlName: name.text) { return type }
    let near = nearestName(to: name.text, among: ScalarType.allCases.map(\.rawValue))
    throw DossierError(
      .unknownType, "there is no type '\(name.text)'", at: name.span, hint: near.map { "did you mean \($0)?" }
    )
  }

  // MARK: Tables

  /// A table within an expression: what is not known of it doesn't touch the rows around.
  func bindInner(_ value: Expression) throws(DossierError) -> (plan: any LogicalNode, isOpen: Bool) {
    let wasOpen = isOpen
    isOpen = false
    defer { isOpen = wasOpen }
    let plan = try bindTable(value)
    return (plan, isOpen)
  }

  /// The plan of a tabular expression.
  public func bindTable(_ value: Expression) throws(DossierError) -> any LogicalNode {
    switch value.kind {
    case .tabular(let pipeline): return try bindPipeline(pipeline)
    case .name(let name): return try bindTableName(name)
    case .call(let call): return try bindTableCall(call, at: value.span)
    default:
      throw DossierError(
        .wrongShape, "found a value where a table is needed", at: value.span,
        hint: "print \(SyntaxPrinter.print(value))")
    }
  }

  private func bindTableName(_ name: Name) throws(DossierError) -> any LogicalNode {
    switch environment[name.text] {
    case .table(let plan, let shown, let size):
      try grow(by: size + 1, at: name.span)
      return alias(plan, name: shown)
    case .scalar:
      throw DossierError(
        .wrongShape, "'\(name.text)' is a value, not a table", at: name.span, hint: "print \(name.text)")
    case .erroneous: return openTable()
    case .function(let function, let scope):
      return try expandTable(function, scope, arguments: [], name: name)
    case nil: break
    }
    if let table = catalog.table(name.text) { return scan(table) }
    if let function = try storedFunction(name) {
      return try expandTable(function, Environment(), arguments: [], name: name)
    }
    throw unknownTable(name)
  }

  private func unknownTable(_ name: Name) -> DossierError {
    let candidates = environment.names + catalog.tableNames
    let near = nearestName(to: name.text, among: candidates)
    var hint = near.map { "did you mean \($0)?" }
    if hint == nil {
      hint =
        catalog.tableNames.isEmpty
        ? "there are no tables here: open a store, or write rows with datatable(…)[…]"
        : "tables: " + catalog.tableNames.joined(separator: ", ")
    }
    return DossierError(.unknownTable, "there is no table '\(name.text)'", at: name.span, hint: hint)
  }

  /// Reads a table of the catalog.
  public func scan(_ table: CatalogTable) -> any LogicalNode {
    var columns = table.provider.schema.fields.map { column($0.name, $0.type) }
    for virtual in table.virtualColumns {
      var hidden = column(virtual.field.name, virtual.field.type)
      hidden.isHidden = true
      columns.append(hidden)
    }
    return Scan(table: table, columns: columns, source: source(table.name))
  }

  /// Tables whose names match a pattern with `*`, views too: `let`s in order of writing, then the catalog's order.
  public func tables(matching pattern: NamePattern) throws(DossierError) -> [any LogicalNode] {
    var found: [any LogicalNode] = []
    for name in environment.names.reversed() where pattern.matches(name) {
      switch environment[name] {
      case .table(let plan, let shown, _): found.append(alias(plan, name: shown))
      case .function(let function, let scope) where function.isView && function.parameters.isEmpty:
        let place = Name(name, at: pattern.name.span)
        found.append(alias(try expandTable(function, scope, arguments: [], name: place), name: name))
      default: break
      }
    }
    for name in catalog.tableNames where pattern.matches(name) {
      if let table = catalog.table(name) { found.append(scan(table)) }
    }
    return found
  }

  private func bindTableCall(_ call: Call, at span: SourceSpan) throws(DossierError) -> any LogicalNode {
    switch environment[call.name.text] {
    case .function(let function, let scope):
      return try expandTable(function, scope, arguments: call.arguments, name: call.name)
    case .erroneous: return openTable()
    default: break
    }
    switch call.name.text {
    case "materialize":
      guard call.arguments.count == 1 else {
        throw DossierError(.argumentCount, "materialize() takes one table", at: span)
      }
      let shared = subquery(try bindTable(call.arguments[0].value))
      let columns = shared.plan.columns.map { column($0.name, $0.type) }
      return Materialized(subquery: shared, columns: columns)
    case "table":
      guard let first = call.arguments.first else {
        throw DossierError(.argumentCount, "table() takes the name of a table", at: span)
      }
      let bound = try bind(first.value, in: RowScope([]))
      guard case .string(let name)? = bound.constant else {
        throw DossierError(.notConstant, "table() takes a constant name", at: first.value.span)
      }
      return try bindTableName(Name(name, at: first.value.span))
    default: break
    }
    if let function = try storedFunction(call.name) {
      guard isTabularStoredFunction(call.name.text) else {
        throw DossierError(
          .wrongShape, "\(call.name.text)() gives a value where a table is needed", at: span,
          hint: "print \(call.name.text)(…)")
      }
      return try expandTable(function, Environment(), arguments: call.arguments, name: call.name)
    }
    if functions.scalar(call.name.text) != nil {
      throw DossierError(
        .wrongShape, "\(call.name.text)() gives a value where a table is needed", at: span,
        hint: "print \(call.name.text)(…)")
    }
    throw unknownFunction(call.name)
  }

  func unknownFunction(_ name: Name) -> DossierError {
    if let instead = functions.instead(of: name.text) {
      return DossierError(.unsupported, "not supported: \(name.text)()", at: name.span, hint: instead)
    }
    let stored = catalog.storedFunctions.map(\.name)
    let near = nearestName(
      to: name.text, among: environment.names + functions.names + stored + specialForms.flatMap(\.names))
    return DossierError(
      .unknownFunction, "there is no function '\(name.text)'", at: name.span,
      hint: near.map { "did you mean \($0)()?" })
  }

  /// The plan of a pipeline. A step with an error is left out where its columns are known all the same.
  public func bindPipeline(_ pipeline: Pipeline, over input: (any LogicalNode)? = nil) throws(DossierError)
    -> any LogicalNode
  {
    var plan = input
    if let source = pipeline.source {
      if pipeline.steps.isEmpty {
        plan = try bindTable(source)
      } else {
        do throws(DossierError) { plan = try bindTable(source) } catch {
          record(error)
          plan = openTable()
        }
      }
    }
    for step in pipeline.steps {
      guard let step = step as? any QueryOperator else {
        throw DossierError(.internalFault, "a step without an operator", at: step.place.span)
      }
      try context.checkpoint()
      try grow(by: 1, at: step.place.span)
      do throws(DossierError) { plan = try step.bind(over: plan, self) } catch {
        record(error)
        // What the step would have made is not known; what it was given may have changed.
        plan = type(of: step).keepsColumns ? plan ?? openTable() : distrusted(plan)
      }
    }
    guard let plan else {
      throw DossierError(.wrongShape, "there is no table here", at: pipeline.span)
    }
    return plan
  }

  /// A plan whose columns are not to be relied on.
  private func distrusted(_ plan: (any LogicalNode)?) -> any LogicalNode {
    open()
    guard let plan else { return openTable() }
    let doubtful = plan.columns.map { old in
      nextColumn += 1
      return PlanColumn(
        id: ColumnID(number: nextColumn), name: old.name, type: old.type, isHidden: old.isHidden,
        isErroneous: true)
    }
    return Alias(
      input: plan, columns: doubtful, inner: plan.columns.map(\.id), sourceName: plan.sourceName)
  }

  // MARK: Functions written in the query language

  private func expandTable(
    _ function: FunctionLiteral, _ scope: Environment, arguments: [Call.Argument], name: Name
  ) throws(DossierError) -> any LogicalNode {
    try expand(function, scope, arguments: arguments, name: name, in: RowScope([]), piped: nil) {
      binder throws(DossierError) in try binder.bindTable(function.result)
    }
  }

  /// `T | invoke f(…)`: the function's first parameter is the table.
  public func invoke(_ call: Call, over input: any LogicalNode, at span: SourceSpan) throws(DossierError)
    -> any LogicalNode
  {
    let found: (FunctionLiteral, Environment)
    switch environment[call.name.text] {
    case .function(let function, let scope): found = (function, scope)
    case nil:
      guard let function = try storedFunction(call.name) else { throw unknownFunction(call.name) }
      found = (function, Environment())
    default:
      throw DossierError(.wrongShape, "'\(call.name.text)' is no function", at: call.name.span)
    }
    return try expand(
      found.0, found.1, arguments: call.arguments, name: call.name, in: RowScope([]), piped: input
    ) { binder throws(DossierError) in try binder.bindTable(found.0.result) }
  }

  func expandScalar(
    _ function: FunctionLiteral, _ scope: Environment, arguments: [Call.Argument], name: Name,
    in row: RowScope
  ) throws(DossierError) -> BoundExpression {
    try expand(function, scope, arguments: arguments, name: name, in: row, piped: nil) {
      binder throws(DossierError) in
      if binder.isTabular(function.result) {
        throw DossierError(
          .wrongShape, "\(name.text)() gives a table where a value is needed", at: name.span,
          hint: "toscalar(\(name.text)(…))")
      }
      return try binder.bind(function.result, in: RowScope([]))
    }
  }

  private func expand<Result>(
    _ function: FunctionLiteral, _ scope: Environment, arguments: [Call.Argument], name: Name,
    in row: RowScope, piped: (any LogicalNode)?, _ body: (Binder) throws(DossierError) -> Result
  ) throws(DossierError) -> Result {
    guard expansionDepth < 64 else {
      throw DossierError(
        .expansionTooDeep, "functions call each other deeper than 64 levels", at: name.span)
    }
    var inner = scope
    let parameters = function.parameters
    var given: [String: Expression] = [:]
    var position = piped == nil ? 0 : 1
    for argument in arguments {
      if let named = argument.name {
        guard parameters.contains(where: { sameScalars($0.name.text, named.text) }) else {
          let near = nearestName(to: named.text, among: parameters.map(\.name.text))
          throw DossierError(
            .argumentCount, "\(name.text)() has no parameter '\(named.text)'", at: named.span,
            hint: near.map { "did you mean \($0)?" })
        }
        given[named.text] = argument.value
      } else {
        while position < parameters.count, given[parameters[position].name.text] != nil { position += 1 }
        guard position < parameters.count else {
          throw DossierError(
            .argumentCount, "\(name.text)() takes \(parameters.count) arguments", at: argument.value.span)
        }
        given[parameters[position].name.text] = argument.value
        position += 1
      }
    }
    for (index, parameter) in parameters.enumerated() {
      switch parameter.kind {
      case .table(let columns):
        let plan: any LogicalNode
        if index == 0, let piped {
          plan = piped
        } else if let value = given[parameter.name.text] {
          plan = try bindTable(value)
        } else {
          throw missing(parameter, of: name)
        }
        try check(plan, has: columns, for: parameter, at: name)
        inner = inner.adding(
          parameter.name.text, .table(plan, name: parameter.name.text, size: planSize))
      case .scalar(let typeName):
        let type = try scalarType(typeName)
        let value: BoundExpression
        if let expression = given[parameter.name.text] {
          value = try bind(expression, in: row)
        } else if let standard = parameter.defaultValue {
          value = try bind(standard, in: RowScope([]))
        } else {
          throw missing(parameter, of: name)
        }
        if value.isErroneous {
          inner = inner.adding(parameter.name.text, .erroneous)
        } else {
          let fitting = try coerce(value, to: type, what: "\(name.text)(\(parameter.name.text))")
          inner = inner.adding(parameter.name.text, .scalar(fitting))
        }
      }
    }
    let saved = environment
    expansionDepth += 1
    environment = inner
    defer {
      environment = saved
      expansionDepth -= 1
    }
    try bind(function.body)
    return try body(self)
  }

  private func missing(_ parameter: FunctionParameter, of name: Name) -> DossierError {
    DossierError(.argumentCount, "\(name.text)() needs a value for '\(parameter.name.text)'", at: name.span)
  }

  private func check(
    _ plan: any LogicalNode, has columns: [ColumnDeclaration], for parameter: FunctionParameter, at name: Name
  ) throws(DossierError) {
    for declared in columns {
      guard let found = plan.visibleColumns.first(where: { sameScalars($0.name, declared.name.text) }) else {
        throw DossierError(
          .unknownColumn,
          "\(name.text)() needs a column '\(declared.name.text)' in '\(parameter.name.text)'", at: name.span)
      }
      if let typeName = declared.type {
        let type = try scalarType(typeName)
        let bothNumbers = type.isNumeric && found.type.isNumeric
        if found.type != type, !bothNumbers, found.type != .dynamic {
          throw DossierError(
            .argumentType,
            "\(name.text)() needs '\(declared.name.text)' as \(type.rawValue); it is \(found.type.rawValue)",
            at: name.span)
        }
      }
    }
  }
}
