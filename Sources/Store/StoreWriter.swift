import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// A store that is open for one load.
///
/// Documents come in groups, each of which is one transaction: whatever ends the process, the store holds
/// whole groups only. `finish` resolves the entities over all documents and closes the load's batch. Used
/// by one thread at a time.
public final class StoreWriter {
  /// The path as it was given.
  public let path: String
  /// The load's number, once it has written something.
  public private(set) var batch: Int?
  let queue: DatabaseQueue
  private let lock: LoadLock
  /// Whether damage to what is replaced is passed over.
  var isRebuilding = false
  private var tableIDs: [String: Int] = [:]
  private var columnIDs: [String: Int] = [:]

  /// Opens a store to load into; makes it if there is none.
  ///
  /// - Errors: `STO102` not a store, `STO103` from a newer version, `STO104` another load is running,
  ///   `STO105` disk full, `STO106` read-only.
  public init(_ path: String) throws(DossierError) {
    self.path = path
    // A file that is no store is refused before a lock file is made beside it.
    if FileManager.default.fileExists(atPath: path), access(path, W_OK) == 0 {
      _ = try StoreFile.openForWriting(path)
    }
    lock = try LoadLock(store: path)
    queue = try StoreFile.openForWriting(path)
  }

  /// What the store knows of a document.
  public struct KnownDocument: Sendable, Hashable {
    /// Hash of text and metadata (`Document.contentHash`).
    public var hash: String
    /// Model and settings that its facts were made with.
    public var annotator: String
    /// Makes a description.
    public init(hash: String, annotator: String) {
      self.hash = hash
      self.annotator = annotator
    }
  }

  /// The documents that are there, by DocId.
  public func knownDocuments() throws(DossierError) -> [String: KnownDocument] {
    try read { db in
      var known: [String: KnownDocument] = [:]
      let rows = try Row.fetchCursor(
        db, sql: "SELECT CAST(docId AS BLOB), hash, annotator FROM documents WHERE removed IS NULL")
      while let row = try rows.next() {
        known[SQLText.string(row[0])] = KnownDocument(
          hash: try row.cell(1), annotator: try row.cell(2))
      }
      return known
    }
  }

  /// Whether documents are there that no resolution has seen, as after a load that was killed.
  public func needsResolution() throws(DossierError) -> Bool {
    try read { db in
      let last = try Int.fetchOne(db, sql: "SELECT max(id) FROM commits") ?? 0
      return last > (try Int.fetchOne(db, sql: "SELECT max(id) FROM commits WHERE resolved = 1") ?? 0)
    }
  }

  /// Stores a group of documents and the rows of `Imports` that tell of them, in one transaction. A document
  /// of a DocId that is there already takes its place.
  ///
  /// `document.hash` of each must be its `contentHash`. DocIds must differ within the group.
  public func commit(
    _ documents: [DocumentFacts], annotator: String, imports: [ImportRow] = []
  ) throws(DossierError) {
    if documents.isEmpty, imports.isEmpty { return }
    let group = SegmentGroup(documents)
    try transaction { db in
      let (commit, batch) = try self.beginCommit(db)
      let removed = try self.remove(documents.map(\.docID), in: commit, db)
      try self.insert(group, annotator: annotator, commit: commit, batch: batch, db)
      try Self.insert(imports, commit: commit, batch: batch, db)
      try db.execute(
        sql: "UPDATE commits SET documents = ?, removed = ? WHERE id = ?",
        arguments: [documents.count, removed, commit])
    }
  }

  /// Takes documents away; unknown names are passed over. Gives how many there were.
  @discardableResult
  public func remove(_ docIDs: [String]) throws(DossierError) -> Int {
    var removed = 0
    try transaction { db in
      let (commit, _) = try self.beginCommit(db)
      removed = try self.remove(docIDs, in: commit, db)
      try db.execute(sql: "UPDATE commits SET removed = ? WHERE id = ?", arguments: [removed, commit])
    }
    return removed
  }

  /// Ends the load: adds the last rows of `Imports`, runs `resolve` over the clusters of all documents and marks those
  /// that repeat others if any have changed, and closes the batch.
  ///
  /// A load that has brought nothing and has nothing to tell leaves the store as it was and has no number.
  public func finish(imports: [ImportRow] = [], resolve: Resolver) throws(DossierError) {
    let needsResolution = try needsResolution()
    let lacksSketches = try read { db in try DuplicateMarks.areMissing(db) }
    guard batch != nil || !imports.isEmpty || needsResolution || lacksSketches else { return }
    var resolved: ResolvedClusters?
    var sketches: [(key: Int64, data: Data)] = []
    if needsResolution || lacksSketches {
      // Nothing can change between reading and writing: the lock is ours.
      let snapshot = try Snapshot(queue, path: path, batch: nil)
      if needsResolution {
        resolved = try ResolvedClusters(snapshot, resolve, correctedBy: snapshot.corrections)
      }
      if lacksSketches { sketches = try DuplicateMarks.sketchMissing(snapshot) }
    }
    try lastCommit(isResolved: true) { db, commit, batch in
      try Self.insert(imports, commit: commit, batch: batch, db)
      for (key, data) in sketches {
        try db.execute(
          sql: "INSERT OR REPLACE INTO sketches(key, data) VALUES (?, ?)", arguments: [key, data])
      }
      if needsResolution || lacksSketches { try DuplicateMarks.write(in: commit, db) }
      // Where nothing was added since the last resolution, that one still holds.
      try resolved?.write(in: commit, db)
    }
  }

