import Diagnostics

extension TokenCursor {
  // MARK: Pipelines

  /// Whether an operator stands here that needs rows before it.
  public var atPipedStep: Bool {
    guard let (keyword, _) = keywordHere() else { return false }
    return grammar.step(keyword)?.position == .afterPipe
  }

  /// The operator that can start a pipeline here.
  func startKeywordHere() -> StepGrammar? {
    guard let (keyword, count) = keywordHere(), let step = grammar.step(keyword) else { return nil }
    let next = peek(count)
    switch step.position {
    case .afterPipe: return nil
    case .startBeforeName: return next.kind == .name ? step : nil
    case .start, .anywhere:
      // `print = …` names a column, `search.x` a member.
      if next.kind == .sign, ["=", ".", ","].contains(next.text) { return nil }
      return step
    }
  }

  /// A pipeline: its source and the steps up to the end of the text, `;` or a closing bracket. Never
  /// throws for an error within a step: that is recorded, and parsing goes on at the next `|`.
  public mutating func parsePipeline() throws(DossierError) -> Pipeline {
    let start = current.span.lower
    if startKeywordHere() != nil {
      var steps: [any PipeStep] = []
      parseStep(into: &steps, isFirst: true)
      parseSteps(into: &steps)
      return Pipeline(source: nil, steps: steps, at: SourceSpan(start, lastEnd))
    }
    if current.kind == .name, let (keyword, _) = keywordHere(), keyword != current.text,
      grammar.step(keyword) != nil
    {
      throw unexpected("a table")
    }
    let source = try parsePrimaryPath()
    return try parsePipeline(after: source)
  }

  /// A source is a primary with member access, without operators around it.
  private mutating func parsePrimaryPath() throws(DossierError) -> Expression {
    try parseExpression()
  }

  /// The rest of a pipeline whose source has been read.
  mutating func parsePipeline(after source: Expression) throws(DossierError) -> Pipeline {
    var steps: [any PipeStep] = []
    parseSteps(into: &steps)
    return Pipeline(source: source, steps: steps, at: SourceSpan(source.span.lower, lastEnd))
  }

  /// Steps without a source and without a first `|`, as in `mv-apply … on (top 1 by x | project x)`.
  /// Stands after the opening parenthesis; leaves the closing one.
  public mutating func parseSubPipeline() throws(DossierError) -> Pipeline {
    try nested { cursor throws(DossierError) in
      let start = cursor.current.span.lower
      var steps: [any PipeStep] = []
      cursor.parseStep(into: &steps, isFirst: false)
      cursor.parseSteps(into: &steps)
      return Pipeline(source: nil, steps: steps, at: SourceSpan(start, cursor.lastEnd))
    }
  }

  /// A table as an operand of `join`, `union`…: a name, a call, or a pipeline in parentheses.
  public mutating func parseTableOperand() throws(DossierError) -> Expression {
    try nested { cursor throws(DossierError) in
      if cursor.startKeywordHere() != nil {
        // `join datatable(…)[…] on k` without parentheses: the step alone.
        let start = cursor.current.span.lower
        var steps: [any PipeStep] = []
        cursor.parseStep(into: &steps, isFirst: true)
        let span = SourceSpan(start, cursor.lastEnd)
        return Expression(.tabular(Pipeline(source: nil, steps: steps, at: span)), at: span)
      }
      guard cursor.atName || cursor.at("(") else { throw cursor.unexpected("a table") }
      return try cursor.parsePrimary()
    }
  }

  private mutating func parseSteps(into steps: inout [any PipeStep]) {
    while take("|") { parseStep(into: &steps, isFirst: false) }
  }

  private mutating func parseStep(into steps: inout [any PipeStep], isFirst: Bool) {
    let start = position
    do throws(DossierError) {
      let grammar = try expectStepGrammar()
      steps.append(try grammar.parse(&self))
      if !atStepEnd {
        throw unexpected("'|' or the end of '\(tokens[start].text)'", hint: nearestOperator)
      }
    } catch {
      errors.append(error)
      skipStep(from: start)
    }
  }

  /// What a word that stands where an operator between values could be was probably meant to be.
  private var nearestOperator: String? {
    if at("=") { return "'==' compares; name = value stands in extend and project" }
    if at(word: "like") || at(word: "LIKE") { return "has, contains, startswith or matches regex" }
    if at(word: "is") || at(word: "IS") { return "isnull(…), isempty(…)" }
    guard current.kind == .name || current.text.hasPrefix("!"), !atQuotedName else { return nil }
    let text = current.text
    if text.hasPrefix("!"), let list = ListOperator(rawValue: String(text.dropFirst())) {
      return "not(… \(list.rawValue) (…))"
    }
    let words =
      BinaryOperator.allCases.map(\.rawValue) + ListOperator.allCases.map(\.rawValue) + [
        "between", "!between",
      ]
    return nearestName(to: text, among: words.filter { $0.count > 1 }).map { "did you mean \($0)?" }
  }

  private func expectStepGrammar() throws(DossierError) -> StepGrammar {
    guard let (keyword, count) = keywordHere() else {
      let isDoubled = at("|") && current.span.lower == lastEnd
      throw unexpected("an operator", hint: isDoubled ? "'or' joins conditions" : nil)
    }
    if let found = grammar.step(keyword) { return found }
    // `take-5`, `limit-1`: the longest run of words is too long; try the first word alone.
    if count > 1, let found = grammar.step(current.text) { return found }
    let span = SourceSpan(current.span.lower, peek(count - 1).span.upper)
    if let instead = grammar.unsupported[keyword] ?? grammar.unsupported[keyword.lowercased()] {
      throw DossierError(.unsupportedSyntax, "not supported: \(keyword)", at: span, hint: instead)
    }
    let near = nearestName(to: keyword, among: grammar.keywords)
    throw DossierError(
      .unknownOperator, "there is no operator '\(keyword)'", at: span,
      hint: near.map { "did you mean \($0)?" })
  }

