import Columnar
import Diagnostics
import Foundation
import GRDB
import Synchronization

/// What a store tells of a table of the reader's own.
public struct OwnTableInfo: Sendable {
  /// The name that queries use.
  public let name: String
  /// The name of the file that it was read from.
  public let source: String
  /// SHA-256 of that file's bytes.
  public let hash: String
  /// How many rows it has.
  public let rowCount: Int
}

/// A table of the reader's own, as a snapshot sees it.
///
/// Groups of rows are read from the file when a query first needs them, column by column, and kept as the bytes that they
/// are there; a batch of rows is unpacked from them.
final class OwnTable: TableProvider {
  struct Column: Sendable {
    let id: Int64
    let dictionary = Once<StringPool>()
  }

  let info: OwnTableInfo
  let schema: Schema
  var rowCount: Int { info.rowCount }
  /// The first row of each group, and the number of all rows.
  private let starts: [Int]
  private let columns: [Column]
  private let path: String
  private let readers: SegmentReaders
  private let cache: PackedCache

  private init(
    _ info: OwnTableInfo, _ schema: Schema, starts: [Int], columns: [Column], _ path: String,
    _ readers: SegmentReaders, _ cache: PackedCache
  ) {
    self.info = info
    self.schema = schema
    self.starts = starts
    self.columns = columns
    self.path = path
    self.readers = readers
    self.cache = cache
  }

