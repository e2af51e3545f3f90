import Diagnostics

/// A lexical unit of a query.
public struct Token: Sendable {
  /// What sort of unit it is.
  public enum Kind: Sendable, Hashable {
    /// A name or word; `text` is the name.
    case name
    /// A string literal; `text` is its decoded value.
    case string
    /// An integer literal; `text` is its digits, or `0x…`.
    case long
    /// A literal with a fraction or exponent; `text` as written.
    case real
    /// A timespan literal such as `2h`; `text` is its value in ticks of 100 ns.
    case timespan
    /// A literal such as `datetime(2024-01-01)`; `text` is what stands between the parentheses,
    /// `type` the canonical name of the type.
    case typed
    /// A sign such as `|`, `==` or `..`; `text` is the sign.
    case sign
    /// The end of the text.
    case end
  }

  /// What sort of unit it is.
  public var kind: Kind
  /// Its value; see `Kind`.
  public var text: String
  /// The type of a `typed` literal, else empty.
  public var type: String
  /// Where it stands.
  public var span: SourceSpan

  /// Makes a token.
  public init(_ kind: Kind, _ text: String, _ span: SourceSpan, type: String = "") {
    self.kind = kind
    self.text = text
    self.type = type
    self.span = span
  }

  /// What an error message calls it.
  public var described: String {
    switch kind {
    case .end: "the end of the text"
    case .string: "a string"
    case .name: "'\(text)'"
    case .long, .real: "the number \(text)"
    case .timespan: "a timespan"
    case .typed: "a \(type) literal"
    case .sign: "'\(text)'"
    }
  }
}

/// The tokens of a text, `end` last, for highlighting and hints: never fails, what can't be read is left out
/// or stood for.
public func tokenize(_ text: String) -> [Token] { Lexer(text).tokens }

extension DossierError.Code {
  /// The text ends where more is needed: a prompt asks for another line.
  public static let unexpectedEnd: Self = "SYN001"
  /// A string literal isn't closed on its line.
  public static let unterminatedString: Self = "SYN002"
  /// A character that no query uses outside of strings.
  public static let unknownCharacter: Self = "SYN003"
  /// A number or timespan that can't be read.
  public static let badNumber: Self = "SYN004"
  /// A backslash sequence that strings don't have.
  public static let badEscape: Self = "SYN005"
  /// Parentheses, calls or operators nested deeper than supported.
  public static let tooDeep: Self = "SYN006"
  /// Something else than what the grammar needs here.
  public static let unexpectedToken: Self = "SYN010"
  /// A name after `|` that is no operator.
  public static let unknownOperator: Self = "SYN102"
  /// Something that KQL has and Dossier does not.
  public static let unsupportedSyntax: Self = "SYN103"
  /// A parameter that the operator doesn't have.
  public static let unknownParameter: Self = "SYN104"
}
