import Columnar

/// A person, organisation, place or other named thing.
public struct EntityRow: FactRow {
  /// Readable, stable name, such as person/kim-jong-un.
  public var entityID: String = ""
  /// Canonical name.
  public var entity: String = ""
  /// Entity type, as the model names it.
  public var type: String = ""
  /// All names used, most frequent first.
  public var aliases: [String] = []
  /// ISO 3166 alpha-2 code.
  public var country: String = ""
  /// How often it is mentioned.
  public var mentions: Int = 0
  /// In how many documents.
  public var documents: Int = 0
  /// Earliest Published of those documents.
  public var firstSeen: Int64?
  /// Latest Published of those documents.
  public var lastSeen: Int64?
  /// Mean tone towards it, −1 to 1.
  public var sentiment: Double?

  /// Makes a row; what is not given is empty.
  public init(
    entityID: String = "", entity: String = "", type: String = "", aliases: [String] = [],
    country: String = "", mentions: Int = 0, documents: Int = 0, firstSeen: Int64? = nil,
    lastSeen:
      Int64? = nil, sentiment: Double? = nil
  ) {
    self.entityID = entityID
    self.entity = entity
    self.type = type
    self.aliases = aliases
    self.country = country
    self.mentions = mentions
    self.documents = documents
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.sentiment = sentiment
  }

  /// The table's name.
  public static let tableName = "Entities"
  /// What a row is.
  public static let summary = "A person, organisation, place or other named thing."
  /// Rows do not belong to one document.
  public static let isPerDocument = false
  /// The columns in order.
  public static let columns: [FactColumn<EntityRow>] = [
    .init("EntityId", \.entityID, "Readable, stable name, such as person/kim-jong-un."),
    .init("Entity", \.entity, "Canonical name."),
    .init("Type", \.type, "Entity type, as the model names it."),
    .init("Aliases", \.aliases, "All names used, most frequent first."),
    .init("Country", \.country, "ISO 3166 alpha-2 code."),
    .init("Mentions", \.mentions, "How often it is mentioned."),
    .init("Documents", \.documents, "In how many documents."),
    .init("FirstSeen", \.firstSeen, "Earliest Published of those documents."),
    .init("LastSeen", \.lastSeen, "Latest Published of those documents."),
    .init("Sentiment", \.sentiment, "Mean tone towards it, −1 to 1."),
  ]
}
