import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB
import Synchronization

/// The table of documents, read from their plain rows. Columns are read whole when first needed, those that a query needs
/// together in one go, but for texts, of which only the rows asked for are ever in memory.
struct DocumentsProvider: TableProvider {
  let schema: Schema
  let rowCount: Int
  private let snapshot: Snapshot
  private let known = Known()

  /// Columns that have been read.
  private final class Known: Sendable {
    let columns = Mutex<[String: ColumnVector]>([:])
  }

  init(_ snapshot: Snapshot) {
    schema = DocumentRow.table.schema
    rowCount = snapshot.documentCount
    self.snapshot = snapshot
  }

  func read(columns wanted: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    let whole = try columns(wanted.map { schema[$0] }.filter { !["DocId", "Text"].contains($0.name) })
    var result: [ColumnVector] = []
    for column in wanted {
      switch schema[column].name {
      case "DocId":
        let codes = rows.map { UInt32($0) }
        result.append(ColumnVector(strings: StringVector(pool: try snapshot.docIDs(), codes: codes)))
      case "Text": result.append(try texts(rows))
      case let name:
        guard let column = whole[name], column.count == rowCount else {
          throw StoreFailure.damaged(snapshot.path, "the documents don't have the number of rows they should")
        }
        result.append(column.slice(rows))
      }
    }
    return result
  }

  /// Columns by name, read if they have not been before.
  private func columns(_ fields: [Field]) throws(DossierError) -> [String: ColumnVector] {
    if fields.isEmpty { return [:] }
    let result: Result<[String: ColumnVector], DossierError> = known.columns.withLock { known in
      do throws(DossierError) {
        let missing = fields.filter { known[$0.name] == nil }
        if !missing.isEmpty {
          for (field, column) in zip(missing, try load(missing)) { known[field.name] = column }
        }
        return .success(known)
      } catch { return .failure(error) }
    }
    return try result.get()
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

  /// Reads the rows in the file's order, which is that of keys, and puts the columns in source order.
  private func load(_ fields: [Field]) throws(DossierError) -> [ColumnVector] {
    let keys = try snapshot.live().keys
    let order = try snapshot.keyOrder()
    var builders = fields.map { ColumnBuilder(type: $0.type) }
    try snapshot.read { db in
      let hasDuplicates = try db.tableExists("duplicates")
      let expressions = fields.map { field in
        if field.name == "DuplicateOf", hasDuplicates {
          return """
            (SELECT x.original FROM duplicates x WHERE x.key = documents.key
              AND x.added <= :commit AND (x.removed IS NULL OR x.removed > :commit))
            """
        }
        // The SQL name of a column is its own with a small first letter.
        return field.name.prefix(1).lowercased() + field.name.dropFirst()
      }
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT key, \(expressions.joined(separator: ", ")) FROM documents
          WHERE +added <= :commit ORDER BY key
          """, arguments: ["commit": snapshot.commit])
      var next = 0
      while next < order.count, let row = try rows.next() {
        // Between them there may be documents that are gone.
        guard try row.cell(0) == keys[order[next]] else { continue }
        next += 1
        for index in builders.indices { try builders[index].append(row, index + 1) }
      }
    }
    var ranks = [Int](repeating: 0, count: order.count)
    for (rank, place) in order.enumerated() { ranks[place] = rank }
    return builders.map { builder in
      let column = builder.finish()
      return column.count == ranks.count ? column.gather(ranks) : column
    }
  }
}

extension ColumnBuilder {
  /// Adds a cell of a row of SQLite's.
  fileprivate mutating func append(_ row: Row, _ index: Int) throws {
    switch type {
    case .string: try row.withUTF8(index) { append(utf8: $0) }
    case .dynamic: append(.dynamic(DynamicValue(json: SQLText.string(row[index])) ?? .null))
    case .datetime: append(Int64.fromDatabaseValue(row[index]).map { .datetime($0) } ?? .null)
    default: append(Int64.fromDatabaseValue(row[index]).map { .long($0) } ?? .null)
    }
  }
}
