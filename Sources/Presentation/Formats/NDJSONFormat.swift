import Columnar

/// A JSON object a row, a line each, with the column names as keys; values as in `json`.
public struct NDJSONFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "ndjson"
  /// Other names.
  public static let synonyms = ["jsonl", "jsonlines"]
  /// What it is.
  public static let summary = "A JSON object a line."

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      let keys = table.schema.names.map { name in
        var key = ""
        writeJSONString(name, into: &key)
        return key + ":"
      }
      for row in options.rows(table.rowCount) {
        var line = "{"
        for (column, key) in keys.enumerated() {
          line += column > 0 ? "," + key : key
          table.value(row: row, column: column).asDynamic.writeJSON(into: &line)
        }
        out.write(line + "}\n")
      }
      out.flush()
    }
  }
}
