import Diagnostics

/// One step of a pipeline, as an operator's own `parse` made it. The syntax knows no operator; it keeps
/// their steps, prints and compares them.
public protocol PipeStep: Sendable {
  /// Where it stands, the keyword included.
  var place: Place { get }
  /// Writes canonical text, keyword first, without the `|`.
  func print(to printer: inout SyntaxPrinter)
  /// Whether both say the same, wherever they stand.
  func isEqual(to other: any PipeStep) -> Bool
}

extension PipeStep where Self: Equatable {
  /// Whether both say the same.
  public func isEqual(to other: any PipeStep) -> Bool { (other as? Self) == self }
}

/// How an operator's text is read: what the grammar knows of it.
public struct StepGrammar: Sendable {
  /// Where an operator may stand.
  public enum Position: Sendable {
    /// Only after `|`.
    case afterPipe
    /// At the start of a pipeline, and after `|` as well.
    case anywhere
    /// Only at the start.
    case start
    /// At the start if a name follows it, so that a function of the same name can be called (`range`).
    case startBeforeName
  }

  /// The operator's names; `mv-expand` is one.
  public let keywords: [String]
  /// Where it may stand.
  public let position: Position
  /// Reads the step; the cursor stands on the keyword, which `takeKeyword` passes.
  public let parse: @Sendable (inout TokenCursor) throws(DossierError) -> any PipeStep

  /// Makes an entry.
  public init(
    keywords: [String], position: Position,
    parse: @escaping @Sendable (inout TokenCursor) throws(DossierError) -> any PipeStep
  ) {
    self.keywords = keywords
    self.position = position
    self.parse = parse
  }
}

/// The operators that the parser may meet.
public struct Grammar: Sendable {
  private let byKeyword: [String: StepGrammar]
  /// All keywords in the order of registration.
  public let keywords: [String]
  /// Operators that KQL has and this grammar has not, and what to use instead.
  public let unsupported: [String: String]
  /// The same for statements, by their first word.
  public let unsupportedStatements: [String: String]
  /// The properties of the query that `set` knows.
  public static let properties = ["query_bin_auto_size", "query_bin_auto_at"]

  /// Makes a grammar. The first entry of a keyword wins.
  public init(
    steps: [StepGrammar], unsupported: [String: String] = [:], unsupportedStatements: [String: String] = [:]
  ) {
    self.unsupportedStatements = unsupportedStatements
    byKeyword = Dictionary(
      steps.flatMap { step in step.keywords.map { ($0, step) } }, uniquingKeysWith: { first, _ in first })
    keywords = steps.flatMap(\.keywords)
    self.unsupported = unsupported
  }

  /// The entry of a keyword.
  public func step(_ keyword: String) -> StepGrammar? { byKeyword[keyword] }

  /// Reads a whole query text.
  ///
  /// - Errors: `SYN…`; all independent errors at once, the first one thrown, the rest in its `others`.
  ///   `SYN001` as the first one means that the text ends too early.
  public func parse(_ text: String) throws(DossierError) -> Query {
    var cursor = TokenCursor(text, grammar: self)
    let query = cursor.parseQuery()
    try cursor.throwErrors()
    return query
  }

  /// Reads a function as it is written behind `let f =`: `(a:long) { a + 1 }`.
  ///
  /// - `offset`: where spans begin, so that those of several texts can be told apart.
  /// - Errors: as `parse`; `SYN010` for a text that is no function.
  public func parseFunction(_ text: String, offset: Int = 0) throws(DossierError) -> FunctionLiteral {
    let lead = "let f = "
    var cursor = TokenCursor(lead + text, grammar: self, offset: offset - lead.utf8.count)
    let query = cursor.parseQuery()
    try cursor.throwErrors()
    guard query.statements.count == 1, query.body == nil,
      case .letFunction(_, let function)? = query.statements.first
    else {
      throw DossierError(
        .unexpectedToken, "this is no function", at: SourceSpan(offset, offset + text.utf8.count),
        hint: "(a:long, b:string) { T | where x == a }")
    }
    return function
  }
}
