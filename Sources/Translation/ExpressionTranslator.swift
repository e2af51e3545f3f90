import Columnar
import Diagnostics
import KQLEngine

extension DossierError.Code {
  /// Something that has no SQL that gives the same.
  public static let untranslatable: Self = "TRA101"
}

/// Turns bound expressions into SQL, with the language's rules for nulls written out where SQL's differ.
struct ExpressionTranslator {
  let dialect: any SQLDialect
  /// The columns that expressions may read.
  var columns: [ColumnID: SQLExpression]
  /// The SQL of a table that an expression needs.
  let table: (Subquery) throws(DossierError) -> SQLTable

  /// A table as an expression uses it: in parentheses, with its first column.
  struct SQLTable {
    /// `SELECT … FROM …`
    var select: String
    /// The order and what follows, for its first row.
    var order: String
    /// Its first column.
    var column: SQLExpression
  }

  func fail(_ what: String, _ span: SourceSpan, hint: String? = nil) -> DossierError {
    DossierError(
      .untranslatable, "\(dialect.title) has nothing that gives the same as \(what)", at: span, hint: hint)
  }

  /// The SQL of an expression. With `asTest`, only whether it is true matters: NULL may stand for false.
  func translate(_ expression: BoundExpression, asTest: Bool = false) throws(DossierError) -> SQLExpression {
    let span = expression.span
    switch expression.kind {
    case .constant(let value): return try constant(value, expression.type, span)
    case .column(let id):
      guard let column = columns[id] else {
        throw fail(
          "this column, which Dossier computes from others (Title, Published, Source, Sentence, Cite)", span)
      }
      return column
    case .call(let function, let arguments): return try call(function, arguments, expression)
    case .arithmetic(let op, let left, let right):
      let (a, b) = (try translate(left), try translate(right))
      let reals = [a, b].contains { $0.type == .real } && expression.type == .real
      let operands = reals ? [try converted(a, to: .real, span), try converted(b, to: .real, span)] : [a, b]
      return try fill(
        Self.words[op] ?? op.rawValue, operands, type: expression.type, "'\(op.rawValue)'", span)
    case .comparison(let op, let left, let right):
      return try comparison(op, try translate(left), try translate(right), asTest: asTest, span)
    case .stringMatch(let match, let left, let right):
      return try stringMatch(match, try translate(left), try translate(right), span)
    case .list(let match, let negated, let value, let items):
      return try list(match, negated, value, items, asTest: asTest, span)
    case .inTable(let match, let negated, let value, let subquery):
      if match == .hasAny || match == .hasAll {
        throw fail(
          "'has_any' with a table", span, hint: "let terms = toscalar(T | summarize make_set(Term))")
      }
      return try inTable(match == .equalFold, negated, try translate(value), subquery, span)
    case .and(let left, let right): return try logical("AND", left, right, asTest)
    case .or(let left, let right): return try logical("OR", left, right, asTest)
    case .not(let value):
      let inner = try translate(value)
      return SQLExpression(
        text: "NOT \(inner.operand)", type: .bool, mayBeNull: inner.mayBeNull, isAtom: false)
    case .convert(let value): return try converted(try translate(value), to: expression.type, span)
    case .member(let value, let key):
      let literal = try constant(.string(key), .string, span)
      return try fill("member", [try translate(value), literal], type: .dynamic, "'.\(key)'", span)
    case .index(let value, let index):
      return try fill(
        "index", [try translate(value), try translate(index)], type: .dynamic, "'[…]' with this index", span)
    case .scalar(let subquery):
      let found = try table(subquery)
      let text = "(\(found.select)\(found.order) LIMIT 1)"
      var first = SQLExpression(text: text, type: expression.type, mayBeNull: true, isAtom: true)
      first.mayHoldTimes = found.column.mayHoldTimes
      return nonNull(first)
    case .erroneous:
      throw DossierError(.internalFault, "an expression with an error was translated", at: span)
    }
  }

  private static let words: [ArithmeticOperator: String] = [
    .add: "add", .subtract: "subtract", .multiply: "multiply", .divide: "divide", .modulo: "modulo",
  ]

  // MARK: Templates

  /// Types as keys name them; `int` is tried before `long`, then anything.
  private static func keys(_ name: String, _ types: [ScalarType]) -> [String] {
    func key(_ words: [String]) -> String { "\(name)(\(words.joined(separator: ",")))" }
    let exact = types.map(\.rawValue)
    let wide = types.map { $0 == .int ? "long" : $0.rawValue }
    var keys = [key(exact), key(wide)]
    for index in types.indices {
      var some = wide
      some[index] = "*"
      keys.append(key(some))
    }
    keys.append(key(types.map { _ in "*" }))
    return keys
  }

