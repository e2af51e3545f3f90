import Columnar
import Diagnostics

/// A query that shows how something is used, and what it gives: shown by `.help`, run by a test.
public struct Example: Sendable {
  /// The query.
  public let query: String
  /// The result as in a `.kqltest` file: a header `name:type`, then rows, cells two blanks apart.
  public let result: String
  /// Makes an example.
  public init(_ query: String, _ result: String) {
    self.query = query
    self.result = result
  }
}

/// What a function may know of an argument before anything runs.
public struct ArgumentInfo: Sendable {
  /// The argument's type.
  public let type: ScalarType
  /// Its value, when it is a constant.
  public let constant: Value?
  /// Where it stands in the query.
  public let span: SourceSpan
  /// The column's name, when the argument is a plain column.
  public let columnName: String?
  /// Describes an argument.
  public init(type: ScalarType, constant: Value?, span: SourceSpan, columnName: String? = nil) {
    self.type = type
    self.constant = constant
    self.span = span
    self.columnName = columnName
  }
}

/// One parameter of a function.
public struct Parameter: Sendable {
  /// The name in the signature.
  public let name: String
  /// The types it takes; the binder converts an `int` to `long`, a number to `real`, and a `dynamic` to
  /// the first of these, where the argument's own type is not among them. Empty: any type, as it is.
  public let types: [ScalarType]
  /// Whether it may be left out (so may all after it).
  public let isOptional: Bool
  /// Whether the argument must be a constant.
  public let mustBeConstant: Bool

  /// A parameter of any type.
  public static func any(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [], optional: optional)
  }
  /// Makes a parameter.
  public init(
    _ name: String, _ types: [ScalarType], optional: Bool = false, constant: Bool = false
  ) {
    self.name = name
    self.types = types
    isOptional = optional
    mustBeConstant = constant
  }
}

/// What a call needs besides its arguments.
public struct FunctionContext: Sendable {
  /// The query's one moment, in ticks: `now()`.
  public let now: Int64
  /// Seeds `rand` and the like.
  public let seed: UInt64
  /// The number of the batch's first row in its stream, for seeded functions.
  public let firstRow: Int
  /// Makes a context.
  public init(now: Int64, seed: UInt64, firstRow: Int) {
    self.now = now
    self.seed = seed
    self.firstRow = firstRow
  }
}

/// One call of a scalar function over a batch.
public struct FunctionCall: Sendable {
  /// The argument columns, already of types that the parameters take, each `count` rows long; a constant
  /// argument is a `.constant` vector.
  public let arguments: [ColumnVector]
  /// How many rows there are.
  public let count: Int
  /// The type that `result` gave for this call.
  public let resultType: ScalarType
  /// Where the call stands, for errors.
  public let span: SourceSpan
  /// Clock and seed.
  public let context: FunctionContext
  /// Makes a call.
  public init(
    arguments: [ColumnVector], count: Int, resultType: ScalarType, span: SourceSpan,
    context: FunctionContext
  ) {
    self.arguments = arguments
    self.count = count
    self.resultType = resultType
    self.span = span
    self.context = context
  }
}

/// Which rows the value of a function over serialized rows is made of, for lineage. A row's mere place
/// (`row_number`) is made of none.
public enum WindowReach: Sendable, Hashable {
  /// The row itself.
  case ownRow
  /// Another row, and those between: before (−1) or after (1), at the distance that argument 1 gives.
  case neighbour(Int)
  /// All rows up to this one, from the last at which the argument with this index is true.
  case run(restart: Int)
  /// The rows before it that have the same value, without a break.
  case sameValue
}

/// The declaration of a scalar function: all that binder, evaluator, `.help`, completion and the
/// reference page know of it.
public struct ScalarFunction: Sendable {
  /// The type of a call's result, or the error that its arguments make.
  public typealias ResultRule = @Sendable ([ArgumentInfo]) throws(DossierError) -> ScalarType
  /// The columns that a call makes where it stands alone in `extend`, `project` or `print`; nil for the
  /// usual single one.
  public typealias SpreadRule = @Sendable ([ArgumentInfo]) throws(DossierError) -> [Field]?
  /// Computes a batch.
  public typealias Kernel = @Sendable (FunctionCall) throws(DossierError) -> ColumnVector

