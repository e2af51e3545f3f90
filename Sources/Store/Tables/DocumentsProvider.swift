import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// The table of documents, read from their plain rows. Columns are read whole when first needed, but for
/// texts, of which only the rows asked for are ever in memory.
struct DocumentsProvider: TableProvider {
  let schema: Schema
  let rowCount: Int
  private let snapshot: Snapshot
  private let columns: [String: Once<ColumnVector>]

  init(_ snapshot: Snapshot) {
    schema = DocumentRow.table.schema
    rowCount = snapshot.documentCount
    self.snapshot = snapshot
    columns = Dictionary(uniqueKeysWithValues: schema.names.map { ($0, Once<ColumnVector>()) })
  }

  func read(columns wanted: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    var result: [ColumnVector] = []
    for column in wanted {
      let field = schema[column]
      switch field.name {
      case "DocId":
        let codes = rows.map { UInt32($0) }
        result.append(ColumnVector(strings: StringVector(pool: try snapshot.docIDs(), codes: codes)))
      case "Text": result.append(try texts(rows))
      default:
        let whole = try columns[field.name]?.get { () throws(DossierError) in try load(field) }
        guard let whole, whole.count == rowCount else {
          throw StoreFailure.damaged(snapshot.path, "the documents don't have the number of rows they should")
        }
        result.append(whole.slice(rows))
      }
    }
    return result
  }

  private func texts(_ rows: Range<Int>) throws(DossierError) -> ColumnVector {
    let live = try snapshot.live()
    guard rows.upperBound <= live.count else {
      throw StoreFailure.damaged(snapshot.path, "the documents don't have the number of rows they should")
    }
    return try snapshot.read { db in
      let statement = try db.makeStatement(sql: "SELECT CAST(text AS BLOB) FROM texts WHERE key = ?")
      var builder = StringVectorBuilder()
      for row in rows {
        builder.append(SQLText.string(try Data.fetchOne(statement, arguments: [live.keys[row]])))
      }
      return ColumnVector(strings: builder.finish())
    }
  }

  /// The SQL name of a column is its own with a small first letter.
  private func load(_ field: Field) throws(DossierError) -> ColumnVector {
    let name = field.name.prefix(1).lowercased() + field.name.dropFirst()
    var expression = field.type == .string || field.type == .dynamic ? "CAST(\(name) AS BLOB)" : name
    return try snapshot.read { db in
      if field.name == "DuplicateOf", try db.tableExists("duplicates") {
        expression = """
          (SELECT CAST(x.original AS BLOB) FROM duplicates x WHERE x.key = documents.key
            AND x.added <= :commit AND (x.removed IS NULL OR x.removed > :commit))
          """
      }
      var builder = ColumnBuilder(type: field.type)
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(expression) FROM documents
          WHERE added <= :commit AND (removed IS NULL OR removed > :commit) ORDER BY docId
          """, arguments: ["commit": snapshot.commit])
      while let row = try rows.next() {
        switch field.type {
        case .string: builder.append(.string(SQLText.string(row[0])))
        case .dynamic: builder.append(.dynamic(DynamicValue(json: SQLText.string(row[0])) ?? .null))
        case .datetime: builder.append(Int64.fromDatabaseValue(row[0]).cell)
        default: builder.append(Int.fromDatabaseValue(row[0]).cell)
        }
      }
      return builder.finish()
    }
  }
}
