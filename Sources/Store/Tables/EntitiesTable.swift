import Columnar
import Diagnostics
import Facts

/// The table of entities over all documents of a snapshot, in ascending order of their ids.
struct EntitiesTable {
  let snapshot: Snapshot

  private struct Statistics {
    var mentions = 0
    var documents = 0
    var lastDocument = -1
    var firstSeen: Int64?
    var lastSeen: Int64?
    var sentiments = 0
    var sentimentSum = 0.0
  }

  func make() throws(DossierError) -> Table {
    let index = try snapshot.entities()
    let statistics = try statistics(index)
    let getters = EntityRow.columns
    var builders = getters.map { ColumnBuilder(type: $0.field.type) }
    for (entity, numbers) in zip(index.entities, statistics) {
      let row = EntityRow(
        entityID: entity.entityID, entity: entity.entity, type: entity.type, aliases: entity.aliases,
        country: entity.country, mentions: numbers.mentions, documents: numbers.documents,
        firstSeen: numbers.firstSeen, lastSeen: numbers.lastSeen,
        sentiment: numbers.sentiments == 0 ? nil : numbers.sentimentSum / Double(numbers.sentiments))
      for column in getters.indices { builders[column].append(getters[column].get(row)) }
    }
    return Table(
      schema: EntityRow.table.schema, columns: builders.map { $0.finish() }, rowCount: index.entities.count)
  }

  /// Sums over the clusters of all documents, added in source order.
  private func statistics(_ index: EntityIndex) throws(DossierError) -> [Statistics] {
    var statistics = [Statistics](repeating: Statistics(), count: index.entities.count)
    guard let table = snapshot.tableIDs[ClusterRecord.tableName] else { return statistics }
    let live = try snapshot.live()
    let layout = try snapshot.layout(ofTable: table)
    guard let publishedAt = DocumentRow.table.schema.index(of: "Published") else { return statistics }
    let published = try DocumentsProvider(snapshot).read(columns: [publishedAt], rows: 0..<live.count)[0]
    for document in 0..<live.count {
      let count = layout.starts[document + 1] - layout.starts[document]
      guard count > 0 else { continue }
      let commit = live.commits[document]
      func column(_ name: String, _ type: ScalarType) throws(DossierError) -> ColumnVector {
        try snapshot.storedColumn(commit: commit, table: table, column: name, type: type)
      }
      let (mentions, sentiments) = (try column("Mentions", .long), try column("Sentiments", .long))
      let sums = try column("SentimentSum", .real)
      var day: Int64?
      if case .datetime(let ticks) = published.value(document) { day = ticks }
      for number in 1...count {
        let first = layout.firstRows[document]
        guard let entity = index.entity(commit: commit, firstCluster: first, number: Int64(number)) else {
          continue
        }
        let row = first + number - 1
        if case .long(let value) = mentions.value(row) { statistics[entity].mentions += Int(value) }
        if case .long(let value) = sentiments.value(row) { statistics[entity].sentiments += Int(value) }
        if case .real(let value) = sums.value(row) { statistics[entity].sentimentSum += value }
        guard statistics[entity].lastDocument != document else { continue }
        statistics[entity].lastDocument = document
        statistics[entity].documents += 1
        if let day {
          statistics[entity].firstSeen = min(statistics[entity].firstSeen ?? day, day)
          statistics[entity].lastSeen = max(statistics[entity].lastSeen ?? day, day)
        }
      }
    }
    return statistics
  }
}
