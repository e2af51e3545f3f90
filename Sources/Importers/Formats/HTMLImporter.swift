import CXML2
import Columnar
import Diagnostics
import Facts

/// A web page: its title, author, date and language from meta tags, and the words of its body without
/// scripts, styles, menus, side columns, page headers and footers.
public enum HTMLImporter: Importer {
  /// `html`.
  public static let name = "html"
  /// Endings.
  public static let extensions = ["html", "htm", "xhtml"]
  /// What is read.
  public static let summary = "Web pages, with title, author, date and language from their meta tags."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let text = try TextDecoding.text(source.bytes, path: source.path)
    let page = try HTMLPage(text, path: source.path)
    var fields = DocumentFields(
      docID: source.docID, text: page.text, format: name, location: source.path)
    for (field, value) in page.fields { fields.set(field, .string(value)) }
    try emit(fields.item(options))
  }
}

/// What a page says.
struct HTMLPage {
  /// The words of the body as plain text.
  private(set) var text = ""
  /// Fields of the document, by name, each once; what no field is made for has its meta tag's name.
  private(set) var fields: [(name: String, value: String)] = []

  /// Parses a page or a piece of one. Broken markup is mended as libxml2 does.
  ///
  /// - Errors: `IMP113` if it is too large for the library.
  init(_ html: String, path: String) throws(DossierError) {
    // To the library a NUL is the end; HTML has it read as the replacement character.
    let html = html.utf8.contains(0) ? html.replacing("\0", with: "\u{FFFD}") : html
    guard !html.isEmpty else { return }
    guard let length = Int32(exactly: html.utf8.count) else {
      throw DossierError(.brokenMarkup, "'\(path)' is larger than 2 GB")
    }
    guard let document = html.withCString({ cxml2_parse_html($0, length) }) else { return }
    defer { cxml2_document_free(document) }
    guard let root = cxml2_root(document) else { return }
    var walk = PageWalk()
    walk.run(from: root)
    text = walk.writer.text
    fields = walk.fields()
  }
}

/// Goes through a page's tree without recursion, as trees may be as deep as their author likes.
private struct PageWalk {
  var writer = PlainTextWriter()
  private var meta: [String: String] = [:]
  private var others: [(name: String, value: String)] = []
  private var title = ""
  private var heading = ""
  private var language = ""
  private var preformatted = 0

  /// Elements whose words are no part of the text.
  private static let dropped: Set<String> = [
    "script", "style", "nav", "aside", "header", "footer", "noscript", "template", "svg", "math", "iframe",
    "object", "embed", "canvas", "audio", "video", "button", "select", "textarea", "input", "datalist",
    "dialog", "menu", "map",
  ]
  /// Elements that are paragraphs of their own.
  private static let blocks: Set<String> = [
    "html", "head", "body", "title", "p", "div", "section", "article", "main", "h1", "h2", "h3", "h4", "h5",
    "h6", "hgroup", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "thead", "tbody",
    "tfoot", "caption", "figure", "figcaption", "hr", "address", "details", "summary", "fieldset", "legend",
    "form", "center", "listing", "xmp", "dir",
  ]

  mutating func run(from root: OpaquePointer) {
    var node = root
    while true {
      if enter(node), let child = cxml2_first_child(node) {
        node = child
        continue
      }
      leave(node)
      // Up to the next node that has something after it.
      while node == root || cxml2_next(node) == nil {
        guard node != root, let parent = cxml2_parent(node) else { return }
        node = parent
        leave(node)
      }
      guard let next = cxml2_next(node) else { return }
      node = next
    }
  }

