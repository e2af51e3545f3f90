import Columnar

/// Comma-separated values as RFC 4180 has them: a header, CR LF line ends, quotes where needed.
///
/// Null is empty, datetimes are ISO 8601, dynamics JSON.
public struct CSVFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "csv"
  /// What it is.
  public static let summary = "Comma-separated values (RFC 4180)."

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      let columns = table.schema.fields.indices
      // A lone empty field must be quoted: many readers skip an empty line.
      let isAlone = columns.count == 1
      let names = table.schema.names.map { Self.field(options.guarded(.string($0)), isAlone: isAlone) }
      out.write(names.joined(separator: ",") + "\r\n")
      for row in options.rows(table.rowCount) {
        let fields = columns.map {
          Self.field(options.guarded(table.value(row: row, column: $0)), isAlone: isAlone)
        }
        out.write(fields.joined(separator: ",") + "\r\n")
      }
      out.flush()
    }
  }

  static func field(_ text: String, isAlone: Bool) -> String {
    var needsQuotes = text.isEmpty && isAlone
    for byte in text.utf8 where byte == 0x2C || byte == 0x22 || byte == 0x0A || byte == 0x0D {
      needsQuotes = true
      break
    }
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append("\"") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
