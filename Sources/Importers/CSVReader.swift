/// Splits bytes into rows and cells.
/// - Source: RFC 4180; a lone LF or CR ends a row as CRLF does.
public struct CSVReader {
  /// A row.
  public struct Record {
    /// Its cells, without their quotes.
    public var cells: [[UInt8]] = []
    /// The line, from 1, that the row starts on.
    public var line: Int
    /// False if the file ended within quotes.
    public var isClosed = true
  }

  private let bytes: ArraySlice<UInt8>
  private let separator: UInt8
  private var position: Int
  private var line = 1

  /// Reads bytes whose cells are parted by `separator`.
  public init(_ bytes: ArraySlice<UInt8>, separator: UInt8 = UInt8(ascii: ",")) {
    self.bytes = bytes
    self.separator = separator
    position = bytes.startIndex
  }

  /// The next row, the header too; nil at the end.
  public mutating func next() -> Record? {
    guard position < bytes.endIndex else { return nil }
    var record = Record(line: line)
    while true {
      record.cells.append(cell(&record.isClosed))
      guard position < bytes.endIndex else { return record }
      let byte = bytes[position]
      position += 1
      if byte == separator {
        // A separator at the very end of the file opens one more, empty cell.
        if position == bytes.endIndex {
          record.cells.append([])
          return record
        }
        continue
      }
      if byte == 0x0D, position < bytes.endIndex, bytes[position] == 0x0A { position += 1 }
      line += 1
      return record
    }
  }

  /// A cell; stops at the separator, the line end or the end of the file.
  private mutating func cell(_ isClosed: inout Bool) -> [UInt8] {
    guard position < bytes.endIndex, bytes[position] == UInt8(ascii: "\"") else { return bare() }
    position += 1
    var cell: [UInt8] = []
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: "\"") else {
          // Whatever follows the closing quote belongs to the cell, too: nothing is dropped.
          return cell + bare()
        }
        position += 1
      } else if byte == 0x0A {
        line += 1
      }
      cell.append(byte)
    }
    isClosed = false
    return cell
  }

  private mutating func bare() -> [UInt8] {
    let start = position
    while position < bytes.endIndex, bytes[position] != separator, bytes[position] != 0x0A,
      bytes[position] != 0x0D
    { position += 1 }
    return Array(bytes[start..<position])
  }
}
