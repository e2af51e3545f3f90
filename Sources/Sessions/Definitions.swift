import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// A statement that stood alone: `let x = 3;` or `declare query_parameters(…);`. It holds for what follows in the
/// session.
public struct KeptStatement: Sendable, Equatable {
  /// The names that it defines.
  public let names: [String]
  /// Its canonical text, with the semicolon.
  public let text: String
  /// All names in the text: what it may rest on.
  let mentioned: Set<String>

  init(_ statement: Statement) {
    switch statement {
    case .letValue(let name, _), .letFunction(let name, _): names = [name.text]
    case .queryParameters(let items): names = items.map(\.name.text)
    case .setProperty(let name, _): names = [name.text]
    }
    text = SyntaxPrinter.print(Query(statements: [statement], body: nil))
    mentioned = Session.names(in: text)
  }
}

extension Session {
  /// All names in a text, and what stands in quotes, as names may.
  public static func names(in text: String) -> Set<String> { names(among: tokenize(text)) }

  fileprivate static func names(among tokens: some Sequence<Token>) -> Set<String> {
    Set(tokens.lazy.filter { $0.kind == .name || $0.kind == .string }.map(\.text))
  }

  /// Keeps the statements of a text that holds nothing else, for the queries that follow; gives the names that they
  /// define. Nil for a text with a query, whose statements are its own.
  ///
  /// A name stands for its expression, not for a value: where tables change, so does what it gives. A name that is
  /// defined again means the newer thing from then on; what was defined in between keeps the older one.
  ///
  /// - Errors: `SYN…`, `BND…` for a statement that can't be used.
  public func define(_ source: String) throws(DossierError) -> [String]? {
    guard let statements = statements(in: source) else { return nil }
    try inContext(source) { (text) throws(DossierError) in
      try engine.check(statements: text, parameters: parameters, settings: executionSettings)
    }
    for statement in statements { keep(statement) }
    return statements.flatMap(\.names)
  }

  /// The names that `define` would define; nil for a text with a query.
  public func definedNames(in source: String) -> [String]? { statements(in: source)?.flatMap(\.names) }

  private func statements(in source: String) -> [KeptStatement]? {
    guard let query = try? engine.grammar.parse(source), query.body == nil, !query.statements.isEmpty else {
      return nil
    }
    // A property is one of its own query.
    for case .setProperty in query.statements { return nil }
    return query.statements.map { KeptStatement($0) }
  }

  private func keep(_ statement: KeptStatement) {
    // The same again changes nothing, unless the name has come to mean something else since.
    if let known = definitions.last(where: { !Set($0.names).isDisjoint(with: statement.names) }),
      known == statement, !statement.mentionsItself
    {
      return
    }
    definitions.append(statement)
    // A name's former meaning goes, unless something still rests on it.
    definitions = definitions.enumerated().filter { place, former in
      let later = definitions[(place + 1)...]
      let isReplaced = former.names.allSatisfy { name in later.contains { $0.names.contains(name) } }
      return !isReplaced || later.contains { !$0.rest.isDisjoint(with: former.names) }
    }.map(\.element)
  }

  /// Forgets what a name was defined as, as a result has it now.
  func forgetDefinition(of name: String) {
    definitions.removeAll { $0.names.count == 1 && sameScalars($0.names[0], name) }
  }

  /// The kept statements that a text needs, as they stand in front of it; empty where it needs none.
  public func prelude(for source: String) -> String {
    var needed = Self.names(in: source)
    var lines: [String] = []
    for statement in definitions.reversed() where !needed.isDisjoint(with: statement.names) {
      needed.formUnion(statement.mentioned)
      lines.append(statement.text)
    }
    return lines.isEmpty ? "" : lines.reversed().joined(separator: "\n") + "\n"
  }

  /// Does something with a text behind the kept statements that it needs; places in errors are those in the text.
  func inContext<Result>(
    _ source: String, _ body: (String) throws(DossierError) -> Result
  ) throws(DossierError) -> Result {
    let prelude = prelude(for: source)
    do throws(DossierError) {
      return try body(prelude + source)
    } catch {
      throw prelude.isEmpty ? error : error.moved(behind: prelude.utf8.count)
    }
  }
}

extension KeptStatement {
  /// Whether its name stands in its own value, as in `let x = x + 1`.
  var mentionsItself: Bool { !rest.isDisjoint(with: names) }

  /// The names in its value: a name that is only defined is not among them.
  var rest: Set<String> {
    let tokens = tokenize(text)
    // `let NAME =`: the second token is the name itself.
    return Session.names(among: tokens.first?.text == "let" ? tokens.dropFirst(2) : tokens[...])
  }
}

extension DossierError {
  /// The error with places in the text behind a prelude; one within the prelude has none, and says so.
  func moved(behind length: Int) -> DossierError {
    func place(_ span: SourceSpan?) -> SourceSpan? {
      guard let span, span.upper > length else { return nil }
      return SourceSpan(max(0, span.lower - length), span.upper - length)
    }
    var error = self
    error.span = place(span)
    if span != nil, error.span == nil { error.message = "in a definition that was kept: \(message)" }
    error.notes = notes.map { DossierError.Note($0.message, at: place($0.span)) }
    error.others = others.map { $0.moved(behind: length) }
    return error
  }
}
