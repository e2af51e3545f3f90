import Columnar

/// One JSON object on a line: `{"columns":[{"name","type"}],"rows":[[…]]}`.
///
/// Datetimes are `2024-10-08T00:00:00.0000000Z`, timespans `[-][d.]hh:mm:ss[.fffffff]`, dynamics plain
/// JSON, null is null, NaN and infinities are strings.
public struct JSONFormat: TableFormat {
  /// The name in `--format`.
  public static let name = "json"
  /// What it is.
  public static let summary = "One JSON object with columns, types and rows."

  /// The format with its defaults.
  public init() {}

  /// Writes the table in pieces.
  public func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void) {
    withoutActuallyEscaping(sink) { sink in
      var out = TextBuffer(sink)
      out.write("{" + Self.columns(table.schema) + ",\"rows\":[")
      for row in options.rows(table.rowCount) {
        out.write((row > 0 ? "," : "") + Self.row(table, row))
      }
      out.write("]}\n")
      out.flush()
    }
  }

  /// `"columns":[…],"rows":[…]`, to stand inside an object with further members, as a line of
  /// `query --batch` is.
  public static func members(_ table: Table) -> String {
    var text = columns(table.schema) + ",\"rows\":["
    for row in 0..<table.rowCount { text += (row > 0 ? "," : "") + Self.row(table, row) }
    return text + "]"
  }

  private static func columns(_ schema: Schema) -> String {
    var text = "\"columns\":["
    for (index, field) in schema.fields.enumerated() {
      text += index > 0 ? ",{\"name\":" : "{\"name\":"
      writeJSONString(field.name, into: &text)
      text += ",\"type\":\"\(field.type.rawValue)\"}"
    }
    return text + "]"
  }

  private static func row(_ table: Table, _ row: Int) -> String {
    var text = "["
    for column in table.schema.fields.indices {
      if column > 0 { text += "," }
      table.value(row: row, column: column).asDynamic.writeJSON(into: &text)
    }
    return text + "]"
  }
}
