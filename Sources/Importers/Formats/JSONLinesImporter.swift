import Collections
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

  /// Lines are read as they come.
  public static let readsPieces = true

  /// A document a line; empty lines are passed over.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    // A line that is no UTF-8 fails alone; only a mark says that all of it is in another encoding.
    let isWide = [0xFF, 0xFE].contains(source.bytes.first)
    var (mark, number) = (0, 0)
    if !isWide {
      mark = source.bytes.count - (try TextDecoding.body(source.bytes, path: source.path)).count
    }
    try source.forEachPiece(endingAt: { isWide ? nil : $0.lastIndex(of: 0x0A).map { $0 + 1 } }) {
      (piece) throws(DossierError) in
      let lines =
        isWide
        ? try TextDecoding.decode(Array(piece), path: source.path).text.utf8.map { $0 }[...]
        : piece.dropFirst(mark)
      mark = 0
      try read(lines, &number, of: source, options: options, emit: emit)
    }
  }

  /// Reads lines; `number` is that of the last line before them.
  private static func read(
    _ bytes: ArraySlice<UInt8>, _ number: inout Int, of source: ImportSource, options: ImportOptions,
    emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
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
    let textField = options.name(of: "text")
    guard case .string(let words)? = value(textField, in: members) else {
      throw DossierError(
        .noTextField, "line \(number) of '\(source.path)' has no string '\(textField)'",
        hint: nearestName(to: textField, among: members.keys).map {
          "it has '\($0)'; --map text=\($0) takes the text from there"
        })
    }
    let idField = options.name(of: "id")
    let id = value(idField, in: members).map { $0.text } ?? ""
    var fields = DocumentFields(
      docID: id.isEmpty ? "\(source.docID)#\(number)" : id, text: words, format: name, location: location,
      options)
    for (key, value) in members where key != idField && key != textField { fields.set(key, value) }
    // A path into an object is none of the names above.
    for (field, path) in options.fieldMap.sorted(by: { $0.key < $1.key })
    where field != "text" && field != "id" && members[path] == nil {
      if let value = value(path, in: members) { fields.set(path, value) }
    }
    return fields.item()
  }
  /// A member by its name, or by a path such as `article.body`.
  private static func value(
    _ path: String, in members: OrderedDictionary<String, DynamicValue>
  ) -> DynamicValue? {
    if let value = members[path] { return value }
    var value = DynamicValue.bag(members)
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard case .bag(let bag) = value, let next = bag[String(part)] else { return nil }
      value = next
    }
    return value
  }
}
