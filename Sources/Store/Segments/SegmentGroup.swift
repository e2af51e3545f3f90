import Columnar
import Facts

/// The columns of one table for the documents of one commit, as bytes.
struct EncodedTable: Sendable {
  var name: String
  var rows: Int
  /// Rows of each document, in the documents' order.
  var counts: [Int]
  /// Column name and segment.
  var columns: [(name: String, bytes: [UInt8])]
}

/// The documents of one commit with all their tables, ready to be written.
struct SegmentGroup: Sendable {
  /// In ascending order of their DocIds.
  var documents: [DocumentFacts]
  /// Hash of each document's rows of facts, before resolution.
  var factsHashes: [String]
  /// Tables that have rows.
  var tables: [EncodedTable]

  /// Encodes documents, whose DocIds must differ.
  init(_ unordered: [DocumentFacts]) {
    documents = unordered.sorted { scalarsPrecede($0.docID, $1.docID) }
    var encoder = GroupEncoder(documents)
    // Every table of rows that belong to a document. Clusters come last, as encoding the others may add some.
    encoder.add(SentenceRow.self, \.sentences)
    encoder.add(TokenRow.self, \.tokens)
    encoder.add(MentionRow.self, \.mentions)
    encoder.add(RelationRow.self, \.relations)
    encoder.add(DateRow.self, \.dates)
    encoder.add(AmountRow.self, \.amounts)
    encoder.add(SentimentRow.self, \.sentiments)
    encoder.add(QuoteRow.self, \.quotes)
    encoder.add(ParticipantRow.self, \.participants)
    encoder.addClusters()
    tables = encoder.tables.filter { $0.rows > 0 }
    factsHashes = encoder.hashes.map { $0.finishHex() }
  }
}

/// Encodes table after table, and hashes each document's rows on the way.
private struct GroupEncoder {
  let documents: [DocumentFacts]
  var clusters: [LocalClusters]
  var hashes: [SHA256]
  var tables: [EncodedTable] = []

  init(_ documents: [DocumentFacts]) {
    self.documents = documents
    clusters = documents.map { LocalClusters($0) }
    hashes = documents.map { facts in
      var writer = ByteWriter()
      let row = facts.document
      for number in [row.words, row.sentences, row.unresolvedDates, row.openPronouns, row.bareSentences] {
        writer.signed(Int64(number))
      }
      var hash = SHA256()
      hash.update(writer.bytes)
      return hash
    }
  }

  mutating func add<Row: FactRow>(_: Row.Type, _ rows: (DocumentFacts) -> [Row]) {
    let columns = Row.columns
    let kinds = columns.map { ReferenceKind.of(Row.tableName, $0.field.name) }
    var builders = zip(columns, kinds).map { column, kind in
      ColumnBuilder(type: kind?.storedType(column.field.type) ?? column.field.type)
    }
    let start = columns.first { $0.field.name == "Start" }
    var counts: [Int] = []
    for (index, document) in documents.enumerated() {
      let sorted = Self.inTextOrder(rows(document), by: start)
      counts.append(sorted.count)
      var writer = ByteWriter()
      writer.text(Row.tableName)
      writer.count(sorted.count)
      for row in sorted {
        for column in columns.indices {
          let value = columns[column].get(row)
          TaggedValue.write(value.asDynamic, into: &writer)
          builders[column].append(kinds[column].map { clusters[index].stored(value, $0) } ?? value)
        }
      }
      hashes[index].update(writer.bytes)
    }
    finish(Row.tableName, counts, zip(columns.map(\.field.name), builders))
  }

  mutating func addClusters() {
    let columns = ClusterRecord.columns
    var builders = columns.map { ColumnBuilder(type: $0.field.type) }
    for local in clusters {
      for record in local.records {
        for column in columns.indices { builders[column].append(columns[column].get(record)) }
      }
    }
    finish(ClusterRecord.tableName, clusters.map(\.records.count), zip(columns.map(\.field.name), builders))
  }

  private mutating func finish(
    _ name: String, _ counts: [Int], _ builders: Zip2Sequence<[String], [ColumnBuilder]>
  ) {
    let rows = counts.reduce(0, +)
    guard rows > 0 else { return }
    tables.append(
      EncodedTable(
        name: name, rows: rows, counts: counts,
        columns: builders.map { ($0.0, SegmentCodec.encode($0.1.finish())) }))
  }

  /// Rows by their `Start`, stable; as they are if they have none or are in order.
  private static func inTextOrder<Row: FactRow>(_ rows: [Row], by start: FactColumn<Row>?) -> [Row] {
    guard let start else { return rows }
    let starts = rows.map { row -> Int64 in if case .long(let value) = start.get(row) { value } else { 0 } }
    if zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }) { return rows }
    return rows.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }.map { rows[$0] }
  }
}
