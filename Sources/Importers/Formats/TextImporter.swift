import Diagnostics
import Facts

/// Plain text: the document's text is the file's, to the character, without a byte order mark and without front matter.
///
/// Lines of dashes also stand at the head of texts that mean nothing by them: only what is a YAML mapping between them
/// is front matter, all else stays text.
public enum TextImporter: Importer {
  /// `txt`.
  public static let name = "txt"
  /// Endings.
  public static let extensions = ["txt", "text"]
  /// What is read.
  public static let summary =
    "Plain text, with title, author, date, language, source and collection in front matter."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let decoded = try TextDecoding.decode(source.bytes, path: source.path)
    let parts = FrontMatter.split(decoded.text)
    guard let front = parts.front, let named = try? FrontMatter.fields(String(front), path: source.path),
      !named.isEmpty
    else {
      var fields = DocumentFields(
        docID: source.docID, text: decoded.text, format: name, location: source.path, options)
      fields.note(decoded)
      try emit(fields.item())
      return
    }
    var fields = DocumentFields(
      docID: source.docID, text: String(parts.body), format: name, location: source.path, options)
    fields.note(decoded)
    for (key, value) in named { fields.set(key, value) }
    try emit(fields.item())
  }
}
