import Columnar
import Diagnostics
import Facts

/// A store's contents for other programs.
///
/// All that is written follows the order of the tables, so that the same store gives the same bytes.
public struct StoreExport {
  private let session: Session
  /// Whether what the documents say may be in it: their text, sentences, quotes and the words behind a relation. Without,
  /// there are names, types, numbers and places in documents only.
  public var hasText = true

  /// An export of a session's store.
  public init(_ session: Session) { self.session = session }

  /// The tables that have rows, those of the reader last.
  public var tableNames: [String] {
    session.catalog.tableNames.filter { name in
      (hasText || name != "Tokens") && (session.catalog.table(name)?.provider.rowCount ?? 0) > 0
    }
  }

  /// Columns that hold words of documents.
  static func holdsText(_ column: String, of table: String) -> Bool {
    switch column {
    case "Text": table != "Mentions" && table != "Dates" && table != "Amounts"
    case "Evidence", "Arguments", "PredicateText", "SubjectText", "ObjectText", "Cues", "Meta", "Note": true
    default: false
    }
  }

  /// One table; without text, the columns that have none.
  /// - Errors: `CMD924` if there is no such table.
  public func table(_ name: String) throws(DossierError) -> Table {
    guard let provider = session.catalog.table(name)?.provider else {
      let near = nearestName(to: name, among: session.catalog.tableNames)
      throw DossierError(
        "CMD924", "there is no table '\(name)'", hint: near.map { "did you mean \($0)?" })
    }
    let fields = provider.schema.fields
    let columns = fields.indices.filter { hasText || !Self.holdsText(fields[$0].name, of: name) }
    return Table(
      schema: Schema(columns.map { fields[$0] }),
      columns: try provider.read(columns: columns, rows: 0..<provider.rowCount), rowCount: provider.rowCount)
  }

  /// The rows of a query, a dictionary each.
  func rows(_ query: String) throws(DossierError) -> [[String: Value]] {
    let table = try session.engine.run(query, settings: session.executionSettings)
    return (0..<table.rowCount).map { row in
      Dictionary(
        table.schema.fields.indices.map { (table.schema[$0].name, table.value(row: row, column: $0)) }
      ) { first, _ in first }
    }
  }
}

extension [String: Value] {
  /// The text of a cell; empty where it is missing.
  func text(_ name: String) -> String {
    guard let value = self[name], !value.isNull else { return "" }
    return value.text
  }

  /// The texts of a list.
  func texts(_ name: String) -> [String] {
    guard case .dynamic(.array(let items))? = self[name] else { return [] }
    return items.map(\.text)
  }
}
