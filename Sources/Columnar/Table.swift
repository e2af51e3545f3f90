import Diagnostics

/// How a result asks to be drawn (`render`).
public struct Visualization: Sendable, Hashable {
  /// The chart: `table`, `barchart`, `columnchart`, `timechart`, `linechart`, `piechart`…
  public var kind: String
  /// Properties as written, in order: `title`, `xcolumn`, `ycolumns`, `series`…
  public var properties: [(name: String, value: String)]
  /// Makes a hint.
  public init(kind: String, properties: [(name: String, value: String)] = []) {
    self.kind = kind
    self.properties = properties
  }
  /// A property by name, compared without case.
  public subscript(name: String) -> String? {
    properties.last { $0.name.lowercased() == name.lowercased() }?.value
  }
  /// Same chart, same properties in the same order.
  public static func == (a: Visualization, b: Visualization) -> Bool {
    a.kind == b.kind && a.properties.elementsEqual(b.properties, by: ==)
  }
  /// Consistent with `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    for property in properties {
      hasher.combine(property.name)
      hasher.combine(property.value)
    }
  }
}

/// A result: all rows of a query, in order.
public struct Table: Sendable {
  /// Names and types.
  public var schema: Schema
  /// One vector a column.
  public var columns: [ColumnVector]
  /// How many rows there are, also when there is no column.
  public var rowCount: Int
  /// How the result asks to be drawn.
  public var visualization: Visualization?
  /// What each row rests on, if that was asked for.
  public var lineage: [Lineage]?
  /// What the reader should know besides ("3 left rows folded by innerunique"), one line each.
  public var notes: [String] = []

  /// Makes a table.
  public init(
    schema: Schema, columns: [ColumnVector], rowCount: Int, visualization: Visualization? = nil,
    lineage: [Lineage]? = nil
  ) {
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
    self.visualization = visualization
    self.lineage = lineage
  }

  /// A table from rows of single values, for small tables and tests.
  public init(schema: Schema, rows: [[Value]]) {
    let columns = schema.fields.indices.map { index in
      ColumnVector(rows.map { $0[index] }, type: schema[index].type)
    }
    self.init(schema: schema, columns: columns, rowCount: rows.count)
  }

  /// One cell.
  public func value(row: Int, column: Int) -> Value { columns[column].value(row) }
}

/// Something that queries can read: a stored table, a CSV file, an earlier result.
///
/// Rows have one fixed order, the source order, so that a row number names a row for as long as the
/// provider lives. Reads may come from several threads at once.
public protocol TableProvider: Sendable {
  /// Names and types.
  var schema: Schema { get }
  /// How many rows there are.
  var rowCount: Int { get }
  /// Some columns of a run of rows, in the order asked for. Columns not named are not touched.
  func read(columns: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector]
}

extension Table: TableProvider {
  /// Columns cut to the rows.
  public func read(columns wanted: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    wanted.map { columns[$0].slice(rows) }
  }
}
