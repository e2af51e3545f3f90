import Diagnostics

/// A place in the text which takes no part in comparisons: two trees are equal when they say the same.
public struct Place: Sendable, Hashable {
  /// The place itself.
  public var span: SourceSpan
  /// Wraps a span.
  public init(_ span: SourceSpan) { self.span = span }
  /// Always true; see above.
  public static func == (left: Place, right: Place) -> Bool { true }
  /// Adds nothing.
  public func hash(into hasher: inout Hasher) {}
}

/// A name as written, without its quotes.
public struct Name: Sendable, Hashable, CustomStringConvertible {
  /// The name.
  public var text: String
  /// Where it stands.
  public var place: Place
  /// Makes a name.
  public init(_ text: String, at span: SourceSpan) {
    self.text = text
    place = Place(span)
  }
  /// Where it stands.
  public var span: SourceSpan { place.span }
  /// The name.
  public var description: String { text }
}

/// A constant as written.
public enum Literal: Sendable, Hashable {
  /// Text.
  case string(String)
  /// An untyped integer.
  case long(Int64)
  /// A number with a fraction or exponent.
  case real(Double)
  /// `true` or `false`.
  case bool(Bool)
  /// A timespan in ticks of 100 ns, as `2h`.
  case timespan(Int64)
  /// `type(text)`; the binder reads the text. `null` is a text like others.
  case typed(type: String, text: String)
  /// `dynamic(…)`.
  case dynamic(DynamicLiteral)
  /// `null` without a type.
  case null
}

/// What stands in `dynamic(…)`.
public indirect enum DynamicLiteral: Sendable, Hashable {
  /// `null`
  case null
  /// `true`, `false`
  case bool(Bool)
  /// An integer.
  case long(Int64)
  /// Another number.
  case real(Double)
  /// Text.
  case string(String)
  /// A literal of another type, such as `datetime(2024-01-01)` or `2h`.
  case scalar(Literal)
  /// A list.
  case array([DynamicLiteral])
  /// A bag: keys in the order as written.
  case bag([Entry])

  /// A key and its value.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// The value.
    public var value: DynamicLiteral
    /// Makes an entry.
    public init(key: String, value: DynamicLiteral) {
      self.key = key
      self.value = value
    }
  }
}

/// An operator with one operand.
public enum UnaryOperator: String, Sendable, Hashable {
  /// Arithmetic.
  case minus = "-"
  /// Arithmetic.
  case plus = "+"
}

/// An operator with two operands; the raw value is its spelling.
public enum BinaryOperator: String, Sendable, Hashable, CaseIterable {
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case or, and
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "%"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case equalFold = "=~", notEqualFold = "!~"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case has, notHas = "!has", hasCS = "has_cs", notHasCS = "!has_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case hasPrefix = "hasprefix", notHasPrefix = "!hasprefix", hasPrefixCS = "hasprefix_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case notHasPrefixCS = "!hasprefix_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case hasSuffix = "hassuffix", notHasSuffix = "!hassuffix", hasSuffixCS = "hassuffix_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case notHasSuffixCS = "!hassuffix_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case contains, notContains = "!contains", containsCS = "contains_cs", notContainsCS = "!contains_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case startsWith = "startswith", notStartsWith = "!startswith", startsWithCS = "startswith_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case notStartsWithCS = "!startswith_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case endsWith = "endswith", notEndsWith = "!endswith", endsWithCS = "endswith_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case notEndsWithCS = "!endswith_cs"
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case matchesRegex = "matches regex", notMatchesRegex = "!matches regex"

  /// How tightly it binds: a higher number holds its operands more tightly.
  public var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .equal, .notEqual: 3
    case .less, .lessOrEqual, .greater, .greaterOrEqual: 4
    case .add, .subtract: 5
    case .multiply, .divide, .modulo: 6
    default: 7
    }
  }

  /// Other spellings that the parser reads as this operator.
  static let synonyms: [String: BinaryOperator] = [
    "<>": .notEqual, "containscs": .containsCS, "notcontains": .notContains,
    "notcontainscs": .notContainsCS, "!containscs": .notContainsCS,
  ]
}

/// An operator that compares one operand with a list.
public enum ListOperator: String, Sendable, Hashable, CaseIterable {
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case `in`, notIn = "!in", inFold = "in~", notInFold = "!in~", hasAny = "has_any", hasAll = "has_all"
}

