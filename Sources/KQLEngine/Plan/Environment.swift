import Columnar
import Diagnostics
import KQLSyntax

/// What `let` names and parameters mean at a place of the query. A value: a scope hands on its own copy.
struct Environment {
  enum Binding {
    /// A value, which may read columns of the row when it is a function's argument.
    case scalar(BoundExpression)
    /// A table, bound once, with the number of nodes of its plan.
    case table(any LogicalNode, name: String, size: Int)
    /// A function with the names known where it was written.
    case function(FunctionLiteral, Environment)
    /// Its definition had an error, which has been reported.
    case erroneous
  }

  private var entries: [(name: String, binding: Binding)] = []

  func adding(_ name: String, _ binding: Binding) -> Environment {
    var copy = self
    copy.entries.append((name, binding))
    return copy
  }

  /// The last definition of a name.
  subscript(name: String) -> Binding? { entries.last { sameScalars($0.name, name) }?.binding }

  /// All names, the last defined first.
  var names: [String] { entries.reversed().map(\.name) }
}

/// What an expression may name besides `let`s.
public struct RowScope {
  /// The columns of the row.
  public var columns: [PlanColumn]
  /// Columns behind a name and a dot: `$left`, `$right`, steps of `scan`, nodes and edges of a graph.
  public var qualified: [(name: String, columns: [PlanColumn])]
  /// Takes the aggregates of a `summarize` as they are met; nil where none may stand.
  public var aggregates: AggregateCollector?
  /// Columns that `*` of an aggregate leaves out: the keys of the groups.
  public var starExclusions: Set<ColumnID> = []
  /// Gives meaning to calls that only this place knows (`inner_nodes` in graphs); asked first.
  public var special: ((Call, SourceSpan, Binder) throws(DossierError) -> BoundExpression?)?

  /// A scope with columns.
  public init(
    _ columns: [PlanColumn], qualified: [(name: String, columns: [PlanColumn])] = [],
    aggregates: AggregateCollector? = nil
  ) {
    self.columns = columns
    self.qualified = qualified
    self.aggregates = aggregates
  }

  /// A column by its exact name; visible ones win over hidden ones.
  public func column(_ name: String) -> PlanColumn? {
    columns.first { !$0.isHidden && sameScalars($0.name, name) }
      ?? columns.first { $0.isHidden && sameScalars($0.name, name) }
  }
}

/// Gathers the aggregates in the expressions of a `summarize`.
public final class AggregateCollector {
  /// One call: its function, its arguments over the input, and the columns it gives.
  public struct Call: Sendable {
    /// The aggregate.
    public let function: AggregateFunction
    /// Its arguments.
    public let arguments: [BoundExpression]
    /// What the function is told about its arguments.
    public let info: [ArgumentInfo]
    /// Its columns under their default names.
    public let outputs: [PlanColumn]

    /// The same call over other arguments of the same types.
    public func with(arguments: [BoundExpression]) -> Call {
      Call(function: function, arguments: arguments, info: info, outputs: outputs)
    }
  }
  /// The calls in order.
  public private(set) var calls: [Call] = []

  /// No call yet.
  public init() {}

  func add(_ call: Call) { calls.append(call) }
}
