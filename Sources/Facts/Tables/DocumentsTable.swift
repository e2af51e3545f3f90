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
    .init("Title", \.title, "Headline or subject."),
    .init("Published", \.published, "Moment of publication; relative dates count from it."),
    .init("Source", \.source, "Publisher, feed or account."),
    .init("Author", \.author, "Who wrote it."),
    .init("Collection", \.collection, "The reader's own grouping."),
    .init("Language", \.language, "BCP 47 tag."),
    .init("Format", \.format, "The importer that read it."),
    .init("ParentId", \.parentID, "The document that it was attached to."),
    .init("ThreadId", \.threadID, "The conversation it belongs to."),
    .init("DuplicateOf", \.duplicateOf, "The earlier document that it repeats."),
    .init("Words", \.words, "Runs of characters between white space."),
    .init("Sentences", \.sentences, "How many sentences it has."),
    .init("Hash", \.hash, "SHA-256 of its text and metadata."),
    .init("Batch", \.batch, "The load that brought it, from 1."),
    .init("UnresolvedDates", \.unresolvedDates, "Time expressions whose interval is not known."),
    .init("OpenPronouns", \.openPronouns, "Personal pronouns that no entity was found for."),
    .init("BareSentences", \.bareSentences, "Sentences without any relation."),
    .init("Text", \.text, "The text that offsets count in."),
    .init("Meta", \.meta, "Whatever else the source said."),
  ]
}
