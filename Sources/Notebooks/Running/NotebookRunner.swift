import Columnar
import Diagnostics
import KQLSyntax

/// Evaluates the cells of a notebook in order.
public struct NotebookRunner: Sendable {
  /// Opens what the notebook names.
  public var provider: any CellEvaluatorProvider
  /// Values for parameters, stronger than the front matter's.
  public var parameters: [(name: String, value: String)] = []
  /// A store that stands in for the notebook's own; a path.
  public var store: String?
  /// What `now()` is where the notebook doesn't say, in ticks.
  public var asOf: Int64?
  /// How many threads to use; nil for as many as there are cores.
  public var threads: Int?
  /// Shuffles the order in which documents are loaded; nil keeps it.
  public var loadOrderSeed: UInt64?
  /// The last cell to run, by its name or its number from 1; nil for all.
  public var until: String?
  /// The only cell whose output counts, likewise; those before it run, as it may read their results.
  public var only: String?

  /// Makes a runner that opens things through `provider`.
  public init(_ provider: any CellEvaluatorProvider) { self.provider = provider }

  /// Runs a notebook.
  ///
  /// Cells and inline values are evaluated in the order of the file. The first one that fails ends the run,
  /// unless its cell says `expect=error`; the rest then counts as not reached.
  ///
  /// - Parameter folder: the folder that the front matter's paths start from.
  /// - Returns: always a run; what went wrong is its `failure`, also when nothing could be opened.
  public func run(_ notebook: Notebook, in folder: String) -> NotebookRun {
    var run = NotebookRun(notebook)
    for item in notebook.items {
      switch item {
      case .cell(let cell): run.cells.append(CellOutcome(cell: cell, wasReached: false))
      case .inline:
        run.inlineValues.append(nil)
        run.inlineResults.append(nil)
      }
    }
    do {
      try evaluate(&run, in: folder)
    } catch {
      run.failure = error
    }
    return run
  }

  /// The rows that a query gives over what a notebook reads, each as values for parameters by the names of its
  /// columns. A missing value leaves the parameter as it is.
  public func rows(of query: String, in notebook: Notebook, folder: String) throws(DossierError)
    -> [ParameterRow]
  {
    let asOf = notebook.settings.asOf ?? self.asOf
    let evaluator = try provider.open(environment(of: notebook, in: folder, asOf: asOf))
    guard let table = try evaluator.evaluate(query, keeping: false)?.table, table.rowCount > 0 else {
      throw DossierError("NBK072", "the query of --each gives no rows")
    }
    return (0..<table.rowCount).map { row in
      table.schema.fields.indices.compactMap { column in
        let value = table.value(row: row, column: column)
        return value.isNull ? nil : (table.schema[column].name, value.text)
      }
    }
  }

  private func evaluate(_ run: inout NotebookRun, in folder: String) throws(DossierError) {
    let notebook = run.notebook
    let parameters = try NotebookParameters(of: notebook, given: self.parameters)
    run.parameters = parameters.values
    run.given = self.parameters
    run.isPartial = until != nil || only != nil
    let asOf = notebook.settings.asOf ?? self.asOf
    if asOf == nil { try Self.forbidClock(notebook) }
    let evaluator = try provider.open(environment(of: notebook, in: folder, asOf: asOf))
    run.evaluator = evaluator
    for table in notebook.settings.tables where !evaluator.tables.contains(where: { $0.name == table.name }) {
      throw DossierError(
        .missingTable, "the store has no table '\(table.name)', which the notebook names",
        hint: "dossier load STORE --table \(table.name)=FILE")
    }
    let prelude = parameters.prelude
    if !prelude.isEmpty { try check(parameters, with: evaluator) }
    let queries = Queries(evaluator: evaluator, prelude: prelude)
    defer { if let only { leaveOut(&run, but: only) } }
    let last = try (only ?? until).map { name throws(DossierError) in try Self.place(of: name, in: notebook) }
    var (cellIndex, valueIndex) = (0, 0)
    for item in notebook.items {
      if let last, cellIndex > last { break }
      switch item {
      case .cell(let cell):
        defer { cellIndex += 1 }
        run.cells[cellIndex].wasReached = true
        do {
          run.cells[cellIndex].result = try queries.result(of: cell)
        } catch {
          run.cells[cellIndex].error = error
          if !cell.attributes.expectsError { throw error.placed(in: cell) }
          continue
        }
        if cell.attributes.expectsError {
          let error = DossierError(
            .errorExpected, "this cell says expect=error, but it gave a result", at: nil,
            hint: "take expect=error out")
          run.cells[cellIndex].error = error
          throw error.placed(in: cell)
        }
      case .inline(let value):
        let (text, result) = try queries.read(value)
        run.inlineValues[valueIndex] = text
        run.inlineResults[valueIndex] = result
        valueIndex += 1
      }
    }
  }

