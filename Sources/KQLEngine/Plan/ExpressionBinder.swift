import Columnar
import Diagnostics
import KQLSyntax

extension Binder {
  /// Binds an expression; its error is recorded and stands for itself, so that others are found too.
  public func bindOrRecord(_ expression: Expression, in scope: RowScope) -> BoundExpression {
    do throws(DossierError) {
      return try bind(expression, in: scope)
    } catch {
      record(error)
      return .erroneous(at: expression.span)
    }
  }

  /// Gives an expression its meaning and type.
  public func bind(_ expression: Expression, in scope: RowScope) throws(DossierError) -> BoundExpression {
    let span = expression.span
    switch expression.kind {
    case .literal(let literal): return try bindLiteral(literal, at: span)
    case .name(let name): return try bindName(name, in: scope)
    case .star, .wildcard:
      throw DossierError(
        .wrongShape, "'\(SyntaxPrinter.print(expression))' can't stand here", at: span,
        hint: "name a column")
    case .member(let base, let name): return try bindMember(base, name, at: span, in: scope)
    case .index(let base, let index):
      // `$left.['my col']`
      if case .name(let qualifier) = base.kind, case .literal(.string(let text)) = index.kind,
        scope.qualified.contains(where: { sameScalars($0.name, qualifier.text) })
      {
        return try bindMember(base, Name(text, at: index.span), at: span, in: scope)
      }
      let value = bindOrRecord(base, in: scope)
      let key = bindOrRecord(index, in: scope)
      if value.isErroneous || key.isErroneous { return .erroneous(at: span) }
      guard value.type == .dynamic || value.type == .string else {
        throw DossierError(
          .operandType, "'[…]' takes an element of a dynamic value; this is \(value.type.rawValue)",
          at: base.span)
      }
      let parsed =
        value.type == .string ? BoundExpression(.convert(value), type: .dynamic, span: value.span) : value
      if case .string(let member)? = key.constant {
        return fold(BoundExpression(.member(parsed, member), type: .dynamic, span: span))
      }
      return fold(BoundExpression(.index(parsed, key), type: .dynamic, span: span))
    case .call(let call): return try bindCall(call, at: span, in: scope)
    case .unary(let sign, let operand): return try bindUnary(sign, operand, at: span, in: scope)
    case .binary(let op, let left, let right):
      return try bindBinary(op, left, right, at: span, in: scope)
    case .list(let op, let value, let items):
      return try bindList(op, value, items, at: span, in: scope)
    case .between(let value, let lower, let upper, let negated):
      return try bindBetween(value, lower, upper, negated: negated, at: span, in: scope)
    case .tabular:
      throw DossierError(
        .wrongShape, "found a table where a value is needed", at: span,
        hint: "toscalar(…) takes its first cell")
    case .typeOf(let name):
      return .constant(.string(ScalarType(kqlName: name)?.rawValue ?? name), .string, at: span)
    }
  }

  // MARK: Literals and names

  private func bindLiteral(_ literal: Literal, at span: SourceSpan) throws(DossierError) -> BoundExpression {
    switch literal {
    case .string(let text): return .constant(.string(text), .string, at: span)
    case .long(let number): return .constant(.long(number), .long, at: span)
    case .real(let number): return .constant(.real(number), .real, at: span)
    case .bool(let flag): return .constant(.bool(flag), .bool, at: span)
    case .timespan(let ticks): return .constant(.timespan(ticks), .timespan, at: span)
    case .null: return .constant(.null, .dynamic, at: span)
    case .dynamic(let value): return .constant(.dynamic(try dynamic(value, at: span)), .dynamic, at: span)
    case .typed(let typeName, let text):
      let type = ScalarType(kqlName: typeName) ?? .dynamic
      return .constant(try typedLiteral(type, text, at: span), type, at: span)
    }
  }

  private func typedLiteral(_ type: ScalarType, _ text: String, at span: SourceSpan) throws(DossierError)
    -> Value
  {
    if text == "null" || text.isEmpty { return .null }
    var value = parseText(text, as: type)
    if type == .datetime, text == "now" || text == "now()" { value = .datetime(context.settings.now) }
    if type == .int || type == .long, text.contains(".") || text.contains("e") { value = .null }
    guard !value.isNull else {
      let conversion = type == .real ? "todouble" : "to\(type.rawValue)"
      throw DossierError(
        .badLiteral, "'\(text)' is no \(type.rawValue) literal", at: span,
        hint: "a value that is computed is converted with \(conversion)(…)")
    }
    return value
  }