  /// The name as KQL spells it.
  public let name: String
  /// Other names for the same function.
  public let aliases: [String]
  /// One line that says what it gives.
  public let summary: String
  /// At least one.
  public let examples: [Example]
  /// The parameters in order.
  public let parameters: [Parameter]
  /// Whether the last parameter may repeat.
  public let isVariadic: Bool
  /// Whether equal arguments always give equal results, so that calls on constants are computed once.
  /// False for `rand()` and row-bound functions.
  public let isPure: Bool
  /// Whether the input must be serialized (`prev`, `row_number`…): the kernel then sees all rows at once.
  public let needsSerialized: Bool
  /// Which rows a value is made of, where `needsSerialized`.
  public let reach: WindowReach
  /// The result's type.
  public let result: ResultRule
  /// For functions that make several columns at once (`series_stats`, `array_sort_asc` of two arrays): their
  /// names and types. The kernel then gives a dynamic array with an element a column, which any other
  /// place of an expression sees as it is.
  public let spread: SpreadRule?
  /// The computation.
  public let evaluate: Kernel

  /// Declares a function.
  public init(
    _ name: String, aliases: [String] = [], _ parameters: [Parameter], variadic: Bool = false,
    pure: Bool = true, needsSerialized: Bool = false, reach: WindowReach = .ownRow, summary: String,
    examples: [Example],
    result: @escaping ResultRule, spread: SpreadRule? = nil, evaluate: @escaping Kernel
  ) {
    self.name = name
    self.aliases = aliases
    self.parameters = parameters
    isVariadic = variadic
    isPure = pure
    self.needsSerialized = needsSerialized
    self.reach = reach
    self.summary = summary
    self.examples = examples
    self.result = result
    self.spread = spread
    self.evaluate = evaluate
  }

  /// `name(a, b, [c], ...)`.
  public var signature: String { Self.signature(name, parameters, isVariadic) }

  static func signature(_ name: String, _ parameters: [Parameter], _ isVariadic: Bool) -> String {
    var parts = parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }
    if isVariadic { parts.append("...") }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }
}

/// The running state of one aggregate for all groups of a `summarize`.
///
/// Groups are numbered from 0 in order of first appearance. A state sees rows in order; states of
/// neighbouring runs of rows are merged in order, so that the result does not depend on timing.
public protocol AggregateState {
  /// Takes a run of rows. `groups[row]` is the group of each row; groups up to `groupCount` exist, also
  /// those that no row of this run belongs to.
  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError)
  /// Takes the state of the rows that follow; its group `g` is this state's group `mapping[g]`.
  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError)
  /// One vector an output column, a row a group.
  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector]
  /// The same, for states that can use several threads, or take so long that they must heed a cancellation.
  mutating func finish(groupCount: Int, _ context: ExecutionContext) throws(DossierError) -> [ColumnVector]
  /// Whether states of any parts of the rows can be merged in any order with the same result to the last bit: so it is
  /// for counts and sums of whole numbers, not for sums of reals, nor where the first of equal rows is kept.
  var isOrderFree: Bool { get }
  /// About how many bytes it holds of the rows' values, beyond a few for each group: what counts against the memory
  /// limit.
  var heldBytes: Int { get }
}

extension AggregateState {
  /// No.
  public var isOrderFree: Bool { false }
  /// None.
  public var heldBytes: Int { 0 }
  /// As without threads.
  public mutating func finish(
    groupCount: Int, _ context: ExecutionContext
  ) throws(DossierError) -> [ColumnVector] {
    try finish(groupCount: groupCount)
  }

  /// Takes the state of the rows that follow, which must be of the same aggregate.
  public mutating func merge(
    any next: any AggregateState, mapping: [Int], groupCount: Int
  ) throws(DossierError) {
    guard let next = next as? Self else {
      throw DossierError(.internalFault, "states of different aggregates were merged")
    }
    try merge(next, mapping: mapping, groupCount: groupCount)
  }
}