  /// The template of a function for operands; nil if the dialect has none.
  func template(_ name: String, _ types: [ScalarType]) -> String? {
    for key in Self.keys(name, types) { if let found = dialect.scalar(key) { return found } }
    return nil
  }

  /// A template filled, or the error that there is none. A text that may be NULL becomes empty.
  func fill(
    _ name: String, _ operands: [SQLExpression], type: ScalarType, _ what: String, _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    guard let template = template(name, operands.map(\.type)) else {
      let types = operands.map(\.type.rawValue).joined(separator: ", ")
      throw fail(types.isEmpty ? what : "\(what) with \(types)", span)
    }
    return nonNull(SQLExpression(template, operands, type: type))
  }

  /// A text that is never NULL; other types as they are.
  func nonNull(_ expression: SQLExpression) -> SQLExpression {
    guard expression.type == .string, expression.mayBeNull else { return expression }
    return SQLExpression("!coalesce($0, '')", [expression], type: .string)
  }

  /// A constant as SQL.
  func constant(_ value: Value, _ type: ScalarType, _ span: SourceSpan) throws(DossierError) -> SQLExpression
  {
    let value: Value = type == .string && value.isNull ? .string("") : value
    guard let text = dialect.literal(value, type) else {
      throw fail("a \(type.rawValue) constant", span, hint: "convert it to real or string first")
    }
    var made = SQLExpression(
      text: text, type: type, mayBeNull: value.isNull, isAtom: !text.hasPrefix("-"), constant: value)
    if case .dynamic(let held) = value { made.mayHoldTimes = held.holdsTimes }
    return made
  }

  /// An expression in another type, by the engine's own conversions.
  func converted(
    _ value: SQLExpression, to type: ScalarType, _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    if value.type == type || value.type == .int && type == .long {
      var same = value
      same.type = type
      return same
    }
    if let known = value.constant { return try constant(convertValue(known, to: type), type, span) }
    try refuseTimes(in: value, to: type, span)
    return try fill("to_\(type.rawValue)", [value], type: type, "a conversion to \(type.rawValue)", span)
  }

  /// A moment within a dynamic value is a number of ticks to `tolong`, and in JSON it is a text: only its text is the
  /// same in both.
  private func refuseTimes(
    in value: SQLExpression, to type: ScalarType, _ span: SourceSpan
  ) throws(DossierError) {
    guard value.mayHoldTimes, type != .dynamic, type != .string else { return }
    throw fail(
      "a conversion to \(type.rawValue) of what may be a datetime or timespan within a dynamic value", span,
      hint: "convert it before it is packed: pack_array(tolong(…))")
  }

  // MARK: Tests

  private func logical(
    _ word: String, _ left: BoundExpression, _ right: BoundExpression, _ asTest: Bool
  ) throws(DossierError) -> SQLExpression {
    let (a, b) = (try translate(left, asTest: asTest), try translate(right, asTest: asTest))
    // A chain of one operator needs no parentheses on its left.
    let isChain = { (side: BoundExpression) -> Bool in
      switch side.kind {
      case .and: word == "AND"
      case .or: word == "OR"
      default: false
      }
    }
    let first = isChain(left) ? a.text : a.testOperand
    return SQLExpression(
      text: "\(first) \(word) \(b.testOperand)", type: .bool, mayBeNull: a.mayBeNull || b.mayBeNull,
      isAtom: false
    )
  }

  private static let comparisonWords: [ComparisonOperator: String] = [
    .equal: "equal", .notEqual: "equal", .less: "less", .lessOrEqual: "less_or_equal", .greater: "less",
    .greaterOrEqual: "less_or_equal",
  ]
  private static let comparisonSigns: [ComparisonOperator: String] = [
    .equal: "=", .notEqual: "<>", .less: "<", .lessOrEqual: "<=", .greater: ">", .greaterOrEqual: ">=",
  ]