  private func dynamic(_ literal: DynamicLiteral, at span: SourceSpan) throws(DossierError) -> DynamicValue {
    switch literal {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .long(let number): return .long(number)
    case .real(let number): return .real(number)
    case .string(let text): return .string(text)
    case .scalar(let inner):
      return (try bindLiteral(inner, at: span).constant ?? .null).asDynamic
    case .array(let items):
      var values: [DynamicValue] = []
      for item in items { values.append(try dynamic(item, at: span)) }
      return .array(values)
    case .bag(let entries):
      var pairs: [(String, DynamicValue)] = []
      for entry in entries { pairs.append((entry.key, try dynamic(entry.value, at: span))) }
      return .bag(.init(pairs, uniquingKeysWith: { _, last in last }))
    }
  }

  private func bindName(_ name: Name, in scope: RowScope) throws(DossierError) -> BoundExpression {
    if let column = scope.column(name.text) { return .column(column, at: name.span) }
    switch environment[name.text] {
    case .scalar(let value):
      return BoundExpression(value.kind, type: value.type, span: name.span)
    case .erroneous: return .erroneous(at: name.span)
    case .table:
      throw DossierError(
        .wrongShape, "'\(name.text)' is a table; a value is needed here", at: name.span,
        hint: "toscalar(\(name.text)) takes its first cell")
    case .function(let function, let environment) where function.parameters.isEmpty:
      return try expandScalar(function, environment, arguments: [], name: name, in: scope)
    case .function:
      throw DossierError(
        .wrongShape, "'\(name.text)' is a function; a value is needed here", at: name.span,
        hint: "\(name.text)(…)")
    case nil:
      if isOpen { return .erroneous(at: name.span) }
      throw unknownColumn(name, in: scope)
    }
  }

  /// The error for a name that is no column.
  public func unknownColumn(_ name: Name, in scope: RowScope) -> DossierError {
    var candidates = scope.columns.map(\.name) + environment.names
    candidates += scope.qualified.map(\.name)
    let near = nearestName(to: name.text, among: candidates)
    var hint = near.map { "did you mean \(SyntaxPrinter.quotedIfNeeded($0))?" }
    if hint == nil {
      let visible = scope.columns.filter { !$0.isHidden }.map(\.name)
      if functions.scalar(name.text) != nil {
        hint = "\(name.text) is a function: \(name.text)(…)"
      } else if !visible.isEmpty {
        hint = "columns: " + visible.prefix(20).joined(separator: ", ") + (visible.count > 20 ? ", …" : "")
      }
    }
    if namesOfStep.contains(where: { sameScalars($0, name.text) }) {
      hint = "'\(name.text)' is made in this very step: use it in a step behind"
    }
    let what = scope.columns.isEmpty ? "name" : "column"
    return DossierError(.unknownColumn, "there is no \(what) '\(name.text)' here", at: name.span, hint: hint)
  }

  /// The column that a name means here, or `BND102`.
  public func resolveColumn(_ name: Name, in scope: RowScope) throws(DossierError) -> PlanColumn {
    if let column = scope.column(name.text) { return column }
    if isOpen { return column(name.text, .dynamic, isErroneous: true) }
    throw unknownColumn(name, in: scope)
  }

  private func bindMember(
    _ base: Expression, _ name: Name, at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    if case .name(let qualifier) = base.kind,
      let known = scope.qualified.first(where: { sameScalars($0.name, qualifier.text) })
    {
      guard let column = known.columns.first(where: { sameScalars($0.name, name.text) }) else {
        if isOpen { return .erroneous(at: span) }
        throw unknownColumn(name, in: RowScope(known.columns))
      }
      return .column(column, at: span)
    }
    let value = try bind(base, in: scope)
    if value.isErroneous { return .erroneous(at: span) }
    guard value.type == .dynamic else {
      throw DossierError(
        .operandType, "'.\(name.text)' takes a member of a dynamic value; this is \(value.type.rawValue)",
        at: base.span,
        hint: value.type == .string ? "parse_json(\(SyntaxPrinter.print(base))).\(name.text)" : nil)
    }
    return fold(BoundExpression(.member(value, name.text), type: .dynamic, span: span))
  }

  // MARK: Operators

