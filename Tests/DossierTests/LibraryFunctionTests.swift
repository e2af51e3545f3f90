import Columnar
import Foundation
import TestSupport
import Testing

/// The analyst's functions over the sample documents: each answers, and each answer leads back to a sentence.
@Suite(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct LibraryFunctionTests {
  private static let folder = try? TemporaryFolder()
  private static let store: String? = {
    guard let path = folder?.url.appending(path: "samples.dossier").path else { return nil }
    let documents = SampleNotebookTests.folder.appending(path: "documents").path
    return (try? Program.run(["load", path, documents]))?.code == 0 ? path : nil
  }()

  /// A call, and what a reader of the documents would look for in its answer.
  static let calls: [(call: String, wanted: [String])] = [
    ("timeline('Kim Jong Un')", ["2024-06-19", "signed a Comprehensive Strategic Partnership treaty"]),
    ("timeline('Kim Jong Un', datetime(2024-10-01))", ["congratulated Vladimir Putin"]),
    ("claims('North Korea')", ["exported weapons to Russia", "Kim Yo Jong", "containers"]),
    ("statements('North Korea')", ["exported weapons to Russia", "Kim Yo Jong", "containers"]),
    ("said('John Kirby')", ["the containers were shipped between September 7 and October 1"]),
    ("cooccurring('Kim Jong Un')", ["person/vladimir-putin"]),
    ("near('containers', 'Russia', 8)", ["10,000 containers to Russia"]),
    ("Sentences | invoke kwic('shell*', 4)", ["artillery", "shells"]),
    ("Documents | invoke kwic('shell*', 4)", ["artillery", "shells"]),
    ("collocates('weapon')", ["export", "nuclear"]),
    (
      "keyness((Documents | where Source == 'Paper Crane Wire'), (Documents | where Source == 'Harbour Courier'))",
      ["missile"]
    ),
    ("shortestpath('Kim Jong Un', 'Volodymyr Zelensky')", ["Vladimir Putin", "Volodymyr Zelensky"]),
    ("contradictions()", ["10,000 containers", "6,700 containers", "exports weapons", "artillery shells"]),
    ("newsince(0)", ["document", "person/kim-jong-un", "link"]),
  ]

  @Test(arguments: calls.map(\.call)) func answersAndLeadsBack(_ call: String) throws {
    let store = try #require(Self.store)
    let outcome = try Program.run(["query", store, call, "--format", "json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    for wanted in Self.calls.first(where: { $0.call == call })?.wanted ?? [] {
      #expect(outcome.output.contains(wanted), "\(wanted) in \(outcome.output.prefix(2000))")
    }
    let result = try #require(DynamicValue(json: outcome.output))
    guard case .array(let columns) = result["columns"], case .array(let rows) = result["rows"] else {
      Issue.record("no table")
      return
    }
    let place = try #require(columns.firstIndex { $0["name"] == .string("Cite") })
    var script = call + "\n.why 1\n"
    for row in rows.prefix(3) {
      guard case .array(let cells) = row else { continue }
      script += ".show \(cells[place].text)\n"
    }
    let shown = try Program.run([store], input: script)
    #expect(shown.code == 0, "\(shown.errors)")
    #expect(shown.output.contains("Row 1 rests on"))
  }

  @Test func nothingIsNewSinceTheLastLoad() throws {
    let store = try #require(Self.store)
    let outcome = try Program.run(["query", store, "newsince(1) | count", "--format", "json"])
    #expect(outcome.output.contains("\"rows\":[[0]]"))
  }

  @Test func helpAndHintsKnowThem() throws {
    let help = try Program.run([], input: ".help timeline\n")
    #expect(help.output.contains("timeline(entity, [from], [to])"))
    #expect(help.output.contains("Ada Lovelace met Charles Babbage"))
    let store = try #require(Self.store)
    let near = try Program.run(["query", store, "timelin('Kim Jong Un')"])
    #expect(near.code == 2)
    #expect(near.errors.contains("did you mean timeline()?"))
    let unknown = try Program.run(["query", store, "claims('Nobody At All')"])
    #expect(unknown.errors.contains("  1 | claims('Nobody At All')\n    | ^^^^^^\n"))
    #expect(unknown.errors.contains("note: in statements(), line "))
  }
}
