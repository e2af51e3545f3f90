import CKernels
import Columnar
import Foundation

/// One column of some tens of thousands of rows as bytes that can be read from any row on, without reading those
/// before it.
///
/// The values stand first, each in as few whole bytes as the widest needs, as distances from the least in steps of what
/// all distances share; then which rows have a value; at the end a description and a hash of all before it. Reals that
/// are a few decimal digits stand as the whole numbers of which they are the hundredths, thousandths and so on. Strings
/// are codes into the column's dictionary, or stand one after the other with their lengths behind them.
struct PackedColumn: Sendable {
  private enum Kind: UInt8 {
    case integers, reals, decimals, codes, strings
  }

  private static let trailerSize = 48
  private let kind: Kind
  private let width: Int
  private let hasNulls: Bool
  private let base: Int64
  private let step: Int64
  /// Decimals are whole numbers divided by this.
  private let divisor: Double
  let count: Int
  /// Bytes of all strings, where they stand here.
  private let textSize: Int
  /// One more than the largest code.
  let codeLimit: Int
  let bytes: [UInt8]

  // MARK: Writing

  /// A column of `bool`, `long`, `datetime` or `real`.
  static func encode(_ column: ColumnVector) -> [UInt8] {
    let column = column.flattened()
    var writer = ByteWriter()
    let kind: Kind
    var (width, base, step): (Int, Int64, Int64) = (0, 0, 1)
    var places = 0
    switch column.storage {
    case .reals(let values):
      if let (found, numbers) = decimals(values, column.validity) {
        (width, base, step) = scale(numbers, column.validity)
        if width < 8 {
          kind = .decimals
          places = found
          write(numbers, column.validity, width, base, step, into: &writer)
          break
        }
      }
      kind = .reals
      width = 8
      writer.bytes.reserveCapacity(values.count * 8 + 64)
      for value in values { writer.word(value.bitPattern) }
    case .integers(let values):
      kind = .integers
      (width, base, step) = scale(values, column.validity)
      write(values, column.validity, width, base, step, into: &writer)
    case .bools(let values):
      kind = .integers
      let numbers = values.map { Int64($0 ? 1 : 0) }
      (width, base, step) = scale(numbers, column.validity)
      write(numbers, column.validity, width, base, step, into: &writer)
    default: preconditionFailure("columns of \(column.type) are not packed")
    }
    if let validity = column.validity { for word in validity.words { writer.word(word) } }
    return finish(
      writer, kind, width: width, hasNulls: column.validity != nil, base: base, step: step,
      count: column.count,
      textSize: 0, places: places)
  }

