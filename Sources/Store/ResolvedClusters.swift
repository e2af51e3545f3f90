import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// The clusters of all documents of a snapshot, in source order.
struct StoredClusters {
  private(set) var records: [ClusterRecord] = []
  /// Where each record is stored.
  private(set) var sources: [(commit: Int, row: Int)] = []
  /// How many clusters each commit has, with those of documents that are gone.
  private(set) var sizes: [Int: Int] = [:]

  /// Reads them.
  init(_ snapshot: Snapshot) throws(DossierError) {
    guard let table = snapshot.tableIDs[ClusterRecord.tableName] else { return }
    let (live, layout, docIDs) = (
      try snapshot.live(), try snapshot.layout(ofTable: table), try snapshot.docIDs()
    )
    for document in 0..<live.count {
      let commit = live.commits[document]
      let (first, count) = (
        layout.firstRows[document], layout.starts[document + 1] - layout.starts[document]
      )
      guard count > 0 else { continue }
      var columns: [ColumnVector] = []
      for column in ClusterRecord.columns {
        let whole = try snapshot.storedColumn(
          commit: commit, table: table, column: column.field.name, type: column.field.type)
        columns.append(whole.slice(first..<(first + count)))
      }
      sizes[commit] =
        columns.isEmpty ? 0 : Int(try snapshot.directory(commit: commit, table: table).last ?? 0)
      for row in 0..<count {
        var record = ClusterRecord(docID: docIDs[document], clusterID: "")
        for (column, cells) in zip(ClusterRecord.columns, columns) {
          guard column.set(&record, cells.value(row)) else {
            throw DossierError(.storeFailure, "a cluster's \(column.field.name) can't be read")
          }
        }
        records.append(record)
      }
      for row in first..<(first + count) { sources.append((commit, row)) }
    }
  }
}

/// What resolution says of all documents of a snapshot, ready to be written.
struct ResolvedClusters {
  /// The entity of each cluster of a commit; nil for clusters of documents that are gone.
  private var idsByCommit: [(commit: Int, ids: [String?])] = []
  private var entities: [ResolvedEntity] = []
  private let corrections: [Correction]

  /// Resolves the clusters of all documents, and corrects what that gives.
  init(
    _ snapshot: Snapshot, _ resolve: Resolver, correctedBy corrections: [Correction]
  ) throws(DossierError) {
    self.corrections = corrections
    let clusters = try StoredClusters(snapshot)
    let resolution = resolve(clusters.records).corrected(by: corrections, clusters.records)
    guard resolution.entityIDs.count == clusters.records.count else {
      throw DossierError(
        .storeFailure,
        "resolution gave \(resolution.entityIDs.count) entities for \(clusters.records.count) clusters")
    }
    entities = resolution.entities
    var ids = clusters.sizes.mapValues { [String?](repeating: nil, count: $0) }
    for (source, id) in zip(clusters.sources, resolution.entityIDs) { ids[source.commit]?[source.row] = id }
    idsByCommit = ids.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The same as readers see it.
  var index: EntityIndex {
    var places: [String: Int32] = [:]
    for (place, entity) in entities.enumerated() { places[entity.entityID] = Int32(place) }
    return EntityIndex(
      entities: entities,
      ofClusters: Dictionary(
        uniqueKeysWithValues: idsByCommit.map { commit, ids in
          (commit, ids.map { id in id.flatMap { places[$0] } ?? -1 })
        }), corrections: corrections)
  }

  /// Writes what differs from what the last resolution said.
  func write(in commit: Int, _ db: Database) throws {
    let keys = try writeEntities(in: commit, db)
    let last = try db.makeStatement(
      sql: """
        SELECT data FROM resolutions WHERE commitId = ?1 AND version =
          (SELECT max(version) FROM resolutions WHERE commitId = ?1) ORDER BY part
        """)
    let insert = try db.makeStatement(
      sql: "INSERT INTO resolutions(commitId, version, part, data) VALUES (?, ?, ?, ?)")
    for (source, ids) in idsByCommit {
      let numbers = ids.map { id in id.flatMap { keys[$0] } ?? 0 }
      let bytes = SegmentCodec.encode(ColumnVector(integers: numbers))
      let known = try Data.fetchAll(last, arguments: [source]).reduce(into: Data()) { $0.append($1) }
      if known.elementsEqual(bytes) { continue }
      for (part, data) in StoreWriter.parts(bytes) {
        try insert.execute(arguments: [source, commit, part, data])
      }
    }
  }

  /// Brings the table of entities up to date; gives each id's key.
  private func writeEntities(in commit: Int, _ db: Database) throws -> [String: Int64] {
    var keys: [String: Int64] = [:]
    let addID = try db.makeStatement(
      sql: "INSERT OR IGNORE INTO entityIds(entityId) VALUES (CAST(? AS TEXT))")
    let find = try db.makeStatement(sql: "SELECT key FROM entityIds WHERE entityId = CAST(? AS TEXT)")
    let live = try db.makeStatement(
      sql: """
        SELECT id, CAST(entity AS BLOB), type, country, CAST(aliases AS BLOB) FROM entities
        WHERE key = ? AND removed IS NULL
        """)
    let bury = try db.makeStatement(sql: "UPDATE entities SET removed = ? WHERE id = ?")
    let insert = try db.makeStatement(
      sql: """
        INSERT INTO entities(key, added, entity, type, country, aliases)
        VALUES (?, ?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT))
        """)
    for entity in entities {
      let id = Data(entity.entityID.utf8)
      try addID.execute(arguments: [id])
      guard let key = try Int64.fetchOne(find, arguments: [id]) else { continue }
      keys[entity.entityID] = key
      let aliases = DynamicValue.array(entity.aliases.map { .string($0) }).json
      if let row = try Row.fetchOne(live, arguments: [key]) {
        if sameScalars(SQLText.string(row[1]), entity.entity), row[2] == entity.type,
          row[3] == entity.country,
          sameScalars(SQLText.string(row[4]), aliases)
        {
          continue
        }
        try bury.execute(arguments: [commit, row[0] as Int64])
      }
      try insert.execute(arguments: [
        key, commit, Data(entity.entity.utf8), entity.type, entity.country, Data(aliases.utf8),
      ])
    }
    // Entities that nothing names any more.
    let kept = Set(keys.values)
    for row in try Row.fetchAll(db, sql: "SELECT id, key FROM entities WHERE removed IS NULL") {
      if !kept.contains(row[1]) { try bury.execute(arguments: [commit, row[0] as Int64]) }
    }
    return keys
  }
}
