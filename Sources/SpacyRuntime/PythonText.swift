/// Character classes and case mapping as Python's `str` has them, which spaCy's features are made with.
///
/// Source: Python language reference, "Text sequence type: str". The Unicode version is the Swift
/// runtime's; characters newer than Python's own tables may differ.
enum PythonText {
  /// `str.isspace` of one character.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
      0x3000:
      true
    default: false
    }
  }

  /// `str.isalpha` of one character: a letter, but not a mark or a letter-like number.
  static func isAlpha(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (scalar.value | 0x20) >= 0x61 && (scalar.value | 0x20) <= 0x7A }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return false
    }
  }

  /// `str.isdigit` of one character.
  static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x30 && scalar.value <= 0x39 }
    switch scalar.properties.numericType {
    case .decimal, .digit: return true
    default: return false
    }
  }

  /// `str.isupper` of one character.
  static func isUpper(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x41 && scalar.value <= 0x5A }
    return scalar.properties.isUppercase
  }

  /// `str.isspace`: false for an empty text.
  static func isSpace(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { isSpace($0) }
  }

  /// `str.isalpha`: false for an empty text.
  static func isAlpha(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { isAlpha($0) }
  }

  /// `str.lower`: the full mapping, with the Greek sigma's final form at the end of a word.
  static func lower(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      if !text.utf8.contains(where: { $0 >= 0x41 && $0 <= 0x5A }) { return text }
      return String(
        decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
    let scalars = Array(text.unicodeScalars)
    var lowered = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      if scalar.value == 0x3A3 {
        lowered.append(isFinal(index, in: scalars) ? "\u{3C2}" : "\u{3C3}")
      } else if scalar.properties.changesWhenLowercased {
        lowered.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      } else {
        lowered.append(scalar)
      }
    }
    return String(lowered)
  }

  /// Whether the sigma at `index` ends a word: cased letters before it and none after, marks skipped.
  private static func isFinal(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    guard let before, before.properties.isCased else { return false }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return !(after?.properties.isCased ?? false)
  }

  /// spaCy's `SHAPE`: X, x and d for upper-case letters, other letters and digits, runs cut after four.
  ///
  /// Texts of 100 characters or more are all `LONG`.
  static func shape(_ text: String) -> String {
    let scalars = text.unicodeScalars
    if text.utf8.count >= 100, scalars.count >= 100 { return "LONG" }
    var shape = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    var run = 0
    for scalar in scalars {
      let class_: Unicode.Scalar =
        isAlpha(scalar) ? (isUpper(scalar) ? "X" : "x") : isDigit(scalar) ? "d" : scalar
      if class_ == last {
        run += 1
      } else {
        run = 0
        last = class_
      }
      if run < 4 { shape.append(class_) }
    }
    return String(shape)
  }
}
