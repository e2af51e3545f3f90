import Columnar

/// A sentence.
public struct SentenceRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// Page of the source, from 1.
  public var page: Int?
  /// Whether it repeats an earlier mail.
  public var quoted: Bool = false
  /// The sentence.
  public var text: String = ""
  /// Tone of the sentence, −1 to 1.
  public var sentiment: Double = 0

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, start: Int = 0, end: Int = 0, page: Int? = nil, quoted: Bool = false,
    text: String = "", sentiment: Double = 0
  ) {
    self.sentenceID = sentenceID
    self.start = start
    self.end = end
    self.page = page
    self.quoted = quoted
    self.text = text
    self.sentiment = sentiment
  }

  /// The table's name.
  public static let tableName = "Sentences"
  /// What a row is.
  public static let summary = "A sentence."
  /// The columns in order.
  public static let columns: [FactColumn<SentenceRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Page", \.page, "Page of the source, from 1."),
    .init("Quoted", \.quoted, "Whether it repeats an earlier mail."),
    .init("Text", \.text, "The sentence."),
    .init("Sentiment", \.sentiment, "Tone of the sentence, −1 to 1."),
  ]
}

extension Sequence<SentenceRow> {
  /// Where the sentences stand that repeat an earlier mail: Unicode scalars of the document, half-open.
  public var quotedParts: [Range<Int>] { filter(\.quoted).map { $0.start..<Swift.max($0.start, $0.end) } }
}