  /// The tables that are there after a commit, by name.
  static func fetchAll(
    _ db: Database, commit: Int, path: String, queue: DatabaseQueue
  ) throws -> [OwnTable] {
    // A file of the first format has none; reading it does not change it.
    guard try db.tableExists("ownTables") else { return [] }
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT id, CAST(name AS BLOB), CAST(source AS BLOB), hash, groups FROM ownTables
        WHERE added <= :commit AND (removed IS NULL OR removed > :commit) ORDER BY name
        """, arguments: ["commit": commit])
    let (readers, cache) = (SegmentReaders(path, queue), PackedCache())
    return try rows.map { row in
      var fields: [Field] = []
      var columns: [Column] = []
      for column in try Row.fetchAll(
        db, sql: "SELECT id, CAST(name AS BLOB), type FROM ownColumns WHERE tableId = ? ORDER BY place",
        arguments: [try row.cell(0) as Int64])
      {
        guard let type = ScalarType(kqlName: try column.cell(2)) else {
          throw StoreFailure.damaged(path, "a column has no type that there is")
        }
        fields.append(Field(SQLText.string(column[1]), type))
        columns.append(Column(id: try column.cell(0)))
      }
      var starts = [0]
      let groups: Data = try row.cell(4)
      let isWhole = groups.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        while reader.remaining > 0 {
          guard let count = try? reader.count() else { return false }
          starts.append((starts.last ?? 0) + count)
        }
        return true
      }
      guard isWhole else { throw StoreFailure.damaged(path, "the groups of a table do not read back") }
      let info = OwnTableInfo(
        name: SQLText.string(row[1]), source: SQLText.string(row[2]), hash: try row.cell(3),
        rowCount: starts.last ?? 0)
      return OwnTable(info, Schema(fields), starts: starts, columns: columns, path, readers, cache)
    }
  }

  func read(columns wanted: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    var result: [ColumnVector] = []
    result.reserveCapacity(wanted.count)
    for column in wanted { result.append(try read(column, rows)) }
    return result
  }

  private func read(_ column: Int, _ rows: Range<Int>) throws(DossierError) -> ColumnVector {
    let type = schema[column].type
    var parts: [(vector: ColumnVector, rows: Range<Int>)] = []
    var next = rows.lowerBound
    var group = self.group(of: next)
    while next < rows.upperBound, group + 1 < starts.count {
      let end = min(starts[group + 1], rows.upperBound)
      if end > next {
        let vector = try read(column, group, (next - starts[group])..<(end - starts[group]))
        parts.append((vector, 0..<vector.count))
        next = end
      }
      group += 1
    }
    if parts.isEmpty { return ColumnVector([], type: type) }
    return parts.count == 1 ? parts[0].vector : ColumnVector.joining(parts, type: type)
  }

  private func group(of row: Int) -> Int {
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }

  private func read(_ column: Int, _ group: Int, _ rows: Range<Int>) throws(DossierError) -> ColumnVector {
    let type = schema[column].type
    switch try entry(column, group) {
    case .packed(let packed):
      guard packed.isCodes else { return packed.vector(rows, type) }
      let pool = try dictionary(column)
      guard packed.codeLimit <= pool.count else { throw damaged(column) }
      return dynamic(StringVector(pool: pool, codes: packed.codes(rows)), type)
    case .pool(let pool):
      return dynamic(StringVector(pool: pool, run: rows), type)
    }
  }

  /// Texts of JSON become values.
  private func dynamic(_ strings: StringVector, _ type: ScalarType) -> ColumnVector {
    guard type == .dynamic else { return ColumnVector(strings: strings) }
    return ColumnVector(
      dynamics: strings.mapDistinct { DynamicValue(json: String(decoding: $0, as: UTF8.self)) ?? .null })
  }

  private func entry(_ column: Int, _ group: Int) throws(DossierError) -> PackedCache.Entry {
    let key = PackedCache.Key(column: columns[column].id, group: group)
    if let known = cache.entry(key) { return known }
    let packed = try segment(column, group)
    guard packed.fits(schema[column].type), packed.count == starts[group + 1] - starts[group] else {
      throw damaged(column)
    }
    let entry: PackedCache.Entry = packed.isStrings ? .pool(packed.pool(isDistinct: false)) : .packed(packed)
    cache.keep(entry, as: key)
    return entry
  }

  private func dictionary(_ column: Int) throws(DossierError) -> StringPool {
    try columns[column].dictionary.get { () throws(DossierError) in
      let packed = try segment(column, -1)
      guard packed.isStrings else { throw damaged(column) }
      return packed.pool(isDistinct: true)
    }
  }

  private func segment(_ column: Int, _ group: Int) throws(DossierError) -> PackedColumn {
    let id = columns[column].id
    let bytes = try readers.read { db in
      var bytes: [UInt8] = []
      let size = try db.cachedStatement(
        sql: "SELECT sum(length(data)) FROM ownSegments WHERE columnId = ? AND groupNumber = ?")
      bytes.reserveCapacity(try Int.fetchOne(size, arguments: [id, group]) ?? 0)
      let parts = try db.cachedStatement(
        sql: "SELECT data FROM ownSegments WHERE columnId = ? AND groupNumber = ? ORDER BY part")
      let rows = try Row.fetchCursor(parts, arguments: [id, group])
      while let row = try rows.next() {
        try row.withUnsafeData(atIndex: 0) { data in
          data?.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
      }
      return bytes
    }
    do throws(MalformedBytes) { return try PackedColumn(bytes) } catch { throw damaged(column) }
  }

  private func damaged(_ column: Int) -> DossierError {
    StoreFailure.damaged(path, "a part of column \(schema[column].name) of \(info.name) does not read back")
  }
}

/// Connections that read segments: a thread that finds all busy opens one more, so that several threads read at once.
/// Segments never change, so that all see the same.
final class SegmentReaders: Sendable {
  private let path: String
  private let idle: Mutex<[DatabaseQueue]>

  init(_ path: String, _ first: DatabaseQueue) {
    self.path = path
    idle = Mutex([first])
  }

  func read<R>(_ body: (Database) throws -> R) throws(DossierError) -> R {
    let queue: DatabaseQueue
    if let known = idle.withLock({ $0.popLast() }) {
      queue = known
    } else {
      queue = try StoreFile.openForReading(path)
    }
    defer { idle.withLock { $0.append(queue) } }
    return try StoreFailure.guarding(path) { try queue.read(body) }
  }
}

/// Packed columns of groups that were read. What is read for the first time stays only while the query is about there, so
/// that a single pass over a large table takes little memory, and the same memory again and again; what is read once
/// more stays until there is too much of it. Of both, the least recently used goes first.
final class PackedCache: Sendable {
  struct Key: Hashable, Sendable {
    var column: Int64
    var group: Int
  }
  enum Entry: Sendable {
    case packed(PackedColumn)
    case pool(StringPool)

    var size: Int {
      switch self {
      case .packed(let packed): packed.bytes.count
      case .pool(let pool): pool.bytes.count + pool.offsets.count * 8
      }
    }
  }
  private struct Shelf {
    let limit: Int
    var entries: [Key: (entry: Entry, lastUse: UInt64)] = [:]
    var bytes = 0

    mutating func put(_ entry: Entry, as key: Key, _ use: UInt64) {
      if let old = entries.updateValue((entry, use), forKey: key) { bytes -= old.entry.size }
      bytes += entry.size
      guard bytes > limit else { return }
      for (oldest, known) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
        guard bytes > limit / 4 * 3, oldest != key else { break }
        entries[oldest] = nil
        bytes -= known.entry.size
      }
    }

    mutating func entry(_ key: Key, _ use: UInt64) -> Entry? {
      entries[key]?.lastUse = use
      return entries[key]?.entry
    }
  }
  private struct State {
    var passing: Shelf
    var lasting: Shelf
    /// What was read before.
    var known: Set<Key> = []
    var uses: UInt64 = 0
  }

  private let state: Mutex<State>

  /// Keeps about so many bytes: an eighth of the machine's memory, but no more than a gigabyte; of what is passing, a
  /// sixteenth of that.
  init(limit: Int = min(1 << 30, Int(clamping: ProcessInfo.processInfo.physicalMemory / 8))) {
    state = Mutex(State(passing: Shelf(limit: limit / 16), lasting: Shelf(limit: limit)))
  }

  func entry(_ key: Key) -> Entry? {
    state.withLock { state in
      state.uses += 1
      return state.passing.entry(key, state.uses) ?? state.lasting.entry(key, state.uses)
    }
  }

  func keep(_ entry: Entry, as key: Key) {
    state.withLock { state in
      state.uses += 1
      if state.known.insert(key).inserted {
        state.passing.put(entry, as: key, state.uses)
      } else {
        state.lasting.put(entry, as: key, state.uses)
      }
    }
  }
}
