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

  /// The text under a span.
  public subscript(span: SourceSpan) -> String {
    let lower = min(max(0, span.lower), bytes.count)
    let upper = min(max(lower, span.upper), bytes.count)
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }
}
