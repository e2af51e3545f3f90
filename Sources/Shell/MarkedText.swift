import Columnar
import Diagnostics
import LineEditing

/// A text of a document with marked spans, broken into lines for a terminal. Without colours the marks
/// are brackets: `[…]`.
struct MarkedText {
  private let text: [Unicode.Scalar]
  private let marks: [Range<Int>]

  /// `marks`: ranges of scalars.
  init(_ text: [Unicode.Scalar], marks: [Range<Int>]) {
    self.text = text
    self.marks = marks
  }

  /// The lines of at most `width` columns; a word that is wider than that is not broken.
  func lines(width: Int, _ output: ShellOutput) -> [String] {
    var lines: [String] = []
    var start = 0
    while start <= text.count {
      var end = start
      while end < text.count, text[end] != "\n" { end += 1 }
      lines += paragraph(start..<end, width: max(10, width), output)
      start = end + 1
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private func paragraph(_ range: Range<Int>, width: Int, _ output: ShellOutput) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    var place = range.lowerBound
    var isMarked = false
    while place < range.upperBound {
      var end = place
      while end < range.upperBound, !text[end].properties.isWhitespace { end += 1 }
      let word = self.word(place..<end)
      if used > 0, used + 1 + word.width > width {
        lines.append(line + (isMarked && output.colours ? "\u{1B}[0m" : ""))
        line = isMarked && output.colours ? TextStyle.match.escape : ""
        used = 0
      } else if used > 0 {
        line += " "
        used += 1
      }
      for piece in word.pieces {
        if piece.isMarked != isMarked {
          line +=
            piece.isMarked
            ? (output.colours ? TextStyle.match.escape : "[") : (output.colours ? "\u{1B}[0m" : "]")
          isMarked = piece.isMarked
        }
        line += piece.text
      }
      // A mark ends with its word where the blank behind it is not marked.
      if isMarked, !contains(end) {
        line += output.colours ? "\u{1B}[0m" : "]"
        isMarked = false
      }
      used += word.width
      place = end
      while place < range.upperBound, text[place].properties.isWhitespace { place += 1 }
    }
    if isMarked { line += output.colours ? "\u{1B}[0m" : "]" }
    return lines + [line]
  }

  private func contains(_ place: Int) -> Bool { marks.contains { $0.contains(place) } }

  private func word(_ range: Range<Int>) -> (pieces: [(text: String, isMarked: Bool)], width: Int) {
    var pieces: [(text: String, isMarked: Bool)] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let isMarked = contains(start)
      var end = start
      while end < range.upperBound, contains(end) == isMarked { end += 1 }
      var view = String.UnicodeScalarView()
      // Controls of a document must not reach the terminal.
      for scalar in text[start..<end] {
        let isSafe = scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
        view.append(isSafe ? scalar : "\u{FFFD}")
      }
      pieces.append((String(view), isMarked))
      start = end
    }
    return (pieces, pieces.reduce(0) { $0 + DisplayWidth.of($1.text) })
  }
}

/// A value for a heading: a date without its time at midnight.
func shownValue(_ value: Value) -> String {
  guard case .datetime(let ticks) = value, ticks % Ticks.perDay == 0 else { return value.text }
  return String(value.text.prefix(10))
}
