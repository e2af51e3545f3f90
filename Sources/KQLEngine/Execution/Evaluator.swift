import Columnar
import Diagnostics

/// Computes expressions over batches, a column at a time.
public struct Evaluator: Sendable {
  private let layout: Layout

  /// An evaluator for batches whose columns stand as `layout` says.
  public init(layout: Layout) { self.layout = layout }

  /// The values of an expression, one a row.
  ///
  /// `firstRow` is the number of the batch's first row in its stream, which seeded functions use.
  public func evaluate(
    _ expression: BoundExpression, _ batch: RowBatch, firstRow: Int, _ context: ExecutionContext
  ) throws(DossierError) -> ColumnVector {
    let count = batch.count
    switch expression.kind {
    case .constant(let value):
      return ColumnVector(constant: value, type: expression.type, count: count)
    case .column(let id):
      guard let position = layout[id], position < batch.columns.count else {
        throw DossierError(.internalFault, "a column of the plan is missing", at: expression.span)
      }
      return batch.columns[position]
    case .call(let function, let arguments):
      var vectors: [ColumnVector] = []
      vectors.reserveCapacity(arguments.count)
      for argument in arguments { vectors.append(try evaluate(argument, batch, firstRow: firstRow, context)) }
      return try callFunction(
        function, vectors, count: count, type: expression.type, span: expression.span,
        context.functionContext(firstRow: firstRow))
    case .arithmetic(let op, let left, let right):
      let a = try evaluate(left, batch, firstRow: firstRow, context)
      let b = try evaluate(right, batch, firstRow: firstRow, context)
      return folded(a, b, count) { computeArithmetic(op, $0, $1, type: expression.type) }
    case .comparison(let op, let left, let right):
      let a = try evaluate(left, batch, firstRow: firstRow, context)
      let b = try evaluate(right, batch, firstRow: firstRow, context)
      return folded(a, b, count) { computeComparison(op, $0, $1) }
    case .stringMatch(let match, let left, let right):
      let a = try evaluate(left, batch, firstRow: firstRow, context)
      let b = try evaluate(right, batch, firstRow: firstRow, context)
      return try computeStringMatch(match, a, b, span: right.span)
    case .list(let match, let negated, let value, let items):
      let a = try evaluate(value, batch, firstRow: firstRow, context)
      var vectors: [ColumnVector] = []
      for item in items { vectors.append(try evaluate(item, batch, firstRow: firstRow, context)) }
      return computeListMatch(match, negated: negated, a, vectors)
    case .inTable(let match, let negated, let value, let subquery):
      let a = try evaluate(value, batch, firstRow: firstRow, context)
      let rows = try context.rows(of: subquery)
      let column = rows.columns.first ?? ColumnVector([], type: value.type)
      return computeListMatch(match, negated: negated, a, in: column)
    case .and(let left, let right):
      let a = try evaluate(left, batch, firstRow: firstRow, context)
      if case .bool(false)? = a.constantValue { return a }
      return computeAnd(a, try evaluate(right, batch, firstRow: firstRow, context))
    case .or(let left, let right):
      let a = try evaluate(left, batch, firstRow: firstRow, context)
      if case .bool(true)? = a.constantValue { return a }
      return computeOr(a, try evaluate(right, batch, firstRow: firstRow, context))
    case .not(let value):
      return computeNot(try evaluate(value, batch, firstRow: firstRow, context))
    case .convert(let value):
      return convert(try evaluate(value, batch, firstRow: firstRow, context), to: expression.type)
    case .member(let value, let key):
      let a = try evaluate(value, batch, firstRow: firstRow, context)
      return mapDynamics(a) { $0[key] }
    case .index(let value, let index):
      let a = try evaluate(value, batch, firstRow: firstRow, context)
      return computeIndex(a, try evaluate(index, batch, firstRow: firstRow, context))
    case .scalar(let subquery):
      let rows = try context.rows(of: subquery)
      let value = rows.count > 0 ? rows.columns.first?.value(0) ?? .null : .null
      return ColumnVector(constant: value, type: expression.type, count: count)
    case .erroneous:
      throw DossierError(.internalFault, "an expression with an error was evaluated", at: expression.span)
    }
  }

  /// The value of an expression that reads no column.
  public static func constant(
    _ expression: BoundExpression, _ context: ExecutionContext
  ) throws(DossierError) -> Value {
    let row = RowBatch(columns: [], count: 1)
    return try Evaluator(layout: [:]).evaluate(expression, row, firstRow: 0, context).value(0)
  }
}

extension DossierError.Code {
  /// A fault of the engine itself.
  public static let internalFault: Self = "EXE900"
}

/// Two constants are computed once, then stand for all rows.
private func folded(
  _ a: ColumnVector, _ b: ColumnVector, _ count: Int, _ body: (ColumnVector, ColumnVector) -> ColumnVector
) -> ColumnVector {
  guard let x = a.constantValue, let y = b.constantValue, count != 1 else { return body(a, b) }
  let one = body(
    ColumnVector(constant: x, type: a.type, count: 1), ColumnVector(constant: y, type: b.type, count: 1))
  return ColumnVector(constant: one.value(0), type: one.type, count: count)
}

