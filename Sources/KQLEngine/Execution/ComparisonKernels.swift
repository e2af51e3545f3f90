import Columnar

/// Compares vectors of one type. `==` and `!=` with one null give a definite answer, with two nulls
/// null; order with a null is null.
func computeComparison(_ op: ComparisonOperator, _ a: ColumnVector, _ b: ColumnVector) -> ColumnVector {
  let count = a.count
  let values: [Bool]
  switch a.type {
  case .int, .long, .datetime, .timespan:
    values = compare(op, integerOperand(a), integerOperand(b), count: count)
  case .real:
    values = compareReals(op, realOperand(a), realOperand(b), count: count)
  case .string:
    return ColumnVector(bools: compareStrings(op, a, b))
  default:
    return compareValues(op, a, b)
  }
  return withNullRule(op, values, a, b)
}

@inline(__always)
private func compare<T: Comparable>(
  _ op: ComparisonOperator, _ a: NumericOperand<T>, _ b: NumericOperand<T>, count: Int
) -> [Bool] {
  switch op {
  case .equal: zipOperands(a, b, count: count) { $0 == $1 }
  case .notEqual: zipOperands(a, b, count: count) { $0 != $1 }
  case .less: zipOperands(a, b, count: count) { $0 < $1 }
  case .lessOrEqual: zipOperands(a, b, count: count) { $0 <= $1 }
  case .greater: zipOperands(a, b, count: count) { $0 > $1 }
  case .greaterOrEqual: zipOperands(a, b, count: count) { $0 >= $1 }
  }
}

private func compareReals(
  _ op: ComparisonOperator, _ a: NumericOperand<Double>, _ b: NumericOperand<Double>, count: Int
) -> [Bool] {
  compare(op, a, b, count: count)
}

/// Nulls make the answer definite for `==` and `!=` when only one operand is null, else null.
private func withNullRule(
  _ op: ComparisonOperator, _ values: [Bool], _ a: ColumnVector, _ b: ColumnVector
) -> ColumnVector {
  let hasNulls =
    a.validity != nil || b.validity != nil || a.constantValue?.isNull == true
    || b.constantValue?.isNull == true
  guard hasNulls else { return ColumnVector(bools: values) }
  var values = values
  var validity = Validity(count: values.count, allValid: true)
  let isEquality = op == .equal || op == .notEqual
  for row in values.indices {
    let x = a.isNull(row)
    let y = b.isNull(row)
    guard x || y else { continue }
    if isEquality, x != y {
      values[row] = op == .notEqual
    } else {
      validity.set(row, false)
    }
  }
  return ColumnVector(bools: values, validity: validity)
}

private func verdict(_ op: ComparisonOperator, _ order: Int) -> Bool {
  switch op {
  case .equal: order == 0
  case .notEqual: order != 0
  case .less: order < 0
  case .lessOrEqual: order <= 0
  case .greater: order > 0
  case .greaterOrEqual: order >= 0
  }
}

private func compareStrings(_ op: ComparisonOperator, _ a: ColumnVector, _ b: ColumnVector) -> [Bool] {
  if case .string(let text)? = b.constantValue, case .strings(let vector) = a.storage {
    let bytes = Array(text.utf8)
    return compare(vector, op, bytes)
  }
  if case .string(let text)? = a.constantValue, case .strings(let vector) = b.storage {
    let bytes = Array(text.utf8)
    return compare(vector, op.flipped, bytes)
  }
  if case .strings(let x) = a.storage, case .strings(let y) = b.storage {
    if x.pool === y.pool, x.pool.isDistinct, op == .equal || op == .notEqual {
      return (0..<a.count).map { (x.code($0) == y.code($0)) == (op == .equal) }
    }
    return compareRows(x, y).map { verdict(op, $0) }
  }
  return (0..<a.count).map { row in
    verdict(op, compareTexts(a.value(row).text, b.value(row).text))
  }
}

private func compare(_ vector: StringVector, _ op: ComparisonOperator, _ text: [UInt8]) -> [Bool] {
  if let codes = vector.codes, vector.pool.isDistinct, op == .equal || op == .notEqual {
    let wanted = vector.pool.code(of: text)
    return codes.map { ($0 == wanted) == (op == .equal) }
  }
  return text.withUnsafeBufferPointer { text in
    switch op {
    case .equal: vector.mapDistinct { $0.count == text.count && compareBytes($0, text) == 0 }
    case .notEqual: vector.mapDistinct { $0.count != text.count || compareBytes($0, text) != 0 }
    default: vector.mapDistinct { verdict(op, compareBytes($0, text)) }
    }
  }
}

