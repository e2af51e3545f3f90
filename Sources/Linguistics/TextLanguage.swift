import CCLD2

/// Which language a text is in.
public enum TextLanguage {
  /// The BCP 47 tag of the language that most of a text is in; nil for a text that is too short, too mixed, or not prose.
  ///
  /// A text of which a third is English counts as English, so that a report with long quotations in another language is
  /// read. Long texts are judged by their first 256 KiB. Words with a capital are left out, as names tell where people
  /// come from and not in which language they are spoken of: "Erik Haugen met her in Oslo" is no Norwegian.
  ///
  /// - Source: CLD2 (Compact Language Detector 2), which scores groups of four letters by naive Bayes.
  public static func identify(_ text: String) -> String? {
    let words = uncapitalised(text)
    let found = words.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { ccld2_identify($0, bytes.count) }
    }
    guard let found, found.is_reliable != 0, found.letters >= 30 else { return nil }
    if found.english >= 33 { return "en" }
    guard found.percent >= 60, let code = found.code.map({ String(cString: $0) }) else { return nil }
    // Codes that are older than BCP 47, and those of no language.
    switch code {
    case "iw": return "he"
    case "jw": return "jv"
    case "un", "xxx", "zzp", "tlh": return nil
    default: return code.hasPrefix("xx-") ? nil : code
    }
  }

  /// The text as UTF-8 without the words that begin with a capital.
  private static func uncapitalised(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var (isInside, isOmitted) = (false, false)
    for scalar in text.unicodeScalars {
      if bytes.count >= 1 << 18 { break }
      let isLetter: Bool
      if scalar.isASCII {
        isLetter = scalar.value | 0x20 >= 0x61 && scalar.value | 0x20 <= 0x7A
      } else {
        isLetter = scalar.isAlphabetic
      }
      if isLetter, !isInside {
        isOmitted = scalar.isASCII ? scalar.value < 0x5B : scalar.isUppercase
      }
      isInside = isLetter
      if isLetter, isOmitted { continue }
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    return bytes
  }

  /// Whether a tag says that a text is in another language than `language`; one that names no language does not.
  public static func differs(_ tag: String, from language: String) -> Bool {
    let primary = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
    let sameWords: [String: Set<String>] = ["en": ["en", "eng"]]
    guard primary.utf8.count == 2 || primary.utf8.count == 3, primary.allSatisfy(\.isLetter),
      !["und", "mul", "mis", "zxx"].contains(primary)
    else { return false }
    return !(sameWords[language] ?? [language]).contains(primary)
  }
}
