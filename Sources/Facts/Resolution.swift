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
public struct MergeReason: Sendable, Hashable {
  /// The rule's words.
  public var text: String
  /// How far the rule is to be trusted, 0 to 1: fixed for each rule, and no probability.
  public var score: Double
  /// Makes a reason.
  public init(_ text: String, score: Double) {
    self.text = text
    self.score = score
  }
}

/// What resolution says of a list of clusters.
public struct Resolution: Sendable, Hashable {
  /// The entity of each cluster, in the order of the records that were handed in.
  public var entityIDs: [String]
  /// Why each cluster belongs to its entity, in the same order; empty where resolution tells none.
  public var reasons: [MergeReason] = []
  /// The entities that occur in `entityIDs`, each once, in ascending order of their ids' UTF-8 bytes.
  public var entities: [ResolvedEntity]

  /// Makes a resolution.
  public init(entityIDs: [String], entities: [ResolvedEntity]) {
    self.entityIDs = entityIDs
    self.entities = entities
  }

  /// Each cluster's own id and name; clusters of one id in several documents become one entity, which
  /// takes what the first of them says.
  public static func identity(_ records: [ClusterRecord]) -> Resolution {
    var entities: [String: ResolvedEntity] = [:]
    for record in records where entities[record.clusterID] == nil {
      entities[record.clusterID] = ResolvedEntity(
        entityID: record.clusterID, entity: record.name, type: record.type, country: record.country,
        aliases: record.forms.map(\.text))
    }
    return Resolution(
      entityIDs: records.map(\.clusterID),
      entities: entities.values.sorted { scalarsPrecede($0.entityID, $1.entityID) })
  }
}

/// Resolution over all documents: a pure function of all their clusters, sorted by (DocId, Start). It does
/// not depend on the order of loading.
public typealias Resolver = @Sendable ([ClusterRecord]) -> Resolution
