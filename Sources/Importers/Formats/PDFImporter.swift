import Columnar
import Diagnostics
import Facts

/// PDF documents, by poppler's `pdftotext`: columns in reading order, a paragraph a block, words that were broken at a
/// line's end whole again, without page headers, footers and numbers. `Sentences.Page` has the page.
///
/// Pages that are pictures are reported; a document of nothing else is an error, as is one with a password.
public enum PDFImporter: Importer {
  /// `pdf`.
  public static let name = "pdf"
  /// Endings.
  public static let extensions = ["pdf"]
  /// What is read.
  public static let summary = "PDF documents, with the page of each sentence; scanned pages are reported."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    // Readers of the format look for its mark within the first kilobyte.
    guard source.bytes.prefix(1024).firstRange(of: Array("%PDF-".utf8)) != nil else {
      throw DossierError(.brokenFile, "'\(source.path)' is no PDF document")
    }
    let outcome = try OutsideTool.pdftotext.run(
      ["-q", "-enc", "UTF-8", "-bbox-layout", "-", "-"], input: source.bytes, for: source.path)
    let layout = PDFLayout(outcome.output)
    guard outcome.isSuccess, !layout.pages.isEmpty else {
      if outcome.messages.contains("Incorrect password") || isEncrypted(source.bytes) {
        throw DossierError(
          .encrypted, "'\(source.path)' needs a password", hint: "save a copy without one, and load that")
      }
      throw DossierError(.brokenFile, "'\(source.path)' is no PDF document that pdftotext can read")
    }
    let text = PDFText(layout)
    var fields = DocumentFields(
      docID: source.docID, text: text.text, format: name, location: source.path, options)
    fields.document.pages = text.pages
    fields.set("pages", .long(Int64(layout.pages.count)))
    for (field, value) in layout.fields { fields.set(field, .string(value)) }
    let empty = layout.pages.indices.filter { layout.pages[$0].lines.isEmpty }.map { $0 + 1 }
    if !empty.isEmpty {
      let scanned = empty.count == layout.pages.count ? empty : try pagesWithPictures(empty, source)
      if let problem = problem(scanned, of: layout.pages.count, source.path) {
        guard scanned.count < layout.pages.count else { throw problem }
        fields.fail(problem)
      }
    }
    try emit(fields.item())
  }

  private static func problem(_ pages: [Int], of count: Int, _ path: String) -> DossierError? {
    if pages.isEmpty { return nil }
    let which =
      pages.count == count
      ? "none of the \(counted(count, "page"))"
      : "page \(pages.prefix(20).map(String.init).joined(separator: ", "))\(pages.count > 20 ? "…" : "")"
    let message =
      pages.count == count
      ? "\(which) of '\(path)' has a text layer" : "'\(path)' has pages that are pictures: \(which)"
    return DossierError(
      .pagesWithoutText, message, hint: "recognise the text first, with ocrmypdf for one, and load the result"
    )
  }

  /// Those of the pages that show pictures.
  private static func pagesWithPictures(_ pages: [Int], _ source: ImportSource) throws(DossierError) -> [Int]
  {
    let outcome = try OutsideTool.pdfimages.run(["-list", "-"], input: source.bytes, for: source.path)
    var shown = Set<Int>()
    for line in String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").dropFirst(2) {
      if let page = line.split(separator: " ").first.flatMap({ Int($0) }) { shown.insert(page) }
    }
    return pages.filter { shown.contains($0) }
  }

  private static func isEncrypted(_ bytes: [UInt8]) -> Bool {
    bytes.suffix(4096).firstRange(of: Array("/Encrypt".utf8)) != nil
  }
}

/// Where the words of a document stand.
struct PDFLayout {
  /// A line of a block of lines.
  struct Line {
    var words: String
    var (left, right, top) = (0.0, 0.0, 0.0)
    /// The number of its block on the page.
    var block: Int
  }
  /// A page's lines in reading order.
  struct Page { var lines: [Line] = [] }

  /// The pages in order.
  private(set) var pages: [Page] = []
  /// Title, author and the day that the file was made, where it says.
  private(set) var fields: [(name: String, value: String)] = []

