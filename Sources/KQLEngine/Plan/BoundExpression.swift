import Columnar
import Diagnostics

/// Arithmetic on two operands.
public enum ArithmeticOperator: String, Sendable {
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "%"
}

/// A comparison of two operands of one type.
public enum ComparisonOperator: String, Sendable {
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

  /// The operator that gives the same with the operands swapped.
  public var flipped: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// How a text is looked for in another.
public struct StringMatch: Sendable, Hashable {
  /// What must be found where.
  public enum Kind: String, Sendable {
    /// The whole text is equal.
    case equal = "=~"
    /// A term is equal.
    case has
    /// A term starts with it.
    case hasPrefix = "hasprefix"
    /// A term ends with it.
    case hasSuffix = "hassuffix"
    /// It stands anywhere.
    case contains
    /// The text starts with it.
    case startsWith = "startswith"
    /// The text ends with it.
    case endsWith = "endswith"
    /// It is a pattern, found anywhere.
    case regex = "matches regex"
  }
  /// What must be found where.
  public var kind: Kind
  /// Whether upper and lower case differ.
  public var isCaseSensitive: Bool
  /// Whether the answer is turned around.
  public var isNegated: Bool
  /// Makes a match.
  public init(_ kind: Kind, isCaseSensitive: Bool, isNegated: Bool) {
    self.kind = kind
    self.isCaseSensitive = isCaseSensitive
    self.isNegated = isNegated
  }
}

/// How a value is looked for in a list.
public enum ListMatch: Sendable, Hashable {
  /// Equal to one.
  case equal
  /// Equal to one, case ignored.
  case equalFold
  /// Has one as a term.
  case hasAny
  /// Has all as terms.
  case hasAll
}

/// A table that an expression needs, computed once in an evaluation: `toscalar(…)`, `in (T | …)`.
public final class Subquery: Sendable {
  /// Numbers subqueries within a query.
  public let number: Int
  /// The plan as bound.
  let bound: any LogicalNode
  /// The plan after the rules.
  public let plan: any LogicalNode
  init(number: Int, bound: any LogicalNode, plan: any LogicalNode) {
    self.number = number
    self.bound = bound
    self.plan = plan
  }
}

/// An expression whose names and types are known. Operands have been converted to the types that the
/// operation takes; constants have been computed.
public struct BoundExpression: Sendable {
  /// The forms of an expression.
  public indirect enum Kind: Sendable {
    /// A value.
    case constant(Value)
    /// A column of the input.
    case column(ColumnID)
    /// A function over its arguments.
    case call(ScalarFunction, [BoundExpression])
    /// Arithmetic.
    case arithmetic(ArithmeticOperator, BoundExpression, BoundExpression)
    /// A comparison; operands have one type.
    case comparison(ComparisonOperator, BoundExpression, BoundExpression)
    /// A text in a text.
    case stringMatch(StringMatch, BoundExpression, BoundExpression)
    /// A value in a list; dynamic arrays in the list stand for their elements.
    case list(ListMatch, negated: Bool, BoundExpression, [BoundExpression])
    /// A value in the first column of a table.
    case inTable(ListMatch, negated: Bool, BoundExpression, Subquery)
    /// Three-valued.
    case and(BoundExpression, BoundExpression)
    /// Three-valued.
    case or(BoundExpression, BoundExpression)
    /// Null stays null.
    case not(BoundExpression)
    /// A conversion to the expression's type; what can't be converted is null.
    case convert(BoundExpression)
    /// A member of a bag.
    case member(BoundExpression, String)
    /// An element of an array or a member of a bag.
    case index(BoundExpression, BoundExpression)
    /// The first cell of a table.
    case scalar(Subquery)
    /// Had an error, which has been reported.
    case erroneous
  }

  /// What it is.
  public let kind: Kind
  /// The type of its values.
  public let type: ScalarType
  /// Where it stands in the query.
  public let span: SourceSpan

  /// Makes an expression.
  public init(_ kind: Kind, type: ScalarType, span: SourceSpan) {
    self.kind = kind
    self.type = type
    self.span = span
  }

  /// The value, when it is a constant.
  public var constant: Value? {
    if case .constant(let value) = kind { return value }
    return nil
  }

  /// Whether it had an error that has been reported.
  public var isErroneous: Bool {
    if case .erroneous = kind { return true }
    return false
  }

  /// The column, when it is nothing but one.
  public var column: ColumnID? {
    if case .column(let id) = kind { return id }
    return nil
  }

