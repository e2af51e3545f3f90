/// Where the cursor goes inside a block: pure functions over scalars and offsets in scalars, so that a
/// move never stops inside a grapheme cluster and knows rows.
struct BlockMotion {
  let text: [Unicode.Scalar]

  /// Offset after the line feed before `offset`.
  func rowStart(_ offset: Int) -> Int {
    var start = min(max(0, offset), text.count)
    while start > 0, text[start - 1] != "\n" { start -= 1 }
    return start
  }

  /// Offset of the line feed at or after `offset`, or the end.
  func rowEnd(_ offset: Int) -> Int {
    var end = min(max(0, offset), text.count)
    while end < text.count, text[end] != "\n" { end += 1 }
    return end
  }

  /// Offsets of the clusters of a row, its start first and its end last.
  private func boundaries(from start: Int, to end: Int) -> [Int] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[start..<end])
    var offsets = [start]
    for character in String(view) {
      offsets.append(offsets[offsets.count - 1] + character.unicodeScalars.count)
    }
    return offsets
  }

  /// One cluster to the left; a line feed is a cluster.
  func left(_ offset: Int) -> Int {
    let start = rowStart(offset)
    if offset <= start { return max(0, start - 1) }
    return boundaries(from: start, to: rowEnd(offset)).last { $0 < offset } ?? start
  }

  /// One cluster to the right.
  func right(_ offset: Int) -> Int {
    let end = rowEnd(offset)
    if offset >= end { return min(text.count, end + 1) }
    return boundaries(from: rowStart(offset), to: end).first { $0 > offset } ?? end
  }

  /// The same place, counted in clusters, one row up; nil on the first row.
  func up(_ offset: Int, column: Int? = nil) -> Int? {
    let start = rowStart(offset)
    guard start > 0 else { return nil }
    return place(column ?? self.column(offset), inRowAt: rowStart(start - 1))
  }

  /// The same place one row down; nil on the last row.
  func down(_ offset: Int, column: Int? = nil) -> Int? {
    let end = rowEnd(offset)
    guard end < text.count else { return nil }
    return place(column ?? self.column(offset), inRowAt: end + 1)
  }

  /// How many clusters stand between the row's start and the offset.
  func column(_ offset: Int) -> Int {
    let start = rowStart(offset)
    return boundaries(from: start, to: rowEnd(offset)).count { $0 > start && $0 <= offset }
  }

  private func place(_ column: Int, inRowAt start: Int) -> Int {
    let offsets = boundaries(from: start, to: rowEnd(start))
    return offsets[min(column, offsets.count - 1)]
  }
}
