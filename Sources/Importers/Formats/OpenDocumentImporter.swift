import Diagnostics
import Facts

/// Documents of LibreOffice: paragraphs, lists and tables, then the notes; what was deleted and comments are left out.
/// - Source: OpenDocument 1.3, part 3.
public enum OpenDocumentImporter: Importer {
  /// `odt`.
  public static let name = "odt"
  /// Endings.
  public static let extensions = ["odt", "ott"]
  /// What is read.
  public static let summary = "LibreOffice documents, with title and author from their properties."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let package = try DocumentPackage(source) {
      ["content.xml", "meta.xml", "META-INF/manifest.xml"].contains($0)
    }
    if let manifest = package.bytes("META-INF/manifest.xml"),
      manifest.firstRange(of: Array("encryption-data".utf8)) != nil
    {
      throw DossierError(.encrypted, "'\(source.path)' needs a password")
    }
    var walk = OpenDocumentWalk()
    walk.visit(try package.required("content.xml"))
    for note in walk.notes {
      walk.writer.endParagraph()
      walk.writer.add(note.utf8)
    }
    var fields = DocumentFields(
      docID: source.docID, text: walk.writer.text, format: name, location: source.path, options)
    if let properties = try package.xml("meta.xml")?.root?.child("meta") { fields.setCore(properties) }
    try emit(fields.item())
  }
}

private struct OpenDocumentWalk: MarkupVisitor {
  var writer = PlainTextWriter()
  /// The words of notes, in their order.
  private(set) var notes: [String] = []
  private var paragraphs = 0
  private var cells = 0

  private static let dropped: Set = [
    "tracked-changes", "annotation", "sequence-decls", "forms", "script", "scripts", "font-face-decls",
    "automatic-styles", "title", "desc",
  ]

  mutating func enter(_ node: MarkupNode) -> Bool {
    if let text = node.text {
      // Between paragraphs there is only what makes the file readable.
      if paragraphs > 0 { writer.add(text) }
      return false
    }
    guard node.isElement else { return false }
    switch node.name {
    case "p", "h":
      paragraphs += 1
      if cells > 0 { writer.add([0x20]) } else { writer.endParagraph() }
    case "s", "tab": writer.add([0x20])
    case "line-break": writer.newLine()
    case "note":
      notes.append(node.child("note-body")?.line ?? "")
      return false
    case "table": if cells == 0 { writer.endParagraph() }
    case "table-cell": cells += 1
    case let name: return !Self.dropped.contains(name)
    }
    return true
  }

  mutating func leave(_ node: MarkupNode) {
    guard node.isElement else { return }
    switch node.name {
    case "p", "h":
      paragraphs -= 1
      if cells == 0 { writer.endParagraph() }
    case "table-cell":
      cells -= 1
      writer.endCell()
    case "table-row": writer.newLine()
    case "table": if cells == 0 { writer.endParagraph() }
    default: break
    }
  }
}
