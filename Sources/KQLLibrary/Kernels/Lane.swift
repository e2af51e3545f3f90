import Columnar
import Foundation

/// A Swift type in which kernels compute, and the way between it and columns.
protocol Cell: Sendable {
  /// What a row without a value holds.
  static var filler: Self { get }
  /// A column read as values of this type.
  static func lane(of vector: ColumnVector) -> Lane<Self>
  /// A column of `type` from values.
  static func column(_ values: [Self], type: ScalarType, validity: Validity?) -> ColumnVector
  /// One value of `type`.
  func value(type: ScalarType) -> Value
}

/// A column as a kernel reads it.
///
/// A constant is one value for all rows. Strings come as the distinct values of the rows and a code a row,
/// so that a function is computed once a distinct value. All else is a plain array with a validity.
struct Lane<T: Cell>: Sendable {
  let values: [T]
  let codes: [UInt32]?
  let validity: Validity?
  let isConstant: Bool

  init(values: [T], codes: [UInt32]? = nil, validity: Validity? = nil) {
    self.values = values
    self.codes = codes
    self.validity = validity
    isConstant = false
  }

  /// One value for all rows; nil is null.
  init(constant: T?) {
    values = constant.map { [$0] } ?? []
    codes = nil
    validity = nil
    isConstant = true
  }

  /// The value of a row; of a code, when the kernel runs once a code.
  func at(_ step: Int, byCode: Bool) -> T? {
    if isConstant { return values.first }
    if let codes, !byCode { return values[Int(codes[step])] }
    if let validity, !validity.isValid(step) { return nil }
    return values[step]
  }

  /// The value of a row.
  subscript(row: Int) -> T? { at(row, byCode: false) }
  /// What decides how often a kernel runs.
  var shape: LaneShape { LaneShape(isConstant: isConstant, codes: codes, distinct: values.count) }
}

/// How the values of a lane are spread over rows.
struct LaneShape {
  let isConstant: Bool
  let codes: [UInt32]?
  let distinct: Int
}

extension Cell {
  /// Reads every row through `convert`, which gives nil for null.
  static func lane(of vector: ColumnVector, _ convert: (Value) -> Self?) -> Lane<Self> {
    if let constant = vector.constantValue { return Lane(constant: convert(constant)) }
    var values: [Self] = []
    values.reserveCapacity(vector.count)
    var validity = Validity(count: vector.count, allValid: true)
    for row in 0..<vector.count {
      let value = convert(vector.value(row))
      values.append(value ?? filler)
      if value == nil { validity.set(row, false) }
    }
    return Lane(values: values, validity: validity.nullCount == 0 ? nil : validity)
  }
}

extension Bool: Cell {
  static var filler: Bool { false }
  static func lane(of vector: ColumnVector) -> Lane<Bool> {
    if case .bools(let values) = vector.storage { return Lane(values: values, validity: vector.validity) }
    return lane(of: vector) { if case .bool(let value) = $0 { value } else { nil } }
  }
  static func column(_ values: [Bool], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(bools: values, validity: validity)
  }
  func value(type: ScalarType) -> Value { .bool(self) }
}

extension Int64: Cell {
  static var filler: Int64 { 0 }
  static func lane(of vector: ColumnVector) -> Lane<Int64> {
    if case .integers(let values) = vector.storage { return Lane(values: values, validity: vector.validity) }
    return lane(of: vector) {
      switch $0 {
      case .long(let value), .datetime(let value), .timespan(let value), .dynamic(.long(let value)): value
      default: nil
      }
    }
  }
  static func column(_ values: [Int64], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(integers: values, type: type, validity: validity)
  }
  func value(type: ScalarType) -> Value {
    switch type {
    case .datetime: .datetime(self)
    case .timespan: .timespan(self)
    default: .long(self)
    }
  }
}

