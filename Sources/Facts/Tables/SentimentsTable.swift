import Columnar

/// A word that decided a score.
public struct SentimentCue: Sendable, Hashable {
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
    .init("SentenceId", .long, "The sentence; null for a document.") { .long($0.sentenceID) },
    .init("Scope", .string, "document, sentence or entity.") { .string($0.scope) },
    .init("MentionId", .long, "The mention; null but for scope entity.") { .long($0.mentionID) },
    .init("EntityId", .string, "The entity spoken of.") { .string($0.entityID) },
    .init("Entity", .string, "Its canonical name.") { .string($0.entity) },
    .init("Speaker", .string, "Whose words they are; empty: the document's own.") { .string($0.speaker) },
    .init("SpeakerId", .string, "Entity of the speaker.") { .string($0.speakerID) },
    .init("Score", .real, "−1 to 1.") { .real($0.score) },
    .init("Label", .string, "negative, neutral or positive.") { .string($0.label) },
    .init(
      "Cues", .dynamic, "The words that decided it: text, start, end, score."
    ) { .dynamic(.array($0.cues.map(\.asDynamic))) },
    .init("Start", .long, "First Unicode scalar in the document's text.") { .long($0.start) },
    .init("End", .long, "After the last Unicode scalar.") { .long($0.end) },
  ]
}
