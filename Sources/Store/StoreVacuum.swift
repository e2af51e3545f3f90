import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// Takes out of a store what only looks back: documents, facts and entities that later loads have replaced or removed.
///
/// What the store says now stays as it is, to the byte of its hash; what it said after earlier loads can't be opened any
/// more. All is one transaction, after which SQLite writes the file anew.
public struct StoreVacuum: Sendable {
  /// Documents that were replaced or removed, and are gone now.
  public private(set) var documents = 0
  /// Bytes of the file before.
  public private(set) var bytesBefore = 0
  /// Bytes of the file after.
  public private(set) var bytesAfter = 0

  /// Vacuums a store. For the time that it takes nobody else may have the store open.
  ///
  /// - Errors: as those of loading; `STO104` also if another process is reading the store; `STO105` if the disk has no
  ///   room for a second copy of the file, after which the store is whole and perhaps smaller.
  public init(_ path: String) throws(DossierError) {
    // A name that is wrong is not to become a store.
    _ = try StoreFile.openForReading(path)
    let writer = try StoreWriter(path)
    try self.init(writer)
  }

  init(_ writer: StoreWriter) throws(DossierError) {
    let (queue, path) = (writer.queue, writer.path)
    func size() -> Int {
      ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
    }
    bytesBefore = size()
    // Snapshots that are open elsewhere know places in segments. Without its log SQLite lets only one in.
    let isAlone = try StoreFailure.guarding(path) {
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA busy_timeout = 2000")
        _ = try String.fetchOne(db, sql: "PRAGMA locking_mode = EXCLUSIVE")
        do { return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") == "delete" } catch let error
          as DatabaseError where error.resultCode == .SQLITE_BUSY
        { return false }
      }
    }
    guard isAlone else { throw StoreFailure.open(path) }
    documents = try StoreFailure.guarding(path) {
      try queue.writeWithoutTransaction { db in
        var documents = 0
        try db.inTransaction(.exclusive) {
          documents = try Self.compact(db)
          return .commit
        }
        try db.execute(sql: "VACUUM")
        _ = try String.fetchOne(db, sql: "PRAGMA locking_mode = NORMAL")
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        return documents
      }
    }
    bytesAfter = size()
  }

  /// Gives how many documents went.
  private static func compact(_ db: Database) throws -> Int {
    for commit in try Int.fetchAll(
      db, sql: "SELECT DISTINCT added FROM documents WHERE removed IS NOT NULL ORDER BY added")
    { try compact(commit: commit, db) }
    let documents = try Int.fetchOne(db, sql: "SELECT count(*) FROM documents WHERE removed IS NOT NULL") ?? 0
    try db.execute(
      sql: """
        DELETE FROM documents WHERE removed IS NOT NULL;
        DELETE FROM texts WHERE key NOT IN (SELECT key FROM documents);
        DELETE FROM sketches WHERE key NOT IN (SELECT key FROM documents);
        DELETE FROM duplicates WHERE removed IS NOT NULL OR key NOT IN (SELECT key FROM documents);
        DELETE FROM removals;
        UPDATE commits SET removed = 0,
          documents = (SELECT count(*) FROM documents WHERE added = commits.id);
        DELETE FROM resolutions
          WHERE version < (SELECT max(version) FROM resolutions r WHERE r.commitId = resolutions.commitId);
        DELETE FROM entities WHERE removed IS NOT NULL;
        DELETE FROM entityIds WHERE key NOT IN (SELECT key FROM entities);
        DELETE FROM ownSegments WHERE columnId IN (SELECT c.id FROM ownColumns c JOIN ownTables t ON t.id = c.tableId
          WHERE t.added IS NULL OR t.removed IS NOT NULL);
        DELETE FROM ownColumns
          WHERE tableId IN (SELECT id FROM ownTables WHERE added IS NULL OR removed IS NOT NULL);
        DELETE FROM ownTables WHERE added IS NULL OR removed IS NOT NULL;
        DELETE FROM history;
        INSERT INTO history SELECT max(batch) FROM commits HAVING max(batch) IS NOT NULL;
        """)
    try indexWords(db)
    return documents
  }

