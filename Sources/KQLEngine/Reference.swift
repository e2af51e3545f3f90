import Columnar
import Diagnostics

/// What `.help`, completion and the reference page tell of one name of the language.
public struct ReferenceEntry: Sendable {
  /// What a name is.
  public enum Kind: String, Sendable, CaseIterable {
    /// Stands between `|` and `|`.
    case tabularOperator = "operator"
    /// Stands after `evaluate`.
    case plugin
    /// Stands between two values.
    case scalarOperator = "scalar operator"
    /// Stands before a query.
    case statement
    /// Called in an expression.
    case function
    /// Called in `summarize`.
    case aggregate
    /// Written in the query language itself.
    case libraryFunction = "library function"
  }

  /// What it is.
  public let kind: Kind
  /// The heading under which it is listed: `String functions`.
  public let group: String
  /// The name that is shown, then others for the same.
  public let names: [String]
  /// How it is written.
  public let syntax: String
  /// One line that says what it gives.
  public let summary: String
  /// Further paragraphs.
  public let details: [String]
  /// At least one, but for a reader's own functions.
  public let examples: [Example]
  /// Whether the examples read tables of a store, and so give what they say only on the one that tests use.
  public let readsStore: Bool

  /// Describes a name.
  public init(
    _ kind: Kind, group: String, names: [String], syntax: String, summary: String, details: [String] = [],
    examples: [Example], readsStore: Bool = false
  ) {
    self.kind = kind
    self.group = group
    self.names = names
    self.syntax = syntax
    self.summary = summary
    self.details = details
    self.examples = examples
    self.readsStore = readsStore
  }

  /// Describes an operator of the registry.
  public init(_ entry: OperatorEntry) {
    self.init(
      .tabularOperator, group: "Tabular operators", names: entry.keywords, syntax: entry.syntax,
      summary: entry.summary, examples: entry.examples)
  }

  /// Describes a function of a family.
  public init(_ function: ScalarFunction, group: String) {
    self.init(
      .function, group: group, names: [function.name] + function.aliases, syntax: function.signature,
      summary: function.summary, examples: function.examples)
  }

  /// Describes an aggregate of a family.
  public init(_ function: AggregateFunction, group: String) {
    self.init(
      .aggregate, group: group, names: [function.name] + function.aliases, syntax: function.signature,
      summary: function.summary, examples: function.examples)
  }
}
