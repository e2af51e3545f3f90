import Foundation

/// The values of one column, of one type, for a number of rows.
///
/// `int`, `long`, `datetime` and `timespan` share `.integers`. Rows without a value are marked in
/// `validity` and hold any value of the type in `storage`; strings have no nulls, and a dynamic null is
/// `DynamicValue.null` in place. A `.constant` is one value for all rows, null included.
public struct ColumnVector: Sendable {
  /// The values, by how they are stored.
  public enum Storage: Sendable {
    case bools([Bool])
    case integers([Int64])
    case reals([Double])
    case decimals([Decimal])
    case strings(StringVector)
    case guids([GUID])
    case dynamics([DynamicValue])
    case constant(Value)
  }

  /// The type of the column.
  public let type: ScalarType
  /// How many rows there are.
  public let count: Int
  /// The values.
  public let storage: Storage
  /// Which rows have a value; nil when all have.
  public let validity: Validity?

  /// Wraps values. The storage must fit the type, and its count must be `count`.
  public init(type: ScalarType, count: Int, storage: Storage, validity: Validity? = nil) {
    self.type = type
    self.count = count
    self.storage = storage
    self.validity = validity.flatMap { $0.nullCount == 0 ? nil : $0 }
  }

  /// Rows of `bool`.
  public init(bools: [Bool], validity: Validity? = nil) {
    self.init(type: .bool, count: bools.count, storage: .bools(bools), validity: validity)
  }
  /// Rows of `long`, or of another type stored as integers.
  public init(integers: [Int64], type: ScalarType = .long, validity: Validity? = nil) {
    self.init(type: type, count: integers.count, storage: .integers(integers), validity: validity)
  }
  /// Rows of `real`.
  public init(reals: [Double], validity: Validity? = nil) {
    self.init(type: .real, count: reals.count, storage: .reals(reals), validity: validity)
  }
  /// Rows of `string`.
  public init(strings: StringVector) {
    self.init(type: .string, count: strings.count, storage: .strings(strings))
  }
  /// Rows of `dynamic`.
  public init(dynamics: [DynamicValue]) {
    self.init(type: .dynamic, count: dynamics.count, storage: .dynamics(dynamics))
  }
  /// One value for all rows. A null `string` becomes the empty string.
  public init(constant value: Value, type: ScalarType, count: Int) {
    var value = value
    if case .null = value {
      if type == .string { value = .string("") }
      if type == .dynamic { value = .dynamic(.null) }
    }
    self.init(type: type, count: count, storage: .constant(value))
  }
  /// Rows from single values, each of which must be null or of the type.
  public init(_ values: [Value], type: ScalarType) {
    var builder = ColumnBuilder(type: type)
    for value in values { builder.append(value) }
    self = builder.finish()
  }

  /// The one value of a constant vector; nil for any other.
  public var constantValue: Value? {
    if case .constant(let value) = storage { return value }
    return nil
  }

  /// Whether a row has no value. Never for strings.
  public func isNull(_ row: Int) -> Bool {
    switch storage {
    case .constant(let value): return value.isNull
    case .dynamics(let values): return values[row] == .null
    default: return validity.map { !$0.isValid(row) } ?? false
    }
  }

  /// One cell.
  public func value(_ row: Int) -> Value {
    if let validity, !validity.isValid(row) { return .null }
    switch storage {
    case .constant(let value): return value
    case .bools(let values): return .bool(values[row])
    case .integers(let values):
      switch type {
      case .datetime: return .datetime(values[row])
      case .timespan: return .timespan(values[row])
      default: return .long(values[row])
      }
    case .reals(let values): return .real(values[row])
    case .decimals(let values): return .decimal(values[row])
    case .strings(let values): return .string(values[row])
    case .guids(let values): return .guid(values[row])
    case .dynamics(let values): return values[row] == .null ? .null : .dynamic(values[row])
    }
  }

  /// The same rows with a constant written out, for kernels that want arrays.
  public func flattened() -> ColumnVector {
    guard case .constant(let value) = storage else { return self }
    if case .string(let text) = value {
      var builder = StringVectorBuilder()
      builder.append(text)
      let one = builder.finish()
      return ColumnVector(
        strings: StringVector(pool: one.pool, codes: [UInt32](repeating: 0, count: count)))
    }
    var builder = ColumnBuilder(type: type)
    for _ in 0..<count { builder.append(value) }
    return builder.finish()
  }

