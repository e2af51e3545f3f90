import Columnar
import Foundation

/// One column as bytes, and back.
///
/// A segment is: format, type, encoding, number of rows, which rows have a value, the values, and a hash of
/// all that. The encoding is the smallest of those that fit: one value for all rows, packed dictionary
/// codes, varints or varints of differences, bits, words. The same column gives the same bytes everywhere,
/// and decoding gives the same column to the bit; any other bytes give `MalformedBytes`.
enum SegmentCodec {
  private static let format: UInt8 = 1

  private enum Encoding: UInt8 {
    case constant, bits, varints, deltas, words, dictionary, distinct
  }

  /// The column's bytes.
  static func encode(_ column: ColumnVector) -> [UInt8] {
    var writer = ByteWriter()
    writer.byte(format)
    writer.byte(typeCode(column.type))
    let encodingAt = writer.bytes.count
    writer.byte(0)
    writer.count(column.count)
    let encoding: Encoding
    if let value = sharedValue(of: column) {
      encoding = .constant
      TaggedValue.write(value.asDynamic, into: &writer)
    } else {
      let column = column.flattened()
      writeValidity(column.validity, into: &writer)
      encoding = writeValues(of: column, into: &writer)
    }
    writer.bytes[encodingAt] = encoding.rawValue
    writer.word(checksum(writer.bytes[...]))
    return writer.bytes
  }

