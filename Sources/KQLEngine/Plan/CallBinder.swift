import Columnar
import Diagnostics
import KQLSyntax

extension Binder {
  func bindCall(_ call: Call, at span: SourceSpan, in scope: RowScope) throws(DossierError) -> BoundExpression
  {
    if let special = scope.special, let bound = try special(call, span, self) { return bound }
    switch environment[call.name.text] {
    case .function(let function, let environment):
      return try expandScalar(function, environment, arguments: call.arguments, name: call.name, in: scope)
    case .erroneous: return .erroneous(at: span)
    default: break
    }
    switch call.name.text {
    case "toscalar": return try bindToScalar(call, at: span, in: scope)
    case "not":
      guard call.arguments.count == 1 else {
        throw DossierError(.argumentCount, "not() takes one argument", at: span)
      }
      let value = try asBool(try bind(call.arguments[0].value, in: scope), for: "not")
      return value.isErroneous ? value : fold(BoundExpression(.not(value), type: .bool, span: span))
    case "column_ifexists", "columnifexists":
      guard call.arguments.count == 2 else {
        throw DossierError(.argumentCount, "column_ifexists() takes a name and a default", at: span)
      }
      let name = try bind(call.arguments[0].value, in: scope)
      guard case .string(let text)? = name.constant else {
        throw DossierError(
          .notConstant, "column_ifexists() takes a constant name", at: call.arguments[0].value.span)
      }
      if let column = scope.column(text) { return .column(column, at: span) }
      return try bind(call.arguments[1].value, in: scope)
    case "column_names_of":
      guard call.arguments.count == 1 else {
        throw DossierError(.argumentCount, "column_names_of() takes a table", at: span)
      }
      let table = try bindInner(call.arguments[0].value).plan
      let names = table.visibleColumns.map { DynamicValue.string($0.name) }
      return .constant(.dynamic(.array(names)), .dynamic, at: span)
    case "bin_auto": return try bindBinAuto(call, at: span, in: scope)
    case "pack_all": return try bindPackAll(call, at: span, in: scope)
    case "bag_pack_columns": return try bindPackColumns(call, at: span, in: scope)
    case "materialize":
      throw DossierError(
        .wrongShape, "materialize() gives a table where a value is needed", at: span, hint: "toscalar(…)")
    default: break
    }
    if let aggregates = scope.aggregates, let function = functions.aggregate(call.name.text) {
      return try bindAggregate(function, call, at: span, in: scope, aggregates)
    }
    guard let function = catalogFunction(call.name.text) ?? functions.scalar(call.name.text) else {
      if let stored = try storedFunction(call.name) {
        return try expandScalar(stored, Environment(), arguments: call.arguments, name: call.name, in: scope)
      }
      if functions.aggregate(call.name.text) != nil {
        throw DossierError(
          .misplacedAggregate, "\(call.name.text)() is an aggregate: it stands in summarize",
          at: call.name.span,
          hint: "summarize \(call.name.text)(…)")
      }
      throw unknownFunction(call.name)
    }
    return try bindScalarCall(function, call, at: span, in: scope)
  }

  private func catalogFunction(_ name: String) -> ScalarFunction? {
    catalog.functions.first { sameScalars($0.name, name) }
  }

  /// `bin_auto(x)` is `bin(x, size)`, or `bin_at(x, size, origin)`, of the query's properties.
  private func bindBinAuto(_ call: Call, at span: SourceSpan, in scope: RowScope) throws(DossierError)
    -> BoundExpression
  {
    guard call.arguments.count == 1 else {
      throw DossierError(.argumentCount, "bin_auto() takes one argument", at: span)
    }
    let names = Grammar.properties.map(Self.property)
    let known = names.prefix { environment[$0] != nil }
    guard !known.isEmpty, let function = functions.scalar(known.count == 1 ? "bin" : "bin_at") else {
      throw DossierError(
        .notConstant, "bin_auto() needs the size of the bins", at: span,
        hint: "set query_bin_auto_size = 1h; in front of the query, or bin(value, 1h)")
    }
    var explicit = call
    explicit.arguments += known.map {
      Call.Argument(value: Expression(.name(Name($0, at: span)), at: span))
    }
    return try bindScalarCall(function, explicit, at: span, in: scope)
  }

