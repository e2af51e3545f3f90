import Columnar
import Diagnostics
import Facts

/// One JSON object a line. Fields `id`, `text`, `title`, `published`, `author`, `language`, `source` and
/// `collection` make the document, all others its metadata. A broken line fails alone.
public enum JSONLinesImporter: Importer {
  /// `jsonl`.
  public static let name = "jsonl"
  /// Endings.
  public static let extensions = ["jsonl", "ndjson"]
  /// What is read.
  public static let summary =
    "One JSON object a line: id, text, title, published, author, language, source, collection."

  /// A document a line; empty lines are passed over.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let bytes = try TextDecoding.body(source.bytes, path: source.path)
    var number = 0
    var start = bytes.startIndex
    while start < bytes.endIndex {
      number += 1
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
      let line = bytes[start..<end]
      start = min(end + 1, bytes.endIndex)
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      let location = "\(source.path)#\(number)"
      let item: ImportedItem
      do throws(DossierError) {
        item = try document(line, source: source, number: number, location: location, options: options)
      } catch {
        item = ImportedItem(location: location, error: error)
      }
      try emit(item)
    }
  }

  private static func document(
    _ line: ArraySlice<UInt8>, source: ImportSource, number: Int, location: String, options: ImportOptions
  ) throws(DossierError) -> ImportedItem {
    let text = try TextDecoding.text(line, path: source.path)
    guard case .bag(let members)? = DynamicValue(json: text) else {
      throw DossierError(
        .brokenLine, "line \(number) of '\(source.path)' is not a JSON object",
        hint: "each line must be one whole object, such as {\"id\":\"a\",\"text\":\"…\"}")
    }
    let textField = options.textField ?? "text"
    guard case .string(let words)? = members[textField] else {
      throw DossierError(
        .noTextField, "line \(number) of '\(source.path)' has no string '\(textField)'",
        hint: nearestName(to: textField, among: members.keys).map { "it has '\($0)'" })
    }
    let id = members["id"].map { $0.text } ?? ""
    var fields = DocumentFields(
      docID: id.isEmpty ? "\(source.docID)#\(number)" : id, text: words, format: name, location: location)
    for (key, value) in members where key != "id" && key != textField { fields.set(key, value) }
    return fields.item(options)
  }
}
