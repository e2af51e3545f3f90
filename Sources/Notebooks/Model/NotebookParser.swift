import Columnar
import Diagnostics

extension Notebook {
  /// The start of the line that opens an output, up to the blank after it.
  static let outputStart = "<!-- dossier:output"
  /// The line that ends an output.
  static let outputEnd = "<!-- /dossier:output -->"

  /// Reads a notebook.
  ///
  /// - Parameters:
  ///   - bytes: the file, UTF-8, with `\n` or `\r\n`.
  ///   - name: what messages call it.
  /// - Errors: `NBK001` if it isn't UTF-8; `NBK010` front matter; `NBK020` something that has no end;
  ///   `NBK021`, `NBK022` attributes and names. Spans are byte offsets in the file.
  public init(bytes: [UInt8], name: String = "notebook") throws(DossierError) {
    if let offset = bytes.withUnsafeBufferPointer(firstInvalidUTF8) {
      throw DossierError(.notebookEncoding, "\(name) is not UTF-8: see byte \(offset)")
    }
    var parser = NotebookParser(bytes: bytes)
    try parser.parse()
    self.bytes = bytes
    self.name = name
    settings = parser.settings
    bodyStart = parser.bodyStart
    items = parser.items
    lineEnd = parser.lines.first.map { $0.end - $0.textEnd == 2 } == true ? "\r\n" : "\n"
  }

  /// Reads a notebook from text.
  public init(_ text: String, name: String = "notebook") throws(DossierError) {
    try self.init(bytes: Array(text.utf8), name: name)
  }
}

/// Walks the lines of a file as CommonMark does, as far as is needed to tell fences that start a cell from
/// those inside lists, quotes, comments, other fences and indented code.
private struct NotebookParser {
  let bytes: [UInt8]
  let lines: [MarkdownLine]
  var settings = FrontMatter()
  var bodyStart = 0
  var items: [Notebook.Item] = []

  private var index = 0
  /// Content columns of the list items that are open, outermost first.
  private var containers: [Int] = []
  /// Whether the line before belongs to a paragraph, which a further line may continue.
  private var inParagraph = false
  /// Lines of prose in a row, for inline values; these don't reach over blank lines.
  private var prose: Range<Int>?
  private var names: [String: Int] = [:]

  init(bytes: [UInt8]) {
    self.bytes = bytes
    lines = MarkdownLine.split(bytes)
  }

  mutating func parse() throws(DossierError) {
    try readFrontMatter()
    while index < lines.count {
      try readLine()
      index += 1
    }
    try endProse()
  }

  // MARK: Front matter

  private mutating func readFrontMatter() throws(DossierError) {
    var start = 0
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    guard let first = lines.first, isText("---", start..<first.textEnd), first.end > first.textEnd else {
      return
    }
    guard
      let last = lines.indices.dropFirst().first(where: {
        isText("---", lines[$0].start..<lines[$0].textEnd)
          || isText("...", lines[$0].start..<lines[$0].textEnd)
      })
    else { return }
    let yaml = String(decoding: bytes[first.end..<lines[last].start], as: UTF8.self)
    settings = try FrontMatter(yaml: yaml, firstLine: 2)
    index = last + 1
    bodyStart = lines[last].end
  }

  /// Whether a range holds a text and blanks after it.
  private func isText(_ text: String, _ range: Range<Int>) -> Bool {
    var end = range.upperBound
    while end > range.lowerBound, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return range.lowerBound <= end && bytes[range.lowerBound..<end].elementsEqual(text.utf8)
  }

  // MARK: Blocks

  private func firstPlace(of line: MarkdownLine) -> MarkdownPlace {
    var place = MarkdownPlace(offset: line.start, column: 0)
    place.skipBlanks(bytes, to: line.textEnd)
    return place
  }

  private mutating func readLine() throws(DossierError) {
    let line = lines[index]
    var place = firstPlace(of: line)
    guard place.offset < line.textEnd else {
      inParagraph = false
      return try endProse()
    }
    while let column = containers.last, place.column < column {
      // A paragraph may go on at a smaller indentation, if nothing else starts there.
      if inParagraph, !startsBlock(at: place, end: line.textEnd) { break }
      containers.removeLast()
      inParagraph = false
    }
    while true {
      let depth = place.column - min(place.column, containers.last ?? 0)
      if depth >= 4 {
        if !inParagraph { return try endProse() }
        return addProse()
      }
      if let marker = MarkdownListMarker(bytes, at: place, end: line.textEnd) {
        containers.append(marker.contentColumn)
        inParagraph = false
        place = marker.content
        if place.offset >= line.textEnd { return }
        continue
      }
      break
    }
    if let fence = MarkdownFence(bytes, at: place.offset, end: line.textEnd) {
      try endProse()
      inParagraph = false
      return try readFence(fence, at: place)
    }
    if bytes[place.offset] == 0x3E { return try readQuote(place) }
    if let block = MarkdownHTMLBlock(bytes, at: place.offset, end: line.textEnd, inParagraph: inParagraph),
      !hasPrefix("<!--=", at: place.offset)
    {
      try endProse()
      inParagraph = false
      return skip(block)
    }
    addProse()
    inParagraph = bytes[place.offset] != 0x23 && !isRule(place.offset..<line.textEnd)
  }

