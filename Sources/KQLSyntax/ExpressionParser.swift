import Diagnostics

extension TokenCursor {
  /// An expression with its operators.
  public mutating func parseExpression() throws(DossierError) -> Expression {
    try nested { cursor throws(DossierError) in try cursor.parseBinary(minimum: 1) }
  }

  /// The predicate of `search` and `find`, where `column:"term"` means `column has "term"`.
  public mutating func parseSearchPredicate() throws(DossierError) -> Expression {
    isSearching = true
    defer { isSearching = false }
    return try parseExpression()
  }

  /// `name = value`, `(a, b) = value`, or a value.
  public mutating func parseNamedExpression() throws(DossierError) -> NamedExpression {
    if at("("), let close = closingParenthesis(), tokens[close + 1].text == "=",
      tokens[close + 1].kind == .sign
    {
      advance()
      let names = try parseList { cursor throws(DossierError) in try cursor.expectName("a column name") }
      try expect(")")
      try expect("=")
      return NamedExpression(names: names, isTuple: true, value: try parseExpression())
    }
    if let name = takeAssignedName() { return NamedExpression(names: [name], value: try parseExpression()) }
    return NamedExpression(value: try parseExpression())
  }

  /// Passes `name =` if that stands here.
  public mutating func takeAssignedName() -> Name? {
    let offset = current.kind == .name ? 1 : (atQuotedName ? 3 : 0)
    guard offset > 0, peek(offset).kind == .sign, peek(offset).text == "=" else { return nil }
    let name = takeName()
    advance()
    return name
  }

  /// The index of the token that closes the parenthesis here; never the last token.
  func closingParenthesis() -> Int? {
    var level = 0
    for index in position..<tokens.count where tokens[index].kind == .sign {
      switch tokens[index].text {
      case "(", "[", "{": level += 1
      case ")", "]", "}":
        level -= 1
        if level == 0 { return index < tokens.count - 1 ? index : nil }
      case ";" where level == 0: return nil
      default: break
      }
    }
    return nil
  }

  private func checked(_ kind: Expression.Kind, _ span: SourceSpan) throws(DossierError) -> Expression {
    let made = Expression(kind, at: span)
    if made.depth > Self.maximumTreeDepth { throw tooDeep(at: span) }
    return made
  }

  private mutating func parseBinary(minimum: Int) throws(DossierError) -> Expression {
    var left = try parseUnary()
    while true {
      if minimum <= 3, let list = listOperatorHere() {
        left = try parseListComparison(list, left)
      } else if minimum <= 3, let negated = betweenHere() {
        left = try parseBetween(left, negated: negated)
      } else if let (infix, count) = binaryOperatorHere(), infix.precedence >= minimum {
        position += count
        let right = try parseBinary(minimum: infix.precedence + 1)
        left = try checked(.binary(infix, left, right), left.span.union(right.span))
      } else {
        return left
      }
    }
  }

  private static let words: [String: BinaryOperator] = {
    var words = BinaryOperator.synonyms
    for value in BinaryOperator.allCases { words[value.rawValue] = value }
    return words
  }()

  private func binaryOperatorHere() -> (BinaryOperator, Int)? {
    let token = current
    guard token.kind == .sign || token.kind == .name else { return nil }
    if token.text == "matches" || token.text == "!matches" {
      guard peek(1).kind == .name, peek(1).text == "regex" else { return nil }
      return (token.text == "matches" ? .matchesRegex : .notMatchesRegex, 2)
    }
    if isSearching, at(":"), peek(1).kind == .string { return (.has, 1) }
    guard let found = Self.words[token.text] else { return nil }
    // A word before `=` starts the next item (`… by x, has = 1` can't be, but `contains = a` can).
    if token.kind == .name, peek(1).kind == .sign, peek(1).text == "=" { return nil }
    return (found, 1)
  }

  private func listOperatorHere() -> ListOperator? {
    guard current.kind == .name || current.kind == .sign, let found = ListOperator(rawValue: current.text)
    else { return nil }
    let next = peek(1)
    return next.kind == .sign && next.text == "(" || next.kind == .name ? found : nil
  }

  private func betweenHere() -> Bool? {
    guard peek(1).kind == .sign, peek(1).text == "(" else { return nil }
    if current.kind == .name, current.text == "between" { return false }
    if current.kind == .sign, current.text == "!between" { return true }
    return nil
  }