/// Orders byte strings, which is the order of their Unicode scalars.
@inlinable
public func compareBytes(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
  let shared = min(a.count, b.count)
  var index = 0
  if shared >= 8, let x = UnsafeRawPointer(a.baseAddress), let y = UnsafeRawPointer(b.baseAddress) {
    // Eight bytes at a time; the first in the text is the most significant.
    while index + 8 <= shared {
      let left = UInt64(bigEndian: x.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let right = UInt64(bigEndian: y.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      if left != right { return left < right ? -1 : 1 }
      index += 8
    }
  }
  while index < shared {
    if a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
    index += 1
  }
  return a.count - b.count
}

/// The order of the texts of two string columns, row by row: negative, zero or positive.
public func compareRows(_ x: StringVector, _ y: StringVector) -> [Int] {
  let (first, second) = (x.allCodes, y.allCodes)
  let isShared = x.pool === y.pool && x.pool.isDistinct
  return x.pool.bytes.withUnsafeBufferPointer { a in
    x.pool.offsets.withUnsafeBufferPointer { starts in
      y.pool.bytes.withUnsafeBufferPointer { b in
        y.pool.offsets.withUnsafeBufferPointer { ends in
          zip(first, second).map { left, right in
            if isShared, left == right { return 0 }
            let (i, j) = (Int(left), Int(right))
            return compareBytes(
              UnsafeBufferPointer(rebasing: a[starts[i]..<starts[i + 1]]),
              UnsafeBufferPointer(rebasing: b[ends[j]..<ends[j + 1]]))
          }
        }
      }
    }
  }
}

@inline(__always)
func compareBytes(_ a: UnsafeBufferPointer<UInt8>, _ b: [UInt8]) -> Int {
  b.withUnsafeBufferPointer { compareBytes(a, $0) }
}

/// Orders texts by Unicode scalars.
public func compareTexts(_ a: String, _ b: String) -> Int {
  var a = a
  var b = b
  return a.withUTF8 { x in b.withUTF8 { y in compareBytes(x, y) } }
}

/// Types without kernels of their own: bool, decimal, guid, dynamic.
private func compareValues(_ op: ComparisonOperator, _ a: ColumnVector, _ b: ColumnVector) -> ColumnVector {
  var builder = ColumnBuilder(type: .bool)
  let isEquality = op == .equal || op == .notEqual
  for row in 0..<a.count {
    let x = a.value(row)
    let y = b.value(row)
    if x.isNull || y.isNull {
      builder.append(isEquality && x.isNull != y.isNull ? .bool(op == .notEqual) : .null)
    } else if let order = orderIfComparable(x, y) {
      builder.append(.bool(verdict(op, order)))
    } else {
      builder.append(isEquality ? .bool(op == .notEqual) : .null)
    }
  }
  return builder.finish()
}

/// The order of two values that are not null: negative, zero or positive; nil where their types have no
/// common order, and for NaN. Dynamic values compare by what they hold, arrays and bags by their JSON text.
public func orderIfComparable(_ a: Value, _ b: Value) -> Int? {
  func sign<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : (x > y ? 1 : 0) }
  func sign(_ x: Double, _ y: Double) -> Int? { x.isNaN || y.isNaN ? nil : x < y ? -1 : (x > y ? 1 : 0) }
  switch (a, b) {
  case (.long(let x), .long(let y)), (.datetime(let x), .datetime(let y)),
    (.timespan(let x), .timespan(let y)):
    return sign(x, y)
  case (.real(let x), .real(let y)): return sign(x, y)
  case (.long(let x), .real(let y)): return sign(Double(x), y)
  case (.real(let x), .long(let y)): return sign(x, Double(y))
  case (.decimal(let x), .decimal(let y)): return sign(x, y)
  case (.bool(let x), .bool(let y)): return (x ? 1 : 0) - (y ? 1 : 0)
  case (.string(let x), .string(let y)): return compareTexts(x, y)
  case (.guid(let x), .guid(let y)): return sign(x, y)
  case (.dynamic(let x), .dynamic(let y)):
    switch (x.scalar, y.scalar) {
    case (.dynamic, .dynamic): return compareTexts(x.json, y.json)
    case (.dynamic, _), (_, .dynamic): return nil
    case (let p, let q): return p.isNull || q.isNull ? nil : orderIfComparable(p, q)
    }
  case (.dynamic(.array), _), (.dynamic(.bag), _), (_, .dynamic(.array)), (_, .dynamic(.bag)): return nil
  case (.dynamic(let x), _): return orderIfComparable(x.scalar, b)
  case (_, .dynamic(let y)): return orderIfComparable(a, y.scalar)
  default: return nil
  }
}
