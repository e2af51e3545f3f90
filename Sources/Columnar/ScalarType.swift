/// The scalar types of KQL.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
  case bool, int, long, real, decimal, string, datetime, timespan, guid, dynamic

  /// Whether arithmetic is done on it as on a number.
  public var isNumeric: Bool { self == .int || self == .long || self == .real || self == .decimal }
  /// Whether its values are stored as 64-bit integers (`int`, `long`, and ticks of 100 ns).
  public var isIntegerStored: Bool {
    self == .int || self == .long || self == .datetime || self == .timespan
  }

  /// The type that a KQL type name means, with the language's synonyms (`double`, `date`, `time`,
  /// `boolean`, `uuid`, `uniqueid`…); nil for an unknown name.
  public init?(kqlName name: String) {
    switch name {
    case "boolean": self = .bool
    case "int32": self = .int
    case "int64": self = .long
    case "double", "float": self = .real
    case "date": self = .datetime
    case "time": self = .timespan
    case "uuid", "uniqueid": self = .guid
    default:
      guard let type = ScalarType(rawValue: name) else { return nil }
      self = type
    }
  }
}

/// A column's name and type.
public struct Field: Sendable, Hashable {
  /// The name, case-sensitive.
  public var name: String
  /// The type.
  public var type: ScalarType
  /// Makes a field.
  public init(_ name: String, _ type: ScalarType) {
    self.name = name
    self.type = type
  }
}

/// The columns of a table, in order. Names are unique.
public struct Schema: Sendable, Hashable {
  /// The columns.
  public var fields: [Field]
  /// Makes a schema.
  public init(_ fields: [Field] = []) { self.fields = fields }
  /// How many columns there are.
  public var count: Int { fields.count }
  /// The position of a column, compared by exact UTF-8 bytes; nil if there is none of that name.
  public func index(of name: String) -> Int? {
    fields.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }
  /// The column at a position.
  public subscript(index: Int) -> Field { fields[index] }
  /// The names in order.
  public var names: [String] { fields.map(\.name) }
}
