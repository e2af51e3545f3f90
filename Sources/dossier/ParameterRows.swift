import Columnar
import Diagnostics
import Importers
import Notebooks

/// Rows of values for parameters, from a file.
enum ParameterRows {
  /// The rows of a CSV file, whose header names the parameters, or the objects of a JSONL file. An empty cell
  /// and a null leave the parameter as it is without.
  ///
  /// - Errors: `CMD101`, `CMD102` for a file that can't be read; `CMD133` with the line of what is wrong.
  static func read(_ path: String) throws(DossierError) -> [ParameterRow] {
    let text = try readText(path)
    let rows =
      [".jsonl", ".ndjson"].contains(where: path.lowercased().hasSuffix)
      ? try objects(text, path) : try cells(text, path)
    guard !rows.isEmpty else { throw DossierError("CMD133", "'\(path)' has no rows") }
    return rows
  }

  private static func cells(_ text: String, _ path: String) throws(DossierError) -> [ParameterRow] {
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    var reader = CSVReader(bytes)
    var names: [String]?
    var rows: [ParameterRow] = []
    while let record = reader.next() {
      let cells = record.cells.map { String(decoding: $0, as: UTF8.self) }
      if cells == [""] { continue }
      guard record.isClosed else {
        throw DossierError("CMD133", "the quote in line \(record.line) of '\(path)' is never closed")
      }
      guard let names else {
        names = cells
        continue
      }
      guard cells.count == names.count else {
        throw DossierError(
          "CMD133",
          "line \(record.line) of '\(path)' has \(counted(cells.count, "cell")), the header \(names.count)")
      }
      rows.append(zip(names, cells).filter { !$0.1.isEmpty }.map { ($0.0, $0.1) })
    }
    return rows
  }

  private static func objects(_ text: String, _ path: String) throws(DossierError) -> [ParameterRow] {
    var rows: [ParameterRow] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if line.allSatisfy(\.isWhitespace) { continue }
      guard case .bag(let object)? = DynamicValue(json: String(line)) else {
        throw DossierError("CMD133", "line \(number + 1) of '\(path)' is not a JSON object")
      }
      rows.append(
        object.compactMap { name, value in
          switch value {
          case .null: nil
          case .string(let text): (name, text)
          default: (name, value.json)
          }
        })
    }
    return rows
  }
}
