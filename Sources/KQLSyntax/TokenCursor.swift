import Diagnostics

/// A place in the tokens of a query, with what operators need to read their own text. Functions that
/// start with `take` pass what they find or give nil; those with `expect` throw when it isn't there.
public struct TokenCursor: Sendable {
  /// Levels of nesting that a query may have.
  public static let maximumDepth = 256
  /// Levels that a tree may have: chains such as `a + b + c` are deeper than they are nested.
  public static let maximumTreeDepth = 600

  let tokens: [Token]
  let grammar: Grammar
  var position = 0
  var depth = 0
  /// Whether `column:"term"` stands for `column has "term"` here.
  var isSearching = false
  /// Words of a keyword, as `project-away` has two, that are looked at together.
  private static let maximumWords = 6
  /// Errors after which parsing gives up: nobody reads more, and each may cost a look over the whole text.
  static let maximumErrors = 50

  /// Errors that parsing went on after.
  var errors: [DossierError]

  /// `offset` is added to all places.
  init(_ text: String, grammar: Grammar, offset: Int = 0) {
    let lexer = Lexer(text)
    func moved(_ span: SourceSpan) -> SourceSpan { SourceSpan(span.lower + offset, span.upper + offset) }
    tokens =
      offset == 0
      ? lexer.tokens
      : lexer.tokens.map { Token($0.kind, $0.text, moved($0.span), type: $0.type) }
    errors = lexer.errors.map { error in
      var error = error
      error.span = error.span.map(moved)
      return error
    }
    self.grammar = grammar
  }

  /// Throws the first error by place, with all others in its `others`; returns if there is none.
  func throwErrors() throws(DossierError) {
    var seen = Set<SourceSpan>()
    var sorted: [DossierError] = []
    let ordered = errors.enumerated().sorted {
      let left = $0.element.span?.lower ?? 0
      let right = $1.element.span?.lower ?? 0
      return left != right ? left < right : $0.offset < $1.offset
    }
    for (_, error) in ordered {
      if let span = error.span, !seen.insert(span).inserted { continue }
      sorted.append(error)
    }
    guard var first = sorted.first else { return }
    first.others += sorted.dropFirst().prefix(Self.maximumErrors)
    throw first
  }

  // MARK: Looking

  /// The token here.
  public var current: Token { peek(0) }

  /// The token `offset` places further.
  public func peek(_ offset: Int) -> Token {
    tokens[min(max(0, position + offset), tokens.count - 1)]
  }

  /// The end of the token before this place.
  public var lastEnd: Int { position > 0 ? tokens[position - 1].span.upper : 0 }

  /// Whether the sign stands here.
  public func at(_ sign: String) -> Bool { current.kind == .sign && current.text == sign }

  /// Whether the word stands here.
  public func at(word: String) -> Bool { current.kind == .name && current.text == word }

  /// Whether the step ends here: at `|`, `;`, a closing bracket or the end.
  public var atStepEnd: Bool {
    switch current.kind {
    case .end: true
    case .sign: ["|", ";", ")", "]", "}"].contains(current.text)
    default: false
    }
  }

  // MARK: Taking

