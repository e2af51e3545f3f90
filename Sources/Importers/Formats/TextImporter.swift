import Diagnostics
import Facts

/// Plain text: the document's text is the file's, to the byte, without a byte order mark.
public enum TextImporter: Importer {
  /// `txt`.
  public static let name = "txt"
  /// Endings.
  public static let extensions = ["txt", "text"]
  /// What is read.
  public static let summary = "Plain text in UTF-8."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let text = try TextDecoding.text(source.bytes, path: source.path)
    try emit(
      DocumentFields(docID: source.docID, text: text, format: name, location: source.path).item(options))
  }
}
