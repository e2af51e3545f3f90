import Columnar

/// One column of a table of facts: its name and type, what it says, and how to read it off a row.
public struct FactColumn<Row: Sendable>: Sendable {
  /// Name and type.
  public let field: Field
  /// What the column says, in one line; shown by `.schema` and the reference.
  public let summary: String
  /// The cell of a row.
  public let get: @Sendable (Row) -> Value

  /// Declares a column.
  public init(
    _ name: String, _ type: ScalarType, _ summary: String, _ get: @escaping @Sendable (Row) -> Value
  ) {
    field = Field(name, type)
    self.summary = summary
    self.get = get
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

/// Shorthand for optional cells.
extension Value {
  /// A `long`, or null.
  public static func long(_ value: Int?) -> Value { value.map { .long(Int64($0)) } ?? .null }
  /// A `datetime` in ticks, or null.
  public static func datetime(orNull ticks: Int64?) -> Value { ticks.map { .datetime($0) } ?? .null }
  /// A `real`, or null.
  public static func real(orNull value: Double?) -> Value { value.map { .real($0) } ?? .null }
  /// A `dynamic` array of strings.
  public static func strings(_ items: [String]) -> Value { .dynamic(.array(items.map { .string($0) })) }
}