  private func bindUnary(
    _ sign: UnaryOperator, _ operand: Expression, at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    let value = try bind(operand, in: scope)
    if value.isErroneous { return value }
    guard value.type.isNumeric || value.type == .timespan || value.type == .dynamic else {
      throw DossierError(
        .operandType, "'\(sign.rawValue)' takes a number or timespan; this is \(value.type.rawValue)",
        at: operand.span)
    }
    if sign == .plus { return value }
    let zeroType: ScalarType = value.type == .dynamic ? .long : value.type
    if value.type == .real {
      // 0 - x would lose the sign of zero.
      let minusOne = BoundExpression.constant(.real(-1), .real, at: span)
      return fold(BoundExpression(.arithmetic(.multiply, minusOne, value), type: .real, span: span))
    }
    let zero = BoundExpression.constant(convertValue(.long(0), to: zeroType), zeroType, at: span)
    return fold(BoundExpression(.arithmetic(.subtract, zero, value), type: value.type, span: span))
  }

  private func bindBinary(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    if case .star = left.kind { return try bindStar(op, right, at: span, in: scope) }
    let a = bindOrRecord(left, in: scope)
    let b = bindOrRecord(right, in: scope)
    if a.isErroneous || b.isErroneous { return .erroneous(at: span) }
    return try makeBinary(op, a, b, at: span)
  }

  /// `* has "x"`: true where any column matches; columns that are not text are compared by their text.
  private func bindStar(
    _ op: BinaryOperator, _ right: Expression, at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    let value = try bind(right, in: scope)
    if value.isErroneous { return value }
    var parts: BoundExpression?
    for column in scope.columns where !column.isHidden {
      var cell = BoundExpression.column(column, at: span)
      if column.type != .string {
        if op == .equal, column.type != value.type { continue }
        if op != .equal { cell = BoundExpression(.convert(cell), type: .string, span: span) }
      } else if value.type != .string {
        continue
      }
      let test = try makeBinary(op, cell, value, at: span)
      parts = parts.map { BoundExpression(.or($0, test), type: .bool, span: span) } ?? test
    }
    return parts ?? .constant(.bool(false), .bool, at: span)
  }

  /// An operator over operands that are bound already.
  public func makeBinary(
    _ op: BinaryOperator, _ a: BoundExpression, _ b: BoundExpression, at span: SourceSpan
  ) throws(DossierError) -> BoundExpression {
    switch op {
    case .and, .or:
      let x = try asBool(a, for: op.rawValue)
      let y = try asBool(b, for: op.rawValue)
      return fold(BoundExpression(op == .and ? .and(x, y) : .or(x, y), type: .bool, span: span))
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return try makeComparison(op, a, b, at: span)
    case .add, .subtract, .multiply, .divide, .modulo:
      return try makeArithmetic(op, a, b, at: span)
    default:
      guard let match = Self.stringMatches[op] else {
        throw DossierError(.internalFault, "no meaning for '\(op.rawValue)'", at: span)
      }
      let x = try asText(a, for: op.rawValue)
      let y = try asText(b, for: op.rawValue)
      if match.kind == .regex, case .string(let pattern)? = y.constant {
        _ = try RegularExpression.compiled(pattern, at: y.span)
      }
      return fold(BoundExpression(.stringMatch(match, x, y), type: .bool, span: span))
    }
  }

  private static let stringMatches: [BinaryOperator: StringMatch] = {
    func make(_ kind: StringMatch.Kind, cs: Bool, not: Bool) -> StringMatch {
      StringMatch(kind, isCaseSensitive: cs, isNegated: not)
    }
    return [
      .equalFold: make(.equal, cs: false, not: false), .notEqualFold: make(.equal, cs: false, not: true),
      .has: make(.has, cs: false, not: false), .notHas: make(.has, cs: false, not: true),
      .hasCS: make(.has, cs: true, not: false), .notHasCS: make(.has, cs: true, not: true),
      .hasPrefix: make(.hasPrefix, cs: false, not: false),
      .notHasPrefix: make(.hasPrefix, cs: false, not: true),
      .hasPrefixCS: make(.hasPrefix, cs: true, not: false),
      .notHasPrefixCS: make(.hasPrefix, cs: true, not: true),
      .hasSuffix: make(.hasSuffix, cs: false, not: false),
      .notHasSuffix: make(.hasSuffix, cs: false, not: true),
      .hasSuffixCS: make(.hasSuffix, cs: true, not: false),
      .notHasSuffixCS: make(.hasSuffix, cs: true, not: true),
      .contains: make(.contains, cs: false, not: false), .notContains: make(.contains, cs: false, not: true),
      .containsCS: make(.contains, cs: true, not: false),
      .notContainsCS: make(.contains, cs: true, not: true),
      .startsWith: make(.startsWith, cs: false, not: false),
      .notStartsWith: make(.startsWith, cs: false, not: true),
      .startsWithCS: make(.startsWith, cs: true, not: false),
      .notStartsWithCS: make(.startsWith, cs: true, not: true),
      .endsWith: make(.endsWith, cs: false, not: false), .notEndsWith: make(.endsWith, cs: false, not: true),
      .endsWithCS: make(.endsWith, cs: true, not: false),
      .notEndsWithCS: make(.endsWith, cs: true, not: true),
      .matchesRegex: make(.regex, cs: true, not: false), .notMatchesRegex: make(.regex, cs: true, not: true),
    ]
  }()

