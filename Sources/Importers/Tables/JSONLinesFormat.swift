import Columnar
import Diagnostics

/// An object a line; its members are cells, in columns by their names.
struct JSONLinesFormat: TableFormat {
  let textsAreTyped = false

  init(_ file: MappedFile, start: inout Int) {
    start = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  func passRows(_ file: MappedFile, from start: Int) -> (end: Int, rows: Int) {
    var at = start
    var rows = 0
    while at < file.bytes.count, rows < TableFile.groupRows, at - start < TableFile.groupBytes {
      let end = file.bytes[at...].firstIndex(of: 0x0A) ?? file.bytes.count
      if file.bytes[at..<end].contains(where: { !LineReader.isBlank($0) }) { rows += 1 }
      at = min(end + 1, file.bytes.count)
    }
    return (at, rows)
  }

  func survey(_ group: TableFile.Group, of file: MappedFile) throws(DossierError) -> Survey {
    var survey = Survey()
    var places: [[UInt8]: Int] = [:]
    var last = -1
    try eachMember(group, file) { _, key, cell throws(DossierError) in
      // Lines mostly have the same members in the same order.
      var place = last + 1 < survey.names.count ? last + 1 : 0
      if survey.names.isEmpty || !survey.names[place].elementsEqual(key) {
        let name = Array(key)
        if let known = places[name] {
          place = known
        } else {
          place = survey.names.count
          places[name] = place
          survey.names.append(name)
          survey.guesses.append(TypeGuess())
        }
      }
      last = place
      switch cell.kind {
      case .none: break
      case .number:
        survey.guesses[place].add(
          number: UnsafeBufferPointer(rebasing: file.bytes[cell.begin..<(cell.begin + cell.length)]))
      case .bool: survey.guesses[place].addBool()
      case .nested: survey.guesses[place].addNested()
      case .text, .quoted, .escaped: cell.withText(file.bytes) { survey.guesses[place].add(quoted: $0) }
      }
    }
    return survey
  }

  func schema(_ survey: Survey) -> Schema {
    Schema(
      zip(survey.names, survey.guesses).map { Field(String(decoding: $0, as: UTF8.self), $1.type) })
  }

  func cells(
    of group: TableFile.Group, in file: MappedFile, _ schema: Schema
  ) throws(DossierError) -> [TableCell] {
    let names = schema.fields.map { Array($0.name.utf8) }
    let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var cells = [TableCell](repeating: .empty, count: group.rows * names.count)
    var last = -1
    try eachMember(group, file) { row, key, cell throws(DossierError) in
      var place = last + 1 < names.count ? last + 1 : 0
      if !names[place].elementsEqual(key) { place = places[Array(key)] ?? place }
      last = place
      cells[row * names.count + place] = cell
    }
    return cells
  }

  /// Runs `body` with the row, the name and the value of each member of each line.
  private func eachMember(
    _ group: TableFile.Group, _ file: MappedFile,
    _ body: (Int, Slice<UnsafeBufferPointer<UInt8>>, TableCell) throws(DossierError) -> Void
  ) throws(DossierError) {
    try file.requireUTF8(group.bytes)
    var at = group.bytes.lowerBound
    var row = 0
    while at < group.bytes.upperBound {
      let end = file.bytes[at..<group.bytes.upperBound].firstIndex(of: 0x0A) ?? group.bytes.upperBound
      var line = LineReader(bytes: file.bytes, at: at, end: end)
      if !line.isAtEnd {
        var failure: DossierError?
        let isObject = line.readObject { key, cell in
          guard failure == nil else { return }
          if key.isEmpty {
            failure = DossierError(
              .brokenLine, "line \(file.line(at: at)) of '\(file.path)' has a member without a name")
            return
          }
          do throws(DossierError) { try body(row, key, cell) } catch { failure = error }
        }
        if let failure { throw failure }
        guard isObject else {
          throw DossierError(
            .brokenLine, "line \(file.line(at: at)) of '\(file.path)' is no JSON object")
        }
        row += 1
      }
      at = end + 1
    }
  }
}

/// Reads the members of one JSON object, as places in the text.
private struct LineReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at: Int
  private let end: Int

  init(bytes: UnsafeBufferPointer<UInt8>, at: Int, end: Int) {
    self.bytes = bytes
    self.at = at
    self.end = end
    skipBlanks()
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

  var isAtEnd: Bool { at >= end }

  private mutating func skipBlanks() { while at < end, Self.isBlank(bytes[at]) { at += 1 } }

  private mutating func take(_ character: UInt8) -> Bool {
    skipBlanks()
    guard at < end, bytes[at] == character else { return false }
    at += 1
    return true
  }

  /// False if the line is something else than an object.
  mutating func readObject(_ body: (Slice<UnsafeBufferPointer<UInt8>>, TableCell) -> Void) -> Bool {
    guard take(UInt8(ascii: "{")) else { return false }
    if take(UInt8(ascii: "}")) { return isDone() }
    while true {
      skipBlanks()
      guard let key = string() else { return false }
      guard take(UInt8(ascii: ":")) else { return false }
      skipBlanks()
      guard let cell = value() else { return false }
      if key.kind == .escaped {
        let name = key.withText(bytes) { Array($0) }
        name.withUnsafeBufferPointer { body($0[...], cell) }
      } else {
        body(bytes[key.begin..<(key.begin + key.length)], cell)
      }
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "}")) && isDone()
    }
  }

  private mutating func isDone() -> Bool {
    skipBlanks()
    return at >= end
  }

  /// A text: what stands between its quotes, or all of it where it has escapes.
  private mutating func string() -> TableCell? {
    guard at < end, bytes[at] == UInt8(ascii: "\"") else { return nil }
    let start = at
    at += 1
    var isPlain = true
    while at < end, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] < 0x20 { return nil }
      if bytes[at] == UInt8(ascii: "\\") {
        isPlain = false
        at += 1
      }
      at += 1
    }
    guard at < end else { return nil }
    at += 1
    if isPlain { return TableCell(begin: start + 1, length: at - start - 2, kind: .text) }
    let cell = TableCell(begin: start, length: at - start, kind: .escaped)
    let raw = String(decoding: bytes[start..<at], as: UTF8.self)
    return DynamicValue(json: raw) == nil ? nil : cell
  }

  private mutating func value() -> TableCell? {
    guard at < end else { return nil }
    let start = at
    switch bytes[at] {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var depth = 0
      while at < end {
        switch bytes[at] {
        case UInt8(ascii: "\""):
          guard string() != nil else { return nil }
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        at += 1
        if depth == 0 { break }
      }
      let raw = String(decoding: bytes[start..<at], as: UTF8.self)
      return DynamicValue(json: raw) == nil ? nil : TableCell(begin: start, length: at - start, kind: .nested)
    default:
      while at < end, !Self.isBlank(bytes[at]), bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "}")
      {
        at += 1
      }
      let text = UnsafeBufferPointer(rebasing: bytes[start..<at])
      if text.elementsEqual("null".utf8) { return .empty }
      if text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) {
        return TableCell(begin: start, length: at - start, kind: .bool)
      }
      guard let first = text.first, first == UInt8(ascii: "-") || first &- 0x30 < 10,
        CellText.real(text) != nil
      else { return nil }
      return TableCell(begin: start, length: at - start, kind: .number)
    }
  }
}
