import Diagnostics

/// What the terminal is to show: rows as text with escape sequences, and where the cursor stands.
struct Frame: Equatable {
  struct Row: Equatable {
    var text = ""
    var width = 0
  }
  var rows: [Row]
  var cursorRow: Int
  var cursorColumn: Int
}

/// Breaks a block into terminal rows: the prompt before the first line, the continuation before the
/// others, soft breaks where the terminal is too narrow, two columns for wide characters.
struct BlockLayout {
  var prompt: String
  var continuation: String
  var columns: Int
  /// Rows that may be used; a taller block is shown around the cursor.
  var rows: Int
  var colours: Bool

  func frame(text: [Unicode.Scalar], cursor: Int, styles: [StyledRange]) -> Frame {
    // Only lines near the cursor can be seen, each takes a row or more.
    var lineStarts = [0]
    for (offset, scalar) in text.enumerated() where scalar == "\n" { lineStarts.append(offset + 1) }
    let cursorLine = (lineStarts.lastIndex { $0 <= cursor } ?? 0)
    let first = max(0, cursorLine - rows)
    let last = min(lineStarts.count - 1, cursorLine + rows)

    var writer = RowWriter(columns: max(2, columns), colours: colours)
    var pending = styles[...]
    var byte = text[..<lineStarts[first]].reduce(0) { $0 + UTF8.width($1) }
    var place = (row: 0, column: 0)
    for line in first...last {
      writer.write(line == 0 ? prompt : continuation, .prompt)
      var offset = lineStarts[line]
      let end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : text.count
      let indent = writer.column
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text[offset..<end])
      for character in String(view) {
        while let next = pending.first, next.range.upperBound <= byte { pending = pending.dropFirst() }
        let style = pending.first.flatMap { $0.range.lowerBound <= byte ? $0.style : nil } ?? .plain
        let length = character.unicodeScalars.count
        let start = writer.put(character, style, tabFrom: indent)
        if (offset..<(offset + length)).contains(cursor) { place = start }
        offset += length
        byte += character.utf8.count
      }
      if cursor == end, line == cursorLine { place = writer.end() }
      byte += 1
      if line < last { writer.newRow() }
    }
    writer.flush()
    return window(
      Frame(rows: writer.rows, cursorRow: place.row, cursorColumn: place.column),
      above: first, below: lineStarts.count - 1 - last)
  }

  /// Cuts a frame to the rows that may be used, around the cursor, and says how much is hidden.
  private func window(_ frame: Frame, above: Int, below: Int) -> Frame {
    let room = max(1, rows)
    if frame.rows.count <= room, above == 0, below == 0 { return frame }
    guard room >= 4 else {
      let only = frame.rows[frame.cursorRow]
      return Frame(rows: [only], cursorRow: 0, cursorColumn: frame.cursorColumn)
    }
    // What is hidden is counted in a row of its own at that side.
    let start: Int
    let end: Int
    if above == 0, frame.cursorRow < room - 1 {
      (start, end) = (0, room - 1)
    } else if below == 0, frame.rows.count - frame.cursorRow <= room - 1 {
      (start, end) = (max(0, frame.rows.count - room + 1), frame.rows.count)
    } else {
      start = max(0, min(frame.cursorRow - (room - 2) / 2, frame.rows.count - room + 2))
      end = min(frame.rows.count, start + room - 2)
    }
    var rows = Array(frame.rows[start..<min(end, frame.rows.count)])
    let hidden = (above: above + start, below: below + max(0, frame.rows.count - end))
    if hidden.above > 0 { rows.insert(note(hidden.above, "above"), at: 0) }
    if hidden.below > 0 { rows.append(note(hidden.below, "below")) }
    return Frame(
      rows: rows, cursorRow: frame.cursorRow - start + (hidden.above > 0 ? 1 : 0),
      cursorColumn: frame.cursorColumn)
  }

  private func note(_ count: Int, _ side: String) -> Frame.Row {
    let text = DisplayWidth.cut("… \(count) \(count == 1 ? "line" : "lines") \(side)", to: columns)
    return Frame.Row(
      text: colours ? TextStyle.faint.applied(to: text) : text, width: DisplayWidth.of(text))
  }
}

/// Rows under construction.
private struct RowWriter {
  let columns: Int
  let colours: Bool
  private(set) var rows: [Frame.Row] = []
  private var row = Frame.Row()
  private var style = TextStyle.plain

  init(columns: Int, colours: Bool) {
    self.columns = columns
    self.colours = colours
  }

  var column: Int { row.width }

  mutating func newRow() {
    change(to: .plain)
    rows.append(row)
    row = Frame.Row()
  }

  mutating func flush() { newRow() }

  /// Where the cursor stands behind the last character.
  mutating func end() -> (row: Int, column: Int) {
    if row.width >= columns { newRow() }
    return (rows.count, row.width)
  }

  mutating func write(_ text: String, _ style: TextStyle) {
    for character in text { _ = put(character, style, tabFrom: 0) }
  }

  /// Writes a cluster and gives the place where it starts.
  mutating func put(_ character: Character, _ style: TextStyle, tabFrom indent: Int) -> (
    row: Int, column: Int
  ) {
    var shown = String(character)
    var width = DisplayWidth.of(character)
    if character == "\t" {
      width = 4 - max(0, row.width - indent) % 4
      shown = String(repeating: " ", count: width)
    } else if let control = character.unicodeScalars.first, control.value < 0x20 || control.value == 0x7F {
      shown = "^" + String(Unicode.Scalar(UInt8(control.value ^ 0x40)))
      width = 2
    }
    if row.width + width > columns { newRow() }
    change(to: style)
    let place = (rows.count, row.width)
    row.text += shown
    row.width += width
    return place
  }

  private mutating func change(to next: TextStyle) {
    guard colours, next != style else { return }
    if !style.escape.isEmpty { row.text += "\u{1B}[0m" }
    row.text += next.escape
    style = next
  }
}