  /// `==` and `!=` with one null are definite, with two null; all else with a null is null.
  func comparison(
    _ op: ComparisonOperator, _ a: SQLExpression, _ b: SQLExpression, asTest: Bool, _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    if a.type == .dynamic || b.type == .dynamic {
      throw fail("'\(op.rawValue)' of dynamic values", span, hint: "cast them: tolong(…), tostring(…)")
    }
    let isPlainReal =
      b.constant.map { if case .real(let number) = $0 { number.isFinite } else { false } } == true
    let key = Self.comparisonWords[op] ?? ""
    var raw: SQLExpression
    let special = template(key, [a.type, b.type])
    if let special, !(isPlainReal && (op == .equal || op == .less || op == .lessOrEqual)) {
      let swaps = op == .greater || op == .greaterOrEqual
      raw = SQLExpression(special, swaps ? [b, a] : [a, b], type: .bool)
      if op == .notEqual {
        raw = SQLExpression(text: "NOT \(raw.operand)", type: .bool, mayBeNull: raw.mayBeNull, isAtom: false)
      }
    } else {
      raw = SQLExpression(
        text: "\(a.operand) \(Self.comparisonSigns[op] ?? "=") \(b.operand)", type: .bool,
        mayBeNull: a.mayBeNull || b.mayBeNull, isAtom: false, isComparison: true)
    }
    guard raw.mayBeNull, op == .equal || op == .notEqual else { return raw }
    if op == .equal {
      if asTest { return raw }
      let definite = SQLExpression("!coalesce($0, FALSE)", [raw], type: .bool)
      return bothNull(a, b, definite)
    }
    if asTest, a.mayBeNull, b.mayBeNull {
      let definite = SQLExpression(
        "!coalesce($0, $1 IS NOT NULL OR $2 IS NOT NULL)", [raw, a, b], type: .bool)
      return definite
    }
    return bothNull(a, b, SQLExpression("!coalesce($0, TRUE)", [raw], type: .bool))
  }

  /// NULL where both operands are.
  private func bothNull(_ a: SQLExpression, _ b: SQLExpression, _ definite: SQLExpression) -> SQLExpression {
    guard a.mayBeNull, b.mayBeNull else { return definite }
    return SQLExpression(
      "?CASE WHEN $0 IS NOT NULL OR $1 IS NOT NULL THEN $2 END", [a, b, definite], type: .bool)
  }

  private func stringMatch(
    _ match: StringMatch, _ value: SQLExpression, _ pattern: SQLExpression, _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    let word = match.kind == .regex ? "matches_regex" : match.kind == .equal ? "equal" : match.kind.rawValue
    let name = match.isCaseSensitive || match.kind == .regex ? word + "_cs" : word + "_fold"
    let pattern = match.kind == .regex ? try self.pattern(pattern, span) : pattern
    let found = try fill(name, [value, pattern], type: .bool, "'\(match.kind.rawValue)'", span)
    guard match.isNegated else { return found }
    return SQLExpression(text: "NOT \(found.operand)", type: .bool, mayBeNull: found.mayBeNull, isAtom: false)
  }

  /// A regular expression as the dialect reads it.
  private func pattern(_ value: SQLExpression, _ span: SourceSpan) throws(DossierError) -> SQLExpression {
    if dialect.hasRE2 { return value }
    guard case .string(let text)? = value.constant, let own = dialect.pattern(text) else {
      throw fail("this regular expression", span, hint: "has, contains and startswith need none")
    }
    return try constant(.string(own), .string, span)
  }

  // MARK: Lists

  /// The items of a list, dynamic arrays as their elements.
  private func spread(_ items: [BoundExpression], to type: ScalarType?) throws(DossierError)
    -> [SQLExpression]
  {
    var all: [SQLExpression] = []
    for item in items {
      switch item.constant {
      case .dynamic(.array(let elements))?:
        for element in elements {
          let value = type.map { convertValue(element.scalar, to: $0) } ?? element.scalar
          all.append(try constant(value, type ?? .string, item.span))
        }
      case nil where item.type == .dynamic:
        throw fail("a list that a dynamic value makes", item.span, hint: "write the items: in ('a', 'b')")
      default:
        let made = try translate(item)
        all.append(
          try type.map { type throws(DossierError) in try converted(made, to: type, item.span) } ?? made)
      }
    }
    return all
  }

