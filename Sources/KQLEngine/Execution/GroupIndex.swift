import Columnar

/// Numbers 64-bit keys from 0 in order of first appearance.
struct KeyNumbers {
  private struct Slot: HashSlot {
    // In halves, so that a slot takes 12 bytes instead of 16.
    private var low: UInt32 = 0
    private var high: UInt32 = 0
    /// The key's number + 1; 0 is a free slot.
    private(set) var number: UInt32 = 0
    var key: UInt64 { UInt64(high) << 32 | UInt64(low) }
    var isFree: Bool { number == 0 }
    var hash: UInt64 { mixBits(key) }

    init() {}

    init(key: UInt64, number: UInt32) {
      low = UInt32(truncatingIfNeeded: key)
      high = UInt32(truncatingIfNeeded: key >> 32)
      self.number = number
    }
  }
  private var slots = HashSlots<Slot>()
  private(set) var count = 0
  var heldBytes: Int { slots.heldBytes }

  /// Puts the number of each row's key into `rows`; new keys are added.
  @inline(__always)
  mutating func number(_ rows: UnsafeMutableBufferPointer<Int>, _ key: (Int) -> UInt64) {
    slots.willChange(rows: rows.count)
    var view = slots.view
    var row = 0
    while row < rows.count {
      let stop = view.isLarge ? min(rows.count, row + 64) : rows.count
      if view.isLarge { for next in row..<stop { view.prefetch(mixBits(key(next))) } }
      while row < stop {
        let key = key(row)
        let slot = view.slot(mixBits(key)) { $0.key == key }
        let known = slot.pointee.number
        if known != 0 {
          rows[row] = Int(known) - 1
        } else {
          rows[row] = add(key, slot)
          view = slots.view
        }
        row += 1
      }
    }
  }

  @inline(never)
  private mutating func add(_ key: UInt64, _ slot: UnsafeMutablePointer<Slot>) -> Int {
    count += 1
    slots.fill(slot, Slot(key: key, number: UInt32(truncatingIfNeeded: count)))
    return count - 1
  }

  mutating func number(of key: UInt64) -> Int {
    slots.willChange(rows: 1)
    let slot = slots.view.slot(mixBits(key)) { $0.key == key }
    let known = slot.pointee.number
    return known != 0 ? Int(known) - 1 : add(key, slot)
  }

  /// All keys with their numbers, in no order.
  func forEach(_ body: (UInt64, UInt32) -> Void) { slots.forEach { body($0.key, $0.number - 1) } }

  func known(_ key: UInt64) -> Int? {
    let number = slots.view.slot(mixBits(key)) { $0.key == key }.pointee.number
    return number == 0 ? nil : Int(number) - 1
  }
}

/// Numbers pairs of small numbers from 0 in order of first appearance.
///
/// As long as there could not be many more pairs than have been looked for, a table has a cell for each that there could
/// be. After that it stays as it is, and pairs that come new are hashed: nothing is moved, which would take long.
struct PairNumbers {
  /// The number + 1 of the pair of `first` and `second` at `first << shift | second`; 0 is none.
  private var cells: [UInt32] = []
  private var shift = 0
  /// How many pairs stand in the table.
  private var tableCount = 0
  /// Pairs that came later, numbered on from those of the table.
  private var hashed: KeyNumbers?
  /// One more than the largest numbers seen.
  private var firsts = 0
  private var seconds = 0
  private var rowsSeen = 0
  /// The rows after which hashing is thought over.
  private var nextLook = 0

  /// How many pairs have been numbered.
  var count: Int { tableCount + (hashed?.count ?? 0) }
  /// Whether there is a cell for each pair.
  var isTable: Bool { hashed == nil }
  var heldBytes: Int { cells.count * 4 + (hashed?.heldBytes ?? 0) }

