import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// A store as it was after one commit. What it says never changes, whatever is loaded meanwhile.
///
/// Opening reads a handful of rows. The order of documents, each table's layout and each column are read
/// when they are first needed, from any thread.
final class Snapshot: Sendable {
  let path: String
  let queue: DatabaseQueue
  /// The last commit that is seen, and the batch it belongs to; 0 for an empty store.
  let commit: Int
  let batch: Int
  let documentCount: Int
  /// Numbers of the tables that are stored as segments.
  let tableIDs: [String: Int]
  /// Number of each column, by table number and name.
  private let columnIDs: [Int: [String: Int]]
  private let rowCounts: [Int: Int]
  /// The reader's own functions, as they were when the store was opened.
  let functions: [FunctionText]
  /// The reader's corrections of entities, in the order in which they were made.
  let corrections: [Correction]
  /// The reader's own tables, by name.
  let ownTables: [OwnTable]
  let cache = SegmentCache()
  private let liveOnce = Once<LiveDocuments>()
  private let keyOrderOnce = Once<[Int]>()
  let docIDsOnce = Once<StringPool>()
  private let layouts: [Int: Once<TableLayout>]
  private let directories = Directories()
  private let entitiesOnce = Once<EntityIndex>()

  /// Opens the store as it was after batch `wanted`, or as it is now.
  init(_ queue: DatabaseQueue, path: String, batch wanted: Int?) throws(DossierError) {
    self.path = path
    self.queue = queue
    struct Opening {
      var commit = 0
      var batch = 0
      var firstBatch = 1
      var lastBatch = 0
      var documents = 0
      var tables: [String: Int] = [:]
      var columns: [Int: [String: Int]] = [:]
      var rows: [Int: Int] = [:]
      var functions: [FunctionText] = []
      var corrections: [String] = []
      var ownTables: [OwnTable] = []
    }
    let opening = try StoreFailure.guarding(path) {
      try queue.read { db in
        var opening = Opening()
        opening.lastBatch = try Int.fetchOne(db, sql: "SELECT max(batch) FROM commits") ?? 0
        // A file of an older format has all of its loads.
        if try db.tableExists("history") {
          opening.firstBatch = try Int.fetchOne(db, sql: "SELECT oldestBatch FROM history") ?? 1
        }
        let last = wanted ?? opening.lastBatch
        if let row = try Row.fetchOne(
          db, sql: "SELECT id, batch FROM commits WHERE batch <= ? ORDER BY id DESC LIMIT 1",
          arguments: [last])
        {
          opening.commit = try row.cell(0)
          opening.batch = try row.cell(1)
        }
        opening.documents =
          try Int.fetchOne(
            db, sql: "SELECT coalesce(sum(documents - removed), 0) FROM commits WHERE id <= ?",
            arguments: [opening.commit]) ?? 0
        for row in try Row.fetchAll(db, sql: "SELECT id, name FROM tables") {
          opening.tables[try row.cell(1)] = try row.cell(0)
        }
        for row in try Row.fetchAll(db, sql: "SELECT id, tableId, name FROM columns") {
          opening.columns[try row.cell(1), default: [:]][try row.cell(2)] = try row.cell(0)
        }
        for row in try Row.fetchAll(db, sql: Self.countingRows, arguments: ["commit": opening.commit]) {
          opening.rows[try row.cell(0)] = try row.cell(1)
        }
        opening.functions = try FunctionText.fetchAll(db)
        opening.corrections = try Data.fetchAll(
          db, sql: "SELECT CAST(text AS BLOB) FROM corrections ORDER BY id"
        ).map { SQLText.string($0) }
        opening.ownTables = try OwnTable.fetchAll(
          db, commit: opening.commit, path: path, queue: queue)
        return opening
      }
    }
    if let wanted, wanted < 1 || wanted > opening.lastBatch {
      throw DossierError(
        .noSuchSnapshot, "the store '\(path)' has no load number \(wanted)",
        hint: opening.lastBatch == 0
          ? "nothing has been loaded yet" : "its loads are numbered from 1 to \(opening.lastBatch)")
    }
    if let wanted, wanted < opening.firstBatch {
      throw DossierError(
        .snapshotVacuumed, "what the store '\(path)' was after load \(wanted) went with 'dossier vacuum'",
        hint: "the first load that can be looked back at is \(opening.firstBatch)")
    }
    commit = opening.commit
    batch = wanted ?? opening.batch
    documentCount = opening.documents
    tableIDs = opening.tables
    columnIDs = opening.columns
    rowCounts = opening.rows
    functions = opening.functions
    corrections = try opening.corrections.map { line throws(DossierError) in try Correction(line) }
    ownTables = opening.ownTables
    layouts = Dictionary(
      opening.tables.values.map { ($0, Once<TableLayout>()) }, uniquingKeysWith: { first, _ in first })
  }

