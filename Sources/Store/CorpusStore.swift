import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB

/// A store that is open for reading, as it was after one load.
///
/// What it says never changes while it is open, whatever is loaded meanwhile; open it again to see later
/// loads. It may be used from any number of threads, and takes no lock that a writer would wait for.
public final class CorpusStore: Sendable {
  /// The path as it was given.
  public let path: String
  /// The load whose result is seen, from 1; 0 if nothing was loaded yet.
  public let batch: Int
  /// All tables of `TableRegistry` and the reader's own by name, rows in source order, columns decoded when they are first read.
  public let tables: [String: any TableProvider]
  /// The reader's corrections of entities, in the order in which they were made.
  public let corrections: [Correction]
  private let snapshot: Snapshot
  private let knownHash = Once<String>()

  /// Opens a store as it was after load `number`, or as it is now.
  ///
  /// - Errors: `STO101` missing, `STO102` not a store, `STO103` from a newer version, `STO107` unreadable,
  ///   `STO109` no such load.
  public static func open(_ path: String, snapshot number: Int? = nil) throws(DossierError) -> CorpusStore {
    let queue = try StoreFile.openForReading(path)
    return CorpusStore(try Snapshot(queue, path: path, batch: number))
  }

  /// The clusters of all documents: what resolution looked at.
  ///
  /// - Errors: the store's.
  public func clusterRecords() throws(DossierError) -> ClusterList {
    try StoredClusters(snapshot).clusters
  }

  /// The same documents as they would be with other corrections in the place of the store's; nothing is written.
  ///
  /// - Complexity: resolves all documents.
  public func corrected(by corrections: [Correction], resolve: Resolver) throws(DossierError) -> CorpusStore {
    let other = try Snapshot(snapshot.queue, path: path, batch: snapshot.batch == 0 ? nil : snapshot.batch)
    let clusters = try ResolvedClusters(other, resolve, correctedBy: corrections)
    try other.presetEntities(clusters.index)
    return CorpusStore(other, corrections: corrections)
  }

  init(_ snapshot: Snapshot, corrections: [Correction]? = nil) {
    self.snapshot = snapshot
    self.corrections = corrections ?? snapshot.corrections
    path = snapshot.path
    batch = snapshot.batch
    var tables: [String: any TableProvider] = [:]
    for table in TableRegistry.tables {
      tables[table.name] =
        switch table.name {
        case DocumentRow.tableName: DocumentsProvider(snapshot)
        case EntityRow.tableName:
          LazyProvider(
            table.schema, count: { () throws(DossierError) in try snapshot.entities().entities.count },
            make: { () throws(DossierError) in try EntitiesTable(snapshot: snapshot).make() })
        case ImportRow.tableName:
          LazyProvider(table.schema) { () throws(DossierError) in try snapshot.imports() }
        case MarkRow.tableName:
          LazyProvider(table.schema) { () throws(DossierError) in try snapshot.marks() }
        default: FactsProvider(table, snapshot)
        }
    }
    for table in snapshot.ownTables where tables[table.info.name] == nil { tables[table.info.name] = table }
    self.tables = tables
  }

  /// The reader's own tables, by name.
  public var ownTables: [OwnTableInfo] { snapshot.ownTables.map(\.info) }

  /// All tables, without rows: what queries see where there is no store.
  public static let emptyTables: [String: any TableProvider] = Dictionary(
    uniqueKeysWithValues: TableRegistry.tables.map { table in
      (table.name, Table(schema: table.schema, rows: []))
    })

  /// The reader's own functions, by name, as they were when the store was opened, whatever load it shows.
  public var functions: [FunctionText] { snapshot.functions }

  /// How many documents there are.
  public var documentCount: Int { snapshot.documentCount }

  /// The DocIds in source order.
  public func documentIDs() throws(DossierError) -> [String] {
    let pool = try snapshot.docIDs()
    return (0..<documentCount).map { pool[$0] }
  }