  private static let powers: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6]

  /// How many decimal places reals have, if they are few, and the reals without the point: to the last bit, these divided
  /// by the power of ten. Nil if one of them is not such a number.
  private static func decimals(_ values: [Double], _ validity: Validity?) -> (places: Int, [Int64])? {
    search: for (places, power) in powers.enumerated() {
      var numbers: [Int64] = []
      numbers.reserveCapacity(values.count)
      for row in values.indices {
        guard validity?.isValid(row) != false else {
          numbers.append(0)
          continue
        }
        guard abs(values[row]) < 1e9 else { return nil }
        let number = Int64((values[row] * power).rounded())
        // Also tells -0 from 0.
        guard (Double(number) / power).bitPattern == values[row].bitPattern else { continue search }
        numbers.append(number)
      }
      return (places, numbers)
    }
    return nil
  }

  /// Codes into the column's dictionary.
  static func encode(codes: [UInt32]) -> [UInt8] {
    let width = Self.width(for: UInt64(codes.max() ?? 0))
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(codes.count * width + 64)
    for code in codes { append(UInt64(code), width, to: &writer) }
    return finish(
      writer, .codes, width: width, hasNulls: false, base: 0, step: 1, count: codes.count, textSize: 0)
  }

  /// Strings, one after the other.
  static func encode(strings: StringVector) -> [UInt8] {
    var writer = ByteWriter()
    var lengths: [UInt64] = []
    lengths.reserveCapacity(strings.count)
    for row in 0..<strings.count {
      strings.withUTF8(row) { text in
        writer.bytes.append(contentsOf: text)
        lengths.append(UInt64(text.count))
      }
    }
    let textSize = writer.bytes.count
    let width = Self.width(for: lengths.max() ?? 0)
    for length in lengths { append(length, width, to: &writer) }
    return finish(
      writer, .strings, width: width, hasNulls: false, base: 0, step: 1, count: strings.count,
      textSize: textSize)
  }

  /// Width, least value and step that fit the values of all rows that have one.
  private static func scale(_ values: [Int64], _ validity: Validity?) -> (Int, Int64, Int64) {
    var (least, largest): (Int64, Int64) = (.max, .min)
    for row in values.indices where validity?.isValid(row) != false {
      least = min(least, values[row])
      largest = max(largest, values[row])
    }
    if least > largest { return (0, 0, 1) }
    var shared: UInt64 = 0
    for row in values.indices where validity?.isValid(row) != false {
      var distance = UInt64(bitPattern: values[row] &- least)
      if distance == shared { continue }
      while distance != 0 { (shared, distance) = (distance, shared % distance) }
      if shared == 1 { break }
    }
    // A step that would be read as a negative number is none.
    let step = shared == 0 || shared > UInt64(Int64.max) ? 1 : Int64(shared)
    let span = UInt64(bitPattern: largest &- least) / UInt64(step)
    return (width(for: span), least, step)
  }

  private static func write(
    _ values: [Int64], _ validity: Validity?, _ width: Int, _ base: Int64, _ step: Int64,
    into writer: inout ByteWriter
  ) {
    writer.bytes.reserveCapacity(values.count * width + 64)
    for row in values.indices {
      let isValid = validity?.isValid(row) != false
      append(isValid ? UInt64(bitPattern: values[row] &- base) / UInt64(step) : 0, width, to: &writer)
    }
  }

  private static func width(for value: UInt64) -> Int {
    value == 0 ? 0 : value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : value < 1 << 32 ? 4 : 8
  }

  @inline(__always)
  private static func append(_ value: UInt64, _ width: Int, to writer: inout ByteWriter) {
    switch width {
    case 0: break
    case 1: writer.bytes.append(UInt8(truncatingIfNeeded: value))
    default:
      for shift in 0..<width { writer.bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift * 8))) }
    }
  }

  private static func finish(
    _ body: ByteWriter, _ kind: Kind, width: Int, hasNulls: Bool, base: Int64, step: Int64, count: Int,
    textSize: Int, places: Int = 0
  ) -> [UInt8] {
    var writer = body
    for byte in [kind.rawValue, UInt8(width), hasNulls ? 1 : 0, UInt8(places), 0, 0, 0, 0] {
      writer.byte(byte)
    }
    writer.word(UInt64(bitPattern: base))
    writer.word(UInt64(bitPattern: step))
    writer.word(UInt64(count))
    writer.word(UInt64(textSize))
    writer.word(checksum(writer.bytes[...]))
    return writer.bytes
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { ck_checksum($0, buffer.count) } ?? 0
    }
  }

  // MARK: Reading

  /// Takes bytes that were written here; anything else gives `MalformedBytes`.
  init(_ bytes: [UInt8]) throws(MalformedBytes) {
    guard bytes.count >= Self.trailerSize else { throw MalformedBytes() }
    let body = bytes.count - Self.trailerSize
    func word(_ at: Int) -> UInt64 {
      bytes.withUnsafeBytes {
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: body + at, as: UInt64.self))
      }
    }
    guard word(40) == Self.checksum(bytes[..<(body + 40)]), let kind = Kind(rawValue: bytes[body]) else {
      throw MalformedBytes()
    }
    let (width, hasNulls) = (Int(bytes[body + 1]), bytes[body + 2] == 1)
    guard [0, 1, 2, 4, 8].contains(width), word(24) < 1 << 31, word(32) <= UInt64(body), body < 1 << 32
    else {
      throw MalformedBytes()
    }
    let (count, textSize) = (Int(word(24)), Int(word(32)))
    let expected = textSize + count * width + (hasNulls ? (count + 63) / 64 * 8 : 0)
    guard expected == body, kind == .strings || textSize == 0, kind != .reals || width == 8 else {
      throw MalformedBytes()
    }
    guard Self.powers.indices.contains(Int(bytes[body + 3])) else { throw MalformedBytes() }
    divisor = Self.powers[Int(bytes[body + 3])]
    var limit = 0
    if kind == .codes {
      limit = Self.largest(bytes, count, width)
      guard limit <= 1 << 31 else { throw MalformedBytes() }
    }
    if kind == .strings, Self.total(bytes, textSize, count, width) != textSize { throw MalformedBytes() }
    self.kind = kind
    self.width = width
    self.hasNulls = hasNulls
    self.count = count
    self.textSize = textSize
    self.bytes = bytes
    base = Int64(bitPattern: word(8))
    step = Int64(bitPattern: word(16))
    codeLimit = limit
  }

  /// One more than the largest code.
  private static func largest(_ bytes: [UInt8], _ count: Int, _ width: Int) -> Int {
    bytes.withUnsafeBytes { bytes in
      var largest: UInt64 = 0
      each(bytes, at: 0, count, width) { largest = max(largest, $0) }
      return count == 0 ? 0 : Int(min(largest, 1 << 32)) + 1
    }
  }

  /// The sum of the lengths that stand behind the text; nil where one of them alone is longer than the text.
  private static func total(_ bytes: [UInt8], _ textSize: Int, _ count: Int, _ width: Int) -> Int? {
    bytes.withUnsafeBytes { bytes in
      // Fewer than 2^31 numbers, none above 2^32: no overflow goes unnoticed.
      var (sum, largest): (UInt64, UInt64) = (0, 0)
      each(bytes, at: textSize, count, width) { length in
        sum &+= length
        largest = max(largest, length)
      }
      return largest > UInt64(textSize) ? nil : Int(sum)
    }
  }

  /// Runs `body` with numbers of one width that stand one after the other.
  @inline(__always)
  private static func each(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ count: Int, _ width: Int, _ body: (UInt64) -> Void
  ) {
    @inline(__always) func run<W: FixedWidthInteger & UnsignedInteger>(_: W.Type) {
      guard count > 0, let base = bytes.baseAddress else { return }
      for row in 0..<count {
        let value = base.loadUnaligned(fromByteOffset: start + row * MemoryLayout<W>.size, as: W.self)
        body(UInt64(truncatingIfNeeded: W(littleEndian: value)))
      }
    }
    switch width {
    case 0: for _ in 0..<count { body(0) }
    case 1: run(UInt8.self)
    case 2: run(UInt16.self)
    case 4: run(UInt32.self)
    default: run(UInt64.self)
    }
  }

  var isCodes: Bool { kind == .codes }
  var isStrings: Bool { kind == .strings }

  /// Whether the values can be read as a type.
  func fits(_ type: ScalarType) -> Bool {
    switch type {
    case .bool, .long, .datetime: kind == .integers
    case .real: kind == .reals || kind == .decimals
    case .string, .dynamic: kind == .codes || kind == .strings
    default: false
    }
  }

  /// The values of some rows, widened one by one.
  @inline(__always)
  private func widened<T>(_ rows: Range<Int>, _ make: (UInt64) -> T) -> [T] {
    bytes.withUnsafeBytes { bytes in
      [T](unsafeUninitializedCapacity: rows.count) { values, initialized in
        guard var target = values.baseAddress else { return }
        Self.each(bytes, at: rows.lowerBound * width, rows.count, width) { value in
          target.initialize(to: make(value))
          target += 1
        }
        initialized = rows.count
      }
    }
  }

  private func validity(_ rows: Range<Int>) -> Validity? {
    guard hasNulls else { return nil }
    let start = count * width
    let words = (0..<((rows.count + 63) / 64)).map { number -> UInt64 in
      let row = rows.lowerBound + number * 64
      let (word, shift) = (row >> 6, UInt64(row & 63))
      return bytes.withUnsafeBytes { bytes in
        func load(_ word: Int) -> UInt64 {
          word * 64 >= count
            ? 0 : UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + word * 8, as: UInt64.self))
        }
        return shift == 0 ? load(word) : load(word) >> shift | load(word + 1) << (64 - shift)
      }
    }
    return Validity(count: rows.count, words: words)
  }

  /// Some rows of a column of `bool`, `long`, `datetime` or `real`.
  func vector(_ rows: Range<Int>, _ type: ScalarType) -> ColumnVector {
    let (base, step) = (base, step)
    switch type {
    case .real where kind == .decimals:
      let divisor = divisor
      return ColumnVector(
        reals: widened(rows) { Double(base &+ Int64(bitPattern: $0) &* step) / divisor },
        validity: validity(rows))
    case .real:
      return ColumnVector(
        reals: widened(rows) { Double(bitPattern: $0) }, validity: validity(rows))
    case .bool:
      return ColumnVector(
        bools: widened(rows) { base &+ Int64(bitPattern: $0) != 0 }, validity: validity(rows))
    default:
      return ColumnVector(
        integers: widened(rows) { base &+ Int64(bitPattern: $0) &* step }, type: type,
        validity: validity(rows))
    }
  }

  /// Some rows' codes.
  func codes(_ rows: Range<Int>) -> [UInt32] { widened(rows) { UInt32(truncatingIfNeeded: $0) } }

  /// All strings. The pool keeps these bytes, of which the text comes first.
  func pool(isDistinct: Bool) -> StringPool {
    let offsets = bytes.withUnsafeBytes { bytes in
      [Int](unsafeUninitializedCapacity: count + 1) { offsets, initialized in
        guard var target = offsets.baseAddress else { return }
        var end = 0
        target.initialize(to: 0)
        Self.each(bytes, at: textSize, count, width) { length in
          end += Int(truncatingIfNeeded: length)
          target += 1
          target.initialize(to: end)
        }
        initialized = count + 1
      }
    }
    return StringPool(bytes: bytes, offsets: offsets, isDistinct: isDistinct)
  }
}
