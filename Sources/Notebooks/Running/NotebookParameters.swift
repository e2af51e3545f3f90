import Columnar
import Diagnostics
import KQLSyntax

/// The parameters that a notebook's cells declare, and the values they have in a run.
///
/// Every query is evaluated with one `declare query_parameters(…)` in front in which each parameter has the
/// run's value as its default; the declarations in the cells themselves are blanked out. So a parameter is
/// declared once and known everywhere, and a query means the same wherever it is evaluated.
struct NotebookParameters {
  /// A declared parameter.
  struct Parameter {
    var name: String
    /// The type as declared.
    var type: ScalarType
    /// The value as a KQL constant; nil where the run has none.
    var literal: String?
    /// The constants that it may be, with how they are written in the front matter; empty for any.
    var choices: [(literal: String, text: String)] = []
    /// The line of the file on which the cell begins that declares it.
    var line: Int
    /// The place of its name in the file.
    var place: SourceSpan
  }

  /// In order of declaration.
  private(set) var parameters: [Parameter] = []

  /// The values for display, in order of declaration, as KQL constants.
  var values: [(name: String, literal: String)] { parameters.map { ($0.name, $0.literal ?? "") } }

  /// Collects the declarations of a notebook's cells and gives them values: the declared default, the front
  /// matter's, those of the command line, the later the stronger.
  ///
  /// - Errors: `NBK030` for an unknown, missing or mistyped parameter or one declared twice; `SYN…` for a
  ///   declaration that can't be read.
  init(of notebook: Notebook, given: [(name: String, value: String)]) throws(DossierError) {
    for cell in notebook.cells {
      do throws(DossierError) {
        for (_, statement) in try Self.declarations(in: cell.source) {
          for parameter in statement { try add(parameter, in: cell) }
        }
      } catch {
        throw error.placed(in: cell)
      }
    }
    for (name, values) in notebook.settings.choices { try restrict(name, to: values) }
    for (name, value) in notebook.settings.parameters { try set(name, value, from: "the front matter") }
    for (name, value) in given { try set(name, value, from: "-p") }
    // A default is checked as well, but what was given in its place counts.
    for parameter in parameters {
      try check(
        parameter, parameter.literal.map { Self.plain($0, parameter.type) }, from: "its declaration")
    }
    if let missing = parameters.first(where: { $0.literal == nil }) {
      throw DossierError(
        .parameter, "the parameter '\(missing.name)' (\(missing.type.rawValue)) has no value",
        at: missing.place,
        hint: "-p \(missing.name)=…, or params in the front matter, or a default where it is declared")
    }
  }

  /// The statement to put in front of each query, with a line end; empty without parameters.
  var prelude: String {
    if parameters.isEmpty { return "" }
    let items = parameters.map { parameter in
      "\(SyntaxPrinter.quotedIfNeeded(parameter.name)):\(parameter.type.rawValue)=\(parameter.literal ?? "")"
    }
    return "declare query_parameters(\(items.joined(separator: ", ")));\n"
  }

