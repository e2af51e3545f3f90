import Columnar
import Diagnostics
import Facts
import Sessions
import Store
import Synchronization

/// Answers a notebook's queries by a session.
public final class SessionEvaluator: CellEvaluator {
  /// The session.
  public let session: Session
  private let versions: [(name: String, value: String)]
  private let opened: OpenedStore?
  private var documents: [String: (source: String, published: Int64?)]?

  /// Wraps a session.
  init(_ session: Session, versions: [(name: String, value: String)], _ opened: OpenedStore?) {
    self.session = session
    self.versions = versions
    self.opened = opened
  }

  /// Versions and hashes.
  public var provenance: [(name: String, value: String)] { versions + (opened?.provenance ?? []) }

  /// The reader's own tables.
  public var tables: [TableOrigin] {
    (session.store?.ownTables ?? []).map { TableOrigin($0.name, file: $0.source, hash: $0.hash) }
  }

  /// Hashes of the documents, as the store keeps them.
  public var inputs: NotebookInputs? { opened.flatMap { try? NotebookInputs($0.store) } }

  /// SHA-256 of all that results rest on besides queries, for a program of this kind.
  func digest(program: String) throws(DossierError) -> String {
    let settings = session.settings
    let functions = (session.store?.functions ?? []).map(\.text)
    // A notebook that doesn't say what time it is can't ask, but for functions that are kept in the store.
    let asks = functions.contains { !Session.names(in: $0).isDisjoint(with: ["now", "ago"]) }
    return SHA256.hex(
      ofFields: [
        "dossier results 1", program, settings.clockIsPinned || asks ? "\(settings.now)" : "",
        "\(settings.seed)", try opened?.content() ?? "",
      ] + versions.flatMap { [$0.name, $0.value] }
        + session.parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
  }

  /// The result of a query text; nil if it only holds statements, which the cells that follow may then use.
  public func evaluate(_ query: String, keeping: Bool) throws(DossierError) -> CellResult? {
    if keeping, try session.define(query) != nil { return nil }
    let evaluation = try session.evaluate(query, keeping: keeping)
    return CellResult(evaluation.table, origin: evaluation)
  }

  /// Makes a result a table that later queries can name.
  public func define(_ name: String, as result: CellResult) throws(DossierError) {
    if let evaluation = result.origin as? Evaluation { session.name(evaluation, as: name) }
  }

  /// The sentences behind a row; through named results down to the documents.
  public func evidence(
    for result: CellResult, row: Int, limit: Int
  ) throws(DossierError) -> RowEvidence {
    guard let evaluation = result.origin as? Evaluation else { return RowEvidence([], total: 0) }
    let evidence = try session.evidence(forRow: row, of: evaluation, limit: limit)
    var sentences: [EvidenceSentence] = []
    for passage in evidence.passages {
      let document = try about(passage.docID)
      sentences.append(
        EvidenceSentence(
          docID: passage.docID, title: passage.title, source: document.source, published: document.published,
          start: passage.start, end: passage.end, text: passage.text,
          marks: passage.highlights.map { EvidenceSentence.Mark($0.range, $0.kind.rawValue) }))
    }
    // Several source rows may stand in one sentence: the number of rows says only that there are more.
    let total = evidence.isCut ? max(evidence.sourceRows, sentences.count + 1) : sentences.count
    return RowEvidence(sentences, total: total)
  }

  private func about(_ docID: String) throws(DossierError) -> (source: String, published: Int64?) {
    if documents == nil {
      var known: [String: (source: String, published: Int64?)] = [:]
      if let table = session.store?.tables["Documents"] {
        let columns = ["DocId", "Source", "Published"].compactMap(table.schema.index(of:))
        let read = columns.count == 3 ? try table.read(columns: columns, rows: 0..<table.rowCount) : []
        for row in 0..<(read.isEmpty ? 0 : table.rowCount) {
          var published: Int64?
          if case .datetime(let ticks) = read[2].value(row) { published = ticks }
          known[read[0].value(row).text] = (read[1].value(row).text, published)
        }
      }
      documents = known
    }
    return documents?[docID] ?? ("", nil)
  }
}

/// Loads documents and tables into a store of its own, for notebooks that name them.
public protocol DocumentLoader: Sendable {
  /// A store of the documents at some paths, annotated, and of some tables; `orderSeed` shuffles the order of loading
  /// documents. The store may vanish when the process ends.
  func load(
    _ sources: [DocumentSource], tables: [TableSource], orderSeed: UInt64?, threads: Int?
  ) throws(DossierError) -> CorpusStore
}

/// Opens sessions for notebooks.
///
/// What a notebook names is opened or loaded once, however many runs ask for it: a store never changes while
/// it is open.
public struct SessionProvider: CellEvaluatorProvider {
  /// What sessions are given besides; clock, seed and threads come from the notebook where it has them.
  public var settings: SessionSettings
  /// Loads documents; nil refuses notebooks that ask for it.
  public var loader: (any DocumentLoader)?
  /// How entities are resolved, for notebooks with corrections; nil refuses those.
  public var resolver: Resolver?
  /// Versions, hashes: first in the colophon.
  public var provenance: [(name: String, value: String)]
  /// Where results are looked up before anything is evaluated; nil for nowhere.
  public var cache: ReplayCache?
  private let stores = OpenStores()

