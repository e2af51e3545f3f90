/// Random numbers that a seed decides: SplitMix64.
public struct Randomness: Sendable {
  private var state: UInt64

  /// Starts a sequence.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to `bound` − 1; 0 where there is none.
  public mutating func below(_ bound: Int) -> Int { bound < 2 ? 0 : Int(next() % UInt64(bound)) }

  /// Whether something that happens so many times in a hundred happens now.
  public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of the items, of which there must be one.
  public mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  /// Up to `count` different items, in random order.
  public mutating func sample<Item>(_ items: [Item], _ count: Int) -> [Item] {
    var left = items
    var taken: [Item] = []
    while taken.count < count, !left.isEmpty { taken.append(left.remove(at: below(left.count))) }
    return taken
  }
}