  /// Reads what `pdftotext -bbox-layout` writes: XHTML with an element a line.
  init(_ output: [UInt8]) {
    var block = 0
    for line in output.split(separator: 0x0A) {
      let line = line.drop { $0 == 0x20 }
      guard line.first == UInt8(ascii: "<") else { continue }
      if line.starts(with: "<word ".utf8) {
        guard let page = pages.indices.last, let last = pages[page].lines.indices.last,
          let start = line.firstIndex(of: UInt8(ascii: ">")), let end = line.lastIndex(of: UInt8(ascii: "<")),
          start < end
        else { continue }
        let word = Self.unescaped(line[(start + 1)..<end])
        if word.isEmpty { continue }
        if !pages[page].lines[last].words.isEmpty { pages[page].lines[last].words += " " }
        pages[page].lines[last].words += word
      } else if line.starts(with: "<line ".utf8) {
        guard let page = pages.indices.last else { continue }
        pages[page].lines.append(
          Line(
            words: "", left: Self.number("xMin", in: line), right: Self.number("xMax", in: line),
            top: Self.number("yMin", in: line), block: block))
      } else if line.starts(with: "<block ".utf8) {
        block += 1
      } else if line.starts(with: "<page ".utf8) {
        pages.append(Page())
      } else if line.starts(with: "<title>".utf8) {
        let title = Self.unescaped(line.dropFirst(7).prefix { $0 != UInt8(ascii: "<") })
        if !title.isEmpty { fields.append(("title", title)) }
      } else if line.starts(with: "<meta ".utf8) {
        readMeta(Self.unescaped(line))
      }
    }
    for page in pages.indices { pages[page].lines.removeAll { $0.words.isEmpty } }
  }

  /// The day that a file was made is not that of publication: it is kept as `created`, for `--map published=created`.
  private mutating func readMeta(_ line: String) {
    let parts = line.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 4, !parts[3].isEmpty else { return }
    switch parts[1] {
    case "Author": fields.append(("author", parts[3]))
    case "CreationDate": fields.append(("created", Self.withMinutes(parts[3])))
    case "Subject", "Keywords": fields.append((parts[1].lowercased(), parts[3]))
    default: break
    }
  }

  /// An offset of whole hours with its minutes: `+09` as `+09:00`.
  private static func withMinutes(_ date: String) -> String {
    let tail = date.suffix(3)
    return date.count > 19 && (tail.first == "+" || tail.first == "-") ? date + ":00" : date
  }

  private static func number(_ name: String, in line: ArraySlice<UInt8>) -> Double {
    guard let start = line.firstRange(of: Array("\(name)=\"".utf8))?.upperBound else { return 0 }
    return Double(String(decoding: line[start...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)) ?? 0
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] {
      text = text.replacing(entity, with: character)
    }
    return text
  }
}

/// A document's lines as running text.
struct PDFText {
  /// The text: a paragraph a block.
  private(set) var text = ""
  /// Where each page starts, in Unicode scalars.
  private(set) var pages: [Int] = []
  private var scalars = 0
  private let vocabulary: Set<String>

  /// Prefixes that keep their hyphen.
  private static let prefixes: Set<String> = [
    "all", "anti", "co", "cross", "ex", "far", "first", "full", "half", "high", "ill", "long", "low", "mid",
    "multi",
    "non", "old", "one", "post", "pre", "pro", "re", "second", "self", "short", "so", "third", "two", "well",
  ]

  /// Puts the lines of all pages together.
  init(_ layout: PDFLayout) {
    let repeated = Self.repeatedLines(layout)
    var words = Set<String>()
    for page in layout.pages {
      for line in page.lines {
        for word in line.words.lowercased().split(whereSeparator: { !$0.isLetter && $0 != "-" }) {
          words.insert(String(word))
        }
      }
    }
    vocabulary = words
    var last: PDFLayout.Line?
    for page in layout.pages {
      var isFirst = true
      let (edges, widths) = (Self.edges(page), Self.widths(page))
      for line in page.lines {
        if !edges.contains(line.top), Self.isFurniture(line, repeated) { continue }
        if let last {
          let isSameBlock = !isFirst && last.block == line.block
          let width = widths[last.block] ?? 0...0
          let isShort = last.right < width.lowerBound + (width.upperBound - width.lowerBound) * 0.6
          join(last, line, isSameBlock: isSameBlock, isShort: isShort)
        }
        if isFirst { pages.append(scalars) }
        isFirst = false
        append(line.words)
        last = line
      }
      if isFirst { pages.append(scalars) }
    }
  }

