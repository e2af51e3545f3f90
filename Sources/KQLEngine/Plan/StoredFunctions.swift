import Columnar
import Diagnostics
import KQLSyntax

/// A function written in the query language, kept outside of queries: shipped with the program, or the
/// reader's own in a store.
public struct StoredFunction: Sendable {
  /// The name.
  public let name: String
  /// Its text from the parameters on: `(a:long) { a + 1 }`; comments may stand before it.
  public let text: String
  /// One line that says what it gives; may be empty for a reader's own.
  public let summary: String
  /// Further paragraphs for `.help`.
  public let details: [String]
  /// Shown by `.help`.
  public let examples: [Example]

  /// Makes a stored function.
  public init(
    name: String, text: String, summary: String = "", details: [String] = [], examples: [Example] = []
  ) {
    self.name = name
    self.text = text
    self.summary = summary
    self.details = details
    self.examples = examples
  }
}

extension StoredFunction {
  /// Reads a function as it is kept: a comment, and the function from its parameters on.
  ///
  /// The comment's first paragraph is the summary; a paragraph that begins with `Example:` is a query with, behind
  /// `----`, its result; others are details.
  public init(name: String, commented text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let comment = lines.prefix { $0.hasPrefix("//") }.map { line in
      let inner = line.dropFirst(2)
      return inner.hasPrefix(" ") ? inner.dropFirst() : inner
    }
    var paragraphs = comment.split(whereSeparator: \.isEmpty).map(Array.init)
    let summary = paragraphs.isEmpty ? "" : paragraphs.removeFirst().joined(separator: " ")
    var details: [String] = []
    var examples: [Example] = []
    for paragraph in paragraphs {
      if paragraph[0] == "Example:" {
        let bar = paragraph.firstIndex(of: "----") ?? paragraph.count
        examples.append(
          Example(
            paragraph[1..<bar].joined(separator: "\n"),
            paragraph.dropFirst(bar + 1).joined(separator: "\n")))
      } else {
        details.append(paragraph.joined(separator: " "))
      }
    }
    // The text keeps its lines, so that places in it are those of the file.
    self.init(name: name, text: text, summary: summary, details: details, examples: examples)
  }
}

/// The calls of stored functions that a query makes.
///
/// The body of each call is read with places of its own, far behind those of the query, so that what goes
/// wrong in it is told as an error of the call, with a note that shows the line of the body.
public struct StoredCalls: Sendable {
  private struct Call: Sendable {
    let function: StoredFunction
    let offset: Int
    let site: SourceSpan
  }

  /// Where places of bodies begin: no query is that long.
  private static let start = 1 << 40
  private var calls: [Call] = []
  private var next = Self.start

  /// No call yet.
  init() {}

  /// Where the body of a call has its places.
  mutating func offset(of function: StoredFunction, calledAt site: SourceSpan) -> Int {
    defer { next += function.text.utf8.count + 1 }
    calls.append(Call(function: function, offset: next, site: site))
    return next
  }

  /// An error with its places in the query.
  public func placed(_ error: DossierError) -> DossierError {
    if calls.isEmpty { return error }
    var error = error
    while let span = error.span, let call = call(at: span.lower) {
      let body = SourceText(call.function.text)
      let line = body.position(at: span.lower - call.offset).line
      error.notes.append(
        DossierError.Note("in \(call.function.name)(), line \(line): \(Self.trimmed(body.line(line)))"))
      error.span = call.site
    }
    error.span = error.span.map(clipped)
    error.notes = error.notes.map { DossierError.Note($0.message, at: $0.span.map(site)) }
    error.others = error.others.map(placed)
    return error
  }

  private func call(at place: Int) -> Call? {
    place < Self.start ? nil : calls.last { $0.offset <= place }
  }

  /// The place of a place in the query.
  private func site(of span: SourceSpan) -> SourceSpan {
    var span = span
    while let call = call(at: span.lower) { span = call.site }
    return clipped(span)
  }

  /// A span that begins in the query and ends in a body ends where it begins.
  private func clipped(_ span: SourceSpan) -> SourceSpan {
    span.upper < Self.start ? span : SourceSpan(span.lower, span.lower)
  }

