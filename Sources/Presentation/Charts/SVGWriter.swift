import Diagnostics

/// Builds SVG text with fixed decimals, so that the bytes are the same everywhere.
struct SVGWriter {
  private(set) var body = ""
  private var depth = 1
  /// The address that a mark leads to, for a row of the result from 0.
  var link: ((Int) -> String?)?

  /// A coordinate with at most two decimals.
  static func number(_ value: Double) -> String {
    let scaled = (value * 100).rounded(.toNearestOrAwayFromZero)
    guard scaled.isFinite, abs(scaled) < 1e15 else { return "0" }
    let digits = Int(abs(scaled))
    var text = String(digits / 100)
    let rest = digits % 100
    if rest > 0 { text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)" }
    return scaled < 0 && digits != 0 ? "-" + text : text
  }

  mutating func raw(_ line: String) {
    body += String(repeating: "  ", count: depth) + line + "\n"
  }

  mutating func open(_ tag: String) {
    raw("<\(tag)>")
    depth += 1
  }

  mutating func close(_ tag: String) {
    depth -= 1
    raw("</\(tag)>")
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
    let n = Self.number
    raw("<line class=\"\(name)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>")
  }

  /// A filled rectangle that tells its value.
  mutating func bar(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, colour: String, row: Int, tip: String
  ) {
    let n = Self.number
    mark(
      "rect",
      "x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" height=\"\(n(max(0, height)))\" "
        + "fill=\"\(colour)\"", row: row, tip: tip)
  }

  /// A shape that stands for a row: it tells its value, and leads to the row where there is a page to lead to.
  mutating func mark(_ shape: String, _ attributes: String, row: Int?, tip: String) {
    let number = row.map { " data-row=\"\($0 + 1)\"" } ?? ""
    let mark = "<\(shape) \(attributes)\(number)><title>\(escapedHTML(tip))</title></\(shape)>"
    if let address = row.flatMap({ link?($0) }) {
      raw("<a href=\"\(escapedHTML(address))\" aria-label=\"\(escapedHTML(tip))\">\(mark)</a>")
    } else {
      raw(mark)
    }
  }

  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, class name: String = "",
    rotated: Int = 0
  ) {
    let n = Self.number
    var attributes = "x=\"\(n(x))\" y=\"\(n(y))\""
    if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
    if !name.isEmpty { attributes += " class=\"\(name)\"" }
    if rotated != 0 { attributes += " transform=\"rotate(\(rotated) \(n(x)) \(n(y)))\"" }
    raw("<text \(attributes)>\(escapedHTML(text))</text>")
  }

  /// About how wide a text is in a sans-serif font of that size, in pixels; rather too much.
  static func width(_ text: String, size: Double = 12) -> Double {
    var width = 0.0
    for character in text {
      switch character {
      case "i", "j", "l", "'", "|", "I", ".", ",", ":", ";", "!": width += 0.29
      case "f", "t", "r", " ", "-", "(", ")", "[", "]", "/", "\"", "·", "\u{A0}": width += 0.37
      case "m", "w", "M", "W", "—", "…", "@", "%": width += 0.92
      case "A"..."Z", "&", "+", "−", "<", ">", "=": width += 0.7
      default: width += DisplayWidth.of(character) == 2 ? 1.05 : DisplayWidth.of(character) == 0 ? 0 : 0.58
      }
    }
    return width * size
  }

  /// The text, cut with `…` to about so many pixels.
  static func cut(_ text: String, to pixels: Double, size: Double = 12) -> String {
    if width(text, size: size) <= pixels { return text }
    var kept = ""
    var used = width("…", size: size)
    for character in text {
      used += width(String(character), size: size)
      if used > pixels { break }
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }
}
