import Columnar
import Diagnostics
import Presentation

/// The output block of a cell, as it stands in the notebook.
enum MarkdownOutput {
  /// How many rows an output shows if the cell doesn't say.
  static let defaultMaxRows = 50

  /// Columns of a chart that is text.
  private static let chartWidth = 76

  /// The lines of a result: a chart or a table, how many rows there are if not all are shown, and notes.
  ///
  /// A chart is a picture in `pictures`, with its data in a table that unfolds: what changes shows in a diff,
  /// and who can't see the picture can read it. Without a folder for pictures it is bars of text.
  static func body(of result: Table, maxRows: Int?, pictures: inout NotebookFiles) -> [String] {
    let shown = min(result.rowCount, maxRows ?? defaultMaxRows)
    var lines: [String] = []
    let chart = SVGChart(result)
    if let chart, let address = pictures.add(chart.svg()) {
      lines += ["![\(DisplayText.markdown(chart.summary))](\(address))", ""]
      lines += ["<details><summary>Data</summary>", ""] + table(of: result, shown: shown)
      lines += ["", "</details>"]
    } else if let bars = TerminalChart(result)?.text(width: chartWidth, colours: false) {
      lines += fenced(bars.split(separator: "\n").map(String.init))
    } else {
      lines += table(of: result, shown: shown)
    }
    for note in result.notes { lines += ["", "_\(DisplayText.markdown(note))_"] }
    return lines
  }

  /// A Markdown table, and how many rows there are where it doesn't show that itself.
  private static func table(of result: Table, shown: Int) -> [String] {
    let text = MarkdownFormat().text(result, FormatOptions(rowLimit: shown))
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    if result.rowCount == 0 { lines += ["", CellText.rowCount(0, of: 0)] }
    return lines
  }

  /// The lines of an error.
  static func body(of error: DossierError, in query: String) -> [String] {
    fenced(
      error.rendered(in: SourceText(query)).split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init))
  }

  /// The whole block, from marker to marker.
  static func block(header: String, body: [String]) -> [String] {
    ["\(Notebook.outputStart)\(header.isEmpty ? "" : " " + header) -->", ""] + body + [
      "", Notebook.outputEnd,
    ]
  }

  /// Lines in a code fence that none of them can close, and without anything that reads as our markers.
  static func fenced(_ lines: [String]) -> [String] {
    let safe = lines.map { line in
      line.unicodeScalars.contains("<") ? replacing("<!--", with: "<!- -", in: line) : line
    }
    let fence = MarkdownFence.around(safe.joined(separator: "\n"))
    return [fence + "text"] + safe + [fence]
  }

  /// The text that Markdown shows for an escaped one.
  static func unescaped(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var escaped = false
    for scalar in text.unicodeScalars {
      if scalar == "\\", !escaped {
        escaped = true
        continue
      }
      out.append(scalar)
      escaped = false
    }
    var plain = String(out)
    for (reference, character) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
      plain = plain.split(separator: reference, omittingEmptySubsequences: false).joined(separator: character)
    }
    return plain
  }

  private static func replacing(_ old: String, with new: String, in text: String) -> String {
    var out = ""
    var rest = Substring(text)
    while let range = rest.firstRange(of: old) {
      out += rest[..<range.lowerBound]
      out += new
      rest = rest[range.upperBound...]
    }
    return out + rest
  }
}
