import Columnar
import Diagnostics

/// A chart as lines of text: a label, its value, and a bar of block elements. It reads the same in an
/// editor, a terminal, a diff and on every forge.
///
/// Forges drop inline `<svg>` and refuse `data:` pictures, so a picture inside the file would be seen by
/// nobody; and a changed bar shows as a changed line, which a changed picture would not.
enum TextChart {
  /// Cells that the longest bar takes.
  static let width = 40

  /// The chart's lines: one a row and value column; nil if the table can't be drawn.
  static func lines(_ table: Table, rows: Int) -> [String]? {
    guard let shape = ChartShape(table) else { return nil }
    var entries: [(label: String, text: String, value: Double?)] = []
    for row in 0..<min(rows, table.rowCount) {
      for column in shape.values {
        var label = ([shape.x] + shape.series).map {
          DisplayText.tamed(DisplayText.of(table.value(row: row, column: $0)))
        }
        if shape.values.count > 1 { label.append(table.schema[column].name) }
        let value = table.value(row: row, column: column)
        entries.append((label.joined(separator: " · "), DisplayText.of(value), ChartShape.number(value)))
      }
    }
    let labelWidth = entries.map { width(of: $0.label) }.max() ?? 0
    let textWidth = entries.map { width(of: $0.text) }.max() ?? 0
    let values = entries.compactMap(\.value)
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 0)
    // A bar starts at zero; with negative values zero stands where their longest bar ends.
    let span = high - low
    let zero = span > 0 ? Int((-low / span * Double(width)).rounded()) : 0
    return entries.map { entry in
      let label = entry.label + String(repeating: " ", count: labelWidth - width(of: entry.label))
      let text = String(repeating: " ", count: textWidth - width(of: entry.text)) + entry.text
      let line = "\(label)  \(text)  \(bar(entry.value ?? 0, span: span, zero: zero))"
      return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
    }
  }

  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  private static func bar(_ value: Double, span: Double, zero: Int) -> String {
    guard span > 0, value != 0 else { return String(repeating: " ", count: zero) + (zero > 0 ? "│" : "") }
    let size = Int((abs(value) / span * Double(width) * 8).rounded())
    let blank = String(repeating: " ", count: zero)
    if value > 0 {
      let end = size % 8 == 0 && size < 8 ? eighths[1] : eighths[size % 8]
      return blank + (zero > 0 ? "│" : "") + String(repeating: "█", count: size / 8) + end
    }
    let cells = max(1, min(zero, (size + 4) / 8))
    return String(repeating: " ", count: zero - cells) + String(repeating: "▒", count: cells) + "│"
  }

  private static func width(of text: String) -> Int { DisplayWidth.of(text) }
}
