/// The word lists that names are taken apart with.
struct NameLists: Sendable {
  /// A grammatical gender that a word tells.
  enum Gender: Sendable, Hashable {
    case male, female
  }

  /// The lists that are compiled in.
  static let shared = NameLists()

  /// Titles by their folded words, with the gender they tell.
  let titles: [String: Gender?]
  /// Role nouns by lemma.
  let roles: [String: Gender?]
  /// Given names.
  let givenNames: [String: Gender?]
  /// Family names that come first in names of East Asia.
  let familyNamesFirst: Set<String>
  /// Words that show an organisation.
  let organisationWords: Set<String>
  /// Legal forms that may be left off.
  let legalForms: Set<String>

  init() {
    titles = Self.gendered("titles")
    roles = Self.gendered("roles")
    givenNames = Self.gendered("given_names")
    familyNamesFirst = Set(Lexicon.entries("family_name_first").map { $0[0] })
    var words: Set<String> = []
    var forms: Set<String> = []
    for fields in Lexicon.entries("organisation_words") {
      let word = fields[0].hasSuffix(" *") ? String(fields[0].dropLast(2)) : fields[0]
      words.insert(word)
      if word != fields[0] { forms.insert(word) }
    }
    organisationWords = words
    legalForms = forms
  }

  private static func gendered(_ name: String) -> [String: Gender?] {
    var found: [String: Gender?] = [:]
    for fields in Lexicon.entries(name) {
      let gender: Gender? =
        fields.count < 2 ? nil : fields[1] == "m" ? .male : fields[1] == "f" ? .female : nil
      found[NameText.parts(fields[0]).joined(separator: " ")] = .some(gender)
    }
    return found
  }

  /// Whether a name in folded parts is written family name first: a family name of East Asia, then given
  /// names that look like one or two syllables each.
  func isFamilyNameFirst(_ parts: [String]) -> Bool {
    guard parts.count >= 2, let first = parts.first, familyNamesFirst.contains(first) else { return false }
    let given = parts.dropFirst()
    if given.allSatisfy({ givenNames[$0] == nil && $0.utf8.count <= 6 }), parts.count == 3 { return true }
    guard parts.count == 2, let name = given.first else { return false }
    return givenNames[name] == nil && isSyllabic(name)
  }

  /// Whether a word may be a Chinese, Korean or Vietnamese given name in Latin letters, of two syllables
  /// at most: a vowel group, perhaps an n, ng, k, l, m, p or r after it, once or twice.
  private func isSyllabic(_ word: String) -> Bool {
    var groups = 0
    var inVowels = false
    var consonants = 0
    for byte in word.utf8 {
      guard (0x61...0x7A).contains(byte) else { return false }
      let isVowel = [0x61, 0x65, 0x69, 0x6F, 0x75, 0x79].contains(byte)
      if isVowel, !inVowels { groups += 1 }
      consonants = isVowel ? 0 : consonants + 1
      inVowels = isVowel
      if consonants > 3 { return false }
    }
    let ends = ["s", "t", "d", "c", "b", "f", "v", "w", "x", "z", "er", "on", "ry", "ll"]
    return (1...3).contains(groups) && !ends.contains { word.hasSuffix($0) }
  }
}