/// The declaration of an aggregate function.
public struct AggregateFunction: Sendable {
  /// An output column of a call: the name it takes unless the query gives one, and its type.
  public typealias OutputRule = @Sendable ([ArgumentInfo]) throws(DossierError) -> [Field]
  /// Makes the empty state of a call.
  public typealias StateMaker = @Sendable ([ArgumentInfo]) throws(DossierError) -> any AggregateState

  /// The name as KQL spells it.
  public let name: String
  /// Other names for the same aggregate.
  public let aliases: [String]
  /// One line that says what it gives.
  public let summary: String
  /// At least one.
  public let examples: [Example]
  /// The parameters in order.
  public let parameters: [Parameter]
  /// Whether the last parameter may repeat.
  public let isVariadic: Bool
  /// Whether `*` may stand for "all other columns" (`arg_max`, `take_any`).
  public let takesStar: Bool
  /// Default output columns: `count_`, `avg_Score`; several for `arg_max`.
  public let outputs: OutputRule
  /// Makes the empty state.
  public let makeState: StateMaker

  /// Declares an aggregate.
  public init(
    _ name: String, aliases: [String] = [], _ parameters: [Parameter], variadic: Bool = false,
    takesStar: Bool = false, summary: String, examples: [Example], outputs: @escaping OutputRule,
    makeState: @escaping StateMaker
  ) {
    self.name = name
    self.aliases = aliases
    self.parameters = parameters
    isVariadic = variadic
    self.takesStar = takesStar
    self.summary = summary
    self.examples = examples
    self.outputs = outputs
    self.makeState = makeState
  }

  /// `name(a, b, [c], ...)`.
  public var signature: String { ScalarFunction.signature(name, parameters, isVariadic) }
}

/// The functions that queries may call, by name.
public struct FunctionSet: Sendable {
  /// Scalar functions in the order of declaration.
  public let scalars: [ScalarFunction]
  /// Aggregates in the order of declaration.
  public let aggregates: [AggregateFunction]
  /// Functions that KQL has and this set has not, and what to use instead; a name that ends in `*` stands for
  /// all that begin so.
  public let absent: [String: String]
  /// Functions written in the query language that ship with the program, in the order of their names.
  public let library: [StoredFunction]
  private let scalarIndex: [String: Int]
  private let aggregateIndex: [String: Int]

  /// Gathers declarations. A name used twice keeps its first meaning; a test rejects that.
  public init(
    scalars: [ScalarFunction], aggregates: [AggregateFunction], library: [StoredFunction] = [],
    absent: [String: String] = [:]
  ) {
    self.library = library
    self.scalars = scalars
    self.aggregates = aggregates
    self.absent = absent
    var scalarIndex: [String: Int] = [:]
    for (index, function) in scalars.enumerated() {
      for name in [function.name] + function.aliases where scalarIndex[name] == nil {
        scalarIndex[name] = index
      }
    }
    var aggregateIndex: [String: Int] = [:]
    for (index, function) in aggregates.enumerated() {
      for name in [function.name] + function.aliases where aggregateIndex[name] == nil {
        aggregateIndex[name] = index
      }
    }
    self.scalarIndex = scalarIndex
    self.aggregateIndex = aggregateIndex
  }

  /// The scalar function of a name or alias.
  public func scalar(_ name: String) -> ScalarFunction? { scalarIndex[name].map { scalars[$0] } }
  /// The aggregate of a name or alias.
  public func aggregate(_ name: String) -> AggregateFunction? { aggregateIndex[name].map { aggregates[$0] } }
  /// What to use instead of a function that KQL has and this set has not.
  public func instead(of name: String) -> String? {
    if let exact = absent[name] { return exact }
    return absent.first { $0.key.hasSuffix("*") && name.hasPrefix($0.key.dropLast()) }?.value
  }
  /// All names and aliases, scalars first, for completion and hints.
  public var names: [String] {
    scalars.flatMap { [$0.name] + $0.aliases } + aggregates.flatMap { [$0.name] + $0.aliases }
      + library.map(\.name)
  }
}
