import CKernels
import Columnar
import Synchronization

/// Where a cell's text stands in the file, and what it is.
struct TableCell: Sendable {
  enum Kind: UInt8, Sendable {
    /// Nothing: null, or an empty text.
    case none
    /// A text as it stands there.
    case text
    /// A text of CSV with its quotes.
    case quoted
    /// A text of JSON with its quotes and escapes.
    case escaped
    /// A number of JSON.
    case number
    /// `true` or `false` of JSON.
    case bool
    /// An array or object of JSON.
    case nested
  }
  var begin: Int
  var length: Int
  var kind: Kind

  static let empty = TableCell(begin: 0, length: 0, kind: .none)

  /// A text of CSV without its quotes: what stands between them, and behind the closing one.
  static func unquoted(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    var at = 1
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") {
        guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") else {
          return text + bytes[(at + 1)...]
        }
        at += 1
      }
      text.append(bytes[at])
      at += 1
    }
    return text
  }

  /// Runs `body` with the cell's text.
  @inline(__always)
  func withText<R>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
  ) -> R {
    let raw = UnsafeBufferPointer(rebasing: bytes[begin..<(begin + length)])
    switch kind {
    case .quoted: return Self.unquoted(raw).withUnsafeBufferPointer(body)
    case .escaped:
      guard case .string(var text)? = DynamicValue(json: String(decoding: raw, as: UTF8.self)) else {
        return body(UnsafeBufferPointer(start: nil, count: 0))
      }
      return text.withUTF8(body)
    default: return body(raw)
    }
  }
}

/// Reads one column of a group of cells.
struct CellReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let cells: [TableCell]
  private let width: Int
  private let column: Int
  private let rows: Int
  private let textsAreTyped: Bool

  init(
    bytes: UnsafeBufferPointer<UInt8>, cells: [TableCell], width: Int, column: Int, _ textsAreTyped: Bool
  ) {
    self.bytes = bytes
    self.cells = cells
    self.width = width
    self.column = column
    self.textsAreTyped = textsAreTyped
    rows = width == 0 ? 0 : cells.count / width
  }

  func column(_ type: ScalarType) -> ColumnVector {
    switch type {
    case .bool:
      let (values, validity) = values(false) { cell in cell.withText(bytes, CellText.bool) }
      return ColumnVector(bools: values, validity: validity)
    case .long:
      let (values, validity) = values(Int64(0)) { cell in cell.withText(bytes, CellText.long) }
      return ColumnVector(integers: values, validity: validity)
    case .datetime:
      let (values, validity) = values(Int64(0)) { cell in cell.withText(bytes, CellText.datetime) }
      return ColumnVector(integers: values, type: .datetime, validity: validity)
    case .real:
      let (values, validity) = values(0.0) { cell in cell.withText(bytes, CellText.real) }
      return ColumnVector(reals: values, validity: validity)
    case .dynamic:
      return ColumnVector(
        dynamics: (0..<rows).map { row in
          let cell = cells[row * width + column]
          switch cell.kind {
          case .none: return .null
          case .text: return .string(cell.withText(bytes) { String(decoding: $0, as: UTF8.self) })
          default:
            let raw = bytes[cell.begin..<(cell.begin + cell.length)]
            return DynamicValue(json: String(decoding: raw, as: UTF8.self)) ?? .null
          }
        })
    default:
      var builder = StringVectorBuilder()
      for row in 0..<rows {
        cells[row * width + column].withText(bytes) { builder.append(utf8: $0) }
      }
      return ColumnVector(strings: builder.finish())
    }
  }

  @inline(__always)
  private func values<T>(_ none: T, _ read: (TableCell) -> T?) -> ([T], Validity?) {
    var values: [T] = []
    values.reserveCapacity(rows)
    var validity: Validity?
    for row in 0..<rows {
      let cell = cells[row * width + column]
      if cell.kind != .none, let value = read(cell) {
        values.append(value)
      } else {
        if validity == nil { validity = Validity(count: rows, allValid: true) }
        validity?.set(row, false)
        values.append(none)
      }
    }
    return (values, validity)
  }
}

/// Results that several threads fill in, each its own.
final class Slots<Value: Sendable>: Sendable {
  private let values: Mutex<[Value?]>
  init(_ count: Int) { values = Mutex([Value?](repeating: nil, count: count)) }
  func set(_ number: Int, _ value: Value) { values.withLock { $0[number] = value } }
  func take(_ number: Int) -> Value? {
    values.withLock { values in
      defer { values[number] = nil }
      return values[number]
    }
  }
}