  private mutating func parseBetween(_ left: Expression, negated: Bool) throws(DossierError) -> Expression {
    advance()
    try expect("(")
    let lower = try parseExpression()
    try expect("..")
    let upper = try parseExpression()
    try expect(")")
    return try checked(
      .between(left, lower: lower, upper: upper, negated: negated), SourceSpan(left.span.lower, lastEnd))
  }

  private mutating func parseListComparison(
    _ list: ListOperator, _ left: Expression
  ) throws(DossierError) -> Expression {
    advance()
    var items: [Expression] = []
    if take("(") {
      while !at(")") {
        items.append(try parseArgumentValue())
        guard take(",") else { break }
      }
      try expect(")")
    } else {
      items.append(try parseUnary())
    }
    return try checked(.list(list, left, items), SourceSpan(left.span.lower, lastEnd))
  }

  private mutating func parseUnary() throws(DossierError) -> Expression {
    guard at("-") || at("+") else { return try parsePostfix() }
    let sign = advance()
    if sign.text == "-", current.kind == .long, current.text == "9223372036854775808" {
      let span = sign.span.union(advance().span)
      return Expression(.literal(.typed(type: "long", text: "-9223372036854775808")), at: span)
    }
    let operand = try nested { cursor throws(DossierError) in try cursor.parseUnary() }
    return try checked(.unary(sign.text == "-" ? .minus : .plus, operand), sign.span.union(operand.span))
  }

  private mutating func parsePostfix() throws(DossierError) -> Expression {
    var base = try parsePrimary()
    while current.kind == .sign {
      if at("."), peek(1).kind == .name {
        advance()
        let token = advance()
        if at("(") {
          throw DossierError(
            .unsupportedSyntax, "not supported: a call after '.', as \(token.text)()", at: token.span,
            hint: "queries run over the open store; name its tables directly")
        }
        base = try checked(.member(base, Name(token.text, at: token.span)), base.span.union(token.span))
      } else if at("."), peek(1).kind == .sign, peek(1).text == "[" {
        advance()
      } else if at("[") {
        advance()
        let index = try parseExpression()
        try expect("]")
        base = try checked(.index(base, index), SourceSpan(base.span.lower, lastEnd))
      } else {
        break
      }
    }
    return base
  }

  /// A literal, a name, a call, or an expression or pipeline in parentheses.
  mutating func parsePrimary() throws(DossierError) -> Expression {
    let token = current
    switch token.kind {
    case .string:
      let (value, span) = try expectString("a string")
      return Expression(.literal(.string(value)), at: span)
    case .long, .real, .timespan, .typed:
      advance()
      return Expression(.literal(try literal(token)), at: token.span)
    case .name:
      return try parseWord()
    case .sign where token.text == "(":
      advance()
      let inner = try parseArgumentValue()
      try expect(")")
      return Expression(inner.kind, at: SourceSpan(token.span.lower, lastEnd))
    case .sign where token.text == "*":
      advance()
      return Expression(.star, at: token.span)
    case .sign where token.text == "[":
      if let name = takeName() { return try parseCallOrName(name) }
      throw unexpected(
        "a value", hint: "a list is written dynamic([…]), a name with special characters ['…']")
    default:
      throw unexpected("a value")
    }
  }

  private mutating func parseWord() throws(DossierError) -> Expression {
    let token = current
    switch token.text {
    case "true", "false", "True", "False", "TRUE", "FALSE":
      advance()
      return Expression(.literal(.bool(token.text.lowercased() == "true")), at: token.span)
    case "null" where !(peek(1).kind == .sign && peek(1).text == "("):
      advance()
      return Expression(.literal(.null), at: token.span)
    case "dynamic" where peek(1).kind == .sign && peek(1).text == "(":
      advance()
      advance()
      let value = try parseDynamic()
      try expect(")")
      return Expression(.literal(.dynamic(value)), at: SourceSpan(token.span.lower, lastEnd))
    case "typeof" where peek(1).kind == .sign && peek(1).text == "(":
      advance()
      advance()
      let start = current.span.lower
      var level = 0
      var text = ""
      while current.kind != .end, level > 0 || !at(")") {
        if at("(") { level += 1 }
        if at(")") { level -= 1 }
        text += (text.isEmpty || current.span.lower == lastEnd ? "" : " ") + current.text
        advance()
      }
      if text.isEmpty { throw unexpected("a type") }
      try expect(")")
      return Expression(.typeOf(text), at: SourceSpan(start - 7, lastEnd))
    default:
      guard let name = takeName() else { throw unexpected("a value") }
      return try parseCallOrName(name)
    }
  }

