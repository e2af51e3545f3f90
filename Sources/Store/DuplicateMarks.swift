import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// Marks the documents that repeat others (`Documents.DuplicateOf`).
///
/// The mark depends on the documents that are there, not on the loads that brought them: the original is the one that was
/// published first, documents without a date last, the first by DocId among those of one moment.
enum DuplicateMarks {
  /// The bytes that are kept of a document's text.
  static func sketch(_ text: String, omitting quoted: [Range<Int>]) -> Data {
    guard let sketch = TextSketch(of: text, omitting: quoted) else { return Data() }
    var data = Data(capacity: sketch.words.count * 8)
    for word in sketch.words { withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) } }
    return data
  }

  /// Whether documents are there that came before sketches were kept.
  static func areMissing(_ db: Database) throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT EXISTS(\(missing))") ?? false
  }

  private static let missing = """
    SELECT key FROM documents WHERE removed IS NULL AND key NOT IN (SELECT key FROM sketches)
    """

  /// Sketches the documents of an older format.
  static func sketchMissing(_ snapshot: Snapshot) throws(DossierError) -> [(key: Int64, data: Data)] {
    let keys = Set(try snapshot.read { db in try Int64.fetchAll(db, sql: missing) })
    guard !keys.isEmpty else { return [] }
    var made: [(Int64, Data)] = []
    for (index, key) in try snapshot.live().keys.enumerated() where keys.contains(key) {
      let text = try snapshot.read { db in
        SQLText.string(
          try Data.fetchOne(db, sql: "SELECT CAST(text AS BLOB) FROM texts WHERE key = ?", arguments: [key]))
      }
      made.append((key, sketch(text, omitting: try snapshot.quotedParts(ofDocument: index))))
    }
    return made
  }

  /// Compares all documents and writes what differs from what the last load said.
  static func write(in commit: Int, _ db: Database) throws {
    var keys: [Int64] = []
    var docIDs: [Data] = []
    var sketches: [UInt64] = []
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT d.key, CAST(d.docId AS BLOB), s.data FROM documents d JOIN sketches s ON s.key = d.key
        WHERE d.removed IS NULL AND length(s.data) = ? ORDER BY d.published IS NULL, d.published, d.docId
        """, arguments: [TextSketch.width * 8])
    while let row = try rows.next() {
      keys.append(try row.cell(0))
      docIDs.append(row[1] ?? Data())
      let data: Data = try row.cell(2)
      data.withUnsafeBytes { bytes in
        for word in 0..<TextSketch.width {
          sketches.append(
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)))
        }
      }
    }
    var wanted: [Int64: Data] = [:]
    for (place, original) in TextSketch.originals(sketches).enumerated() {
      if let original { wanted[keys[place]] = docIDs[original] }
    }
    let bury = try db.makeStatement(sql: "UPDATE duplicates SET removed = ? WHERE id = ?")
    let known = try Row.fetchAll(
      db, sql: "SELECT id, key, CAST(original AS BLOB) FROM duplicates WHERE removed IS NULL ORDER BY id")
    for row in known {
      let key: Int64 = try row.cell(1)
      if let original = wanted[key], original == row[2] as Data? {
        wanted[key] = nil
      } else {
        try bury.execute(arguments: [commit, try row.cell(0) as Int64])
      }
    }
    let insert = try db.makeStatement(
      sql: "INSERT INTO duplicates(key, added, original) VALUES (?, ?, CAST(? AS TEXT))")
    for (key, original) in wanted.sorted(by: { $0.key < $1.key }) {
      try insert.execute(arguments: [key, commit, original])
    }
  }
}

extension Snapshot {
  /// The parts of a document that repeat an earlier mail, by its sentences.
  func quotedParts(ofDocument index: Int) throws(DossierError) -> [Range<Int>] {
    try rows(like: SentenceRow(), ["Start", "End", "Quoted"], ofDocument: index).quotedParts
  }

  /// The rows of a table that belong to a document, by its place in source order, with some of their columns.
  func rows<R: FactRow>(like empty: R, _ names: [String], ofDocument index: Int) throws(DossierError) -> [R] {
    guard let table = tableIDs[R.tableName] else { return [] }
    let (live, layout) = (try live(), try layout(ofTable: table))
    let (first, count) = (layout.firstRows[index], layout.starts[index + 1] - layout.starts[index])
    guard count > 0 else { return [] }
    var rows = [R](repeating: empty, count: count)
    for column in R.columns where names.contains(column.field.name) {
      let cells = try storedColumn(
        commit: live.commits[index], table: table, column: column.field.name, type: column.field.type)
      for row in 0..<count {
        guard column.set(&rows[row], cells.value(first + row)) else {
          throw StoreFailure.damaged(path, "a row's \(column.field.name) can't be read")
        }
      }
    }
    return rows
  }
}
