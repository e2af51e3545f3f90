import Columnar

/// One way of naming a cluster, and how often it is used.
public struct NameForm: Sendable, Hashable {
  /// The words as in the document.
  public var text: String
  /// How many mentions use them.
  public var count: Int
  /// Makes a form.
  public init(_ text: String, count: Int = 1) {
    self.text = text
    self.count = count
  }
}

/// One cluster of mentions of one document: what resolution over all documents may look at.
///
/// Annotation fills `DocumentFacts.clusters`; the store keeps the records of every document and hands all
/// of them to the `Resolver` at the end of a load.
public struct ClusterRecord: Sendable, Hashable {
  /// The document.
  public var docID: String
  /// The cluster's id within the document, as in the `EntityId` columns that annotation wrote.
  public var clusterID: String
  /// Entity type, as the model names it.
  public var type: String
  /// The cluster's canonical name within the document; empty if nothing but pronouns or nominals names it.
  public var name: String
  /// Name mentions' texts, most frequent first, ties in text order.
  public var forms: [NameForm]
  /// Titles and roles said of it ("President", "Russian president"), in text order.
  public var titles: [String]
  /// ISO 3166 alpha-2 code; empty if unknown.
  public var country: String
  /// How many mentions of any kind it has.
  public var mentions: Int
  /// First Unicode scalar of its first mention; orders a document's clusters.
  public var start: Int
  /// How many rows of `Sentiments` with scope entity it has.
  public var sentiments: Int
  /// The sum of their scores, added in row order.
  public var sentimentSum: Double

  /// Makes a record; what is not given is empty.
  public init(
    docID: String, clusterID: String, type: String = "", name: String = "", forms: [NameForm] = [],
    titles: [String] = [], country: String = "", mentions: Int = 0, start: Int = 0, sentiments: Int = 0,
    sentimentSum: Double = 0
  ) {
    self.docID = docID
    self.clusterID = clusterID
    self.type = type
    self.name = name
    self.forms = forms
    self.titles = titles
    self.country = country
    self.mentions = mentions
    self.start = start
    self.sentiments = sentiments
    self.sentimentSum = sentimentSum
  }
}

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

extension DocumentFacts {
  /// The document's clusters: `clusters` where annotation filled it, else made from the rows of Entities
  /// and Mentions. Sentiment and mention counts are taken from the rows in both cases.
  public func clusterRecords() -> [ClusterRecord] {
    var records =
      clusters.isEmpty
      ? entities.map {
        ClusterRecord(
          docID: docID, clusterID: $0.entityID, type: $0.type, name: $0.entity, country: $0.country,
          start: .max)
      } : clusters
    var place: [String: Int] = [:]
    for (index, record) in records.enumerated() where place[record.clusterID] == nil {
      place[record.clusterID] = index
    }
    for index in records.indices {
      records[index].docID = docID
      records[index].mentions = 0
      records[index].sentiments = 0
      records[index].sentimentSum = 0
    }
    var forms = [[NameForm]](repeating: [], count: records.count)
    for mention in mentions {
      guard let index = place[mention.entityID] else { continue }
      records[index].mentions += 1
      records[index].start = min(records[index].start, mention.start)
      guard mention.kind == .name else { continue }
      if let known = forms[index].firstIndex(where: { sameScalars($0.text, mention.text) }) {
        forms[index][known].count += 1
      } else {
        forms[index].append(NameForm(mention.text))
      }
    }
    for sentiment in sentiments where sentiment.scope == "entity" {
      guard let index = place[sentiment.entityID] else { continue }
      records[index].sentiments += 1
      records[index].sentimentSum += sentiment.score
    }
    for index in records.indices {
      if records[index].start == .max { records[index].start = 0 }
      guard records[index].forms.isEmpty else { continue }
      // A stable sort by count: ties stay in text order.
      records[index].forms = forms[index].enumerated()
        .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    }
    return records
  }
}