  /// Puts the number of each pair of `rows` and `second` into `rows`; new ones are added.
  mutating func number(_ rows: UnsafeMutableBufferPointer<Int>, with second: UnsafeBufferPointer<Int>) {
    rowsSeen += rows.count
    firsts = max(firsts, (rows.max() ?? 0) + 1)
    seconds = max(seconds, (second.max() ?? 0) + 1)
    makeRoom()
    guard hashed == nil else {
      guard tableCount > 0 else {
        hashed?.number(rows) { Self.key(rows[$0], second[$0]) }
        return
      }
      for row in rows.indices {
        rows[row] =
          inTable(rows[row], second[row])
          ?? tableCount + (hashed?.number(of: Self.key(rows[row], second[row])) ?? 0)
      }
      return
    }
    var count = tableCount
    let shift = shift
    cells.withUnsafeMutableBufferPointer { cells in
      for row in rows.indices {
        let place = rows[row] << shift | second[row]
        let known = cells[place]
        if known != 0 {
          rows[row] = Int(known) - 1
        } else {
          rows[row] = count
          count += 1
          cells[place] = UInt32(truncatingIfNeeded: count)
        }
      }
    }
    tableCount = count
  }

  /// The number of a pair; nil where it has none.
  func known(_ first: Int, _ second: Int) -> Int? {
    inTable(first, second) ?? hashed?.known(Self.key(first, second)).map { tableCount + $0 }
  }

  @inline(__always)
  private func inTable(_ first: Int, _ second: Int) -> Int? {
    let place = first << shift | second
    guard second >> shift == 0, place < cells.count, cells[place] != 0 else { return nil }
    return Int(cells[place]) - 1
  }

  private static func key(_ first: Int, _ second: Int) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

  /// Makes cells for the largest numbers, or goes over to hashing, or back.
  private mutating func makeRoom() {
    if hashed != nil {
      guard rowsSeen >= nextLook else { return }
      nextLook = 2 * rowsSeen
    }
    var wanted = shift
    while seconds > 1 << wanted { wanted += 1 }
    let (count, overflow) = firsts.multipliedReportingOverflow(by: 1 << wanted)
    if overflow || count > max(1 << 16, min(1 << 23, 128 * rowsSeen)) {
      if hashed == nil { (hashed, nextLook) = (KeyNumbers(), 2 * rowsSeen) }
      return
    }
    if wanted > shift {
      var wider = [UInt32](repeating: 0, count: max(count, (cells.count >> shift) << wanted))
      for place in cells.indices where cells[place] != 0 {
        wider[(place >> shift) << wanted | place & (1 << shift - 1)] = cells[place]
      }
      (cells, shift) = (wider, wanted)
    } else if count > cells.count {
      cells.append(contentsOf: repeatElement(0, count: count - cells.count))
    }
    if let numbers = hashed {
      numbers.forEach { key, number in
        cells[Int(key >> 32) << shift | Int(key & 0xffff_ffff)] = UInt32(tableCount) + number + 1
      }
      tableCount += numbers.count
      hashed = nil
    }
  }
}

/// Gives the values of one column small numbers: equal values equal ones, in order of first appearance;
/// 0 is null. Works over any number of batches.
struct ColumnNumbers {
  private var keys = KeyNumbers()
  private var texts = StringNumbers()
  private var hasTexts = false
  /// The pool that strings have come from, where that is only one and its strings are distinct: a string's number is its
  /// code + 1, and none needs to be hashed unless others come.
  private var onlyPool: StringPool?
  /// Numbers of the strings of the pool seen last, so that each is hashed once.
  private var pool: StringPool?
  private var poolNumbers: [Int] = []
  private var poolAdding = true
  var heldBytes: Int { keys.heldBytes + texts.heldBytes + poolNumbers.count * 8 }