  /// A query with its declarations blanked out: same length, same line ends.
  static func blanked(_ source: String) -> String {
    guard let found = try? declarations(in: source), !found.isEmpty else { return source }
    var bytes = Array(source.utf8)
    for (range, _) in found {
      for index in range where bytes[index] != 0x0A && bytes[index] != 0x0D { bytes[index] = 0x20 }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The names that a query declares, in order; none if its declarations can't be read.
  static func declaredNames(in source: String) -> [String] {
    ((try? declarations(in: source)) ?? []).flatMap { $0.parameters.map(\.name.text) }
  }

  /// A query without those of its declarations that other queries have in the same words.
  static func withoutDeclarations(_ source: String, alreadyIn others: [String]) -> String {
    func statements(_ text: String) -> [(range: Range<Int>, words: [String])] {
      ((try? declarations(in: text)) ?? []).map { range, _ in
        (range, tokenize(String(decoding: Array(text.utf8)[range], as: UTF8.self)).map(\.text))
      }
    }
    let known = others.flatMap { statements($0).map(\.words) }
    var bytes = Array(source.utf8)
    for (range, words) in statements(source).reversed() where known.contains(words) {
      var end = range.upperBound
      while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x0A { end += 1 }
      bytes.removeSubrange(range.lowerBound..<end)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func add(_ declared: FunctionParameter, in cell: Cell) throws(DossierError) {
    guard case .scalar(let typeName) = declared.kind, let type = ScalarType(kqlName: typeName.text) else {
      throw DossierError(
        .parameter, "the parameter '\(declared.name)' needs a scalar type", at: declared.name.span)
    }
    if let first = parameters.first(where: { sameScalars($0.name, declared.name.text) }) {
      throw DossierError(
        .parameter, "the parameter '\(declared.name)' is declared in the cell of line \(first.line) already",
        at: declared.name.span)
    }
    parameters.append(
      Parameter(
        name: declared.name.text, type: type, literal: declared.defaultValue.map(SyntaxPrinter.print),
        line: cell.line, place: cell.filePlace(of: declared.name.span)))
  }

  private mutating func set(_ name: String, _ value: String, from place: String) throws(DossierError) {
    guard let index = parameters.firstIndex(where: { sameScalars($0.name, name) }) else {
      throw DossierError(
        .parameter, "\(place) sets '\(name)', which no cell declares",
        hint: nearestName(to: name, among: parameters.map(\.name)).map { "did you mean \($0)?" }
          ?? "declare query_parameters(\(name):string=\"…\");")
    }
    let type = parameters[index].type
    guard let literal = Self.literal(value, type) else {
      throw DossierError(
        .parameter, "\(place) sets '\(name)' to '\(value)', which is no \(type.rawValue)",
        at: parameters[index].place)
    }
    try check(parameters[index], literal, from: place)
    parameters[index].literal = literal
  }

  /// Takes the choices of a parameter.
  /// - Errors: `NBK030` for one that is unknown, or a choice that isn't of its type.
  private mutating func restrict(_ name: String, to values: [String]) throws(DossierError) {
    guard let index = parameters.firstIndex(where: { sameScalars($0.name, name) }) else {
      throw DossierError(
        .parameter, "the front matter has choices for '\(name)', which no cell declares",
        hint: nearestName(to: name, among: parameters.map(\.name)).map { "did you mean \($0)?" })
    }
    let type = parameters[index].type
    parameters[index].choices = try values.map { (value) throws(DossierError) in
      guard let literal = Self.literal(value, type) else {
        throw DossierError(
          .parameter, "a choice of '\(name)' is '\(value)', which is no \(type.rawValue)",
          at: parameters[index].place)
      }
      return (literal, value)
    }
  }

  /// - Errors: `NBK030` for a constant that is none of the parameter's choices.
  private func check(_ parameter: Parameter, _ literal: String?, from place: String) throws(DossierError) {
    let choices = parameter.choices
    guard let literal, !choices.isEmpty, !choices.contains(where: { sameScalars($0.literal, literal) }) else {
      return
    }
    let texts = choices.map(\.text)
    throw DossierError(
      .parameter, "\(place) sets '\(parameter.name)' to \(literal), which is none of its choices",
      at: parameter.place,
      hint:
        "it may be \(texts.dropLast().joined(separator: ", "))\(texts.count > 1 ? " or " : "")\(texts.last ?? "")"
    )
  }

  /// A declared constant as a given value would be written.
  private static func plain(_ literal: String, _ type: ScalarType) -> String {
    let tokens = tokenize(literal)
    let isText = tokens.count == 2 && tokens[0].kind == .string
    return Self.literal(isText ? tokens[0].text : literal, type) ?? literal
  }

  /// A value's text as a KQL constant; nil if it isn't one of the type.
  static func literal(_ value: String, _ type: ScalarType) -> String? {
    switch type {
    case .string: return SyntaxPrinter.quoted(value)
    case .int: return Int32(value).map { "int(\($0))" }
    case .long: return Int64(value).map { "long(\($0))" }
    case .real:
      guard let number = Double(value) else { return nil }
      return number.isFinite ? "real(\(number))" : nil
    case .bool:
      let lower = value.lowercased()
      return lower == "true" || lower == "false" ? "bool(\(lower))" : nil
    case .datetime: return Ticks.parseISODatetime(value).map { "datetime(\(Ticks.datetimeText($0)))" }
    case .guid: return GUID(value).map { "guid(\($0))" }
    case .timespan:
      if let ticks = Ticks.parseClockTimespan(value) { return "time(\(Ticks.timespanText(ticks)))" }
      let tokens = tokenize(value)
      guard tokens.count == 2, tokens[0].kind == .timespan, let ticks = Int64(tokens[0].text) else {
        return nil
      }
      return "time(\(Ticks.timespanText(ticks)))"
    case .decimal:
      let tokens = tokenize(value)
      let digits = tokens.first?.text == "-" ? tokens.dropFirst() : tokens[...]
      guard digits.count == 2, let first = digits.first, first.kind == .long || first.kind == .real else {
        return nil
      }
      return "decimal(\(value))"
    case .dynamic: return DynamicValue(json: value).map { "dynamic(\($0.json))" }
    }
  }

  /// The `declare query_parameters` statements of a query: their bytes with the semicolon, and what they
  /// declare.
  private static func declarations(
    in source: String
  ) throws(DossierError) -> [(range: Range<Int>, parameters: [FunctionParameter])] {
    let tokens = tokenize(source)
    var found: [(Range<Int>, [FunctionParameter])] = []
    var at = 0
    while at + 1 < tokens.count {
      let startsStatement = at == 0 || tokens[at - 1].kind == .sign && tokens[at - 1].text == ";"
      guard startsStatement, tokens[at].kind == .name, tokens[at].text == "declare",
        tokens[at + 1].kind == .name, tokens[at + 1].text == "query_parameters"
      else {
        at += 1
        continue
      }
      let first = at
      while at < tokens.count, tokens[at].kind != .end, !(tokens[at].kind == .sign && tokens[at].text == ";")
      {
        at += 1
      }
      let upper =
        at < tokens.count && tokens[at].kind == .sign ? tokens[at].span.upper : tokens[at - 1].span.upper
      let range = tokens[first].span.lower..<upper
      // Blanks in front keep the spans.
      let text =
        String(repeating: " ", count: range.lowerBound)
        + String(decoding: Array(source.utf8)[range], as: UTF8.self)
      let query = try Grammar(steps: []).parse(text)
      for case .queryParameters(let parameters) in query.statements { found.append((range, parameters)) }
    }
    return found
  }
}
