import Columnar
import Diagnostics
import Facts

/// News feeds, RSS and Atom: a document an item, with the feed's title as its source. The document is named by the
/// item's own id, or else its address.
/// - Source: RSS 2.0 specification; RFC 4287.
public enum FeedImporter: Importer {
  /// `feed`.
  public static let name = "feed"
  /// Endings.
  public static let extensions = ["rss", "atom", "xml"]
  /// What is read.
  public static let summary = "RSS and Atom feeds, a document an item."

  /// The items in their order.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let feed = try MarkupDocument(xml: source.bytes, path: source.path)
    guard let root = feed.root, let channel = Self.channel(of: root) else {
      throw DossierError(.unknownFormat, "'\(source.path)' is XML, but neither an RSS nor an Atom feed")
    }
    let title = channel.child("title").map { MarkupNode.line(words($0).utf8) } ?? ""
    // RSS 1.0 has its items beside the channel.
    let items = (channel.children + (root.name == "RDF" ? root.children : []))
      .filter { $0.name == "item" || $0.name == "entry" }
    if items.isEmpty { throw DossierError(.emptyDocument, "there is no item in '\(source.path)'") }
    for (index, item) in items.enumerated() {
      try emit(try Self.document(item, number: index + 1, title, source, options))
    }
  }

  private static func channel(of root: MarkupNode) -> MarkupNode? {
    switch root.name {
    case "rss", "RDF": root.child("channel")
    case "feed": root
    default: nil
    }
  }

  private static func document(
    _ item: MarkupNode, number: Int, _ feed: String, _ source: ImportSource, _ options: ImportOptions
  ) throws(DossierError) -> ImportedItem {
    let parts = item.children
    func first(_ names: String...) -> String {
      for name in names {
        for part in parts where part.name == name {
          let value = part.line
          if !value.isEmpty { return value }
        }
      }
      return ""
    }
    let location = "\(source.path)#\(number)"
    let address =
      parts.first { $0.name == "link" && [nil, "alternate"].contains($0.attribute("rel")) }
      .map { $0.attribute("href") ?? $0.line } ?? ""
    // The whole text, or else what the feed shows of it.
    var text = ""
    for name in ["encoded", "content", "description", "summary"] where text.isEmpty {
      for part in parts where part.name == name && text.isEmpty {
        text = try HTMLPage(words(part), path: location).text
      }
    }
    let title = try HTMLPage(parts.first { $0.name == "title" }.map(words) ?? "", path: location).text
    let id = [first("guid", "id"), address, "\(source.docID)#\(number)"].first { !$0.isEmpty } ?? ""
    var fields = DocumentFields(
      docID: id, text: text.isEmpty ? title : text, format: name, location: location, options)
    fields.set("title", .string(title))
    fields.set("source", .string(feed))
    let author = parts.first { $0.name == "author" }
    fields.set("author", .string(author?.child("name")?.line ?? author?.line ?? first("creator")))
    fields.set("published", .string(first("pubDate", "published", "date", "updated")))
    if !address.isEmpty { fields.set("url", .string(address)) }
    let topics = parts.filter { $0.name == "category" }.map { $0.attribute("term") ?? $0.line }
    if !topics.isEmpty { fields.set("categories", .array(topics.map { .string($0) })) }
    return fields.item()
  }

  /// The markup of an element: as text that was escaped, or as elements (XHTML in Atom), whose words are then enough.
  private static func words(_ node: MarkupNode) -> String {
    guard node.attribute("type") == "xhtml" else { return node.words }
    var paragraphs: [String] = []
    for block in node.child("div")?.children ?? [] { paragraphs.append("<p>\(escaped(block.line))</p>") }
    return paragraphs.isEmpty ? escaped(node.line) : paragraphs.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
  }
}
