import Columnar

/// Tab-separated values: a header, a line a row; tab, line feed, carriage return and backslash inside a
/// value are `\t`, `\n`, `\r` and `\\`, so that a line is always a row. Null is empty.
public struct TSVFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "tsv"
  /// What it is.
  public static let summary = "Tab-separated values, a line a row."

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      let columns = table.schema.fields.indices
      let names = table.schema.names.map { Self.field(options.guarded(.string($0))) }
      out.write(names.joined(separator: "\t") + "\n")
      for row in options.rows(table.rowCount) {
        let fields = columns.map { Self.field(options.guarded(table.value(row: row, column: $0))) }
        out.write(fields.joined(separator: "\t") + "\n")
      }
      out.flush()
    }
  }

  static func field(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D && $0 != 0x5C }
    if isPlain { return text }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t": out.append(contentsOf: "\\t".unicodeScalars)
      case "\n": out.append(contentsOf: "\\n".unicodeScalars)
      case "\r": out.append(contentsOf: "\\r".unicodeScalars)
      case "\\": out.append(contentsOf: "\\\\".unicodeScalars)
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}
