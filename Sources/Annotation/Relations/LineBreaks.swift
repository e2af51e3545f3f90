import Linguistics

/// Which line ends of a text are meant: the end of a heading, a date line, an item, a paragraph.
///
/// A blank line is one. So is a line end where the next word would still have fitted into the text's longest
/// line; where it would not, the line was only wrapped.
struct LineBreaks {
  /// Whether a token of white space holds a line end that is meant.
  let isBreak: [Bool]

  init(_ parse: Parse) { isBreak = Self.breaks(parse) }

  private static func breaks(_ parse: Parse) -> [Bool] {
    var isBreak = [Bool](repeating: false, count: parse.tokens.count)
    let ends = parse.scalars.indices.filter { parse.scalars[$0] == "\n" }
    guard !ends.isEmpty else { return isBreak }
    var longest = 0
    var start = 0
    for end in ends + [parse.scalars.count] {
      longest = max(longest, end - start)
      start = end + 1
    }
    for (index, token) in parse.tokens.enumerated() where token.isSpace {
      let inside = (token.start..<token.end).filter { parse.scalars[$0] == "\n" }
      guard let first = inside.first, let last = inside.last else { continue }
      isBreak[index] =
        first != last
        || length(before: first, in: parse.scalars) + 1 + word(after: last, in: parse.scalars)
          <= longest
    }
    return isBreak
  }

  private static func length(before end: Int, in scalars: [Unicode.Scalar]) -> Int {
    var start = end
    while start > 0, scalars[start - 1] != "\n" { start -= 1 }
    return end - start
  }

  private static func word(after end: Int, in scalars: [Unicode.Scalar]) -> Int {
    var start = end + 1
    while start < scalars.count, scalars[start] == " " { start += 1 }
    var stop = start
    while stop < scalars.count, !scalars[stop].isWhitespace { stop += 1 }
    return stop - start
  }
}
