/// Writes text that came with markup as plain text: paragraphs parted by an empty line, lines within one
/// by a line feed, table cells by a tab, and runs of white space one space.
struct PlainTextWriter {
  private enum Gap: Int, Comparable {
    case none, space, tab, line, paragraph
    static func < (a: Gap, b: Gap) -> Bool { a.rawValue < b.rawValue }
  }

  private var bytes: [UInt8] = []
  private var gap = Gap.none

  /// What was written.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds words; `keepsSpace` leaves blanks and line feeds as they are, as in program listings.
  mutating func add(_ utf8: some Sequence<UInt8>, keepsSpace: Bool = false) {
    var last: UInt8 = 0
    for byte in utf8 {
      defer { last = byte }
      switch byte {
      case 0x0A where keepsSpace: newLine()
      case 0x20 where keepsSpace, 0x09 where keepsSpace: put(byte)
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: gap = max(gap, .space)
      // A no-break space is a space to readers of plain text.
      case 0xA0 where last == 0xC2:
        gap = max(gap, .space)
      case 0xC2: continue
      default:
        if last == 0xC2 { put(0xC2) }
        put(byte)
      }
    }
    if last == 0xC2 { put(0xC2) }
  }

  /// Ends a line; a second time in a row, the paragraph.
  mutating func newLine() { gap = gap == .line ? .paragraph : max(gap, .line) }

  /// Ends a paragraph.
  mutating func endParagraph() { gap = .paragraph }

  /// Ends a cell of a table's row.
  mutating func endCell() { gap = max(gap, .tab) }

  private mutating func put(_ byte: UInt8) {
    if gap != .none {
      if !bytes.isEmpty {
        switch gap {
        case .none: break
        case .space: bytes.append(0x20)
        case .tab: bytes.append(0x09)
        case .line: bytes.append(0x0A)
        case .paragraph: bytes += [0x0A, 0x0A]
        }
      }
      gap = .none
    }
    bytes.append(byte)
  }
}
