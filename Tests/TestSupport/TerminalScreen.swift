import Diagnostics

/// A terminal's screen: what a user would see after a program wrote so many bytes.
///
/// Knows what the shell uses and what libraries around it might: printing with soft wrap and wide
/// characters, cursor moves, erasing, scrolling, save and restore, colours, private modes.
public struct TerminalScreen: Sendable {
  /// A place on the screen: a cluster, or nothing to the right of a wide one.
  public struct Cell: Sendable, Equatable {
    /// The cluster; empty for the right half of a wide one.
    public var text: String
    /// The parameters of the last colour sequence, such as `1;34`; empty for none.
    public var style: String
  }

  /// Rows of cells.
  public private(set) var cells: [[Cell]]
  /// Row and column of the cursor, from 0.
  public private(set) var cursor = (row: 0, column: 0)
  /// Rows that scrolled out at the top, oldest first.
  public private(set) var scrollback: [String] = []
  /// Private modes that are on, such as 2004 for bracketed paste.
  public private(set) var modes: Set<Int> = [25, 7]
  /// How often the bell rang.
  public private(set) var bells = 0

  private var style = ""
  private var wrapPending = false
  private var saved: (row: Int, column: Int, style: String) = (0, 0, "")
  private var escape: [UInt8]?
  private var partial: [UInt8] = []
  private static let blank = Cell(text: " ", style: "")

  /// A blank screen.
  public init(rows: Int, columns: Int) {
    cells = Array(repeating: Array(repeating: Self.blank, count: columns), count: rows)
  }

  /// Rows of the screen.
  public var rowCount: Int { cells.count }
  /// Columns of the screen.
  public var columnCount: Int { cells[0].count }

  /// The rows as text, without spaces at their ends.
  public var lines: [String] {
    cells.map(Self.line)
  }

  private static func line(_ row: [Cell]) -> String {
    var text = ""
    for cell in row { text += cell.text }
    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
    return text
  }

  /// All rows to the last that is not blank.
  public var text: String {
    var lines = lines
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Scrolled-out rows and the screen.
  public var fullText: String { (scrollback + [text]).joined(separator: "\n") }

  /// The row that the cursor is on.
  public var cursorLine: String { lines[cursor.row] }

  /// The style of the first cell of `text` on the screen; nil where it isn't there.
  public func style(of text: String) -> String? {
    for row in cells {
      for column in row.indices {
        var shown = ""
        for cell in row[column...] where shown.utf8.count < text.utf8.count { shown += cell.text }
        if shown == text { return row[column].style }
      }
    }
    return nil
  }

  /// The screen gets another size; rows stay as they are, cut or filled.
  public mutating func resize(rows: Int, columns: Int) {
    for index in cells.indices {
      cells[index] = Array(cells[index].prefix(columns))
      while cells[index].count < columns { cells[index].append(Self.blank) }
    }
    while cells.count > rows {
      if cursor.row < cells.count - 1, lines.last == "" {
        cells.removeLast()
      } else {
        scrollback.append(Self.line(cells[0]))
        cells.removeFirst()
        cursor.row = max(0, cursor.row - 1)
      }
    }
    while cells.count < rows { cells.append(Array(repeating: Self.blank, count: columns)) }
    cursor.column = min(cursor.column, columns - 1)
    wrapPending = false
  }

  /// Takes what a program wrote.
  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { feed(byte) }
  }

  private mutating func feed(_ byte: UInt8) {
    if var sequence = escape {
      sequence.append(byte)
      escape = sequence
      if Self.isComplete(sequence) {
        escape = nil
        run(sequence)
      }
      return
    }
    if !partial.isEmpty || byte >= 0x80 {
      partial.append(byte)
      let lead = partial[0]
      let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
      if partial.count == length {
        let text = String(decoding: partial, as: UTF8.self)
        partial = []
        for character in text { put(character) }
      }
      return
    }
    switch byte {
    case 0x07: bells += 1
    case 0x08:
      cursor.column = max(0, cursor.column - 1)
      wrapPending = false
    case 0x09:
      cursor.column = min(columnCount - 1, (cursor.column / 8 + 1) * 8)
    case 0x0A, 0x0B, 0x0C: lineFeed()
    case 0x0D:
      cursor.column = 0
      wrapPending = false
    case 0x1B: escape = []
    case 0x20...0x7E: put(Character(Unicode.Scalar(byte)))
    default: break
    }
  }

