import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

extension Snapshot {
  /// Files that loads read, or could not, by batch and path.
  func imports() throws(DossierError) -> Table {
    let rows = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT CAST(path AS BLOB), status, code, CAST(message AS BLOB), CAST(docId AS BLOB), batch
          FROM imports WHERE commitId <= ? ORDER BY batch, path, docId, id
          """, arguments: [commit]
      ).map { row in
        ImportRow(
          path: SQLText.string(row[0]), status: try row.cell(1), code: try row.cell(2),
          message: SQLText.string(row[3]),
          docID: SQLText.string(row[4]), batch: try row.cell(5))
      }
    }
    return Self.table(rows) { _ in [] }
  }

  /// The reader's marks, in source order.
  func marks() throws(DossierError) -> Table {
    let rows = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT start, "end", CAST(tag AS BLOB), CAST(note AS BLOB), CAST(docId AS BLOB) FROM marks
          ORDER BY docId, start, "end", id
          """
      ).map { row in
        (
          MarkRow(
            start: try row.cell(0), end: try row.cell(1), tag: SQLText.string(row[2]),
            note: SQLText.string(row[3])),
          SQLText.string(row[4])
        )
      }
    }
    var docIDs = rows.map(\.1).makeIterator()
    return Self.table(rows.map(\.0)) { _ in [.string(docIDs.next() ?? "")] }
  }

  private static func table<R: FactRow>(_ rows: [R], _ first: (R) -> [Value]) -> Table {
    Table(schema: R.table.schema, rows: rows.map { row in first(row) + R.columns.map { $0.get(row) } })
  }
}
