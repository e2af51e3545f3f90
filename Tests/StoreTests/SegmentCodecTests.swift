import Columnar
import Foundation
import Testing

@testable import Store

@Suite struct SegmentCodecTests {
  /// A generator that gives the same numbers every time.
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return mixBits(state)
    }
  }

  private static func value(_ type: ScalarType, _ random: inout Random, depth: Int = 0) -> Value {
    if type != .string, Int.random(in: 0..<7, using: &random) == 0 { return .null }
    let small = Bool.random(using: &random)
    let integer =
      small ? Int64.random(in: -3...40, using: &random) : Int64.random(in: .min ... .max, using: &random)
    let words = ["", "a", "Kim", "é", "e\u{301}", "🇰🇵", "\u{0}", "long " + String(repeating: "x", count: 300)]
    let word = words[Int.random(in: 0..<words.count, using: &random)]
    switch type {
    case .bool: return .bool(small)
    case .int, .long: return .long(integer)
    case .datetime: return .datetime(integer)
    case .timespan: return .timespan(integer)
    case .real:
      let reals = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 0.1, Double(integer)]
      return .real(reals[Int.random(in: 0..<reals.count, using: &random)])
    case .decimal: return .decimal(Decimal(integer) / 8)
    case .guid: return .guid(GUID(high: UInt64(bitPattern: integer), low: random.next()))
    case .string: return .string(word)
    case .dynamic:
      switch depth > 2 ? 0 : Int.random(in: 0..<4, using: &random) {
      case 1:
        return .dynamic(
          .array((0..<3).map { _ in value(.dynamic, &random, depth: depth + 1).asDynamic }))
      case 2:
        return .dynamic(
          .bag([word: value(.dynamic, &random, depth: depth + 1).asDynamic, "k": .long(integer)]))
      case 3: return .dynamic(value(.real, &random).asDynamic)
      default: return .dynamic(.string(word))
      }
    }
  }

  private static func same(_ a: ColumnVector, _ b: ColumnVector) -> Bool {
    guard a.type == b.type, a.count == b.count else { return false }
    return (0..<a.count).allSatisfy { row in
      if a.isNull(row) != b.isNull(row) { return false }
      if case .real(let x) = a.value(row), case .real(let y) = b.value(row) {
        return x.bitPattern == y.bitPattern
      }
      // JSON keeps composed and decomposed forms apart, which `==` would not.
      return a.value(row).asDynamic.json.utf8.elementsEqual(b.value(row).asDynamic.json.utf8)
    }
  }

  @Test(arguments: 0..<60) func everyColumnReadsBackToTheBit(seed: UInt64) throws {
    var random = Random(state: seed)
    for type in ScalarType.allCases {
      let count = [0, 1, 2, 63, 64, 65, 200][Int.random(in: 0..<7, using: &random)]
      let repeated = Bool.random(using: &random)
      let first = Self.value(type, &random)
      let column = ColumnVector(
        (0..<count).map { _ in repeated && seed % 3 == 0 ? first : Self.value(type, &random) }, type: type)
      let bytes = SegmentCodec.encode(column)
      let back = try SegmentCodec.decode(bytes)
      #expect(Self.same(column, back), "\(type) of \(count) rows")
      #expect(SegmentCodec.encode(back) == bytes, "the same column gives the same bytes")
    }
  }

  /// Thousands of equal values of any type take no bits a row, and still read back.
  @Test(arguments: [ScalarType.bool, .long, .real, .decimal, .guid, .string, .dynamic, .datetime])
  func equalValuesReadBack(type: ScalarType) throws {
    var random = Random(state: 7)
    for _ in 0..<3 {
      let value = Self.value(type, &random)
      let columns = [
        ColumnVector([Value](repeating: value, count: 20_000), type: type),
        // Strings that are not known to be equal.
        type == .string
          ? ColumnVector(
            strings: StringVector(
              pool: StringPool(bytes: [0x61, 0x61], offsets: [0, 1, 2], isDistinct: false),
              codes: [UInt32](repeating: 0, count: 10_000) + [UInt32](repeating: 1, count: 10_000)))
          : ColumnVector([Value](repeating: .null, count: 20_000), type: type),
      ]
      for column in columns {
        #expect(Self.same(try SegmentCodec.decode(SegmentCodec.encode(column)), column))
      }
    }
  }

  @Test func longRunsAreSmall() {
    let rising = ColumnVector(integers: (0..<10_000).map { Int64($0 * 3) })
    #expect(SegmentCodec.encode(rising).count < 11_000)
    let constant = ColumnVector(integers: [Int64](repeating: 7, count: 10_000))
    #expect(SegmentCodec.encode(constant).count < 40)
    let labels = ColumnVector(strings: StringVector((0..<8000).map { $0 % 3 == 0 ? "NOUN" : "VERB" }))
    #expect(SegmentCodec.encode(labels).count < 1100)
  }

  @Test(arguments: 0..<40) func damagedBytesAreFoundAndNeverCrash(seed: UInt64) throws {
    var random = Random(state: seed)
    let type = ScalarType.allCases[Int(seed) % ScalarType.allCases.count]
    let column = ColumnVector((0..<50).map { _ in Self.value(type, &random) }, type: type)
    let bytes = SegmentCodec.encode(column)
    for _ in 0..<50 {
      var broken = bytes
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        broken[Int.random(in: 0..<broken.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      case 1: broken.removeLast(Int.random(in: 1...broken.count, using: &random))
      default:
        broken = (0..<Int.random(in: 0..<90, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
      }
      #expect(throws: MalformedBytes.self) { try SegmentCodec.decode(broken) }
      // With a right checksum, any bytes give a column or an error.
      let body = broken.dropLast(min(8, broken.count))
      var forged = ByteWriter(bytes: Array(body))
      forged.word(body.withUnsafeBufferPointer { hashBytes($0) })
      _ = try? SegmentCodec.decode(forged.bytes)
    }
  }
}