  /// The hash of each document's text and metadata, in source order.
  public func documentHashes() throws(DossierError) -> [(id: String, hash: String)] {
    try snapshot.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT CAST(docId AS BLOB), hash FROM documents
          WHERE added <= :commit AND (removed IS NULL OR removed > :commit) ORDER BY docId
          """, arguments: ["commit": snapshot.commit]
      ).map { (SQLText.string($0[0]), try $0.cell(1)) }
    }
  }

  /// The text that a document's offsets count in; nil if there is no such document.
  public func documentText(_ docID: String) throws(DossierError) -> String? {
    try snapshot.read { db in
      try Data.fetchOne(
        db,
        sql: """
          SELECT CAST(text AS BLOB) FROM texts WHERE key = (
            SELECT key FROM documents WHERE docId = CAST(:docID AS TEXT)
              AND added <= :commit AND (removed IS NULL OR removed > :commit))
          """, arguments: ["docID": Data(docID.utf8), "commit": snapshot.commit]
      ).map { SQLText.string($0) }
    }
  }

  /// The numbers of all loads, ascending, also of those after the snapshot.
  public func batches() throws(DossierError) -> [Int] {
    try snapshot.read { db in try Int.fetchAll(db, sql: "SELECT DISTINCT batch FROM commits ORDER BY batch") }
  }

  /// Up to which load the reader has seen what is said of entities that are watched, by EntityId.
  public func watches() throws(DossierError) -> [(entityID: String, batch: Int)] {
    try snapshot.read { db in
      guard try db.tableExists("watches") else { return [] }
      return try Row.fetchAll(db, sql: "SELECT CAST(entityId AS BLOB), batch FROM watches ORDER BY entityId")
        .map { (SQLText.string($0[0]), try $0.cell(1)) }
    }
  }

  /// What the documents were annotated with: the names that loads gave, in order; one where all were
  /// annotated alike.
  public func annotators() throws(DossierError) -> [String] {
    try snapshot.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT annotator FROM documents
          WHERE added <= :commit AND (removed IS NULL OR removed > :commit) ORDER BY annotator
          """, arguments: ["commit": snapshot.commit])
    }
  }

  /// SHA-256 over the sorted contents: documents, facts, how they were made, and what resolution says. The
  /// same documents give the same hash whatever the order and the number of loads that brought them.
  public func contentHash() throws(DossierError) -> String {
    try knownHash.get { () throws(DossierError) in try computedHash() }
  }

  private func computedHash() throws(DossierError) -> String {
    var hash = FieldsHash()
    hash.add("dossier-store/1")
    hash = try snapshot.read { [hash] db in
      var hash = hash
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT CAST(docId AS BLOB), hash, factsHash, annotator FROM documents
          WHERE added <= :commit AND (removed IS NULL OR removed > :commit) ORDER BY docId
          """, arguments: ["commit": snapshot.commit])
      while let row = try rows.next() {
        hash.add(SQLText.string(row[0]))
        for column in 1...3 { hash.add(try row.cell(column)) }
      }
      return hash
    }
    let index = try snapshot.entities()
    for entity in index.entities {
      for field in [entity.entityID, entity.entity, entity.type, entity.country, "\(entity.aliases.count)"] {
        hash.add(field)
      }
      for alias in entity.aliases { hash.add(alias) }
    }
    try snapshot.eachCluster { _, entity in
      if let entity { hash.add(index.ids[entity + 1]) } else { hash.add("") }
    }
    return hash.finishHex()
  }
}

extension Snapshot {
  /// Runs `body` with the document and the entity of each cluster, in source order.
  func eachCluster(_ body: (_ document: Int, _ entity: Int?) -> Void) throws(DossierError) {
    guard let table = tableIDs[ClusterRecord.tableName] else { return }
    let (live, layout, index) = (try live(), try layout(ofTable: table), try entities())
    for document in 0..<live.count {
      let count = layout.starts[document + 1] - layout.starts[document]
      for number in 0..<count {
        body(
          document,
          index.entity(
            commit: live.commits[document], firstCluster: layout.firstRows[document],
            number: Int64(number + 1)))
      }
    }
  }
}
