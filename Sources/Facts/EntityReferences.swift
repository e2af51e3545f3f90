import Columnar

/// How a column speaks of entities.
///
/// Annotation writes the document's own clusters. The store keeps their numbers (from 1 in the order of the
/// document's records; 0 is none) and puts in the entities when a column is opened, so that a new
/// resolution rewrites no segment of facts.
public enum ReferenceKind: Sendable, Hashable {
  /// The id of an entity: stored as a number.
  case id
  /// The canonical name, type or country of the entity in another column; where that column has none, the
  /// words as annotation wrote them.
  case name(of: String)
  case type(of: String)
  /// The type that annotation saw in this place, unless the reader has said of which type the entity in another
  /// column is.
  case seenType(of: String)
  case country(of: String)
  /// An array of ids: stored as an array of numbers.
  case idList
  /// An array of bags whose `entityId` is an id: stored as a number there.
  case arguments
  /// An array of canonical names: stored as numbers where a name is that of a cluster.
  case nameList

  /// The type of the column as stored, for a column of facts of type `type`.
  public func storedType(_ type: ScalarType) -> ScalarType { self == .id ? .long : type }

  /// The columns of facts that speak of entities, by table.
  private static let columns: [String: [String: ReferenceKind]] = [
    "Mentions": [
      "EntityId": .id, "Entity": .name(of: "EntityId"), "Type": .seenType(of: "EntityId"),
    ],
    "Relations": [
      "SubjectId": .id, "Subject": .name(of: "SubjectId"), "SubjectType": .type(of: "SubjectId"),
      "SubjectCountry": .country(of: "SubjectId"),
      "ObjectId": .id, "Object": .name(of: "ObjectId"), "ObjectType": .type(of: "ObjectId"),
      "ObjectCountry": .country(of: "ObjectId"),
      "SpeakerId": .id, "Speaker": .name(of: "SpeakerId"), "Speakers": .nameList,
      "Arguments": .arguments,
    ],
    "Amounts": ["OfEntityId": .id],
    "Sentiments": [
      "EntityId": .id, "Entity": .name(of: "EntityId"), "SpeakerId": .id, "Speaker": .name(of: "SpeakerId"),
    ],
    "Quotes": ["SpeakerId": .id, "Speaker": .name(of: "SpeakerId"), "EntityIds": .idList],
    "Participants": ["EntityId": .id, "Entity": .name(of: "EntityId")],
  ]

  /// How a column of facts speaks of entities; nil if it does not.
  public static func of(_ table: String, _ column: String) -> ReferenceKind? { columns[table]?[column] }
}

extension ReferenceKind {
  /// The items of a list that speak of entities, with something else in their places; as they are for kinds that are
  /// no lists.
  ///
  /// - `id`: what stands for an id of an entity.
  /// - `name`: what stands for a canonical name.
  public func replacing(
    _ items: [DynamicValue], id: (DynamicValue) -> DynamicValue, name: (DynamicValue) -> DynamicValue
  ) -> [DynamicValue] {
    switch self {
    case .idList: items.map(id)
    case .nameList: items.map(name)
    case .arguments:
      items.map { item in
        guard case .bag(var members) = item, let known = members["entityId"] else { return item }
        members["entityId"] = id(known)
        return .bag(members)
      }
    case .id, .name, .type, .seenType, .country: items
    }
  }
}

/// The clusters of one document while its rows are being encoded.
public struct LocalClusters {
  /// In order of their first mentions.
  public private(set) var records: [ClusterRecord]
  private var places: [String: Int] = [:]
  private var names: [String: Int] = [:]

  /// The clusters of a document.
  public init(_ facts: DocumentFacts) {
    records = facts.clusterRecords().enumerated()
      .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    for (index, record) in records.enumerated() {
      if places[record.clusterID] == nil { places[record.clusterID] = index }
      if !record.name.isEmpty, names[record.name] == nil { names[record.name] = index }
    }
  }

  /// The number of a cluster, from 1; 0 for no cluster. An id without a record gets one, so that no row
  /// loses its entity.
  mutating func number(of id: String) -> Int64 {
    if id.isEmpty { return 0 }
    if let place = places[id] { return Int64(place + 1) }
    places[id] = records.count
    records.append(
      ClusterRecord(
        docID: records.first?.docID ?? "", clusterID: id, start: records.last?.start ?? 0))
    return Int64(records.count)
  }

  /// A cell as it is stored.
  public mutating func stored(_ value: Value, _ kind: ReferenceKind) -> Value {
    switch (kind, value) {
    case (.id, .string(let id)): return .long(number(of: id))
    case (_, .dynamic(.array(let items))):
      return .dynamic(
        .array(
          kind.replacing(
            items, id: { storedID($0) },
            name: { item in
              guard case .string(let name) = item, let place = names[name] else { return item }
              return .long(Int64(place + 1))
            })))
    default: return value
    }
  }

  private mutating func storedID(_ value: DynamicValue) -> DynamicValue {
    guard case .string(let id) = value else { return value }
    return .long(number(of: id))
  }
}
