import Columnar

/// The distinct strings of a column, numbered in order of first appearance, until they are too many to be worth it.
struct OwnDictionary {
  /// No more strings, and no more bytes of them, than this.
  private static let largestCount = 1 << 20
  private static let largestSize = 64 << 20

  private var bytes: [UInt8] = []
  private var offsets = [0]
  /// Open addressing over codes + 1; 0 is a free slot.
  private var slots = [UInt32](repeating: 0, count: 1024)
  /// Whether strings are no longer numbered, for the rest of the column.
  private(set) var isClosed = false

  /// The codes of a group's strings, or nil where they stand for themselves from now on: most of the group's differ,
  /// or there are too many in all.
  mutating func codes(of strings: StringVector) -> [UInt32]? {
    if isClosed { return nil }
    guard let codes = strings.codes, strings.pool.count <= max(256, strings.count / 2),
      offsets.count + strings.pool.count <= Self.largestCount,
      bytes.count + strings.pool.bytes.count <= Self.largestSize
    else {
      isClosed = true
      return nil
    }
    let places = (0..<strings.pool.count).map { code in strings.pool.withUTF8(code) { self.code(of: $0) } }
    return codes.map { places[Int($0)] }
  }

  /// All strings by their codes; nil if there are none.
  var strings: StringVector? {
    offsets.count == 1
      ? nil : StringVector(pool: StringPool(bytes: bytes, offsets: offsets, isDistinct: true))
  }

  private mutating func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var slot = Int(truncatingIfNeeded: hashBytes(text)) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot] - 1)
      let range = offsets[known]..<offsets[known + 1]
      if range.count == text.count, bytes[range].elementsEqual(text) { return UInt32(known) }
      slot = (slot + 1) & (slots.count - 1)
    }
    let fresh = UInt32(offsets.count - 1)
    bytes.append(contentsOf: text)
    offsets.append(bytes.count)
    slots[slot] = fresh + 1
    if Int(fresh) * 2 >= slots.count { grow() }
    return fresh
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 4)
    bytes.withUnsafeBufferPointer { all in
      for known in 0..<(offsets.count - 1) {
        let text = UnsafeBufferPointer(rebasing: all[offsets[known]..<offsets[known + 1]])
        var slot = Int(truncatingIfNeeded: hashBytes(text)) & (larger.count - 1)
        while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
        larger[slot] = UInt32(known + 1)
      }
    }
    slots = larger
  }
}
