import Columnar
import Diagnostics

/// Records: a line for each column of a row, for results with long texts or many columns. Long values
/// are broken at blanks on a terminal.
public struct LineFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "line"
  /// Other names.
  public static let synonyms = ["record", "lines"]
  /// What it is.
  public static let summary = "A line for each column, for long texts and many columns."
  /// Meant for eyes.
  public static let isForReading = true

  /// The most lines of a cell on a terminal; nil for all.
  private let linesPerCell: Int?

  /// The format with its defaults.
  public init() { linesPerCell = nil }

  init(linesPerCell: Int) { self.linesPerCell = linesPerCell }

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      let rows = options.shown(of: table)
      let names = table.schema.names.map { CellText.oneLine($0) }
      let longest = names.map { DisplayWidth.of($0) }.max() ?? 0
      let label = options.width.map { min(longest, max(8, $0 / 3)) } ?? longest
      for row in options.rows(rows) {
        let head = "── \(row + 1) " + String(repeating: "─", count: max(2, label - String(row + 1).count - 2))
        out.write(Ink.faint.applied(to: head, if: options.colours) + "\n")
        for (index, name) in names.enumerated() {
          let value = table.value(row: row, column: index)
          let shown = DisplayWidth.pad(DisplayWidth.cut(name, to: label), to: label)
          let lines = lines(of: value, width: options.width.map { max(8, $0 - label - 2) })
          for (number, line) in lines.enumerated() {
            let start =
              number == 0
              ? Ink.bold.applied(to: shown, if: options.colours) : String(repeating: " ", count: label)
            let cell = value.isNull ? Ink.faint.applied(to: line, if: options.colours) : line
            out.write(cell.isEmpty && number > 0 ? "\n" : start + "  " + cell + "\n")
          }
        }
      }
      if options.countsRows, options.isStopped?() != true {
        let count = CellText.rowCount(rows, of: table.rowCount, hint: options.moreHint)
        out.write(Ink.faint.applied(to: count, if: options.colours) + "\n")
      }
      out.flush()
    }
  }

  private func lines(of value: Value, width: Int?) -> [String] {
    guard let width else { return [CellText.oneLine(CellText.display(value))] }
    let text = CellText.oneLine(CellText.display(value), limit: linesPerCell.map { $0 * width * 2 } ?? .max)
    var lines = Self.wrapped(text, to: width)
    if let most = linesPerCell, lines.count > most {
      let last = lines[most - 1] + " " + lines[most]
      lines = lines[..<(most - 1)] + [DisplayWidth.cut(last + "…", to: width)]
    }
    return lines
  }

  /// Breaks a text at blanks into lines of at most so many columns; a longer word is broken anywhere.
  public static func wrapped(_ text: String, to width: Int) -> [String] {
    if DisplayWidth.of(text) <= width { return [text] }
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = String(word)
      var wide = DisplayWidth.of(word)
      if used > 0 || !line.isEmpty {
        if used + 1 + wide <= width {
          line += " " + word
          used += 1 + wide
          continue
        }
        lines.append(line)
        (line, used) = ("", 0)
      }
      while wide > width {
        let part = DisplayWidth.prefix(of: word, columns: width)
        if part.isEmpty { break }
        lines.append(part)
        word = String(word.dropFirst(part.count))
        wide = DisplayWidth.of(word)
      }
      (line, used) = (word, wide)
    }
    return lines + [line]
  }
}