  private func list(
    _ match: ListMatch, _ negated: Bool, _ value: BoundExpression, _ items: [BoundExpression], asTest: Bool,
    _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    let left = try translate(value)
    switch match {
    case .hasAny, .hasAll:
      let tests = try spread(items, to: .string).map { item throws(DossierError) in
        try fill("has_fold", [left, item], type: .bool, "'has'", span)
      }
      let word = match == .hasAny ? " OR " : " AND "
      guard !tests.isEmpty else { return try constant(.bool(match == .hasAll), .bool, span) }
      let all = tests.map(\.operand).joined(separator: word)
      return SQLExpression(
        text: negated ? "NOT (\(all))" : all, type: .bool, mayBeNull: false,
        isAtom: tests.count == 1 && !negated)
    case .equal, .equalFold: break
    }
    if value.type == .dynamic { throw fail("'in' on a dynamic value", span, hint: "cast it: tostring(…)") }
    let others = try spread(items, to: value.type).filter { $0.constant?.isNull != true }
    if others.isEmpty { return try constant(.bool(negated), .bool, span) }
    if match == .equalFold {
      let folded = try fill("fold", [left], type: .string, "'in~'", span)
      let list = try others.map { item throws(DossierError) in
        try fill("fold", [item], type: .string, "'in~'", span)
      }
      return membership(folded, list, negated, asTest)
    }
    if let special = template("equal", [left.type, left.type]),
      others.contains(where: { $0.constant.map(Self.isNaN) ?? true })
    {
      // An equality of its own, as that of reals: NaN is equal to nothing.
      let tests = others.map { SQLExpression(special, [left, $0], type: .bool).operand }
      let any = "coalesce(\(tests.joined(separator: " OR ")), FALSE)"
      return SQLExpression(
        text: negated ? "NOT \(any)" : any, type: .bool, mayBeNull: false, isAtom: !negated)
    }
    return membership(left, others, negated, asTest)
  }

  private static func isNaN(_ value: Value) -> Bool {
    if case .real(let number) = value { return number.isNaN }
    return false
  }

  /// `a IN (…)`, which is never NULL: a null is in no list.
  private func membership(
    _ value: SQLExpression, _ items: [SQLExpression], _ negated: Bool, _ asTest: Bool
  ) -> SQLExpression {
    let list = items.map(\.text).joined(separator: ", ")
    let mayBeNull = value.mayBeNull || items.contains(where: \.mayBeNull)
    let raw = SQLExpression(
      text: "\(value.operand) \(negated ? "NOT IN" : "IN") (\(list))", type: .bool, mayBeNull: mayBeNull,
      isAtom: false, isComparison: true)
    if !mayBeNull || asTest && !negated { return raw }
    return SQLExpression("!coalesce($0, \(negated ? "TRUE" : "FALSE"))", [raw], type: .bool)
  }

  private func inTable(
    _ fold: Bool, _ negated: Bool, _ value: SQLExpression, _ subquery: Subquery, _ span: SourceSpan
  ) throws(DossierError) -> SQLExpression {
    let found = try table(subquery)
    var left = value
    guard
      found.column.type == value.type
        || [found.column.type, value.type].allSatisfy({ $0 == .int || $0 == .long })
    else {
      throw fail(
        "'in' with a column of another type", span,
        hint: "project to\(value.type.rawValue)(\(found.column.text)) in the table")
    }
    if value.type == .dynamic { throw fail("'in' on a dynamic value", span, hint: "cast it: tostring(…)") }
    var item = found.column
    if fold {
      left = try fill("fold", [value], type: .string, "'in~'", span)
      item = try fill("fold", [item], type: .string, "'in~'", span)
    }
    var select = "SELECT \(item.text) FROM (\(found.select)) AS kql_in"
    if value.type == .real {
      // NaN is equal to nothing, also not to itself.
      let isNumber = try fill("is_number", [item], type: .bool, "'in'", span)
      select += " WHERE \(isNumber.text)"
    }
    let raw = SQLExpression(
      text: "\(left.operand) \(negated ? "NOT IN" : "IN") (\(select))", type: .bool, mayBeNull: true,
      isAtom: false)
    return SQLExpression("!coalesce($0, \(negated ? "TRUE" : "FALSE"))", [raw], type: .bool)
  }

  // MARK: Calls