  /// Goes to the `|`, `;` or closing bracket that ends the step which starts at token `start`, or to the
  /// end. Never goes back.
  private mutating func skipStep(from start: Int) {
    if errors.count > Self.maximumErrors { return position = tokens.count - 1 }
    var level = 0
    var index = start
    while tokens[index].kind != .end {
      if tokens[index].kind == .sign {
        switch tokens[index].text {
        case "(", "[", "{": level += 1
        case ")", "]", "}":
          level -= 1
          if level < 0 { return position = max(index, min(position, tokens.count - 1)) }
        case "|" where level == 0 && index >= position, ";" where level == 0:
          if index >= position { return position = index }
        default: break
        }
      }
      index += 1
    }
    if level == 0 { return position = index }
    // Brackets that never close: stop at the next `;` after the error, so that later statements are read.
    index = position
    while tokens[index].kind != .end, !(tokens[index].kind == .sign && tokens[index].text == ";") {
      index += 1
    }
    position = index
  }

  // MARK: Statements

  /// Statements and the query; errors are recorded, parsing goes on after the next `;`.
  mutating func parseQuery() -> Query {
    var statements: [Statement] = []
    var body: Expression?
    while current.kind != .end {
      if take(";") { continue }
      let start = position
      do throws(DossierError) {
        if let statement = try parseStatement() {
          statements.append(statement)
        } else {
          let found = try parseArgumentValue()
          if let earlier = body {
            throw DossierError(
              .unsupportedSyntax, "not supported: more than one query in a text", at: earlier.span,
              hint: "run them one after the other, or join them with union")
          }
          body = found
        }
        if current.kind != .end, !at(";") { throw unexpected("';' or '|'") }
      } catch {
        errors.append(error)
        if errors.count > Self.maximumErrors { position = tokens.count - 1 }
        if position == start { advance() }
        skipStatement()
      }
    }
    return Query(statements: statements, body: body)
  }

  private mutating func skipStatement() {
    while current.kind != .end, !at(";") { advance() }
  }

  private mutating func parseStatement() throws(DossierError) -> Statement? {
    if at(word: "let") {
      advance()
      return try parseLet()
    }
    if at(word: "declare"), peek(1).kind == .name {
      advance()
      if at(word: "pattern"), let instead = grammar.unsupportedStatements["declare pattern"] {
        throw DossierError(
          .unsupportedSyntax, "not supported: declare pattern", at: current.span, hint: instead)
      }
      try expect(word: "query_parameters")
      return .queryParameters(try parseParameters())
    }
    if at(word: "set"), Grammar.properties.contains(peek(1).text) {
      advance()
      let name = try expectName("a property")
      try expect("=")
      return .setProperty(name, try parseArgumentValue())
    }
    if current.kind == .name, peek(1).kind == .name || peek(1).text == "*",
      let instead = grammar.unsupportedStatements[current.text]
        ?? grammar.unsupported[current.text.lowercased()]
    {
      throw DossierError(
        .unsupportedSyntax, "not supported: \(current.text)", at: current.span, hint: instead)
    }
    return nil
  }

  private mutating func parseLet() throws(DossierError) -> Statement {
    let name = try expectName("a name")
    try expect("=")
    if let function = try takeFunctionLiteral() { return .letFunction(name, function) }
    return .letValue(name, try parseArgumentValue())
  }

  /// Passes `(…) {…}`, `view (…) {…}` or `{…}`, if that stands here.
  private mutating func takeFunctionLiteral() throws(DossierError) -> FunctionLiteral? {
    let start = position
    let isView = at(word: "view") && peek(1).text == "("
    if isView { advance() }
    guard at("("), let close = closingParenthesis(), tokens[close + 1].kind == .sign,
      tokens[close + 1].text == "{"
    else {
      position = start
      return nil
    }
    return try nested { cursor throws(DossierError) in
      let parameters = try cursor.parseParameters()
      try cursor.expect("{")
      var body: [Statement] = []
      var result: Expression?
      while !cursor.at("}") {
        if cursor.take(";") { continue }
        if result != nil { throw cursor.unexpected("'}'") }
        if let statement = try cursor.parseStatement() {
          body.append(statement)
          if !cursor.at("}") { try cursor.expect(";") }
        } else {
          result = try cursor.parseArgumentValue()
        }
      }
      guard let result else { throw cursor.unexpected("the function's result") }
      try cursor.expect("}")
      return FunctionLiteral(parameters: parameters, body: body, result: result, isView: isView)
    }
  }

  private mutating func parseParameters() throws(DossierError) -> [FunctionParameter] {
    try expect("(")
    var parameters: [FunctionParameter] = []
    while !at(")") {
      let name = try expectName("a parameter")
      try expect(":")
      if take("(") {
        var columns: [ColumnDeclaration] = []
        while !at(")") {
          if take("*") { break }
          columns.append(try columnDeclaration())
          guard take(",") else { break }
        }
        try expect(")")
        parameters.append(FunctionParameter(name: name, kind: .table(columns), defaultValue: nil))
      } else {
        let type = try expectName("a type")
        let value = take("=") ? try parseExpression() : nil
        parameters.append(FunctionParameter(name: name, kind: .scalar(type), defaultValue: value))
      }
      guard take(",") else { break }
    }
    try expect(")")
    return parameters
  }
}
