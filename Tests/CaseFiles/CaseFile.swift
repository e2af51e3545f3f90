import Columnar
import Diagnostics
import Foundation
import KQLEngine
import Sessions

/// A `.kqltest` file: tables, and cases over them. Blocks start at a line `table Name`, `query`,
/// `query unordered` or `error CODE at line:column`; a result stands below `----`. Cells are parted by two
/// or more blanks; `null` is null, a cell in double quotes is a JSON string.
package struct CaseFile {
  package struct Case {
    package var line: Int
    package var query: String
    package var isOrdered = true
    /// The result as in the file; nil for an error case.
    package var expected: [String]?
    /// `SYN102 at 1:10`
    package var error: String?
  }

  package var name: String
  package var tables: [CatalogTable] = []
  package var cases: [Case] = []
  /// The file's lines, for rewriting: everything of a block up to its result.
  package var heads: [[String]] = []

  package init(name: String, text: String) throws {
    self.name = name
    let lines = text.components(separatedBy: "\n")
    var index = 0
    func isHeader(_ line: String) -> Bool {
      line == "query" || line == "query unordered" || line.hasPrefix("table ") || line.hasPrefix("error ")
    }
    while index < lines.count {
      let header = lines[index]
      guard isHeader(header) else {
        heads.append([header])
        index += 1
        continue
      }
      let start = index
      index += 1
      var body: [String] = []
      while index < lines.count, !(isHeader(lines[index]) && lines[index - 1].isEmpty) {
        body.append(lines[index])
        index += 1
      }
      while body.last?.isEmpty == true { body.removeLast() }
      if header.hasPrefix("table ") {
        let table = try Self.table(body)
        tables.append(CatalogTable(name: String(header.dropFirst(6)), provider: table))
        heads.append([header] + body + [""])
      } else if header.hasPrefix("error ") {
        cases.append(
          Case(line: start + 1, query: body.joined(separator: "\n"), error: String(header.dropFirst(6))))
        heads.append([header] + body + [""])
      } else {
        let bar = body.firstIndex(of: "----") ?? body.count
        var made = Case(line: start + 1, query: body[..<bar].joined(separator: "\n"))
        made.isOrdered = header == "query"
        made.expected = Array(body[min(body.count, bar + 1)...])
        cases.append(made)
        heads.append([header] + body[..<bar] + ["----"])
      }
    }
  }

  /// The tables as queries see them: as a corpus with `entity()` where there is a table of entities.
  package var catalog: any Catalog {
    tables.contains { $0.name == "Entities" }
      ? CorpusCatalog(tables.map { ($0.name, $0.provider) }) : SimpleCatalog(tables)
  }

  /// A table as text: the header, then a line a row; the same form that files have.
  package static func lines(_ table: Table) -> [String] {
    var rows = [table.schema.fields.map { "\($0.name):\($0.type.rawValue)" }]
    for row in 0..<table.rowCount { rows.append(table.columns.map { cell($0, row) }) }
    var widths = [Int](repeating: 0, count: table.schema.count)
    for row in rows {
      for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.count) }
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
      }.joined(separator: "  ")
    }
  }

  private static func cell(_ vector: ColumnVector, _ row: Int) -> String {
    let value = vector.value(row)
    if value.isNull { return "null" }
    switch value {
    case .string(let text):
      let isPlain =
        !text.isEmpty && text != "null" && !text.hasPrefix("\"") && !text.contains("  ")
        && !text.contains("\n")
        && text.trimmingCharacters(in: .whitespaces) == text
      return isPlain ? text : DynamicValue.string(text).json
    case .dynamic(let inner): return inner.json
    default: return value.text
    }
  }

  package static func table(_ lines: [String]) throws -> Table {
    guard let header = lines.first else { return Table(schema: Schema(), rows: []) }
    let fields = try cells(header).map { cell throws -> Field in
      let parts = cell.components(separatedBy: ":")
      guard parts.count == 2, let type = ScalarType(kqlName: parts[1]) else {
        throw DossierError("CMD999", "bad header '\(cell)'")
      }
      return Field(parts[0], type)
    }
    let rows = try lines.dropFirst().map { line throws -> [Value] in
      let texts = cells(line)
      guard texts.count == fields.count else { throw DossierError("CMD999", "bad row '\(line)'") }
      return zip(texts, fields).map { value($0, $1.type) }
    }
    return Table(schema: Schema(fields), rows: rows)
  }

  private static func value(_ text: String, _ type: ScalarType) -> Value {
    if text == "null" { return .null }
    if type == .dynamic { return DynamicValue(json: text).map { .dynamic($0) } ?? .null }
    if text.hasPrefix("\""), case .string(let inner)? = DynamicValue(json: text) {
      return parseText(inner, as: type)
    }
    return parseText(text, as: type)
  }

  /// Parts a line at two or more blanks outside of quotes.
  package static func cells(_ line: String) -> [String] {
    var cells: [String] = []
    var current = ""
    var blanks = 0
    var isQuoted = false
    var isEscaped = false
    for character in line {
      if isQuoted {
        current.append(character)
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          isQuoted = false
        }
        continue
      }
      if character == " " {
        blanks += 1
        continue
      }
      if blanks >= 2, !current.isEmpty {
        cells.append(current)
        current = ""
      } else if blanks > 0, !current.isEmpty {
        current += String(repeating: " ", count: blanks)
      }
      blanks = 0
      if character == "\"",
        current.isEmpty || current.hasSuffix("{") || current.hasSuffix("[") || current.hasSuffix(",")
          || current.hasSuffix(":")
      {
        isQuoted = true
      }
      current.append(character)
    }
    if !current.isEmpty { cells.append(current) }
    return cells
  }
}
