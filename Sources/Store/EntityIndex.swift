import Collections
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
  let entities: [ResolvedEntity]
  /// Codes of columns: 0 is the empty string, `i + 1` is entity `i`.
  let ids: StringPool
  /// Index of the entity of each cluster, by commit, in the order of the commit's clusters.
  let ofClusters: [Int: [Int32]]

  init(_ snapshot: Snapshot) throws(DossierError) {
    var byID: OrderedDictionary<[UInt8], ResolvedEntity> = [:]
    var idOfKey: [Int: [UInt8]] = [:]
    let rows = try snapshot.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT e.key, CAST(i.entityId AS BLOB), CAST(e.entity AS BLOB), e.type, e.country,
            CAST(e.aliases AS BLOB)
          FROM entities e JOIN entityIds i ON i.key = e.key
          WHERE e.added <= :commit AND (e.removed IS NULL OR e.removed > :commit)
          """, arguments: ["commit": snapshot.commit])
    }
    for row in rows {
      let id = [UInt8]((row[1] as Data?) ?? Data())
      var aliases: [String] = []
      if case .array(let items)? = DynamicValue(json: SQLText.string(row[5])) { aliases = items.map(\.text) }
      byID[id] = ResolvedEntity(
        entityID: String(decoding: id, as: UTF8.self), entity: SQLText.string(row[2]), type: row[3],
        country: row[4], aliases: aliases)
      idOfKey[row[0]] = id
    }
    // The clusters of each commit that live documents came with.
    let live = try snapshot.live()
    let commits = Set(live.commits).sorted()
    guard let table = snapshot.tableIDs[ClusterRow.tableName] else {
      entities = []
      ids = .empty
      ofClusters = [:]
      return
    }
    var idsByCommit: [Int: [[UInt8]]] = [:]
    for commit in commits {
      let count = Int(try snapshot.directory(commit: commit, table: table).last ?? 0)
      guard count > 0 else { continue }
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
        idsByCommit[commit] = keys.map { idOfKey[Int($0)] ?? [] }
        continue
      }
      func column(_ name: String, _ type: ScalarType) throws(DossierError) -> ColumnVector {
        try snapshot.storedColumn(commit: commit, table: table, column: name, type: type)
      }
      let columns = [
        try column("ClusterId", .string), try column("Name", .string), try column("Type", .string),
        try column("Country", .string), try column("Forms", .dynamic),
      ]
      idsByCommit[commit] = (0..<count).map { row in
        let id = Array(columns[0].value(row).text.utf8)
        if byID[id] == nil {
          var aliases: [String] = []
          if case .dynamic(.array(let items)) = columns[4].value(row) {
            aliases = stride(from: 0, to: items.count, by: 2).map { items[$0].text }
          }
          byID[id] = ResolvedEntity(
            entityID: columns[0].value(row).text, entity: columns[1].value(row).text,
            type: columns[2].value(row).text, country: columns[3].value(row).text, aliases: aliases)
        }
        return id
      }
    }
    // Entities that no cluster of a live document belongs to are not there.
    var used = Set<[UInt8]>()
    let clusterCounts = try snapshot.layout(ofTable: table)
    for document in 0..<live.count {
      guard let ids = idsByCommit[live.commits[document]] else { continue }
      let first = clusterCounts.firstRows[document]
      let count = clusterCounts.starts[document + 1] - clusterCounts.starts[document]
      guard first + count <= ids.count else { continue }
      for row in first..<(first + count) { used.insert(ids[row]) }
    }
    let sorted = used.subtracting([[]]).sorted { $0.lexicographicallyPrecedes($1) }
    var place: [[UInt8]: Int32] = [:]
    var (bytes, offsets): ([UInt8], [Int]) = ([], [0, 0])
    for (index, id) in sorted.enumerated() {
      place[id] = Int32(index)
      bytes += id
      offsets.append(bytes.count)
    }
    entities = sorted.map { id in
      byID[id] ?? ResolvedEntity(entityID: String(decoding: id, as: UTF8.self))
    }
    ids = StringPool(bytes: bytes, offsets: offsets, isDistinct: true)
    ofClusters = idsByCommit.mapValues { $0.map { place[$0] ?? -1 } }
  }

  /// The entity of a document's cluster by its number from 1; nil for 0 and for none.
  func entity(commit: Int, firstCluster: Int, number: Int64) -> Int? {
    guard number > 0, let clusters = ofClusters[commit] else { return nil }
    let row = firstCluster + Int(number) - 1
    guard clusters.indices.contains(row), clusters[row] >= 0 else { return nil }
    return Int(clusters[row])
  }
}

/// Text in SQLite's columns.
enum SQLText {
  /// A text that was selected as a blob, so that a NUL does not end it.
  static func string(_ data: Data?) -> String { data.map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
