import Columnar
import Diagnostics
import Facts

/// What a notebook asks to be opened before its first cell.
public struct NotebookEnvironment: Sendable {
  /// The store's path; nil for none.
  public var store: String?
  /// Files and folders to load into a store of their own; used when there is no `store`.
  public var documents: [DocumentSource] = []
  /// Files of rows to load as tables, likewise.
  public var tables: [TableSource] = []
  /// The load to read the store as of; nil for the newest.
  public var snapshot: Int?
  /// What is said of entities besides what the store's reader has said.
  public var corrections: [Correction] = []
  /// What `now()` is, in ticks; nil means that queries may not ask.
  public var asOf: Int64?
  /// The seed of `rand()` and `sample`; nil for the default.
  public var seed: Int64?
  /// How many threads to use; nil for as many as there are cores.
  public var threads: Int?
  /// Shuffles the order in which `documents` are loaded; nil keeps it. Results must not depend on it.
  public var loadOrderSeed: UInt64?

  /// Nothing to open: `print`, `datatable` and `range` only.
  public init() {}
}

/// Documents that a notebook loads: a path, and what is said of all documents there, as `dossier load` would
/// be told.
public struct DocumentSource: Sendable, Equatable {
  /// A setting, such as `published` and its date.
  public struct Option: Sendable, Equatable {
    /// The name, as the option of `load` without its dashes.
    public var name: String
    /// The value.
    public var value: String
    /// Makes a setting.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
  /// A file, a folder or a pattern.
  public var path: String
  /// Settings, in order.
  public var options: [Option]
  /// Makes a source.
  public init(_ path: String, options: [Option] = []) {
    self.path = path
    self.options = options
  }
  /// The settings that there are.
  public static let optionNames = [
    "published", "title", "author", "language", "source", "collection", "text-field", "map", "format",
  ]
}

/// A table of the reader's own that a notebook names.
public struct TableSource: Sendable, Equatable {
  /// The name that queries use.
  public var name: String
  /// The file of rows; nil where the store has the table.
  public var path: String?
  /// SHA-256 of the file that the outputs come from, as 64 hexadecimal digits; nil where the notebook doesn't say.
  public var hash: String?
  /// Makes a source.
  public init(_ name: String, path: String? = nil, hash: String? = nil) {
    self.name = name
    self.path = path
    self.hash = hash
  }
}

/// A table of the reader's own that queries can ask.
public struct TableOrigin: Sendable, Equatable {
  /// The name that queries use.
  public var name: String
  /// The name of the file that it was read from, without folders.
  public var file: String
  /// SHA-256 of that file's bytes, as 64 hexadecimal digits.
  public var hash: String
  /// Makes an origin.
  public init(_ name: String, file: String, hash: String) {
    self.name = name
    self.file = file
    self.hash = hash
  }
}

/// The result of a query, with whatever its evaluator needs to find the evidence later.
public struct CellResult: Sendable {
  /// All rows.
  public var table: Table
  /// The evaluator's own.
  public var origin: (any Sendable)?
  /// Makes a result.
  public init(_ table: Table, origin: (any Sendable)? = nil) {
    self.table = table
    self.origin = origin
  }
}

/// A sentence that a row rests on.
public struct EvidenceSentence: Sendable, Hashable, Codable {
  /// The document.
  public var docID: String
  /// Its title, source and date (ticks), as far as known.
  public var title: String, source: String, published: Int64?
  /// The sentence in its document: scalar offsets, half-open.
  public var start: Int, end: Int
  /// The sentence.
  public var text: String
  /// Parts of `text` to mark, scalar offsets in it: the entity, the predicate, the date, the cues.
  public var marks: [Mark]

  /// A part to mark and what it is: `entity`, `predicate`, `date`, `cue`.
  public struct Mark: Sendable, Hashable, Codable {
    /// Scalar offsets in the sentence.
    public var range: Range<Int>
    /// What it is.
    public var kind: String
    /// Makes a mark.
    public init(_ range: Range<Int>, _ kind: String) {
      self.range = range
      self.kind = kind
    }
  }

  /// Makes a sentence.
  public init(
    docID: String, title: String = "", source: String = "", published: Int64? = nil, start: Int, end: Int,
    text: String, marks: [Mark] = []
  ) {
    self.docID = docID
    self.title = title
    self.source = source
    self.published = published
    self.start = start
    self.end = end
    self.text = text
    self.marks = marks
  }

  /// `DocId#Start-End`, which `.show` opens.
  public var cite: String { "\(docID)#\(start)-\(end)" }
}

/// What a row rests on.
public struct RowEvidence: Sendable, Codable {
  /// The first sentences, in source order.
  public var sentences: [EvidenceSentence]
  /// How many there are in all.
  public var total: Int
  /// Makes evidence.
  public init(_ sentences: [EvidenceSentence], total: Int) {
    self.sentences = sentences
    self.total = total
  }
}

/// Answers a notebook's queries, in the order of the cells. A session conforms to it.
public protocol CellEvaluator: AnyObject {
  /// The result of a query text; nil if it only holds statements.
  ///
  /// - Parameter keeping: whether the result is the one that the next query can name as `_`.
  /// - Errors: with spans in `query`.
  func evaluate(_ query: String, keeping: Bool) throws(DossierError) -> CellResult?
  /// Makes a result a table that later queries can name.
  func define(_ name: String, as result: CellResult) throws(DossierError)
  /// The sentences behind a row of an earlier result, at most `limit`.
  func evidence(for result: CellResult, row: Int, limit: Int) throws(DossierError) -> RowEvidence
  /// Hashes of what the results rest on; nil where there are no documents.
  var inputs: NotebookInputs? { get }
  /// What the colophon says of the ingredients: versions and hashes by name, nothing of this machine.
  var provenance: [(name: String, value: String)] { get }
  /// The reader's own tables.
  var tables: [TableOrigin] { get }
  /// Told when nothing more will be asked.
  func finish()
}

extension CellEvaluator {
  /// Nothing is known of the documents.
  public var inputs: NotebookInputs? { nil }
  /// There is nothing to do.
  public func finish() {}
}

/// Opens evaluators: a store, or documents loaded on the way.
public protocol CellEvaluatorProvider: Sendable {
  /// An evaluator over what the notebook asks for.
  func open(_ environment: NotebookEnvironment) throws(DossierError) -> any CellEvaluator
}