  /// How many rows each table has after a commit. The index is named since SQLite would otherwise read the rows of
  /// `directory`, which lie all over the file: of a million documents 300 places, 1.4 s from a disk.
  static let countingRows = """
    SELECT tableId, sum(rows) FROM (
      SELECT tableId, rows FROM directory INDEXED BY directoryRows WHERE commitId <= :commit
      UNION ALL SELECT tableId, -rows FROM removals WHERE commitId <= :commit
    ) GROUP BY tableId
    """

  /// Runs a reading of the file.
  func read<T>(_ body: (Database) throws -> T) throws(DossierError) -> T {
    try StoreFailure.guarding(path) { try queue.read(body) }
  }

  /// How many rows a table has.
  func rowCount(ofTable name: String) -> Int { tableIDs[name].flatMap { rowCounts[$0] } ?? 0 }

  // MARK: Documents

  /// The documents in source order.
  func live() throws(DossierError) -> LiveDocuments {
    try liveOnce.get { () throws(DossierError) in
      try read { db in
        var live = LiveDocuments()
        // Two indexes that are merged: nothing is sorted but what later loads removed.
        let rows = try Row.fetchCursor(
          db,
          sql: """
            SELECT key, docId, added, place FROM documents INDEXED BY documentsLive
              WHERE removed IS NULL AND added <= :commit
            UNION ALL
            SELECT key, docId, added, place FROM documents INDEXED BY documentsRemoved
              WHERE removed > :commit AND added <= :commit
            ORDER BY docId
            """, arguments: ["commit": commit])
        while let row = try rows.next() {
          let (key, commit, place): (Int64, Int, Int) = (try row.cell(0), try row.cell(2), try row.cell(3))
          try row.withUTF8(1) { live.append(key: key, docID: $0, commit: commit, place: place) }
        }
        return live
      }
    }
  }

  /// The places of documents in source order, by ascending keys: the order in which the file has them.
  func keyOrder() throws(DossierError) -> [Int] {
    try keyOrderOnce.get { () throws(DossierError) in
      let keys = try live().keys
      return keys.indices.sorted { keys[$0] < keys[$1] }
    }
  }

  // MARK: Layout

  /// The rows of a table by document, in source order.
  func layout(ofTable table: Int) throws(DossierError) -> TableLayout {
    guard let once = layouts[table] else { return TableLayout(starts: [0], firstRows: []) }
    return try once.get { () throws(DossierError) in
      let live = try live()
      var layout = TableLayout(starts: [0], firstRows: [])
      layout.starts.reserveCapacity(live.count + 1)
      layout.firstRows.reserveCapacity(live.count)
      var known: [Int: [Int32]] = [:]
      for index in 0..<live.count {
        let commit = live.commits[index]
        let sums: [Int32]
        if let have = known[commit] {
          sums = have
        } else {
          sums = try directory(commit: commit, table: table)
          known[commit] = sums
        }
        let place = live.places[index]
        let (first, end) = sums.isEmpty ? (0, 0) : try bounds(sums, place)
        layout.firstRows.append(first)
        layout.starts.append((layout.starts.last ?? 0) + end - first)
      }
      return layout
    }
  }

  private func bounds(_ sums: [Int32], _ place: Int) throws(DossierError) -> (Int, Int) {
    guard place >= 0, place + 1 < sums.count else {
      throw StoreFailure.damaged(path, "a directory has too few documents")
    }
    return (Int(sums[place]), Int(sums[place + 1]))
  }

  /// Where each document's rows start in a commit's columns of a table: one more than there are documents.
  /// Empty if the table has no rows there.
  func directory(commit: Int, table: Int) throws(DossierError) -> [Int32] {
    if let known = directories.get(commit, table) { return known }
    let data = try read { db in
      try Data.fetchOne(
        db, sql: "SELECT counts FROM directory WHERE commitId = ? AND tableId = ?",
        arguments: [commit, table])
    }
    var sums: [Int32] = []
    if let data {
      sums = try decoding("directory") { (reader: inout ByteReader) throws(MalformedBytes) in
        try Self.rowStarts(&reader)
      }(data)
    }
    directories.keep(sums, commit, table)
    return sums
  }