  private func call(
    _ function: ScalarFunction, _ arguments: [BoundExpression], _ whole: BoundExpression
  ) throws(DossierError) -> SQLExpression {
    let span = whole.span
    let what = "\(function.name)()"
    if !function.isPure || function.needsSerialized {
      throw fail(what, span, hint: function.name == "now" ? nil : "leave it out of the translated part")
    }
    var values: [SQLExpression] = []
    for argument in arguments { values.append(try translate(argument)) }
    func widened(_ items: [SQLExpression]) throws(DossierError) -> [SQLExpression] {
      var result: [SQLExpression] = []
      for item in items {
        result.append(
          whole.type == .dynamic && item.type != .dynamic
            ? try fill("json", [item], type: .dynamic, what, span) : try converted(item, to: whole.type, span)
        )
      }
      return result
    }
    if ["bin", "bin_at", "round"].contains(function.name), whole.type == .real {
      // All in reals; but the number of decimals stays whole.
      for index in values.indices where function.name != "round" || index == 0 {
        values[index] = try converted(values[index], to: .real, span)
      }
    }
    switch function.name {
    case "iff": return try choice([values[0]], try widened(Array(values.dropFirst())))
    case "case":
      let last = values.count - 1
      let tests = stride(from: 0, to: last, by: 2).map { values[$0] }
      return try choice(
        tests, try widened(stride(from: 1, to: last, by: 2).map { values[$0] } + [values[last]]))
    case "coalesce": return try firstValue(try widened(values))
    case "max_of", "min_of":
      var result = try widened(values)
      var best = result.removeFirst()
      for next in result { best = try fill(function.name, [best, next], type: whole.type, what, span) }
      return best
    case "isnull", "isnotnull":
      let isNull = function.name == "isnull"
      if !values[0].mayBeNull { return try constant(.bool(!isNull), .bool, span) }
      return SQLExpression("!$0 IS \(isNull ? "" : "NOT ")NULL", values, type: .bool)
    case "strcat", "strcat_delim":
      var texts: [SQLExpression] = []
      for value in values { texts.append(try converted(value, to: .string, span)) }
      guard let template = dialect.scalar("\(function.name)(…)") else { throw fail(what, span) }
      return nonNull(SQLExpression(template, texts, type: .string))
    case "pack_array", "bag_pack":
      var items: [SQLExpression] = []
      for (index, value) in values.enumerated() {
        let isKey = function.name == "bag_pack" && index % 2 == 0
        items.append(
          isKey
            ? try converted(value, to: .string, span) : try fill("json", [value], type: .dynamic, what, span))
      }
      guard let template = dialect.scalar("\(function.name)(…)") else { throw fail(what, span) }
      return SQLExpression(template, items, type: .dynamic)
    case "tolong", "toint", "toreal", "todouble", "tobool", "toboolean", "todatetime", "totimespan":
      try refuseTimes(in: values[0], to: whole.type, span)
    case "extract":
      if values.count > 3 {
        throw fail("extract() with a type", span, hint: "convert what it gives: tolong(extract(…))")
      }
      if case .string(let pattern)? = values[0].constant, case .long(let group)? = values[1].constant {
        let groups = try RegularExpression.compiled(pattern, at: span).groupCount
        if group < 0 || group > groups { return try constant(.string(""), .string, span) }
        values[0] = try self.pattern(values[0], span)
      } else {
        throw fail("extract() whose expression or group is not constant", span)
      }
    default: break
    }
    return try fill(named(function.name, &values), values, type: whole.type, what, span)
  }

  /// The name of a function, and of the variant that its constant arguments ask for.
  private func named(_ name: String, _ values: inout [SQLExpression]) -> String {
    switch name {
    case "datetime_part", "datetime_add", "datetime_diff":
      guard case .string(let part)? = values.first?.constant else { return name }
      values.removeFirst()
      return "\(name) \(part.lowercased())"
    case "round":
      guard values.count == 2, case .long(let digits)? = values[1].constant else { return name }
      return digits > 0 ? "round digits" : "round tens"
    default: return name
    }
  }

  /// The value behind the first test that is true, else the last one.
  private func choice(_ tests: [SQLExpression], _ values: [SQLExpression]) throws(DossierError)
    -> SQLExpression
  {
    var text = "CASE"
    for (test, value) in zip(tests, values) { text += " WHEN \(test.text) THEN \(value.text)" }
    text += " ELSE \(values[values.count - 1].text) END"
    var chosen = SQLExpression(
      text: text, type: values[0].type, mayBeNull: values.contains(where: \.mayBeNull), isAtom: false)
    chosen.mayHoldTimes = values.contains(where: \.mayHoldTimes)
    return chosen
  }

  /// The first value there is; of texts, the first that is not empty.
  private func firstValue(_ values: [SQLExpression]) throws(DossierError) -> SQLExpression {
    guard values[0].type == .string else {
      var first = SQLExpression(
        text: "coalesce(\(values.map(\.text).joined(separator: ", ")))", type: values[0].type,
        mayBeNull: values.allSatisfy(\.mayBeNull), isAtom: true)
      first.mayHoldTimes = values.contains(where: \.mayHoldTimes)
      return first
    }
    let tests = values.dropLast().map { value in
      SQLExpression(text: "\(value.operand) <> ''", type: .bool, mayBeNull: false, isAtom: false)
    }
    return try choice(tests, values)
  }
}

extension DynamicValue {
  /// Whether it is or holds a datetime or a timespan.
  fileprivate var holdsTimes: Bool {
    switch self {
    case .datetime, .timespan: true
    case .array(let items): items.contains(where: \.holdsTimes)
    case .bag(let members): members.values.contains(where: \.holdsTimes)
    default: false
    }
  }
}
