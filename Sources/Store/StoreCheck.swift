import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// What a look at every byte of a store has found.
public struct StoreCheck: Sendable {
  /// Documents whose text and metadata were compared with their hash.
  public private(set) var documents = 0
  /// Segments whose checksum was compared.
  public private(set) var segments = 0
  /// What is wrong, in the order in which it was found; empty for a sound store.
  public private(set) var problems: [String] = []

  /// Reads all of a store: SQLite's own check of its pages, the checksum and the length of every segment, the hash of
  /// every document whose hash rests on its row alone, the index of words, and the reader's own tables.
  ///
  /// - Errors: those of opening a store; what is wrong inside is among `problems`.
  public init(_ path: String) throws(DossierError) {
    let queue = try StoreFile.openForReading(path)
    let snapshot = try Snapshot(queue, path: path, batch: nil)
    for part in Part.allCases {
      // Damage is what is looked for; any other failure ends the check.
      do throws(DossierError) { try look(at: part, of: snapshot) } catch {
        guard error.code == .storeDamaged else { throw error }
        problems.append(error.message)
      }
    }
  }

  private enum Part: CaseIterable { case pages, segments, documents, entities, ownTables }

  private mutating func look(at part: Part, of snapshot: Snapshot) throws(DossierError) {
    switch part {
    case .pages: try checkPages(snapshot)
    case .segments: try checkSegments(snapshot)
    case .documents: try checkDocuments(snapshot)
    case .entities: _ = try snapshot.entities()
    case .ownTables:
      for table in snapshot.ownTables {
        for start in stride(from: 0, to: table.rowCount, by: 65_536) {
          let rows = start..<min(start + 65_536, table.rowCount)
          _ = try table.read(columns: Array(table.schema.names.indices), rows: rows)
        }
      }
    }
  }

  private mutating func checkPages(_ snapshot: Snapshot) throws(DossierError) {
    let (found, texts, words) = try snapshot.read { db in
      (
        try String.fetchAll(db, sql: "PRAGMA integrity_check(20)"),
        try Int.fetchOne(db, sql: "SELECT count(*) FROM texts") ?? 0,
        try Int.fetchOne(db, sql: "SELECT count(*) FROM search_docsize") ?? 0
      )
    }
    problems += found.filter { $0 != "ok" }.map { "SQLite: \($0)" }
    if texts != words {
      problems.append("the index of words has \(counted(words, "document")) instead of \(grouped(texts))")
    }
  }

  private mutating func checkSegments(_ snapshot: Snapshot) throws(DossierError) {
    struct Key: Hashable { var commit, column: Int }
    let names = Dictionary(
      try snapshot.read { db in
        try Row.fetchAll(
          db,
          sql:
            "SELECT c.id, c.tableId, t.name || '.' || c.name FROM columns c JOIN tables t ON t.id = c.tableId"
        )
        .map { (try $0.cell(0) as Int, (table: try $0.cell(1) as Int, name: try $0.cell(2) as String)) }
      }, uniquingKeysWith: { first, _ in first })
    let keys = try snapshot.read { db in
      try Row.fetchAll(
        db, sql: "SELECT DISTINCT commitId, columnId FROM segments ORDER BY commitId, columnId"
      ).map { Key(commit: try $0.cell(0), column: try $0.cell(1)) }
    }
    for key in keys {
      segments += 1
      let parts = try snapshot.read { db in
        try Data.fetchAll(
          db, sql: "SELECT data FROM segments WHERE commitId = ? AND columnId = ? ORDER BY part",
          arguments: [key.commit, key.column])
      }
      let (table, name) = names[key.column] ?? (0, "column \(key.column)")
      do throws(DossierError) {
        let rows = Int(try snapshot.directory(commit: key.commit, table: table).last ?? 0)
        let column = try snapshot.decode(parts, name)
        if column.count != rows {
          problems.append("\(name) of commit \(key.commit) has \(column.count) rows instead of \(rows)")
        }
      } catch { problems.append("commit \(key.commit): \(error.message)") }
    }
  }

  /// Formats whose documents are all in their row: mails have participants, PDF documents pages, and so on.
  static let plainFormats: Set = ["txt", "md", "html", "jsonl", "csv"]

  private mutating func checkDocuments(_ snapshot: Snapshot) throws(DossierError) {
    let keys = try snapshot.live().keys
    for start in stride(from: 0, to: keys.count, by: 256) {
      let some = keys[start..<min(start + 256, keys.count)]
      let found = try snapshot.plainDocuments(some)
      for (_, document, hash) in found where Self.plainFormats.contains(document.format) {
        documents += 1
        if document.contentHash != hash {
          problems.append("the document '\(document.docID)' is not what was stored: its hash is another")
        }
      }
      if found.count < some.count { problems.append("there are documents without a text") }
    }
  }
}