extension Double: Cell {
  static var filler: Double { 0 }
  static func lane(of vector: ColumnVector) -> Lane<Double> {
    switch vector.storage {
    case .reals(let values): return Lane(values: values, validity: vector.validity)
    case .integers(let values): return Lane(values: values.map(Double.init), validity: vector.validity)
    default: return lane(of: vector) { realOf($0) }
    }
  }
  static func column(_ values: [Double], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(reals: values, validity: validity)
  }
  func value(type: ScalarType) -> Value { .real(self) }
}

extension Decimal: Cell {
  static var filler: Decimal { 0 }
  static func lane(of vector: ColumnVector) -> Lane<Decimal> {
    if case .decimals(let values) = vector.storage { return Lane(values: values, validity: vector.validity) }
    return lane(of: vector) {
      switch $0 {
      case .decimal(let value): value
      case .long(let value): Decimal(value)
      case .real(let value): value.isFinite ? Decimal(string: realText(value)) : nil
      default: nil
      }
    }
  }
  static func column(_ values: [Decimal], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(type: type, count: values.count, storage: .decimals(values), validity: validity)
  }
  func value(type: ScalarType) -> Value { .decimal(self) }
}

extension GUID: Cell {
  static var filler: GUID { GUID(high: 0, low: 0) }
  static func lane(of vector: ColumnVector) -> Lane<GUID> {
    if case .guids(let values) = vector.storage { return Lane(values: values, validity: vector.validity) }
    return lane(of: vector) { if case .guid(let value) = $0 { value } else { nil } }
  }
  static func column(_ values: [GUID], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(type: type, count: values.count, storage: .guids(values), validity: validity)
  }
  func value(type: ScalarType) -> Value { .guid(self) }
}

extension String: Cell {
  static var filler: String { "" }
  /// The text of any column: strings as they are, other types as `tostring()` writes them.
  static func lane(of vector: ColumnVector) -> Lane<String> {
    guard case .strings(let strings) = vector.storage else {
      if let constant = vector.constantValue { return Lane(constant: constant.text) }
      return Lane(values: (0..<vector.count).map { vector.value($0).text })
    }
    let pool = strings.pool
    guard pool.count <= strings.count else { return Lane(values: (0..<strings.count).map { strings[$0] }) }
    return Lane(values: (0..<pool.count).map { pool[$0] }, codes: strings.codes)
  }
  static func column(_ values: [String], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(strings: StringVector(values))
  }
  func value(type: ScalarType) -> Value { .string(self) }
}

extension DynamicValue: Cell {
  static var filler: DynamicValue { .null }
  /// Any column as dynamic; a null is nil.
  static func lane(of vector: ColumnVector) -> Lane<DynamicValue> {
    lane(of: vector) { $0.isNull ? nil : $0.asDynamic }
  }
  static func column(_ values: [DynamicValue], type: ScalarType, validity: Validity?) -> ColumnVector {
    var values = values
    if let validity { for row in values.indices where !validity.isValid(row) { values[row] = .null } }
    return ColumnVector(dynamics: values)
  }
  func value(type: ScalarType) -> Value { self == .null ? .null : .dynamic(self) }
}

/// A single value of any type, for the few functions whose result has the type of an argument.
struct AnyCell: Cell {
  let value: Value
  static var filler: AnyCell { AnyCell(value: .null) }
  static func lane(of vector: ColumnVector) -> Lane<AnyCell> {
    lane(of: vector) { $0.isNull ? nil : AnyCell(value: $0) }
  }
  static func column(_ values: [AnyCell], type: ScalarType, validity: Validity?) -> ColumnVector {
    ColumnVector(values.map(\.value), type: type)
  }
  func value(type: ScalarType) -> Value { value }
}

/// The number in a value as a real; nil for anything that is not a number.
func realOf(_ value: Value) -> Double? {
  switch value {
  case .long(let number): Double(number)
  case .real(let number): number
  case .decimal(let number): NSDecimalNumber(decimal: number).doubleValue
  case .dynamic(let inner):
    switch inner {
    case .long(let number): Double(number)
    case .real(let number): number
    case .decimal(let number): NSDecimalNumber(decimal: number).doubleValue
    default: nil
    }
  default: nil
  }
}
