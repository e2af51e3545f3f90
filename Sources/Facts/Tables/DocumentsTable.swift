import Columnar

/// A document.
public struct DocumentRow: FactRow {
  /// Headline or subject.
  public var title: String = ""
  /// Moment of publication; relative dates count from it.
  public var published: Int64?
  /// Publisher, feed or account.
  public var source: String = ""
  /// Who wrote it.
  public var author: String = ""
  /// The reader's own grouping.
  public var collection: String = ""
  /// BCP 47 tag.
  public var language: String = ""
  /// The importer that read it.
  public var format: String = ""
  /// The document that it was attached to.
  public var parentID: String = ""
  /// The conversation it belongs to.
  public var threadID: String = ""
  /// The earlier document that it repeats.
  public var duplicateOf: String = ""
  /// Runs of characters between white space.
  public var words: Int = 0
  /// How many sentences it has.
  public var sentences: Int = 0
  /// SHA-256 of its text and metadata.
  public var hash: String = ""
  /// The load that brought it, from 1.
  public var batch: Int = 0
  /// Time expressions whose interval is not known.
  public var unresolvedDates: Int = 0
  /// Personal pronouns that no entity was found for.
  public var openPronouns: Int = 0
  /// Sentences without any relation.
  public var bareSentences: Int = 0
  /// The text that offsets count in.
  public var text: String = ""
  /// Whatever else the source said.
  public var meta: DynamicValue = .emptyBag

  /// Makes a row; what is not given is empty.
  public init(
    title: String = "", published: Int64? = nil, source: String = "", author: String = "",
    collection: String = "", language: String = "", format: String = "", parentID: String = "",
    threadID: String = "", duplicateOf: String = "", words: Int = 0, sentences: Int = 0,
    hash: String =
      "", batch: Int = 0, unresolvedDates: Int = 0, openPronouns: Int = 0, bareSentences: Int = 0,
    text:
      String = "", meta: DynamicValue = .emptyBag
  ) {
    self.title = title
    self.published = published
    self.source = source
    self.author = author
    self.collection = collection
    self.language = language
    self.format = format
    self.parentID = parentID
    self.threadID = threadID
    self.duplicateOf = duplicateOf
    self.words = words
    self.sentences = sentences
    self.hash = hash
    self.batch = batch
    self.unresolvedDates = unresolvedDates
    self.openPronouns = openPronouns
    self.bareSentences = bareSentences
    self.text = text
    self.meta = meta
  }

  /// The table's name.
  public static let tableName = "Documents"
  /// What a row is.
  public static let summary = "A document."
  /// The columns in order.
  public static let columns: [FactColumn<DocumentRow>] = [
    .init("Title", .string, "Headline or subject.") { .string($0.title) },
    .init(
      "Published", .datetime, "Moment of publication; relative dates count from it."
    ) { .datetime(orNull: $0.published) },
    .init("Source", .string, "Publisher, feed or account.") { .string($0.source) },
    .init("Author", .string, "Who wrote it.") { .string($0.author) },
    .init("Collection", .string, "The reader's own grouping.") { .string($0.collection) },
    .init("Language", .string, "BCP 47 tag.") { .string($0.language) },
    .init("Format", .string, "The importer that read it.") { .string($0.format) },
    .init("ParentId", .string, "The document that it was attached to.") { .string($0.parentID) },
    .init("ThreadId", .string, "The conversation it belongs to.") { .string($0.threadID) },
    .init("DuplicateOf", .string, "The earlier document that it repeats.") { .string($0.duplicateOf) },
    .init("Words", .long, "Runs of characters between white space.") { .long($0.words) },
    .init("Sentences", .long, "How many sentences it has.") { .long($0.sentences) },
    .init("Hash", .string, "SHA-256 of its text and metadata.") { .string($0.hash) },
    .init("Batch", .long, "The load that brought it, from 1.") { .long($0.batch) },
    .init(
      "UnresolvedDates", .long, "Time expressions whose interval is not known."
    ) { .long($0.unresolvedDates) },
    .init(
      "OpenPronouns", .long, "Personal pronouns that no entity was found for."
    ) { .long($0.openPronouns) },
    .init("BareSentences", .long, "Sentences without any relation.") { .long($0.bareSentences) },
    .init("Text", .string, "The text that offsets count in.") { .string($0.text) },
    .init("Meta", .dynamic, "Whatever else the source said.") { .dynamic($0.meta) },
  ]
}