  /// Rows by index; −1 gives null (the empty string for strings).
  public func gather(_ rows: [Int]) -> ColumnVector {
    let missing = rows.contains(-1)
    if case .constant(let value) = storage {
      if !missing || value.isNull { return ColumnVector(constant: value, type: type, count: rows.count) }
      return flattened().gather(rows)
    }
    var newValidity: Validity?
    if missing || validity != nil, type != .string, type != .dynamic {
      var bits = Validity(count: rows.count, allValid: true)
      for (index, row) in rows.enumerated() where row < 0 || validity?.isValid(row) == false {
        bits.set(index, false)
      }
      newValidity = bits
    }
    func pick<T>(_ values: [T], _ none: T) -> [T] {
      missing ? rows.map { $0 < 0 ? none : values[$0] } : gatherCells(values, rows)
    }
    let picked: Storage
    switch storage {
    case .bools(let values): picked = .bools(pick(values, false))
    case .integers(let values): picked = .integers(pick(values, 0))
    case .reals(let values): picked = .reals(pick(values, 0))
    case .decimals(let values): picked = .decimals(pick(values, 0))
    case .guids(let values): picked = .guids(pick(values, GUID(high: 0, low: 0)))
    case .dynamics(let values): picked = .dynamics(pick(values, .null))
    case .strings(let values): picked = .strings(values.gather(rows))
    case .constant: picked = storage
    }
    return ColumnVector(type: type, count: rows.count, storage: picked, validity: newValidity)
  }

  /// A run of rows.
  public func slice(_ rows: Range<Int>) -> ColumnVector {
    if rows == 0..<count { return self }
    var newValidity: Validity?
    if let validity {
      var bits = Validity(count: rows.count, allValid: true)
      for row in rows where !validity.isValid(row) { bits.set(row - rows.lowerBound, false) }
      newValidity = bits
    }
    let cut: Storage
    switch storage {
    case .bools(let values): cut = .bools(Array(values[rows]))
    case .integers(let values): cut = .integers(Array(values[rows]))
    case .reals(let values): cut = .reals(Array(values[rows]))
    case .decimals(let values): cut = .decimals(Array(values[rows]))
    case .guids(let values): cut = .guids(Array(values[rows]))
    case .dynamics(let values): cut = .dynamics(Array(values[rows]))
    case .strings(let values): cut = .strings(values.slice(rows))
    case .constant: cut = storage
    }
    return ColumnVector(type: type, count: rows.count, storage: cut, validity: newValidity)
  }

  /// The rows of several vectors of one type, one after the other.
  public static func concatenate(_ parts: [ColumnVector], type: ScalarType) -> ColumnVector {
    if parts.count == 1 { return parts[0] }
    if let joined = concatenateAlike(parts, type: type) { return joined }
    var builder = ColumnBuilder(type: type)
    for part in parts { builder.append(contentsOf: part) }
    return builder.finish()
  }
}

/// Elements by index, each of which must be one of the array's.
@inline(__always)
func gatherCells<T>(_ values: [T], _ rows: [Int]) -> [T] {
  values.withUnsafeBufferPointer { values in
    rows.withUnsafeBufferPointer { rows in
      [T](unsafeUninitializedCapacity: rows.count) { cells, count in
        guard let base = cells.baseAddress else { return }
        for place in rows.indices {
          precondition(UInt(bitPattern: rows[place]) < UInt(bitPattern: values.count))
          (base + place).initialize(to: values[rows[place]])
        }
        count = rows.count
      }
    }
  }
}

