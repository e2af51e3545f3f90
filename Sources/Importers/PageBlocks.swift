/// The words of a web page, block by block, so that blocks of links can be told from what the page says.
struct PageBlocks {
  private struct Block {
    var writer = PlainTextWriter()
    var bytes = 0
    var linkedBytes = 0
    var isKept = false
  }

  private var blocks: [Block] = []
  private var current = Block()

  /// Adds words to the block; `keepsSpace` as in `PlainTextWriter`.
  mutating func add(_ utf8: some Collection<UInt8>, keepsSpace: Bool, isLink: Bool) {
    current.writer.add(utf8, keepsSpace: keepsSpace)
    let count = utf8.reduce(0) { $0 + ($1 > 0x20 ? 1 : 0) }
    current.bytes += count
    if isLink { current.linkedBytes += count }
  }

  /// Ends a line; a second time in a row, the paragraph.
  mutating func newLine() { current.writer.newLine() }

  /// Ends a cell of a table's row.
  mutating func endCell() { current.writer.endCell() }

  /// The block is text whatever it looks like: a heading, a listing, a table.
  mutating func keep() { current.isKept = true }

  /// Ends the block.
  mutating func endParagraph() {
    if current.bytes > 0 { blocks.append(current) }
    current = Block()
  }

  /// The blocks as paragraphs; without menus, teasers and imprints if `dropsFurniture`.
  ///
  /// Most of a menu's or teaser's words are links. What follows on one and is short belongs to it, unless a paragraph comes
  /// after it. A page on which nothing would be left that looks like a paragraph is kept whole.
  ///
  /// - Source: the rules of Boilerpipe's classifier by words and links (C. Kohlschütter, P. Fankhauser, W. Nejdl,
  ///   "Boilerplate Detection using Shallow Text Features", WSDM 2010, algorithm 2) for link-heavy blocks and those after
  ///   them; of short blocks between short ones, which are as often lines of a text, only copyright notices are dropped.
  mutating func text(dropsFurniture: Bool) -> String {
    endParagraph()
    let texts = blocks.map(\.writer.text)
    guard dropsFurniture else { return texts.joined(separator: "\n\n") }
    let words = zip(blocks, texts).map { block, text in
      // Scripts without spaces have some four characters a word.
      max(text.utf8.split { $0 <= 0x20 }.count, block.bytes / 12)
    }
    let links = blocks.map { Double($0.linkedBytes) / Double(max(1, $0.bytes)) }
    func isText(_ index: Int) -> Bool {
      if blocks[index].isKept { return true }
      if links[index] > 1.0 / 3 { return false }
      if words[index] > 40 { return true }
      if texts[index].unicodeScalars.first == "©" || texts[index].lowercased().hasPrefix("copyright") {
        return false
      }
      let next = index + 1 < words.count ? words[index + 1] : 0
      return index == 0 || links[index - 1] <= 5.0 / 9 || next > 17
    }
    let kept = texts.indices.filter(isText)
    guard kept.contains(where: { words[$0] > 16 && links[$0] <= 1.0 / 3 }) else {
      return texts.joined(separator: "\n\n")
    }
    return kept.map { texts[$0] }.joined(separator: "\n\n")
  }
}
