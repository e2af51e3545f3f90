import Collections
import Columnar
import Diagnostics
import Presentation

/// A run as a Jupyter notebook: nbformat 4.5, prose as Markdown cells, queries as code cells with their
/// outputs as Markdown and plain text. The front matter is a raw cell at the top, as jupytext has it, and a cell keeps
/// the words on its fence, so that `JupyterSource` gives the notebook back.
enum JupyterNotebook {
  /// The file: JSON with a line end.
  static func text(of run: NotebookRun) -> String {
    let notebook = run.notebook
    var cells: [DynamicValue] = []
    var at = notebook.bodyStart
    var count = 0
    var prose = ""
    var (cellIndex, valueIndex) = (0, 0)
    if let title = notebook.settings.title, !notebook.text(at..<notebook.bytes.count).contains("\n# ") {
      prose = "# \(title)\n"
    }
    if let frontMatter = notebook.frontMatterText {
      cells.append(
        .bag([
          "cell_type": .string("raw"), "id": .string("front-matter"), "metadata": .emptyBag,
          "source": lines(plain(frontMatter)),
        ]))
    }
    func flush() {
      let text = prose.split(separator: "\n", omittingEmptySubsequences: false)
      let first = text.firstIndex { !$0.allSatisfy(\.isWhitespace) } ?? text.endIndex
      let last = text.lastIndex { !$0.allSatisfy(\.isWhitespace) } ?? text.startIndex
      prose = ""
      guard first < text.endIndex else { return }
      cells.append(
        .bag([
          "cell_type": .string("markdown"), "id": .string("prose-\(cells.count + 1)"), "metadata": .emptyBag,
          "source": lines(text[first...last].joined(separator: "\n")),
        ]))
    }
    for item in notebook.items {
      prose += plain(notebook.text(at..<item.range.lowerBound))
      switch item {
      case .inline(let value):
        // The markers are comments, which no reader sees: with them the value can be computed again.
        prose += plain(notebook.text(value.range.lowerBound..<value.valueRange.lowerBound))
        prose += run.inlineValues[valueIndex] ?? notebook.text(value.valueRange)
        prose += plain(notebook.text(value.valueRange.upperBound..<value.range.upperBound))
        at = value.range.upperBound
        valueIndex += 1
      case .cell(let cell):
        flush()
        let outcome = run.cells[cellIndex]
        if outcome.wasReached { count += 1 }
        cells.append(
          code(
            outcome, number: cellIndex, executionCount: outcome.wasReached ? count : nil,
            words: notebook.fenceWords(of: cell)))
        at = cell.output?.range.upperBound ?? cell.range.upperBound
        cellIndex += 1
      }
    }
    prose += plain(notebook.text(at..<notebook.bytes.count))
    flush()
    let root: DynamicValue = .bag([
      "cells": .array(cells),
      "metadata": .bag([
        "kernelspec": .bag([
          "display_name": .string("Dossier"), "language": .string("kql"), "name": .string("dossier"),
        ]),
        "language_info": .bag(["name": .string("kql"), "file_extension": .string(".kql")]),
      ]),
      "nbformat": .long(4), "nbformat_minor": .long(5),
    ])
    return root.json + "\n"
  }

  private static func code(
    _ outcome: CellOutcome, number: Int, executionCount: Int?, words: String
  ) -> DynamicValue {
    let attributes = outcome.cell.attributes
    var outputs: [DynamicValue] = []
    if let error = outcome.error {
      let text = error.rendered(in: SourceText(outcome.cell.source))
      outputs.append(
        .bag([
          "output_type": .string("error"), "ename": .string(error.code.rawValue),
          "evalue": .string(error.message),
          "traceback": .array(
            text.split(separator: "\n", omittingEmptySubsequences: false).map { .string(String($0)) }),
        ]))
    } else if let table = outcome.result?.table, !attributes.hideOutput {
      var none = NotebookFiles(folder: nil)
      let body = MarkdownOutput.body(of: table, maxRows: attributes.maxRows, pictures: &none)
        .joined(separator: "\n")
      var data: OrderedDictionary<String, DynamicValue> = [:]
      if let chart = SVGChart(table) {
        data["image/svg+xml"] = lines(chart.svg())
      } else {
        data["text/markdown"] = lines(body)
      }
      data["text/plain"] = lines(body)
      outputs.append(
        .bag([
          "output_type": .string("execute_result"),
          "execution_count": executionCount.map { .long(Int64($0)) } ?? .null,
          "data": .bag(data),
          "metadata": .emptyBag,
        ]))
    }
    var metadata: OrderedDictionary<String, DynamicValue> = [:]
    if let name = attributes.name { metadata["name"] = .string(name) }
    if !words.isEmpty { metadata["dossier"] = .bag(["attributes": .string(words)]) }
    if attributes.hideQuery { metadata["jupyter"] = .bag(["source_hidden": .bool(true)]) }
    return .bag([
      "cell_type": .string("code"), "id": .string("cell-\(number + 1)"),
      "execution_count": executionCount.map { .long(Int64($0)) } ?? .null,
      "metadata": .bag(metadata), "outputs": .array(outputs), "source": lines(outcome.cell.source),
    ])
  }

  /// Text as nbformat keeps it: a list of lines that keep their ends.
  private static func lines(_ text: String) -> DynamicValue {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
    return .array(
      parts.enumerated().compactMap { index, line in
        let whole = index + 1 < parts.count ? line + "\n" : line
        return whole.isEmpty ? nil : .string(String(whole))
      })
  }

  private static func plain(_ text: String) -> String {
    String(decoding: text.utf8.filter { $0 != 0x0D }, as: UTF8.self)
  }
}