/// A value, a column, a call… with its place. Equal when it says the same, wherever it stands.
public struct Expression: Sendable, Hashable {
  /// What it is.
  public var kind: Kind
  /// Where it stands.
  public var place: Place
  /// Levels of the tree below and with this node; the parser keeps it within `TokenCursor.maximumTreeDepth`.
  public let depth: Int

  /// The forms of an expression.
  public indirect enum Kind: Sendable, Hashable {
    /// A constant.
    case literal(Literal)
    /// A column, a `let` name or a table.
    case name(Name)
    /// `*`: all columns.
    case star
    /// `a*b`: the columns whose names match.
    case wildcard(String)
    /// `d.key`
    case member(Expression, Name)
    /// `d[0]`, `d['key']`
    case index(Expression, Expression)
    /// `f(a, b=c)`
    case call(Call)
    /// `-a`
    case unary(UnaryOperator, Expression)
    /// `a + b`
    case binary(BinaryOperator, Expression, Expression)
    /// `a in (b, c)`
    case list(ListOperator, Expression, [Expression])
    /// `a between (b .. c)`
    case between(Expression, lower: Expression, upper: Expression, negated: Bool)
    /// `(T | where x)`
    case tabular(Pipeline)
    /// `typeof(long)`, `typeof(*)`; also the schema in `externaldata`.
    case typeOf(String)
  }

  /// Makes an expression.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    place = Place(span)
    switch kind {
    case .literal, .name, .star, .wildcard, .typeOf: depth = 1
    case .member(let base, _), .unary(_, let base): depth = base.depth + 1
    case .index(let left, let right), .binary(_, let left, let right):
      depth = max(left.depth, right.depth) + 1
    case .call(let call): depth = (call.arguments.map(\.value.depth).max() ?? 0) + 1
    case .list(_, let left, let items): depth = max(left.depth, items.map(\.depth).max() ?? 0) + 1
    case .between(let value, let lower, let upper, _):
      depth = max(value.depth, lower.depth, upper.depth) + 1
    case .tabular(let pipeline): depth = (pipeline.source?.depth ?? 0) + 1
    }
  }

  /// Where it stands.
  public var span: SourceSpan { place.span }

  /// The expressions that it is made of; tables in it are none.
  public var parts: [Expression] {
    switch kind {
    case .literal, .name, .star, .wildcard, .typeOf, .tabular: []
    case .member(let base, _), .unary(_, let base): [base]
    case .index(let left, let right), .binary(_, let left, let right): [left, right]
    case .call(let call): call.arguments.map(\.value)
    case .list(_, let value, let items): [value] + items
    case .between(let value, let lower, let upper, _): [value, lower, upper]
    }
  }

  /// All names that it mentions as values, in order of first mention.
  public var names: [String] {
    var found: [String] = []
    func visit(_ expression: Expression) {
      if case .name(let name) = expression.kind, !found.contains(name.text) { found.append(name.text) }
      expression.parts.forEach(visit)
    }
    visit(self)
    return found
  }
}

/// A call of a function.
public struct Call: Sendable, Hashable {
  /// The function.
  public var name: Name
  /// What is passed.
  public var arguments: [Argument]
  /// Makes a call.
  public init(name: Name, arguments: [Argument]) {
    self.name = name
    self.arguments = arguments
  }

  /// One argument, with a name where it is given as `name=value`.
  public struct Argument: Sendable, Hashable {
    /// The parameter's name, if given.
    public var name: Name?
    /// The value.
    public var value: Expression
    /// Makes an argument.
    public init(name: Name? = nil, value: Expression) {
      self.name = name
      self.value = value
    }
  }
}

/// `name = value`, `(a, b) = value` or only `value`, as in `project` and `extend`.
public struct NamedExpression: Sendable, Hashable {
  /// The names given; empty if none.
  public var names: [Name]
  /// Whether the names stand in parentheses, one for each result of the value.
  public var isTuple: Bool
  /// The value.
  public var value: Expression
  /// Makes a named expression.
  public init(names: [Name] = [], isTuple: Bool = false, value: Expression) {
    self.names = names
    self.isTuple = isTuple
    self.value = value
  }
  /// The only name given, if there is one.
  public var name: Name? { isTuple ? nil : names.first }
  /// Where it stands.
  public var span: SourceSpan { names.first.map { $0.span.union(value.span) } ?? value.span }
}

