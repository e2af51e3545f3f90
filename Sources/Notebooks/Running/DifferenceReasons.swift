import Diagnostics

/// Why a notebook's outputs differ from what it holds, as far as that can be told: other documents, another model,
/// another query; for rows, which of their documents.
struct DifferenceReasons {
  private let run: NotebookRun
  private let change: NotebookInputs.Difference?
  private let before: NotebookInputs?
  private let after: NotebookInputs?

  /// How many names a line lists, and how many rows of a cell are explained.
  private static let most = 5

  /// Compares what a run rests on with what is kept beside the notebook.
  init(_ run: NotebookRun, at path: String) {
    self.run = run
    let (old, new) = (NotebookInputs.read(beside: path), run.evaluator?.inputs)
    before = old
    after = new
    change = old.flatMap { old in new.map { old.difference(to: $0) } }
  }

  /// One line a reason, each with its end.
  var text: String {
    let lines = inputLines + cellLines
    return lines.map { $0 + "\n" }.joined()
  }

  private var inputLines: [String] {
    guard let change else { return [] }
    var lines: [String] = []
    if change.isOtherModel {
      let (old, new) = (
        before?.annotators.joined(separator: ", ") ?? "", after?.annotators.joined(separator: ", ") ?? ""
      )
      lines.append("why: the model or its stages changed: \(old) is now \(new)")
    }
    for (ids, verb) in [
      (change.changed, "changed"), (change.added, "new"), (change.removed, "gone"),
    ] where !ids.isEmpty {
      lines.append("why: \(counted(ids.count, "document")) \(verb): \(Self.listed(ids))")
    }
    return lines
  }

  private var cellLines: [String] {
    var lines: [String] = []
    for (index, outcome) in run.cells.enumerated() {
      let cell = outcome.cell
      let place = "\(run.notebook.name):\(cell.line)"
      if let key = cell.output?.queryKey, key != cell.key {
        lines.append("\(place): the query changed since its output was accepted")
        continue
      }
      guard let change, !change.isEmpty, outcome.wasReached else { continue }
      lines += rowLines(ofCell: index, change).map { "\(place): \($0)" }
    }
    return lines
  }

  /// The rows of a cell that the notebook doesn't hold, with those of their documents that are not as they were.
  private func rowLines(ofCell index: Int, _ change: NotebookInputs.Difference) -> [String] {
    let outcome = run.cells[index]
    guard let result = outcome.result, let evaluator = run.evaluator, let output = outcome.cell.output else {
      return []
    }
    let old = Set(run.notebook.text(output.range).split(whereSeparator: \.isNewline).map { Self.bare($0) })
    let body = run.bodyLines(ofCell: index)
    guard
      let separator = body.firstIndex(where: {
        $0.hasPrefix("| -") || $0.hasPrefix("|-") || $0.hasPrefix("| :")
      })
    else { return [] }
    let states = [("changed", Set(change.changed)), ("is new", Set(change.added))]
    var lines: [String] = []
    for (row, line) in body[(separator + 1)...].prefix(while: { $0.hasPrefix("|") }).enumerated()
    where !old.contains(Self.bare(line[...])) && row < result.table.rowCount {
      guard lines.count < Self.most else { break }
      guard let evidence = try? evaluator.evidence(for: result, row: row, limit: 200) else { continue }
      var reasons: [String] = []
      for (verb, ids) in states {
        var seen: [String] = []
        for sentence in evidence.sentences
        where ids.contains(sentence.docID) && !seen.contains(sentence.docID) {
          seen.append(sentence.docID)
        }
        if !seen.isEmpty {
          reasons.append(
            "\(seen.count == 1 ? "document" : "documents") \(Self.listed(seen)) \(seen.count > 1 && verb == "is new" ? "are new" : verb)"
          )
        }
      }
      if !reasons.isEmpty { lines.append("row \(row + 1): \(reasons.joined(separator: "; "))") }
    }
    return lines
  }

  private static func bare(_ line: Substring) -> String {
    String(line.drop { $0 == " " || $0 == "\t" })
  }

  private static func listed(_ names: [String]) -> String {
    let more = names.count > most ? " and \(grouped(names.count - most)) more" : ""
    return names.prefix(most).joined(separator: ", ") + more
  }
}
