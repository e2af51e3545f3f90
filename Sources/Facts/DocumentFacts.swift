import Columnar

/// The tone towards a span that the caller of `annotate` asked for.
public struct TargetTone: Sendable {
  /// First Unicode scalar, as asked.
  public var start: Int
  /// After the last Unicode scalar, as asked.
  public var end: Int
  /// −1 to 1.
  public var score: Double
  /// negative, neutral or positive.
  public var label: String
  /// The words that decided it.
  public var cues: [SentimentCue]

  /// What the score rests on, by name, if the caller asked to see it.
  public var features: [(name: String, value: Double)] = []

  /// Makes a tone.
  public init(
    start: Int, end: Int, score: Double = 0, label: String = "neutral", cues: [SentimentCue] = []
  ) {
    self.start = start
    self.end = end
    self.score = score
    self.label = label
    self.cues = cues
  }
}

/// Everything that annotation found in one document: the rows of its tables.
///
/// Entity ids are the document's own clusters here; `resolve` maps them to entities over all documents.
public struct DocumentFacts: Sendable {
  /// The document, which is the only row of `Documents`.
  public var docID: String
  /// That row.
  public var document: DocumentRow
  /// Rows in text order, as all that follow.
  public var sentences: [SentenceRow] = []
  /// Tokens.
  public var tokens: [TokenRow] = []
  /// Mentions.
  public var mentions: [MentionRow] = []
  /// The document's clusters, in order of first mention.
  public var entities: [EntityRow] = []
  /// What resolution over all documents may look at, a record for each of `entities`; if it is left empty,
  /// `clusterRecords()` makes records of `entities` and `mentions`.
  public var clusters: [ClusterRecord] = []
  /// Relations.
  public var relations: [RelationRow] = []
  /// Time expressions.
  public var dates: [DateRow] = []
  /// Amounts.
  public var amounts: [AmountRow] = []
  /// Sentiments.
  public var sentiments: [SentimentRow] = []
  /// Quotes.
  public var quotes: [QuoteRow] = []
  /// Mail participants.
  public var participants: [ParticipantRow] = []

  /// The tone towards the spans that the caller asked for, in the order asked; no table.
  public var targets: [TargetTone] = []

  /// Facts of a document before any stage has run.
  public init(docID: String, document: DocumentRow) {
    self.docID = docID
    self.document = document
  }

  /// Whether the text was read; one that is in another language than the model's is kept as it is.
  public var isAnnotated: Bool { !sentences.isEmpty || document.words == 0 }

  /// The cluster of an id.
  public func entity(_ id: String) -> EntityRow? { entities.first { sameScalars($0.entityID, id) } }
}
