import Columnar

/// A column of a plan. Ids are unique within a query, so that a rule can move an expression through the
/// plan without renumbering; they become positions only when the physical plan is made.
public struct ColumnID: Hashable, Sendable {
  let number: Int
}

/// A column as a plan node gives it.
public struct PlanColumn: Sendable {
  /// Identifies the column within the query.
  public let id: ColumnID
  /// The name that the query uses.
  public var name: String
  /// The type.
  public let type: ScalarType
  /// Whether `*` and results leave it out: a virtual column, computed only when named.
  public var isHidden: Bool
  /// Whether its expression had an error, which has been reported: its uses report none.
  public var isErroneous: Bool

  /// Makes a column.
  public init(
    id: ColumnID, name: String, type: ScalarType, isHidden: Bool = false, isErroneous: Bool = false
  ) {
    self.id = id
    self.name = name
    self.type = type
    self.isHidden = isHidden
    self.isErroneous = isErroneous
  }
}

/// Where each column stands in the batches of a physical operator.
public typealias Layout = [ColumnID: Int]

/// The positions of columns in the order given.
public func makeLayout(_ columns: [PlanColumn]) -> Layout {
  Dictionary(columns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
}

/// The schema of columns, hidden ones included.
public func makeSchema(_ columns: [PlanColumn]) -> Schema {
  Schema(columns.map { Field($0.name, $0.type) })
}
