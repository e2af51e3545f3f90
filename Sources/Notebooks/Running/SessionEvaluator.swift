import Columnar
import Diagnostics
import Sessions
import Store

/// Answers a notebook's queries by a session.
public final class SessionEvaluator: CellEvaluator {
  /// The session.
  public let session: Session
  /// Versions and hashes.
  public let provenance: [(name: String, value: String)]

  private var definitions: [(name: String, result: CellResult)] = []
  /// Traces by the result's serial number.
  private var traces: [Int: Trace] = [:]
  private var serial = 0
  private var documents: [String: (source: String, published: Int64?)]?

  /// What a result needs to be traced.
  private struct Origin: Sendable {
    let evaluation: Evaluation
    let serial: Int
  }

  /// Wraps a session.
  public init(_ session: Session, provenance: [(name: String, value: String)]) {
    self.session = session
    self.provenance = provenance
  }

  /// The result of a query text.
  public func evaluate(_ query: String, lineage: Bool) throws(DossierError) -> CellResult? {
    let evaluation = try session.evaluate(query)
    serial += 1
    var table = evaluation.table
    if lineage {
      let trace = try session.trace(evaluation)
      traces[serial] = trace
      table.lineage = trace.lineage
    }
    return CellResult(table, origin: Origin(evaluation: evaluation, serial: serial))
  }

  /// Makes a result a table that later queries can name.
  public func define(_ name: String, as result: CellResult) throws(DossierError) {
    definitions.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
    definitions.append((name, result))
    var table = result.table
    table.lineage = nil
    session.name(table, as: name)
  }

  /// The sentences behind a row; through named results down to the documents.
  public func evidence(
    for result: CellResult, row: Int, limit: Int
  ) throws(DossierError) -> RowEvidence {
    guard let trace = try trace(of: result), row < trace.lineage.count else {
      return RowEvidence([], total: 0)
    }
    var sources: [String] = []
    var lineage = Lineage()
    try collect(trace.lineage[row], trace.sources, into: &lineage, &sources, depth: 0)
    let evidence = try session.evidence(for: lineage, sources: sources, limit: limit)
    var sentences: [EvidenceSentence] = []
    for passage in evidence.passages {
      let document = try about(passage.docID)
      sentences.append(
        EvidenceSentence(
          docID: passage.docID, title: passage.title, source: document.source, published: document.published,
          start: passage.start, end: passage.end, text: passage.text,
          marks: passage.highlights.map { EvidenceSentence.Mark($0, "span") }))
    }
    // Several source rows may stand in one sentence: the number of rows says only that there are more.
    let total = evidence.isCut ? max(evidence.sourceRows, sentences.count + 1) : sentences.count
    return RowEvidence(sentences, total: total)
  }

  private func trace(of result: CellResult) throws(DossierError) -> Trace? {
    guard let origin = result.origin as? Origin else { return nil }
    if let known = traces[origin.serial] { return known }
    let trace = try session.trace(origin.evaluation)
    traces[origin.serial] = trace
    return trace
  }

  /// Adds rows to `lineage`, those of named results replaced by what these rest on.
  private func collect(
    _ rows: Lineage, _ names: [String], into lineage: inout Lineage, _ sources: inout [String], depth: Int
  ) throws(DossierError) {
    // Names are defined in order, so this ends; the bound is for a name that was given twice.
    guard depth < 100 else { return }
    for reference in rows.rows where names.indices.contains(Int(reference.source)) {
      let name = names[Int(reference.source)]
      if let defined = definitions.last(where: { $0.name.utf8.elementsEqual(name.utf8) }),
        let trace = try trace(of: defined.result)
      {
        let row = Int(reference.row)
        guard row < trace.lineage.count else { continue }
        try collect(trace.lineage[row], trace.sources, into: &lineage, &sources, depth: depth + 1)
      } else {
        var number = sources.firstIndex { $0.utf8.elementsEqual(name.utf8) }
        if number == nil {
          number = sources.count
          sources.append(name)
        }
        lineage.formUnion(Lineage(RowReference(source: Int32(number ?? 0), row: reference.row)))
      }
    }
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

/// Loads documents into a store of its own, for notebooks that name documents.
public protocol DocumentLoader: Sendable {
  /// A store of the documents at some paths, annotated; `orderSeed` shuffles the order of loading. The store
  /// may vanish when the process ends.
  func load(_ paths: [String], orderSeed: UInt64?, threads: Int?) throws(DossierError) -> CorpusStore
}

/// Opens sessions for notebooks.
public struct SessionProvider: CellEvaluatorProvider {
  /// What sessions are given besides; clock, seed and threads come from the notebook where it has them.
  public var settings: SessionSettings
  /// Loads documents; nil refuses notebooks that ask for it.
  public var loader: (any DocumentLoader)?
  /// Versions, hashes: first in the colophon.
  public var provenance: [(name: String, value: String)]

  /// Makes a provider.
  public init(
    settings: SessionSettings, loader: (any DocumentLoader)?, provenance: [(name: String, value: String)]
  ) {
    self.settings = settings
    self.loader = loader
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
    var provenance = provenance
    let store: CorpusStore?
    if let path = environment.store {
      store = try CorpusStore.open(path, snapshot: environment.snapshot)
    } else if !environment.documents.isEmpty {
      guard let loader else { throw DossierError("NBK061", "documents can't be loaded here; name a store") }
      store = try loader.load(
        environment.documents, orderSeed: environment.loadOrderSeed, threads: environment.threads)
    } else {
      store = nil
    }
    if let store {
      provenance.append(("Documents", String(store.documentCount)))
      provenance.append(("Store", try store.contentHash()))
    }
    return SessionEvaluator(Session(store: store, settings: settings), provenance: provenance)
  }
}