  /// Puts a reader's corrections of entities in the place of those that the store has, and resolves all documents
  /// again, as a load of its own.
  public func correct(_ corrections: [Correction], resolve: Resolver) throws(DossierError) {
    let snapshot = try Snapshot(queue, path: path, batch: nil)
    let resolved = try ResolvedClusters(snapshot, resolve, correctedBy: corrections)
    try lastCommit(isResolved: true) { db, commit, _ in
      try db.execute(sql: "DELETE FROM corrections")
      for correction in corrections {
        try db.execute(
          sql: "INSERT INTO corrections(text) VALUES (CAST(? AS TEXT))",
          arguments: [Data(correction.text.utf8)])
      }
      try resolved.write(in: commit, db)
    }
  }

  /// A load of its own that brings no documents: all in one transaction, in which `body` gets the number of the commit
  /// and that of the batch.
  func commit(_ body: (Database, Int, Int) throws -> Void) throws(DossierError) {
    // Where documents wait for their resolution, they go on waiting.
    let isResolved = try !needsResolution()
    try lastCommit(isResolved: isResolved, body)
  }

  // MARK: Inside a transaction

  private func read<T>(_ body: (Database) throws -> T) throws(DossierError) -> T {
    try StoreFailure.guarding(path) { try queue.read(body) }
  }

  /// The commit that closes a load, whose log then goes into the file.
  private func lastCommit(
    isResolved: Bool, _ body: (Database, Int, Int) throws -> Void
  ) throws(DossierError) {
    try transaction { db in
      let (commit, batch) = try self.beginCommit(db)
      try body(db, commit, batch)
      try db.execute(
        sql: "UPDATE commits SET resolved = ? WHERE id = ?", arguments: [isResolved ? 1 : 0, commit])
      try db.execute(sql: "UPDATE batches SET finished = 1 WHERE id = ?", arguments: [batch])
    }
    try checkpoint()
  }

  /// The log goes into the file now, so that a copy of the file alone is the whole store.
  private func checkpoint() throws(DossierError) {
    try StoreFailure.guarding(path) {
      _ = try queue.writeWithoutTransaction { db in
        try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
      }
    }
  }

  /// Changes what no load brings: the reader's own.
  func change(_ body: (Database) throws -> Void) throws(DossierError) { try transaction(body) }

  private func transaction(_ body: (Database) throws -> Void) throws(DossierError) {
    let before = batch
    do throws(DossierError) {
      try StoreFailure.guarding(path) {
        try queue.writeWithoutTransaction { db in
          try db.inTransaction(.immediate) {
            try body(db)
            return .commit
          }
        }
      }
    } catch {
      batch = before
      tableIDs = [:]
      columnIDs = [:]
      throw error
    }
  }

  private func beginCommit(_ db: Database) throws -> (commit: Int, batch: Int) {
    let number: Int
    if let batch {
      number = batch
    } else {
      number = (try Int.fetchOne(db, sql: "SELECT max(id) FROM batches") ?? 0) + 1
      try db.execute(sql: "INSERT INTO batches(id) VALUES (?)", arguments: [number])
      batch = number
    }
    try db.execute(sql: "INSERT INTO commits(batch) VALUES (?)", arguments: [number])
    return (Int(db.lastInsertedRowID), number)
  }

