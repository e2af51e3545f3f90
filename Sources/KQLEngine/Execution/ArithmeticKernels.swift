import Columnar
import Foundation

/// Rows valid in both operands; nil when all are.
func jointValidity(_ a: ColumnVector, _ b: ColumnVector) -> Validity? {
  func own(_ vector: ColumnVector) -> Validity? {
    if let constant = vector.constantValue, constant.isNull {
      return Validity(count: vector.count, allValid: false)
    }
    return vector.validity
  }
  return Validity.intersection(own(a), own(b))
}

/// An operand as an array or one number, so that loops over a constant need no array of it.
enum NumericOperand<Element> {
  case array([Element])
  case one(Element)
}

func integerOperand(_ vector: ColumnVector) -> NumericOperand<Int64> {
  switch vector.storage {
  case .integers(let values): return .array(values)
  case .constant(let value):
    switch value {
    case .long(let number), .datetime(let number), .timespan(let number): return .one(number)
    default: return .one(0)
    }
  default: return .one(0)
  }
}

func realOperand(_ vector: ColumnVector) -> NumericOperand<Double> {
  switch vector.storage {
  case .reals(let values): return .array(values)
  case .integers(let values): return .array(values.map { Double($0) })
  case .constant(let value):
    switch value {
    case .real(let number): return .one(number)
    case .long(let number), .timespan(let number), .datetime(let number): return .one(Double(number))
    default: return .one(0)
    }
  default: return .one(0)
  }
}

/// Applies a function to pairs of numbers.
@inline(__always)
func zipOperands<A, B, R>(
  _ a: NumericOperand<A>, _ b: NumericOperand<B>, count: Int, _ body: (A, B) -> R
) -> [R] {
  var result: [R] = []
  result.reserveCapacity(count)
  switch (a, b) {
  case (.array(let x), .array(let y)): for row in 0..<count { result.append(body(x[row], y[row])) }
  case (.array(let x), .one(let y)): for row in 0..<count { result.append(body(x[row], y)) }
  case (.one(let x), .array(let y)): for row in 0..<count { result.append(body(x, y[row])) }
  case (.one(let x), .one(let y)): result = [R](repeating: body(x, y), count: count)
  }
  return result
}

/// Arithmetic over vectors whose types the binder has made fit.
///
/// Integers wrap on overflow; a division of integers by zero is null; a modulo is never negative; a
/// datetime out of range is null.
func computeArithmetic(
  _ op: ArithmeticOperator, _ a: ColumnVector, _ b: ColumnVector, type: ScalarType
) -> ColumnVector {
  let count = a.count
  let validity = jointValidity(a, b)
  if a.type == .dynamic || b.type == .dynamic { return dynamicArithmetic(op, a, b, type: type) }
  switch type {
  case .int, .long, .datetime, .timespan:
    if a.type == .real || b.type == .real {
      // timespan × number, timespan ÷ number
      let reals = zipOperands(realOperand(a), realOperand(b), count: count) { realResult(op, $0, $1) }
      var valid = validity ?? Validity(count: count, allValid: true)
      var ticks = [Int64](repeating: 0, count: count)
      for row in 0..<count {
        if let whole = Int64(exactly: reals[row].rounded()) {
          ticks[row] = whole
        } else {
          valid.set(row, false)
        }
      }
      return ColumnVector(integers: ticks, type: type, validity: valid)
    }
    return integerArithmetic(op, a, b, type: type, validity: validity)
  case .real:
    let values = zipOperands(realOperand(a), realOperand(b), count: count) { realResult(op, $0, $1) }
    return ColumnVector(reals: values, validity: validity)
  case .decimal:
    var builder = ColumnBuilder(type: .decimal)
    for row in 0..<count { builder.append(decimalResult(op, a.value(row), b.value(row))) }
    return builder.finish()
  default:
    return ColumnVector(constant: .null, type: type, count: count)
  }
}