  /// The place of a cell that is named, or numbered from 1.
  /// - Errors: `NBK041`.
  private static func place(of name: String, in notebook: Notebook) throws(DossierError) -> Int {
    let cells = notebook.cells
    if let place = cells.firstIndex(where: { $0.attributes.name == name }) { return place }
    if let number = Int(name), cells.indices.contains(number - 1) { return number - 1 }
    let names = cells.compactMap(\.attributes.name)
    throw DossierError(
      "NBK041", "the notebook has no cell '\(name)'",
      hint: nearestName(to: name, among: names).map { "did you mean \($0)?" }
        ?? "its cells are numbered from 1 to \(cells.count)")
  }

  /// What but one cell gave counts as not reached.
  private func leaveOut(_ run: inout NotebookRun, but name: String) {
    guard let place = try? Self.place(of: name, in: run.notebook) else { return }
    for index in run.cells.indices where index != place && run.cells[index].error == nil {
      run.cells[index].result = nil
      run.cells[index].wasReached = false
    }
    for index in run.inlineValues.indices {
      run.inlineValues[index] = nil
      run.inlineResults[index] = nil
    }
  }

  private func environment(of notebook: Notebook, in folder: String, asOf: Int64?) -> NotebookEnvironment {
    var environment = NotebookEnvironment()
    func path(_ name: String) -> String {
      name.hasPrefix("/") || folder.isEmpty || folder == "." ? name : "\(folder)/\(name)"
    }
    environment.store = store ?? notebook.settings.store.map(path)
    environment.documents =
      environment.store != nil
      ? [] : notebook.settings.documents.map { DocumentSource(path($0.path), options: $0.options) }
    environment.tables =
      environment.store != nil
      ? []
      : notebook.settings.tables.map { TableSource($0.name, path: $0.path.map(path), hash: $0.hash) }
    environment.snapshot = notebook.settings.snapshot
    environment.corrections = notebook.settings.corrections
    environment.asOf = asOf
    environment.seed = notebook.settings.seed
    environment.threads = threads
    environment.loadOrderSeed = loadOrderSeed
    return environment
  }

  /// Evaluates each parameter's constant, so that a wrong one is found before the first cell.
  private func check(_ parameters: NotebookParameters, with evaluator: any CellEvaluator) throws(DossierError)
  {
    for parameter in parameters.parameters {
      let query =
        "declare query_parameters(\(SyntaxPrinter.quotedIfNeeded(parameter.name)):\(parameter.type.rawValue)="
        + "\(parameter.literal ?? ""));\nprint \(SyntaxPrinter.quotedIfNeeded(parameter.name))"
      do {
        _ = try evaluator.evaluate(query, keeping: false)
      } catch {
        throw DossierError(
          .parameter,
          "the parameter '\(parameter.name)' can't be \(parameter.literal ?? ""): \(error.message)",
          at: parameter.place, hint: error.hint)
      }
    }
  }

  /// - Errors: `NBK040` if a query calls `now()` or `ago()`.
  private static func forbidClock(_ notebook: Notebook) throws(DossierError) {
    for item in notebook.items {
      let source =
        switch item {
        case .cell(let cell): cell.source
        case .inline(let value): value.source
        }
      let tokens = tokenize(source)
      for (token, next) in zip(tokens, tokens.dropFirst())
      where token.kind == .name && next.kind == .sign && next.text == "("
        && ["now", "ago"].contains(token.text)
      {
        let line =
          switch item {
          case .cell(let cell): cell.line + SourceText(source).position(at: token.span.lower).line
          case .inline(let value): value.line
          }
        throw DossierError(
          .clockWithoutAsOf,
          "line \(line) calls \(token.text)(), but the notebook doesn't say what time it is",
          hint: "as-of: 2024-10-08 in the front matter")
      }
    }
  }
}

extension DossierError {
  /// An error of a cell, with a span that points to the cell's place in the file.
  func placed(in cell: Cell) -> DossierError {
    var moved = self
    moved.span = span.map(cell.filePlace) ?? SourceSpan(cell.range.lowerBound, cell.range.upperBound)
    moved.notes = notes.map { DossierError.Note($0.message, at: $0.span.map(cell.filePlace)) }
    moved.others = others.map { $0.placed(in: cell) }
    return moved
  }
}

