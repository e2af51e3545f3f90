import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// The entities of a snapshot, and the entity of each cluster.
///
/// What the last resolution says is read from the file. Clusters that no resolution has seen yet, as after a
/// load that was killed, stand for themselves.
struct EntityIndex: Sendable {
  /// In ascending order of their ids' UTF-8 bytes.
  let entities: EntityList
  /// Codes of columns: 0 is the empty string, `i + 1` is entity `i`.
  let ids: StringPool
  /// The name, type and country of entity `i` at `i + 1`; the empty string at 0, for none.
  let names: StringVector
  let types: StringVector
  let countries: StringVector
  /// Index of the entity of each cluster, by commit, in the order of the commit's clusters; -1 for none.
  let ofClusters: [Int: [Int32]]
  /// Indices of the entities whose type the reader has said.
  let retyped: Set<Int32>

  init(_ snapshot: Snapshot) throws(DossierError) {
    var known = try KnownEntities(snapshot)
    // The clusters of each commit that live documents came with.
    let live = try snapshot.live()
    var numbers: [Int: [Int32]] = [:]
    guard let table = snapshot.tableIDs[ClusterRecord.tableName] else {
      self.init(entities: EntityList(), ofClusters: [:], corrections: [])
      return
    }
    for commit in Set(live.commits).sorted() {
      numbers[commit] = try known.clusters(of: commit, snapshot, table: table)
    }
    // Entities that no cluster of a live document belongs to are not there.
    var isUsed = [Bool](repeating: false, count: known.entities.count)
    let layout = try snapshot.layout(ofTable: table)
    for document in 0..<live.count {
      guard let clusters = numbers[live.commits[document]] else { continue }
      let first = layout.firstRows[document]
      let end = first + layout.starts[document + 1] - layout.starts[document]
      guard end <= clusters.count else { continue }
      for row in first..<end where clusters[row] >= 0 { isUsed[Int(clusters[row])] = true }
    }
    let sorted = known.entities.indices.filter { isUsed[$0] }
      .sorted { scalarsPrecede(known.entities.entityID(at: $0), known.entities.entityID(at: $1)) }
    var place = [Int32](repeating: -1, count: known.entities.count)
    for (index, number) in sorted.enumerated() { place[number] = Int32(index) }
    self.init(
      entities: EntityList(sorted.lazy.map { known.entities[$0] }),
      ofClusters: numbers.mapValues { $0.map { $0 < 0 ? -1 : place[Int($0)] } },
      corrections: snapshot.corrections)
  }

  /// Entities in ascending order of their ids, the index of the entity of each cluster by commit, and the corrections
  /// that led to them.
  init(entities: EntityList, ofClusters: [Int: [Int32]], corrections: [Correction]) {
    var (bytes, offsets): ([UInt8], [Int]) = ([], [0, 0])
    for entity in entities {
      bytes += entity.entityID.utf8
      offsets.append(bytes.count)
    }
    self.entities = entities
    self.ofClusters = ofClusters
    let said = Set(corrections.compactMap { if case .retype(let id, _) = $0 { id } else { nil } })
    retyped =
      said.isEmpty
      ? [] : Set(entities.indices.filter { said.contains(entities.entityID(at: $0)) }.map { Int32($0) })
    ids = StringPool(bytes: bytes, offsets: offsets, isDistinct: true)
    names = StringVector([""] + entities.map(\.entity))
    types = StringVector([""] + entities.map(\.type))
    countries = StringVector([""] + entities.map(\.country))
  }

  /// The entity of a document's cluster by its number from 1; nil for 0 and for none.
  func entity(commit: Int, firstCluster: Int, number: Int64) -> Int? {
    guard number > 0, let clusters = ofClusters[commit] else { return nil }
    let row = firstCluster + Int(number) - 1
    guard clusters.indices.contains(row), clusters[row] >= 0 else { return nil }
    return Int(clusters[row])
  }
}

/// Entities while they are gathered: those of the last resolution, then clusters that stand for themselves.
private struct KnownEntities {
  private(set) var entities = EntityList()
  /// By the numbers that the file gives them.
  private var numberOfKey: [Int64: Int32] = [:]
  /// By their ids; made only where some cluster needs it.
  private var numberOfID: [[UInt8]: Int32]?

