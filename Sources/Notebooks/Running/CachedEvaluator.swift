import Columnar
import Diagnostics
import KQLSyntax
import Sessions
import Store

/// A session whose queries are looked up in a cache first.
///
/// The key of a query is the SHA-256 of: the program; the content of the store with all that the reader has added to
/// it; clock, seed; the query's text with the kept statements that it needs; and the names of earlier results that
/// occur in it with the keys of those. A query that is not found is evaluated, and so are, before it, the results
/// that it names and that came from the cache: its result and its evidence are then those of a run without a cache.
final class CachedEvaluator: CellEvaluator {
  private let session: SessionEvaluator
  private let cache: ReplayCache
  private let base = Once<String>()
  /// The names in the reader's own functions, which any query may call.
  private lazy var functionNames = Set(
    (session.session.store?.functions ?? []).flatMap { Session.names(in: $0.text) })
  private var answers: [Answer] = []
  /// The newest answer of each name.
  private var bound: [String: Int] = [:]

  private struct Answer {
    let source: String
    let key: String
    /// The answers that the source names, by the names.
    let inputs: [(name: String, answer: Int)]
    var entry: ReplayCache.Entry
    var evaluated: CellResult?
    var isKept: Bool
  }

  /// What `CellResult.origin` is here: the answer's place.
  private struct Origin {
    let answer: Int
  }

  init(_ session: SessionEvaluator, _ cache: ReplayCache) {
    self.session = session
    self.cache = cache
  }

  var inputs: NotebookInputs? { session.inputs }
  var provenance: [(name: String, value: String)] { session.provenance }
  var tables: [TableOrigin] { session.tables }

  func evaluate(_ query: String, keeping: Bool) throws(DossierError) -> CellResult? {
    let prelude = session.session.prelude(for: query)
    let inputs = inputs(of: prelude + query)
    if keeping, let names = session.session.definedNames(in: query) {
      if areDefined(names) { try evaluateAll() }
      try bind(inputs)
      return try session.evaluate(query, keeping: true)
    }
    let key = try key(of: query, prelude, inputs)
    let answer: Answer
    let table: Table
    if let entry = cache.entry(key), let known = entry.table {
      table = known
      answer = Answer(source: query, key: key, inputs: inputs, entry: entry, isKept: true)
    } else {
      try bind(inputs)
      guard let result = try session.evaluate(query, keeping: false) else { return nil }
      table = result.table
      answer = Answer(
        source: query, key: key, inputs: inputs, entry: ReplayCache.Entry(table), evaluated: result,
        isKept: false)
    }
    let place = answers.count
    answers.append(answer)
    if keeping { bound[Session.lastName] = place }
    return CellResult(table, origin: Origin(answer: place))
  }

  func define(_ name: String, as result: CellResult) throws(DossierError) {
    guard let origin = result.origin as? Origin else { return }
    if areDefined([name]) {
      try evaluateAll()
      try session.define(name, as: evaluated(origin.answer))
    }
    bound[name] = origin.answer
  }

  func evidence(for result: CellResult, row: Int, limit: Int) throws(DossierError) -> RowEvidence {
    guard let origin = result.origin as? Origin else { return RowEvidence([], total: 0) }
    let known = answers[origin.answer].entry
    if known.limit == limit, let found = known.evidence.first(where: { $0.row == row }) {
      return found.evidence
    }
    let evidence = try session.evidence(for: evaluated(origin.answer), row: row, limit: limit)
    if known.limit != limit {
      answers[origin.answer].entry.evidence = []
      answers[origin.answer].entry.limit = limit
    }
    answers[origin.answer].entry.evidence.append(ReplayCache.Entry.Row(row: row, evidence: evidence))
    answers[origin.answer].isKept = false
    return evidence
  }

  func finish() {
    for place in answers.indices where !answers[place].isKept {
      cache.keep(answers[place].entry, answers[place].key)
      answers[place].isKept = true
    }
  }

  // MARK: Evaluating what came from the cache

  /// Whether a kept statement has defined one of some names.
  private func areDefined(_ names: [String]) -> Bool {
    session.session.definitions.contains { !Set($0.names).isDisjoint(with: names) }
  }

  /// Evaluates what came from the cache, before a name means something else: what is evaluated later would find its new
  /// meaning.
  private func evaluateAll() throws(DossierError) {
    for answer in answers.indices { _ = try evaluated(answer) }
  }

  /// The result of an answer in the session.
  private func evaluated(_ place: Int) throws(DossierError) -> CellResult {
    if let known = answers[place].evaluated { return known }
    try bind(answers[place].inputs)
    guard let result = try session.evaluate(answers[place].source, keeping: false) else {
      throw DossierError(.notebookFile, "a cached query gives nothing; run without --cache")
    }
    answers[place].evaluated = result
    return result
  }

  /// Makes names mean some answers in the session.
  private func bind(_ inputs: [(name: String, answer: Int)]) throws(DossierError) {
    // All of them first: evaluating one may bind the same names to other answers.
    for (_, answer) in inputs { _ = try evaluated(answer) }
    for (name, answer) in inputs { try session.define(name, as: evaluated(answer)) }
  }

  /// The earlier answers that a text may read, with the statements that it needs in front: those whose names occur in it
  /// or in the reader's own functions; all where a table is named by an expression.
  private func inputs(of text: String) -> [(name: String, answer: Int)] {
    let names = Session.names(in: text).union(functionNames)
    let readsAny = names.contains("table")
    return bound.filter { readsAny || names.contains($0.key) }.map { ($0.key, $0.value) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func key(
    of query: String, _ prelude: String, _ inputs: [(name: String, answer: Int)]
  ) throws(DossierError) -> String {
    let base = try base.get { () throws(DossierError) in try session.digest(program: cache.program) }
    var fields = [base, prelude, query]
    for (name, answer) in inputs { fields += [name, answers[answer].key] }
    return SHA256.hex(ofFields: fields)
  }
}
