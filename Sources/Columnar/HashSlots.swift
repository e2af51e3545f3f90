import CKernels
import Foundation

/// A place of a hash table. All bits zero must be a free one.
public protocol HashSlot: BitwiseCopyable {
  /// A free one.
  init()
  /// Whether nothing stands there.
  var isFree: Bool { get }
  /// Decides by its lower bits where it stands.
  var hash: UInt64 { get }
}

/// The places of a hash table with open addressing, at most half of them filled.
///
/// A large table grows bit by bit: what stood in the old one is moved while further rows come, so that none of them waits
/// until millions have been moved, and the evaluation can be cancelled meanwhile. The memory for it is touched bit by bit
/// before, too: a system that clears pages slowly (a virtual machine whose host has to give them first: 0.2 s for 100 MB)
/// would have to clear all of them for the first few rows.
public struct HashSlots<Slot: HashSlot>: Sendable {
  /// Zeroed memory; only changed by the one who holds the only reference.
  @usableFromInline
  final class Memory: @unchecked Sendable {
    @usableFromInline let slots: UnsafeMutablePointer<Slot>
    @usableFromInline let size: Int

    init(size: Int) {
      self.size = size
      let bytes = size * MemoryLayout<Slot>.stride
      // What comes fresh from the system is zero, and not touched before it is used; the rest is zeroed here, once it has
      // been asked to lie in huge pages.
      let isFresh = bytes > 32 << 20
      guard let memory = isFresh ? calloc(1, bytes) : malloc(bytes) else { fatalError("out of memory") }
      slots = memory.bindMemory(to: Slot.self, capacity: size)
      UnsafeMutableBufferPointer(start: slots, count: size).useHugePages()
      if !isFresh { memset(memory, 0, bytes) }
    }

    convenience init(copying other: Memory) {
      self.init(size: other.size)
      slots.update(from: other.slots, count: size)
    }

    deinit { free(slots) }
  }

  /// Tables of more slots than this grow bit by bit.
  private static var largestAtOnce: Int { 1 << 19 }
  /// Tables of more slots than this only double: there can be many of them.
  private static var largestFourfold: Int { 1 << 15 }
  @usableFromInline var table = Memory(size: 256)
  /// What the table was before it grew; the slots from `moved` on are yet to be moved.
  @usableFromInline var old: Memory?
  private var moved = 0
  /// What the table will be once it grows, of which the slots below `touched` have been touched.
  private var next: Memory?
  private var touched = 0
  @usableFromInline var count = 0

  /// None filled.
  public init() {}

  /// How many bytes it takes.
  public var heldBytes: Int { (table.size + (old?.size ?? 0) + touched) * MemoryLayout<Slot>.stride }

  /// Where slots are looked for. Good until one is filled.
  public struct View {
    @usableFromInline let slots: UnsafeMutablePointer<Slot>
    @usableFromInline let mask: Int
    @usableFromInline let old: UnsafeMutablePointer<Slot>?
    @usableFromInline let oldMask: Int

    @inlinable @inline(__always)
    init(_ table: Memory, _ old: Memory?) {
      (slots, mask) = (table.slots, table.size - 1)
      (self.old, oldMask) = (old?.slots, (old?.size ?? 1) - 1)
    }

    /// Whether there are so many slots that they should be fetched ahead of their use: more than fit the processor's
    /// caches.
    @inlinable public var isLarge: Bool { mask * MemoryLayout<Slot>.stride >= 8 << 20 }

    /// The slot that is wanted, or the free one where it belongs.
    @inlinable @inline(__always)
    public func slot(_ hash: UInt64, where isWanted: (Slot) -> Bool) -> UnsafeMutablePointer<Slot> {
      var place = Int(truncatingIfNeeded: hash) & mask
      while !slots[place].isFree {
        if isWanted(slots[place]) { return slots + place }
        place = (place + 1) & mask
      }
      if let old {
        var place = Int(truncatingIfNeeded: hash) & oldMask
        while !old[place].isFree {
          if isWanted(old[place]) { return old + place }
          place = (place + 1) & oldMask
        }
      }
      return slots + place
    }

    /// Begins to fetch the slot that a hash belongs to.
    @inlinable @inline(__always)
    public func prefetch(_ hash: UInt64) { prefetchMemory(slots + (Int(truncatingIfNeeded: hash) & mask)) }
  }

  /// Where slots are looked for.
  @inlinable public var view: View { View(table, old) }

  /// To be called before slots are looked for that may be filled, with the number of rows that they are looked for.
  @inlinable @inline(__always)
  public mutating func willChange(rows: Int) {
    if !isKnownUniquelyReferenced(&table) { copy() }
    if old != nil {
      move(16 * rows)
    } else if isNearlyFull {
      prepare(16 * rows)
    }
  }

  /// Whether a large table is going to grow: it does when half of it is filled.
  @usableFromInline var isNearlyFull: Bool { table.size > Self.largestAtOnce && count * 8 >= table.size * 3 }

  /// Touches so many further slots of what the table will be.
  @usableFromInline
  mutating func prepare(_ most: Int) {
    let memory = next ?? Memory(size: table.size * 2)
    next = memory
    let end = touched + min(most, memory.size - touched)
    for place in stride(from: touched, to: end, by: Self.touchStride) { memory.slots[place] = Slot() }
    touched = end
  }

  /// Slots of less than the smallest page.
  private static var touchStride: Int { 4096 / MemoryLayout<Slot>.stride }

  @usableFromInline
  mutating func copy() {
    table = Memory(copying: table)
    // What has been prepared stays with whom it was copied from.
    next = nil
    touched = 0
  }

  /// Fills a free slot.
  @inlinable @inline(__always)
  public mutating func fill(_ free: UnsafeMutablePointer<Slot>, _ slot: Slot) {
    free.pointee = slot
    count += 1
    if count * 2 >= table.size { grow() }
  }

  /// Hands out all slots that are filled, in no order.
  public func forEach(_ body: (Slot) -> Void) {
    for place in 0..<table.size where !table.slots[place].isFree { body(table.slots[place]) }
    guard let old else { return }
    for place in moved..<old.size where !old.slots[place].isFree { body(old.slots[place]) }
  }

  @usableFromInline
  mutating func grow() {
    if old != nil { move(.max) }
    let isSmall = table.size <= Self.largestAtOnce
    old = table
    moved = 0
    table = next ?? Memory(size: table.size * (table.size <= Self.largestFourfold ? 4 : 2))
    next = nil
    touched = 0
    if isSmall { move(.max) }
  }

  /// Moves what stands in so many further slots of the old table.
  @usableFromInline
  mutating func move(_ most: Int) {
    guard let old else { return }
    let end = moved + min(most, old.size - moved)
    let (slots, mask) = (table.slots, table.size - 1)
    for place in moved..<end where !old.slots[place].isFree {
      var target = Int(truncatingIfNeeded: old.slots[place].hash) & mask
      while !slots[target].isFree { target = (target + 1) & mask }
      slots[target] = old.slots[place]
    }
    moved = end
    if moved == old.size { self.old = nil }
  }
}