  /// Reads a directory: where each document's rows start, and where the last one's end.
  static func rowStarts(_ reader: inout ByteReader) throws(MalformedBytes) -> [Int32] {
    var sums: [Int32] = [0]
    while reader.remaining > 0 {
      let (sum, overflow) = (sums.last ?? 0).addingReportingOverflow(
        Int32(truncatingIfNeeded: try reader.count()))
      guard !overflow, sum >= 0 else { throw MalformedBytes() }
      sums.append(sum)
    }
    return sums
  }

  private func decoding<T>(
    _ what: String, _ body: @escaping (inout ByteReader) throws(MalformedBytes) -> T
  ) -> (Data) throws(DossierError) -> T {
    { [path] (data: Data) throws(DossierError) in
      let result: T? = data.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        return try? body(&reader)
      }
      guard let result else { throw StoreFailure.damaged(path, "a \(what) does not read back") }
      return result
    }
  }

  // MARK: Columns

  /// A column as it is stored, for the documents of one commit. One that is not there is null throughout.
  func storedColumn(
    commit: Int, table: Int, column: String, type: ScalarType
  ) throws(DossierError) -> ColumnVector {
    let key = SegmentCache.Key(commit: commit, table: table, column: "stored/" + column)
    if let known = cache.column(key) { return known }
    let column = try readColumn(commit: commit, table: table, column: column, type: type)
    cache.keep(column, as: key)
    return column
  }

  /// The same, read from the file and not kept: for whoever reads everything once.
  func readColumn(
    commit: Int, table: Int, column: String, type: ScalarType
  ) throws(DossierError) -> ColumnVector {
    let rows = Int(try directory(commit: commit, table: table).last ?? 0)
    var vector: ColumnVector?
    if let columnID = columnIDs[table]?[column] {
      let parts = try read { db in
        try Data.fetchAll(
          db, sql: "SELECT data FROM segments WHERE commitId = ? AND columnId = ? ORDER BY part",
          arguments: [commit, columnID])
      }
      if !parts.isEmpty { vector = try decode(parts, column) }
    }
    let column = vector ?? ColumnVector(constant: .null, type: type, count: rows)
    guard column.count == rows, column.type == type else {
      throw StoreFailure.damaged(
        path, "a column has \(column.count) rows of \(column.type) instead of \(rows) of \(type)")
    }
    return column
  }

  /// Decodes a segment from its parts.
  func decode(_ parts: [Data], _ name: String) throws(DossierError) -> ColumnVector {
    let whole = parts.count == 1 ? parts[0] : parts.reduce(into: Data()) { $0.append($1) }
    let result: ColumnVector? = whole.withUnsafeBytes { try? SegmentCodec.decode($0) }
    guard let result else {
      throw StoreFailure.damaged(path, "the segment of column \(name) does not read back")
    }
    return result
  }

  // MARK: Entities

  /// The entities, and which cluster is which.
  func entities() throws(DossierError) -> EntityIndex {
    try entitiesOnce.get { () throws(DossierError) in try EntityIndex(self) }
  }

  /// Puts other entities in, before anything has asked for them.
  func presetEntities(_ index: EntityIndex) throws(DossierError) {
    _ = try entitiesOnce.get { () throws(DossierError) in index }
  }
}

/// The documents of a snapshot, in ascending order of their DocIds' UTF-8 bytes.
struct LiveDocuments: Sendable {
  private(set) var keys: [Int64] = []
  /// The commit that brought each.
  private(set) var commits: [Int] = []
  /// Its number in that commit.
  private(set) var places: [Int] = []
  private var bytes: [UInt8] = []
  private var offsets = [0]

  var count: Int { keys.count }

  mutating func append(key: Int64, docID: UnsafeBufferPointer<UInt8>, commit: Int, place: Int) {
    keys.append(key)
    commits.append(commit)
    places.append(place)
    bytes.append(contentsOf: docID)
    offsets.append(bytes.count)
  }

  /// The DocIds, each once.
  func pool() -> StringPool { StringPool(bytes: bytes, offsets: offsets, isDistinct: true) }
}

/// Where the rows of each document are, for one table.
struct TableLayout: Sendable {
  /// First row of each document in source order, and the number of all rows.
  var starts: [Int]
  /// First row of each document in its commit's columns.
  var firstRows: [Int]

  /// The document that a row belongs to: the last that starts at or before it and is not empty.
  func document(ofRow row: Int) -> Int {
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }
}
