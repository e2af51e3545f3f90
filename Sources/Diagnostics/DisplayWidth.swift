/// How many terminal columns a text takes: East Asian wide characters and emoji two, combining marks
/// none, controls none.
///
/// Source: Unicode Standard Annex 11 (East Asian Width W and F) and the general categories; what is
/// ambiguous there counts as one column, as terminals outside East Asia show it. No locale is asked.
public enum DisplayWidth {
  /// Columns of a whole text. Controls, tab and line feed included, count as none.
  public static func of(_ text: some StringProtocol) -> Int {
    var width = 0
    var plain = true
    for byte in text.utf8 {
      if byte >= 0x80 {
        plain = false
        break
      }
      if byte >= 0x20, byte != 0x7F { width += 1 }
    }
    return plain ? width : text.reduce(0) { $0 + of($1) }
  }

  /// Columns of one grapheme cluster.
  public static func of(_ character: Character) -> Int {
    var sum = 0
    var first: Unicode.Scalar?
    var isEmoji = false
    for scalar in character.unicodeScalars {
      if first == nil { first = scalar }
      // An emoji with a joiner, a skin tone or the emoji selector is drawn as one picture.
      switch scalar.value {
      case 0xFE0F: isEmoji = isEmoji || first?.properties.isEmoji == true
      case 0x200D, 0x1F3FB...0x1F3FF: isEmoji = isEmoji || first.map { of($0) == 2 } == true
      case 0x1F1E6...0x1F1FF: isEmoji = isEmoji || sum > 0
      default: break
      }
      sum += of(scalar)
    }
    return isEmoji ? 2 : sum
  }

  /// Columns of one scalar on its own.
  public static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value < 0x20 || (0x7F..<0xA0).contains(value) || value == 0xAD ? 0 : 1 }
    for range in wide where value <= range.upperBound {
      if range.contains(value) { return isMark(scalar) ? 0 : 2 }
      break
    }
    if scalar.properties.isEmojiPresentation { return (0x1F1E6...0x1F1FF).contains(value) ? 1 : 2 }
    if (0x1F200...0x1F265).contains(value) { return 2 }
    // Vowels and finals of conjoining Hangul join the syllable before them.
    if (0x1160...0x11FF).contains(value) { return 0 }
    return isMark(scalar) ? 0 : 1
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator,
      .surrogate:
      true
    default: false
    }
  }

  /// Ranges of East Asian Width W or F outside the emoji, ascending.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF,
    0x4E00...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAD9, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FB, 0x20000...0x3FFFD,
  ]

  /// The longest prefix of whole clusters that fits `columns`.
  public static func prefix(of text: String, columns: Int) -> String {
    var width = 0
    var end = text.startIndex
    while end < text.endIndex {
      let next = width + of(text[end])
      if next > columns { break }
      width = next
      end = text.index(after: end)
    }
    return String(text[..<end])
  }

  /// The text itself where it fits `columns`, else as much as fits with `…` behind it.
  /// Empty where not even the `…` fits.
  public static func cut(_ text: String, to columns: Int) -> String {
    if of(text) <= columns { return text }
    if columns < 1 { return "" }
    var kept = prefix(of: text, columns: columns - 1)
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// The text with spaces behind it up to `columns`; a wider text is returned as it is.
  public static func pad(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - of(text)))
  }
}
