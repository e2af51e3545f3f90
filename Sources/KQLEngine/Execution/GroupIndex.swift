import Columnar

/// Numbers 64-bit keys from 0 in order of first appearance.
struct KeyNumbers {
  private var keys: [UInt64] = []
  /// Open addressing over numbers + 1; 0 is a free slot.
  private var slots = [Int32](repeating: 0, count: 256)

  var count: Int { keys.count }

  @inline(__always)
  mutating func number(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: mixBits(key)) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot]) - 1
      if keys[known] == key { return known }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys.append(key)
    slots[slot] = Int32(truncatingIfNeeded: keys.count)
    if keys.count * 2 >= slots.count { grow() }
    return keys.count - 1
  }

  @inline(__always)
  func known(_ key: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: mixBits(key)) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot]) - 1
      if keys[known] == key { return known }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func grow() {
    var larger = [Int32](repeating: 0, count: slots.count * 2)
    for (index, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: mixBits(key)) & (larger.count - 1)
      while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
      larger[slot] = Int32(truncatingIfNeeded: index + 1)
    }
    slots = larger
  }
}

/// Numbers byte strings from 0 in order of first appearance.
struct TextNumbers {
  private var texts: [UInt8] = []
  private var offsets: [Int] = [0]
  private var slots = [Int32](repeating: 0, count: 256)

  private func locate(_ text: UnsafeBufferPointer<UInt8>) -> (slot: Int, known: Int?) {
    var slot = Int(truncatingIfNeeded: hashBytes(text)) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot]) - 1
      let length = offsets[known + 1] - offsets[known]
      if length == text.count, texts[offsets[known]..<offsets[known + 1]].elementsEqual(text) {
        return (slot, known)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return (slot, nil)
  }

  func known(_ text: UnsafeBufferPointer<UInt8>) -> Int? { locate(text).known }

  mutating func number(of text: UnsafeBufferPointer<UInt8>) -> Int {
    let (slot, known) = locate(text)
    if let known { return known }
    texts.append(contentsOf: text)
    offsets.append(texts.count)
    let fresh = offsets.count - 2
    slots[slot] = Int32(truncatingIfNeeded: fresh + 1)
    if fresh * 2 >= slots.count { grow() }
    return fresh
  }

  private mutating func grow() {
    var larger = [Int32](repeating: 0, count: slots.count * 2)
    texts.withUnsafeBufferPointer { all in
      for index in 0..<(offsets.count - 1) {
        let text = UnsafeBufferPointer(rebasing: all[offsets[index]..<offsets[index + 1]])
        var slot = Int(truncatingIfNeeded: hashBytes(text)) & (larger.count - 1)
        while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
        larger[slot] = Int32(truncatingIfNeeded: index + 1)
      }
    }
    slots = larger
  }
}

/// Gives the values of one column small numbers: equal values equal ones, in order of first appearance;
/// 0 is null. Works over any number of batches.
struct ColumnNumbers {
  private var keys = KeyNumbers()
  private var texts = TextNumbers()
  /// Numbers of the strings of the pool seen last, so that each is hashed once.
  private var pool: StringPool?
  private var poolNumbers: [Int] = []

  mutating func numbers(of vector: ColumnVector, adding: Bool) -> [Int] {
    let count = vector.count
    switch vector.storage {
    case .constant(let value):
      return [Int](repeating: number(of: value, adding: adding), count: count)
    case .integers(let values):
      var result = [Int](repeating: 0, count: count)
      for row in 0..<count where vector.validity?.isValid(row) != false {
        result[row] = number(key: UInt64(bitPattern: values[row]), adding: adding)
      }
      return result
    case .reals(let values):
      var result = [Int](repeating: 0, count: count)
      for row in 0..<count where vector.validity?.isValid(row) != false {
        result[row] = number(key: Self.key(values[row]), adding: adding)
      }
      return result
    case .bools(let values):
      var result = [Int](repeating: 0, count: count)
      for row in 0..<count where vector.validity?.isValid(row) != false {
        result[row] = number(key: values[row] ? 1 : 0, adding: adding)
      }
      return result
    case .strings(let strings):
      return numbers(of: strings, adding: adding)
    default:
      return (0..<count).map { number(of: vector.value($0), adding: adding) }
    }
  }

  private static func key(_ value: Double) -> UInt64 {
    value == 0 ? 0 : (value.isNaN ? Double.nan.bitPattern : value.bitPattern)
  }