  private func bindToScalar(_ call: Call, at span: SourceSpan, in scope: RowScope) throws(DossierError)
    -> BoundExpression
  {
    guard call.arguments.count == 1 else {
      throw DossierError(.argumentCount, "toscalar() takes one table", at: span)
    }
    let argument = call.arguments[0].value
    guard isTabular(argument) else { return try bind(argument, in: scope) }
    let (table, isOpen) = try bindInner(argument)
    guard let first = table.visibleColumns.first else {
      if isOpen { return .erroneous(at: span) }
      throw DossierError(.wrongShape, "toscalar() needs a table with a column", at: argument.span)
    }
    if first.isErroneous { return .erroneous(at: span) }
    let kept = Project(input: table, outputs: [Project.Output(keeping: first)])
    return BoundExpression(.scalar(subquery(kept)), type: first.type, span: span)
  }

  private func bindPackAll(_ call: Call, at span: SourceSpan, in scope: RowScope) throws(DossierError)
    -> BoundExpression
  {
    var skipsEmpty = false
    if let flag = call.arguments.first {
      let bound = try bind(flag.value, in: scope)
      guard case .bool(let value)? = bound.constant else {
        throw DossierError(.notConstant, "pack_all() takes a constant bool", at: flag.value.span)
      }
      skipsEmpty = value
    }
    return pack(scope.columns.filter { !$0.isHidden }, skippingEmpty: skipsEmpty, at: span)
  }

  private func bindPackColumns(_ call: Call, at span: SourceSpan, in scope: RowScope) throws(DossierError)
    -> BoundExpression
  {
    var columns: [PlanColumn] = []
    for argument in call.arguments {
      guard case .name(let name) = argument.value.kind else {
        throw DossierError(
          .wrongShape, "bag_pack_columns() takes columns", at: argument.value.span,
          hint: "bag_pack('name', value) packs computed values")
      }
      columns.append(try resolveColumn(name, in: scope))
    }
    guard !columns.contains(where: \.isErroneous) else { return .erroneous(at: span) }
    return pack(columns, at: span)
  }

  /// A bag of columns under their names.
  public func pack(_ columns: [PlanColumn], skippingEmpty: Bool = false, at span: SourceSpan)
    -> BoundExpression
  {
    var arguments: [BoundExpression] = []
    for column in columns {
      arguments.append(.constant(.string(column.name), .string, at: span))
      arguments.append(.column(column, at: span))
    }
    return BoundExpression(
      .call(skippingEmpty ? packFilled : packAll, arguments), type: .dynamic, span: span)
  }

  // MARK: Arguments

  /// What functions are told of an argument.
  func info(_ argument: BoundExpression, _ scope: RowScope, syntax: Expression? = nil) -> ArgumentInfo {
    var name: String?
    if let id = argument.column {
      name = scope.columns.first { $0.id == id }?.name
    }
    if name == nil, let syntax { name = defaultName(of: syntax, in: scope) }
    return ArgumentInfo(
      type: argument.type, constant: argument.constant, span: argument.span, columnName: name)
  }

  private func bindScalarCall(
    _ function: ScalarFunction, _ call: Call, at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    var arguments: [BoundExpression] = []
    var failed = false
    for argument in call.arguments {
      if let name = argument.name {
        throw DossierError(
          .argumentCount, "\(function.name)() takes arguments by position", at: name.span,
          hint: function.signature)
      }
      let bound = bindOrRecord(argument.value, in: scope)
      failed = failed || bound.isErroneous
      arguments.append(bound)
    }
    if failed { return .erroneous(at: span) }
    try fit(
      &arguments, to: function.parameters, isVariadic: function.isVariadic, function.signature, call, at: span
    )
    var infos: [ArgumentInfo] = []
    for (index, argument) in arguments.enumerated() {
      infos.append(
        info(argument, scope, syntax: index < call.arguments.count ? call.arguments[index].value : nil))
    }
    let type = try function.result(infos)
    return try foldCall(BoundExpression(.call(function, arguments), type: type, span: span))
  }

  /// Computes a call of constants at once; its error is the query's.
  private func foldCall(_ expression: BoundExpression) throws(DossierError) -> BoundExpression {
    guard case .call(let function, let arguments) = expression.kind, function.isPure,
      !function.needsSerialized,
      arguments.allSatisfy({ $0.constant != nil })
    else { return expression }
    return .constant(try Evaluator.constant(expression, context), expression.type, at: expression.span)
  }

