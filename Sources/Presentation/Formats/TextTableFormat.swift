import Columnar
import Diagnostics

/// Aligned columns: a header, a rule, a row a line; numbers right-aligned, nulls visible.
///
/// On a terminal the table fits its width: long texts are cut with `…`; a table that would lose too much
/// is written as records instead. Elsewhere nothing is cut.
public struct TextTableFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "table"
  /// Other names.
  public static let synonyms = ["text", "box"]
  /// What it is.
  public static let summary = "Aligned columns that fit the terminal."
  /// Meant for eyes.
  public static let isForReading = true

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      let rows = options.shown(of: table)
      let numbers = options.numbersRows ? String(rows).utf8.count + 2 : 0
      let limit = options.width.map { $0 * 2 + 8 } ?? .max
      let columns = table.schema.fields.indices.map { Column(table, $0, rows: rows, limit: limit, options) }
      guard let widths = Self.widths(columns, options.width.map { max(1, $0 - numbers) }, rows: rows) else {
        LineFormat(linesPerCell: 4).write(table, options, to: sink)
        return
      }
      if !columns.isEmpty {
        writeHeader(columns, widths, numbers, options, to: &out)
        for row in options.rows(rows) {
          var line = numbers > 0 ? number(row + 1, numbers, options) : ""
          for (index, column) in columns.enumerated() {
            let value = table.value(row: row, column: index)
            let text = DisplayWidth.cut(
              CellText.oneLine(CellText.display(value), limit: limit), to: widths[index])
            let isLast = index == columns.count - 1
            let cell = Self.aligned(text, widths[index], column.alignsRight, trimmed: isLast)
            line += value.isNull ? Ink.faint.applied(to: cell, if: options.colours) : cell
            if !isLast { line += "  " }
          }
          out.write(Self.trimmed(line) + "\n")
        }
      }
      if options.countsRows, options.isStopped?() != true {
        let count = CellText.rowCount(rows, of: table.rowCount, hint: options.moreHint)
        out.write(Ink.faint.applied(to: count, if: options.colours) + "\n")
      }
      out.flush()
    }
  }

  private func number(_ number: Int, _ width: Int, _ options: FormatOptions) -> String {
    let text = String(number)
    return Ink.faint.applied(
      to: String(repeating: " ", count: max(0, width - 2 - text.count)) + text, if: options.colours) + "  "
  }

  private func writeHeader(
    _ columns: [Column], _ widths: [Int], _ numbers: Int, _ options: FormatOptions,
    to out: inout TextBuffer
  ) {
    let indent = String(repeating: " ", count: numbers)
    var header = indent
    var rule = indent
    for (index, column) in columns.enumerated() {
      let isLast = index == columns.count - 1
      let name = DisplayWidth.cut(column.name, to: widths[index])
      let cell = Self.aligned(name, widths[index], column.alignsRight, trimmed: isLast)
      header += Ink.bold.applied(to: cell, if: options.colours) + (isLast ? "" : "  ")
      rule += String(repeating: "─", count: max(1, widths[index])) + (isLast ? "" : "  ")
    }
    out.write(Self.trimmed(header) + "\n" + Ink.faint.applied(to: rule, if: options.colours) + "\n")
  }

  private static func aligned(_ text: String, _ width: Int, _ right: Bool, trimmed: Bool) -> String {
    if right { return String(repeating: " ", count: max(0, width - DisplayWidth.of(text))) + text }
    return trimmed ? text : DisplayWidth.pad(text, to: width)
  }

  private static func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }

  /// What is known about a column before its width is chosen.
  struct Column {
    let name: String
    let alignsRight: Bool
    /// Columns of the widest cell and of the header.
    let natural: Int
    /// The least width that still says something.
    let least: Int
    /// Single words, such as ids, are not cut up to this length.
    private static let longestName = 36

    init(_ table: Table, _ index: Int, rows: Int, limit: Int, _ options: FormatOptions) {
      let field = table.schema[index]
      name = CellText.oneLine(field.name, limit: limit)
      alignsRight = CellText.alignsRight(field.type)
      var cells = 0
      var areWords = true
      for row in options.rows(rows) {
        let text = CellText.oneLine(CellText.display(table.value(row: row, column: index)), limit: limit)
        cells = max(cells, DisplayWidth.of(text))
        areWords = areWords && !text.contains(" ")
      }
      let header = DisplayWidth.of(name)
      natural = max(1, cells, header)
      // A number or date that is cut says something else; an id that is cut can't be used.
      let least =
        switch field.type {
        case .string where areWords: Self.longestName
        case .string, .dynamic: max(10, min(header, 14))
        default: max(cells, min(header, 6))
        }
      self.least = min(natural, least)
    }
  }

  /// A width for each column, or nil where records serve better: where even the least widths don't fit,
  /// or a single row would be cut.
  static func widths(_ columns: [Column], _ available: Int?, rows: Int) -> [Int]? {
    let natural = columns.map(\.natural)
    guard let available else { return natural }
    let room = available - 2 * max(0, columns.count - 1)
    if natural.reduce(0, +) <= room { return natural }
    if rows == 1 || columns.reduce(0, { $0 + $1.least }) > room { return nil }
    func total(_ cap: Int) -> Int { columns.reduce(0) { $0 + max($1.least, min($1.natural, cap)) } }
    // The widest columns give way first: the largest cap under which all fit.
    var (low, high) = (0, natural.max() ?? 0)
    while low < high {
      let middle = (low + high + 1) / 2
      if total(middle) <= room { low = middle } else { high = middle - 1 }
    }
    var widths = columns.map { max($0.least, min($0.natural, low)) }
    var left = room - widths.reduce(0, +)
    for index in columns.indices where left > 0 && widths[index] < natural[index] {
      widths[index] += 1
      left -= 1
    }
    return widths
  }
}
