import Diagnostics
import Facts

/// Documents of Word: paragraphs, tables and notes; what was deleted, page headers and comments are left out.
/// - Source: ECMA-376, part 1, WordprocessingML.
public enum WordImporter: Importer {
  /// `docx`.
  public static let name = "docx"
  /// Endings.
  public static let extensions = ["docx", "docm"]
  /// What is read.
  public static let summary = "Word documents, with title and author from their properties."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let names = ["document", "footnotes", "endnotes"].map { "word/\($0).xml" }
    let package = try DocumentPackage(source) { names.contains($0) || $0 == "docProps/core.xml" }
    var walk = WordWalk()
    walk.visit(try package.required(names[0]))
    for name in names.dropFirst() {
      guard let notes = try package.xml(name)?.root else { continue }
      // The separators of notes are notes themselves, of a kind of their own.
      for note in notes.children where note.attribute("type") == nil { walk.visit(note) }
    }
    var fields = DocumentFields(
      docID: source.docID, text: walk.writer.text, format: name, location: source.path, options)
    if let properties = try package.xml("docProps/core.xml")?.root { fields.setCore(properties) }
    try emit(fields.item())
  }
}

private struct WordWalk: MarkupVisitor {
  var writer = PlainTextWriter()
  private var cells = 0

  private static let dropped: Set = [
    "del", "moveFrom", "instrText", "delText", "Fallback", "fldData", "pPr", "rPr", "tblPr", "trPr", "tcPr",
    "sectPr", "sdtPr", "docPr",
  ]

  mutating func enter(_ node: MarkupNode) -> Bool {
    guard node.isElement else { return false }
    switch node.name {
    case "t":
      writer.add(node.words.utf8)
      return false
    case "tab", "ptab": writer.add([0x20])
    case "br", "cr": writer.newLine()
    case "noBreakHyphen": writer.add("-".utf8)
    case "p": if cells > 0 { writer.add([0x20]) } else { writer.endParagraph() }
    case "tbl": if cells == 0 { writer.endParagraph() }
    case "tc": cells += 1
    case let name: return !Self.dropped.contains(name)
    }
    return true
  }

  mutating func leave(_ node: MarkupNode) {
    guard node.isElement else { return }
    switch node.name {
    case "p": if cells == 0 { writer.endParagraph() }
    case "tc":
      cells -= 1
      writer.endCell()
    case "tr": writer.newLine()
    case "tbl": if cells == 0 { writer.endParagraph() }
    default: break
    }
  }
}
