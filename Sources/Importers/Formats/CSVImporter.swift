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
  private static let known = ImportOptions.fields

  /// A document a row. Rows are numbered from 1, the header not counted.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let separator = UInt8(ascii: source.path.lowercased().hasSuffix(".tsv") ? "\t" : ",")
    let decoded = try TextDecoding.decode(source.bytes, path: source.path)
    let bytes = Array(decoded.text.utf8)
    var reader = CSVReader(bytes[...], separator: separator)
    guard let header = reader.next() else {
      throw .noText(in: source.path)
    }
    guard header.isClosed else { throw openQuote(header, source) }
    var names: [String] = []
    for cell in header.cells {
      let name = String(decoding: cell, as: UTF8.self)
      let isKnown = known.contains(name.lowercased()) && options.fields(from: name).isEmpty
      names.append(isKnown ? name.lowercased() : name)
    }
    let wanted = options.name(of: "text")
    guard let textAt = column(wanted, in: names) else {
      throw DossierError(
        .noTextField,
        "'\(source.path)' has no column '\(wanted)'; its columns are \(names.joined(separator: ", "))",
        hint: "name the column that holds the text: --map text=COLUMN")
    }
    let idAt = column(options.name(of: "id"), in: names)
    var number = 0
    while let row = reader.next() {
      // A line with nothing on it is no row.
      if row.cells.count == 1, row.cells[0].isEmpty, row.isClosed { continue }
      number += 1
      let location = "\(source.path)#\(number)"
      let item: ImportedItem
      do throws(DossierError) {
        guard row.isClosed else { throw openQuote(row, source) }
        item = try document(
          row, number, names, textAt: textAt, idAt: idAt, source, location, decoded, options)
      } catch {
        item = ImportedItem(location: location, error: error)
      }
      try emit(item)
    }
  }

  /// The column of a name, however it is capitalised if none is written so.
  private static func column(_ name: String, in names: [String]) -> Int? {
    names.firstIndex { sameScalars($0, name) }
      ?? names.firstIndex { $0.lowercased() == name.lowercased() }
  }

  private static func openQuote(_ row: CSVReader.Record, _ source: ImportSource) -> DossierError {
    DossierError(
      .brokenRow, "a quote in the row that starts on line \(row.line) of '\(source.path)' is never closed")
  }

  private static func document(
    _ row: CSVReader.Record, _ number: Int, _ names: [String], textAt: Int, idAt: Int?,
    _ source: ImportSource,
    _ location: String, _ decoded: DecodedText, _ options: ImportOptions
  ) throws(DossierError) -> ImportedItem {
    guard row.cells.count == names.count else {
      throw DossierError(
        .brokenRow,
        "row \(number) of '\(source.path)' (line \(row.line)) has \(row.cells.count) cells, the header \(names.count)",
        hint: "a cell with a comma, a quote or a line end must stand in quotes")
    }
    let cells = row.cells.map { String(decoding: $0, as: UTF8.self) }
    let id = idAt.map { cells[$0] } ?? ""
    var fields = DocumentFields(
      docID: id.isEmpty ? "\(source.docID)#\(number)" : id, text: cells[textAt], format: name,
      location: location, options)
    if !decoded.encoding.isEmpty { fields.document.meta["encoding"] = .string(decoded.encoding) }
    if cells.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }), let problem = decoded.problem {
      fields.fail(problem)
    }
    for (index, name) in names.enumerated() where index != textAt && index != idAt && !cells[index].isEmpty {
      fields.set(name, .string(cells[index]))
    }
    fields.document.meta["row"] = .long(Int64(number))
    return fields.item()
  }
}
