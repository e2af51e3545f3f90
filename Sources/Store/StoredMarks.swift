import Diagnostics
import Facts
import Foundation
import GRDB

extension StoreWriter {
  /// Keeps a reader's marks. Gives the numbers by which they can be taken away again.
  public func add(_ marks: [(docID: String, mark: MarkRow)]) throws(DossierError) -> [Int64] {
    var numbers: [Int64] = []
    try change { db in
      let insert = try db.makeStatement(
        sql: """
          INSERT INTO marks(docId, start, "end", tag, note)
          VALUES (CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT))
          """)
      for (docID, mark) in marks {
        try insert.execute(arguments: [
          Data(docID.utf8), mark.start, mark.end, Data(mark.tag.utf8), Data(mark.note.utf8),
        ])
        numbers.append(db.lastInsertedRowID)
      }
    }
    return numbers
  }

  /// Takes marks away; numbers that are not there are passed over.
  public func removeMarks(_ numbers: [Int64]) throws(DossierError) {
    try change { db in
      let delete = try db.makeStatement(sql: "DELETE FROM marks WHERE id = ?")
      for number in numbers { try delete.execute(arguments: [number]) }
    }
  }

  /// Notes up to which load the reader has seen what is said of an entity; nil ends the watch.
  public func watch(_ entityID: String, seen batch: Int?) throws(DossierError) {
    try change { db in
      if let batch {
        try db.execute(
          sql: "INSERT OR REPLACE INTO watches(entityId, batch) VALUES (CAST(? AS TEXT), ?)",
          arguments: [Data(entityID.utf8), batch])
      } else {
        try db.execute(
          sql: "DELETE FROM watches WHERE entityId = CAST(? AS TEXT)", arguments: [Data(entityID.utf8)])
      }
    }
  }
}