/// A column with its type, as in `datatable` and `declare`.
public struct ColumnDeclaration: Sendable, Hashable {
  /// The column.
  public var name: Name
  /// The type's name as written; empty where left out.
  public var type: Name?
  /// Makes a declaration.
  public init(name: Name, type: Name?) {
    self.name = name
    self.type = type
  }
}

/// `name=value` after an operator's keyword, as `kind=inner`.
public struct StepParameter: Sendable, Hashable {
  /// The parameter, `hint.strategy` with its dot.
  public var name: Name
  /// Its value.
  public var value: Expression
  /// Makes a parameter.
  public init(name: Name, value: Expression) {
    self.name = name
    self.value = value
  }
}

/// A tabular expression: a source and what stands after each `|`.
public struct Pipeline: Sendable, Hashable {
  /// A table, a call or a pipeline in parentheses; nil where the first step makes rows by itself
  /// (`print`, `range`…), or where rows come from the surrounding step (`mv-apply … on (…)`).
  public var source: Expression?
  /// The steps in order.
  public var steps: [any PipeStep]
  /// Where it stands.
  public var place: Place
  /// Makes a pipeline.
  public init(source: Expression?, steps: [any PipeStep], at span: SourceSpan) {
    self.source = source
    self.steps = steps
    place = Place(span)
  }
  /// Where it stands.
  public var span: SourceSpan { place.span }
  /// Compares what is said, not where.
  public static func == (left: Pipeline, right: Pipeline) -> Bool {
    guard left.source == right.source, left.steps.count == right.steps.count else { return false }
    return zip(left.steps, right.steps).allSatisfy { $0.isEqual(to: $1) }
  }
  /// Hashes the source and the number of steps.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(source)
    hasher.combine(steps.count)
  }
}

/// A parameter of a function: `a:long`, `b:string = "x"`, `T:(k:long)` or `T:(*)`.
public struct FunctionParameter: Sendable, Hashable {
  /// The parameter's type.
  public enum Kind: Sendable, Hashable {
    /// A scalar of the named type.
    case scalar(Name)
    /// A table with at least these columns; none for `(*)`.
    case table([ColumnDeclaration])
  }
  /// The name.
  public var name: Name
  /// The type.
  public var kind: Kind
  /// The value when none is given.
  public var defaultValue: Expression?
  /// Makes a parameter.
  public init(name: Name, kind: Kind, defaultValue: Expression?) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
  }
}

/// `(a:long, T:(*)) { …; value }`
public struct FunctionLiteral: Sendable, Hashable {
  /// The parameters in order.
  public var parameters: [FunctionParameter]
  /// `let` statements before the result.
  public var body: [Statement]
  /// The result: scalar or tabular.
  public var result: Expression
  /// Whether written with `view`.
  public var isView: Bool
  /// Makes a function.
  public init(parameters: [FunctionParameter], body: [Statement], result: Expression, isView: Bool) {
    self.parameters = parameters
    self.body = body
    self.result = result
    self.isView = isView
  }
}

/// What may stand before the query.
public enum Statement: Sendable, Hashable {
  /// `let name = value`; a tabular value is an expression of that kind.
  case letValue(Name, Expression)
  /// `let name = (…) {…}`
  case letFunction(Name, FunctionLiteral)
  /// `declare query_parameters(…)`
  case queryParameters([FunctionParameter])
  /// `set name = value`: a property of the query, for the statements behind it.
  case setProperty(Name, Expression)

  /// Where its name stands; nil where it has none.
  public var span: SourceSpan? {
    switch self {
    case .letValue(let name, _), .letFunction(let name, _): name.span
    case .queryParameters(let items): items.first?.name.span
    case .setProperty(let name, _): name.span
    }
  }
}

/// A whole text: statements and the query, which may be missing when only statements stand there.
public struct Query: Sendable, Hashable {
  /// Statements in order.
  public var statements: [Statement]
  /// The last statement. A scalar alone is read as an expression too; the binder decides.
  public var body: Expression?
  /// Makes a query.
  public init(statements: [Statement], body: Expression?) {
    self.statements = statements
    self.body = body
  }
}
