import Columnar
import Diagnostics
import LineEditing
import Sessions

/// A text of a document with highlights, broken into lines for a terminal. Without colours the highlights are
/// in brackets: `[…]`, one pair for those with nothing but blanks between them.
struct MarkedText {
  private let text: [Unicode.Scalar]
  /// The style of each scalar; nil where nothing is marked.
  private let styles: [TextStyle?]
  private let colours: Bool

  /// Of highlights that overlap, the first one counts.
  init(_ text: [Unicode.Scalar], _ highlights: [Highlight], colours: Bool) {
    self.text = text
    self.colours = colours
    var styles = [TextStyle?](repeating: nil, count: text.count)
    for highlight in highlights {
      for place in highlight.range.clamped(to: text.indices) where styles[place] == nil {
        styles[place] = colours ? Self.style(of: highlight.kind) : .match
      }
    }
    // Blanks between two marks belong to them where they look alike.
    var last: Int?
    for place in styles.indices where styles[place] != nil {
      if let last, styles[last] == styles[place],
        text[(last + 1)..<place].allSatisfy(\.properties.isWhitespace)
      {
        for between in (last + 1)..<place { styles[between] = styles[place] }
      }
      last = place
    }
    self.styles = styles
  }

  private static func style(of kind: Highlight.Kind) -> TextStyle {
    switch kind {
    case .entity: .entity
    case .predicate: .predicate
    case .date: .date
    case .cue: .cue
    case .span: .match
    }
  }

  /// The lines of at most `width` columns; a word that is wider than that is not broken.
  func lines(width: Int) -> [String] {
    var lines: [String] = []
    var start = 0
    while start <= text.count {
      var end = start
      while end < text.count, text[end] != "\n" { end += 1 }
      lines += paragraph(start..<end, width: max(10, width))
      start = end + 1
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private func paragraph(_ range: Range<Int>, width: Int) -> [String] {
    var lines: [String] = []
    var line = Line(colours: colours)
    var place = range.lowerBound
    while place < range.upperBound {
      let blanks = place
      while place < range.upperBound, text[place].properties.isWhitespace { place += 1 }
      let start = place
      while place < range.upperBound, !text[place].properties.isWhitespace { place += 1 }
      guard start < place else { break }
      let word = start..<place
      let columns = word.reduce(0) { $0 + DisplayWidth.of(shown(text[$1])) }
      if line.columns > 0, line.columns + 1 + columns > width {
        lines.append(line.ended())
        // A mark that reaches over the end of a line goes on in the next one.
        line = Line(colours: colours)
      } else if line.columns > 0 {
        line.put(" ", blanks < start ? styles[blanks] : nil, columns: 1)
      }
      for scalar in word { line.put(shown(text[scalar]), styles[scalar], columns: 0) }
      line.columns += columns
    }
    return lines + [line.ended()]
  }

  /// Controls of a document must not reach the terminal.
  private func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
    default: scalar
    }
  }

  /// A line under construction.
  private struct Line {
    let colours: Bool
    var columns = 0
    private var text = String.UnicodeScalarView()
    private var style: TextStyle?

    init(colours: Bool) { self.colours = colours }

    mutating func put(_ scalar: Unicode.Scalar, _ next: TextStyle?, columns: Int) {
      if next != style {
        if style != nil { text.append(contentsOf: (colours ? "\u{1B}[0m" : "]").unicodeScalars) }
        if let next { text.append(contentsOf: (colours ? next.escape : "[").unicodeScalars) }
        style = next
      }
      text.append(scalar)
      self.columns += columns
    }

    mutating func ended() -> String {
      if style != nil { text.append(contentsOf: (colours ? "\u{1B}[0m" : "]").unicodeScalars) }
      style = nil
      return String(text)
    }
  }
}

/// A value for a heading: a date without its time at midnight.
func shownValue(_ value: Value) -> String {
  guard case .datetime(let ticks) = value, ticks % Ticks.perDay == 0 else { return value.text }
  return String(value.text.prefix(10))
}