  private static func isComplete(_ sequence: [UInt8]) -> Bool {
    switch sequence[0] {
    case UInt8(ascii: "["):
      return sequence.count > 1 && (0x40...0x7E).contains(sequence[sequence.count - 1])
    case UInt8(ascii: "]"):
      return sequence.last == 0x07 || sequence.suffix(2) == [0x1B, 0x5C]
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "#"): return sequence.count == 2
    default: return true
    }
  }

  private mutating func put(_ character: Character) {
    let width = DisplayWidth.of(character)
    if width == 0 || joinsLast(character) {
      // Marks and joined parts belong to the cell before.
      var column = wrapPending ? cursor.column : cursor.column - 1
      guard column >= 0 else { return }
      if cells[cursor.row][column].text.isEmpty { column -= 1 }
      guard column >= 0 else { return }
      let before = cells[cursor.row][column].text
      cells[cursor.row][column].text += String(character)
      let grown = DisplayWidth.of(cells[cursor.row][column].text) - DisplayWidth.of(before)
      if grown > 0, column + 1 < columnCount {
        cells[cursor.row][column + 1] = Cell(text: "", style: style)
        cursor.column = min(columnCount - 1, column + 2)
      }
      return
    }
    if wrapPending || cursor.column + width > columnCount {
      cursor.column = 0
      wrapPending = false
      lineFeed()
    }
    cells[cursor.row][cursor.column] = Cell(text: String(character), style: style)
    if width == 2, cursor.column + 1 < columnCount {
      cells[cursor.row][cursor.column + 1] = Cell(text: "", style: style)
    }
    if cursor.column + width >= columnCount {
      cursor.column = columnCount - 1
      wrapPending = true
    } else {
      cursor.column += width
    }
  }

  /// A joiner before, a skin tone, the second half of a flag: one cluster with the cell before.
  private func joinsLast(_ character: Character) -> Bool {
    var column = wrapPending ? cursor.column : cursor.column - 1
    guard column >= 0, let value = character.unicodeScalars.first?.value, value >= 0x300 else { return false }
    if cells[cursor.row][column].text.isEmpty { column -= 1 }
    guard column >= 0 else { return false }
    return (cells[cursor.row][column].text + String(character)).count == 1
  }

  private mutating func lineFeed() {
    wrapPending = false
    if cursor.row == rowCount - 1 {
      scrollback.append(Self.line(cells[0]))
      cells.removeFirst()
      cells.append(Array(repeating: Self.blank, count: columnCount))
    } else {
      cursor.row += 1
    }
  }

  private mutating func run(_ sequence: [UInt8]) {
    switch sequence[0] {
    case UInt8(ascii: "["): runControl(sequence)
    case UInt8(ascii: "7"): saved = (cursor.row, cursor.column, style)
    case UInt8(ascii: "8"):
      cursor = (saved.row, saved.column)
      style = saved.style
      wrapPending = false
    case UInt8(ascii: "D"): lineFeed()
    case UInt8(ascii: "E"):
      cursor.column = 0
      lineFeed()
    case UInt8(ascii: "M"):
      if cursor.row == 0 {
        cells.removeLast()
        cells.insert(Array(repeating: Self.blank, count: columnCount), at: 0)
      } else {
        cursor.row -= 1
      }
    case UInt8(ascii: "c"): self = TerminalScreen(rows: rowCount, columns: columnCount)
    default: break
    }
  }

  private mutating func runControl(_ sequence: [UInt8]) {
    let body = String(decoding: sequence.dropFirst().dropLast(), as: UTF8.self)
    let isPrivate = body.hasPrefix("?")
    let numbers = body.drop { $0 == "?" || $0 == ">" }.split(separator: ";", omittingEmptySubsequences: false)
      .map { Int($0) }
    func number(_ index: Int, _ fallback: Int) -> Int {
      let value = index < numbers.count ? numbers[index] ?? fallback : fallback
      return value == 0 && fallback == 1 ? 1 : value
    }
    let final = sequence[sequence.count - 1]
    if final != UInt8(ascii: "m"), final != UInt8(ascii: "h"), final != UInt8(ascii: "l"),
      final != UInt8(ascii: "K"), final != UInt8(ascii: "J")
    {
      wrapPending = false
    }
    switch final {
    case UInt8(ascii: "A"): cursor.row = max(0, cursor.row - number(0, 1))
    case UInt8(ascii: "B"): cursor.row = min(rowCount - 1, cursor.row + number(0, 1))
    case UInt8(ascii: "C"): cursor.column = min(columnCount - 1, cursor.column + number(0, 1))
    case UInt8(ascii: "D"): cursor.column = max(0, cursor.column - number(0, 1))
    case UInt8(ascii: "G"): cursor.column = min(columnCount, max(1, number(0, 1))) - 1
    case UInt8(ascii: "d"): cursor.row = min(rowCount, max(1, number(0, 1))) - 1
    case UInt8(ascii: "H"), UInt8(ascii: "f"):
      cursor = (min(rowCount, max(1, number(0, 1))) - 1, min(columnCount, max(1, number(1, 1))) - 1)
    case UInt8(ascii: "J"): erase(display: number(0, 0))
    case UInt8(ascii: "K"): erase(line: number(0, 0))
    case UInt8(ascii: "P"):
      let count = min(number(0, 1), columnCount - cursor.column)
      cells[cursor.row].removeSubrange(cursor.column..<(cursor.column + count))
      cells[cursor.row] += Array(repeating: Self.blank, count: count)
    case UInt8(ascii: "@"):
      let count = min(number(0, 1), columnCount - cursor.column)
      cells[cursor.row].insert(contentsOf: Array(repeating: Self.blank, count: count), at: cursor.column)
      cells[cursor.row] = Array(cells[cursor.row].prefix(columnCount))
    case UInt8(ascii: "m"): style = body == "0" || body.isEmpty ? "" : body
    case UInt8(ascii: "h") where isPrivate: for case let mode? in numbers { modes.insert(mode) }
    case UInt8(ascii: "l") where isPrivate: for case let mode? in numbers { modes.remove(mode) }
    default: break
    }
  }

  private mutating func erase(line how: Int) {
    let range =
      how == 0 ? cursor.column..<columnCount : how == 1 ? 0..<(cursor.column + 1) : 0..<columnCount
    for column in range { cells[cursor.row][column] = Self.blank }
  }

  private mutating func erase(display how: Int) {
    if how < 2 { erase(line: how) }
    let range = how == 0 ? (cursor.row + 1)..<rowCount : how == 1 ? 0..<cursor.row : 0..<rowCount
    for row in range { cells[row] = Array(repeating: Self.blank, count: columnCount) }
  }
}
