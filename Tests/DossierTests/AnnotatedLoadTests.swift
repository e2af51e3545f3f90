import Columnar
import Foundation
import TestSupport
import Testing

/// Facts that were made elsewhere: `annotate --clusters`, `resolve` and `load --annotated` together give the store that
/// `load` gives.
@Suite(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct AnnotatedLoadTests {
  /// Tables that annotation fills.
  private static let tables = [
    "Documents", "Sentences", "Tokens", "Mentions", "Relations", "Dates", "Amounts", "Sentiments", "Quotes",
  ]

  /// The sample documents as JSON lines, with what an importer must carry along.
  private static let documents: Result<String, any Error> = Result {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Notebooks/documents")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".md")
    }
    return try names.sorted().map { name in
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let document = DynamicValue.bag([
        "id": .string(name), "text": .string(text), "published": .string("2024-10-08"),
        "collection": .string("samples"), "desk": .string("Asia"),
      ])
      return document.json + "\n"
    }.joined()
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A store of documents that were loaded as they are, and their file.
  private func loaded(_ documents: String) throws -> (store: String, file: String) {
    let file = try folder.file("documents.jsonl", documents).path
    let store = folder.url.appending(path: "a.dossier").path
    _ = try output(["load", store, file])
    return (store, file)
  }

  private func output(_ arguments: [String], input: String = "") throws -> String {
    let outcome = try Program.run(arguments, input: input)
    #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
    return outcome.output
  }

  @Test func aStoreIsTheSameByEitherWay() throws {
    let documents = try Self.documents.get()
    let answers = try output(["annotate", "--clusters"], input: documents)
    let (direct, file) = try loaded(documents)
    let taken = folder.url.appending(path: "b.dossier").path
    _ = try output(["load", taken, "--annotated", "-"], input: answers)
    for table in Self.tables + ["Entities"] {
      let query = ["\(table)", "--format", "ndjson"]
      let rows = try output(["query", direct] + query)
      #expect(rows == (try output(["query", taken] + query)), "\(table)")
      #expect(!rows.isEmpty, "\(table)")
    }
    // The same documents again, by either way, are known.
    #expect(try output(["load", taken, "--annotated", "-"], input: answers).contains("unchanged"))
    #expect(try output(["load", taken, file]).contains("unchanged"))
  }

  @Test func entitiesArePutIntoTheFacts() throws {
    let documents = try Self.documents.get()
    let answers = try output(["annotate", "--clusters"], input: documents).split(separator: "\n").map {
      try #require(DynamicValue(json: String($0)))
    }
    let clusters = answers.flatMap { items($0["tables"]["Clusters"]) }
    let resolved = try output(["resolve"], input: clusters.map { $0.json + "\n" }.joined())
      .split(separator: "\n").map { try #require(DynamicValue(json: String($0))) }
    let entities = Dictionary(
      resolved.filter { $0["ClusterId"] == .null }.map { ($0["EntityId"].text, $0) },
      uniquingKeysWith: { first, _ in first })
    let assigned = Dictionary(
      grouping: resolved.filter { $0["ClusterId"] != .null }, by: { $0["DocId"].text })
    let lines = answers.map { answer -> String in
      let told = (assigned[answer["id"].text] ?? []).map { row -> DynamicValue in
        guard case .bag(var entity)? = entities[row["EntityId"].text] else { return .null }
        entity["ClusterId"] = row["ClusterId"]
        return .bag(entity)
      }
      return DynamicValue.bag(["id": answer["id"], "tables": answer["tables"], "entities": .array(told)]).json
        + "\n"
    }
    var rows: [String: [String]] = [:]
    for line in try output(["resolve", "--place"], input: lines.joined()).split(separator: "\n") {
      let table = try #require(DynamicValue(json: String(line)))
      rows[table["Table"].text, default: []] += items(table["Rows"]).map(\.json)
    }
    let store = try loaded(documents).store
    for table in Self.tables where table != "Documents" {
      let stored = try output(["query", store, table, "--format", "ndjson"]).split(separator: "\n").map {
        try #require(DynamicValue(json: String($0))).json
      }
      #expect(stored.sorted() == (rows[table] ?? []).sorted(), "\(table)")
    }
  }

  @Test func whatIsNoAnswerIsARowOfImports() throws {
    let store = folder.url.appending(path: "a.dossier").path
    let lines = [
      #"{"id":"a","error":{"code":"NLP320","message":"no text"}}"#, "not JSON", #"{"id":"b"}"#,
      #"{"id":"c","tables":{"Documents":[{"Title":3}]}}"#,
      #"{"id":"d","tables":{"Documents":[{"Text":"Snow."}]}}"#,
    ]
    let outcome = try Program.run(
      ["load", store, "--annotated", "-"], input: lines.joined(separator: "\n"))
    #expect(outcome.code == 2)
    let query = "Imports | project Path, Status, Code | sort by Path asc"
    let rows = try output(["query", store, query, "--format", "csv"])
    #expect(
      rows
        == "Path,Status,Code\r\n-#1,failed,NLP320\r\n-#2,failed,NLP321\r\n-#3,failed,NLP321\r\n-#4,failed,NLP321\r\n"
    )
    #expect(
      try output(["query", store, "Documents | project DocId, Text", "--format", "csv"]).contains("d,Snow.")
    )
  }

  private func items(_ value: DynamicValue) -> [DynamicValue] {
    if case .array(let items) = value { items } else { [] }
  }
}