  /// Checks the number of arguments and converts each to a type that its parameter takes.
  private func fit(
    _ arguments: inout [BoundExpression], to parameters: [Parameter], isVariadic: Bool, _ signature: String,
    _ call: Call, at span: SourceSpan
  ) throws(DossierError) {
    let least = parameters.prefix { !$0.isOptional }.count
    let tooMany = !isVariadic && arguments.count > parameters.count
    if arguments.count < least || tooMany {
      let extra = tooMany ? arguments[parameters.count].span : call.name.span
      throw DossierError(
        .argumentCount,
        "\(call.name.text)() takes \(least == parameters.count && !isVariadic ? "" : "at least ")"
          + "\(tooMany ? parameters.count : least) argument\((tooMany ? parameters.count : least) == 1 ? "" : "s"), found \(arguments.count)",
        at: extra, hint: signature)
    }
    for index in arguments.indices {
      guard let parameter = index < parameters.count ? parameters[index] : parameters.last else { continue }
      let argument = arguments[index]
      if parameter.mustBeConstant, argument.constant == nil, !argument.isRowIndependent {
        throw DossierError(
          .notConstant, "\(call.name.text)() needs a constant for '\(parameter.name)'", at: argument.span,
          hint: signature)
      }
      guard !parameter.types.isEmpty, !parameter.types.contains(argument.type) else { continue }
      guard let type = Self.implicitTarget(argument, parameter.types) else {
        throw DossierError(
          .argumentType,
          "\(call.name.text)() takes \(Self.alternatives(parameter.types)) for '\(parameter.name)'; "
            + "\(described(argument)) is \(argument.type.rawValue)",
          at: argument.span, hint: signature)
      }
      arguments[index] = converted(argument, to: type)
    }
  }

  private func described(_ argument: BoundExpression) -> String {
    argument.column == nil ? "this" : "the column"
  }

  private static func implicitTarget(_ argument: BoundExpression, _ types: [ScalarType]) -> ScalarType? {
    if argument.type == .dynamic || argument.constant?.isNull == true { return types[0] }
    if argument.type.isNumeric {
      let order: [ScalarType]
      switch argument.type {
      case .int: order = [.long, .real, .decimal]
      case .long: order = [.real, .int, .decimal]
      default: order = [.real, .decimal, .long, .int]
      }
      if let found = order.first(where: types.contains) { return found }
    }
    if types.contains(.dynamic), argument.type != .string { return .dynamic }
    if types.contains(.dynamic), argument.constant != nil { return .dynamic }
    return nil
  }

