import Columnar

extension DocumentFacts {
  /// The facts as readers of a store see them: what speaks of the document's own clusters speaks of entities.
  ///
  /// - `entities`: the entity of each cluster by the cluster's id. A cluster that is not there stays as it is.
  public func placing(_ entities: [String: ResolvedEntity]) -> DocumentFacts {
    var names: [String: ResolvedEntity] = [:]
    for record in LocalClusters(self).records where !record.name.isEmpty && names[record.name] == nil {
      names[record.name] = entities[record.clusterID]
    }
    let places = EntityPlaces(entities: entities, names: names)
    var facts = self
    facts.mentions = places.put(into: mentions)
    facts.relations = places.put(into: relations)
    facts.amounts = places.put(into: amounts)
    facts.sentiments = places.put(into: sentiments)
    facts.quotes = places.put(into: quotes)
    facts.participants = places.put(into: participants)
    return facts
  }
}

/// Entities in the places of one document's clusters.
private struct EntityPlaces {
  let entities: [String: ResolvedEntity]
  /// By the clusters' own names.
  let names: [String: ResolvedEntity]

  func put<Row: FactRow>(into rows: [Row]) -> [Row] {
    let columns = Row.columns
    let kinds = columns.map { ReferenceKind.of(Row.tableName, $0.field.name) }
    var places: [String: Int] = [:]
    for (place, column) in columns.enumerated() { places[column.field.name] = place }
    return rows.map { row in
      var result = row
      for (column, kind) in zip(columns, kinds) {
        guard let kind else { continue }
        // Ids are read off the row as it came.
        func said(_ id: String, _ word: KeyPath<ResolvedEntity, String>) -> String? {
          guard let place = places[id], case .string(let cluster) = columns[place].get(row) else {
            return nil
          }
          return entities[cluster]?[keyPath: word]
        }
        let cell = column.get(row)
        switch kind {
        case .id: put(.string(entityID(cell.text)), column, &result)
        case .name(let id): put(word: said(id, \.entity), column, &result)
        case .type(let id): put(word: said(id, \.type), column, &result)
        // Resolution says nothing of single places; a reader's corrections come later.
        case .seenType: break
        case .country(let id): put(word: said(id, \.country), column, &result)
        case .idList, .nameList, .arguments:
          guard case .dynamic(.array(let items)) = cell else { continue }
          put(.dynamic(.array(kind.replacing(items, id: entityID, name: name))), column, &result)
        }
      }
      return result
    }
  }

  private func put<Row>(_ cell: Value, _ column: FactColumn<Row>, _ row: inout Row) {
    let fits = column.set(&row, cell)
    assert(fits, "an entity's word has the type of the cluster's")
  }

  /// What is said of an entity; where nothing is, the words stay.
  private func put<Row>(word: String?, _ column: FactColumn<Row>, _ row: inout Row) {
    if let word, !word.isEmpty { put(.string(word), column, &row) }
  }

  private func entityID(_ cluster: String) -> String { entities[cluster]?.entityID ?? cluster }

  private func entityID(_ item: DynamicValue) -> DynamicValue {
    if case .string(let cluster) = item { .string(entityID(cluster)) } else { item }
  }

  private func name(_ item: DynamicValue) -> DynamicValue {
    if case .string(let name) = item { .string(names[name]?.entity ?? name) } else { item }
  }
}
