import Columnar

/// A property of a row that a column can hold.
public protocol FactValue: Sendable {
  /// The type of such columns.
  static var columnType: ScalarType { get }
  /// The property as a cell.
  var cell: Value { get }
  /// The property that a cell holds; nil if it can hold none such.
  init?(cell: Value)
}

extension Int: FactValue {
  /// `long`.
  public static let columnType = ScalarType.long
  /// The value.
  public var cell: Value { .long(Int64(self)) }
  /// Nil for another type.
  public init?(cell: Value) {
    guard case .long(let number) = cell, let number = Int(exactly: number) else { return nil }
    self = number
  }
}

/// A moment in ticks: no other column has 64 bits by name.
extension Int64: FactValue {
  /// `datetime`.
  public static let columnType = ScalarType.datetime
  /// The value.
  public var cell: Value { .datetime(self) }
  /// Nil for another type.
  public init?(cell: Value) {
    guard case .datetime(let ticks) = cell else { return nil }
    self = ticks
  }
}

extension Double: FactValue {
  /// `real`.
  public static let columnType = ScalarType.real
  /// The value.
  public var cell: Value { .real(self) }
  /// Nil for another type.
  public init?(cell: Value) {
    switch cell {
    case .real(let number): self = number
    case .long(let number): self = Double(number)
    default: return nil
    }
  }
}

extension Bool: FactValue {
  /// `bool`.
  public static let columnType = ScalarType.bool
  /// The value.
  public var cell: Value { .bool(self) }
  /// Nil for another type.
  public init?(cell: Value) {
    guard case .bool(let flag) = cell else { return nil }
    self = flag
  }
}

extension String: FactValue {
  /// `string`.
  public static let columnType = ScalarType.string
  /// The value.
  public var cell: Value { .string(self) }
  /// Nil for another type.
  public init?(cell: Value) {
    guard case .string(let text) = cell else { return nil }
    self = text
  }
}

extension Optional: FactValue where Wrapped: FactValue {
  /// That of what may be missing.
  public static var columnType: ScalarType { Wrapped.columnType }
  /// The value, or null.
  public var cell: Value { map(\.cell) ?? .null }
  /// Null is none.
  public init?(cell: Value) {
    if case .null = cell {
      self = .none
    } else {
      guard let value = Wrapped(cell: cell) else { return nil }
      self = value
    }
  }
}

/// Words of a list, by their names in the program.
extension FactValue where Self: RawRepresentable<String> {
  /// `string`.
  public static var columnType: ScalarType { .string }
  /// The name.
  public var cell: Value { .string(rawValue) }
  /// Nil for a name that is not in the list.
  public init?(cell: Value) {
    guard case .string(let name) = cell else { return nil }
    self.init(rawValue: name)
  }
}

extension DynamicValue: FactValue {
  /// `dynamic`.
  public static let columnType = ScalarType.dynamic
  /// The value.
  public var cell: Value { .dynamic(self) }
  /// Nil for another type.
  public init?(cell: Value) {
    switch cell {
    case .dynamic(let value): self = value
    case .null: self = .null
    default: return nil
    }
  }
}

/// An item of a list that a column of type `dynamic` holds.
public protocol FactListItem: Sendable {
  /// The item within the array.
  var asDynamic: DynamicValue { get }
  /// The item that a member of an array means; nil if it means none.
  init?(_ value: DynamicValue)
}

extension String: FactListItem {
  /// The string.
  public var asDynamic: DynamicValue { .string(self) }
  /// Nil for another type.
  public init?(_ value: DynamicValue) {
    guard case .string(let text) = value else { return nil }
    self = text
  }
}

extension Array: FactValue where Element: FactListItem {
  /// `dynamic`.
  public static var columnType: ScalarType { .dynamic }
  /// An array of the items.
  public var cell: Value { .dynamic(.array(map(\.asDynamic))) }
  /// Nil if one of the items is none.
  public init?(cell: Value) {
    guard case .dynamic(.array(let items)) = cell else { return nil }
    var list: [Element] = []
    list.reserveCapacity(items.count)
    for item in items {
      guard let element = Element(item) else { return nil }
      list.append(element)
    }
    self = list
  }
}
