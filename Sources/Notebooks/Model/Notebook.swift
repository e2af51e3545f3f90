import Diagnostics

/// A Markdown file with queries in it, kept byte for byte: what is not an output or an inline value is
/// never changed.
public struct Notebook: Sendable {
  /// What messages call the file.
  public let name: String
  /// The file as read.
  public let bytes: [UInt8]
  /// What stands between the `---` lines at the top; all defaults where there is none.
  public let settings: FrontMatter
  /// Where the front matter ends and the page begins, a byte offset.
  public let bodyStart: Int
  /// The cells and inline values, in the order of the file.
  public let items: [Item]
  /// `\n`, or `\r\n` where the file's first line ends so.
  public let lineEnd: String

  /// What is evaluated, in order.
  public enum Item: Sendable {
    /// A fenced `kql` block.
    case cell(Cell)
    /// `<!--= KQL -->14<!--/=-->` in prose.
    case inline(InlineValue)

    /// The bytes that it stands in, its output not counted.
    public var range: Range<Int> {
      switch self {
      case .cell(let cell): cell.range
      case .inline(let value): value.range
      }
    }
  }

  /// The cells in order.
  public var cells: [Cell] {
    items.compactMap { item in
      if case .cell(let cell) = item { cell } else { nil }
    }
  }

  /// The text of a range of bytes.
  public func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The front matter with the lines around it; nil where there is none.
  var frontMatterText: String? {
    let text = text(0..<bodyStart).drop { $0 == "\u{FEFF}" }
    return text.isEmpty ? nil : String(text)
  }

  /// What the opening fence of a cell says besides `kql`, as written.
  func fenceWords(of cell: Cell) -> String {
    let line = text(cell.range).prefix { !$0.isNewline }.drop { $0 == "`" || $0 == "~" }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().joined(separator: " ")
  }

  /// Where a text stands first in the front matter.
  func placeInSettings(of text: String) -> Range<Int>? {
    let wanted = Array(text.utf8)
    guard bodyStart >= wanted.count else { return nil }
    return (0...(bodyStart - wanted.count)).first { bytes[$0...].starts(with: wanted) }.map {
      $0..<($0 + wanted.count)
    }
  }

  /// The file with some ranges replaced. The replacements come in the order of the file and don't overlap.
  func replacing(_ replacements: [(range: Range<Int>, text: String)]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + replacements.reduce(0) { $0 + $1.text.utf8.count })
    var at = 0
    for (range, text) in replacements {
      out += bytes[at..<range.lowerBound]
      out += text.utf8
      at = range.upperBound
    }
    out += bytes[at...]
    return out
  }
}

/// A fenced `kql` block, and the output that follows it in the file.
public struct Cell: Sendable {
  /// The query: the lines between the fences, without the fence's indentation, ends of line as `\n`.
  public var source: String
  /// What the opening fence says besides `kql`.
  public var attributes: CellAttributes
  /// The line of the opening fence, from 1.
  public var line: Int
  /// From the opening fence to the end of the closing one, its line end not counted.
  public var range: Range<Int>
  /// Where each line of `source` starts in the file.
  var lineOffsets: [Int]
  /// What stands before the fence on its line, as blanks: the output is indented the same, so that it
  /// stays in its list item.
  public var indent: String
  /// The output block that the file holds, if it holds one.
  public var output: OutputBlock?

  /// The place in the file of a span in `source`.
  func filePlace(of span: SourceSpan) -> SourceSpan {
    func moved(_ offset: Int) -> Int {
      var line = 0
      var start = 0
      for (index, byte) in source.utf8.enumerated() where index < offset && byte == 0x0A {
        line += 1
        start = index + 1
      }
      guard line < lineOffsets.count else { return range.upperBound }
      return lineOffsets[line] + offset - start
    }
    return SourceSpan(moved(span.lower), moved(span.upper))
  }

  /// A short key of the query: a stored output that carries another one belongs to an earlier query.
  public var key: String { QueryKey.of(source) }
}

/// `<!-- dossier:output … -->` up to `<!-- /dossier:output -->`.
public struct OutputBlock: Sendable {
  /// From the first marker to the end of the last, the last line end not counted.
  public var range: Range<Int>
  /// What the first marker says after `dossier:output`.
  public var header: String
  /// The key of the query that made it; nil if the marker has none.
  public var queryKey: String? {
    for word in header.split(separator: " ") where word.hasPrefix("query=") {
      return String(word.dropFirst(6))
    }
    return nil
  }
}

/// A value that is computed inside a paragraph.
public struct InlineValue: Sendable {
  /// The query.
  public var source: String
  /// The line that it starts on, from 1.
  public var line: Int
  /// From the first marker to the end of the last.
  public var range: Range<Int>
  /// The value as the file has it, between the markers.
  public var valueRange: Range<Int>
}

/// Short keys of queries.
enum QueryKey {
  /// Eight hexadecimal digits of the 64-bit FNV-1a hash, folded; ends of line and blanks at the end of the
  /// text don't count.
  static func of(_ source: String) -> String {
    var bytes = source.utf8.filter { $0 != 0x0D }
    while let last = bytes.last, last == 0x0A || last == 0x20 || last == 0x09 { bytes.removeLast() }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let folded = String(UInt32(truncatingIfNeeded: hash ^ hash >> 32), radix: 16)
    return String(repeating: "0", count: 8 - folded.count) + folded
  }
}

extension DossierError.Code {
  /// The file is not UTF-8.
  public static let notebookEncoding: Self = "NBK001"
  /// A file can't be read or written.
  public static let notebookFile: Self = "NBK002"
  /// The front matter can't be read.
  public static let frontMatter: Self = "NBK010"
  /// A table that the notebook names and the store does not have.
  public static let missingTable: Self = "NBK011"
  /// A cell, output or inline value has no end.
  public static let unclosedCell: Self = "NBK020"
  /// A word on a cell's fence that isn't an attribute, or a value that it can't have.
  public static let cellAttribute: Self = "NBK021"
  /// Two cells have one name.
  public static let cellName: Self = "NBK022"
  /// A parameter is unknown, missing, mistyped or declared twice.
  public static let parameter: Self = "NBK030"
  /// A query reads the clock, and the notebook doesn't say what time it is.
  public static let clockWithoutAsOf: Self = "NBK040"
  /// A cell that says `expect=error` had none.
  public static let errorExpected: Self = "NBK050"
  /// A cell's `expect` doesn't hold.
  public static let expectationFailed: Self = "NBK051"
  /// An inline value isn't one row of one column.
  public static let inlineShape: Self = "NBK052"
}
