import Columnar
import Foundation

/// The synthetic tables that query engines are compared on: mentions of 50,000 entities, Zipf-distributed,
/// with dates, scores and short texts.
///
/// Every value is a pure function of its row number, so that any program can make the same rows:
/// `h(row, s) = splitmix64(row * 16 + s + seed * 2^40)`, `u = (h >> 11) * 2^-53`.
/// - Source: the mixing function is splitmix64 (Steele, Lea, Flood 2014).
struct MentionsGenerator {
  static let entityCount = 50_000
  static let seed: UInt64 = 42

  private static let firstNames = words(
    """
    Ada Ben Cleo Dan Eve Finn Gia Hugo Iris Jack Kira Leo Mia Ned Ola Pia Quin Rosa Sam Tara Umar Vera Will \
    Xena Yann Zoe Amir Bela Chen Dora Egon Faye Gail Hans Ines Jude Kent Lara Milo Nora
    """)
  private static let lastNames = words(
    """
    Abbott Baker Carter Dalton Ellis Foster Grant Harper Irving Jensen Keller Lawson Mercer Norton Oakley \
    Porter Quigley Ramsey Sutton Turner Upton Vaughn Walker Xiong Yates Zimmer Archer Barlow Conway Dawson \
    Emery Fuller Gordon Hudson Ingram Joyner Knight Larkin Morton Nelson Osborn Palmer Ramos Shelby Tucker \
    Underhill Vance Weston Young Zeller
    """)
  private static let syllables = words("ba ko ri mu te sa lo ni de fa gu hi jo ke la mo na po ru si")
  private static let types = words(
    "Person Organization Location Date Money Quantity Email Url Event Product Law Other")
  private static let cumulative: [UInt64] = [30, 55, 73, 80, 85, 88, 90, 92, 94, 96, 98, 100]

  private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  private static func splitmix64(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private static func h(_ row: Int, _ stream: Int) -> UInt64 {
    splitmix64(UInt64(row) &* 16 &+ UInt64(stream) &+ seed << 40)
  }

  private static func u(_ row: Int, _ stream: Int) -> Double { Double(h(row, stream) >> 11) * 0x1p-53 }

  /// A number from 0 to `count - 1`, small ones more often: `base^uniform - 1`.
  private static func zipf(_ uniform: Double, _ base: Int, _ count: Int) -> Int {
    min(max(Int(pow(Double(base), uniform)) - 1, 0), count - 1)
  }

  private static func name(_ rank: Int) -> String {
    firstNames[rank % 40] + " " + lastNames[rank / 40 % 50] + (rank >= 2000 ? " \(rank / 2000)" : "")
  }

  private static func type(_ rank: Int) -> UInt32 {
    let share = splitmix64(UInt64(rank)) % 100
    return UInt32(cumulative.firstIndex { share < $0 } ?? cumulative.count - 1)
  }

  private static func pool(_ strings: [String]) -> StringPool {
    var bytes: [UInt8] = []
    var offsets = [0]
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      offsets.append(bytes.count)
    }
    return StringPool(bytes: bytes, offsets: offsets, isDistinct: true)
  }

  /// `entity`, `type`, `country`, `weight` of all entities.
  static func entities() -> Table {
    let ranks = 0..<entityCount
    return Table(
      schema: Schema([
        Field("entity", .string), Field("type", .string), Field("country", .string), Field("weight", .real),
      ]),
      columns: [
        ColumnVector(strings: StringVector(ranks.map(name))),
        ColumnVector(strings: StringVector(pool: pool(types), codes: ranks.map(type))),
        ColumnVector(strings: StringVector(ranks.map { "C\(splitmix64(UInt64($0) + 7) % 195)" })),
        ColumnVector(reals: ranks.map { Double($0 % 1000) / 10 }),
      ], rowCount: entityCount)
  }

  /// `doc_id`, `sent_id`, `entity`, `type`, `date`, `sentiment`, `text` of so many mentions.
  static func mentions(_ count: Int) -> Table {
    let vocabulary: [[UInt8]] = (0..<2000).map { (number: Int) -> [UInt8] in
      var word = syllables[number % 20] + syllables[number / 20 % 20]
      if number >= 400 { word += syllables[number / 400] }
      return Array(word.utf8)
    }
    let lowered = firstNames.map { Array($0.lowercased().utf8) }
    let epoch = Ticks.unixEpoch + 16_436 * Ticks.perDay
    var sentences: [Int64] = []
    var ranks: [UInt32] = []
    var kinds: [UInt32] = []
    var dates: [Int64] = []
    var scores: [Double] = []
    var bytes: [UInt8] = []
    var offsets = [0]
    for row in 0..<count {
      let rank = zipf(u(row, 1), entityCount + 1, entityCount)
      let sentence: Int = row % 10 / 2 * 3 + Int(h(row, 0) % 3)
      sentences.append(Int64(sentence))
      ranks.append(UInt32(rank))
      kinds.append(type(rank))
      let day = Int64(u(row, 2) * 3652)
      let second = Int64(h(row, 3) % 86400)
      dates.append(epoch + day * Ticks.perDay + second * Ticks.perSecond)
      let raw = (u(row, 4) + u(row, 5) + u(row, 6)) / 1.5 - 1
      scores.append((raw * 1e4).rounded(.toNearestOrEven) / 1e4)
      for place in 0..<7 {
        bytes.append(contentsOf: vocabulary[zipf(u(row, 8 + place), 2000, 2000)])
        bytes.append(UInt8(ascii: " "))
      }
      bytes.append(contentsOf: lowered[rank % 40])
      offsets.append(bytes.count)
    }
    let texts = StringPool(bytes: bytes, offsets: offsets, isDistinct: false)
    return Table(
      schema: Schema([
        Field("doc_id", .long), Field("sent_id", .long), Field("entity", .string), Field("type", .string),
        Field("date", .datetime), Field("sentiment", .real), Field("text", .string),
      ]),
      columns: [
        ColumnVector(integers: (0..<count).map { Int64($0 / 10) }), ColumnVector(integers: sentences),
        ColumnVector(
          strings: StringVector(pool: pool((0..<entityCount).map(name)), codes: ranks)),
        ColumnVector(strings: StringVector(pool: pool(types), codes: kinds)),
        ColumnVector(integers: dates, type: .datetime), ColumnVector(reals: scores),
        ColumnVector(strings: StringVector(pool: texts)),
      ], rowCount: count)
  }
}
