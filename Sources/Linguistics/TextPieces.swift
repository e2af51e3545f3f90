/// Cuts texts that are too long, where a reader would pause.
public enum TextPieces {
  /// The pieces of a text in order, together all of it, each of at most `longest` (at least one) Unicode scalars.
  ///
  /// A piece ends after the last line break of its last quarter, else after the last end of a sentence there, else after
  /// the last white space, else where it is full. What comes out depends on the text alone.
  public static func cut(_ text: String, longest: Int) -> [Substring] {
    // No text has more scalars than bytes.
    guard text.utf8.count > longest else { return [text[...]] }
    let scalars = text.unicodeScalars
    var pieces: [Substring] = []
    var start = scalars.startIndex
    while let full = scalars.index(start, offsetBy: max(1, longest), limitedBy: scalars.endIndex),
      full < scalars.endIndex
    {
      let end = pause(in: scalars, before: full, within: longest / 4)
      pieces.append(text[start..<end])
      start = end
    }
    pieces.append(text[start...])
    return pieces
  }

  private static func pause(
    in scalars: String.UnicodeScalarView, before full: String.Index, within count: Int
  ) -> String.Index {
    var sentence: String.Index?
    var space: String.Index?
    var end = full
    for _ in 0..<count {
      let last = scalars.index(before: end)
      let scalar = scalars[last]
      if scalar == "\n" || scalar == "\r" { return end }
      if sentence == nil, scalar.isWhitespace {
        if space == nil { space = end }
        if last > scalars.startIndex, ".!?…。".unicodeScalars.contains(scalars[scalars.index(before: last)]) {
          sentence = end
        }
      }
      end = last
    }
    return sentence ?? space ?? full
  }
}
