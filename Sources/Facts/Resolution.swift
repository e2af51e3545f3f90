import Columnar

/// An entity over all documents.
public struct ResolvedEntity: Sendable, Hashable {
  /// Readable, stable name, such as `person/kim-jong-un`.
  public var entityID: String
  /// Canonical name.
  public var entity: String
  /// Entity type.
  public var type: String
  /// ISO 3166 alpha-2 code; empty if unknown.
  public var country: String
  /// All names used, most frequent first.
  public var aliases: [String]

  /// Makes an entity; what is not given is empty.
  public init(
    entityID: String, entity: String = "", type: String = "", country: String = "", aliases: [String] = []
  ) {
    self.entityID = entityID
    self.entity = entity
    self.type = type
    self.country = country
    self.aliases = aliases
  }
}

/// Why a cluster belongs to its entity.
public enum MergeReason: UInt8, Sendable, Hashable {
  /// It opened the entity.
  case first
  /// Name and kind are the same.
  case sameName
  /// Name and kind are the same but for a middle name.
  case middleName
  /// The mail address is the same.
  case sameAddress
  /// An initial stands for the given name.
  case initial
  /// A short name, and the country says which entity it is.
  case sameCountry
  /// A short name, and other documents use it for the entity.
  case sharedShortName

  /// The rule's words.
  public var text: String {
    switch self {
    case .first: "it is the first of that name"
    case .sameName: "the same name and kind"
    case .middleName: "the same name but for a middle name"
    case .sameAddress: "the same mail address"
    case .initial: "an initial and the same surname, of the same country"
    case .sameCountry: "a short name that fits no other, of the same country"
    case .sharedShortName: "a short name that fits no other, and that others use for it"
    }
  }

  /// How far the rule is to be trusted, 0 to 1: fixed for each rule, and no probability.
  public var score: Double {
    switch self {
    case .first, .sameName: 1
    case .sameAddress: 0.95
    case .middleName: 0.9
    case .initial, .sameCountry: 0.8
    case .sharedShortName: 0.6
    }
  }
}

/// What resolution says of a list of clusters.
public struct Resolution: Sendable, Equatable {
  /// The place in `entities` of each cluster's entity, in the order of the clusters that were handed in; -1 for none.
  public var places: [Int32]
  /// Why each cluster belongs to its entity, in the same order; empty where resolution tells none.
  public var reasons: [MergeReason] = []
  /// The entities that occur in `places`, each once, in ascending order of their ids' UTF-8 bytes.
  public var entities: EntityList

  /// Makes a resolution.
  public init(places: [Int32], entities: EntityList) {
    self.places = places
    self.entities = entities
  }

  /// Makes a resolution from the id of each cluster's entity, and the entities in order.
  public init(entityIDs: [String], entities: [ResolvedEntity]) {
    var placeOfID: [String: Int32] = [:]
    for (place, entity) in entities.enumerated() { placeOfID[entity.entityID] = Int32(place) }
    self.init(places: entityIDs.map { placeOfID[$0] ?? -1 }, entities: EntityList(entities))
  }

  /// The id of a cluster's entity; empty for none.
  public func entityID(ofCluster place: Int) -> String {
    places[place] < 0 ? "" : entities.entityID(at: Int(places[place]))
  }

  /// The id of each cluster's entity.
  public var entityIDs: [String] { places.indices.map(entityID(ofCluster:)) }

  /// Each cluster's own id and name; clusters of one id in several documents become one entity, which
  /// takes what the first of them says.
  public static func identity(_ clusters: ClusterList) -> Resolution {
    var entities: [String: ResolvedEntity] = [:]
    for record in clusters where entities[record.clusterID] == nil {
      entities[record.clusterID] = ResolvedEntity(
        entityID: record.clusterID, entity: record.name, type: record.type, country: record.country,
        aliases: record.forms.map(\.text))
    }
    return Resolution(
      entityIDs: clusters.map(\.clusterID),
      entities: entities.values.sorted { scalarsPrecede($0.entityID, $1.entityID) })
  }
}

/// Resolution over all documents: a pure function of all their clusters. It does not depend on the order in which they
/// are handed in, and so not on the order of loading.
public typealias Resolver = @Sendable (ClusterList) -> Resolution
