import Columnar
import Diagnostics

/// A way to write a result. All formats give the same rows in the same order; what `FormatOptions` cuts
/// is cut for a person at a terminal only.
public protocol TableFormat: Sendable {
  /// The name in `--format` and `.mode`, lower case.
  static var name: String { get }
  /// Other names, such as `md`.
  static var synonyms: [String] { get }
  /// What it is, in one sentence.
  static var summary: String { get }
  /// Whether the format is meant for eyes: row limits, widths and colours apply to it.
  static var isForReading: Bool { get }
  /// A format with its defaults.
  init()
  /// Writes the table in pieces of text, which end with a line end.
  func write(_ table: Table, _ options: FormatOptions, to sink: (String) -> Void)
}

extension TableFormat {
  /// No other names.
  public static var synonyms: [String] { [] }
  /// Not for eyes only.
  public static var isForReading: Bool { false }

  /// The whole text.
  public func text(_ table: Table, _ options: FormatOptions = FormatOptions()) -> String {
    var text = ""
    write(table, options) { text += $0 }
    return text
  }
}

/// How a result is shown. The defaults are for a file or pipe: nothing cut, no colours, no extras.
public struct FormatOptions: Sendable {
  /// Columns of the terminal; nil where the output is none, so that nothing is cut.
  public var width: Int?
  /// At most so many rows in the formats for people (table, line, markdown, html); nil for all.
  public var rowLimit: Int?
  /// Whether escape sequences for colours may be written.
  public var colours: Bool
  /// Whether rows are numbered from 1, for `.why N`.
  public var numbersRows: Bool
  /// Whether the number of rows is told below the table.
  public var countsRows: Bool

  /// Asked now and then; true ends the writing where it is.
  public var isStopped: (@Sendable () -> Bool)?

  /// Whether CSV and TSV put `'` before what a spreadsheet would take for a formula. A number keeps its sign.
  public var guardsFormulas = false

  /// What to add to the count where rows are left out, such as `, .last shows all`.
  public var moreHint = ""

  /// Options; those of a file by default.
  public init(
    width: Int? = nil, rowLimit: Int? = nil, colours: Bool = false, numbersRows: Bool = false,
    countsRows: Bool = false
  ) {
    self.width = width
    self.rowLimit = rowLimit
    self.colours = colours
    self.numbersRows = numbersRows
    self.countsRows = countsRows
  }

  /// Options for a person at a terminal of that width.
  public static func terminal(width: Int, rowLimit: Int? = 40, colours: Bool) -> FormatOptions {
    FormatOptions(
      width: width, rowLimit: rowLimit, colours: colours, numbersRows: true, countsRows: true)
  }

  /// The numbers of so many rows, up to the moment at which the writing is to end.
  func rows(_ count: Int) -> some Sequence<Int> {
    (0..<count).lazy.prefix { row in row % 1024 != 0 || isStopped?() != true }
  }

  /// A value's text, guarded where that is wanted.
  func guarded(_ value: Value) -> String {
    let text = value.text
    guard guardsFormulas else { return text }
    switch value {
    case .string, .dynamic(.string):
      let isFormula = text.unicodeScalars.first.map { ["=", "+", "-", "@", "\t", "\r", "\n"].contains($0) }
      return isFormula == true ? "'" + text : text
    default: return text
    }
  }

  /// How many rows of a table are shown.
  func shown(of table: Table) -> Int { min(table.rowCount, max(0, rowLimit ?? table.rowCount)) }
}

/// Collects small pieces, so that a sink is not called for each cell.
struct TextBuffer {
  private var text = ""
  private let sink: (String) -> Void

  init(_ sink: @escaping (String) -> Void) { self.sink = sink }

  mutating func write(_ piece: String) {
    text += piece
    if text.utf8.count >= 1 << 16 { flush() }
  }

  mutating func flush() {
    if !text.isEmpty { sink(text) }
    text = ""
  }
}
