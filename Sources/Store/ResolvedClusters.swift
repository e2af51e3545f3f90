import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// The clusters of all documents of a snapshot, in the order in which the file has them.
struct StoredClusters {
  /// Clusters of one document, which stand together in a commit.
  struct Run {
    let commit: Int
    let rows: Range<Int>
  }

  private(set) var clusters = ClusterList()
  /// Where they are stored, in the same order.
  private(set) var runs: [Run] = []
  /// How many clusters each commit has, with those of documents that are gone.
  private(set) var sizes: [Int: Int] = [:]

  /// Reads them, one commit after the other, of which none is kept.
  init(_ snapshot: Snapshot) throws(DossierError) {
    guard let table = snapshot.tableIDs[ClusterRecord.tableName] else { return }
    let (live, layout, docIDs) = (
      try snapshot.live(), try snapshot.layout(ofTable: table), try snapshot.docIDs()
    )
    clusters.reserveCapacity(layout.starts.last ?? 0)
    var columns: [ColumnVector] = []
    for document in try snapshot.keyOrder() where layout.starts[document] < layout.starts[document + 1] {
      let (commit, first) = (live.commits[document], layout.firstRows[document])
      if runs.last?.commit != commit {
        columns = []
        for column in ClusterRecord.columns {
          columns.append(
            try snapshot.readColumn(
              commit: commit, table: table, column: column.field.name, type: column.field.type))
        }
        sizes[commit] = Int(try snapshot.directory(commit: commit, table: table).last ?? 0)
      }
      let rows = first..<first + layout.starts[document + 1] - layout.starts[document]
      var record = ClusterRecord(docID: docIDs[document], clusterID: "")
      for row in rows {
        for (column, cells) in zip(ClusterRecord.columns, columns) {
          guard column.set(&record, cells.value(row)) else {
            throw DossierError(.storeFailure, "a cluster's \(column.field.name) can't be read")
          }
        }
        clusters.append(record)
      }
      runs.append(Run(commit: commit, rows: rows))
    }
  }
}

/// What resolution says of all documents of a snapshot, ready to be written.
struct ResolvedClusters {
  /// The place in `entities` of the entity of each cluster of a commit; -1 for clusters of documents that are gone.
  private let ofClusters: [Int: [Int32]]
  private let entities: EntityList
  private let corrections: [Correction]

  /// Resolves the clusters of all documents, and corrects what that gives.
  init(
    _ snapshot: Snapshot, _ resolve: Resolver, correctedBy corrections: [Correction]
  ) throws(DossierError) {
    self.corrections = corrections
    let stored = try StoredClusters(snapshot)
    let resolution = resolve(stored.clusters).corrected(by: corrections, stored.clusters)
    guard resolution.places.count == stored.clusters.count else {
      throw DossierError(
        .storeFailure,
        "resolution gave \(resolution.places.count) entities for \(stored.clusters.count) clusters")
    }
    entities = resolution.entities
    var ofClusters = stored.sizes.mapValues { [Int32](repeating: -1, count: $0) }
    var next = 0
    for run in stored.runs {
      ofClusters[run.commit]?.replaceSubrange(
        run.rows, with: resolution.places[next..<next + run.rows.count])
      next += run.rows.count
    }
    self.ofClusters = ofClusters
  }

  /// The same as readers see it.
  var index: EntityIndex {
    EntityIndex(entities: entities, ofClusters: ofClusters, corrections: corrections)
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
    for (source, places) in ofClusters.sorted(by: { $0.key < $1.key }) {
      let numbers = places.map { $0 < 0 ? 0 : keys[Int($0)] }
      let bytes = SegmentCodec.encode(ColumnVector(integers: numbers))
      let known = try Data.fetchAll(last, arguments: [source]).reduce(into: Data()) { $0.append($1) }
      if known.elementsEqual(bytes) { continue }
      for (part, data) in StoreWriter.parts(bytes) {
        try insert.execute(arguments: [source, commit, part, data])
      }
    }
  }

  /// Brings the table of entities up to date; gives each entity's key.
  private func writeEntities(in commit: Int, _ db: Database) throws -> [Int64] {
    var keys: [Int64] = []
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
      guard let key = try Int64.fetchOne(find, arguments: [id]) else {
        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an entity's id isn't kept")
      }
      keys.append(key)
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
    let kept = Set(keys)
    var gone: [Int64] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT id, key FROM entities WHERE removed IS NULL")
    while let row = try rows.next() {
      if !kept.contains(row[1]) { gone.append(row[0]) }
    }
    for id in gone { try bury.execute(arguments: [commit, id]) }
    return keys
  }
}
