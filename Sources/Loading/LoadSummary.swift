import Facts
import Importers

/// How documents are loaded.
public struct LoadOptions: Sendable {
  /// What the reader says of all documents.
  public var imports = ImportOptions()
  /// How many documents are annotated at once.
  public var threads = 1
  /// Names all that facts depend on besides the document: model and settings. Documents that were annotated
  /// under another name are annotated again.
  public var annotator: String
  /// Annotate documents again that have not changed.
  public var force = false
  /// Take away the documents that the paths don't have (any more).
  public var sync = false
  /// How many documents at most are stored in one transaction.
  public var groupSize = 512

  /// The most Unicode scalars of a document; a longer one is loaded as parts that are documents of their own. No book is
  /// that long.
  public var longestDocument = 5_000_000

  /// Shuffles the order in which files are read; nil keeps it. What the store says must not depend on it.
  public var orderSeed: UInt64?

  /// Options for an annotator of this name.
  public init(annotator: String) { self.annotator = annotator }
}

/// How far a load has come.
public struct LoadProgress: Sendable {
  /// Files that are dealt with.
  public var files = 0
  /// All files of the load.
  public var totalFiles = 0
  /// Bytes of the files that are dealt with.
  public var bytes = 0
  /// Bytes of all files.
  public var totalBytes = 0
  /// Documents that were stored.
  public var documents = 0
  /// Their words.
  public var words = 0
}

/// What a load did.
public struct LoadSummary: Sendable {
  /// The load's number; nil if it has changed nothing.
  public var batch: Int?
  /// Documents that were annotated and stored, new ones and changed ones.
  public var documents = 0
  /// How many of those took the place of an earlier one.
  public var replaced = 0
  /// Their sentences.
  public var sentences = 0
  /// Their words.
  public var words = 0
  /// How many of the documents are kept without facts, as they are in a language that the model does not read.
  public var otherLanguages = 0
  /// Documents that were there already, unchanged.
  public var unchanged = 0
  /// Documents that are there, but not all of what their file said.
  public var partial = 0
  /// Files, lines and rows that could not be loaded.
  public var failed = 0
  /// Files that were passed over: no text in them, of no known format, a link.
  public var skipped = 0
  /// Documents that were taken away, as the paths have them no more.
  public var removed = 0
  /// Whether the load was stopped before its end.
  public var isCancelled = false
  /// What was not loaded, or not in full, in the order of the files.
  public var problems: [ImportRow] = []

  /// Whether a program should report an error: something failed, or is not all there.
  public var hasFailures: Bool { failed > 0 || partial > 0 }
}