  private mutating func append(_ words: String) {
    text += words
    scalars += words.unicodeScalars.count
  }

  /// What stands between two lines: nothing in a broken word, a blank within a paragraph, else an empty line.
  private mutating func join(
    _ last: PDFLayout.Line, _ next: PDFLayout.Line, isSameBlock: Bool, isShort: Bool
  ) {
    let goesOn = next.words.unicodeScalars.first?.properties.isLowercase == true
    let isOpen = !".!?:;\"”’)".contains(last.words.last ?? ".")
    if goesOn, let end = last.words.unicodeScalars.last, ["-", "\u{AD}", "\u{2010}"].contains(end) {
      if end == "\u{AD}" || !keepsHyphen(last.words, next.words) {
        text.unicodeScalars.removeLast()
        scalars -= 1
      }
      return
    }
    if isSameBlock { return append(isShort && !goesOn ? "\n" : " ") }
    append(isOpen && goesOn ? " " : "\n\n")
  }

  /// Whether a hyphen at a line's end belongs to the word: where the document has the word without it, it doesn't; where
  /// it has it with one, it does; else after a prefix that takes one.
  private func keepsHyphen(_ line: String, _ next: String) -> Bool {
    let before = line.dropLast().reversed().prefix { $0.isLetter || $0 == "-" }.reversed()
    let first = String(before).lowercased()
    let second = String(next.prefix { $0.isLetter || $0 == "-" }).lowercased()
    if first.isEmpty || vocabulary.contains(first + second) { return false }
    return vocabulary.contains(first + "-" + second) || Self.prefixes.contains(first)
  }

  /// The heights between the two topmost and the two lowest lines: what lies outside may be page furniture.
  private static func edges(_ page: PDFLayout.Page) -> Range<Double> {
    var tops: [Double] = []
    for top in page.lines.map(\.top).sorted() where tops.last.map({ top > $0 + 1 }) ?? true {
      tops.append(top)
    }
    guard tops.count > 4 else {
      // A page of few lines: only its first and its last.
      return tops.count > 2 ? (tops[0] + 1.5)..<tops[tops.count - 1] : -1..<(-1)
    }
    return (tops[1] + 1.5)..<tops[tops.count - 2]
  }

  private static func isFurniture(_ line: PDFLayout.Line, _ repeated: Set<String>) -> Bool {
    let words = line.words.lowercased()
    let isNumber =
      words.utf8.count <= 12
      && pattern(words).replacing("page", with: "").replacing("of", with: "")
        .allSatisfy { "#-–—/| ".contains($0) }
    return isNumber && words.contains { $0.isNumber } || repeated.contains(pattern(words))
  }

  /// A line with its numbers taken for one and the same.
  private static func pattern(_ words: String) -> String {
    var pattern = ""
    for character in words {
      if character.isNumber {
        if pattern.last != "#" { pattern += "#" }
      } else {
        pattern.append(character)
      }
    }
    return pattern
  }

  /// Patterns of lines at the edge of at least three pages, and of a third of all.
  private static func repeatedLines(_ layout: PDFLayout) -> Set<String> {
    var counts: [String: Int] = [:]
    for page in layout.pages {
      let edges = edges(page)
      let found = page.lines.filter { !edges.contains($0.top) }.map { pattern($0.words.lowercased()) }
      for pattern in Set(found) { counts[pattern, default: 0] += 1 }
    }
    return Set(counts.filter { $0.value >= 3 && $0.value * 3 >= layout.pages.count }.map(\.key))
  }

  /// How far each block reaches from left to right.
  private static func widths(_ page: PDFLayout.Page) -> [Int: ClosedRange<Double>] {
    var widths: [Int: ClosedRange<Double>] = [:]
    for line in page.lines {
      let width = widths[line.block] ?? line.left...max(line.left, line.right)
      widths[line.block] = min(width.lowerBound, line.left)...max(width.upperBound, line.right)
    }
    return widths
  }
}
