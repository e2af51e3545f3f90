import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// Writes a table of the reader's own, group by group. Nobody sees it before `finish`; whatever ends the process before
/// leaves the store as it was.
public final class OwnTableWriter {
  private let store: StoreWriter
  private let name: String
  private let source: String
  private let schema: Schema
  private var id: Int64 = 0
  private var columnIDs: [Int64] = []
  private var dictionaries: [OwnDictionary]
  private var groups = ByteWriter()
  private var groupCount = 0
  private var rowCount = 0
  private var pending: [(column: Int64, group: Int, bytes: [UInt8])] = []
  private var pendingSize = 0

  /// Begins a table; what an earlier load of one did not bring to its end goes away.
  ///
  /// - `schema`: columns of `bool`, `long`, `real`, `datetime`, `string` or `dynamic`.
  /// - `source`: the file's name.
  public init(
    _ store: StoreWriter, name: String, source: String, schema: Schema
  ) throws(DossierError) {
    self.store = store
    self.name = name
    self.source = source
    self.schema = schema
    dictionaries = schema.fields.map { _ in OwnDictionary() }
    var (id, columnIDs): (Int64, [Int64]) = (0, [])
    try store.change { db in
      try Self.removeUnfinished(db)
      try db.execute(
        sql: """
          INSERT INTO ownTables(name, source, hash, groups) VALUES (CAST(? AS TEXT), CAST(? AS TEXT), '', x'')
          """, arguments: [Data(name.utf8), Data(source.utf8)])
      id = db.lastInsertedRowID
      for (place, field) in schema.fields.enumerated() {
        try db.execute(
          sql: "INSERT INTO ownColumns(tableId, place, name, type) VALUES (?, ?, CAST(? AS TEXT), ?)",
          arguments: [id, place, Data(field.name.utf8), field.type.rawValue])
        columnIDs.append(db.lastInsertedRowID)
      }
    }
    self.id = id
    self.columnIDs = columnIDs
  }

  private static func removeUnfinished(_ db: Database) throws {
    let unfinished = "SELECT id FROM ownTables WHERE added IS NULL"
    let columns = "SELECT id FROM ownColumns WHERE tableId IN (\(unfinished))"
    try db.execute(sql: "DELETE FROM ownSegments WHERE columnId IN (\(columns))")
    try db.execute(sql: "DELETE FROM ownColumns WHERE tableId IN (\(unfinished))")
    try db.execute(sql: "DELETE FROM ownTables WHERE added IS NULL")
  }

  /// Adds rows: one vector a column, of the schema's types. They are read again in the same groups.
  public func append(_ columns: [ColumnVector]) throws(DossierError) {
    let count = columns.first?.count ?? 0
    for (place, column) in columns.enumerated() {
      let bytes: [UInt8]
      switch column.type {
      case .string: bytes = encode(column, place)
      case .dynamic:
        let texts = (0..<count).map { column.isNull($0) ? "null" : column.value($0).asDynamic.json }
        bytes = encode(ColumnVector(strings: StringVector(texts)), place)
      default: bytes = PackedColumn.encode(column)
      }
      pending.append((columnIDs[place], groupCount, bytes))
      pendingSize += bytes.count
    }
    groups.count(count)
    groupCount += 1
    rowCount += count
    if pendingSize > 32 << 20 { try flush() }
  }

  private func encode(_ column: ColumnVector, _ place: Int) -> [UInt8] {
    guard case .strings(let strings) = column.flattened().storage else { return [] }
    if let codes = dictionaries[place].codes(of: strings) { return PackedColumn.encode(codes: codes) }
    return PackedColumn.encode(strings: strings)
  }

  private func flush() throws(DossierError) {
    let pending = pending
    try store.change { db in
      let insert = try db.makeStatement(
        sql: "INSERT INTO ownSegments(columnId, groupNumber, part, data) VALUES (?, ?, ?, ?)")
      for item in pending {
        for (part, data) in StoreWriter.parts(item.bytes) {
          try insert.execute(arguments: [item.column, item.group, part, data])
        }
      }
    }
    self.pending = []
    pendingSize = 0
  }

  /// Ends the load: the table takes the place of one of the same name.
  ///
  /// - `hash`: SHA-256 of the file.
  public func finish(hash: String) throws(DossierError) {
    for (place, dictionary) in dictionaries.enumerated() {
      guard let strings = dictionary.strings else { continue }
      pending.append((columnIDs[place], -1, PackedColumn.encode(strings: strings)))
    }
    try flush()
    let (id, name, source, groups, rowCount) = (id, name, source, groups.bytes, rowCount)
    try store.commit { db, commit, batch in
      try Self.bury(name, in: commit, db)
      try db.execute(
        sql: "UPDATE ownTables SET added = ?, hash = ?, groups = ? WHERE id = ?",
        arguments: [commit, hash, Data(groups), id])
      try StoreWriter.insert(
        [ImportRow(path: source, status: "loaded", message: "table \(name), \(rowCount) rows")],
        commit: commit, batch: batch, db)
    }
  }

  static func bury(_ name: String, in commit: Int, _ db: Database) throws {
    try db.execute(
      sql: """
        UPDATE ownTables SET removed = ? WHERE name = CAST(? AS TEXT) AND added IS NOT NULL AND removed IS NULL
        """, arguments: [commit, Data(name.utf8)])
  }

  /// Takes away what was written, after an error.
  public func cancel() {
    do throws(DossierError) {
      try store.change { db in try Self.removeUnfinished(db) }
    } catch {
      // The next load of a table does it.
    }
  }
}

extension StoreWriter {
  /// Takes a table of the reader's own away. Gives whether there was one.
  @discardableResult
  public func dropTable(_ name: String) throws(DossierError) -> Bool {
    var isDropped = false
    try commit { db, commit, _ in
      try OwnTableWriter.bury(name, in: commit, db)
      isDropped = db.changesCount > 0
    }
    return isDropped
  }
}