  private static func alternatives(_ types: [ScalarType]) -> String {
    let names = types.map(\.rawValue)
    if names.count < 2 { return names.first ?? "any type" }
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  // MARK: Aggregates

  private func bindAggregate(
    _ function: AggregateFunction, _ call: Call, at span: SourceSpan, in scope: RowScope,
    _ aggregates: AggregateCollector
  ) throws(DossierError) -> BoundExpression {
    let made = try aggregateCall(function, call, at: span, in: scope)
    guard let made else { return .erroneous(at: span) }
    aggregates.add(made)
    guard let first = made.outputs.first else { return .erroneous(at: span) }
    return .column(first, at: span)
  }

  /// An aggregate over its arguments, or nil if one of them had an error.
  func aggregateCall(
    _ function: AggregateFunction, _ call: Call, at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> AggregateCollector.Call? {
    var inner = scope
    inner.aggregates = nil
    var arguments: [BoundExpression] = []
    var names: [Expression?] = []
    var failed = false
    for argument in call.arguments {
      if case .star = argument.value.kind {
        guard function.takesStar else {
          throw DossierError(
            .argumentType, "\(call.name.text)() can't take '*'", at: argument.value.span,
            hint: function.signature)
        }
        for column in scope.columns where !column.isHidden && !scope.starExclusions.contains(column.id) {
          if arguments.first?.column == column.id { continue }
          arguments.append(.column(column, at: argument.value.span))
          names.append(nil)
        }
        continue
      }
      let bound = bindOrRecord(argument.value, in: inner)
      failed = failed || bound.isErroneous
      arguments.append(bound)
      names.append(argument.value)
    }
    if failed { return nil }
    try fit(
      &arguments, to: function.parameters, isVariadic: function.isVariadic, function.signature, call, at: span
    )
    var infos: [ArgumentInfo] = []
    for (index, argument) in arguments.enumerated() {
      infos.append(info(argument, scope, syntax: index < names.count ? names[index] : nil))
    }
    let fields = try function.outputs(infos)
    return AggregateCollector.Call(
      function: function, arguments: arguments, info: infos, outputs: fields.map { column($0.name, $0.type) })
  }

  // MARK: Names of columns

  /// Calls whose column keeps the name of their first argument.
  private static let transparentCalls: Set<String> = [
    "bin", "floor", "bin_at", "bin_auto", "tostring", "tolong", "toint", "todouble", "toreal", "tobool",
    "toboolean",
    "todatetime", "totimespan", "todynamic", "toobject", "toguid", "todecimal", "split", "tohex",
  ]

  /// The name that an expression's column takes when none is given; nil where it is numbered.
  public func defaultName(of expression: Expression, in scope: RowScope) -> String? {
    switch expression.kind {
    case .name(let name):
      return scope.column(name.text) != nil || scope.columns.isEmpty ? name.text : nil
    case .member(let base, let member):
      if case .name(let qualifier) = base.kind {
        if qualifier.text == "$left" || qualifier.text == "$right" { return member.text }
        if scope.column(qualifier.text) != nil
          || scope.qualified.contains(where: { $0.name == qualifier.text })
        {
          return qualifier.text + "_" + member.text
        }
        return nil
      }
      return defaultName(of: base, in: scope).map { $0 + "_" + member.text }
    case .index(let base, let index):
      guard let name = defaultName(of: base, in: scope), case .literal(let literal) = index.kind else {
        return nil
      }
      switch literal {
      case .string(let key): return name + "_" + key
      case .long(let position): return name + "_\(position)"
      default: return nil
      }
    case .call(let call):
      guard Self.transparentCalls.contains(call.name.text), let first = call.arguments.first else {
        if call.name.text == "column_ifexists",
          case .literal(.string(let name))? = call.arguments.first?.value.kind
        {
          return name
        }
        return nil
      }
      return defaultName(of: first.value, in: scope)
    default: return nil
    }
  }

  // MARK: Window functions

  /// Takes calls that need serialized rows out of expressions: their values become columns of the plan.
  public func extractWindows(
    _ expressions: [BoundExpression], over input: any LogicalNode
  ) throws(DossierError) -> (plan: any LogicalNode, expressions: [BoundExpression]) {
    var plan = input
    var result: [BoundExpression] = []
    for expression in expressions { result.append(try extract(expression, &plan)) }
    return (plan, result)
  }

  private func extract(_ expression: BoundExpression, _ plan: inout any LogicalNode) throws(DossierError)
    -> BoundExpression
  {
    let operands = expression.operands
    guard !operands.isEmpty || isWindow(expression) else { return expression }
    var changed: [BoundExpression] = []
    for operand in operands { changed.append(try extract(operand, &plan)) }
    let rebuilt = operands.isEmpty ? expression : expression.withOperands(changed)
    guard isWindow(rebuilt), case .call(let function, _) = rebuilt.kind else { return rebuilt }
    guard plan.isSerialized else {
      throw DossierError(
        .notSerialized, "\(function.name)() needs rows in a defined order", at: expression.span,
        hint: "put sort by … or serialize before it")
    }
    var added = column(function.name, rebuilt.type)
    added.isHidden = true
    plan = Window(input: plan, outputs: [Project.Output(added, rebuilt)])
    return .column(added, at: expression.span)
  }

  private func isWindow(_ expression: BoundExpression) -> Bool {
    if case .call(let function, _) = expression.kind { return function.needsSerialized }
    return false
  }
}

/// A bag of names and values in turn; the second form leaves null and empty values out.
private let packAll = packFunction(skipsEmpty: false)
private let packFilled = packFunction(skipsEmpty: true)

private func packFunction(skipsEmpty: Bool) -> ScalarFunction {
  ScalarFunction(
    "pack_all", [.any("name"), .any("value")], variadic: true, summary: "", examples: [],
    result: { (_: [ArgumentInfo]) throws(DossierError) -> ScalarType in .dynamic },
    evaluate: { (call: FunctionCall) throws(DossierError) -> ColumnVector in
      var rows: [DynamicValue] = []
      for row in 0..<call.count {
        var pairs: [(String, DynamicValue)] = []
        var index = 0
        while index + 1 < call.arguments.count {
          let value = call.arguments[index + 1].value(row)
          let isEmpty = value.isNull || value.text.isEmpty
          if !(skipsEmpty && isEmpty) {
            pairs.append((call.arguments[index].value(row).text, value.asDynamic))
          }
          index += 2
        }
        rows.append(.bag(.init(pairs, uniquingKeysWith: { first, _ in first })))
      }
      return ColumnVector(dynamics: rows)
    })
}
