import Columnar
import Diagnostics
import Facts
import KQLEngine
import KQLLibrary
import KQLSyntax
import Store

/// What a session is given besides its tables.
public struct SessionSettings: Sendable {
  /// The clock: `now()` in ticks.
  public var now: Int64
  /// Whether the clock was pinned (`--as-of`, `as-of:`) and is not just the start of the process.
  public var clockIsPinned: Bool
  /// Seeds `rand`, `sample` and the like.
  public var seed: UInt64
  /// How many threads may work at once.
  public var threads: Int
  /// The most bytes that operators may hold at once; nil for no limit.
  public var memoryLimit: Int?
  /// Rows a batch.
  public var batchSize: Int
  /// Asked at each batch; what it gives stops the evaluation.
  public var interruption: (@Sendable () -> DossierError?)?
  /// How long one evaluation may take; nil for no limit.
  public var timeLimit: Duration?

  /// Makes settings.
  public init(
    now: Int64, clockIsPinned: Bool = false, seed: UInt64 = 0, threads: Int = 1, memoryLimit: Int? = nil,
    batchSize: Int = 8192, interruption: (@Sendable () -> DossierError?)? = nil, timeLimit: Duration? = nil
  ) {
    self.now = now
    self.clockIsPinned = clockIsPinned
    self.seed = seed
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.batchSize = batchSize
    self.interruption = interruption
    self.timeLimit = timeLimit
  }
}

/// A query that a session has answered.
public struct Evaluation: Sendable {
  /// Its text.
  public let source: String
  /// Its plan.
  public let query: CompiledQuery
  /// Its answer.
  public let table: Table
  /// The earlier results that it read, by the names under which it read them.
  let inputs: [NamedResult]
  /// Its number in the session.
  let serial: Int
  /// Which opening of a store its rows belong to.
  let generation: Int
}

/// An earlier result that queries can name as a table.
public struct NamedResult: Sendable {
  /// The name.
  public let name: String
  /// The result.
  public let evaluation: Evaluation
}

/// One session over one store: what the prompt, scripts, notebooks and `dossier query` all drive.
///
/// A session is used from one thread; what it reads may be shared with others.
public final class Session {
  /// The store; nil for a session on no documents.
  public private(set) var store: CorpusStore?
  /// The tables.
  public private(set) var catalog: CorpusCatalog
  /// Clock, seed, threads, limits.
  public var settings: SessionSettings
  /// Texts for the parameters that queries declare.
  public var parameters: [String: String] = [:]
  /// The last query that was answered; later queries can name its result as `_`.
  public private(set) var last: Evaluation?
  /// Results that later queries can name, in the order of naming.
  public private(set) var named: [NamedResult] = []
  /// Statements that stood alone, in order: what follows may use their names.
  public internal(set) var definitions: [KeptStatement] = []
  /// The language over the session's tables.
  public private(set) var engine: Engine

  /// Opens a session on a store; without one, all tables are there and empty.
  public init(store: CorpusStore?, settings: SessionSettings) {
    self.store = store
    self.settings = settings
    catalog = Self.catalog(of: store)
    engine = Engine.standard(over: catalog)
  }

  /// The name of the last result in the next query.
  public static let lastName = "_"

  /// What the rows of answered queries rest on, by the query's serial number, as far as it was asked for.
  var traces: [Int: Trace] = [:]
  /// Counts the stores that this session has been on.
  private(set) var generation = 0
  private var serial = 0

  /// Goes on with another store, or with the same one after a load. Named results stay; the last result
  /// is forgotten, as its rows rest on the old tables.
  public func use(_ store: CorpusStore?) {
    self.store = store
    catalog = Self.catalog(of: store)
    last = nil
    generation += 1
    traces = [:]
    showResults()
  }

  /// Goes on with the same store after something in it has changed that no earlier result rests on.
  func refresh(_ store: CorpusStore) {
    self.store = store
    catalog = Self.catalog(of: store)
    showResults()
  }

  /// Puts the results that queries may name on top of the store's tables.
  private func showResults() {
    let last = last.map { [NamedResult(name: Self.lastName, evaluation: $0)] } ?? []
    engine = engine.with(catalog: LayeredCatalog(upper: named + last, lower: catalog))
  }

  private static func catalog(of store: CorpusStore?) -> CorpusCatalog {
    let tables = store?.tables ?? CorpusStore.emptyTables
    let names = TableRegistry.tables.map(\.name) + (store?.ownTables ?? []).map(\.name)
    return CorpusCatalog(
      names.compactMap { name in tables[name].map { (name, $0) } },
      storedFunctions: (store?.functions ?? []).map { StoredFunction(name: $0.name, commented: $0.text) })
  }

