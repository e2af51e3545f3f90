import Columnar
import Diagnostics
import KQLSyntax

/// A tabular operator: how its text is read, and what plan it makes.
public protocol QueryOperator: PipeStep {
  /// Its names; the first is shown.
  static var keywords: [String] { get }
  /// Where it may stand.
  static var position: StepGrammar.Position { get }
  /// One line that says what it gives.
  static var summary: String { get }
  /// How it is written: `T | take n`.
  static var syntax: String { get }
  /// At least one.
  static var examples: [Example] { get }
  /// Whether its rows always have the columns that it is given: then the steps behind it are checked although it
  /// has an error.
  static var keepsColumns: Bool { get }
  /// Reads the operator; the cursor stands on the keyword.
  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Self
  /// Makes the plan over the input, which is nil only for an operator that may start a pipeline.
  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode
}

extension QueryOperator {
  /// After `|`.
  public static var position: StepGrammar.Position { .afterPipe }
  /// Most make other columns.
  public static var keepsColumns: Bool { false }

  /// The input of an operator that needs one.
  public func required(_ input: (any LogicalNode)?) throws(DossierError) -> any LogicalNode {
    guard let input else {
      throw DossierError(
        .wrongShape, "\(Self.keywords[0]) needs a table before it", at: place.span,
        hint: "T | \(Self.keywords[0]) …")
    }
    return input
  }
}

/// What a registry keeps of an operator.
public struct OperatorEntry: Sendable {
  /// Its names; the first is shown.
  public let keywords: [String]
  /// One line that says what it gives.
  public let summary: String
  /// How it is written.
  public let syntax: String
  /// At least one.
  public let examples: [Example]
  /// How its text is read.
  public let grammar: StepGrammar

  /// The entry of an operator type. Generic, as a closure kept in a table that calls through
  /// `any QueryOperator.Type` crashes the compiler (6.3.1).
  public static func of<Step: QueryOperator>(_: Step.Type) -> OperatorEntry {
    OperatorEntry(
      keywords: Step.keywords, summary: Step.summary, syntax: Step.syntax, examples: Step.examples,
      grammar: StepGrammar(keywords: Step.keywords, position: Step.position) {
        (cursor: inout TokenCursor) throws(DossierError) -> any PipeStep in try Step.parse(&cursor)
      })
  }
}

/// A rule that turns a plan into one that gives the same rows sooner.
public struct RewriteRule: Sendable {
  /// The name, for switching it off and for `explain`.
  public let name: String
  /// The plan rewritten throughout, or as it was.
  public let apply: @Sendable (any LogicalNode) -> any LogicalNode

  /// Makes a rule that looks at whole plans.
  public init(_ name: String, apply: @escaping @Sendable (any LogicalNode) -> any LogicalNode) {
    self.name = name
    self.apply = apply
  }

  /// Makes a rule for single nodes: asked from the leaves up, for each node over its rewritten inputs;
  /// what it gives is asked again, up to a few times.
  public static func local(
    _ name: String, _ rewrite: @escaping @Sendable (any LogicalNode) -> (any LogicalNode)?
  ) -> RewriteRule {
    RewriteRule(name) { plan in
      @Sendable func walk(_ node: any LogicalNode) -> any LogicalNode {
        var current = node.inputs.isEmpty ? node : node.withInputs(node.inputs.map(walk))
        for _ in 0..<8 {
          guard let better = rewrite(current) else { break }
          current = better.inputs.isEmpty ? better : better.withInputs(better.inputs.map(walk))
        }
        return current
      }
      return walk(plan)
    }
  }
}