extension ColumnVector {
  /// The rows of vectors that are stored alike, without looking at single values; nil where they are not.
  private static func concatenateAlike(_ parts: [ColumnVector], type: ScalarType) -> ColumnVector? {
    guard let first = parts.first else { return nil }
    let count = parts.reduce(0) { $0 + $1.count }
    func gathered<T>(_ values: (ColumnVector) -> [T]?) -> [T]? {
      var all: [T] = []
      all.reserveCapacity(count)
      for part in parts {
        guard let some = values(part) else { return nil }
        all += some
      }
      return all
    }
    let storage: Storage?
    switch first.storage {
    case .integers:
      storage = gathered { if case .integers(let some) = $0.storage { some } else { nil } }.map {
        .integers($0)
      }
    case .reals:
      storage = gathered { if case .reals(let some) = $0.storage { some } else { nil } }.map { .reals($0) }
    case .bools:
      storage = gathered { if case .bools(let some) = $0.storage { some } else { nil } }.map { .bools($0) }
    case .dynamics:
      storage = gathered { if case .dynamics(let some) = $0.storage { some } else { nil } }.map {
        .dynamics($0)
      }
    case .strings(let strings):
      // Runs of one column share its pool, so that codes are enough, and neighbouring runs are a run.
      let codes: [UInt32]? = gathered {
        if case .strings(let some) = $0.storage, some.pool === strings.pool { some.allCodes } else { nil }
      }
      storage = codes.map { codes in
        if strings.codes == nil, codes.count == count, let first = codes.first,
          codes.indices.allSatisfy({ codes[$0] == first + UInt32($0) })
        {
          return .strings(StringVector(pool: strings.pool, run: Int(first)..<Int(first) + count))
        }
        return .strings(StringVector(pool: strings.pool, codes: codes))
      }
    default: storage = nil
    }
    guard let storage else { return nil }
    var validity: Validity?
    if parts.contains(where: { $0.validity != nil }) {
      var bits = Validity(count: count, allValid: true)
      var offset = 0
      for part in parts {
        if let own = part.validity {
          for row in 0..<part.count where !own.isValid(row) { bits.set(offset + row, false) }
        }
        offset += part.count
      }
      validity = bits
    }
    return ColumnVector(type: type, count: count, storage: storage, validity: validity)
  }
}

/// Builds a `ColumnVector` row by row.
public struct ColumnBuilder {
  /// The type of the column.
  public let type: ScalarType
  private var validity = Validity(count: 0, allValid: true)
  private var bools: [Bool] = []
  private var integers: [Int64] = []
  private var reals: [Double] = []
  private var decimals: [Decimal] = []
  private var guids: [GUID] = []
  private var dynamics: [DynamicValue] = []
  private var strings = StringVectorBuilder()
  /// How many rows were added.
  public private(set) var count = 0

  /// An empty builder.
  public init(type: ScalarType) { self.type = type }

  /// Adds a row without a value (the empty string in a `string` column).
  public mutating func appendNull() { append(.null) }

  /// Adds a row. A value that does not fit the type is a fault of the caller and is stored as null.
  public mutating func append(_ value: Value) {
    count += 1
    var valid = true
    switch type {
    case .bool:
      if case .bool(let item) = value {
        bools.append(item)
      } else {
        (valid, _) = (false, bools.append(false))
      }
    case .int, .long, .datetime, .timespan:
      switch value {
      case .long(let item), .datetime(let item), .timespan(let item): integers.append(item)
      default: (valid, _) = (false, integers.append(0))
      }
    case .real:
      switch value {
      case .real(let item): reals.append(item)
      case .long(let item): reals.append(Double(item))
      default: (valid, _) = (false, reals.append(0))
      }
    case .decimal:
      switch value {
      case .decimal(let item): decimals.append(item)
      case .long(let item): decimals.append(Decimal(item))
      default: (valid, _) = (false, decimals.append(0))
      }
    case .guid:
      if case .guid(let item) = value {
        guids.append(item)
      } else {
        (valid, _) = (false, guids.append(GUID(high: 0, low: 0)))
      }
    case .string:
      if case .string(let item) = value { strings.append(item) } else { strings.append("") }
    case .dynamic: dynamics.append(value.asDynamic)
    }
    validity.append(valid)
  }

  /// Adds a row of a `string` column from UTF-8 bytes.
  public mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
    strings.append(utf8: utf8)
    validity.append(true)
    count += 1
  }

  /// Adds all rows of a vector of the same type.
  public mutating func append(contentsOf vector: ColumnVector) {
    if case .strings(let values) = vector.storage, type == .string {
      for row in 0..<vector.count {
        values.withUTF8(row) { append(utf8: $0) }
      }
      return
    }
    for row in 0..<vector.count { append(vector.value(row)) }
  }

  /// The vector; the builder is spent.
  public func finish() -> ColumnVector {
    let storage: ColumnVector.Storage =
      switch type {
      case .bool: .bools(bools)
      case .int, .long, .datetime, .timespan: .integers(integers)
      case .real: .reals(reals)
      case .decimal: .decimals(decimals)
      case .guid: .guids(guids)
      case .string: .strings(strings.finish())
      case .dynamic: .dynamics(dynamics)
      }
    let hasNulls = type != .string && type != .dynamic
    return ColumnVector(type: type, count: count, storage: storage, validity: hasNulls ? validity : nil)
  }
}
