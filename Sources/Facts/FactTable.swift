import Columnar

/// One column of a table of facts: its name and type, what it says, and where it is in a row.
public struct FactColumn<Row: Sendable>: Sendable {
  /// Name and type.
  public let field: Field
  /// What the column says, in one line; shown by `.schema` and the reference.
  public let summary: String
  /// The cell of a row.
  public let get: @Sendable (Row) -> Value
  /// Puts a cell into a row, and says whether it is a value that the column can hold.
  public let set: @Sendable (inout Row, Value) -> Bool

  /// Declares a column that holds a property of the row.
  public init<Property: FactValue>(
    _ name: String, _ property: WritableKeyPath<Row, Property> & Sendable, _ summary: String
  ) {
    field = Field(name, Property.columnType)
    self.summary = summary
    get = { $0[keyPath: property].cell }
    set = { row, cell in
      guard let value = Property(cell: cell) else { return false }
      row[keyPath: property] = value
      return true
    }
  }
}

/// A row of a table of facts.
public protocol FactRow: Sendable {
  /// The table's name.
  static var tableName: String { get }
  /// What a row is, in one line.
  static var summary: String { get }
  /// The columns in order, without `DocId` where `isPerDocument`.
  static var columns: [FactColumn<Self>] { get }
  /// Whether the table starts with a `DocId` column that all rows of one document share.
  static var isPerDocument: Bool { get }
}

extension FactRow {
  /// Most tables hold rows of documents.
  public static var isPerDocument: Bool { true }
  /// The table without its row type.
  public static var table: FactTable {
    let fields = (isPerDocument ? [Field("DocId", .string)] : []) + columns.map(\.field)
    let summaries = (isPerDocument ? ["The document."] : []) + columns.map(\.summary)
    return FactTable(name: tableName, summary: summary, schema: Schema(fields), columnSummaries: summaries)
  }
}

/// A table of facts as readers see it: its name, what a row is, and its columns.
public struct FactTable: Sendable {
  /// The name, as in queries.
  public let name: String
  /// What a row is.
  public let summary: String
  /// All columns, `DocId` included.
  public let schema: Schema
  /// What each column says, in the order of the schema.
  public let columnSummaries: [String]
}

/// All tables of facts, in the order in which they are listed. A new table is one file and one line here.
public enum TableRegistry {
  /// The tables.
  public static let tables: [FactTable] = [
    DocumentRow.table,
    SentenceRow.table,
    TokenRow.table,
    MentionRow.table,
    EntityRow.table,
    RelationRow.table,
    DateRow.table,
    AmountRow.table,
    SentimentRow.table,
    QuoteRow.table,
    ParticipantRow.table,
    ImportRow.table,
    MarkRow.table,
  ]

  /// The table of a name.
  public static func table(named name: String) -> FactTable? { tables.first { $0.name == name } }
}