/// Evaluates queries with the parameters in front, and puts spans back where the reader sees them.
private struct Queries {
  let evaluator: any CellEvaluator
  let prelude: String

  /// A cell's result, named and checked against its expectation.
  func result(of cell: Cell) throws(DossierError) -> CellResult? {
    let source = NotebookParameters.blanked(cell.source)
    if tokenize(source).first?.kind == .end { return nil }
    guard let result = try evaluate(source, keeping: true) else {
      return nil
    }
    if let name = cell.attributes.name { try evaluator.define(name, as: result) }
    if let expectation = cell.attributes.expectation {
      try check(expectation, of: result)
    }
    return result
  }

  /// The text of an inline value, escaped for Markdown, and what it was read from.
  func read(_ value: InlineValue) throws(DossierError) -> (text: String, result: CellResult?) {
    let result: CellResult?
    do {
      result = try evaluate(value.source, keeping: false)
    } catch {
      var placed = error
      placed.message = "in the value of line \(value.line): \(error.message)"
      placed.span = SourceSpan(value.range.lowerBound, value.range.upperBound)
      throw placed
    }
    guard let table = result?.table, table.rowCount == 1, table.schema.count == 1 else {
      let found =
        result.map { "\($0.table.rowCount) rows of \($0.table.schema.count) columns" } ?? "no result"
      throw DossierError(
        .inlineShape, "the value of line \(value.line) has to be one row of one column, found \(found)",
        at: SourceSpan(value.range.lowerBound, value.range.upperBound), hint: "end the query with | count")
    }
    return (DisplayText.markdown(DisplayText.of(table.value(row: 0, column: 0))), result)
  }

  private func evaluate(_ source: String, keeping: Bool) throws(DossierError) -> CellResult? {
    do {
      return try evaluator.evaluate(prelude + source, keeping: keeping)
    } catch {
      throw shifted(error)
    }
  }

  private func shifted(_ error: DossierError) -> DossierError {
    let offset = prelude.utf8.count
    func moved(_ span: SourceSpan?) -> SourceSpan? {
      guard let span, span.upper > offset || offset == 0 else { return nil }
      return SourceSpan(max(0, span.lower - offset), span.upper - offset)
    }
    var error = error
    error.span = moved(error.span)
    error.notes = error.notes.map { DossierError.Note($0.message, at: moved($0.span)) }
    error.others = error.others.map(shifted)
    return error
  }

  /// The name that a result has while its expectation is checked.
  private static let checkedName = "CheckedResult_"

  /// Checks that a predicate holds for every row of a result. It may name the result's columns, and `Rows`,
  /// the number of rows; so may it `Count`, where the result has no such column. Without rows, only these
  /// numbers are known.
  private func check(_ expectation: String, of result: CellResult) throws(DossierError) {
    let table = result.table
    var numbers: [String] = []
    for name in ["Rows", "Count"] where table.schema.index(of: name) == nil {
      numbers.append("\(name) = long(\(table.rowCount))")
    }
    let failed: Bool
    let found: String
    do {
      if table.rowCount == 0 {
        let rows = try evaluator.evaluate(
          "print \(numbers.joined(separator: ", ")) | where not(\(expectation)) | count", keeping: false)
        failed = Self.count(rows) != 0
        found = "no rows"
      } else {
        try evaluator.define(Self.checkedName, as: result)
        let extend = numbers.isEmpty ? "" : " | extend \(numbers.joined(separator: ", "))"
        let rows = try evaluator.evaluate(
          "\(prelude)\(Self.checkedName)\(extend) | where not(\(expectation)) | count", keeping: false)
        failed = Self.count(rows) != 0
        found = "\(Self.count(rows)) of \(table.rowCount) rows against it"
      }
    } catch {
      throw DossierError(
        .expectationFailed, "expect=\"\(expectation)\" can't be checked: \(error.message)", hint: error.hint)
    }
    if failed {
      throw DossierError(.expectationFailed, "expected \(expectation); found \(found)")
    }
  }

  private static func count(_ result: CellResult?) -> Int64 {
    guard let table = result?.table, table.rowCount == 1, table.schema.count == 1,
      case .long(let count) = table.value(row: 0, column: 0)
    else { return -1 }
    return count
  }
}
