import Columnar
import Diagnostics

/// What came of one cell.
public struct CellOutcome: Sendable {
  /// The cell.
  public var cell: Cell
  /// Its result; nil if it failed, was not reached or only holds statements.
  public var result: CellResult?
  /// Its error, with spans in the cell's source.
  public var error: DossierError?
  /// Whether the run came to it.
  public var wasReached: Bool
}

/// What came of a notebook's items.
public struct NotebookRun {
  /// The notebook.
  public let notebook: Notebook
  /// One outcome a cell, in order.
  public internal(set) var cells: [CellOutcome] = []
  /// One text an inline value, in order; nil where the run did not come to it.
  public internal(set) var inlineValues: [String?] = []
  /// What the inline values were read from, in order; nil where the run did not come to it.
  public internal(set) var inlineResults: [CellResult?] = []
  /// The error that stopped the run, with a span in the notebook's bytes where there is a place.
  public internal(set) var failure: DossierError?
  /// The parameters' values as KQL constants, in order of declaration.
  public internal(set) var parameters: [(name: String, literal: String)] = []
  /// The parameters that were set from outside the notebook, as given.
  public internal(set) var given: [(name: String, value: String)] = []
  /// Whether only some cells were to run; what the file holds of the others stays.
  public internal(set) var isPartial = false
  /// What answered; nil if it could not be opened.
  public internal(set) var evaluator: (any CellEvaluator)?

  init(_ notebook: Notebook) { self.notebook = notebook }

  /// The notebook with this run's outputs and inline values, charts as bars of text. All else is as in the
  /// file, byte for byte.
  public var markdown: [UInt8] { files(named: nil).text }

  /// The notebook with this run's outputs and inline values, to be kept in a file of that name, and the
  /// pictures of its charts, to be kept beside it.
  public func files(named name: String?) -> NotebookFiles {
    var files = NotebookFiles(folder: name.map(NotebookFiles.folder))
    // What is asked of a table rests on its file: the hash is an output like any other.
    var replacements = changedTables.compactMap { change in
      notebook.placeInSettings(of: change.recorded).map { (range: $0, text: change.found.hash) }
    }
    replacements.sort { $0.range.lowerBound < $1.range.lowerBound }
    var (cellIndex, valueIndex) = (0, 0)
    for item in notebook.items {
      switch item {
      case .inline(let value):
        if let text = inlineValues[valueIndex] { replacements.append((value.valueRange, text)) }
        valueIndex += 1
      case .cell(let cell):
        files.nextPicture = cell.attributes.name ?? "cell-\(cellIndex + 1)"
        if let replacement = replacement(for: cells[cellIndex], cell, &files) {
          replacements.append(replacement)
        }
        cellIndex += 1
      }
    }
    files.text = notebook.replacing(replacements)
    return files
  }

  /// Tables that came from other bytes than the notebook says.
  var changedTables: [(found: TableOrigin, recorded: String)] {
    notebook.settings.tables.compactMap { source in
      guard let recorded = source.hash,
        let found = evaluator?.tables.first(where: { $0.name == source.name }), found.hash != recorded
      else { return nil }
      return (found, recorded)
    }
  }

  /// A line for each of them; empty if there is none.
  var tableNotes: String {
    changedTables.map { change in
      "\(notebook.name): the table \(change.found.name) has changed: \(change.found.file) has the SHA-256 "
        + "\(change.found.hash), not \(change.recorded)\n"
    }.joined()
  }

  private func replacement(
    for outcome: CellOutcome, _ cell: Cell, _ files: inout NotebookFiles
  ) -> (range: Range<Int>, text: String)? {
    if isPartial, !outcome.wasReached, outcome.error == nil {
      if let picture = cell.output.flatMap({ _ in files.nextPicture }) {
        files.untouched.append(picture + ".svg")
      }
      return nil
    }
    guard let lines = outputLines(of: outcome, &files) else {
      // Nothing to show: an output that stands there goes, with the blank lines before it.
      return cell.output.map { (cell.range.upperBound..<$0.range.upperBound, "") }
    }
    var text = ""
    for (index, line) in lines.enumerated() {
      if index > 0 { text += notebook.lineEnd }
      if index > 0, !line.isEmpty { text += cell.indent }
      text += line
    }
    if let output = cell.output { return (output.range, text) }
    let end = cell.range.upperBound
    return (end..<end, notebook.lineEnd + notebook.lineEnd + cell.indent + text)
  }

  /// The lines of a cell's output block; nil for none.
  private func outputLines(of outcome: CellOutcome, _ files: inout NotebookFiles) -> [String]? {
    let key = "query=\(outcome.cell.key)"
    if let error = outcome.error {
      return MarkdownOutput.block(
        header: "error=\(error.code) \(key)", body: MarkdownOutput.body(of: error, in: outcome.cell.source))
    }
    guard let result = outcome.result, !outcome.cell.attributes.hideOutput else { return nil }
    return MarkdownOutput.block(
      header: "rows=\(result.table.rowCount) \(key)",
      body: MarkdownOutput.body(
        of: result.table, maxRows: outcome.cell.attributes.maxRows, pictures: &files))
  }

  /// The output of the cells that were reached, as in the notebook but without its markers.
  var onlyOutput: String {
    var files = NotebookFiles(folder: nil)
    let lines = cells.compactMap { outcome in outcome.wasReached ? outputLines(of: outcome, &files) : nil }
    return lines.map { $0.dropFirst().dropLast().joined(separator: "\n").trimmingNewlines + "\n" }.joined(
      separator: "\n")
  }

  /// The lines of a cell's output in the notebook, its markers not counted; empty where it has none.
  func bodyLines(ofCell index: Int) -> [String] {
    var files = NotebookFiles(folder: "assets")
    files.nextPicture = "picture"
    return outputLines(of: cells[index], &files).map { Array($0.dropFirst().dropLast()) } ?? []
  }
}

extension String {
  fileprivate var trimmingNewlines: String {
    var text = self[...]
    while text.first == "\n" { text.removeFirst() }
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }
}