  init(_ snapshot: Snapshot) throws(DossierError) {
    (entities, numberOfKey) = try snapshot.read { db in
      var entities = EntityList()
      var numbers: [Int64: Int32] = [:]
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT e.key, CAST(i.entityId AS BLOB), CAST(e.entity AS BLOB), e.type, e.country,
            CAST(e.aliases AS BLOB)
          FROM entities e JOIN entityIds i ON i.key = e.key
          WHERE e.added <= :commit AND (e.removed IS NULL OR e.removed > :commit)
          """, arguments: ["commit": snapshot.commit])
      while let row = try rows.next() {
        var aliases: [String] = []
        if case .array(let items)? = DynamicValue(json: SQLText.string(row[5])) {
          aliases = items.map(\.text)
        }
        numbers[try row.cell(0)] = Int32(entities.count)
        entities.append(
          ResolvedEntity(
            entityID: SQLText.string(row[1]), entity: SQLText.string(row[2]), type: try row.cell(3),
            country: try row.cell(4),
            aliases: aliases))
      }
      return (entities, numbers)
    }
  }

  /// The entity of each cluster of a commit: what resolution said, else the clusters' own.
  mutating func clusters(
    of commit: Int, _ snapshot: Snapshot, table: Int
  ) throws(DossierError) -> [Int32]? {
    let count = Int(try snapshot.directory(commit: commit, table: table).last ?? 0)
    guard count > 0 else { return nil }
    let parts = try snapshot.read { db in
      try Data.fetchAll(
        db,
        sql: """
          SELECT data FROM resolutions WHERE commitId = :commit AND version =
            (SELECT max(version) FROM resolutions WHERE commitId = :commit AND version <= :now) ORDER BY part
          """, arguments: ["commit": commit, "now": snapshot.commit])
    }
    if !parts.isEmpty,
      case .integers(let keys) = try snapshot.decode(parts, "resolution").flattened().storage,
      keys.count == count
    {
      return keys.map { numberOfKey[$0] ?? -1 }
    }
    func column(_ name: String, _ type: ScalarType) throws(DossierError) -> ColumnVector {
      try snapshot.storedColumn(commit: commit, table: table, column: name, type: type)
    }
    let columns = [
      try column("ClusterId", .string), try column("Name", .string), try column("Type", .string),
      try column("Country", .string), try column("Forms", .dynamic),
    ]
    return (0..<count).map { row in
      let id = columns[0].value(row).text
      return number(of: id) { () -> ResolvedEntity in
        var aliases: [String] = []
        if case .dynamic(.array(let items)) = columns[4].value(row) {
          aliases = stride(from: 0, to: items.count, by: 2).map { items[$0].text }
        }
        return ResolvedEntity(
          entityID: id, entity: columns[1].value(row).text, type: columns[2].value(row).text,
          country: columns[3].value(row).text, aliases: aliases)
      }
    }
  }

  private mutating func number(of id: String, orElse make: () -> ResolvedEntity) -> Int32 {
    if id.isEmpty { return -1 }
    var byID =
      numberOfID
      ?? Dictionary(
        uniqueKeysWithValues: entities.enumerated().map { (Array($1.entityID.utf8), Int32($0)) })
    numberOfID = nil
    defer { numberOfID = byID }
    let key = Array(id.utf8)
    if let known = byID[key] { return known }
    byID[key] = Int32(entities.count)
    entities.append(make())
    return Int32(entities.count - 1)
  }
}

extension Row {
  /// The value of a column that has one in every sound store; a damaged one may have none, or one of another type.
  func cell<T: DatabaseValueConvertible>(_ index: Int) throws -> T {
    if let value = T.fromDatabaseValue(self[index] as DatabaseValue) { return value }
    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row lacks a value that it must have")
  }

  /// The bytes of a text, which may hold a NUL; none of NULL.
  func withUTF8<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) throws -> R {
    try withUnsafeData(atIndex: index) { data in
      try (data ?? Data()).withUnsafeBytes { try body($0.assumingMemoryBound(to: UInt8.self)) }
    }
  }
}

/// Text in SQLite's columns.
enum SQLText {
  /// A text that was selected as a blob, so that a NUL does not end it.
  static func string(_ data: Data?) -> String { data.map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