  private func remove(_ docIDs: [String], in commit: Int, _ db: Database) throws -> Int {
    var removed = 0
    var lost: [Int: Int] = [:]
    let find = try db.makeStatement(
      sql: "SELECT key, added, place FROM documents WHERE docId = CAST(? AS TEXT) AND removed IS NULL")
    let bury = try db.makeStatement(sql: "UPDATE documents SET removed = ? WHERE key = ?")
    for docID in docIDs {
      guard let row = try Row.fetchOne(find, arguments: [Data(docID.utf8)]) else { continue }
      let (key, added, place): (Int64, Int, Int) = (try row.cell(0), try row.cell(1), try row.cell(2))
      try bury.execute(arguments: [commit, key])
      removed += 1
      for row in try Row.fetchAll(
        db, sql: "SELECT tableId, counts FROM directory WHERE commitId = ?", arguments: [added])
      {
        let counts: Data = try row.cell(1)
        let table: Int = try row.cell(0)
        do {
          lost[table, default: 0] += try counts.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            for _ in 0..<place { _ = try reader.count() }
            return try reader.count()
          }
        } catch  where isRebuilding {
          // What is damaged goes with the vacuum that follows.
        }
      }
    }
    for (table, rows) in lost.sorted(by: { $0.key < $1.key }) {
      try db.execute(sql: "INSERT INTO removals VALUES (?, ?, ?)", arguments: [commit, table, rows])
    }
    return removed
  }

  private func insert(
    _ group: SegmentGroup, annotator: String, commit: Int, batch: Int, _ db: Database
  ) throws {
    let row = try db.makeStatement(
      sql: """
        INSERT INTO documents(docId, added, place, batch, hash, factsHash, annotator, title, published, source,
          author, collection, language, format, parentId, threadId, duplicateOf, words, sentences,
          unresolvedDates, openPronouns, bareSentences, meta)
        VALUES (CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), CAST(? AS TEXT),
          CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
          ?, ?, ?, ?, ?, CAST(? AS TEXT))
        """)
    let text = try db.makeStatement(
      sql: "INSERT INTO texts(key, title, text) VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT))")
    let words = try db.makeStatement(sql: "INSERT INTO search(rowid, title, text) VALUES (?, ?, ?)")
    let sketch = try db.makeStatement(sql: "INSERT INTO sketches(key, data) VALUES (?, ?)")
    func blob(_ text: String) -> Data { Data(text.utf8) }
    for (place, facts) in group.documents.enumerated() {
      let document = facts.document
      try row.execute(arguments: [
        blob(facts.docID), commit, place, batch, document.hash, group.factsHashes[place], annotator,
        blob(document.title), document.published, blob(document.source), blob(document.author),
        blob(document.collection), blob(document.language), blob(document.format), blob(document.parentID),
        blob(document.threadID), blob(document.duplicateOf), document.words, document.sentences,
        document.unresolvedDates, document.openPronouns, document.bareSentences, blob(document.meta.json),
      ])
      let key = db.lastInsertedRowID
      try text.execute(arguments: [key, blob(document.title), blob(document.text)])
      // The index reads text up to a NUL, so there is none in what it gets.
      try words.execute(arguments: [key, Self.withoutNUL(document.title), Self.withoutNUL(document.text)])
      let data = DuplicateMarks.sketch(document.text, omitting: facts.sentences.quotedParts)
      try sketch.execute(arguments: [key, data])
    }
    let segment = try db.makeStatement(
      sql: "INSERT INTO segments(commitId, columnId, part, data) VALUES (?, ?, ?, ?)")
    for table in group.tables {
      let id = try tableID(table.name, db)
      var counts = ByteWriter()
      for count in table.counts { counts.count(count) }
      try db.execute(
        sql: "INSERT INTO directory(commitId, tableId, rows, counts) VALUES (?, ?, ?, ?)",
        arguments: [commit, id, table.rows, Data(counts.bytes)])
      for (name, bytes) in table.columns {
        let column = try columnID(name, table: id, db)
        for (part, data) in Self.parts(bytes) {
          try segment.execute(arguments: [commit, column, part, data])
        }
      }
    }
  }

  static func withoutNUL(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(decoding: text.utf8.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
  }

  /// Parts of at most 1 MiB, numbered from 0.
  static func parts(_ bytes: [UInt8]) -> [(Int, Data)] {
    stride(from: 0, to: max(1, bytes.count), by: 1 << 20).enumerated().map { part, start in
      (part, Data(bytes[start..<min(bytes.count, start + 1 << 20)]))
    }
  }

  static func insert(_ imports: [ImportRow], commit: Int, batch: Int, _ db: Database) throws {
    for row in imports {
      try db.execute(
        sql: """
          INSERT INTO imports(commitId, batch, path, status, code, message, docId)
          VALUES (?, ?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT))
          """,
        arguments: [
          commit, batch, Data(row.path.utf8), row.status, row.code, Data(row.message.utf8),
          Data(row.docID.utf8),
        ])
    }
  }

  private func tableID(_ name: String, _ db: Database) throws -> Int {
    if let known = tableIDs[name] { return known }
    try db.execute(sql: "INSERT OR IGNORE INTO tables(name) VALUES (?)", arguments: [name])
    let id = try Int.fetchOne(db, sql: "SELECT id FROM tables WHERE name = ?", arguments: [name]) ?? 0
    tableIDs[name] = id
    return id
  }

  private func columnID(_ name: String, table: Int, _ db: Database) throws -> Int {
    if let known = columnIDs["\(table)/\(name)"] { return known }
    try db.execute(
      sql: "INSERT OR IGNORE INTO columns(tableId, name) VALUES (?, ?)", arguments: [table, name])
    let id =
      try Int.fetchOne(
        db, sql: "SELECT id FROM columns WHERE tableId = ? AND name = ?", arguments: [table, name]) ?? 0
    columnIDs["\(table)/\(name)"] = id
    return id
  }
}
