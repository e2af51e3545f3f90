import Columnar

/// A table fragment for a page: `<table class="dossier">` with head and body; numbers in cells of class
/// `number`, missing values of class `null`. All text is escaped.
public struct HTMLFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "html"
  /// What it is.
  public static let summary = "An HTML table fragment."

  /// What a page puts around a cell's escaped text: row, column (from 0) and the text in, HTML out.
  public var decorate: (@Sendable (_ row: Int, _ column: Int, _ html: String) -> String)?

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      let rows = options.shown(of: table)
      let classes = table.schema.fields.map { CellText.alignsRight($0.type) ? " class=\"number\"" : "" }
      out.write("<table class=\"dossier\">\n<thead>\n<tr>")
      for (column, name) in table.schema.names.enumerated() {
        out.write("<th scope=\"col\"\(classes[column])>\(escapedHTML(name))</th>")
      }
      out.write("</tr>\n</thead>\n<tbody>\n")
      for row in options.rows(rows) {
        var line = "<tr>"
        for column in table.schema.fields.indices {
          let value = table.value(row: row, column: column)
          var html = escapedHTML(CellText.display(value))
          if let decorate { html = decorate(row, column, html) }
          line += value.isNull ? "<td class=\"null\">\(html)</td>" : "<td\(classes[column])>\(html)</td>"
        }
        out.write(line + "</tr>\n")
      }
      out.write("</tbody>\n</table>\n")
      if rows < table.rowCount {
        out.write("<p class=\"rows\">\(CellText.rowCount(rows, of: table.rowCount))</p>\n")
      }
      out.flush()
    }
  }
}

/// Text as it must be written in HTML and SVG, in elements and in quoted attributes. Line ends become
/// `<br>` only by the style sheet (`white-space: pre-line`); controls that XML forbids become U+FFFD.
public func escapedHTML(_ text: String) -> String {
  var out = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out.append(contentsOf: "&amp;".unicodeScalars)
    case "<": out.append(contentsOf: "&lt;".unicodeScalars)
    case ">": out.append(contentsOf: "&gt;".unicodeScalars)
    case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
    case "'": out.append(contentsOf: "&#39;".unicodeScalars)
    case "\n", "\t": out.append(scalar)
    case "\r": out.append("\n")
    case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": out.append("\u{FFFD}")
    // Marks that turn the direction of what follows could hide text of a document in a report.
    case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": out.append("\u{FFFD}")
    default: out.append(scalar)
    }
  }
  return String(out)
}
