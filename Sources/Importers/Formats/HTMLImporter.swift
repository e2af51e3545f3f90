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
    let decoded = try TextDecoding.decode(
      source.bytes, path: source.path, declared: declaredEncoding(source.bytes))
    let page = try HTMLPage(decoded.text, path: source.path, dropsFurniture: true)
    var fields = DocumentFields(
      docID: source.docID, text: page.text, format: name, location: source.path, options)
    fields.note(decoded)
    for (field, value) in page.fields { fields.set(field, .string(value)) }
    try emit(fields.item())
  }

  /// What the page itself says of its encoding, in `<meta charset=…>`, the older `content="text/html; charset=…"`, or
  /// the XML declaration, within the first kilobyte.
  /// - Source: HTML Standard, "prescan a byte stream to determine its encoding".
  static func declaredEncoding(_ bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(1024).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
    for key in ["charset=", "<?xml version=\"1.0\" encoding="] {
      guard let start = head.range(of: key)?.upperBound else { continue }
      let label = head[start...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
        .prefix { $0.isLetter || $0.isNumber || "-_:.".contains($0) }
      if !label.isEmpty { return String(label) }
    }
    return nil
  }
}

/// What a page says.
struct HTMLPage {
  /// The words of the body as plain text.
  private(set) var text = ""
  /// Fields of the document, by name, each once; what no field is made for has its meta tag's name.
  private(set) var fields: [(name: String, value: String)] = []

  /// Parses a page or a piece of one. Broken markup is mended as libxml2 does. `dropsFurniture` is for whole pages: blocks
  /// of links are left out by what they look like, too.
  ///
  /// - Errors: `IMP113` if it is too large for the library.
  init(_ html: String, path: String, dropsFurniture: Bool = false) throws(DossierError) {
    // To the library a NUL is the end; HTML has it read as the replacement character.
    let html = html.utf8.contains(0) ? html.replacing("\0", with: "\u{FFFD}") : html
    guard !html.isEmpty else { return }
    guard let document = try MarkupDocument(html: html, path: path), let root = document.root else { return }
    var walk = PageWalk()
    walk.visit(root)
    text = walk.writer.text(dropsFurniture: dropsFurniture)
    fields = walk.fields()
  }
}

/// Goes through a page's tree.
private struct PageWalk: MarkupVisitor {
  var writer = PageBlocks()
  private var meta: [String: String] = [:]
  private var others: [(name: String, value: String)] = []
  private var title = ""
  private var heading = ""
  private var language = ""
  private var preformatted = 0
  private var links = 0
  private var tables = 0

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

  /// Whether the node's children are to be visited.
  mutating func enter(_ node: MarkupNode) -> Bool {
    if let text = node.text {
      writer.add(text, keepsSpace: preformatted > 0, isLink: links > 0)
      if preformatted > 0 || tables > 0 { writer.keep() }
      return false
    }
    guard node.isElement else { return false }
    let name = node.name.lowercased()
    switch name {
    case "html": language = node.attribute("lang") ?? language
    case "meta": readMeta(node)
    case "title":
      if title.isEmpty { title = node.line }
      return false
    case "h1":
      if heading.isEmpty { heading = node.line }
    case "link":
      if node.attribute("rel")?.lowercased() == "canonical", let address = node.attribute("href") {
        others.append(("url", address))
      }
    case "br": writer.newLine()
    default: break
    }
    if Self.dropped.contains(name) || node.attribute("hidden") != nil || isFurniture(node, name) {
      return false
    }
    if Self.blocks.contains(name) { writer.endParagraph() }
    switch name {
    case "pre": preformatted += 1
    case "table": tables += 1
    case "a": links += 1
    case "h1", "h2", "h3", "h4", "h5", "h6": writer.keep()
    default: break
    }
    return true
  }

  /// Parts of a page by what they say they are.
  /// - Source: WAI-ARIA 1.2, "Landmark roles" and "Window roles".
  private static let roles: Set = [
    "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu",
    "menubar",
  ]
  /// Words in the names of banners that ask for consent.
  private static let banners: Set = [
    "cookie", "cookies", "consent", "gdpr", "onetrust", "cookiebanner", "cookieconsent",
  ]
  /// Elements that hold the page itself, whatever they are called.
  private static let holders: Set = ["html", "body", "main", "article", "pre"]

  /// Whether a part of the page is a menu or a banner: by its role; by its name, where it is no longer than banners are;
  /// a list of links and little else.
  private func isFurniture(_ node: MarkupNode, _ name: String) -> Bool {
    guard Self.blocks.contains(name), !Self.holders.contains(name) else { return false }
    if let role = node.attribute("role")?.lowercased(), Self.roles.contains(role) { return true }
    if node.attribute("aria-modal") == "true" { return true }
    let names = "\(node.attribute("id") ?? "") \(node.attribute("class") ?? "")"
    let isBanner = names.lowercased().split { !$0.isLetter }.contains { Self.banners.contains(String($0)) }
    if isBanner, node.words.utf8.count < 3000 { return true }
    guard name == "ul" || name == "ol" else { return false }
    let items = node.children
    return items.count >= 3
      && items.allSatisfy { item in
        let parts = item.children
        return parts.count == 1 && parts[0].name == "a" && parts[0].line == item.line
      }
  }

  mutating func leave(_ node: MarkupNode) {
    guard node.isElement else { return }
    let name = node.name.lowercased()
    switch name {
    case "td", "th": writer.endCell()
    case "tr": writer.newLine()
    default: if Self.blocks.contains(name) { writer.endParagraph() }
    }
    if node.attribute("hidden") != nil { return }
    switch name {
    case "pre": preformatted -= 1
    case "table": tables -= isFurniture(node, name) ? 0 : 1
    case "a": links -= 1
    default: break
    }
  }

  private mutating func readMeta(_ node: MarkupNode) {
    let key =
      node.attribute("property") ?? node.attribute("name") ?? node.attribute("itemprop")
    guard let key = key?.lowercased(), let value = node.attribute("content") else { return }
    let text = MarkupNode.line(value.utf8)
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
}
