import CCmark
import Diagnostics

/// Markdown to HTML, by cmark-gfm with tables, strikethrough, task lists and links.
///
/// In its safe mode: raw HTML is left out, and so are links and pictures whose address could run something.
/// So prose can't bring markup or script into a report, whoever wrote it.
enum ProseRenderer {
  private static let isReady: Bool = {
    cmark_gfm_core_extensions_ensure_registered()
    return true
  }()

  /// The HTML of a Markdown text.
  /// - Errors: `NBK060` if cmark can't make it (no memory).
  static func html(_ markdown: String) throws(DossierError) -> String {
    let failure = DossierError("NBK060", "the prose can't be rendered")
    guard isReady, let parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8) else {
      throw failure
    }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink", "tasklist"] {
      guard let ext = cmark_find_syntax_extension(name) else { throw failure }
      cmark_parser_attach_syntax_extension(parser, ext)
    }
    let bytes = Array(markdown.utf8)
    bytes.withUnsafeBytes { raw in
      if let base = raw.bindMemory(to: CChar.self).baseAddress { cmark_parser_feed(parser, base, raw.count) }
    }
    guard let root = cmark_parser_finish(parser) else { throw failure }
    defer { cmark_node_free(root) }
    linkPictures(below: root)
    guard
      let text = cmark_render_html(
        root, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser))
    else { throw failure }
    // cmark's default allocator is malloc's.
    defer { cmark_get_default_mem_allocator().pointee.free(text) }
    return String(cString: text)
  }

  /// Makes pictures that a page would have to load into links: a report loads nothing.
  private static func linkPictures(below root: OpaquePointer) {
    guard let iterator = cmark_iter_new(root) else { return }
    defer { cmark_iter_free(iterator) }
    var pictures: [OpaquePointer] = []
    while cmark_iter_next(iterator) != CMARK_EVENT_DONE {
      guard let node = cmark_iter_get_node(iterator),
        cmark_iter_get_event_type(iterator) == CMARK_EVENT_ENTER,
        cmark_node_get_type(node) == CMARK_NODE_IMAGE, let url = cmark_node_get_url(node)
      else { continue }
      if !String(cString: url).lowercased().hasPrefix("data:image/") { pictures.append(node) }
    }
    for picture in pictures { cmark_node_set_type(picture, CMARK_NODE_LINK) }
  }
}