  /// Goes to the next token and gives this one.
  @discardableResult public mutating func advance() -> Token {
    let token = current
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  /// Passes the sign if it is here.
  @discardableResult public mutating func take(_ sign: String) -> Bool {
    guard at(sign) else { return false }
    advance()
    return true
  }

  /// Passes the word if it is here.
  @discardableResult public mutating func take(word: String) -> Bool {
    guard at(word: word) else { return false }
    advance()
    return true
  }

  /// Passes a sign or throws.
  public mutating func expect(_ sign: String) throws(DossierError) {
    guard take(sign) else { throw unexpected("'\(sign)'") }
  }

  /// Passes a word or throws.
  public mutating func expect(word: String) throws(DossierError) {
    guard take(word: word) else { throw unexpected("'\(word)'") }
  }

  /// An error that says what was wanted here and what is here instead.
  public func unexpected(_ wanted: String, hint: String? = nil) -> DossierError {
    if current.kind == .end {
      return DossierError(
        .unexpectedEnd, "the text ends where \(wanted) is needed", at: current.span, hint: hint)
    }
    return DossierError(
      .unexpectedToken, "found \(current.described) where \(wanted) is needed", at: current.span, hint: hint)
  }

  /// Passes the operator's keyword, of however many tokens, and gives it with its place.
  public mutating func takeKeyword() -> Name {
    if let (keyword, count) = keywordHere() {
      let start = current.span
      position += count
      return Name(keyword, at: SourceSpan(start.lower, lastEnd))
    }
    let token = advance()
    return Name(token.text, at: token.span)
  }

  /// The longest run of `word-word…` here, with its number of tokens.
  func keywordHere() -> (String, Int)? {
    guard current.kind == .name else { return nil }
    var text = current.text
    var count = 1
    var end = current.span.upper
    // No keyword has more words than these; a run without end would be read again at each of its words.
    while count < 2 * Self.maximumWords {
      let dash = peek(count)
      let word = peek(count + 1)
      guard dash.kind == .sign, dash.text == "-", dash.span.lower == end, word.kind == .name,
        word.span.lower == dash.span.upper
      else { break }
      text += "-" + word.text
      end = word.span.upper
      count += 2
    }
    return (text, count)
  }

  // MARK: Names

  /// Whether `['…']` or `["…"]` stands here.
  var atQuotedName: Bool {
    at("[") && peek(1).kind == .string && peek(2).kind == .sign && peek(2).text == "]"
  }

  /// Whether a name stands here.
  public var atName: Bool { current.kind == .name || atQuotedName }

  /// Passes a name, plain or as `['…']`, if one is here.
  public mutating func takeName() -> Name? {
    if current.kind == .name {
      let token = advance()
      return Name(token.text, at: token.span)
    }
    guard atQuotedName else { return nil }
    let start = advance().span
    let text = advance().text
    let end = advance().span
    return Name(text, at: start.union(end))
  }

  /// Passes a name or throws; `what` says what it names.
  public mutating func expectName(_ what: String) throws(DossierError) -> Name {
    guard let name = takeName() else { throw unexpected(what) }
    return name
  }

  /// Passes a name that may hold `*` (`a*`, `*x*`, `*`), or throws.
  public mutating func expectNamePattern(_ what: String) throws(DossierError) -> NamePattern {
    if atQuotedName, let name = takeName() { return NamePattern(name: name, isPattern: false) }
    let start = current.span
    var text = ""
    var isPattern = false
    while true {
      let token = current
      guard text.isEmpty || token.span.lower == lastEnd else { break }
      if token.kind == .sign, token.text == "*" {
        isPattern = true
      } else if token.kind != .name && token.kind != .long {
        break
      }
      text += token.text
      advance()
    }
    guard !text.isEmpty else { throw unexpected(what) }
    return NamePattern(name: Name(text, at: SourceSpan(start.lower, lastEnd)), isPattern: isPattern)
  }

  // MARK: Values

  /// Passes an integer literal or throws; `what` says what it counts.
  public mutating func expectInteger(_ what: String) throws(DossierError) -> (value: Int64, span: SourceSpan)
  {
    let start = current.span
    let negative = take("-")
    guard current.kind == .long, let value = Int64(current.text) else {
      throw unexpected("a number (\(what))")
    }
    let end = advance().span
    return (negative ? -value : value, start.union(end))
  }

  /// Passes one string literal, adjacent ones joined, or throws.
  public mutating func expectString(_ what: String) throws(DossierError) -> (value: String, span: SourceSpan)
  {
    guard current.kind == .string else { throw unexpected(what) }
    let first = advance()
    var value = first.text
    while current.kind == .string { value += advance().text }
    return (value, SourceSpan(first.span.lower, lastEnd))
  }

  /// Passes `name=value name=value …` for the given names and all `hint.…`; other names are left for
  /// the operator, or are an error where `step` says whose parameters they should be. A value is a word or a
  /// literal.
  ///
  /// - Errors: `SYN104`.
  public mutating func takeParameters(_ names: [String], of step: String? = nil) throws(DossierError)
    -> [StepParameter]
  {
    var found: [StepParameter] = []
    while current.kind == .name {
      if current.text == "hint", peek(1).text == ".", peek(2).kind == .name, peek(3).text == "=" {
        let start = advance().span
        advance()
        let last = advance()
        advance()
        let name = Name("hint.\(last.text)", at: start.union(last.span))
        found.append(StepParameter(name: name, value: try parameterValue()))
      } else if peek(1).kind == .sign, peek(1).text == "=", names.contains(current.text) {
        let token = advance()
        advance()
        found.append(StepParameter(name: Name(token.text, at: token.span), value: try parameterValue()))
      } else if let step, peek(1).kind == .sign, peek(1).text == "=" {
        let near = nearestName(to: current.text, among: names)
        throw DossierError(
          .unknownParameter, "\(step) has no parameter '\(current.text)'", at: current.span,
          hint: near.map { "did you mean \($0)?" } ?? "parameters: \(names.joined(separator: ", "))")
      } else {
        break
      }
    }
    return found
  }

  private mutating func parameterValue() throws(DossierError) -> Expression {
    // A word is never a call here: `withsource=Name (T | …)`.
    if let (word, count) = keywordHere(), !["true", "false", "dynamic", "typeof"].contains(word) {
      let start = current.span
      position += count
      let span = SourceSpan(start.lower, lastEnd)
      return Expression(.name(Name(word, at: span)), at: span)
    }
    return try parsePrimary()
  }

  /// One or more items with commas between them.
  public mutating func parseList<Item>(
    _ item: (inout TokenCursor) throws(DossierError) -> Item
  ) throws(DossierError) -> [Item] {
    var items = [try item(&self)]
    while take(",") { items.append(try item(&self)) }
    return items
  }

  /// Passes `(a:long, b:string, …)`, the types optional.
  public mutating func expectColumnDeclarations() throws(DossierError) -> [ColumnDeclaration] {
    try expect("(")
    var columns: [ColumnDeclaration] = []
    while !at(")") {
      columns.append(try columnDeclaration())
      guard take(",") else { break }
    }
    try expect(")")
    return columns
  }

  /// Passes `(*, a:long, …)`: whether `*` stands first, and the columns.
  public mutating func expectPluginSchema() throws(DossierError) -> (Bool, [ColumnDeclaration]) {
    try expect("(")
    let hasStar = take("*")
    var columns: [ColumnDeclaration] = []
    if !hasStar || take(",") {
      while !at(")") {
        columns.append(try columnDeclaration())
        guard take(",") else { break }
      }
    }
    try expect(")")
    return (hasStar, columns)
  }

  mutating func columnDeclaration() throws(DossierError) -> ColumnDeclaration {
    let name = try expectName("a column name")
    var type: Name?
    if take(":") { type = try expectName("a type") }
    return ColumnDeclaration(name: name, type: type)
  }

  /// Runs `body` one level deeper, or throws `SYN006` below `maximumDepth`.
  mutating func nested<Result>(
    _ body: (inout TokenCursor) throws(DossierError) -> Result
  ) throws(DossierError) -> Result {
    guard depth < Self.maximumDepth else { throw tooDeep(at: current.span) }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  func tooDeep(at span: SourceSpan) -> DossierError {
    DossierError(
      .tooDeep, "nested deeper than \(Self.maximumDepth) levels", at: span,
      hint: "split the query with let, or write a long list with in (…)")
  }
}

/// A column name which may hold `*` for any text.
public struct NamePattern: Sendable, Hashable {
  /// The name or pattern.
  public var name: Name
  /// Whether it holds `*`; a quoted name never does.
  public var isPattern: Bool
  /// Makes a pattern.
  public init(name: Name, isPattern: Bool) {
    self.name = name
    self.isPattern = isPattern
  }

  /// Whether the pattern covers `other`, by its UTF-8 bytes.
  public func matches(_ other: String) -> Bool {
    let text = Array(other.utf8)
    let pattern = Array(name.text.utf8)
    guard isPattern else { return text == pattern }
    // The greedy matcher with one point of return: linear for what people write.
    var t = 0
    var p = 0
    var star = -1
    var mark = 0
    while t < text.count {
      if p < pattern.count, pattern[p] == 0x2A {
        star = p
        mark = t
        p += 1
      } else if p < pattern.count, pattern[p] == text[t] {
        t += 1
        p += 1
      } else if star >= 0 {
        p = star + 1
        mark += 1
        t = mark
      } else {
        return false
      }
    }
    while p < pattern.count, pattern[p] == 0x2A { p += 1 }
    return p == pattern.count
  }
}