  private static func trimmed(_ line: String) -> String {
    var text = line[...]
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}

extension Binder {
  /// Binds a function's body for itself.
  func check(_ function: FunctionLiteral) throws(DossierError) {
    for (index, parameter) in function.parameters.enumerated() {
      let name = parameter.name.text
      if let earlier = function.parameters[..<index].first(where: { sameScalars($0.name.text, name) }) {
        record(
          DossierError(
            .duplicateName, "there are two parameters '\(name)'", at: parameter.name.span,
            notes: [DossierError.Note("the first is here", at: earlier.name.span)]))
      }
      do throws(DossierError) {
        environment = environment.adding(name, try unknown(parameter))
      } catch {
        record(error)
        environment = environment.adding(name, .erroneous)
      }
    }
    for statement in function.body { bind(statement) }
    do throws(DossierError) {
      if isTabular(function.result) {
        _ = try bindTable(function.result)
      } else {
        _ = try bind(function.result, in: RowScope([]))
      }
    } catch { record(error) }
    if !errors.isEmpty { throw combined() }
  }

  /// Binds statements without a query, each function's body for itself.
  func check(_ statements: [Statement]) throws(DossierError) {
    for statement in statements {
      bind(statement)
      guard errors.isEmpty, case .letFunction(_, let function) = statement else { continue }
      let saved = environment
      defer { environment = saved }
      try check(function)
    }
    if !errors.isEmpty { throw combined() }
  }

  /// What a parameter means while nobody has given it a value.
  private func unknown(_ parameter: FunctionParameter) throws(DossierError) -> Environment.Binding {
    switch parameter.kind {
    case .table(let declared):
      if declared.isEmpty { return .erroneous }
      var columns: [PlanColumn] = []
      for item in declared {
        let type = try item.type.map { name throws(DossierError) in try scalarType(name) }
        columns.append(column(item.name.text, type ?? .dynamic, isErroneous: type == nil))
      }
      return .table(noRows(columns), name: parameter.name.text, size: 1)
    case .scalar(let typeName):
      let type = try scalarType(typeName)
      if let value = parameter.defaultValue {
        _ = try coerce(try bind(value, in: RowScope([])), to: type, what: parameter.name.text)
      }
      let value = subquery(noRows([column(parameter.name.text, type)]))
      return .scalar(BoundExpression(.scalar(value), type: type, span: parameter.name.span))
    }
  }

  private func noRows(_ columns: [PlanColumn]) -> InlineRows {
    let vectors = columns.map { ColumnVector([], type: $0.type) }
    return InlineRows(columns: columns, rows: RowBatch(columns: vectors, count: 0), source: nil)
  }

  /// The reader's own function of a name, else the one that ships with the program.
  func storedFunction(_ name: String) -> StoredFunction? {
    catalog.storedFunctions.first { sameScalars($0.name, name) }
      ?? functions.library.first { sameScalars($0.name, name) }
  }

  /// The function that a call at a place means; nil if none is stored under the name.
  ///
  /// - Errors: `SYN…` for a text that is no function (any more).
  func storedFunction(_ name: Name) throws(DossierError) -> FunctionLiteral? {
    guard let function = storedFunction(name.text) else { return nil }
    return try grammar.parseFunction(
      function.text, offset: storedCalls.offset(of: function, calledAt: name.span))
  }

  /// Whether a stored function of the name gives a table, as far as its form tells.
  func isTabularStoredFunction(_ name: String) -> Bool {
    if let known = storedShapes[name] { return known }
    guard let function = storedFunction(name), let literal = try? grammar.parseFunction(function.text) else {
      return false
    }
    let saved = environment
    environment = Environment()
    defer { environment = saved }
    let isTable = isTabular(literal)
    storedShapes[name] = isTable
    return isTable
  }
}

extension Engine {
  /// Checks a function without running it: what its body names must be there, and types must fit. Its scalar
  /// parameters have values that are not known yet; the columns of a table `(*)` are taken on trust.
  ///
  /// - Errors: `BND…`, all at once.
  public func check(_ function: FunctionLiteral, settings: ExecutionSettings) throws(DossierError) {
    let binder = Binder(
      catalog: catalog, functions: functions, grammar: grammar, context: ExecutionContext(settings),
      parameters: [:], mayRead: false, optimise: { $0 })
    do throws(DossierError) { try binder.check(function) } catch { throw binder.storedCalls.placed(error) }
  }

  /// All stored functions that queries may call: the reader's own, then those that ship with the program.
  public var storedFunctions: [StoredFunction] {
    let own = catalog.storedFunctions
    return own + functions.library.filter { shipped in !own.contains { sameScalars($0.name, shipped.name) } }
  }

  /// How a stored function is called: `timeline(entity, [from], [to])`.
  public func signature(of function: StoredFunction) -> String {
    let literal = try? grammar.parseFunction(function.text)
    let parameters = (literal?.parameters ?? []).map { parameter in
      let name = parameter.name.text
      if case .table = parameter.kind { return "(\(name))" }
      return parameter.defaultValue == nil ? name : "[\(name)]"
    }
    return "\(function.name)(\(parameters.joined(separator: ", ")))"
  }
}
