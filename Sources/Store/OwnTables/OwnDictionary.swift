import Columnar

/// The distinct strings of a column, numbered in order of first appearance, until they are too many to be worth it.
struct OwnDictionary {
  /// No more strings, and no more bytes of them, than this.
  private static let largestCount = 1 << 20
  private static let largestSize = 64 << 20

  private var known = StringNumbers()
  /// Whether strings are no longer numbered, for the rest of the column.
  private(set) var isClosed = false

  /// The codes of a group's strings, or nil where they stand for themselves from now on: most of the group's differ,
  /// or there are too many in all.
  mutating func codes(of strings: StringVector) -> [UInt32]? {
    if isClosed { return nil }
    guard let codes = strings.codes, strings.pool.count <= max(256, strings.count / 2),
      known.count + 1 + strings.pool.count <= Self.largestCount,
      known.byteCount + strings.pool.bytes.count <= Self.largestSize
    else {
      isClosed = true
      return nil
    }
    let places = (0..<strings.pool.count).map { code in strings.pool.withUTF8(code) { known.number(of: $0) } }
    return codes.map { places[Int($0)] }
  }

  /// All strings by their codes; nil if there are none.
  var strings: StringVector? { known.count == 0 ? nil : StringVector(pool: known.pool) }
}
