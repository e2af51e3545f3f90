import Linguistics

/// The paragraph of each token.
///
/// A blank line ends one, and so does a line end after a short line or a full stop where the next line starts in upper
/// case, as after a heading; other line ends only wrap the text.
struct Paragraphs: Sendable {
  /// The paragraph of each token, counted from 0; white space belongs to the one before.
  let ofToken: [Int]

  init(_ parse: Parse) {
    var ofToken: [Int] = []
    ofToken.reserveCapacity(parse.tokens.count)
    var paragraph = 0
    var lineStart = 0
    for (index, token) in parse.tokens.enumerated() {
      ofToken.append(paragraph)
      guard token.text.utf8.contains(0x0A), token.isSpace else { continue }
      let isBlankLine = token.text.utf8.count { $0 == 0x0A } > 1
      if isBlankLine || Self.ends(parse, lineStart, token.start, next: index + 1) { paragraph += 1 }
      lineStart = token.end
    }
    self.ofToken = ofToken
  }

  /// The longest line that wrapped text may have and still be taken for a line of its own.
  private static let shortLine = 50

  private static func ends(_ parse: Parse, _ start: Int, _ end: Int, next: Int) -> Bool {
    guard next < parse.tokens.count, let first = parse.tokens[next].text.unicodeScalars.first,
      !first.isLowercase
    else { return false }
    if end - start < shortLine { return true }
    return end > 0 && ".!?:\"”’»)".unicodeScalars.contains(parse.scalars[end - 1])
  }

  /// Whether two tokens stand in one paragraph.
  func joins(_ a: Int, _ b: Int) -> Bool { ofToken[a] == ofToken[b] }
}