/// Calls a function; one of constants that always gives the same is computed for one row only.
func callFunction(
  _ function: ScalarFunction, _ arguments: [ColumnVector], count: Int, type: ScalarType, span: SourceSpan,
  _ context: FunctionContext
) throws(DossierError) -> ColumnVector {
  if function.isPure, !function.needsSerialized, count != 1,
    arguments.allSatisfy({ $0.constantValue != nil })
  {
    if count == 0 { return ColumnVector(constant: .null, type: type, count: 0) }
    let ones = arguments.map { ColumnVector(constant: $0.constantValue ?? .null, type: $0.type, count: 1) }
    let call = FunctionCall(arguments: ones, count: 1, resultType: type, span: span, context: context)
    return ColumnVector(constant: try function.evaluate(call).value(0), type: type, count: count)
  }
  return try function.evaluate(
    FunctionCall(arguments: arguments, count: count, resultType: type, span: span, context: context))
}

// MARK: Logic

/// A `bool` vector as values and validity.
private func boolParts(_ vector: ColumnVector) -> (values: [Bool], validity: Validity?) {
  switch vector.storage {
  case .bools(let values): return (values, vector.validity)
  case .constant(.bool(let value)): return ([Bool](repeating: value, count: vector.count), nil)
  default:
    return ([Bool](repeating: false, count: vector.count), Validity(count: vector.count, allValid: false))
  }
}

func computeAnd(_ a: ColumnVector, _ b: ColumnVector) -> ColumnVector {
  if case .bool(true)? = a.constantValue { return b }
  if case .bool(true)? = b.constantValue { return a }
  var (x, xv) = boolParts(a)
  let (y, yv) = boolParts(b)
  if xv == nil, yv == nil {
    for row in x.indices { x[row] = x[row] && y[row] }
    return ColumnVector(bools: x)
  }
  var validity = Validity(count: x.count, allValid: true)
  for row in x.indices {
    let left: Bool? = xv?.isValid(row) == false ? nil : x[row]
    let right: Bool? = yv?.isValid(row) == false ? nil : y[row]
    if left == false || right == false {
      x[row] = false
    } else if left == true, right == true {
      x[row] = true
    } else {
      x[row] = false
      validity.set(row, false)
    }
  }
  xv = nil
  return ColumnVector(bools: x, validity: validity)
}

func computeOr(_ a: ColumnVector, _ b: ColumnVector) -> ColumnVector {
  if case .bool(false)? = a.constantValue { return b }
  if case .bool(false)? = b.constantValue { return a }
  var (x, xv) = boolParts(a)
  let (y, yv) = boolParts(b)
  if xv == nil, yv == nil {
    for row in x.indices { x[row] = x[row] || y[row] }
    return ColumnVector(bools: x)
  }
  var validity = Validity(count: x.count, allValid: true)
  for row in x.indices {
    let left: Bool? = xv?.isValid(row) == false ? nil : x[row]
    let right: Bool? = yv?.isValid(row) == false ? nil : y[row]
    if left == true || right == true {
      x[row] = true
    } else if left == false, right == false {
      x[row] = false
    } else {
      x[row] = false
      validity.set(row, false)
    }
  }
  xv = nil
  return ColumnVector(bools: x, validity: validity)
}

func computeNot(_ a: ColumnVector) -> ColumnVector {
  switch a.storage {
  case .bools(let values): return ColumnVector(bools: values.map { !$0 }, validity: a.validity)
  case .constant(.bool(let value)): return ColumnVector(constant: .bool(!value), type: .bool, count: a.count)
  default: return ColumnVector(constant: .null, type: .bool, count: a.count)
  }
}

// MARK: dynamic

/// A dynamic vector mapped cell by cell; another type gives nulls.
func mapDynamics(_ vector: ColumnVector, _ transform: (DynamicValue) -> DynamicValue) -> ColumnVector {
  switch vector.storage {
  case .dynamics(let values): return ColumnVector(dynamics: values.map(transform))
  case .constant(let value):
    return ColumnVector(
      constant: .dynamic(transform(parsedIfText(value))), type: .dynamic, count: vector.count)
  default: return ColumnVector(constant: .dynamic(.null), type: .dynamic, count: vector.count)
  }
}

private func parsedIfText(_ value: Value) -> DynamicValue { value.asDynamic }

func computeIndex(_ vector: ColumnVector, _ index: ColumnVector) -> ColumnVector {
  func pick(_ value: DynamicValue, _ key: Value) -> DynamicValue {
    switch key {
    case .long(let position): value[Int(clamping: position)]
    case .string(let name): value[name]
    case .dynamic(.long(let position)): value[Int(clamping: position)]
    case .dynamic(.string(let name)): value[name]
    default: .null
    }
  }
  if let key = index.constantValue { return mapDynamics(vector) { pick($0, key) } }
  return ColumnVector(
    dynamics: (0..<vector.count).map { pick(vector.value($0).asDynamic, index.value($0)) })
}