  mutating func numbers(of vector: ColumnVector, adding: Bool) -> [Int] {
    let count = vector.count
    switch vector.storage {
    case .constant(let value):
      return [Int](repeating: number(of: value, adding: adding), count: count)
    case .integers(let values):
      return values.withUnsafeBufferPointer { values in
        numbers(vector.validity, count, adding) { UInt64(bitPattern: values[$0]) }
      }
    case .reals(let values):
      return values.withUnsafeBufferPointer { values in
        numbers(vector.validity, count, adding) { Self.key(values[$0]) }
      }
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

  @inline(__always)
  private mutating func numbers(
    _ validity: Validity?, _ count: Int, _ adding: Bool, _ key: (Int) -> UInt64
  ) -> [Int] {
    var result = [Int](repeating: 0, count: count)
    if validity == nil, adding {
      result.withUnsafeMutableBufferPointer { keys.number($0, key) }
      for row in 0..<count { result[row] += 1 }
      return result
    }
    for row in 0..<count where validity?.isValid(row) != false {
      result[row] = number(key: key(row), adding: adding)
    }
    return result
  }

  fileprivate static func key(_ value: Double) -> UInt64 {
    value == 0 ? 0 : (value.isNaN ? Double.nan.bitPattern : value.bitPattern)
  }

  /// 0 when the key is not known and must not be added: the caller's keys are never null there.
  private mutating func number(key: UInt64, adding: Bool) -> Int {
    adding ? keys.number(of: key) + 1 : keys.known(key).map { $0 + 1 } ?? -1
  }

  private mutating func number(text: UnsafeBufferPointer<UInt8>, adding: Bool) -> Int {
    if let pool = onlyPool {
      onlyPool = nil
      // In the order of their codes, so that they keep their numbers.
      for code in 0..<pool.count { pool.withUTF8(code) { _ = texts.number(of: $0) } }
    }
    hasTexts = true
    return adding ? Int(texts.number(of: text)) + 1 : texts.known(text).map { Int($0) + 1 } ?? -1
  }

  private mutating func numbers(of strings: StringVector, adding: Bool) -> [Int] {
    if !hasTexts, onlyPool == nil, adding, strings.codes != nil, strings.pool.isDistinct {
      onlyPool = strings.pool
    }
    if let codes = strings.codes, strings.pool === onlyPool { return codes.map { Int($0) + 1 } }
    guard let codes = strings.codes, strings.pool.count <= 64 * codes.count || pool === strings.pool else {
      return (0..<strings.count).map { row in
        strings.withUTF8(row) { number(text: $0, adding: adding) }
      }
    }
    if pool !== strings.pool || poolAdding != adding {
      // What was not known before may be now: numbers of lookups are kept only among lookups.
      poolAdding = adding
      pool = strings.pool
      poolNumbers = [Int](repeating: 0, count: strings.pool.count)
    }
    var result = [Int](repeating: 0, count: codes.count)
    codes.withUnsafeBufferPointer { codes in
      result.withUnsafeMutableBufferPointer { result in
        var row = 0
        while row < codes.count {
          // A run of codes that are known already, then one that is not.
          poolNumbers.withUnsafeBufferPointer { known in
            while row < codes.count, known[Int(codes[row])] != 0 {
              result[row] = known[Int(codes[row])]
              row += 1
            }
          }
          guard row < codes.count else { break }
          let code = Int(codes[row])
          poolNumbers[code] = strings.pool.withUTF8(code) { number(text: $0, adding: adding) }
        }
      }
    }
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
  private var pairs: [PairNumbers]
  /// Of a single key column: the group of each of its numbers, -1 where none has been made. Its numbers
  /// start with 0 for null, which may come late or never.
  private var groupOfNumber: [Int] = []
  /// How many groups there are.
  public private(set) var count = 0

  /// An index over `keyCount` columns.
  public init(keyCount: Int) {
    columns = [ColumnNumbers](repeating: ColumnNumbers(), count: keyCount)
    pairs = [PairNumbers](repeating: PairNumbers(), count: max(0, keyCount - 1))
  }

  /// Whether groups are looked up without hashing their keys' values: each of several key columns has few of them.
  public var isTable: Bool { !pairs.isEmpty && pairs.allSatisfy(\.isTable) }

  /// The group of each row; new ones are added.
  public mutating func groups(of keys: [ColumnVector], rowCount: Int) -> [Int] {
    if keys.isEmpty {
      if rowCount > 0 { count = 1 }
      return [Int](repeating: 0, count: rowCount)
    }
    var current = columns[0].numbers(of: keys[0], adding: true)
    if keys.count == 1 {
      current.withUnsafeMutableBufferPointer { rows in
        for row in rows.indices {
          let number = rows[row]
          while number >= groupOfNumber.count { groupOfNumber.append(-1) }
          if groupOfNumber[number] < 0 {
            groupOfNumber[number] = count
            count += 1
          }
          rows[row] = groupOfNumber[number]
        }
      }
      return current
    }
    for index in keys.indices.dropFirst() {
      let next = columns[index].numbers(of: keys[index], adding: true)
      current.withUnsafeMutableBufferPointer { rows in
        next.withUnsafeBufferPointer { pairs[index - 1].number(rows, with: $0) }
      }
    }
    count = pairs[keys.count - 2].count
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
          current[row] = pairs[index - 1].known(current[row], next[row]) ?? -1
        }
      }
    }
    if keys.count == 1 {
      for row in current.indices where current[row] >= 0 {
        current[row] = current[row] < groupOfNumber.count ? groupOfNumber[current[row]] : -1
      }
    }
    return current
  }
}

