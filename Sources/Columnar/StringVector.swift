import Collections
import Foundation
import Synchronization

/// The bytes of many strings, one after the other. Immutable, shared by the vectors that point into it.
public final class StringPool: Sendable {
  /// All strings' UTF-8 bytes.
  public let bytes: [UInt8]
  /// `count + 1` offsets into `bytes`.
  public let offsets: [Int]
  /// Whether no string occurs twice, so that equal codes are equal strings and unequal codes unequal ones.
  public let isDistinct: Bool
  /// What was looked for last, and the codes.
  private let lookups = Mutex<[(text: [UInt8], code: UInt32?)]>([])

  /// Wraps bytes and offsets; `offsets` starts with 0 and ends with `bytes.count`.
  public init(bytes: [UInt8], offsets: [Int], isDistinct: Bool) {
    self.bytes = bytes
    self.offsets = offsets
    self.isDistinct = isDistinct
  }

  /// The pool of one empty string.
  public static let empty = StringPool(bytes: [], offsets: [0, 0], isDistinct: true)

  /// How many strings there are.
  public var count: Int { offsets.count - 1 }

  /// A string by its code.
  public subscript(code: Int) -> String {
    bytes.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[offsets[code]..<offsets[code + 1]]), as: UTF8.self)
    }
  }

  /// The code of a string in a pool of distinct ones; nil if it is not there. The last few are remembered: a filter looks
  /// for the same in each batch.
  public func code(of text: [UInt8]) -> UInt32? {
    lookups.withLock { known in
      if let found = known.first(where: { $0.text == text }) { return found.code }
      let code = (0..<count).first { code in withUTF8(code) { $0.elementsEqual(text) } }.map { UInt32($0) }
      if known.count == 16 { known.removeFirst() }
      known.append((text, code))
      return code
    }
  }

  /// Runs `body` with a string's bytes, without copying them.
  @inlinable public func withUTF8<R>(_ code: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[offsets[code]..<offsets[code + 1]]))
    }
  }
}

/// A column of strings: a pool, and a code a row. Without codes, the rows are a run of the pool's strings.
///
/// Selecting rows makes codes only; no bytes move until the vector is written somewhere.
public struct StringVector: Sendable {
  /// The strings.
  public let pool: StringPool
  /// The pool's string of each row, or nil when the rows are those of `run` one after the other.
  public let codes: [UInt32]?
  /// The run of the pool that the rows are, when there are no codes.
  public let run: Range<Int>

  /// Wraps a pool. Codes must be below `pool.count`.
  public init(pool: StringPool, codes: [UInt32]? = nil) {
    self.pool = pool
    self.codes = codes
    run = 0..<(codes == nil ? pool.count : 0)
  }

  /// A run of a pool's strings.
  public init(pool: StringPool, run: Range<Int>) {
    self.pool = pool
    codes = nil
    self.run = run
  }

  /// Gathers strings, each distinct one once.
  public init(_ strings: some Sequence<String>) {
    var builder = StringVectorBuilder()
    for string in strings { builder.append(string) }
    self = builder.finish()
  }

  /// How many rows there are.
  public var count: Int { codes?.count ?? run.count }

  /// The pool's code of a row.
  @inlinable public func code(_ row: Int) -> Int { codes.map { Int($0[row]) } ?? run.lowerBound + row }

  /// The codes of all rows, also where they are a run.
  public var allCodes: [UInt32] { codes ?? run.map { UInt32($0) } }

  /// The string of a row.
  public subscript(row: Int) -> String { pool[code(row)] }

  /// Runs `body` with a row's bytes, without copying them.
  @inlinable public func withUTF8<R>(_ row: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    pool.withUTF8(code(row), body)
  }

  /// Computes something once per string of the pool if that is less work than once per row, and hands
  /// it out by row.
  @inlinable public func mapDistinct<R>(_ transform: (UnsafeBufferPointer<UInt8>) -> R) -> [R] {
    guard let codes, pool.count <= codes.count else { return mapRows(transform) }
    let results = StringVector(pool: pool).mapRows(transform)
    return codes.map { results[Int($0)] }
  }

  /// Computes something for each row's bytes.
  @inlinable public func mapRows<R>(_ transform: (UnsafeBufferPointer<UInt8>) -> R) -> [R] {
    pool.bytes.withUnsafeBufferPointer { bytes in
      pool.offsets.withUnsafeBufferPointer { offsets in
        func value(_ code: Int) -> R {
          transform(UnsafeBufferPointer(rebasing: bytes[offsets[code]..<offsets[code + 1]]))
        }
        return codes?.map { value(Int($0)) } ?? run.map(value)
      }
    }
  }

  /// Rows by index; −1 gives the empty string.
  public func gather(_ rows: [Int]) -> StringVector {
    if rows.contains(-1) {
      var builder = StringVectorBuilder()
      for row in rows {
        if row < 0 { builder.append("") } else { withUTF8(row) { builder.append(utf8: $0) } }
      }
      return builder.finish()
    }
    if let codes { return StringVector(pool: pool, codes: gatherCells(codes, rows)) }
    return StringVector(pool: pool, codes: rows.map { UInt32(run.lowerBound + $0) })
  }

  /// A run of rows.
  public func slice(_ rows: Range<Int>) -> StringVector {
    if let codes { return StringVector(pool: pool, codes: Array(codes[rows])) }
    return StringVector(pool: pool, run: run.lowerBound + rows.lowerBound..<run.lowerBound + rows.upperBound)
  }
}

