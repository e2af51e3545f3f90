import Columnar
import Presentation

/// Values and texts as a page shows them.
enum DisplayText {
  /// A value's text, missing values as nothing.
  static func of(_ value: Value) -> String { value.isNull ? "" : CellText.display(value) }

  /// Text from a document without what could change how the text around it is read: control characters and
  /// the explicit directional ones (embeddings, overrides, isolates) become U+FFFD; tabs and ends of line
  /// become blanks.
  static func tamed(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { isUnruly($0) }) else { return text }
    var out = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\t", "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}": out.append(" ")
      default: out.append(isUnruly(scalar) ? "\u{FFFD}" : scalar)
      }
      previous = scalar
    }
    return String(out)
  }

  private static func isUnruly(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// `tamed`, and escaped so that Markdown shows it as it is.
  static func markdown(_ text: String) -> String { MarkdownFormat.escaped(tamed(text)) }

  /// `tamed`, and escaped for an HTML element or a quoted attribute.
  static func html(_ text: String) -> String { escapedHTML(tamed(text)) }
}
