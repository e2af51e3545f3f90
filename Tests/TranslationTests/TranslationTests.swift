import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import Testing

@testable import Translation

private let engine = Engine.standard(
  over: SimpleCatalog([
    CatalogTable(
      name: "Visits",
      provider: Table(
        schema: Schema([
          Field("Day", .datetime), Field("Who", .string), Field("who", .long), Field("Score", .real),
          Field("Tags", .dynamic), Field("Steps", .long),
        ]), rows: []),
      virtualColumns: [
        VirtualColumn(Field("Title", .string), from: ["Who"]) {
          (inputs: [ColumnVector], count: Int) throws(DossierError) -> ColumnVector in inputs[0]
        }
      ])
  ]))

private func translation(_ query: String, _ times: TimeForm = .native) throws(DossierError) -> Translation {
  try Translation(of: try engine.compile(query), text: query, to: DuckDBDialect(), times: times)
}

@Suite struct TranslationTests {
  @Test func aQueryIsReadableSQL() throws {
    let made = try translation(
      "Visits | where Who has 'ann' and Steps > 3 | summarize n = count(), s = sum(Steps) by Who | top 3 by n"
    )
    #expect(
      made.query == """
        WITH
        kql_1 AS (
          SELECT coalesce("Who", '') AS "Who", CAST("Steps" AS BIGINT) AS "Steps"
          FROM "Visits"
        ),
        kql_2 AS (
          SELECT "Who", count(*) AS "count_", coalesce(kql_wrap(sum("Steps")), 0) AS "sum_Steps"
          FROM kql_1
          WHERE kql_has(kql_fold("Who"), kql_fold('ann')) AND "Steps" > 3
          GROUP BY kql_1."Who"
        ),
        kql_3 AS (
          SELECT "Who", "count_" AS "n", "sum_Steps" AS "s"
          FROM kql_2
          ORDER BY kql_2."count_" DESC
          LIMIT 3
        )
        SELECT "Who", CAST("n" AS BIGINT) AS "n", CAST("s" AS BIGINT) AS "s"
        FROM kql_3
        ORDER BY kql_3."n" DESC
        """)
    #expect(made.isOrdered)
    #expect(made.definitions.count == 5)
    #expect(made.script.hasSuffix("\"n\" DESC;\n"))
  }

  /// Datetimes are the database's own where tables and results meet it, ticks within.
  @Test func timesAreNativeOrTicks() throws {
    let query = "Visits | where Day > datetime(2024-01-01) | project Day"
    let native = try translation(query).query
    #expect(native.contains(#"epoch_us("Day") * 10 + 621355968000000000 AS "Day""#))
    #expect(native.contains(#""Day" > 638396640000000000 /* 2024-01-01T00:00:00.0000000Z */"#))
    #expect(native.contains(#"SELECT make_timestamp("Day" // 10 - 62135596800000000) AS "Day""#))
    let ticks = try translation(query, .ticks).query
    #expect(ticks.contains(#"SELECT "Day""#) && !ticks.contains("epoch_us"))
  }

  /// What has no equal is named, with its place in the query.
  @Test(arguments: [
    ("Visits | make-series count() on who from 0 to 9 step 1", "make-series", 10),
    ("Visits | sample 3", "sample", 10),
    ("Visits | mv-apply Tags on (take 1)", "mv-apply", 10),
    ("Visits | extend a = 1 | extend x = parse_url(Who)", "parse_url()", 36),
    ("Visits | where who == rand()", "rand()", 23),
    ("Visits | project Title", "Title", 18),
    ("Visits | summarize percentiles_array(who, 5) by Who", "percentiles_array()", 38),
    ("Visits | extend d = decimal(1.5)", "decimal", 21),
    ("Visits | serialize p = prev(who)", "prev()", 24),
    ("Visits | where Tags == Tags", "'=='", 16),
    ("Visits | parse Who with a ' ' b", "parse", 10),
    ("Visits | project t = tolong(pack_array(Day)[0])", "within a dynamic value", 22),
    ("Visits | summarize l = make_list(Day) | mv-expand l to typeof(long)", "within a dynamic value", 51),
  ])
  func whatHasNoEqualIsNamed(_ query: String, _ name: String, _ column: Int) throws {
    let error = #expect(throws: DossierError.self) { try translation(query) }
    let found = try #require(error)
    #expect(found.code == .untranslatable)
    #expect(found.message.contains(name), "\(found.message)")
    let span = try #require(found.span, "\(found.message)")
    #expect(SourceText(query).position(at: span.lower).column == column)
  }

  /// A use of a column that Dossier computes is an error; a table that merely offers it is none.
  @Test func computedColumnsAreMissedOnlyWhereUsed() throws {
    #expect(try translation("Visits | extend a = 1 | take 2").query.contains("Title") == false)
  }

  /// Names that differ in case alone, and names of the translation's own, stay apart.
  @Test func namesStayApart() throws {
    let query = try translation("datatable(kql_row:long, KQL_Row:long)[1, 2] | where kql_row < KQL_Row").query
    #expect(query.contains(#"kql_rows(kql_row, "kql_row_2", "KQL_Row_3")"#))
    #expect(
      query.contains(
        #"SELECT CAST("kql_row" AS BIGINT) AS "kql_row", CAST("KQL_Row_2" AS BIGINT) AS "KQL_Row""#))
  }

  /// A window's column has its type's width, whatever the width of a constant that stands in it.
  @Test func windowsOfConstantsAreWide() throws {
    let query = try translation(
      "datatable(b:long)[1] | extend c = 36s | extend p = prev(c, 1, 36500d)", .ticks)
    #expect(query.query.contains(#"lag(CAST("c" AS BIGINT), 1, 31536000000000000"#), "\(query.query)")
  }

  /// A column that has been renamed is found in what a window adds below it.
  @Test func renamedColumnsAreFoundInRuns() throws {
    let query = try translation(
      "datatable(b:long)[1] | project-rename c = b | extend s = row_cumsum(c, c > 1)", .ticks
    ).query
    #expect(query.contains(#"sum("c") OVER (PARTITION BY "kql_h2""#), "\(query)")
  }

  /// An operator's keyword is found as an operator, not in a text or as a column.
  @Test func keywordsAreFound() {
    #expect(place(of: "sample", in: "T | where sample == 'sample' | sample 3")?.lower == 31)
    #expect(place(of: "make-series", in: "make | make-series x = count()")?.lower == 7)
    #expect(place(of: "scan", in: "T | where a") == nil)
  }

  @Test func linesAreAnswered() {
    let batch = BatchTranslations(
      engine: engine, settings: ExecutionSettings(), to: DuckDBDialect(), times: .ticks)
    let answer = DynamicValue(json: batch.answer(#"{"id":"a","query":"print x = 1"}"#)) ?? .null
    #expect(answer["id"] == .string("a") && answer["ordered"] == .bool(true))
    #expect(answer["sql"].text.contains(#"SELECT CAST("x" AS BIGINT) AS "x""#))
    let refused = DynamicValue(json: batch.answer(#"{"id":1,"query":"print x = rand()"}"#)) ?? .null
    #expect(refused["error"]["code"] == .string("TRA101") && refused["error"]["column"] == .long(11))
    let broken = DynamicValue(json: batch.answer(#"{"id":1,"query":"print |"}"#)) ?? .null
    #expect(broken["error"]["code"] == .string("SYN001") || broken["error"]["code"] == .string("SYN010"))
    #expect(batch.answer("nonsense").contains("CMD110"))
  }
}

@Suite struct DialectTests {
  /// Each helper that a template or another helper calls is declared, those that others need before them.
  @Test(arguments: DialectRegistry.names) func helpersAreDeclared(_ name: String) throws {
    let dialect = try #require(DialectRegistry.dialect(named: name))
    var known: [String] = []
    func calls(_ text: String) -> [String] {
      text.matches(of: /kql_[a-z0-9_]+(?=\()/).map { String($0.output) }
    }
    for helper in dialect.helpers {
      for call in calls(helper.body) { #expect(known.contains(call), "\(helper.name) calls \(call)") }
      #expect(!known.contains(helper.name), "\(helper.name) is declared twice")
      known.append(helper.name)
      #expect(calls(dialect.definition(of: helper)).contains(helper.name))
    }
    var used = Set(dialect.helpers.flatMap { calls($0.body) })
    let templates =
      name == "spark"
      ? [SparkTemplates.scalars, SparkTemplates.aggregates]
      : [DuckDBTemplates.scalars, DuckDBTemplates.aggregates]
    for template in templates.flatMap(\.values) {
      for call in calls(template) { #expect(known.contains(call), "\(template)") }
      used.formUnion(calls(template))
    }
    for type in ScalarType.allCases {
      used.formUnion(calls(dialect.read(type, .native)))
      used.formUnion(calls(dialect.shown(type, .native)))
    }
    #expect(known.filter { !used.contains($0) } == [])
  }

  /// Templates are for functions that there are.
  @Test func templatesNameFunctions() {
    let words = Set(FunctionRegistry.builtIn.names)
    let own = [
      "add", "subtract", "multiply", "divide", "modulo", "equal", "less", "less_or_equal", "is_number",
      "fold", "json",
      "member", "index", "elements", "numbers", "range", "list", "order", "round", "has", "first", "running",
    ]
    for key in Array(DuckDBTemplates.scalars.keys) + DuckDBTemplates.aggregates.keys {
      let name = String(key.prefix { $0 != "(" && $0 != " " })
      let isOperator = name.hasSuffix("_fold") || name.hasSuffix("_cs") || name.hasPrefix("to")
      #expect(words.contains(name) || own.contains(name) || isOperator, "\(key)")
    }
  }

  @Test func folderAndRegistryAgree() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Translation/Dialects").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let names = files.filter { $0.hasSuffix("Dialect.swift") }.map {
      $0.dropLast("Dialect.swift".count).lowercased()
    }
    #expect(names.sorted() == DialectRegistry.names.sorted())
  }
}

/// What a plan means in Spark's SQL; `Scripts/spark check` runs it there.
@Suite struct SparkTests {
  @Test(arguments: [
    // RE2 and Java read these alike.
    ("[0-9]{4}", "(?d)[0-9]{4}"), ("^a.b$", #"(?d)^a.b\z"#), (#"(?:x|y)\.z+?"#, #"(?d)(?:x|y)\.z+?"#),
    ("[$]", "(?d)[$]"), (#"\d+\w"#, #"(?d)\d+\w"#),
  ])
  func patternsThatAreTheSame(text: String, java: String) {
    #expect(JavaPattern.translate(text) == java)
  }

  @Test(arguments: [
    #"\s"#, #"\bx"#, "(?i)x", "(?P<n>x)", #"\pL"#, "[a[b]]", "[a&&b]", "x++", "[[:alpha:]]", #"x\"#, "[x",
  ])
  func patternsThatAreNot(text: String) {
    #expect(JavaPattern.translate(text) == nil)
  }

  private func sql(_ query: String) throws -> Translation {
    try Translation(
      of: engine.compile(query, settings: ExecutionSettings()), text: query, to: SparkDialect())
  }

  @Test func namesAndTextsAreQuotedAsSparkDoes() throws {
    let made = try sql(#"Visits | where Who == "it's \\ \n" | project Who"#)
    #expect(made.query.contains(#"`Who` = 'it\'s \\ \u000a'"#))
    #expect(made.definitions.first == "SET spark.sql.ansi.enabled = false")
  }

  @Test func anOrderWithinAnAggregateIsAColumn() throws {
    let made = try sql("Visits | summarize arg_max(Day, Score) by Who")
    #expect(made.query.contains("row_number() OVER (PARTITION BY `Who` ORDER BY `Day` DESC NULLS LAST"))
    #expect(made.query.contains("min_by(`Score`, `kql_h1`)"))
    #expect(!made.query.contains("MATERIALIZED"))
  }

  @Test func whatSparkHasNotIsAnErrorWithItsPlace() {
    #expect {
      _ = try sql("Visits | extend n = tostring(Score)")
    } throws: { error in
      let error = error as? DossierError
      return error?.code == .untranslatable && error?.message.contains("Spark") == true && error?.span != nil
    }
  }
}