  /// Whether the node's children are to be visited.
  private mutating func enter(_ node: OpaquePointer) -> Bool {
    if let text = cxml2_text(node) {
      writer.add(Self.bytes(text), keepsSpace: preformatted > 0)
      return false
    }
    guard cxml2_kind(node) == CXML2_ELEMENT else { return false }
    let name = Self.name(node)
    switch name {
    case "html": language = Self.attribute(node, "lang") ?? language
    case "meta": readMeta(node)
    case "title":
      if title.isEmpty { title = Self.words(node) }
      return false
    case "h1":
      if heading.isEmpty { heading = Self.words(node) }
    case "link":
      if Self.attribute(node, "rel")?.lowercased() == "canonical", let address = Self.attribute(node, "href")
      {
        others.append(("url", address))
      }
    case "br": writer.newLine()
    default: break
    }
    if Self.dropped.contains(name) || Self.attribute(node, "hidden") != nil { return false }
    if Self.blocks.contains(name) { writer.endParagraph() }
    if name == "pre" { preformatted += 1 }
    return true
  }

  private mutating func leave(_ node: OpaquePointer) {
    guard cxml2_kind(node) == CXML2_ELEMENT else { return }
    let name = Self.name(node)
    switch name {
    case "td", "th": writer.endCell()
    case "tr": writer.newLine()
    default: if Self.blocks.contains(name) { writer.endParagraph() }
    }
    if name == "pre", Self.attribute(node, "hidden") == nil { preformatted -= 1 }
  }

  private mutating func readMeta(_ node: OpaquePointer) {
    let key =
      Self.attribute(node, "property") ?? Self.attribute(node, "name") ?? Self.attribute(node, "itemprop")
    guard let key = key?.lowercased(), let value = Self.attribute(node, "content") else { return }
    let text = Self.clean(Array(value.utf8))
    if !text.isEmpty, meta[key] == nil { meta[key] = text }
  }

  /// Meta tags that mean a field, best first.
  private static let tags: [(field: String, tags: [String])] = [
    ("title", ["og:title", "dc.title", "dcterms.title", "twitter:title"]),
    ("author", ["author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl"]),
    (
      "published",
      [
        "article:published_time", "og:published_time", "datepublished", "dc.date.issued", "dcterms.issued",
        "dcterms.created", "dc.date", "dcterms.date", "date", "pubdate", "publishdate", "parsely-pub-date",
      ]
    ),
    ("source", ["og:site_name", "dc.publisher", "dcterms.publisher", "application-name"]),
    ("language", ["og:locale", "dc.language", "content-language", "language"]),
    ("description", ["og:description", "description", "dc.description"]),
    ("keywords", ["keywords", "news_keywords"]),
  ]

  func fields() -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    for (field, tags) in Self.tags {
      // A profile's address is no name.
      let value = tags.lazy.compactMap { meta[$0] }.first { field != "author" || !$0.hasPrefix("http") }
      if let value { found.append((field, value)) }
    }
    func fill(_ field: String, _ value: String) {
      if !value.isEmpty, !found.contains(where: { $0.name == field }) { found.append((field, value)) }
    }
    fill("title", title)
    fill("title", heading)
    if !language.isEmpty {
      found.removeAll { $0.name == "language" }
      found.append(("language", language))
    }
    for index in found.indices where found[index].name == "language" {
      found[index].value = found[index].value.replacing("_", with: "-")
    }
    for other in others { fill(other.name, other.value) }
    return found
  }

  private static func name(_ node: OpaquePointer) -> String {
    cxml2_name(node).map { String(cString: $0).lowercased() } ?? ""
  }

  private static func attribute(_ node: OpaquePointer, _ name: String) -> String? {
    guard let value = cxml2_copy_attribute(node, name) else { return nil }
    defer { cxml2_free(value) }
    return String(cString: value)
  }

  /// The words under a node on one line.
  private static func words(_ node: OpaquePointer) -> String {
    guard let words = cxml2_copy_words(node) else { return "" }
    defer { cxml2_free(words) }
    return clean(Array(bytes(words)))
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
    var length = 0
    while start[length] != 0 { length += 1 }
    return UnsafeBufferPointer(start: start, count: length)
  }

  private static func clean(_ utf8: [UInt8]) -> String {
    var writer = PlainTextWriter()
    writer.add(utf8)
    return writer.text
  }
}
