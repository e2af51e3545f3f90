/// Named numbers that describe one target, in the order in which they were first added; each name once.
///
/// A name is its parts with colons between them. Only its hash is kept, which is all that the model looks up; the
/// name itself is kept too where someone wants to see it, as the training script does.
struct FeatureList {
  /// One feature.
  struct Item {
    /// FNV-1a of the name.
    var key: UInt64
    /// Its value.
    var value: Double
    /// The token that it comes from; −1 for none.
    var token: Int
  }

  private(set) var items: [Item] = []
  private(set) var names: [String] = []
  private let keepsNames: Bool
  private var places: [UInt64: Int] = [:]

  /// An empty list.
  init(keepsNames: Bool) {
    self.keepsNames = keepsNames
    items.reserveCapacity(160)
  }

  /// Adds to a feature's value.
  mutating func add(_ value: Double, _ parts: String..., token: Int = -1) {
    let place = place(of: parts, token)
    items[place].value += value
  }

  /// Sets a feature's value, however often it is there.
  mutating func set(_ value: Double, _ parts: String..., token: Int = -1) {
    let place = place(of: parts, token)
    items[place].value = value
  }

  private mutating func place(of parts: [String], _ token: Int) -> Int {
    var key = FeatureKey()
    for (index, part) in parts.enumerated() {
      if index > 0 { key.add(UInt8(ascii: ":")) }
      for byte in part.utf8 { key.add(byte) }
    }
    if let place = places[key.hash] { return place }
    places[key.hash] = items.count
    items.append(Item(key: key.hash, value: 0, token: token))
    if keepsNames { names.append(parts.joined(separator: ":")) }
    return items.count - 1
  }
}

/// The FNV-1a hash of a feature's name.
struct FeatureKey {
  private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
