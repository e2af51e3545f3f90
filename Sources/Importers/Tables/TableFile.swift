import CKernels
import Columnar
import Diagnostics
import Foundation

extension DossierError.Code {
  /// A file that holds no table: no header, no rows of its kind.
  static let noTable: Self = "IMP115"
}

/// A file whose rows become a table of the reader's own: CSV, TSV or JSON lines.
///
/// The file is looked at three times: once for where its rows begin, in groups of some tens of thousands; once for
/// what its columns hold, over all rows; once for the values. The last two take a group at a time, so that
/// several threads can work and memory holds a few groups only. What comes out depends on the bytes alone.
public final class TableFile: Sendable {
  /// A run of rows, and the bytes that they are.
  struct Group: Sendable {
    var bytes: Range<Int>
    var rows: Int
    /// The number of its first row, from 0.
    var firstRow: Int
  }

  /// Rows of a group, but for the last; a group ends sooner where its rows are long.
  static let groupRows = 65_536
  static let groupBytes = 16 << 20

  /// The file's name, without folders.
  public let name: String
  /// How many rows there are.
  public let rowCount: Int
  /// Names and types of the columns; at least one.
  public let schema: Schema
  let file: MappedFile
  let groups: [Group]
  private let format: any TableFormat

  /// How many groups there are.
  public var groupCount: Int { groups.count }

  /// Opens a file and finds its columns' names and types.
  ///
  /// - `path`: ends in `.csv`, `.tsv`, `.jsonl` or `.ndjson`.
  /// - `map`: applies a function to all numbers up to a bound, on several threads if it likes.
  /// - Errors: `IMP101` not UTF-8, `IMP102` another ending, `IMP103` unreadable, `IMP105` and `IMP112` for a broken
  ///   row, `IMP109` missing, `IMP115` for a file without a table; the first one in the file.
  public init(
    _ path: String, map: (Int, @escaping @Sendable (Int) -> Void) -> Void
  ) throws(DossierError) {
    let ending = path.lowercased().split(separator: ".").last.map(String.init) ?? ""
    name = path.split(separator: "/").last.map(String.init) ?? path
    let file = try MappedFile(path)
    var start = 0
    switch ending {
    case "csv": format = try DelimitedFormat(file, separators: [",", ";", "\t"], start: &start)
    case "tsv", "tab": format = try DelimitedFormat(file, separators: ["\t"], start: &start)
    case "jsonl", "ndjson": format = JSONLinesFormat(file, start: &start)
    default:
      throw DossierError(
        .unknownFormat, "'\(path)' is no table that is read", hint: "tables are .csv, .tsv and .jsonl files")
    }
    var groups: [Group] = []
    var rows = 0
    while start < file.bytes.count {
      let (end, count) = format.passRows(file, from: start)
      if count > 0 { groups.append(Group(bytes: start..<end, rows: count, firstRow: rows)) }
      rows += count
      start = end
    }
    self.file = file
    self.groups = groups
    rowCount = rows
    let survey = try Survey.of(groups.count, map: map) { [format, groups] number throws(DossierError) in
      try format.survey(groups[number], of: file)
    }
    schema = format.schema(survey)
    if schema.count == 0 { throw DossierError(.noTable, "there is no table in '\(path)'") }
  }

  /// The columns of a group of rows.
  /// - Errors: `IMP101` for text that is not UTF-8.
  public func columns(ofGroup number: Int) throws(DossierError) -> [ColumnVector] {
    let group = groups[number]
    try file.requireUTF8(group.bytes)
    let cells = try format.cells(of: group, in: file, schema)
    let width = schema.count
    return (0..<width).map { column in
      CellReader(bytes: file.bytes, cells: cells, width: width, column: column, format.textsAreTyped)
        .column(schema[column].type)
    }
  }

  /// SHA-256 of the file's bytes, as `sha256sum` prints it.
  public func hash() -> String {
    var hash = SHA256()
    hash.update(UnsafeRawBufferPointer(file.bytes))
    return hash.finishHex()
  }
}

