import CKernels
import Columnar
import Diagnostics

/// Rows of RFC 4180 under a header. The cells of a `.csv` file may also stand between semicolons or tabs, as spreadsheets
/// write them where a comma is a decimal sign: the header tells.
struct DelimitedFormat: TableFormat {
  let textsAreTyped = true
  private let separator: UInt8
  private let names: [[UInt8]]

  /// Reads the header; `start` becomes the place behind it.
  ///
  /// - `separators`: the first of these that the header has between its cells is the file's.
  init(_ file: MappedFile, separators: [Character], start: inout Int) throws(DossierError) {
    let body = try file.bodyStart()
    var header: (cells: [TableCell], end: Int, separator: UInt8)?
    for separator in separators.compactMap(\.asciiValue) where header == nil || header?.cells.count == 1 {
      let (cells, end) = try Self.firstRow(file, from: body, separator)
      if header == nil || cells.count > 1 { header = (cells, end, separator) }
    }
    guard let (cells, end, separator) = header else {
      throw DossierError(.noTable, "there is no table in '\(file.path)'")
    }
    self.separator = separator
    var names: [[UInt8]] = []
    for (index, cell) in cells.enumerated() {
      var name = cell.withText(file.bytes) { String(decoding: $0, as: UTF8.self) }.trimmedOfBlanks
      if name.isEmpty { name = "Column\(index + 1)" }
      // A name that is there already gets the first number that is free, as in a join.
      var unique = name
      var number = 0
      while names.contains(where: { $0.elementsEqual(unique.utf8) }) {
        number += 1
        unique = "\(name)\(number)"
      }
      names.append(Array(unique.utf8))
    }
    self.names = names
    start = end
  }

  /// The cells of the first line with something on it, however many, and the place behind it.
  /// - Errors: `IMP115` if there is none, `IMP101`, `IMP112`.
  private static func firstRow(
    _ file: MappedFile, from start: Int, _ separator: UInt8
  ) throws(DossierError) -> (cells: [TableCell], end: Int) {
    var (passed, place, found) = (0, 0, 0)
    guard let base = file.bytes.baseAddress else { return ([], start) }
    let end = ck_pass_rows(base, file.bytes.count, start, separator, 1, .max, &passed)
    guard passed == 1 else { throw DossierError(.noTable, "there is no table in '\(file.path)'") }
    try file.requireUTF8(start..<end)
    // Asked for no cell, the splitting tells how many there are.
    let problem = ck_split_rows(base, file.bytes.count, start, end, separator, 0, nil, &place, &found)
    guard problem != 2 else { throw unclosed(place, file) }
    var cells = [ck_cell](repeating: ck_cell(), count: found)
    _ = ck_split_rows(base, file.bytes.count, start, end, separator, found, &cells, &place, &found)
    return (cells.map(cell), end)
  }

  private static func unclosed(_ place: Int, _ file: MappedFile) -> DossierError {
    DossierError(
      .brokenRow,
      "a quote in the row that starts on line \(file.line(at: place)) of '\(file.path)' is never closed")
  }

  private static func cell(_ cell: ck_cell) -> TableCell {
    let kind: TableCell.Kind = cell.length == 0 ? .none : cell.quoted == 2 ? .quoted : .text
    return TableCell(begin: cell.begin, length: cell.length, kind: kind)
  }

  func passRows(_ file: MappedFile, from start: Int) -> (end: Int, rows: Int) {
    guard let base = file.bytes.baseAddress else { return (file.bytes.count, 0) }
    var passed = 0
    let end = ck_pass_rows(
      base, file.bytes.count, start, separator, TableFile.groupRows, TableFile.groupBytes, &passed)
    return (end, passed)
  }

  func survey(_ group: TableFile.Group, of file: MappedFile) throws(DossierError) -> Survey {
    let cells = try split(group, of: file)
    var guesses = [TypeGuess](repeating: TypeGuess(), count: names.count)
    for column in names.indices {
      var guess = TypeGuess()
      for row in 0..<group.rows {
        let cell = Self.cell(cells[row * names.count + column])
        if cell.kind == .none { continue }
        cell.withText(file.bytes) { guess.add(text: $0) }
      }
      guesses[column] = guess
    }
    return Survey(names: names, guesses: guesses)
  }

  func schema(_ survey: Survey) -> Schema {
    Schema(
      names.enumerated().map { index, name in
        Field(
          String(decoding: name, as: UTF8.self),
          survey.guesses.isEmpty ? .string : survey.guesses[index].type)
      })
  }

  func cells(
    of group: TableFile.Group, in file: MappedFile, _ schema: Schema
  ) throws(DossierError) -> [TableCell] {
    try split(group, of: file).map(Self.cell)
  }

  /// - Errors: `IMP112` for a row that does not fit the header, or a quote that is never closed.
  private func split(_ group: TableFile.Group, of file: MappedFile) throws(DossierError) -> [ck_cell] {
    var (problem, place, found): (Int32, Int, Int) = (0, 0, 0)
    let cells = [ck_cell](unsafeUninitializedCapacity: group.rows * names.count) { cells, count in
      if let base = file.bytes.baseAddress {
        problem = ck_split_rows(
          base, file.bytes.count, group.bytes.lowerBound, group.bytes.upperBound, separator, names.count,
          cells.baseAddress, &place, &found)
      }
      count = problem == 0 ? group.rows * names.count : 0
    }
    switch problem {
    case 0: return cells
    case 1:
      throw DossierError(
        .brokenRow,
        "line \(file.line(at: place)) of '\(file.path)' has \(found) cells, the header \(names.count)",
        hint: "a cell with a separator, a quote or a line end must stand in quotes")
    default: throw Self.unclosed(place, file)
    }
  }
}
