/// A search through the history for a text, as its letters are typed. Capitals are only told from small
/// letters where the text has some.
struct HistorySearch {
  /// The block last found, or where the search starts from.
  private(set) var position: Int
  var isBackwards: Bool
  private(set) var text = ""
  /// Where the text stands in the block, in UTF-8 bytes; nil before the first find.
  private(set) var match: Range<Int>?
  /// Nothing further was found for the text as it is now.
  private(set) var isFailing = false

  init(position: Int, isBackwards: Bool) {
    self.position = position
    self.isBackwards = isBackwards
  }

  /// What stands under the block.
  var status: String {
    "\(isFailing ? "no " : "")\(isBackwards ? "older" : "newer") block with: \(text)"
      + (isFailing || !text.isEmpty ? "" : "…")
  }

  mutating func lengthen(by scalar: Unicode.Scalar, in history: [String]) {
    text.unicodeScalars.append(scalar)
    find(in: history, from: match == nil ? (isBackwards ? position - 1 : position + 1) : position)
  }

  mutating func shorten(in history: [String], from start: Int) {
    guard !text.isEmpty else { return }
    text.removeLast()
    match = nil
    position = start
    isFailing = false
    if !text.isEmpty { find(in: history, from: isBackwards ? start - 1 : start + 1) }
  }

  mutating func findNext(in history: [String]) {
    guard !text.isEmpty else { return }
    find(in: history, from: isBackwards ? position - 1 : position + 1)
  }

  private mutating func find(in history: [String], from start: Int) {
    let folds = text == text.lowercased()
    let wanted = Array(text.utf8)
    var index = isBackwards ? min(start, history.count - 1) : max(0, start)
    while history.indices.contains(index) {
      let block = history[index]
      // Folding that changes the length would move the offsets; then letters are compared as they are.
      let folded = block.lowercased()
      let searched = folds && folded.utf8.count == block.utf8.count ? folded : block
      if let at = Self.offset(of: wanted, in: Array(searched.utf8)) {
        position = index
        match = at..<(at + wanted.count)
        isFailing = false
        return
      }
      index += isBackwards ? -1 : 1
    }
    isFailing = true
  }

  private static func offset(of wanted: [UInt8], in text: [UInt8]) -> Int? {
    guard let first = wanted.first, wanted.count <= text.count else { return nil }
    return (0...(text.count - wanted.count)).first {
      text[$0] == first && text[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
  }
}
