import Diagnostics

/// Draws frames one over the other, writing only what changed, in one write each.
///
/// Only sequences that every terminal since the VT100 has: carriage return, line feed, cursor up and
/// right, erase to the end of the line or screen.
struct BlockPainter {
  private var shown: Frame?

  /// The bytes that turn what is shown into `frame`.
  mutating func paint(_ frame: Frame, columns: Int) -> String {
    guard frame != shown else { return "" }
    var out = "\u{1B}[?25l\r"
    if let shown, shown.cursorRow > 0 { out += "\u{1B}[\(shown.cursorRow)A" }
    let old = shown?.rows ?? []
    for (index, row) in frame.rows.enumerated() {
      if index > 0 { out += "\r\n" }
      if index < old.count, old[index] == row { continue }
      out += row.text
      // At the right edge erasing would take the last character away.
      if row.width < columns { out += "\u{1B}[K" }
    }
    if old.count > frame.rows.count || shown == nil {
      // Below the last row; the row itself has been erased to its end or is full.
      if frame.rows.last.map({ $0.width < columns }) == true {
        out += "\r"
        if let width = frame.rows.last?.width, width > 0 { out += "\u{1B}[\(width)C" }
        out += "\u{1B}[J"
      } else if old.count > frame.rows.count {
        out += "\r\n\u{1B}[J\u{1B}[A"
      }
    }
    let up = frame.rows.count - 1 - frame.cursorRow
    out += "\r"
    if up > 0 { out += "\u{1B}[\(up)A" }
    if frame.cursorColumn > 0 { out += "\u{1B}[\(frame.cursorColumn)C" }
    out += "\u{1B}[?25h"
    shown = frame
    return out
  }

  /// The bytes that leave the frame standing and go to the line below it; nothing is shown then.
  mutating func leave() -> String {
    guard let frame = shown else { return "" }
    shown = nil
    let down = frame.rows.count - 1 - frame.cursorRow
    return (down > 0 ? "\u{1B}[\(down)B" : "") + "\r\n"
  }

  /// The bytes that go to where the first row starts and erase all below, after the terminal got
  /// another width: most terminals break rows anew then, so a row takes as many as it now needs.
  mutating func forget(columns: Int) -> String {
    guard let frame = shown else { return "" }
    shown = nil
    let width = max(1, columns)
    let above = frame.rows[..<frame.cursorRow].reduce(0) { $0 + max(1, ($1.width + width - 1) / width) }
    let up = above + frame.cursorColumn / width
    return "\r" + (up > 0 ? "\u{1B}[\(up)A" : "") + "\u{1B}[J"
  }

  /// Nothing is shown any more: the screen was cleared or written over.
  mutating func reset() { shown = nil }
}
