import Columnar

/// Who said it.
public struct QuoteRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// The sentence that it ends in.
  public var lastSentenceID: Int = 0
  /// Position in the document, from 0.
  public var quoteID: Int = 0
  /// Canonical name of who said it, else the words.
  public var speaker: String = ""
  /// Entity of the speaker.
  public var speakerID: String = ""
  /// Lemma of the reporting verb.
  public var verb: String = ""
  /// What was said.
  public var text: String = ""
  /// Whether it stands in quotation marks.
  public var direct: Bool = false
  /// Entities named inside.
  public var entityIDs: [String] = []
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, lastSentenceID: Int = 0, quoteID: Int = 0, speaker: String = "",
    speakerID: String = "", verb: String = "", text: String = "", direct: Bool = false,
    entityIDs:
      [String] = [], start: Int = 0, end: Int = 0
  ) {
    self.sentenceID = sentenceID
    self.lastSentenceID = lastSentenceID
    self.quoteID = quoteID
    self.speaker = speaker
    self.speakerID = speakerID
    self.verb = verb
    self.text = text
    self.direct = direct
    self.entityIDs = entityIDs
    self.start = start
    self.end = end
  }

  /// The table's name.
  public static let tableName = "Quotes"
  /// What a row is.
  public static let summary = "Who said it."
  /// The columns in order.
  public static let columns: [FactColumn<QuoteRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("LastSentenceId", \.lastSentenceID, "The sentence that it ends in."),
    .init("QuoteId", \.quoteID, "Position in the document, from 0."),
    .init("Speaker", \.speaker, "Canonical name of who said it, else the words."),
    .init("SpeakerId", \.speakerID, "Entity of the speaker."),
    .init("Verb", \.verb, "Lemma of the reporting verb."),
    .init("Text", \.text, "What was said."),
    .init("Direct", \.direct, "Whether it stands in quotation marks."),
    .init("EntityIds", \.entityIDs, "Entities named inside."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
  ]
}