/// Numbers the distinct strings that it is given, in the order of their first appearance.
public struct StringNumbers: Sendable {
  private struct Slot: HashSlot {
    /// The lower half of the string's hash, so that few strings are looked at that are not the one.
    var half: UInt32 = 0
    /// The string's number + 1; 0 is a free slot.
    var number: UInt32 = 0
    var isFree: Bool { number == 0 }
    var hash: UInt64 { UInt64(half) }
  }
  private var bytes: [UInt8] = []
  private var offsets: [Int] = [0]
  private var slots = HashSlots<Slot>()

  /// No strings yet.
  public init() {}

  /// How many strings there are.
  public var count: Int { offsets.count - 1 }
  /// How many bytes of UTF-8 they have.
  public var byteCount: Int { bytes.count }
  /// How many bytes of memory that takes.
  public var heldBytes: Int { bytes.count + offsets.count * 8 + slots.heldBytes }
  /// The strings by their numbers.
  public var pool: StringPool { StringPool(bytes: bytes, offsets: offsets, isDistinct: true) }

  /// A string by its number.
  public subscript(number: UInt32) -> String {
    withUTF8(number) { String(decoding: $0, as: UTF8.self) }
  }

  /// Runs `body` with a string's bytes, without copying them.
  public func withUTF8<R>(_ number: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[offsets[Int(number)]..<offsets[Int(number) + 1]]))
    }
  }

  /// Whether the strings of two numbers are in the order of their bytes, and differ.
  public func precede(_ a: UInt32, _ b: UInt32) -> Bool {
    withUTF8(a) { first in withUTF8(b) { first.lexicographicallyPrecedes($0) } }
  }

  /// The slot of a string, or the free one where it would be.
  @inline(__always)
  private func slot(of utf8: UnsafeBufferPointer<UInt8>, _ half: UInt32) -> UnsafeMutablePointer<Slot> {
    slots.view.slot(UInt64(half)) { $0.half == half && isString(Int($0.number) - 1, utf8) }
  }

  private func isString(_ number: Int, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = offsets[number]
    guard offsets[number + 1] - start == utf8.count, let wanted = utf8.baseAddress else {
      return utf8.isEmpty
    }
    return bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { memcmp($0 + start, wanted, utf8.count) == 0 } ?? true
    }
  }

  /// The number of a string that was given before; nil for another one.
  public func known(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let number = slot(of: utf8, UInt32(truncatingIfNeeded: hashBytes(utf8))).pointee.number
    return number == 0 ? nil : number - 1
  }

  /// The number of a string, from 0; a new one gets the next.
  public mutating func number(of string: String) -> UInt32 {
    var string = string
    return string.withUTF8 { number(of: $0) }
  }

  /// The number of a string by its UTF-8 bytes, from 0; a new one gets the next.
  public mutating func number(of utf8: UnsafeBufferPointer<UInt8>) -> UInt32 {
    slots.willChange(rows: 1)
    let half = UInt32(truncatingIfNeeded: hashBytes(utf8))
    let slot = slot(of: utf8, half)
    let known = slot.pointee.number
    if known != 0 { return known - 1 }
    let fresh = UInt32(count)
    bytes.append(contentsOf: utf8)
    offsets.append(bytes.count)
    slots.fill(slot, Slot(half: half, number: fresh + 1))
    return fresh
  }
}

/// Builds a `StringVector` row by row; equal strings share one entry of the pool.
public struct StringVectorBuilder {
  private var strings = StringNumbers()
  private var codes: [UInt32] = []

  /// An empty builder.
  public init() {}

  /// How many rows were added.
  public var count: Int { codes.count }

  /// A builder whose pool holds the strings of another, distinct one already; no rows yet.
  public init(pool: StringPool) {
    for code in 0..<pool.count { pool.withUTF8(code) { _ = strings.number(of: $0) } }
  }

  /// The code of the row added last.
  public var lastCode: UInt32 { codes.last ?? 0 }

  /// Adds a row.
  public mutating func append(_ string: String) {
    codes.append(strings.number(of: string))
  }

  /// Adds a row from UTF-8 bytes.
  public mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
    codes.append(strings.number(of: utf8))
  }

  /// The vector; the builder is spent.
  public func finish() -> StringVector {
    StringVector(pool: strings.pool, codes: codes)
  }
}

/// A 64-bit hash of bytes, the same in every run and on every machine.
/// - Source: FNV-1a's mixing over 8-byte words, finished with the 64-bit variant of MurmurHash3.
@inlinable public func hashBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
  var index = 0
  while index + 8 <= bytes.count {
    let word = UnsafeRawPointer(bytes.baseAddress!).loadUnaligned(fromByteOffset: index, as: UInt64.self)
    hash = (hash ^ UInt64(littleEndian: word)) &* 0x0000_0100_0000_01b3
    hash ^= hash >> 29
    index += 8
  }
  while index < bytes.count {
    hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3
    index += 1
  }
  return mixBits(hash)
}

/// The finishing step of MurmurHash3's 64-bit variant.
@inlinable public func mixBits(_ value: UInt64) -> UInt64 {
  var hash = value
  hash ^= hash >> 33
  hash = hash &* 0xff51_afd7_ed55_8ccd
  hash ^= hash >> 33
  hash = hash &* 0xc4ce_b9fe_1a85_ec53
  return hash ^ (hash >> 33)
}

/// Whether two strings are the same Unicode scalars (Swift's `==` also equates composed and decomposed
/// forms, which KQL keeps apart).
@inlinable public func sameScalars(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

/// Whether `a` comes before `b` by Unicode scalar values, which is the order of their UTF-8 bytes.
@inlinable public func scalarsPrecede(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
