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

  /// Makes settings.
  public init(
    now: Int64, clockIsPinned: Bool = false, seed: UInt64 = 0, threads: Int = 1, memoryLimit: Int? = nil,
    batchSize: Int = 8192, interruption: (@Sendable () -> DossierError?)? = nil
  ) {
    self.now = now
    self.clockIsPinned = clockIsPinned
    self.seed = seed
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.batchSize = batchSize
    self.interruption = interruption
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
  /// The last query that was answered.
  public private(set) var last: Evaluation?
  /// Results that later queries can name, in the order of naming.
  public private(set) var named: [(name: String, table: Table)] = []
  /// The language over the session's tables.
  public private(set) var engine: Engine

  /// Opens a session on a store; without one, all tables are there and empty.
  public init(store: CorpusStore?, settings: SessionSettings) {
    self.store = store
    self.settings = settings
    catalog = Self.catalog(of: store)
    engine = Engine.standard(over: catalog)
  }

  /// Goes on with another store, or with the same one after a load. Named results stay; the last result
  /// is forgotten, as its rows rest on the old tables.
  public func use(_ store: CorpusStore?) {
    self.store = store
    catalog = Self.catalog(of: store)
    engine = engine.with(catalog: LayeredCatalog(upper: named, lower: catalog))
    last = nil
  }

  private static func catalog(of store: CorpusStore?) -> CorpusCatalog {
    let tables = store?.tables ?? CorpusStore.emptyTables
    return CorpusCatalog(
      TableRegistry.tables.compactMap { table in tables[table.name].map { (table.name, $0) } })
  }

  /// Checks and plans a query without running it.
  /// - Errors: `SYN…`, `BND…`; all at once.
  public func compile(_ source: String) throws(DossierError) -> CompiledQuery {
    try engine.compile(source, parameters: parameters, settings: executionSettings)
  }

  /// Answers a query, and keeps it for `evidence(forRow:)`.
  /// - Errors: `SYN…`, `BND…`, `EXE…`.
  @discardableResult
  public func evaluate(_ source: String) throws(DossierError) -> Evaluation {
    let query = try compile(source)
    var table = try engine.run(query, ExecutionContext(executionSettings))
    if table.rowCount == 0 { table.notes += try aliasNotes(for: source) }
    let evaluation = Evaluation(source: source, query: query, table: table)
    last = evaluation
    return evaluation
  }

  /// Keeps a result under a name that later queries can use as a table. A name given twice keeps the
  /// newer result.
  public func name(_ table: Table, as name: String) {
    named.removeAll { sameScalars($0.name, name) }
    named.append((name, table))
    engine = engine.with(catalog: LayeredCatalog(upper: named, lower: catalog))
  }

  /// What one row of a result rests on: the query is run again with lineage.
  ///
  /// - `row`: from 0.
  /// - Errors: `CMD110` for a row that isn't there; `EXE…`.
  public func evidence(
    forRow row: Int, of evaluation: Evaluation, limit: Int = 20
  ) throws(DossierError) -> Evidence {
    guard row >= 0, row < evaluation.table.rowCount else {
      throw DossierError(
        "CMD110",
        "the last result has \(counted(evaluation.table.rowCount, "row")); there is no row \(row + 1)")
    }
    var settings = executionSettings
    settings.wantsLineage = true
    let traced = try engine.run(evaluation.query, ExecutionContext(settings))
    let lineage = traced.lineage.flatMap { row < $0.count ? $0[row] : nil } ?? Lineage()
    return try EvidenceFinder(catalog: catalog, sources: evaluation.query.sources)
      .evidence(for: lineage, limit: limit)
  }

  /// What an evaluation is given.
  public var executionSettings: ExecutionSettings {
    ExecutionSettings(
      now: settings.now, seed: settings.seed, threads: settings.threads, batchSize: settings.batchSize,
      memoryLimit: settings.memoryLimit, interruption: settings.interruption)
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

/// A catalog with results on top of a store's tables.
private struct LayeredCatalog: Catalog {
  let upper: [(name: String, table: Table)]
  let lower: CorpusCatalog

  var tableNames: [String] { lower.tableNames + upper.map(\.name) }
  var functions: [ScalarFunction] { lower.functions }
  func table(_ name: String) -> CatalogTable? {
    if let found = upper.first(where: { sameScalars($0.name, name) }) {
      return CatalogTable(name: name, provider: found.table)
    }
    return lower.table(name)
  }
}

/// "1 row", "2 rows", "3,412 rows".
public func counted(_ number: Int, _ noun: String) -> String {
  "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
}

/// An integer with a comma every three digits.
public func grouped(_ number: Int) -> String {
  var text = ""
  for (place, digit) in String(number.magnitude).reversed().enumerated() {
    if place > 0, place % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return (number < 0 ? "-" : "") + String(text.reversed())
}
