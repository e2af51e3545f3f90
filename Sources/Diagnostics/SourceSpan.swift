/// A half-open range of UTF-8 offsets into a text that the user typed.
public struct SourceSpan: Sendable, Hashable {
  /// Offset of the first byte.
  public var lower: Int
  /// Offset after the last byte.
  public var upper: Int

  /// Makes the span `lower..<upper`; an `upper` below `lower` is raised to it.
  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = max(lower, upper)
  }

  /// The smallest span that holds both.
  public func union(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(min(lower, other.lower), max(upper, other.upper))
  }
}

/// A text with its lines, to turn offsets into places a person can find.
public struct SourceText: Sendable {
  /// Where the text came from, shown before the line number; empty for a line typed at a prompt.
  public let name: String
  /// The text itself.
  public let text: String
  private let bytes: [UInt8]
  private let lineStarts: [Int]

  /// Splits `text` at line feeds.
  public init(_ text: String, name: String = "") {
    self.name = name
    self.text = text
    bytes = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == 0x0A { starts.append(offset + 1) }
    lineStarts = starts
  }

  /// Line and column of a UTF-8 offset, both counted from 1, the column in Unicode scalars.
  public func position(at offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(0, offset), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let before = bytes[lineStarts[low]..<offset]
    return (low + 1, before.reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) })
  }

  /// The text of a line (counted from 1), without its line end.
  public func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }

  /// What stands before and after an offset in a line (counted from 1): of a long line only so many scalars, those
  /// before the offset at most a third of them.
  func line(
    _ number: Int, around offset: Int, upTo count: Int
  ) -> (before: String, after: String, isCutBefore: Bool, isCutAfter: Bool) {
    guard number >= 1, number <= lineStarts.count else { return ("", "", false, false) }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    let middle = min(max(start, offset), max(start, end))
    let isLong =
      end - start > count && bytes[start..<end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } > count
    var (lower, upper) = (start, max(start, end))
    if isLong {
      lower = middle
      var left = count / 3
      while lower > start, left > 0 {
        lower -= 1
        if bytes[lower] & 0xC0 != 0x80 { left -= 1 }
      }
      upper = middle
      left += count - count / 3
      while upper < end, left > 0 {
        upper += 1
        while upper < end, bytes[upper] & 0xC0 == 0x80 { upper += 1 }
        left -= 1
      }
    }
    return (
      String(decoding: bytes[lower..<middle], as: UTF8.self),
      String(decoding: bytes[middle..<upper], as: UTF8.self),
      lower > start, upper < end
    )
  }

  /// The text under a span.
  public subscript(span: SourceSpan) -> String {
    let lower = min(max(0, span.lower), bytes.count)
    let upper = min(max(lower, span.upper), bytes.count)
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }
}
