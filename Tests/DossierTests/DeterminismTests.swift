import Columnar
import Foundation
import KQLEngine
import KQLLibrary
import TestSupport
import Testing

/// The same bytes whatever the number of threads, the time zone, the language and the hash seeds, which each
/// process has its own of.
@Suite struct DeterminismTests {
  private static let circumstances: [(threads: String, environment: [String: String])] = [
    ("1", ["TZ": "UTC", "LANG": "C", "LC_ALL": "C"]),
    ("16", ["TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"]),
    ("3", ["TZ": "Pacific/Honolulu", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"]),
  ]

  /// Queries over the tables of a store.
  private static let storeQueries = [
    "Entities | project EntityId, Entity, Type, Aliases, Mentions, Documents, FirstSeen, LastSeen",
    "Mentions | summarize n = count(), Texts = make_set(Text) by Entity, Kind | top 50 by n",
    "Relations | project Subject, Predicate, Object, Speaker, From, To, Confidence, Cite, Title",
    "Dates | summarize Dates = count(), First = min(From) by Value | join kind=inner (Dates) on Value | take 300",
    "Sentiments | summarize avg(Score), stdev(Score), percentile(Score, 90) by Entity, Scope",
    "Documents | project-away Text | sort by Title",
    "search \"Kim\" | summarize count() by $table",
    "Tokens | sample 20 | project DocId, Text, Lemma",
    "Quotes | extend Long = strlen(Text) | top 10 by Long | project Speaker, Text, Sentence",
    "Sentences | where Text has \"Putin\" | mv-expand Words = split(Text, \" \") | summarize count() by tostring(Words)",
    "Relations | make-graph Subject --> Object with Entities on Entity | graph-match (a)-[r]->(b) "
      + "where a.Type == \"PERSON\" project a.Entity, r.Predicate, b.Entity",
    "Dates | where isnotnull(From) | make-series n = count() default = 0 on From "
      + "from datetime(2024-01-01) to datetime(2024-12-01) step 30d",
  ]

  /// A line for each query: those of `.help`, and of the developers' shared cases where they are.
  private static func batch() throws -> String {
    var queries = storeQueries
    queries += allOperators.flatMap { $0.examples.map(\.query) }
    queries += FunctionRegistry.builtIn.scalars.flatMap { $0.examples.map(\.query) }
    queries += FunctionRegistry.builtIn.aggregates.flatMap { $0.examples.map(\.query) }
    if let cases = SharedData.file("data/kql-dev/cases-dev.jsonl") {
      for line in try String(contentsOf: cases, encoding: .utf8).split(separator: "\n") {
        if case .string(let query)? = DynamicValue(json: String(line))?["query"] { queries.append(query) }
      }
    }
    return queries.enumerated().map { number, query in
      DynamicValue.bag(["id": .long(Int64(number)), "query": .string(query)]).json + "\n"
    }.joined()
  }

  @Test(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
  func queriesGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let documents = SampleNotebookTests.folder.appending(path: "documents").path
    let batch = try Self.batch()
    let count = batch.split(separator: "\n").count
    #expect(count > 300)
    var first: String?
    for (number, (threads, environment)) in Self.circumstances.enumerated() {
      let store = folder.url.appending(path: "\(number).dossier").path
      let loaded = try Program.run(
        ["load", store, documents, "--threads", threads], environment: environment)
      #expect(loaded.code == 0)
      let outcome = try Program.run(
        ["query", store, "--batch", "-", "--threads", threads, "--as-of", "2024-11-06"], input: batch,
        environment: environment)
      #expect(outcome.code == 0)
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == count)
      for line in lines.prefix(Self.storeQueries.count) { #expect(!line.contains("\"error\":"), "\(line)") }
      guard let reference = first else {
        first = outcome.output
        continue
      }
      for (old, new) in zip(reference.split(separator: "\n"), lines) where old != new {
        Issue.record(
          "with \(threads) threads, \(environment): \(new.prefix(400)) instead of \(old.prefix(400))")
      }
    }
  }

  @Test(
    .enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"),
    arguments: SampleNotebookTests.names)
  func notebooksHaveOneDigest(name: String) throws {
    let outcome = try Program.run(["verify", SampleNotebookTests.folder.appending(path: name).path])
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.wholeMatch(of: /sha256:[0-9a-f]{64}\n/) != nil)
    #expect(outcome.errors == "")
  }
}
