/// One bit a row: set where the row has a value. A vector without any null has no `Validity` at all.
public struct Validity: Sendable, Hashable {
  /// 64 rows a word, lowest bit first; bits past `count` are clear.
  public private(set) var words: [UInt64]
  /// How many rows there are.
  public private(set) var count: Int

  /// All rows valid, or none.
  public init(count: Int, allValid: Bool) {
    self.count = count
    words = [UInt64](repeating: allValid ? ~0 : 0, count: (count + 63) / 64)
    if allValid, count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
  }

  /// Rows by words of 64, lowest bit first; there must be as many words as the rows need. Bits past `count` don't count.
  public init(count: Int, words: [UInt64]) {
    self.count = count
    self.words = words
    if count % 64 != 0, !words.isEmpty { self.words[words.count - 1] &= (1 << UInt64(count % 64)) - 1 }
  }

  /// Whether a row has a value.
  public func isValid(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

  /// Sets or clears one row.
  public mutating func set(_ row: Int, _ valid: Bool) {
    if valid { words[row >> 6] |= 1 << UInt64(row & 63) } else { words[row >> 6] &= ~(1 << UInt64(row & 63)) }
  }

  /// Adds a row at the end.
  public mutating func append(_ valid: Bool) {
    if count % 64 == 0 { words.append(0) }
    count += 1
    if valid { set(count - 1, true) }
  }

  /// How many rows have no value.
  public var nullCount: Int { count - words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Rows valid in both; nil stands for "all valid". Counts must agree.
  public static func intersection(_ a: Validity?, _ b: Validity?) -> Validity? {
    guard var a else { return b }
    guard let b else { return a }
    for index in a.words.indices { a.words[index] &= b.words[index] }
    return a
  }
}
