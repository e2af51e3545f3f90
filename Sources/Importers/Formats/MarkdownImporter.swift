import CCmark
import Columnar
import Diagnostics
import Facts

/// Markdown, with fields from YAML front matter; the words without their markup, headings, paragraphs and
/// list items each a paragraph.
public enum MarkdownImporter: Importer {
  /// `md`.
  public static let name = "md"
  /// Endings.
  public static let extensions = ["md", "markdown"]
  /// What is read.
  public static let summary =
    "Markdown, with title, author, date, language, source and collection in front matter."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let decoded = try TextDecoding.decode(source.bytes, path: source.path)
    let parts = FrontMatter.split(decoded.text)
    let body = MarkdownText(String(parts.body))
    var fields = DocumentFields(
      docID: source.docID, text: body.text, format: name, location: source.path, options)
    fields.note(decoded)
    if let front = parts.front {
      do throws(DossierError) {
        for (key, value) in try FrontMatter.fields(String(front), path: source.path) {
          fields.set(key, value)
        }
      } catch { fields.fail(error) }
    }
    if fields.document.title.isEmpty { fields.document.title = body.firstHeading }
    try emit(fields.item())
  }
}

/// The words of a Markdown text.
struct MarkdownText {
  /// Paragraphs parted by an empty line.
  let text: String
  /// The first heading of the first level; empty if there is none.
  let firstHeading: String

  private static let prepareLibrary: Void = cmark_gfm_core_extensions_ensure_registered()

  /// Parses GitHub's dialect: tables, strikethrough, bare addresses, footnotes.
  init(_ markdown: String) {
    _ = Self.prepareLibrary
    var writer = PlainTextWriter()
    var heading = PlainTextWriter()
    var (inHeading, hasHeading) = (false, false)
    let parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_FOOTNOTES)
    for name in ["table", "strikethrough", "autolink", "tasklist"] {
      if let found = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, found) }
    }
    var markdown = markdown
    markdown.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
    }
    let root = cmark_parser_finish(parser)
    let iterator = cmark_iter_new(root)
    defer {
      cmark_iter_free(iterator)
      cmark_node_free(root)
      cmark_parser_free(parser)
    }
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE || event == CMARK_EVENT_NONE { break }
      let node = cmark_iter_get_node(iterator)
      let isEntering = event == CMARK_EVENT_ENTER
      let kind = cmark_node_get_type_string(node).map { String(cString: $0) } ?? ""
      switch kind {
      case "text", "code":
        let words = Self.literal(node)
        writer.add(words)
        if inHeading { heading.add(words) }
      case "softbreak":
        writer.add([0x20])
        if inHeading { heading.add([0x20]) }
      case "linebreak": writer.newLine()
      case "code_block":
        writer.endParagraph()
        writer.add(Self.literal(node), keepsSpace: true)
        writer.endParagraph()
      case "html_block":
        // A piece of HTML in the text: its words, as a web page's.
        writer.endParagraph()
        let html = String(decoding: Self.literal(node), as: UTF8.self)
        if let page = try? HTMLPage(html, path: "") {
          writer.add(page.text.utf8, keepsSpace: true)
        }
        writer.endParagraph()
      case "html_inline":
        if String(decoding: Self.literal(node), as: UTF8.self).lowercased().hasPrefix("<br") {
          writer.newLine()
        }
      case "heading":
        writer.endParagraph()
        inHeading = isEntering && cmark_node_get_heading_level(node) == 1 && !hasHeading
        if inHeading { hasHeading = true }
      case "table_cell": if !isEntering { writer.endCell() }
      case "table_row", "table_header": if !isEntering { writer.newLine() }
      case "paragraph", "item", "tasklist", "list", "block_quote", "table", "thematic_break",
        "footnote_definition":
        writer.endParagraph()
      default: break
      }
    }
    text = writer.text
    firstHeading = heading.text
  }

  private static func literal(_ node: OpaquePointer?) -> UnsafeBufferPointer<UInt8> {
    guard let text = cmark_node_get_literal(node) else { return UnsafeBufferPointer(start: nil, count: 0) }
    return text.withMemoryRebound(to: UInt8.self, capacity: 1) { bytes in
      var length = 0
      while bytes[length] != 0 { length += 1 }
      return UnsafeBufferPointer(start: bytes, count: length)
    }
  }
}
