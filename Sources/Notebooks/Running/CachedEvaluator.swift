import Columnar
import Diagnostics
import KQLSyntax
import Sessions

/// A session whose queries are looked up in a cache first.
///
/// The key of a query is the SHA-256 of: the program; the content of the store with all that the reader has added to
/// it; clock, seed; the query's text with the kept statements that it needs; and the names of earlier results that
/// occur in it with the keys of those. A query that is not found is evaluated, and so are, before it, the results
/// that it names and that came from the cache: its result and its evidence are then those of a run without a cache.
final class CachedEvaluator: CellEvaluator {
  private let session: SessionEvaluator
  private let cache: ReplayCache
  private var base: Result<String, DossierError>?
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
    let inputs = inputs(of: query)
    if keeping, let names = session.session.definedNames(in: query) {
      // A name that means something else from now on: what is evaluated later has to find its old meaning.
      let isNew = session.session.definitions.allSatisfy { Set($0.names).isDisjoint(with: names) }
      if !isNew { for answer in answers.indices { _ = try evaluated(answer) } }
      try bind(inputs)
      return try session.evaluate(query, keeping: true)
    }
    let key = try key(of: query, inputs)
    let place = answers.count
    if let entry = cache.entry(key), let table = entry.table {
      answers.append(Answer(source: query, key: key, inputs: inputs, entry: entry, isKept: true))
      if keeping { bound[Session.lastName] = place }
      return CellResult(table, origin: Origin(answer: place))
    }
    try bind(inputs)
    guard let result = try session.evaluate(query, keeping: false) else { return nil }
    let entry = ReplayCache.Entry(result.table)
    answers.append(
      Answer(source: query, key: key, inputs: inputs, entry: entry, evaluated: result, isKept: false))
    if keeping { bound[Session.lastName] = place }
    return CellResult(result.table, origin: Origin(answer: place))
  }

  func define(_ name: String, as result: CellResult) throws(DossierError) {
    guard let origin = result.origin as? Origin else { return }
    if session.session.definitions.contains(where: { $0.names.contains(name) }) {
      for answer in answers.indices { _ = try evaluated(answer) }
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

  /// The earlier answers that a text may read: those whose names occur in it, in the statements that it needs or in
  /// the reader's own functions; all where a table is named by an expression.
  private func inputs(of query: String) -> [(name: String, answer: Int)] {
    var names = Session.names(in: session.session.prelude(for: query) + query)
    for function in session.session.store?.functions ?? [] {
      names.formUnion(Session.names(in: function.text))
    }
    let readsAny = names.contains("table")
    return bound.filter { readsAny || names.contains($0.key) }.map { ($0.key, $0.value) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func key(of query: String, _ inputs: [(name: String, answer: Int)]) throws(DossierError) -> String {
    if base == nil {
      base = Result { () throws(DossierError) in try session.digest(program: cache.program) }
    }
    var fields = [try base!.get(), session.session.prelude(for: query), query]
    for (name, answer) in inputs { fields += [name, answers[answer].key] }
    return SHA256.hex(ofFields: fields)
  }
}