/// Numbers the distinct pairs of a group and a value from 0 in order of first appearance.
public struct GroupedValueIndex {
  private var values = ColumnNumbers()
  private var pairs = PairNumbers()
  /// How many pairs there are.
  public var count: Int { pairs.count }
  /// How many bytes it holds.
  public var heldBytes: Int { values.heldBytes + pairs.heldBytes }

  /// An empty index.
  public init() {}

  /// The number of each row's pair; new ones are added.
  public mutating func numbers(groups: [Int], values column: ColumnVector) -> [Int] {
    var current = groups
    let next = values.numbers(of: column, adding: true)
    current.withUnsafeMutableBufferPointer { rows in
      next.withUnsafeBufferPointer { pairs.number(rows, with: $0) }
    }
    return current
  }
}

/// Hashes rows of key columns: rows that are one group hash alike, whatever batch they stand in.
public struct RowHasher {
  /// Of a string column: the hashes of the pool seen last.
  private var pools: [(pool: StringPool, hashes: [UInt64])?]

  /// A hasher of rows with so many columns.
  public init(keyCount: Int) { pools = Array(repeating: nil, count: keyCount) }

  /// A hash for each row.
  public mutating func hashes(of keys: [ColumnVector], rowCount: Int) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: rowCount)
    for (column, key) in keys.enumerated() {
      result.withUnsafeMutableBufferPointer { add(key, column, to: $0) }
    }
    return result
  }

  private mutating func add(
    _ key: ColumnVector, _ column: Int, to rows: UnsafeMutableBufferPointer<UInt64>
  ) {
    @inline(__always) func mix(_ row: Int, _ hash: UInt64) {
      rows[row] = (rows[row] &+ hash) &* 0x9e37_79b9_7f4a_7c15
      rows[row] ^= rows[row] >> 32
    }
    switch key.storage {
    case .constant(let value):
      let hash = Self.hash(value)
      for row in rows.indices { mix(row, hash) }
    case .integers(let values):
      values.withUnsafeBufferPointer { values in
        for row in rows.indices {
          mix(row, key.validity?.isValid(row) == false ? 0 : mixBits(UInt64(bitPattern: values[row])))
        }
      }
    case .reals(let values):
      for row in rows.indices {
        mix(row, key.validity?.isValid(row) == false ? 0 : mixBits(ColumnNumbers.key(values[row])))
      }
    case .strings(let strings):
      guard let codes = strings.codes,
        strings.pool.count <= 64 * codes.count || pools[column]?.pool === strings.pool
      else {
        for row in rows.indices { mix(row, strings.withUTF8(row) { hashBytes($0) }) }
        return
      }
      if pools[column]?.pool !== strings.pool {
        pools[column] = (
          strings.pool, (0..<strings.pool.count).map { strings.pool.withUTF8($0) { hashBytes($0) } }
        )
      }
      let known = pools[column]?.hashes ?? []
      known.withUnsafeBufferPointer { known in
        codes.withUnsafeBufferPointer { codes in
          for row in rows.indices { mix(row, known[Int(codes[row])]) }
        }
      }
    default:
      for row in rows.indices { mix(row, Self.hash(key.value(row))) }
    }
  }

  private static func hash(_ value: Value) -> UInt64 {
    switch value {
    case .null: return 0
    case .bool(let flag): return mixBits(flag ? 1 : 0)
    case .long(let number), .datetime(let number), .timespan(let number):
      return mixBits(UInt64(bitPattern: number))
    case .real(let number): return mixBits(ColumnNumbers.key(number))
    default:
      if value.isNull { return 0 }
      var text = value.text
      if case .dynamic(let inner) = value { text = inner.json }
      return text.withUTF8 { hashBytes($0) }
    }
  }
}