  /// A `bool`, or what converts to one without a word from the user.
  public func asBool(_ value: BoundExpression, for what: String) throws(DossierError) -> BoundExpression {
    if value.isErroneous || value.type == .bool { return value }
    if value.type == .dynamic || value.type == .long || value.type == .int {
      return fold(BoundExpression(.convert(value), type: .bool, span: value.span))
    }
    throw DossierError(
      .operandType, "'\(what)' takes bool; this is \(value.type.rawValue)", at: value.span,
      hint: value.type == .string ? "compare it: … == \"…\", or isnotempty(…)" : "compare it with a value")
  }

  private func asText(_ value: BoundExpression, for what: String) throws(DossierError) -> BoundExpression {
    if value.type == .string { return value }
    if value.type == .dynamic {
      return fold(BoundExpression(.convert(value), type: .string, span: value.span))
    }
    throw DossierError(
      .operandType, "'\(what)' takes string; this is \(value.type.rawValue)", at: value.span,
      hint: "tostring(…)")
  }

  private func makeComparison(
    _ op: BinaryOperator, _ a: BoundExpression, _ b: BoundExpression, at span: SourceSpan
  ) throws(DossierError) -> BoundExpression {
    guard let comparison = ComparisonOperator(rawValue: op.rawValue) else {
      throw DossierError(.internalFault, "no meaning for '\(op.rawValue)'", at: span)
    }
    let (x, y) = try unify(a, b, for: op.rawValue)
    return fold(BoundExpression(.comparison(comparison, x, y), type: .bool, span: span))
  }

  /// Both operands in one type in which they can be compared.
  public func unify(
    _ a: BoundExpression, _ b: BoundExpression, for what: String
  ) throws(DossierError) -> (BoundExpression, BoundExpression) {
    if a.isErroneous || b.isErroneous || a.type == b.type { return (a, b) }
    func to(_ type: ScalarType) -> (BoundExpression, BoundExpression) {
      (converted(a, to: type), converted(b, to: type))
    }
    if a.type == .dynamic { return to(b.type) }
    if b.type == .dynamic { return to(a.type) }
    if a.type.isNumeric, b.type.isNumeric { return to(Self.widest(a.type, b.type)) }
    if a.type == .guid, b.type == .string { return to(.guid) }
    if a.type == .string, b.type == .guid { return to(.guid) }
    if a.type == .bool, b.type == .long || b.type == .int { return to(.long) }
    if b.type == .bool, a.type == .long || a.type == .int { return to(.long) }
    let conversion: String
    switch a.type {
    case .string: conversion = "tostring"
    case .real: conversion = "todouble"
    default: conversion = "to\(a.type.rawValue)"
    }
    throw DossierError(
      .operandType, "'\(what)' can't compare \(a.type.rawValue) with \(b.type.rawValue)", at: b.span,
      hint: "\(conversion)(…) converts the right side")
  }

  static func widest(_ a: ScalarType, _ b: ScalarType) -> ScalarType {
    if a == .real || b == .real { return .real }
    if a == .decimal || b == .decimal { return .decimal }
    return a == .int && b == .int ? .int : .long
  }

  /// The expression in another type, without asking whether that makes sense.
  public func converted(_ value: BoundExpression, to type: ScalarType) -> BoundExpression {
    value.type == type || value.isErroneous
      ? value : fold(BoundExpression(.convert(value), type: type, span: value.span))
  }

