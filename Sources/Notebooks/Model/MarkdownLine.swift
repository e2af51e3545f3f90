/// A line of a file, as the parser looks at it.
struct MarkdownLine {
  /// Where it starts, where its text ends, where the next line starts: byte offsets.
  let start: Int
  let textEnd: Int
  let end: Int

  /// Splits at line feeds; a carriage return before one belongs to the line end.
  static func split(_ bytes: [UInt8]) -> [MarkdownLine] {
    var lines: [MarkdownLine] = []
    var start = 0
    while start < bytes.count {
      let feed = bytes[start...].firstIndex(of: 0x0A)
      let end = feed.map { $0 + 1 } ?? bytes.count
      var textEnd = feed ?? bytes.count
      if feed != nil, textEnd > start, bytes[textEnd - 1] == 0x0D { textEnd -= 1 }
      lines.append(MarkdownLine(start: start, textEnd: textEnd, end: end))
      start = end
    }
    return lines
  }
}

/// A place on a line, with its column: tabs reach to the next multiple of four, as CommonMark counts.
struct MarkdownPlace {
  var offset: Int
  var column: Int

  /// Moves over blanks.
  mutating func skipBlanks(_ bytes: [UInt8], to end: Int) {
    while offset < end {
      switch bytes[offset] {
      case 0x20: column += 1
      case 0x09: column += 4 - column % 4
      default: return
      }
      offset += 1
    }
  }
}

/// An opening code fence.
struct MarkdownFence {
  let mark: UInt8
  let length: Int
  /// The info string's bytes.
  let info: Range<Int>

  /// A fence at a place, or nil. Backtick fences have no backtick in their info string.
  init?(_ bytes: [UInt8], at start: Int, end: Int) {
    guard start < end, bytes[start] == 0x60 || bytes[start] == 0x7E else { return nil }
    mark = bytes[start]
    var at = start
    while at < end, bytes[at] == mark { at += 1 }
    length = at - start
    guard length >= 3 else { return nil }
    if mark == 0x60, bytes[at..<end].contains(0x60) { return nil }
    var last = end
    while at < last, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    while last > at, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
    info = at..<last
  }

  /// A fence that nothing in a text can close.
  static func around(_ text: String) -> String {
    var longest = 2
    var run = 0
    for byte in text.utf8 {
      run = byte == 0x60 ? run + 1 : 0
      longest = max(longest, run)
    }
    return String(repeating: "`", count: longest + 1)
  }

  /// Whether a line's text, from its first non-blank on, closes this fence.
  func isClosed(by bytes: [UInt8], at start: Int, end: Int) -> Bool {
    var at = start
    while at < end, bytes[at] == mark { at += 1 }
    guard at - start >= length else { return false }
    return bytes[at..<end].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }
}

/// The marker of a list item.
struct MarkdownListMarker {
  /// Where its content starts.
  let content: MarkdownPlace
  /// The column that lines of the item are indented to.
  let contentColumn: Int

  /// A list marker at a place, or nil. Thematic breaks are none.
  init?(_ bytes: [UInt8], at place: MarkdownPlace, end: Int) {
    guard place.offset < end, !Self.isThematicBreak(bytes, at: place.offset, end: end) else { return nil }
    var at = place.offset
    switch bytes[at] {
    case 0x2D, 0x2A, 0x2B: at += 1
    case 0x30...0x39:
      while at < end, at - place.offset < 10, (0x30...0x39).contains(bytes[at]) { at += 1 }
      guard at < end, at - place.offset < 10, bytes[at] == 0x2E || bytes[at] == 0x29 else { return nil }
      at += 1
    default: return nil
    }
    guard at == end || bytes[at] == 0x20 || bytes[at] == 0x09 else { return nil }
    let width = at - place.offset
    var next = MarkdownPlace(offset: at, column: place.column + width)
    next.skipBlanks(bytes, to: end)
    let blanks = next.column - place.column - width
    content = next
    // Five blanks or more are one blank and an indented code block; none are an empty item.
    contentColumn = next.offset == end || blanks > 4 ? place.column + width + 1 : next.column
  }

  /// Whether a line's text, from its first non-blank on, is a thematic break.
  static func isThematicBreak(_ bytes: [UInt8], at start: Int, end: Int) -> Bool {
    let mark = bytes[start]
    guard mark == 0x2D || mark == 0x2A || mark == 0x5F else { return false }
    var count = 0
    for byte in bytes[start..<end] {
      if byte == mark { count += 1 } else if byte != 0x20, byte != 0x09 { return false }
    }
    return count >= 3
  }
}

/// The start of an HTML block, and what ends it.
enum MarkdownHTMLBlock {
  /// The line that contains this text, in lower case, ends the block.
  case until(String)
  /// A blank line ends the block.
  case untilBlank

  private static let blockTags: Set<String> = [
    "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col",
    "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr",
    "html", "iframe", "legend", "li", "link", "main", "menu", "menuitem", "nav", "noframes", "ol",
    "optgroup", "option", "p", "param", "section", "source", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "title", "tr", "track", "ul",
  ]

  /// What kind of HTML block starts at a place, by CommonMark's seven start conditions.
  init?(_ bytes: [UInt8], at start: Int, end: Int, inParagraph: Bool) {
    guard start < end, bytes[start] == 0x3C else { return nil }
    let text = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
    if text.hasPrefix("<!--") {
      self = .until("-->")
    } else if text.hasPrefix("<?") {
      self = .until("?>")
    } else if text.hasPrefix("<![cdata[") {
      self = .until("]]>")
    } else if text.hasPrefix("<!"), let letter = text.dropFirst(2).utf8.first, (0x61...0x7A).contains(letter)
    {
      self = .until(">")
    } else {
      let closing = text.hasPrefix("</")
      let rest = text.dropFirst(closing ? 2 : 1)
      let name = String(rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
      guard !name.isEmpty else { return nil }
      let after = rest.dropFirst(name.count)
      let ends = after.isEmpty || after.hasPrefix(" ") || after.hasPrefix("\t") || after.hasPrefix(">")
      if !closing, ends, ["script", "pre", "style", "textarea"].contains(name) {
        self = .until("</\(name)>")
      } else if ends || after.hasPrefix("/>"), Self.blockTags.contains(name) {
        self = .untilBlank
      } else if !inParagraph, ends || after.hasPrefix("/>"),
        text.dropLast(0).reversed().first(where: { $0 != " " && $0 != "\t" }) == ">",
        text.filter({ $0 == ">" }).count == 1
      {
        self = .untilBlank
      } else {
        return nil
      }
    }
  }

  /// Whether a line (its text) is the block's last.
  func isEnded(by bytes: ArraySlice<UInt8>) -> Bool {
    switch self {
    case .untilBlank: bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    case .until(let text): String(decoding: bytes, as: UTF8.self).lowercased().contains(text)
    }
  }
}
