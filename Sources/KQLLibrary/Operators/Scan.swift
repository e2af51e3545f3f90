import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | scan declare (c:long=0) with (step s: true => c = x + s.c;)`: walks over ordered rows with a state.
///
/// - Output: the input columns, the declared ones, and the match's number if asked for; a row for each match.
/// - Order: of the matches; a row that matches several steps is given for the last step first.
/// - Source: KQL reference, "scan operator", whose matching logic this follows check by check.
struct ScanStep: QueryOperator, Equatable {
  static let keywords = ["scan"]
  static let summary = "Walks over ordered rows, matching steps and carrying values forward."
  static let syntax =
    "T | scan [with_match_id=Id] [declare (column:type=default, …)] with (step name [output=all|last|none]: condition [=> column = value, …]; …)"
  static let examples = [
    Example(
      "range x from 1 to 3 step 1 | scan declare (s:long=0) with (step a: true => s = x + a.s;)",
      "x:long  s:long\n1  1\n2  3\n3  6")
  ]
  struct Declared: Equatable {
    let column: ColumnDeclaration
    let value: Expression?
  }
  struct Step: Equatable {
    let name: Name
    let output: String
    let condition: Expression
    let assignments: [NamedExpression]
  }
  let place: Place
  let parameters: [StepParameter]
  let declared: [Declared]
  let steps: [Step]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ScanStep {
    let keyword = cursor.takeKeyword()
    let parameters = try cursor.takeParameters(["with_match_id"])
    var declared: [Declared] = []
    if cursor.take(word: "declare") {
      try cursor.expect("(")
      while !cursor.at(")") {
        let name = try cursor.expectName("a column")
        try cursor.expect(":")
        let type = try cursor.expectName("a type")
        let value = cursor.take("=") ? try cursor.parseExpression() : nil
        declared.append(Declared(column: ColumnDeclaration(name: name, type: type), value: value))
        guard cursor.take(",") else { break }
      }
      try cursor.expect(")")
    }
    try cursor.expect(word: "with")
    try cursor.expect("(")
    var steps: [Step] = []
    while !cursor.at(")") {
      try cursor.expect(word: "step")
      let name = try cursor.expectName("the step's name")
      var output = "all"
      if cursor.at(word: "output") {
        cursor.advance()
        try cursor.expect("=")
        output = try cursor.expectName("all, last or none").text
      }
      try cursor.expect(":")
      let condition = try cursor.parseExpression()
      var assignments: [NamedExpression] = []
      if cursor.take("=>") {
        assignments = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression()
        }
      }
      if !cursor.at(")") { try cursor.expect(";") }
      steps.append(Step(name: name, output: output, condition: condition, assignments: assignments))
    }
    try cursor.expect(")")
    return ScanStep(place: keyword.place, parameters: parameters, declared: declared, steps: steps)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("scan ")
    printer.parameters(parameters)
    if !declared.isEmpty {
      printer.write("declare (")
      printer.list(declared) { printer, item in
        printer.name(item.column.name)
        printer.write(":" + (item.column.type?.text ?? "dynamic"))
        if let value = item.value {
          printer.write("=")
          printer.expression(value)
        }
      }
      printer.write(") ")
    }
    printer.write("with (")
    for step in steps {
      printer.write("step ")
      printer.name(step.name)
      if step.output != "all" { printer.write(" output=\(step.output)") }
      printer.write(": ")
      printer.expression(step.condition)
      if !step.assignments.isEmpty {
        printer.write(" => ")
        printer.list(step.assignments) { $0.named($1) }
      }
      printer.write("; ")
    }
    printer.write(")")
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    guard input.isSerialized else {
      throw DossierError(
        .notSerialized, "scan needs rows in a defined order", at: place.span,
        hint: "put sort by … or serialize before it")
    }
    var variables: [PlanColumn] = []
    var defaults: [Value] = []
    for item in declared {
      let type = try binder.scalarType(item.column.type ?? item.column.name)
      variables.append(binder.column(item.column.name.text, type))
      let value = try item.value.map { value throws(DossierError) in
        try binder.bindConstant(value, "a default").0
      }
      defaults.append(value.map { convertValue($0, to: type) } ?? (type == .string ? .string("") : .null))
    }
    let row = input.columns + variables
    var qualified: [(name: String, columns: [PlanColumn])] = []
    for step in steps {
      if qualified.contains(where: { $0.name == step.name.text }) {
        throw DossierError(.duplicateName, "the step '\(step.name.text)' is given twice", at: step.name.span)
      }
      qualified.append((step.name.text, row.map { binder.column($0.name, $0.type) }))
    }
    let scope = RowScope(row, qualified: qualified)
    var bound: [Scanned.Step] = []
    for step in steps {
      guard ["all", "last", "none"].contains(step.output) else {
        throw DossierError(.unknownKind, "a step's output is all, last or none", at: step.name.span)
      }
      let condition = try binder.asBool(try binder.bind(step.condition, in: scope), for: "step")
      var assignments: [(Int, BoundExpression)] = []
      for item in step.assignments {
        guard let name = item.name,
          let index = variables.firstIndex(where: { sameScalars($0.name, name.text) })
        else {
          throw DossierError(
            .unknownColumn, "a step assigns to a declared column", at: item.span,
            hint: declared.isEmpty ? "declare (\(item.name?.text ?? "column"):long)" : nil)
        }
        let value = try binder.bind(item.value, in: scope)
        assignments.append((index, try binder.coerce(value, to: variables[index].type, what: name.text)))
      }
      bound.append(Scanned.Step(output: step.output, condition: condition, assignments: assignments))
    }
    var matchID: PlanColumn?
    for parameter in parameters where parameter.name.text == "with_match_id" {
      if case .name(let name) = parameter.value.kind { matchID = binder.column(name.text, .long) }
    }
    return Scanned(
      input: input, variables: variables, defaults: defaults, states: qualified.map(\.columns), steps: bound,
      matchID: matchID)
  }
}

/// Rows matched against steps with a state.
public struct Scanned: LogicalNode {
  struct Step: Sendable {
    let output: String
    let condition: BoundExpression
    let assignments: [(Int, BoundExpression)]
  }
  /// The rows, ordered.
  public let input: any LogicalNode
  /// The declared columns.
  public let variables: [PlanColumn]
  let defaults: [Value]
  /// For each step the columns that stand for its values in the state.
  let states: [[PlanColumn]]
  let steps: [Step]
  /// The match's number, if asked for.
  public let matchID: PlanColumn?
  /// `Scan`
  public let title = "ScanSteps"
  /// How many steps.
  public var detail: String { "\(steps.count) steps" }
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// Input columns, declared ones, the match's number.
  public var columns: [PlanColumn] { input.columns + variables + (matchID.map { [$0] } ?? []) }
  /// Matches come in order.
  public let isSerialized = true
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Scanned(
      input: inputs[0], variables: variables, defaults: defaults, states: states, steps: steps,
      matchID: matchID)
  }
  /// Walks over all rows.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    StepsExec(plan: self, input: try builder.build(input))
  }
}

private final class StepsExec: PhysicalOperator {
  private let plan: Scanned
  private let input: any PhysicalOperator
  private var result: BatchesExec?

  /// The state of a step: the rows of all steps up to it, and the match.
  private struct State {
    var rows: [[Value]?]
    var matchID: Int64
    var lineage: Lineage?
    /// For `output=last`: the row waiting to be given.
    var pending: [Value]?
  }

  init(plan: Scanned, input: any PhysicalOperator) {
    self.plan = plan
    self.input = input
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    if result == nil { result = BatchesExec([try walk(context)]) }
    return try result?.next(context)
  }

  private func walk(_ context: ExecutionContext) throws(DossierError) -> RowBatch {
    let rows = try collectRows(from: input, columns: plan.input.columns, in: context)
    let rowColumns = plan.input.columns + plan.variables
    let stateColumns = plan.states.flatMap { $0 }
    let layout = makeLayout(rowColumns + stateColumns)
    let evaluator = Evaluator(layout: layout)
    let types = (rowColumns + stateColumns).map(\.type)
    let emptyState = plan.input.columns.map { $0.type == .string ? Value.string("") : .null } + plan.defaults
    var states = [State?](repeating: nil, count: plan.steps.count)
    var nextMatch: Int64 = 0
    var output = plan.columns.map { ColumnBuilder(type: $0.type) }
    var lineage: [Lineage] = []
    var count = 0
    func batch(_ row: [Value], _ known: [[Value]?]) -> RowBatch {
      var cells = row
      for step in plan.steps.indices { cells += step < known.count ? known[step] ?? emptyState : emptyState }
      let vectors = zip(cells, types).map { ColumnVector(constant: $0, type: $1, count: 1) }
      return RowBatch(columns: vectors, count: 1)
    }
    func holds(_ step: Int, _ row: [Value], _ known: [[Value]?]) throws(DossierError) -> Bool {
      let value = try evaluator.evaluate(plan.steps[step].condition, batch(row, known), firstRow: 0, context)
        .value(0)
      if case .bool(true) = value { return true }
      return false
    }
    func extended(_ step: Int, _ row: [Value], _ known: [[Value]?]) throws(DossierError) -> [Value] {
      var result = row
      let rows = batch(row, known)
      for (index, value) in plan.steps[step].assignments {
        let position = plan.input.columns.count + index
        result[position] = try evaluator.evaluate(value, rows, firstRow: 0, context).value(0)
      }
      return result
    }
    func emit(_ row: [Value], _ match: Int64, _ traced: Lineage?) {
      for (column, value) in row.enumerated() { output[column].append(value) }
      if plan.matchID != nil { output[row.count].append(.long(match)) }
      if context.settings.wantsLineage { lineage.append(traced ?? Lineage()) }
      count += 1
    }
    func flush(_ step: Int) {
      if let state = states[step], let waiting = state.pending {
        emit(waiting, state.matchID, state.lineage)
        states[step]?.pending = nil
      }
    }
    for number in 0..<rows.count {
      if number & 0x3FF == 0 { try context.checkpoint() }
      let row = rows.columns.map { $0.value(number) } + plan.defaults
      let own = rows.lineage?[number]
      for step in plan.steps.indices.reversed() {
        if step > 0, let previous = states[step - 1], try holds(step, row, previous.rows) {
          flush(step - 1)
          flush(step)
          let made = try extended(step, row, previous.rows)
          var traced = previous.lineage
          if let own { traced?.formUnion(own) }
          var promoted = State(rows: previous.rows, matchID: previous.matchID, lineage: traced ?? own)
          while promoted.rows.count < step { promoted.rows.append(nil) }
          promoted.rows.append(made)
          states[step] = promoted
          states[step - 1] = nil
          give(step, made)
        } else if step == 0 || states[step] != nil {
          let known = states[step]?.rows ?? []
          guard try holds(step, row, known) else { continue }
          let made = try extended(step, row, known)
          if states[step] == nil {
            states[step] = State(rows: [made], matchID: nextMatch, lineage: own)
            nextMatch += 1
          } else {
            while states[step]?.rows.count ?? 0 <= step { states[step]?.rows.append(nil) }
            states[step]?.rows[step] = made
            if let own { states[step]?.lineage?.formUnion(own) }
          }
          give(step, made)
        }
      }
      func give(_ step: Int, _ made: [Value]) {
        switch plan.steps[step].output {
        case "all": emit(made, states[step]?.matchID ?? 0, states[step]?.lineage)
        case "last": states[step]?.pending = made
        default: break
        }
      }
    }
    for step in plan.steps.indices { flush(step) }
    var columns: [ColumnVector] = []
    for index in output.indices {
      try context.checkpoint()
      columns.append(output[index].finish())
    }
    return RowBatch(
      columns: columns, count: count, lineage: context.settings.wantsLineage ? lineage : nil)
  }
}