private func integerArithmetic(
  _ op: ArithmeticOperator, _ a: ColumnVector, _ b: ColumnVector, type: ScalarType, validity: Validity?
) -> ColumnVector {
  let count = a.count
  let x = integerOperand(a)
  let y = integerOperand(b)
  var validity = validity
  let values: [Int64]
  switch op {
  case .add: values = zipOperands(x, y, count: count) { $0 &+ $1 }
  case .subtract: values = zipOperands(x, y, count: count) { $0 &- $1 }
  case .multiply: values = zipOperands(x, y, count: count) { $0 &* $1 }
  case .divide, .modulo:
    let zeros = zipOperands(x, y, count: count) { $1 == 0 }
    if zeros.contains(true) {
      var valid = validity ?? Validity(count: count, allValid: true)
      for row in 0..<count where zeros[row] { valid.set(row, false) }
      validity = valid
    }
    if op == .divide {
      values = zipOperands(x, y, count: count) {
        $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue
      }
    } else {
      values = zipOperands(x, y, count: count) { positiveModulo($0, $1) }
    }
  }
  if type == .datetime {
    var valid = validity ?? Validity(count: count, allValid: true)
    for row in 0..<count where !Ticks.isDatetime(values[row]) { valid.set(row, false) }
    validity = valid
  }
  return ColumnVector(integers: values, type: type, validity: validity)
}

private func positiveModulo(_ a: Int64, _ b: Int64) -> Int64 {
  if b == 0 || b == -1 { return 0 }
  let rest = a % b
  return rest < 0 ? rest &+ (b < 0 ? 0 &- b : b) : rest
}

private func realResult(_ op: ArithmeticOperator, _ a: Double, _ b: Double) -> Double {
  switch op {
  case .add: return a + b
  case .subtract: return a - b
  case .multiply: return a * b
  case .divide: return a / b
  case .modulo:
    let rest = a.truncatingRemainder(dividingBy: b)
    return rest < 0 ? rest + Swift.abs(b) : rest
  }
}

private func decimalResult(_ op: ArithmeticOperator, _ a: Value, _ b: Value) -> Value {
  guard case .decimal(let x) = convertValue(a, to: .decimal),
    case .decimal(let y) = convertValue(b, to: .decimal)
  else { return .null }
  switch op {
  case .add: return .decimal(x + y)
  case .subtract: return .decimal(x - y)
  case .multiply: return .decimal(x * y)
  case .divide: return y == 0 ? .null : .decimal(x / y)
  case .modulo:
    if y == 0 { return .null }
    var quotient = x / y
    var floor = Decimal()
    NSDecimalRound(&floor, &quotient, 0, .down)
    let rest = x - floor * y
    return .decimal(rest < 0 ? rest + (y < 0 ? -y : y) : rest)
  }
}

/// Arithmetic with dynamic operands, by the types of the values that they hold.
private func dynamicArithmetic(
  _ op: ArithmeticOperator, _ a: ColumnVector, _ b: ColumnVector, type: ScalarType
) -> ColumnVector {
  var builder = ColumnBuilder(type: type)
  for row in 0..<a.count {
    let x = plain(a.value(row))
    let y = plain(b.value(row))
    var result = Value.null
    switch (x, y) {
    case (.long, .long):
      result =
        integerArithmetic(
          op, ColumnVector(constant: x, type: .long, count: 1),
          ColumnVector(constant: y, type: .long, count: 1),
          type: .long, validity: nil
        ).value(0)
    case (.long(let p), .real(let q)): result = .real(realResult(op, Double(p), q))
    case (.real(let p), .long(let q)): result = .real(realResult(op, p, Double(q)))
    case (.real(let p), .real(let q)): result = .real(realResult(op, p, q))
    default: break
    }
    builder.append(convertValue(result, to: type))
  }
  return builder.finish()
}

/// The scalar in a dynamic value.
func plain(_ value: Value) -> Value {
  if case .dynamic(let inner) = value { return inner.scalar }
  return value
}
