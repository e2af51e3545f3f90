import Diagnostics
import Facts
import Sessions

/// What the shell asks of the parts above and beside it, handed in by the command line.
public struct ShellServices {
  /// Reads files into a store: the words after `.load`, the store's path, whether the user wants to stop, and
  /// where to report a line.
  public typealias Load = (
    _ words: [String], _ store: String, _ isCancelled: @escaping @Sendable () -> Bool,
    _ report: (String) -> Void
  ) throws(DossierError) -> Void
  /// Reads a file of rows into a store as a table: the file, the table's name, the store's path, whether the user
  /// wants to stop, and where to report a line.
  public typealias LoadTable = (
    _ path: String, _ name: String, _ store: String, _ isCancelled: () -> Bool, _ report: (String) -> Void
  ) throws(DossierError) -> Void
  /// Writes a session as a notebook under a path.
  public typealias Save = (_ record: SessionRecord, _ path: String, _ session: Session)
    throws(DossierError) -> Void
  /// Runs a notebook on the session's store and tells what differs: true if nothing does.
  public typealias Replay = (_ path: String, _ session: Session, _ print: (String) -> Void)
    throws(DossierError) -> Bool

  /// The clusters of documents that each of some entities was made of, each with why; for `.why`.
  public typealias Merges = (_ entityIDs: [String], _ clusters: ClusterList) -> [[(
    cluster: ClusterRecord, reason: MergeReason
  )]]

  /// `.load`; nil where nothing can be loaded.
  public var load: Load?
  /// `.load table`; nil where nothing can be loaded.
  public var loadTable: LoadTable?
  /// `.save`; nil where no notebook can be written.
  public var save: Save?
  /// `.replay`; nil where no notebook can be run.
  public var replay: Replay?
  /// What entities were made of; nil where no resolution is known.
  public var merges: Merges?
  /// The words of a sentence that can make a claim as sure as it is, or deny it; nil where no lexicon is known.
  public var cues:
    ((_ certainty: String, _ negated: Bool, _ words: [(text: String, lemma: String)]) -> [String])?
  /// How entities are resolved over all documents, for corrections; nil where none can be made.
  public var resolve: Resolver?

  /// No services.
  public init(
    load: Load? = nil, loadTable: LoadTable? = nil, save: Save? = nil, replay: Replay? = nil,
    merges: Merges? = nil,
    resolve: Resolver? = nil
  ) {
    self.merges = merges
    self.load = load
    self.loadTable = loadTable
    self.save = save
    self.replay = replay
    self.resolve = resolve
  }
}

/// What `.save` knows of a session.
public struct SessionRecord: Sendable {
  /// The notebook's title.
  public var title: String
  /// The cells that worked, in order.
  public var cells: [Cell]
  /// The store; nil where there is none, or only one that ends with the session.
  public var store: String?
  /// What was read into a store that ends with the session: the words after each `.load`.
  public var loads: [[String]]
  /// Tables of the reader's own: those that were read into such a store, and those of another that cells name.
  public var tables: [OwnTable]

  /// A table of the reader's own.
  public struct OwnTable: Sendable {
    /// Its name.
    public var name: String
    /// Its file; nil where the store is there to stay.
    public var path: String?
    /// SHA-256 of the file's bytes.
    public var hash: String
  }
  /// The reader's corrections of entities.
  public var corrections: [Correction] = []
}
