import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | parse-kv Text as (a:long, b:string) with (pair_delimiter=' ', kv_delimiter='=')`: values by key.
///
/// - Output: all columns, then one a key; a key that isn't found, or a value that can't be read, is null. The
///   first value of a key counts.
/// - Source: KQL reference, "parse-kv operator".
struct ParseKV: QueryOperator, Equatable {
  static let keywords = ["parse-kv"]
  static let summary = "Cuts the values of known keys out of key-value text."
  static let syntax =
    "T | parse-kv value as (key:type, …) [with (pair_delimiter=d, kv_delimiter=d, quote=q, escape=e, greedy=true | regex=r)]"
  static let examples = [
    Example(
      "print s='a=1 b=x' | parse-kv s as (a:long, b:string) with (pair_delimiter=' ', kv_delimiter='=') | project a, b",
      "a:long  b:string\n1  x")
  ]
  let place: Place
  let value: Expression
  let keys: [ColumnDeclaration]
  let options: [StepParameter]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ParseKV {
    let keyword = cursor.takeKeyword()
    let value = try cursor.parseExpression()
    try cursor.expect(word: "as")
    let keys = try cursor.expectColumnDeclarations()
    var options: [StepParameter] = []
    if cursor.take(word: "with") {
      try cursor.expect("(")
      while !cursor.at(")") {
        guard let name = cursor.takeAssignedName() else { throw cursor.unexpected("option = value") }
        options.append(StepParameter(name: name, value: try cursor.parseExpression()))
        guard cursor.take(",") else { break }
      }
      try cursor.expect(")")
    }
    return ParseKV(place: keyword.place, value: value, keys: keys, options: options)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("parse-kv ")
    printer.expression(value)
    printer.write(" as ")
    printer.columns(keys)
    if options.isEmpty { return }
    printer.write(" with (")
    printer.list(options) { printer, option in
      printer.name(option.name)
      printer.write("=")
      printer.expression(option.value)
    }
    printer.write(")")
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var settings = PairReader()
    for option in options {
      let value = try binder.bindConstant(option.value, "an option of parse-kv").0
      switch option.name.text {
      case "pair_delimiter": settings.pairDelimiters = Array(value.text)
      case "kv_delimiter": settings.keyDelimiter = Array(value.text)
      case "quote": settings.quotes = Array(value.text)
      case "escape": settings.escape = value.text.first
      case "greedy": settings.isGreedy = value.text == "true"
      case "regex": settings.regex = try RegularExpression.compiled(value.text, at: option.value.span)
      default:
        throw DossierError(.unknownKind, "parse-kv has no option '\(option.name.text)'", at: option.name.span)
      }
    }
    let bound = try binder.bind(value, in: RowScope(input.columns))
    if bound.isErroneous { return input }
    var made: [PlanColumn] = []
    for key in keys {
      let type = try key.type.map { name throws(DossierError) in try binder.scalarType(name) } ?? .string
      made.append(binder.column(key.name.text, type))
    }
    var columns = input.columns
    for column in made {
      if let position = columns.firstIndex(where: { !$0.isHidden && sameScalars($0.name, column.name) }) {
        columns[position] = column
      } else {
        columns.insert(column, at: columns.firstIndex { $0.isHidden } ?? columns.count)
      }
    }
    settings.keys = keys.map(\.name.text)
    return ParsedPairs(
      input: input, text: binder.converted(bound, to: .string), made: made, columns: columns, reader: settings
    )
  }
}

/// Finds the values of known keys in a text.
struct PairReader: Sendable {
  var keys: [String] = []
  var pairDelimiters: [Character] = [" "]
  var keyDelimiter: [Character] = ["="]
  var quotes: [Character] = []
  var escape: Character?
  var isGreedy = false
  var regex: RegularExpression?

  func read(_ text: String) -> [String?] {
    var found = [String?](repeating: nil, count: keys.count)
    func set(_ key: String, _ value: String) {
      if let index = keys.firstIndex(where: { sameScalars($0, key) }), found[index] == nil {
        found[index] = value
      }
    }
    if let regex {
      var text = text
      text.withUTF8 { bytes in
        regex.forEachMatch(in: bytes) { match in
          if match.count > 2, let key = match[1], let value = match[2] {
            set(
              String(decoding: UnsafeBufferPointer(rebasing: bytes[key]), as: UTF8.self),
              String(decoding: UnsafeBufferPointer(rebasing: bytes[value]), as: UTF8.self))
          }
          return true
        }
      }
    } else if isGreedy {
      readGreedily(Array(text), set)
    } else {
      readPairs(Array(text), set)
    }
    return found
  }

  private func starts(_ text: [Character], _ at: Int, _ piece: [Character]) -> Bool {
    !piece.isEmpty && at + piece.count <= text.count && Array(text[at..<at + piece.count]) == piece
  }

  private func readPairs(_ text: [Character], _ set: (String, String) -> Void) {
    var at = 0
    while at < text.count {
      while at < text.count, pairDelimiters.contains(text[at]) { at += 1 }
      var key = ""
      while at < text.count, !starts(text, at, keyDelimiter), !pairDelimiters.contains(text[at]) {
        key.append(text[at])
        at += 1
      }
      guard at < text.count, starts(text, at, keyDelimiter) else { continue }
      at += keyDelimiter.count
      var value = ""
      if at < text.count, quotes.contains(text[at]) {
        let close = quotes.count == 2 ? quotes[1] : text[at]
        at += 1
        while at < text.count, text[at] != close {
          if text[at] == escape, at + 1 < text.count { at += 1 }
          value.append(text[at])
          at += 1
        }
        at += 1
      } else {
        while at < text.count, !pairDelimiters.contains(text[at]) {
          if text[at] == escape, at + 1 < text.count { at += 1 }
          value.append(text[at])
          at += 1
        }
      }
      set(trimBlanks(key), value)
    }
  }

  /// A value runs up to the delimiter before the next key: the word before the next key delimiter.
  private func readGreedily(_ text: [Character], _ set: (String, String) -> Void) {
    var marks: [(keyStart: Int, delimiter: Int)] = []
    for at in text.indices where starts(text, at, keyDelimiter) {
      var start = at
      while start > 0, !pairDelimiters.contains(text[start - 1]) { start -= 1 }
      marks.append((start, at))
    }
    for (index, mark) in marks.enumerated() {
      var end = index + 1 < marks.count ? marks[index + 1].keyStart : text.count
      let start = mark.delimiter + keyDelimiter.count
      while end > start, pairDelimiters.contains(text[end - 1]) { end -= 1 }
      if start <= end { set(String(text[mark.keyStart..<mark.delimiter]), String(text[start..<end])) }
    }
  }
}

/// Columns of key-value text.
public struct ParsedPairs: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// The text, over the input.
  public let text: BoundExpression
  /// The keys' columns.
  public let made: [PlanColumn]
  /// Input columns and the keys'.
  public let columns: [PlanColumn]
  let reader: PairReader
  /// `ParseKV`
  public let title = "ParseKV"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// As the input.
  public var sourceName: String? { input.sourceName }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    ParsedPairs(input: inputs[0], text: text, made: made, columns: columns, reader: reader)
  }
  /// Reads the text besides.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    let parsed = Set(made.map(\.id))
    return ParsedPairs(
      input: input.pruned(to: needed.union(text.columns)), text: text, made: made,
      columns: columns.filter { needed.contains($0.id) || parsed.contains($0.id) }, reader: reader)
  }
  /// Parses batch by batch.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    CellsExec(
      input: try builder.build(input), inputColumns: input.columns, values: [text], made: made,
      columns: columns,
      dropsOthers: false
    ) { values in
      zip(made, reader.read(values[0].text)).map { column, piece in
        piece.map { convert(.string($0), to: column.type) } ?? .null
      }
    }
  }
}