  /// Checks and plans a query without running it.
  /// - Errors: `SYN…`, `BND…`; all at once.
  public func compile(_ source: String) throws(DossierError) -> CompiledQuery {
    try inContext(source) { (text) throws(DossierError) in
      try engine.compile(text, parameters: parameters, settings: executionSettings)
    }
  }

  /// Checks a query without reading any row.
  /// - Errors: `SYN…`, `BND…`; all at once.
  public func check(_ source: String) throws(DossierError) -> CompiledQuery {
    try inContext(source) { (text) throws(DossierError) in
      try engine.compile(text, parameters: parameters, settings: executionSettings, mayRead: false)
    }
  }

  /// Answers a query, and keeps its result as the last one, for `_` and for the evidence; `keeping: false`
  /// leaves the last result as it is.
  /// - Errors: `SYN…`, `BND…`, `EXE…`.
  @discardableResult
  public func evaluate(_ source: String, keeping: Bool = true) throws(DossierError) -> Evaluation {
    let (query, answer) = try inContext(source) { (text) throws(DossierError) in
      let query = try engine.compile(text, parameters: parameters, settings: executionSettings)
      return (query, try engine.run(query, ExecutionContext(executionSettings)))
    }
    var table = answer
    if table.rowCount == 0 { table.notes += try aliasNotes(for: source) }
    serial += 1
    let upper = (engine.catalog as? LayeredCatalog)?.upper ?? []
    let evaluation = Evaluation(
      source: source, query: query, table: table,
      inputs: upper.filter { result in query.sources.contains { sameScalars($0, result.name) } },
      serial: serial, generation: generation)
    if keeping {
      last = evaluation
      showResults()
    }
    return evaluation
  }

  /// Keeps a result under a name that later queries can use as a table. A name given twice keeps the
  /// newer result.
  public func name(_ evaluation: Evaluation, as name: String) {
    forgetDefinition(of: name)
    named.removeAll { sameScalars($0.name, name) }
    named.append(NamedResult(name: name, evaluation: evaluation))
    showResults()
  }

  /// What an evaluation that begins now is given.
  public var executionSettings: ExecutionSettings {
    var interruption = settings.interruption
    if let limit = settings.timeLimit {
      let deadline = ContinuousClock.now + limit
      interruption = { [settings] in
        if let stop = settings.interruption?() { return stop }
        guard ContinuousClock.now > deadline else { return nil }
        return DossierError(
          "EXE003", "the query took longer than the time limit", hint: "raise --timeout, or filter first")
      }
    }
    return ExecutionSettings(
      now: settings.now, seed: settings.seed, threads: settings.threads, batchSize: settings.batchSize,
      memoryLimit: settings.memoryLimit, interruption: interruption)
  }

  /// A comparison of a name column with a mere alias explains an empty result.
  private func aliasNotes(for source: String) throws(DossierError) -> [String] {
    var notes: [String] = []
    let tokens = tokenize(source)
    for place in tokens.indices.dropLast(2)
    where tokens[place].kind == .name && Self.nameColumns.contains(tokens[place].text)
      && tokens[place + 1].text == "==" && tokens[place + 2].kind == .string
    {
      let text = tokens[place + 2].text
      if let meant = try catalog.entityNames.canonicalName(forAlias: text) {
        let column = tokens[place].text
        let note =
          "\(column) holds canonical names: \"\(text)\" is an alias of \"\(meant.name)\" (\(meant.id))"
        if !notes.contains(note) { notes.append(note) }
      }
    }
    return notes
  }

  /// Columns that hold canonical names of entities.
  private static let nameColumns: Set<String> = ["Entity", "Subject", "Object", "Speaker"]
}

/// A catalog with results on top of a store's tables. Results are found by their exact name only: neither
/// `search` nor `union *` goes through them, as they would find what the tables hold a second time.
private struct LayeredCatalog: Catalog {
  let upper: [NamedResult]
  let lower: CorpusCatalog

  var tableNames: [String] { lower.tableNames }
  var functions: [ScalarFunction] { lower.functions }
  var storedFunctions: [StoredFunction] { lower.storedFunctions }
  func table(_ name: String) -> CatalogTable? {
    guard let found = upper.last(where: { sameScalars($0.name, name) }) else { return lower.table(name) }
    let table = found.evaluation.table
    return CatalogTable(
      name: name, provider: table,
      virtualColumns: virtualColumns(for: table.schema, directory: lower.directory))
  }
}