  /// The column of such bytes.
  static func decode(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) -> ColumnVector {
    guard bytes.count >= 8 else { throw MalformedBytes() }
    let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
    var tail = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - 8)...]))
    guard try tail.word() == hashBytes(body.assumingMemoryBound(to: UInt8.self)) else {
      throw MalformedBytes()
    }
    var reader = ByteReader(body)
    guard try reader.byte() == format, let type = type(of: try reader.byte()),
      let encoding = Encoding(rawValue: try reader.byte())
    else { throw MalformedBytes() }
    let count = try reader.count()
    if encoding == .constant {
      let value = try constant(of: type, in: &reader)
      return ColumnVector(constant: value, type: type, count: count)
    }
    // Every other encoding takes at least a bit a row.
    guard count <= bytes.count * 8 else { throw MalformedBytes() }
    let validity = try readValidity(count, from: &reader)
    let storage = try readValues(type, encoding, count, from: &reader)
    guard reader.remaining == 0 else { throw MalformedBytes() }
    return ColumnVector(type: type, count: count, storage: storage, validity: validity)
  }

  /// The column of such bytes.
  static func decode(_ bytes: [UInt8]) throws(MalformedBytes) -> ColumnVector {
    let result: Result<ColumnVector, MalformedBytes> = bytes.withUnsafeBytes { buffer in
      do throws(MalformedBytes) { return .success(try decode(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBufferPointer { hashBytes($0) }
  }

  // MARK: Types

  /// The place of a type here is part of the file format: append only.
  private static let types: [ScalarType] = [
    .bool, .int, .long, .real, .decimal, .string, .datetime, .timespan, .guid, .dynamic,
  ]

  private static func typeCode(_ type: ScalarType) -> UInt8 {
    UInt8(types.firstIndex(of: type) ?? types.count)
  }

  private static func type(of code: UInt8) -> ScalarType? {
    types.indices.contains(Int(code)) ? types[Int(code)] : nil
  }

  // MARK: Constants

  /// The value of all rows, if there is one; nil for none and for empty columns of more than one form.
  private static func sharedValue(of column: ColumnVector) -> Value? {
    if let value = column.constantValue { return value }
    guard column.count > 0 else { return nil }
    if let validity = column.validity { return validity.nullCount == column.count ? .null : nil }
    switch column.storage {
    case .bools(let values): return values.allSatisfy { $0 == values[0] } ? column.value(0) : nil
    case .integers(let values): return values.allSatisfy { $0 == values[0] } ? column.value(0) : nil
    case .reals(let values):
      return values.allSatisfy { $0.bitPattern == values[0].bitPattern } ? column.value(0) : nil
    case .strings(let values):
      if values.pool.isDistinct, let codes = values.codes {
        return codes.allSatisfy { $0 == codes[0] } ? column.value(0) : nil
      }
      let first = Array(values[0].utf8)
      let isShared = (1..<column.count).allSatisfy { row in
        values.withUTF8(row) { $0.elementsEqual(first) }
      }
      return isShared ? column.value(0) : nil
    case .dynamics(let values):
      // By their bytes: `==` would not keep composed and decomposed forms apart.
      guard values.count == 1 || values[1] == values[0] else { return nil }
      let first = Array(values[0].json.utf8)
      return values.dropFirst().allSatisfy { $0.json.utf8.elementsEqual(first) } ? column.value(0) : nil
    case .decimals(let values): return values.allSatisfy { $0 == values[0] } ? column.value(0) : nil
    case .guids(let values): return values.allSatisfy { $0 == values[0] } ? column.value(0) : nil
    case .constant(let value): return value
    }
  }

  private static func constant(of type: ScalarType, in reader: inout ByteReader) throws(MalformedBytes)
    -> Value
  {
    let tagged = try TaggedValue.read(from: &reader)
    guard reader.remaining == 0 else { throw MalformedBytes() }
    if type == .dynamic { return .dynamic(tagged) }
    let value = tagged.scalar
    switch (type, value) {
    case (_, .null), (.bool, .bool), (.int, .long), (.long, .long), (.real, .real), (.decimal, .decimal),
      (.string, .string), (.datetime, .datetime), (.timespan, .timespan), (.guid, .guid):
      return value
    default: throw MalformedBytes()
    }
  }

  // MARK: Validity

  private static func writeValidity(_ validity: Validity?, into writer: inout ByteWriter) {
    writer.byte(validity == nil ? 0 : 1)
    guard let validity else { return }
    writer.packed((0..<validity.count).lazy.map { validity.isValid($0) ? 1 : 0 }, width: 1)
  }

  private static func readValidity(
    _ count: Int, from reader: inout ByteReader
  ) throws(MalformedBytes) -> Validity? {
    switch try reader.byte() {
    case 0: return nil
    case 1:
      var validity = Validity(count: count, allValid: true)
      for (row, bit) in try reader.packed(count, width: 1, limit: 2).enumerated() where bit == 0 {
        validity.set(row, false)
      }
      return validity
    default: throw MalformedBytes()
    }
  }

  // MARK: Values

  private static func writeValues(of column: ColumnVector, into writer: inout ByteWriter) -> Encoding {
    switch column.storage {
    case .bools(let values):
      writer.packed(values.lazy.map { $0 ? 1 : 0 }, width: 1)
      return .bits
    case .integers(let values): return writeIntegers(values, into: &writer)
    case .reals(let values): return writeReals(values, into: &writer)
    case .strings(let values): return writeStrings(values, into: &writer)
    case .decimals(let values): return writeStrings(StringVector(values.map { "\($0)" }), into: &writer)
    case .guids(let values):
      for value in values {
        writer.word(value.high)
        writer.word(value.low)
      }
      return .words
    case .dynamics(let values):
      var builder = StringVectorBuilder()
      for value in values {
        var one = ByteWriter()
        TaggedValue.write(value, into: &one)
        one.bytes.withUnsafeBufferPointer { builder.append(utf8: $0) }
      }
      return writeStrings(builder.finish(), into: &writer)
    case .constant: return .constant
    }
  }

  private static func readValues(
    _ type: ScalarType, _ encoding: Encoding, _ count: Int, from reader: inout ByteReader
  ) throws(MalformedBytes) -> ColumnVector.Storage {
    switch type {
    case .bool:
      guard encoding == .bits else { throw MalformedBytes() }
      return .bools(try reader.packed(count, width: 1, limit: 2).map { $0 == 1 })
    case .int, .long, .datetime, .timespan: return .integers(try readIntegers(encoding, count, from: &reader))
    case .real: return .reals(try readReals(encoding, count, from: &reader))
    case .string: return .strings(try readStrings(encoding, count, from: &reader, isText: true))
    case .decimal:
      let texts = try readStrings(encoding, count, from: &reader, isText: true)
      var values: [Decimal] = []
      for row in 0..<count {
        guard let value = Decimal(string: texts[row]) else { throw MalformedBytes() }
        values.append(value)
      }
      return .decimals(values)
    case .guid:
      guard encoding == .words else { throw MalformedBytes() }
      var values: [GUID] = []
      for _ in 0..<count { values.append(GUID(high: try reader.word(), low: try reader.word())) }
      return .guids(values)
    case .dynamic:
      let coded = try readStrings(encoding, count, from: &reader, isText: false)
      var pool: [DynamicValue] = []
      for code in 0..<coded.pool.count {
        let value: Result<DynamicValue, MalformedBytes> = coded.pool.withUTF8(code) { utf8 in
          var one = ByteReader(UnsafeRawBufferPointer(utf8))
          do throws(MalformedBytes) {
            let value = try TaggedValue.read(from: &one)
            return one.remaining == 0 ? .success(value) : .failure(MalformedBytes())
          } catch { return .failure(error) }
        }
        pool.append(try value.get())
      }
      return .dynamics((0..<count).map { pool[coded.code($0)] })
    }
  }

  private static func writeIntegers(_ values: [Int64], into writer: inout ByteWriter) -> Encoding {
    var (plain, deltas) = (ByteWriter(), ByteWriter())
    var last: Int64 = 0
    for value in values {
      plain.signed(value)
      deltas.signed(value &- last)
      last = value
    }
    let smaller = deltas.bytes.count < plain.bytes.count ? deltas : plain
    let packed = packedDictionary(of: values, smallerThan: smaller.bytes.count)
    if let packed {
      writer.bytes += packed
      return .dictionary
    }
    writer.bytes += smaller.bytes
    return deltas.bytes.count < plain.bytes.count ? .deltas : .varints
  }

  /// Distinct values and packed codes, if that takes less than `limit` bytes.
  private static func packedDictionary(of values: [Int64], smallerThan limit: Int) -> [UInt8]? {
    var places: [Int64: UInt32] = [:]
    var (distinct, codes): ([Int64], [UInt32]) = ([], [])
    codes.reserveCapacity(values.count)
    for value in values {
      if let place = places[value] {
        codes.append(place)
      } else {
        guard distinct.count < 4096 else { return nil }
        codes.append(UInt32(distinct.count))
        places[value] = UInt32(distinct.count)
        distinct.append(value)
      }
    }
    var writer = ByteWriter()
    writer.count(distinct.count)
    for value in distinct { writer.signed(value) }
    writer.packed(codes, width: ByteWriter.width(for: distinct.count))
    return writer.bytes.count < limit ? writer.bytes : nil
  }

  private static func readIntegers(
    _ encoding: Encoding, _ count: Int, from reader: inout ByteReader
  ) throws(MalformedBytes) -> [Int64] {
    var values: [Int64] = []
    switch encoding {
    case .varints, .deltas:
      guard count <= reader.remaining else { throw MalformedBytes() }
      values.reserveCapacity(count)
      var last: Int64 = 0
      for _ in 0..<count {
        let value = try reader.signed()
        last = encoding == .deltas ? last &+ value : value
        values.append(last)
      }
    case .dictionary:
      var distinct: [Int64] = []
      for _ in 0..<(try reader.count(atLeastBits: 8)) { distinct.append(try reader.signed()) }
      let codes = try reader.packed(
        count, width: ByteWriter.width(for: distinct.count), limit: distinct.count)
      values = codes.map { distinct[Int($0)] }
    default: throw MalformedBytes()
    }
    return values
  }

  private static func writeReals(_ values: [Double], into writer: inout ByteWriter) -> Encoding {
    let patterns = values.map { Int64(bitPattern: $0.bitPattern) }
    if let packed = packedDictionary(of: patterns, smallerThan: values.count * 8) {
      writer.bytes += packed
      return .dictionary
    }
    for value in values { writer.word(value.bitPattern) }
    return .words
  }

  private static func readReals(
    _ encoding: Encoding, _ count: Int, from reader: inout ByteReader
  ) throws(MalformedBytes) -> [Double] {
    if encoding == .dictionary {
      return try readIntegers(encoding, count, from: &reader).map {
        Double(bitPattern: UInt64(bitPattern: $0))
      }
    }
    guard encoding == .words, reader.remaining == count * 8 else { throw MalformedBytes() }
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(Double(bitPattern: try reader.word())) }
    return values
  }

  private static func writeStrings(_ strings: StringVector, into writer: inout ByteWriter) -> Encoding {
    // Only the strings in use, each once, in order of first use.
    var builder = StringVectorBuilder()
    for row in 0..<strings.count { strings.withUTF8(row) { builder.append(utf8: $0) } }
    let compact = builder.finish()
    writer.count(compact.pool.count - (compact.codes?.isEmpty == true ? compact.pool.count : 0))
    guard let codes = compact.codes, !codes.isEmpty else { return .distinct }
    for code in 0..<compact.pool.count {
      writer.count(compact.pool.offsets[code + 1] - compact.pool.offsets[code])
    }
    writer.bytes += compact.pool.bytes
    if compact.pool.count == codes.count { return .distinct }
    writer.packed(codes, width: ByteWriter.width(for: compact.pool.count))
    return .dictionary
  }

  private static func readStrings(
    _ encoding: Encoding, _ count: Int, from reader: inout ByteReader, isText: Bool
  ) throws(MalformedBytes) -> StringVector {
    guard encoding == .dictionary || encoding == .distinct else { throw MalformedBytes() }
    let distinct = try reader.count(atLeastBits: 8)
    var offsets = [0]
    offsets.reserveCapacity(distinct + 1)
    var total = 0
    for _ in 0..<distinct {
      total += try reader.count()
      guard total <= reader.remaining else { throw MalformedBytes() }
      offsets.append(total)
    }
    let bytes = Array(try reader.take(total))
    if isText {
      // Whole and cut at the offsets: both must be UTF-8, or a string would read back as another.
      guard String(validating: bytes, as: UTF8.self) != nil,
        offsets.allSatisfy({ $0 == total || bytes[$0] & 0xC0 != 0x80 })
      else { throw MalformedBytes() }
    }
    let pool = StringPool(bytes: bytes, offsets: offsets, isDistinct: true)
    if encoding == .distinct {
      guard distinct == count else { throw MalformedBytes() }
      return StringVector(pool: pool)
    }
    return StringVector(
      pool: pool, codes: try reader.packed(count, width: ByteWriter.width(for: distinct), limit: distinct))
  }
}

/// A column as bytes, and back, for whoever keeps results of queries.
public enum ColumnBytes {
  /// The column's bytes, with their own hash.
  public static func of(_ column: ColumnVector) -> [UInt8] { SegmentCodec.encode(column) }

  /// The column of such bytes; nil for any others.
  public static func column(of bytes: [UInt8]) -> ColumnVector? { try? SegmentCodec.decode(bytes) }
}