  private func makeArithmetic(
    _ op: BinaryOperator, _ a: BoundExpression, _ b: BoundExpression, at span: SourceSpan
  ) throws(DossierError) -> BoundExpression {
    guard let arithmetic = ArithmeticOperator(rawValue: op.rawValue) else {
      throw DossierError(.internalFault, "no meaning for '\(op.rawValue)'", at: span)
    }
    func make(_ type: ScalarType, _ x: BoundExpression, _ y: BoundExpression) -> BoundExpression {
      fold(BoundExpression(.arithmetic(arithmetic, x, y), type: type, span: span))
    }
    switch (a.type, b.type) {
    case (.dynamic, .dynamic): return make(.dynamic, a, b)
    case (.dynamic, let other) where other.isNumeric || other == .timespan || other == .datetime:
      let type: ScalarType =
        other == .datetime && arithmetic == .subtract ? .datetime : (other == .datetime ? .timespan : other)
      return try makeArithmetic(op, converted(a, to: type), b, at: span)
    case (let other, .dynamic) where other.isNumeric || other == .timespan:
      return try makeArithmetic(op, a, converted(b, to: other), at: span)
    case (.datetime, .dynamic): return try makeArithmetic(op, a, converted(b, to: .timespan), at: span)
    case (let x, let y) where x.isNumeric && y.isNumeric:
      var type = Self.widest(x, y)
      if type == .int { type = .long }
      if type == .decimal || type == .real {
        return make(type, converted(a, to: type), converted(b, to: type))
      }
      return make(type, a, b)
    case (.datetime, .datetime) where arithmetic == .subtract: return make(.timespan, a, b)
    case (.datetime, .timespan) where arithmetic == .add || arithmetic == .subtract:
      return make(.datetime, a, b)
    case (.timespan, .datetime) where arithmetic == .add: return make(.datetime, a, b)
    case (.datetime, .timespan) where arithmetic == .modulo: return make(.timespan, a, b)
    case (.timespan, .timespan):
      switch arithmetic {
      case .add, .subtract, .modulo: return make(.timespan, a, b)
      case .divide: return make(.real, converted(a, to: .real), converted(b, to: .real))
      case .multiply: break
      }
    case (.timespan, let y) where y.isNumeric && (arithmetic == .multiply || arithmetic == .divide):
      if y == .decimal { return make(.timespan, a, converted(b, to: .real)) }
      return make(.timespan, a, b)
    case (let x, .timespan) where x.isNumeric && arithmetic == .multiply:
      if x == .decimal { return make(.timespan, converted(a, to: .real), b) }
      return make(.timespan, a, b)
    default: break
    }
    var hint: String?
    if a.type == .string || b.type == .string {
      hint = op == .add ? "strcat(…) joins texts" : "tolong(…) or todouble(…) reads a number"
    }
    throw DossierError(
      .operandType, "'\(op.rawValue)' can't take \(a.type.rawValue) and \(b.type.rawValue)", at: span,
      hint: hint)
  }

  private func bindBetween(
    _ value: Expression, _ lower: Expression, _ upper: Expression, negated: Bool, at span: SourceSpan,
    in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    let x = bindOrRecord(value, in: scope)
    let low = bindOrRecord(lower, in: scope)
    var high = bindOrRecord(upper, in: scope)
    if x.isErroneous || low.isErroneous || high.isErroneous { return .erroneous(at: span) }
    if low.type == .datetime, high.type == .timespan {
      high = try makeArithmetic(.add, low, high, at: high.span)
    }
    let above = try makeBinary(.greaterOrEqual, x, low, at: span)
    let below = try makeBinary(.lessOrEqual, x, high, at: span)
    let inside = fold(BoundExpression(.and(above, below), type: .bool, span: span))
    return negated ? fold(BoundExpression(.not(inside), type: .bool, span: span)) : inside
  }

  private func bindList(
    _ op: ListOperator, _ value: Expression, _ items: [Expression], at span: SourceSpan, in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    if case .star = value.kind {
      var parts: BoundExpression?
      for column in scope.columns where !column.isHidden && column.type == .string {
        let test = try makeList(op, .column(column, at: span), items, at: span, in: scope)
        parts = parts.map { BoundExpression(.or($0, test), type: .bool, span: span) } ?? test
      }
      return parts ?? .constant(.bool(false), .bool, at: span)
    }
    return try makeList(op, bindOrRecord(value, in: scope), items, at: span, in: scope)
  }

