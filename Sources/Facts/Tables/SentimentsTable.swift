import Columnar

/// A word that decided a score.
public struct SentimentCue: Sendable, Hashable, FactListItem {
  /// The word of the document.
  public var text: String
  /// First Unicode scalar in the document's text.
  public var start: Int
  /// After the last Unicode scalar.
  public var end: Int
  /// What it counts, about −4 to 4.
  public var score: Double
  /// Makes a cue.
  public init(text: String, start: Int, end: Int, score: Double) {
    self.text = text
    self.start = start
    self.end = end
    self.score = score
  }
  /// The cue as a bag with the keys text, start, end, score.
  public var asDynamic: DynamicValue {
    .bag([
      "text": .string(text), "start": .long(Int64(start)), "end": .long(Int64(end)), "score": .real(score),
    ])
  }
  /// Reads such a bag.
  public init?(_ value: DynamicValue) {
    guard case .string(let text) = value["text"], case .long(let start) = value["start"],
      case .long(let end) = value["end"], let score = Double(cell: value["score"].scalar)
    else { return nil }
    self.init(text: text, start: Int(start), end: Int(end), score: score)
  }
}

/// How something is spoken of.
public struct SentimentRow: FactRow {
  /// The sentence; null for a document.
  public var sentenceID: Int?
  /// document, sentence or entity.
  public var scope: String = ""
  /// The mention; null but for scope entity.
  public var mentionID: Int?
  /// The entity spoken of.
  public var entityID: String = ""
  /// Its canonical name.
  public var entity: String = ""
  /// Whose words they are; empty: the document's own.
  public var speaker: String = ""
  /// Entity of the speaker.
  public var speakerID: String = ""
  /// −1 to 1.
  public var score: Double = 0
  /// negative, neutral or positive.
  public var label: String = ""
  /// The words that decided it.
  public var cues: [SentimentCue] = []
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int? = nil, scope: String = "", mentionID: Int? = nil, entityID: String = "",
    entity: String = "", speaker: String = "", speakerID: String = "", score: Double = 0, label: String = "",
    cues: [SentimentCue] = [], start: Int = 0, end: Int = 0
  ) {
    self.sentenceID = sentenceID
    self.scope = scope
    self.mentionID = mentionID
    self.entityID = entityID
    self.entity = entity
    self.speaker = speaker
    self.speakerID = speakerID
    self.score = score
    self.label = label
    self.cues = cues
    self.start = start
    self.end = end
  }

  /// The table's name.
  public static let tableName = "Sentiments"
  /// What a row is.
  public static let summary = "How something is spoken of."
  /// The columns in order.
  public static let columns: [FactColumn<SentimentRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence; null for a document."),
    .init("Scope", \.scope, "document, sentence or entity."),
    .init("MentionId", \.mentionID, "The mention; null but for scope entity."),
    .init("EntityId", \.entityID, "The entity spoken of."),
    .init("Entity", \.entity, "Its canonical name."),
    .init("Speaker", \.speaker, "Whose words they are; empty: the document's own."),
    .init("SpeakerId", \.speakerID, "Entity of the speaker."),
    .init("Score", \.score, "−1 to 1."),
    .init("Label", \.label, "negative, neutral or positive."),
    .init("Cues", \.cues, "The words that decided it: text, start, end, score."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
  ]
}