  /// Makes the index of words anew.
  private static func indexWords(_ db: Database) throws {
    try db.execute(sql: "INSERT INTO search(search) VALUES ('delete-all')")
    let insert = try db.makeStatement(sql: "INSERT INTO search(rowid, title, text) VALUES (?, ?, ?)")
    let rows = try Row.fetchCursor(
      db, sql: "SELECT key, CAST(title AS BLOB), CAST(text AS BLOB) FROM texts ORDER BY key")
    while let row = try rows.next() {
      try insert.execute(arguments: [
        try row.cell(0) as Int64, StoreWriter.withoutNUL(SQLText.string(row[1])),
        StoreWriter.withoutNUL(SQLText.string(row[2])),
      ])
    }
  }

  /// Leaves a commit's segments with the rows of the documents that are there.
  private static func compact(commit: Int, _ db: Database) throws {
    let live = try Row.fetchAll(
      db, sql: "SELECT key, place FROM documents WHERE added = ? AND removed IS NULL ORDER BY place",
      arguments: [commit]
    ).map { (key: try $0.cell(0) as Int64, place: try $0.cell(1) as Int) }
    if live.isEmpty {
      for table in ["segments", "directory", "resolutions"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE commitId = ?", arguments: [commit])
      }
      return
    }
    for row in try Row.fetchAll(
      db,
      sql:
        "SELECT d.tableId, t.name, d.counts FROM directory d JOIN tables t ON t.id = d.tableId WHERE commitId = ?",
      arguments: [commit])
    {
      let (table, name, data): (Int, String, Data) = (try row.cell(0), try row.cell(1), try row.cell(2))
      let starts = try data.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        return try Snapshot.rowStarts(&reader).map { Int($0) }
      }
      guard live.allSatisfy({ $0.place >= 0 && $0.place + 1 < starts.count }) else { throw MalformedBytes() }
      let ranges = live.map { starts[$0.place]..<starts[$0.place + 1] }
      let rows = ranges.flatMap { Array($0) }
      var kept = ByteWriter()
      for range in ranges { kept.count(range.count) }
      try db.execute(
        sql: "UPDATE directory SET rows = ?, counts = ? WHERE commitId = ? AND tableId = ?",
        arguments: [rows.count, Data(kept.bytes), commit, table])
      for column in try Int.fetchAll(db, sql: "SELECT id FROM columns WHERE tableId = ?", arguments: [table])
      {
        try compact(
          db, rows, in: "segments", "commitId = \(commit) AND columnId = \(column)",
          "INSERT INTO segments(commitId, columnId, part, data) VALUES (\(commit), \(column), ?, ?)")
      }
      if name == ClusterRecord.tableName,
        let version = try Int.fetchOne(
          db, sql: "SELECT max(version) FROM resolutions WHERE commitId = ?", arguments: [commit])
      {
        try compact(
          db, rows, in: "resolutions", "commitId = \(commit) AND version = \(version)",
          "INSERT INTO resolutions(commitId, version, part, data) VALUES (\(commit), \(version), ?, ?)")
      }
    }
    for (place, document) in live.enumerated() {
      try db.execute(
        sql: "UPDATE documents SET place = ? WHERE key = ?", arguments: [place, document.key])
    }
  }

  private static func compact(
    _ db: Database, _ rows: [Int], in table: String, _ condition: String, _ insert: String
  ) throws {
    let parts = try Data.fetchAll(db, sql: "SELECT data FROM \(table) WHERE \(condition) ORDER BY part")
    if parts.isEmpty { return }
    let whole = parts.reduce(into: Data()) { $0.append($1) }
    let column = try whole.withUnsafeBytes { try SegmentCodec.decode($0) }
    guard rows.allSatisfy({ $0 < column.count }) else { throw MalformedBytes() }
    try db.execute(sql: "DELETE FROM \(table) WHERE \(condition)")
    if rows.isEmpty { return }
    let statement = try db.makeStatement(sql: insert)
    for (part, data) in StoreWriter.parts(SegmentCodec.encode(column.gather(rows))) {
      try statement.execute(arguments: [part, data])
    }
  }
}