/// One of the formats that tables come in.
protocol TableFormat: Sendable {
  /// Whether texts may be numbers and the like; in JSON, what is quoted is a text or a date.
  var textsAreTyped: Bool { get }
  /// Passes the rows of a group. Gives the place behind it and how many rows there were.
  func passRows(_ file: MappedFile, from start: Int) -> (end: Int, rows: Int)
  /// What the columns of a group may hold.
  func survey(_ group: TableFile.Group, of file: MappedFile) throws(DossierError) -> Survey
  /// Names and types of the columns, after all groups.
  func schema(_ survey: Survey) -> Schema
  /// The cells of a group, row by row.
  func cells(
    of group: TableFile.Group, in file: MappedFile, _ schema: Schema
  ) throws(DossierError) -> [TableCell]
}

/// What the columns seen so far may hold, in order of first appearance.
struct Survey: Sendable {
  var names: [[UInt8]] = []
  var guesses: [TypeGuess] = []

  /// The surveys of all groups put together, in order; the first error by group.
  static func of(
    _ count: Int, map: (Int, @escaping @Sendable (Int) -> Void) -> Void,
    _ survey: @escaping @Sendable (Int) throws(DossierError) -> Survey
  ) throws(DossierError) -> Survey {
    let results = Slots<Result<Survey, DossierError>>(count)
    map(count) { number in
      do throws(DossierError) {
        results.set(number, .success(try survey(number)))
      } catch { results.set(number, .failure(error)) }
    }
    var all = Survey()
    for number in 0..<count {
      guard let part = try results.take(number)?.get() else { continue }
      for (name, guess) in zip(part.names, part.guesses) {
        if let place = all.names.firstIndex(of: name) {
          all.guesses[place].formUnion(guess)
        } else {
          all.names.append(name)
          all.guesses.append(guess)
        }
      }
    }
    return all
  }
}

/// A file's bytes, mapped into memory.
final class MappedFile: Sendable {
  /// What errors call it.
  let path: String
  nonisolated(unsafe) let bytes: UnsafeBufferPointer<UInt8>

  /// - Errors: `IMP109` missing, `IMP103` unreadable.
  init(_ path: String) throws(DossierError) {
    self.path = path
    func failure(_ code: DossierError.Code) -> DossierError {
      DossierError(code, "'\(path)' can't be read: \(String(cString: strerror(errno)))")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno == ENOENT ? .noSuchFile : .unreadableFile) }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw failure(.unreadableFile) }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw DossierError(.unreadableFile, "'\(path)' can't be read as a table: it is no regular file")
    }
    if info.st_size == 0 {
      bytes = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(info.st_size)
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      throw failure(.unreadableFile)
    }
    bytes = UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: size)
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }

  /// The line, from 1, of a place; lines end in LF, CRLF or CR.
  func line(at place: Int) -> Int {
    var line = 1
    for at in 0..<min(place, bytes.count) {
      if bytes[at] == 0x0A || bytes[at] == 0x0D && at + 1 < bytes.count && bytes[at + 1] != 0x0A { line += 1 }
    }
    return line
  }

  /// - Errors: `IMP101` naming the first byte of a range that is not UTF-8.
  func requireUTF8(_ range: Range<Int>) throws(DossierError) {
    guard let offset = firstInvalidUTF8(UnsafeBufferPointer(rebasing: bytes[range])) else { return }
    let place = range.lowerBound + offset
    throw DossierError(
      .notUTF8, "line \(line(at: place)) of '\(path)' is not UTF-8 text, at byte offset \(place)",
      hint: "if it is Western European text: iconv -f WINDOWS-1252 -t UTF-8")
  }

  /// The place behind a UTF-8 byte order mark.
  /// - Errors: `IMP101` for the mark of another encoding.
  func bodyStart() throws(DossierError) -> Int {
    try TextDecoding.body(Array(bytes.prefix(4)), path: path).startIndex
  }
}

extension String {
  /// Without blanks and tabs at its ends.
  var trimmedOfBlanks: String {
    func isBlank(_ scalar: UnicodeScalar) -> Bool { scalar == " " || scalar == "\t" }
    var scalars = unicodeScalars.drop(while: isBlank)
    while scalars.last.map(isBlank) == true { scalars.removeLast() }
    return String(scalars)
  }
}
