import CXML2
import Diagnostics

/// A parsed web page or XML file; its nodes live as long as it does.
final class MarkupDocument {
  private let document: OpaquePointer

  /// Parses HTML, mending what is broken as libxml2 does; nil if there is nothing. The text may hold no NUL.
  ///
  /// - Errors: `IMP113` if it is too large for the library.
  init?(html: String, path: String) throws(DossierError) {
    let length = try Self.length(html.utf8.count, path)
    guard let document = html.withCString({ cxml2_parse_html($0, length) }) else { return nil }
    self.document = document
  }

  /// Parses XML in the encoding that it declares; of what is broken, the part before.
  ///
  /// - Errors: `IMP113` if there is nothing to be made of it, and if it declares entities: formats that are read have
  ///   no use for them, and a few nested ones unpack to all the memory there is.
  init(xml bytes: [UInt8], path: String) throws(DossierError) {
    let length = try Self.length(bytes.count, path)
    guard bytes.firstRange(of: Array("<!ENTITY".utf8)) == nil else {
      throw DossierError(.brokenMarkup, "'\(path)' declares entities; such XML is not read")
    }
    let document = bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.flatMap { cxml2_parse_xml($0.assumingMemoryBound(to: CChar.self), length) }
    }
    guard let document else { throw DossierError(.brokenMarkup, "'\(path)' is not XML") }
    self.document = document
  }

  deinit { cxml2_document_free(document) }

  /// The outermost element.
  var root: MarkupNode? { cxml2_root(document).map { MarkupNode($0, of: self) } }

  private static func length(_ count: Int, _ path: String) throws(DossierError) -> Int32 {
    guard let length = Int32(exactly: count) else {
      throw DossierError(.brokenMarkup, "'\(path)' is larger than 2 GB")
    }
    return length
  }
}

/// An element, a text or something else in a parsed document.
struct MarkupNode {
  fileprivate let pointer: OpaquePointer
  private let document: MarkupDocument

  fileprivate init(_ pointer: OpaquePointer, of document: MarkupDocument) {
    self.pointer = pointer
    self.document = document
  }

  /// Whether it is an element.
  var isElement: Bool { cxml2_kind(pointer) == CXML2_ELEMENT }

  /// The element's name, without a namespace.
  var name: String { cxml2_name(pointer).map { String(cString: $0) } ?? "" }

  /// The words of a text; nil for all else. Valid while the document is.
  var text: UnsafeBufferPointer<UInt8>? { cxml2_text(pointer).map(Self.bytes) }

  /// The value of an attribute, by its name without a namespace.
  func attribute(_ name: String) -> String? {
    guard let value = cxml2_copy_attribute(pointer, name) else { return nil }
    defer { cxml2_free(value) }
    return String(cString: value)
  }

  /// All words under the node, as they are.
  var words: String {
    guard let words = cxml2_copy_words(pointer) else { return "" }
    defer { cxml2_free(words) }
    return String(decoding: Self.bytes(words), as: UTF8.self)
  }

  /// All words under the node on one line.
  var line: String { Self.line(words.utf8) }

  /// The elements directly under it.
  var children: [MarkupNode] {
    var children: [MarkupNode] = []
    var next = cxml2_first_child(pointer)
    while let node = next {
      if cxml2_kind(node) == CXML2_ELEMENT { children.append(MarkupNode(node, of: document)) }
      next = cxml2_next(node)
    }
    return children
  }

  /// The first element of a name directly under it.
  func child(_ name: String) -> MarkupNode? { children.first { $0.name == name } }

  fileprivate func with(_ pointer: OpaquePointer) -> MarkupNode { MarkupNode(pointer, of: document) }

  /// Words on one line, runs of white space one space.
  static func line(_ utf8: some Sequence<UInt8>) -> String {
    var writer = PlainTextWriter()
    writer.add(utf8)
    return writer.text
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
    var length = 0
    while start[length] != 0 { length += 1 }
    return UnsafeBufferPointer(start: start, count: length)
  }
}

/// Looks at the nodes of a tree in their order.
protocol MarkupVisitor {
  /// Whether the node's children are to be visited.
  mutating func enter(_ node: MarkupNode) -> Bool
  /// After the node's children, and where there are none to be visited.
  mutating func leave(_ node: MarkupNode)
}

extension MarkupVisitor {
  /// Goes through a tree without recursion, as trees may be as deep as their author likes.
  mutating func visit(_ root: MarkupNode) {
    var node = root.pointer
    while true {
      if enter(root.with(node)), let child = cxml2_first_child(node) {
        node = child
        continue
      }
      leave(root.with(node))
      // Up to the next node that has something after it.
      while node == root.pointer || cxml2_next(node) == nil {
        guard node != root.pointer, let parent = cxml2_parent(node) else { return }
        node = parent
        leave(root.with(node))
      }
      guard let next = cxml2_next(node) else { return }
      node = next
    }
  }
}
