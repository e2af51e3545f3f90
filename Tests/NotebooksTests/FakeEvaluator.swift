import Columnar
import Diagnostics

@testable import Notebooks

/// Answers from a list, so that tests of notebooks need no store: `echo TEXT` gives one row with the text,
/// `rows N` N numbers, `fail` an error under its word, any other query the table listed for it.
final class FakeEvaluator: CellEvaluator {
  var answers: [String: Table] = [:]
  var tables: [TableOrigin] = []
  var defined: [String] = []
  var asked: [String] = []
  var sentences: [EvidenceSentence] = []
  let provenance: [(name: String, value: String)] = [("Dossier", "0.1"), ("Store", "sha256:0123")]

  func evaluate(_ query: String, keeping: Bool) throws(DossierError) -> CellResult? {
    asked.append(query)
    var text = query
    if text.hasPrefix("declare"), let end = text.firstIndex(of: "\n") {
      text = String(text[text.index(after: end)...])
    }
    let words = text.split { $0 == " " || $0 == "\n" }
    switch words.first {
    case "fail":
      let start =
        query.utf8.count - text.utf8.count + (text.range(of: "fail").map { $0.utf8Offset(in: text) } ?? 0)
      throw DossierError("BND900", "this can't be", at: SourceSpan(start, start + 4), hint: "echo")
    case "echo":
      return CellResult(
        Table(
          schema: Schema([Field("Text", .string)]),
          rows: [[.string(words.dropFirst().joined(separator: " "))]]))
    case "rows":
      let count = words.count > 1 ? Int(words[1]) ?? 0 : 0
      return CellResult(
        Table(schema: Schema([Field("N", .long)]), rows: (0..<count).map { [.long(Int64($0))] }))
    case "print", "CheckedResult_":
      // Expectations in these tests fail where they say so.
      return CellResult(
        Table(schema: Schema([Field("Count", .long)]), rows: [[.long(text.contains("never") ? 1 : 0)]]))
    default:
      return answers[words.joined(separator: " ")].map { CellResult($0, origin: "documents") }
    }
  }

  func define(_ name: String, as result: CellResult) throws(DossierError) { defined.append(name) }

  func evidence(for result: CellResult, row: Int, limit: Int) throws(DossierError) -> RowEvidence {
    guard result.origin != nil else { return RowEvidence([], total: 0) }
    let mine = sentences.indices.filter { $0 % max(1, result.table.rowCount) == row }.map { sentences[$0] }
    return RowEvidence(Array(mine.prefix(limit)), total: mine.count)
  }
}

extension Range<String.Index> {
  func utf8Offset(in text: String) -> Int { text.utf8.distance(from: text.startIndex, to: lowerBound) }
}

/// Gives one evaluator to every run.
struct FakeProvider: CellEvaluatorProvider, @unchecked Sendable {
  let evaluator: FakeEvaluator
  func open(_ environment: NotebookEnvironment) throws(DossierError) -> any CellEvaluator { evaluator }
}

func replay(
  _ text: String, parameters: [(name: String, value: String)] = [], evaluator: FakeEvaluator = FakeEvaluator()
) throws -> NotebookRun {
  var runner = NotebookRunner(FakeProvider(evaluator: evaluator))
  runner.parameters = parameters
  return runner.run(try Notebook(text), in: "")
}
