import Columnar
import Diagnostics
import Facts

/// Rows of RFC 4180 under a header. The column `text`, or the one that was named, is a document's text; the
/// other columns are taken as the fields of JSON lines are, and the row's number is kept as `row`.
public enum CSVImporter: Importer {
  /// `csv`.
  public static let name = "csv"
  /// Endings; in `.tsv` files tabs part the cells.
  public static let extensions = ["csv", "tsv"]
  /// What is read.
  public static let summary = "A header and a document a row, with the text in the column 'text'."

  /// Names of columns that are known, however they are capitalised.
  private static let known = [
    "id", "text", "title", "published", "author", "language", "source", "collection",
  ]

  /// A document a row. Rows are numbered from 1, the header not counted.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let separator = UInt8(ascii: source.path.lowercased().hasSuffix(".tsv") ? "\t" : ",")
    var reader = CSVReader(try TextDecoding.body(source.bytes, path: source.path), separator: separator)
    guard let header = reader.next() else {
      throw DossierError(.emptyDocument, "there is no text in '\(source.path)'")
    }
    guard header.isClosed else { throw openQuote(header, source) }
    var names: [String] = []
    for cell in header.cells {
      let name = try TextDecoding.text(cell[...], path: source.path)
      names.append(known.contains(name.lowercased()) ? name.lowercased() : name)
    }
    let wanted = options.textField ?? "text"
    let textAt =
      names.firstIndex { sameScalars($0, wanted) }
      ?? names.firstIndex { $0.lowercased() == wanted.lowercased() }
    guard let textAt else {
      throw DossierError(
        .noTextField,
        "'\(source.path)' has no column '\(wanted)'; its columns are \(names.joined(separator: ", "))",
        hint: "name the column that holds the text with --text-field")
    }
    var number = 0
    while let row = reader.next() {
      // A line with nothing on it is no row.
      if row.cells.count == 1, row.cells[0].isEmpty, row.isClosed { continue }
      number += 1
      let location = "\(source.path)#\(number)"
      let item: ImportedItem
      do throws(DossierError) {
        guard row.isClosed else { throw openQuote(row, source) }
        item = try document(row, number, names, textAt: textAt, source, location, options)
      } catch {
        item = ImportedItem(location: location, error: error)
      }
      try emit(item)
    }
  }

  private static func openQuote(_ row: CSVReader.Record, _ source: ImportSource) -> DossierError {
    DossierError(
      .brokenRow, "a quote in the row that starts on line \(row.line) of '\(source.path)' is never closed")
  }

  private static func document(
    _ row: CSVReader.Record, _ number: Int, _ names: [String], textAt: Int, _ source: ImportSource,
    _ location: String, _ options: ImportOptions
  ) throws(DossierError) -> ImportedItem {
    guard row.cells.count == names.count else {
      throw DossierError(
        .brokenRow,
        "row \(number) of '\(source.path)' (line \(row.line)) has \(row.cells.count) cells, the header \(names.count)",
        hint: "a cell with a comma, a quote or a line end must stand in quotes")
    }
    var cells: [String] = []
    for cell in row.cells {
      guard let text = String(validating: cell, as: UTF8.self) else {
        throw DossierError(
          .notUTF8, "row \(number) of '\(source.path)' (line \(row.line)) is not UTF-8 text",
          hint: "if it is Western European text: iconv -f WINDOWS-1252 -t UTF-8")
      }
      cells.append(text)
    }
    var id = ""
    if let at = names.firstIndex(of: "id") { id = cells[at] }
    var fields = DocumentFields(
      docID: id.isEmpty ? "\(source.docID)#\(number)" : id, text: cells[textAt], format: name,
      location: location)
    for (index, name) in names.enumerated() where index != textAt && name != "id" && !cells[index].isEmpty {
      fields.set(name, .string(cells[index]))
    }
    fields.document.meta["row"] = .long(Int64(number))
    return fields.item(options)
  }
}
