import Columnar
import Diagnostics
import Facts

extension Snapshot {
  /// A column as readers see it, entities put in, for the documents of one commit.
  func column(
    commit: Int, table: Int, tableName: String, field: Field
  ) throws(DossierError) -> ColumnVector {
    guard let kind = ReferenceKind.of(tableName, field.name) else {
      return try storedColumn(commit: commit, table: table, column: field.name, type: field.type)
    }
    let key = SegmentCache.Key(commit: commit, table: table, column: field.name)
    if let known = cache.column(key) { return known }
    let stored = try storedColumn(
      commit: commit, table: table, column: field.name, type: kind.storedType(field.type))
    let numbers =
      switch kind {
      case .name(let id), .type(let id), .seenType(let id), .country(let id):
        try storedColumn(commit: commit, table: table, column: id, type: .long)
      default: stored
      }
    let view = ClusterView(
      index: try entities(), commit: commit,
      rows: try directory(commit: commit, table: table),
      clusters: try tableIDs[ClusterRecord.tableName].map { id throws(DossierError) in
        try directory(commit: commit, table: id)
      } ?? [])
    let resolved = view.resolve(stored, numbers: numbers, kind)
    cache.keep(resolved, as: key)
    return resolved
  }

  /// The DocIds of the snapshot's documents, in source order.
  func docIDs() throws(DossierError) -> StringPool {
    try docIDsOnce.get { () throws(DossierError) in try live().pool() }
  }
}

/// The clusters of one commit's documents, beside the rows of one table.
private struct ClusterView {
  let index: EntityIndex
  let commit: Int
  /// First row of each document, and the number of rows.
  let rows: [Int32]
  /// First cluster of each document, and the number of clusters.
  let clusters: [Int32]

  func resolve(_ stored: ColumnVector, numbers: ColumnVector, _ kind: ReferenceKind) -> ColumnVector {
    switch kind {
    case .id: ids(numbers)
    case .name: words(stored, numbers, index.names)
    case .type: words(stored, numbers, index.types)
    case .seenType: seenTypes(stored, numbers)
    case .country: words(stored, numbers, index.countries)
    case .idList, .nameList, .arguments: lists(stored, kind)
    }
  }

  /// Runs `body` with each row and the first cluster of its document.
  private func eachRow(_ body: (_ row: Int, _ firstCluster: Int) -> Void) {
    for place in 0..<max(0, rows.count - 1) {
      let first = place < clusters.count ? Int(clusters[place]) : 0
      for row in Int(rows[place])..<Int(rows[place + 1]) { body(row, first) }
    }
  }

  /// The entity of each row; -1 for none.
  private func entities(_ numbers: ColumnVector) -> [Int32] {
    var result = [Int32](repeating: -1, count: numbers.count)
    guard let known = index.ofClusters[commit], case .integers(let numbers) = numbers.flattened().storage
    else { return result }
    eachRow { row, first in
      let cluster = first + Int(numbers[row]) - 1
      if numbers[row] > 0, cluster < known.count { result[row] = known[cluster] }
    }
    return result
  }

  private func ids(_ numbers: ColumnVector) -> ColumnVector {
    ColumnVector(strings: StringVector(pool: index.ids, codes: entities(numbers).map { UInt32($0 + 1) }))
  }

  /// What is said of each row's entity, or of the row where it has none.
  ///
  /// As long as all rows have an entity, or nothing to say, the vector shares its pool with those of all other
  /// commits.
  private func words(
    _ stored: ColumnVector, _ numbers: ColumnVector, _ said: StringVector
  ) -> ColumnVector {
    let entities = entities(numbers)
    let codes = said.allCodes
    var result = entities.map { codes[Int($0) + 1] }
    let empty = codes[0]
    var builder: StringVectorBuilder?
    for row in result.indices where result[row] == empty {
      let text = stored.value(row).text
      if text.isEmpty { continue }
      var words = builder ?? StringVectorBuilder(pool: said.pool)
      builder = nil
      words.append(text)
      result[row] = words.lastCode
      builder = words
    }
    return ColumnVector(strings: StringVector(pool: builder?.finish().pool ?? said.pool, codes: result))
  }

  /// The types as stored, but those that the reader has said.
  private func seenTypes(_ stored: ColumnVector, _ numbers: ColumnVector) -> ColumnVector {
    if index.retyped.isEmpty { return stored }
    var builder = StringVectorBuilder()
    for (row, entity) in entities(numbers).enumerated() {
      builder.append(
        index.retyped.contains(entity) ? index.types[Int(entity) + 1] : stored.value(row).text)
    }
    return ColumnVector(strings: builder.finish())
  }

  private func lists(_ stored: ColumnVector, _ kind: ReferenceKind) -> ColumnVector {
    var values: [DynamicValue] = []
    values.reserveCapacity(stored.count)
    eachRow { row, first in
      guard case .dynamic(.array(let items)) = stored.value(row) else {
        values.append(stored.value(row).asDynamic)
        return
      }
      // What is no number is no cluster: it stays.
      func put(_ word: @escaping (Int) -> String) -> (DynamicValue) -> DynamicValue {
        { item in
          guard case .long(let number) = item else { return item }
          let entity = index.entity(commit: commit, firstCluster: first, number: number)
          return .string(entity.map { word($0 + 1) } ?? "")
        }
      }
      values.append(.array(kind.replacing(items, id: put { index.ids[$0] }, name: put { index.names[$0] })))
    }
    return ColumnVector(dynamics: values)
  }
}
