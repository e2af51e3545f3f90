import Columnar

/// How an entity is named.
public enum MentionKind: String, Sendable, CaseIterable, FactValue {
  case name, nominal, pronoun
}

/// One naming of an entity.
public struct MentionRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// Position in the document, from 0.
  public var mentionID: Int = 0
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// The words of the document.
  public var text: String = ""
  /// How it is named: name, nominal, pronoun.
  public var kind: MentionKind = .name
  /// Whether a place stands for its government.
  public var metonym: Bool = false
  /// Entity type, as the model names it.
  public var type: String = ""
  /// The entity.
  public var entityID: String = ""
  /// Canonical name of the entity.
  public var entity: String = ""
  /// The tokens that it covers, in the parse; not a column.
  public var tokens: Range<Int> = 0..<0

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, mentionID: Int = 0, start: Int = 0, end: Int = 0, text: String = "",
    kind: MentionKind = .name, metonym: Bool = false, type: String = "", entityID: String = "",
    entity:
      String = "", tokens: Range<Int> = 0..<0
  ) {
    self.sentenceID = sentenceID
    self.mentionID = mentionID
    self.start = start
    self.end = end
    self.text = text
    self.kind = kind
    self.metonym = metonym
    self.type = type
    self.entityID = entityID
    self.entity = entity
    self.tokens = tokens
  }

  /// The table's name.
  public static let tableName = "Mentions"
  /// What a row is.
  public static let summary = "One naming of an entity."
  /// The columns in order.
  public static let columns: [FactColumn<MentionRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("MentionId", \.mentionID, "Position in the document, from 0."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Text", \.text, "The words of the document."),
    .init("Kind", \.kind, "How it is named: name, nominal, pronoun."),
    .init("Metonym", \.metonym, "Whether a place stands for its government."),
    .init("Type", \.type, "Entity type, as the model names it."),
    .init("EntityId", \.entityID, "The entity."),
    .init("Entity", \.entity, "Canonical name of the entity."),
  ]
}