  private func makeList(
    _ op: ListOperator, _ value: BoundExpression, _ items: [Expression], at span: SourceSpan,
    in scope: RowScope
  ) throws(DossierError) -> BoundExpression {
    let match: ListMatch
    switch op {
    case .in, .notIn: match = .equal
    case .inFold, .notInFold: match = .equalFold
    case .hasAny: match = .hasAny
    case .hasAll: match = .hasAll
    }
    let negated = op == .notIn || op == .notInFold
    var left = value
    if match != .equal, !left.isErroneous { left = try asText(value, for: op.rawValue) }
    if items.count == 1, isTabular(items[0]), scope.column(nameText(items[0])) == nil {
      let (table, isOpen) = try bindInner(items[0])
      guard let first = table.visibleColumns.first, !first.isErroneous else {
        if isOpen { return .erroneous(at: span) }
        throw DossierError(.wrongShape, "'\(op.rawValue)' needs a table with a column", at: items[0].span)
      }
      let kept = Project(input: table, outputs: [Project.Output(keeping: first)])
      return BoundExpression(
        .inTable(match, negated: negated, left, subquery(kept)), type: .bool, span: span)
    }
    var bound: [BoundExpression] = []
    for item in items {
      let one = bindOrRecord(item, in: scope)
      if one.isErroneous || left.isErroneous {
        left = .erroneous(at: span)
        continue
      }
      if one.type != .dynamic, match == .equal, left.type != .dynamic {
        bound.append(try unify(left, one, for: op.rawValue).1)
        if left.type == .int || left.type == .long, one.type == .real || one.type == .decimal {
          left = converted(left, to: one.type)
        }
      } else {
        bound.append(one)
      }
    }
    if left.isErroneous { return left }
    if left.type != .dynamic { bound = bound.map { $0.type == .dynamic ? $0 : converted($0, to: left.type) } }
    return fold(BoundExpression(.list(match, negated: negated, left, bound), type: .bool, span: span))
  }

  private func nameText(_ expression: Expression) -> String {
    if case .name(let name) = expression.kind { return name.text }
    return ""
  }

  // MARK: Folding

  /// The expression computed, if it reads no column and always gives the same.
  func fold(_ expression: BoundExpression) -> BoundExpression {
    if expression.constant != nil { return expression }
    let operands = expression.operands
    guard !operands.isEmpty, operands.allSatisfy({ $0.constant != nil }) else { return expression }
    switch expression.kind {
    case .call(let function, _) where !function.isPure || function.needsSerialized: return expression
    case .inTable: return expression
    default: break
    }
    guard let value = try? Evaluator.constant(expression, context) else { return expression }
    return .constant(value, expression.type, at: expression.span)
  }

  /// The expression in the type that a place needs, if Kusto would convert it there by itself.
  public func coerce(_ value: BoundExpression, to type: ScalarType, what: String) throws(DossierError)
    -> BoundExpression
  {
    if value.isErroneous || value.type == type { return value }
    let fits =
      (value.type.isNumeric && type.isNumeric) || value.type == .dynamic || type == .dynamic
      || value.constant?.isNull == true
    guard fits else {
      throw DossierError(
        .argumentType, "\(what) is \(type.rawValue); this is \(value.type.rawValue)", at: value.span)
    }
    return converted(value, to: type)
  }

  /// A constant of a type, for operators that need one when the plan is made.
  public func bindConstant(_ expression: Expression, _ what: String) throws(DossierError) -> (
    Value, ScalarType
  ) {
    let bound = try bind(expression, in: RowScope([]))
    if let value = bound.constant { return (value, bound.type) }
    if bound.isErroneous { return (.null, .dynamic) }
    guard mayRead, bound.isRowIndependent else {
      if !mayRead, bound.isRowIndependent { return (Self.stand(for: bound.type), bound.type) }
      throw DossierError(.notConstant, "\(what) must be a constant", at: expression.span)
    }
    return (try Evaluator.constant(bound, context), bound.type)
  }

  /// What a check takes for a value that is not computed.
  private static func stand(for type: ScalarType) -> Value {
    switch type {
    case .int, .long: .long(1)
    case .real: .real(1)
    case .decimal: .decimal(1)
    case .timespan: .timespan(Ticks.perDay)
    case .bool: .bool(true)
    case .datetime: .datetime(Ticks.unixEpoch)
    case .string, .guid, .dynamic: .null
    }
  }
}