  /// 0 when the key is not known and must not be added: the caller's keys are never null there.
  private mutating func number(key: UInt64, adding: Bool) -> Int {
    adding ? keys.number(of: key) + 1 : keys.known(key).map { $0 + 1 } ?? -1
  }

  private mutating func number(text: UnsafeBufferPointer<UInt8>, adding: Bool) -> Int {
    adding ? texts.number(of: text) + 1 : texts.known(text).map { $0 + 1 } ?? -1
  }

  private mutating func numbers(of strings: StringVector, adding: Bool) -> [Int] {
    guard let codes = strings.codes, strings.pool.count <= 4 * codes.count || pool === strings.pool else {
      return (0..<strings.count).map { row in
        strings.withUTF8(row) { number(text: $0, adding: adding) }
      }
    }
    if pool !== strings.pool || !adding {
      pool = strings.pool
      poolNumbers = [Int](repeating: 0, count: strings.pool.count)
    }
    var result = [Int](repeating: 0, count: codes.count)
    for row in codes.indices {
      let code = Int(codes[row])
      if poolNumbers[code] == 0 {
        poolNumbers[code] = strings.pool.withUTF8(code) { number(text: $0, adding: adding) }
      }
      result[row] = poolNumbers[code]
    }
    if !adding { pool = nil }
    return result
  }

  private mutating func number(of value: Value, adding: Bool) -> Int {
    switch value {
    case .null: return 0
    case .bool(let flag): return number(key: flag ? 1 : 0, adding: adding)
    case .long(let number), .datetime(let number), .timespan(let number):
      return self.number(key: UInt64(bitPattern: number), adding: adding)
    case .real(let number): return self.number(key: Self.key(number), adding: adding)
    default:
      if value.isNull { return 0 }
      var text = value.text
      if case .dynamic(let inner) = value { text = inner.json }
      return text.withUTF8 { number(text: $0, adding: adding) }
    }
  }
}

/// Numbers the distinct rows of key columns from 0 in order of first appearance. Null is a value like
/// others; NaN equals NaN.
public struct GroupIndex {
  private var columns: [ColumnNumbers]
  private var pairs: [KeyNumbers]
  private var single = KeyNumbers()
  /// How many groups there are.
  public private(set) var count = 0

  /// An index over `keyCount` columns.
  public init(keyCount: Int) {
    columns = [ColumnNumbers](repeating: ColumnNumbers(), count: keyCount)
    pairs = [KeyNumbers](repeating: KeyNumbers(), count: max(0, keyCount - 1))
  }

  /// The group of each row; new ones are added.
  public mutating func groups(of keys: [ColumnVector], rowCount: Int) -> [Int] {
    if keys.isEmpty {
      if rowCount > 0 { count = 1 }
      return [Int](repeating: 0, count: rowCount)
    }
    var current = columns[0].numbers(of: keys[0], adding: true)
    for index in keys.indices.dropFirst() {
      let next = columns[index].numbers(of: keys[index], adding: true)
      for row in current.indices {
        current[row] = pairs[index - 1].number(of: UInt64(current[row]) << 32 | UInt64(next[row]))
      }
    }
    for row in current.indices { current[row] = single.number(of: UInt64(current[row])) }
    count = single.count
    return current
  }

  /// The group of each row, −1 where the keys form none of the known groups; null never equals anything
  /// when `nullsMatch` is false.
  public mutating func lookup(_ keys: [ColumnVector], rowCount: Int, nullsMatch: Bool) -> [Int] {
    if keys.isEmpty { return [Int](repeating: count > 0 ? 0 : -1, count: rowCount) }
    var current = columns[0].numbers(of: keys[0], adding: false)
    if !nullsMatch { for row in current.indices where current[row] == 0 { current[row] = -1 } }
    for index in keys.indices.dropFirst() {
      let next = columns[index].numbers(of: keys[index], adding: false)
      for row in current.indices where current[row] >= 0 {
        if next[row] < 0 || (next[row] == 0 && !nullsMatch) {
          current[row] = -1
        } else {
          current[row] = pairs[index - 1].known(UInt64(current[row]) << 32 | UInt64(next[row])) ?? -1
        }
      }
    }
    for row in current.indices where current[row] >= 0 {
      current[row] = single.known(UInt64(current[row])) ?? -1
    }
    return current
  }
}