  /// The parts it is made of.
  public var operands: [BoundExpression] {
    switch kind {
    case .constant, .column, .scalar, .erroneous: []
    case .call(_, let arguments): arguments
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right),
      .stringMatch(_, let left, let right), .and(let left, let right), .or(let left, let right),
      .index(let left, let right):
      [left, right]
    case .list(_, _, let value, let items): [value] + items
    case .inTable(_, _, let value, _), .not(let value), .convert(let value), .member(let value, _): [value]
    }
  }

  /// The same with other operands, as many as `operands` gives.
  public func withOperands(_ new: [BoundExpression]) -> BoundExpression {
    func make(_ kind: Kind) -> BoundExpression { BoundExpression(kind, type: type, span: span) }
    switch kind {
    case .constant, .column, .scalar, .erroneous: return self
    case .call(let function, _): return make(.call(function, new))
    case .arithmetic(let op, _, _): return make(.arithmetic(op, new[0], new[1]))
    case .comparison(let op, _, _): return make(.comparison(op, new[0], new[1]))
    case .stringMatch(let match, _, _): return make(.stringMatch(match, new[0], new[1]))
    case .and: return make(.and(new[0], new[1]))
    case .or: return make(.or(new[0], new[1]))
    case .index: return make(.index(new[0], new[1]))
    case .list(let match, let negated, _, _):
      return make(.list(match, negated: negated, new[0], Array(new.dropFirst())))
    case .inTable(let match, let negated, _, let table):
      return make(.inTable(match, negated: negated, new[0], table))
    case .not: return make(.not(new[0]))
    case .convert: return make(.convert(new[0]))
    case .member(_, let key): return make(.member(new[0], key))
    }
  }

  /// The columns that it reads.
  public var columns: Set<ColumnID> {
    var found: Set<ColumnID> = []
    collectColumns(into: &found)
    return found
  }

  /// Adds the columns that it reads.
  public func collectColumns(into set: inout Set<ColumnID>) {
    if case .column(let id) = kind { set.insert(id) }
    for operand in operands { operand.collectColumns(into: &set) }
  }

  /// Adds the tables that it needs computed.
  public func collectSubqueries(into list: inout [Subquery]) {
    switch kind {
    case .inTable(_, _, _, let subquery), .scalar(let subquery): list.append(subquery)
    default: break
    }
    for operand in operands { operand.collectSubqueries(into: &list) }
  }

  /// The expression with columns replaced where `replacement` gives something else.
  public func replacingColumns(_ replacement: (ColumnID) -> BoundExpression?) -> BoundExpression {
    if case .column(let id) = kind { return replacement(id) ?? self }
    let parts = operands
    return parts.isEmpty ? self : withOperands(parts.map { $0.replacingColumns(replacement) })
  }

  /// Whether equal rows always give equal values, so that it may be moved, dropped and computed again.
  public var isPure: Bool {
    if case .call(let function, _) = kind, !function.isPure || function.needsSerialized { return false }
    return operands.allSatisfy(\.isPure)
  }

  /// Whether it is the same for all rows of an evaluation.
  public var isRowIndependent: Bool {
    switch kind {
    case .column: false
    case .call(let function, _) where !function.isPure || function.needsSerialized: false
    default: operands.allSatisfy(\.isRowIndependent)
    }
  }

  /// The expression joined with `and`; either may be missing.
  public static func conjunction(_ parts: [BoundExpression]) -> BoundExpression? {
    guard var result = parts.first else { return nil }
    for part in parts.dropFirst() {
      result = BoundExpression(.and(result, part), type: .bool, span: result.span.union(part.span))
    }
    return result
  }

  /// The parts that `and` joins.
  public var conjuncts: [BoundExpression] {
    if case .and(let left, let right) = kind { return left.conjuncts + right.conjuncts }
    return [self]
  }

  /// A column as an expression.
  public static func column(_ column: PlanColumn, at span: SourceSpan) -> BoundExpression {
    BoundExpression(column.isErroneous ? .erroneous : .column(column.id), type: column.type, span: span)
  }

  /// A constant as an expression.
  public static func constant(_ value: Value, _ type: ScalarType, at span: SourceSpan) -> BoundExpression {
    BoundExpression(.constant(value), type: type, span: span)
  }

  /// What stands for an expression whose error has been reported.
  public static func erroneous(at span: SourceSpan) -> BoundExpression {
    BoundExpression(.erroneous, type: .dynamic, span: span)
  }
}
