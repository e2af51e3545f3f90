import Columnar
import Diagnostics
import Presentation

/// The output block of a cell, as it stands in the notebook.
enum MarkdownOutput {
  /// How many rows an output shows if the cell doesn't say.
  static let defaultMaxRows = 50

  /// The lines of a result: a chart or a table, how many rows there are if not all are shown, and notes.
  static func body(of result: Table, maxRows: Int?) -> [String] {
    let shown = min(result.rowCount, maxRows ?? defaultMaxRows)
    var lines: [String] = []
    if let chart = TextChart.lines(result, rows: shown) {
      if let title = result.visualization?["title"], !title.isEmpty {
        lines += ["**\(DisplayText.markdown(title))**", ""]
      }
      lines += fenced(chart)
      if shown < result.rowCount { lines += ["", CellText.rowCount(shown, of: result.rowCount)] }
    } else {
      let table = MarkdownFormat().text(result, FormatOptions(rowLimit: shown))
      lines += table.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last?.isEmpty == true { lines.removeLast() }
      if result.rowCount == 0 { lines += ["", CellText.rowCount(0, of: 0)] }
    }
    for note in result.notes { lines += ["", "_\(DisplayText.markdown(note))_"] }
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
    var longest = 2
    for line in safe {
      var run = 0
      for byte in line.utf8 {
        run = byte == 0x60 ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    let fence = String(repeating: "`", count: longest + 1)
    return [fence + "text"] + safe + [fence]
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