  /// Makes a provider.
  public init(
    settings: SessionSettings, loader: (any DocumentLoader)?, resolver: Resolver? = nil,
    provenance: [(name: String, value: String)], cache: ReplayCache? = nil
  ) {
    self.settings = settings
    self.cache = cache
    self.loader = loader
    self.resolver = resolver
    self.provenance = provenance
  }

  /// A session over the store or documents.
  /// - Errors: `STO…` for a store that can't be opened; `NBK061` for documents without a loader.
  public func open(_ environment: NotebookEnvironment) throws(DossierError) -> any CellEvaluator {
    var settings = settings
    if let asOf = environment.asOf {
      settings.now = asOf
      settings.clockIsPinned = true
    }
    if let seed = environment.seed { settings.seed = UInt64(bitPattern: seed) }
    if let threads = environment.threads { settings.threads = threads }
    let opened = try stores.get(environment) { () throws(DossierError) in try store(environment) }
    let evaluator = SessionEvaluator(
      Session(store: opened?.store, settings: settings), versions: provenance, opened)
    return cache.map { CachedEvaluator(evaluator, $0) } ?? evaluator
  }

  private func store(_ environment: NotebookEnvironment) throws(DossierError) -> CorpusStore? {
    guard let store = try uncorrected(environment) else { return nil }
    let more = environment.corrections.filter { !store.corrections.contains($0) }
    if more.isEmpty { return store }
    guard let resolver else { throw DossierError("NBK062", "entities can't be corrected here") }
    return try store.corrected(by: store.corrections + more, resolve: resolver)
  }

  private func uncorrected(_ environment: NotebookEnvironment) throws(DossierError) -> CorpusStore? {
    if let path = environment.store { return try CorpusStore.open(path, snapshot: environment.snapshot) }
    if environment.documents.isEmpty, environment.tables.isEmpty { return nil }
    guard let loader else { throw DossierError("NBK061", "documents can't be loaded here; name a store") }
    return try loader.load(
      environment.documents, tables: environment.tables, orderSeed: environment.loadOrderSeed,
      threads: environment.threads)
  }
}

/// A store that is open, with what a report says of it.
final class OpenedStore: Sendable {
  let store: CorpusStore
  private let known = Mutex<[(name: String, value: String)]?>(nil)

  init(_ store: CorpusStore) { self.store = store }

  private static func hash(of functions: [FunctionText]) -> String {
    SHA256.hex(ofFields: functions.flatMap { [$0.name, $0.text] })
  }

  private let knownContent = Once<String>()

  /// SHA-256 of all that queries can read: the documents with their facts, the corrections, functions and tables of
  /// the reader, the marks, and which load brought what.
  func content() throws(DossierError) -> String {
    try knownContent.get { () throws(DossierError) in
      var fields = [try store.contentHash()] + (try store.annotators())
      fields += store.corrections.map(\.text) + [Self.hash(of: store.functions)]
      for table in store.ownTables { fields += [table.name, table.source, table.hash] }
      for (name, columns) in [
        (ImportRow.tableName, nil), (MarkRow.tableName, nil), (DocumentRow.tableName, ["Batch"]),
      ] as [(String, [String]?)] {
        guard let table = store.tables[name] else { continue }
        let places = table.schema.fields.indices.filter { columns?.contains(table.schema[$0].name) ?? true }
        for column in try table.read(columns: Array(places), rows: 0..<table.rowCount) {
          fields.append(SHA256.hex(of: ColumnBytes.of(column)))
        }
      }
      return SHA256.hex(ofFields: fields)
    }
  }

  /// How many documents there are, and the hashes: read when a report first asks, as the store's takes time.
  var provenance: [(name: String, value: String)] {
    known.withLock { known in
      if let known { return known }
      var entries = [("Documents", grouped(store.documentCount))]
      do throws(DossierError) {
        entries.append(("Store SHA-256", try store.contentHash()))
        for annotator in try store.annotators() { entries.append(("Model and stages", annotator)) }
        if !store.corrections.isEmpty {
          entries.append(("Corrections", counted(store.corrections.count, "line")))
        }
        if !store.functions.isEmpty {
          entries.append(("Functions SHA-256", Self.hash(of: store.functions)))
        }
        for table in store.ownTables {
          entries.append(("Table \(table.name)", "\(table.source), SHA-256 \(table.hash)"))
        }
      } catch {
        entries.append(("Store", error.message))
      }
      known = entries
      return entries
    }
  }
}

/// Stores that are open, by what was asked for.
private final class OpenStores: Sendable {
  private struct Key: Equatable {
    let store: String?
    let documents: [DocumentSource]
    let tables: [TableSource]
    let snapshot: Int?
    let order: UInt64?
    let corrections: [Correction]
  }
  private let opened = Mutex<[(key: Key, store: OpenedStore?)]>([])

  func get(
    _ environment: NotebookEnvironment, _ open: () throws(DossierError) -> CorpusStore?
  ) throws(DossierError) -> OpenedStore? {
    let key = Key(
      store: environment.store, documents: environment.documents, tables: environment.tables,
      snapshot: environment.snapshot, order: environment.loadOrderSeed, corrections: environment.corrections)
    // Whoever comes second waits for the first: loading twice would take longer.
    let result = opened.withLock { known -> Result<OpenedStore?, DossierError> in
      if let found = known.first(where: { $0.key == key }) { return .success(found.store) }
      do throws(DossierError) {
        let fresh = try open().map { OpenedStore($0) }
        known.append((key, fresh))
        return .success(fresh)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
