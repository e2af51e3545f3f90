import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import KQLSyntax

/// A query in SQL.
public struct Translation: Sendable {
  /// Statements that define the functions which the query calls; run once a connection.
  public let definitions: [String]
  /// The query: one SELECT.
  public let query: String
  /// Whether the query says in which order its rows come.
  public let isOrdered: Bool

  /// All statements, each ended by `;`.
  public var script: String { (definitions + [query]).map { $0 + ";\n" }.joined() }

  /// Translates a query that has been checked and planned.
  ///
  /// What the query means is what Dossier gives for it: nulls, texts that are never null, whole numbers that wrap,
  /// terms, ticks. Tables must have the names and columns that the catalog says. What KQL leaves open (rows of
  /// `take` without a sort, ties, the order after `summarize`) is open in the SQL too.
  ///
  /// - `text`: the query's text, for the places of errors.
  /// - Errors: `TRA101` for what the dialect has nothing for, with its name and place.
  public init(
    of query: CompiledQuery, text: String, to dialect: any SQLDialect, times: TimeForm = .native
  ) throws(DossierError) {
    let translator = PlanTranslator(dialect: dialect, times: times, sourceText: text)
    // The plan as bound: the database has rules of its own.
    let statement = try translator.statement(query.boundPlan)
    self.query = statement
    isOrdered = statement.split(separator: "\n").last?.hasPrefix("ORDER BY ") == true
    definitions =
      dialect.prelude + Self.helpers(in: statement, of: dialect).map { dialect.definition(of: $0) }
  }

  /// The helpers that a text calls, and those that they call, in the dialect's order.
  private static func helpers(in text: String, of dialect: any SQLDialect) -> [SQLHelper] {
    var wanted: Set<String> = []
    func look(_ text: String) {
      for helper in dialect.helpers where !wanted.contains(helper.name) && text.contains(helper.name + "(") {
        wanted.insert(helper.name)
        look(helper.body)
      }
    }
    look(text)
    return dialect.helpers.filter { wanted.contains($0.name) }
  }
}

/// Where an operator's keyword stands in a query; nil if it does not, as in a function of the library.
func place(of keyword: String, in text: String) -> SourceSpan? {
  let words = keyword.split(separator: "-").map(String.init)
  let tokens = tokenize(text)
  for start in tokens.indices where tokens[start].kind == .name && tokens[start].text == words[0] {
    let isStep = start == 0 || ["|", "(", ";", "="].contains(tokens[start - 1].text)
    var end = start
    var matches = true
    for word in words.dropFirst() {
      guard end + 2 < tokens.count, tokens[end + 1].text == "-", tokens[end + 2].text == word else {
        matches = false
        break
      }
      end += 2
    }
    if isStep, matches { return tokens[start].span.union(tokens[end].span) }
  }
  return nil
}

/// Translates queries that come as JSON, one a line: `{"id","query"}` gives `{"id","sql","definitions","ordered"}` or
/// `{"id","error":{"code","message","line","column"}}`.
public struct BatchTranslations: Sendable {
  private let engine: Engine
  private let settings: ExecutionSettings
  private let dialect: any SQLDialect
  private let times: TimeForm

  /// Translates over an engine.
  public init(engine: Engine, settings: ExecutionSettings, to dialect: any SQLDialect, times: TimeForm) {
    self.engine = engine
    self.settings = settings
    self.dialect = dialect
    self.times = times
  }

  /// The answer to a line, without a line end. Never throws.
  public func answer(_ line: String) -> String {
    let request = DynamicValue(json: line) ?? .null
    var answer: [(String, DynamicValue)] = [("id", request["id"])]
    if case .string(let text) = request["query"] {
      do throws(DossierError) {
        let query = try engine.compile(text, settings: settings)
        let made = try Translation(of: query, text: text, to: dialect, times: times)
        answer += [
          ("sql", .string(made.query)), ("definitions", .array(made.definitions.map { .string($0) })),
          ("ordered", .bool(made.isOrdered)),
        ]
      } catch {
        let place = error.span.map { SourceText(text).position(at: $0.lower) } ?? (line: 1, column: 1)
        answer.append(
          (
            "error",
            .bag([
              "code": .string(error.code.rawValue), "message": .string(error.message),
              "line": .long(Int64(place.line)), "column": .long(Int64(place.column)),
            ])
          ))
      }
    } else {
      answer.append(
        ("error", .bag(["code": .string("CMD110"), "message": .string("a line needs {\"id\",\"query\"}")])))
    }
    return DynamicValue.bag(.init(uniqueKeysWithValues: answer)).json
  }
}
