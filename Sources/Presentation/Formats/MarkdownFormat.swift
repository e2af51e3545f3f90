import Columnar
import Diagnostics

/// A pipe table as GitHub, GitLab and CommonMark's table extension read it; numbers right-aligned, the
/// source aligned too where cells are short. Nothing in a cell can become markup.
public struct MarkdownFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "markdown"
  /// Other names.
  public static let synonyms = ["md"]
  /// What it is.
  public static let summary = "A Markdown table."

  /// Cells wider than this don't widen their column in the source.
  private static let widest = 40

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      guard table.schema.count > 0 else { return }
      var out = TextBuffer(sink)
      let rows = options.shown(of: table)
      let names = table.schema.names.map(Self.escaped)
      let right = table.schema.fields.map { CellText.alignsRight($0.type) }
      let widths = names.indices.map { column in
        options.rows(rows).reduce(max(3, DisplayWidth.of(names[column]))) { widest, row in
          let width = DisplayWidth.of(Self.cell(table, row, column))
          return width <= Self.widest ? max(widest, width) : widest
        }
      }
      func line(_ cell: (Int) -> String) -> String {
        var line = "|"
        for column in names.indices {
          let text = cell(column)
          let padding = String(repeating: " ", count: max(0, widths[column] - DisplayWidth.of(text)))
          line += right[column] ? " \(padding)\(text) |" : " \(text)\(padding) |"
        }
        return line + "\n"
      }
      out.write(line { names[$0] })
      out.write(
        line { String(repeating: "-", count: widths[$0] - (right[$0] ? 1 : 0)) + (right[$0] ? ":" : "") })
      for row in options.rows(rows) { out.write(line { Self.cell(table, row, $0) }) }
      if options.countsRows || rows < table.rowCount {
        out.write("\n" + CellText.rowCount(rows, of: table.rowCount) + "\n")
      }
      out.flush()
    }
  }

  private static func cell(_ table: Table, _ row: Int, _ column: Int) -> String {
    escaped(CellText.reading(table.value(row: row, column: column)))
  }

  /// The text as it must be written inside a cell to be read as itself.
  public static func escaped(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    let dollars = scalars.count { $0 == "$" }
    var out = String.UnicodeScalarView()
    func isWord(_ index: Int) -> Bool {
      scalars.indices.contains(index)
        && (scalars[index].properties.isAlphabetic || scalars[index].properties.numericType != nil)
    }
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "|", "\\", "*", "`", "[", "]", "~":
        out.append("\\")
        out.append(scalar)
      // Inside a word an underscore is no emphasis; two dollars would be a formula on some forges.
      case "_" where !(isWord(index - 1) && isWord(index + 1)), "$" where dollars > 1:
        out.append("\\")
        out.append(scalar)
      case "<": out.append(contentsOf: "&lt;".unicodeScalars)
      case ">": out.append(contentsOf: "&gt;".unicodeScalars)
      case "&": out.append(contentsOf: "&amp;".unicodeScalars)
      case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": break
      case "\n", "\r", "\u{2028}", "\u{2029}": out.append(contentsOf: "<br>".unicodeScalars)
      case "\t": out.append(" ")
      // Controls, and marks that turn the direction of what follows, could make a cell look like other text.
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        out.append("\u{FFFD}")
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}