  private mutating func parseCallOrName(_ name: Name) throws(DossierError) -> Expression {
    guard at("(") else {
      if at("*"), current.span.lower == lastEnd, atPatternEnd {
        advance()
        return Expression(.wildcard(name.text + "*"), at: SourceSpan(name.span.lower, lastEnd))
      }
      return Expression(.name(name), at: name.span)
    }
    advance()
    var arguments: [Call.Argument] = []
    while !at(")") {
      let argument = try takeArgument()
      arguments.append(argument)
      guard take(",") else { break }
    }
    try expect(")")
    return try checked(
      .call(Call(name: name, arguments: arguments)), SourceSpan(name.span.lower, lastEnd))
  }

  /// Whether what follows the `*` here can't be an operand, so that `a*` is a pattern of names.
  private var atPatternEnd: Bool {
    let next = peek(1)
    return next.kind == .end || next.kind == .sign && [",", ")", "|", ";"].contains(next.text)
  }

  private mutating func takeArgument() throws(DossierError) -> Call.Argument {
    if let name = takeAssignedName() { return Call.Argument(name: name, value: try parseArgumentValue()) }
    return Call.Argument(value: try parseArgumentValue())
  }

  /// An expression, or a pipeline without parentheses around it.
  public mutating func parseArgumentValue() throws(DossierError) -> Expression {
    try nested { cursor throws(DossierError) in
      if cursor.startKeywordHere() != nil {
        let pipeline = try cursor.parsePipeline()
        return Expression(.tabular(pipeline), at: pipeline.span)
      }
      let value = try cursor.parseExpression()
      guard cursor.at("|") else { return value }
      let pipeline = try cursor.parsePipeline(after: value)
      return Expression(.tabular(pipeline), at: pipeline.span)
    }
  }

  private func literal(_ token: Token) throws(DossierError) -> Literal {
    switch token.kind {
    case .long:
      if token.text.hasPrefix("0x") || token.text.hasPrefix("0X") {
        return .long(Int64(bitPattern: UInt64(token.text.dropFirst(2), radix: 16) ?? 0))
      }
      guard let value = Int64(token.text) else {
        throw DossierError(
          .badNumber, "\(token.text) is out of the range of long", at: token.span,
          hint: "decimal(\(token.text))")
      }
      return .long(value)
    case .real: return .real(Double(token.text) ?? .nan)
    case .timespan: return .timespan(Int64(token.text) ?? 0)
    default: return .typed(type: token.type, text: token.text)
    }
  }

  // MARK: dynamic

  private mutating func parseDynamic() throws(DossierError) -> DynamicLiteral {
    try nested { cursor throws(DossierError) in try cursor.dynamicValue() }
  }

  private mutating func dynamicValue() throws(DossierError) -> DynamicLiteral {
    let token = current
    if take("[") {
      var items: [DynamicLiteral] = []
      while !at("]") {
        items.append(try parseDynamic())
        guard take(",") else { break }
      }
      try expect("]")
      return .array(items)
    }
    if take("{") {
      var entries: [DynamicLiteral.Entry] = []
      while !at("}") {
        let key: String
        if current.kind == .string {
          key = try expectString("a key").value
        } else if current.kind == .name {
          key = advance().text
        } else {
          throw unexpected("a key")
        }
        try expect(":")
        entries.append(DynamicLiteral.Entry(key: key, value: try parseDynamic()))
        guard take(",") else { break }
      }
      try expect("}")
      return .bag(entries)
    }
    if take("-") {
      let number = advance()
      if number.kind == .long, number.text == "9223372036854775808" { return .long(Int64.min) }
      switch (number.kind, try? literal(number)) {
      case (.long, .long(let value)?): return .long(0 &- value)
      case (.real, .real(let value)?): return .real(-value)
      case (.timespan, .timespan(let value)?): return .scalar(.timespan(0 &- value))
      default:
        position -= 1
        throw unexpected("a number")
      }
    }
    switch token.kind {
    case .string: return .string(try expectString("text").value)
    case .long, .real, .timespan, .typed:
      advance()
      switch try literal(token) {
      case .long(let value): return .long(value)
      case .real(let value): return .real(value)
      case let other: return .scalar(other)
      }
    case .name:
      advance()
      switch token.text {
      case "null": return .null
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "dynamic" where at("("):
        advance()
        let value = try parseDynamic()
        try expect(")")
        return value
      default:
        position -= 1
        throw unexpected(
          "a JSON value",
          hint: "dynamic(…) holds constants only; use bag_pack() or pack_array() for computed values")
      }
    default: throw unexpected("a JSON value")
    }
  }
}