  /// Whether a line is a thematic break, or underlines the paragraph before it as a heading.
  private func isRule(_ range: Range<Int>) -> Bool {
    if MarkdownListMarker.isThematicBreak(bytes, at: range.lowerBound, end: range.upperBound) { return true }
    guard inParagraph, bytes[range.lowerBound] == 0x3D || bytes[range.lowerBound] == 0x2D else {
      return false
    }
    let rest = bytes[range].drop { $0 == bytes[range.lowerBound] }
    return rest.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  private func startsBlock(at place: MarkdownPlace, end: Int) -> Bool {
    MarkdownListMarker(bytes, at: place, end: end) != nil
      || MarkdownFence(bytes, at: place.offset, end: end) != nil
      || MarkdownHTMLBlock(bytes, at: place.offset, end: end, inParagraph: true) != nil
      || MarkdownListMarker.isThematicBreak(bytes, at: place.offset, end: end)
      || bytes[place.offset] == 0x3E || bytes[place.offset] == 0x23
  }

  /// Moves to the last line of an HTML block that starts on the current line.
  private mutating func skip(_ block: MarkdownHTMLBlock) {
    if case .until = block, block.isEnded(by: bytes[lines[index].start..<lines[index].textEnd]) { return }
    while index + 1 < lines.count {
      let next = lines[index + 1]
      let place = firstPlace(of: next)
      let isBlank = place.offset >= next.textEnd
      if !isBlank, place.column < containers.last ?? 0 { return }
      if case .untilBlank = block, isBlank { return }
      index += 1
      if case .until = block, block.isEnded(by: bytes[next.start..<next.textEnd]) { return }
    }
  }

  /// A block quote's line. What it quotes is shown, never run: cells in quotes are examples. Inline values
  /// count, but not in a quoted fence.
  private mutating func readQuote(_ start: MarkdownPlace) throws(DossierError) {
    func inside(_ line: MarkdownLine) -> Int? {
      var place = firstPlace(of: line)
      guard place.offset < line.textEnd, bytes[place.offset] == 0x3E else { return nil }
      while place.offset < line.textEnd, bytes[place.offset] == 0x3E || bytes[place.offset] == 0x20 {
        place.offset += 1
      }
      return place.offset
    }
    inParagraph = true
    guard let offset = inside(lines[index]),
      let fence = MarkdownFence(bytes, at: offset, end: lines[index].textEnd)
    else { return addProse() }
    try endProse()
    inParagraph = false
    while index + 1 < lines.count, let next = inside(lines[index + 1]) {
      index += 1
      if fence.isClosed(by: bytes, at: next, end: lines[index].textEnd) { return }
    }
  }

  private func hasPrefix(_ text: String, at offset: Int) -> Bool { bytes[offset...].starts(with: text.utf8) }

  // MARK: Cells

  private mutating func readFence(_ fence: MarkdownFence, at place: MarkdownPlace) throws(DossierError) {
    let opening = index
    let base = containers.last ?? 0
    var body: [MarkdownLine] = []
    var isClosed = false
    while index + 1 < lines.count {
      let next = lines[index + 1]
      let start = firstPlace(of: next)
      let isBlank = start.offset >= next.textEnd
      if !isBlank, start.column < base { break }
      index += 1
      if !isBlank, start.column - base < 4, fence.isClosed(by: bytes, at: start.offset, end: next.textEnd) {
        isClosed = true
        break
      }
      body.append(next)
    }
    let word = bytes[fence.info].prefix { $0 != 0x20 && $0 != 0x09 }
    guard word.elementsEqual("kql".utf8) else { return }
    let span = SourceSpan(place.offset, lines[opening].textEnd)
    guard isClosed else {
      throw DossierError(
        .unclosedCell, "the cell that starts here has no closing fence", at: span,
        hint: String(repeating: fence.mark == 0x60 ? "`" : "~", count: fence.length))
    }
    let rest = word.endIndex..<fence.info.upperBound
    let attributes = try CellAttributes(
      String(decoding: bytes[rest], as: UTF8.self), offset: rest.lowerBound)
    if let name = attributes.name {
      if let line = names[name] {
        throw DossierError(
          .cellName, "the cell in line \(line) is called '\(name)' already", at: span)
      }
      names[name] = opening + 1
    }
    let ranges = body.map { unindented($0, by: place.column) }
    let source = ranges.map { String(decoding: bytes[$0], as: UTF8.self) }.joined(separator: "\n")
    var cell = Cell(
      source: source, attributes: attributes, line: opening + 1,
      range: place.offset..<lines[index].textEnd, lineOffsets: ranges.map(\.lowerBound),
      indent: String(repeating: " ", count: base), output: nil)
    cell.output = try readOutput()
    items.append(.cell(cell))
  }

  /// A line of a fenced block without the columns that its fence is indented by.
  private func unindented(_ line: MarkdownLine, by columns: Int) -> Range<Int> {
    var place = MarkdownPlace(offset: line.start, column: 0)
    while place.offset < line.textEnd, place.column < columns,
      bytes[place.offset] == 0x20 || bytes[place.offset] == 0x09
    {
      place.column += bytes[place.offset] == 0x09 ? 4 - place.column % 4 : 1
      place.offset += 1
    }
    return place.offset..<line.textEnd
  }

  /// The output block after the current line, if nothing but blank lines stands before it.
  private mutating func readOutput() throws(DossierError) -> OutputBlock? {
    var first = index + 1
    while first < lines.count, firstPlace(of: lines[first]).offset >= lines[first].textEnd { first += 1 }
    guard first < lines.count else { return nil }
    let start = firstPlace(of: lines[first]).offset
    guard isOutputStart(start, end: lines[first].textEnd) else { return nil }
    for last in lines.indices[(first + 1)...] {
      let place = firstPlace(of: lines[last]).offset
      if isText(Notebook.outputEnd, place..<lines[last].textEnd) {
        index = last
        let header = String(decoding: bytes[start..<lines[first].textEnd], as: UTF8.self)
        let inner = header.dropFirst(Notebook.outputStart.count).prefix { $0 != ">" }
        return OutputBlock(range: start..<lines[last].textEnd, header: String(inner.dropLast(2)))
      }
      if isOutputStart(place, end: lines[last].textEnd) { break }
    }
    throw DossierError(
      .unclosedCell, "the output that starts here has no end",
      at: SourceSpan(start, lines[first].textEnd), hint: Notebook.outputEnd)
  }

  private func isOutputStart(_ start: Int, end: Int) -> Bool {
    guard start < end, hasPrefix(Notebook.outputStart, at: start) else { return false }
    let after = start + Notebook.outputStart.utf8.count
    guard after < end, bytes[after] == 0x20 else { return false }
    var last = end
    while last > after, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
    return last - 3 >= after && bytes[(last - 3)..<last].elementsEqual("-->".utf8)
      && !bytes[after..<(last - 3)].contains(0x3E)
  }

  // MARK: Inline values

  private mutating func addProse() {
    if let open = prose { prose = open.lowerBound..<(index + 1) } else { prose = index..<(index + 1) }
  }

  private mutating func endProse() throws(DossierError) {
    guard let open = prose else { return }
    prose = nil
    let end = lines[open.upperBound - 1].textEnd
    var at = lines[open.lowerBound].start
    while at < end {
      switch bytes[at] {
      case 0x5C: at += 2
      case 0x60:
        var length = 0
        while at + length < end, bytes[at + length] == 0x60 { length += 1 }
        at = endOfCodeSpan(from: at + length, length: length, end: end) ?? at + length
      case 0x3C where hasPrefix("<!--=", at: at): at = try readInline(at, end: end)
      default: at += 1
      }
    }
  }

  private func endOfCodeSpan(from start: Int, length: Int, end: Int) -> Int? {
    var at = start
    while at < end {
      guard bytes[at] == 0x60 else {
        at += 1
        continue
      }
      var run = 0
      while at + run < end, bytes[at + run] == 0x60 { run += 1 }
      at += run
      if run == length { return at }
    }
    return nil
  }

  private mutating func readInline(_ start: Int, end: Int) throws(DossierError) -> Int {
    guard let queryEnd = find("-->", from: start + 5, end: end),
      let valueEnd = find("<!--/=-->", from: queryEnd + 3, end: end)
    else {
      throw DossierError(
        .unclosedCell, "the value that starts here has no end in this paragraph",
        at: SourceSpan(start, min(end, start + 5)), hint: "<!--= Documents | count -->0<!--/=-->")
    }
    let line = lines.lastIndex { $0.start <= start } ?? 0
    items.append(
      .inline(
        InlineValue(
          source: String(decoding: bytes[(start + 5)..<queryEnd].filter { $0 != 0x0D }, as: UTF8.self),
          line: line + 1, range: start..<(valueEnd + 9), valueRange: (queryEnd + 3)..<valueEnd)))
    return valueEnd + 9
  }

  private func find(_ text: String, from start: Int, end: Int) -> Int? {
    let wanted = Array(text.utf8)
    var at = start
    while at + wanted.count <= end {
      if bytes[at..<(at + wanted.count)].elementsEqual(wanted) { return at }
      at += 1
    }
    return nil
  }
}
