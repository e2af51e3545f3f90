/// Whether letters abbreviate a name.
enum Acronyms {
  /// Words that an acronym may pass over.
  private static let small: Set<String> = [
    "of", "the", "and", "for", "in", "on", "to", "at", "by", "with", "a", "an", "de", "la", "del", "des",
    "du", "und", "&",
  ]

  /// Whether `letters` are the first letters of the name's words, small words counted or not.
  static func stands(_ letters: String, for parts: [String]) -> Bool {
    guard parts.count >= 2 else { return false }
    let initials = { (words: [String]) in String(words.compactMap(\.first)) }
    return letters == initials(parts.filter { !small.contains($0) }) || letters == initials(parts)
  }

  /// The looser test for letters in parentheses right after the name: they occur in it in this order, the
  /// first at its start, and each word gives one at most three.
  static func mayStand(_ letters: String, for parts: [String]) -> Bool {
    if stands(letters, for: parts) { return true }
    guard let first = letters.first, parts.first?.first == first else { return false }
    var rest = letters[...]
    for character in parts.joined() where character == rest.first { rest.removeFirst() }
    return rest.isEmpty && letters.count <= parts.count * 3
  }
}
