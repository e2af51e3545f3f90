import Columnar

/// Many entities in the memory that their texts take, as every text is held once: about 25 bytes each besides them.
public struct EntityList: Sendable, RandomAccessCollection, Equatable {
  /// An entity, its texts by their numbers.
  public struct Entry: Sendable, BitwiseCopyable {
    fileprivate let entityID: UInt32
    fileprivate let entity: UInt32
    fileprivate let type: UInt32
    fileprivate let country: UInt32
    fileprivate var aliasesEnd: UInt32 = 0

    /// An entity by the number of its id, and those of its name, type and country.
    public init(entityID: UInt32, entity: UInt32, type: UInt32, country: UInt32) {
      (self.entityID, self.entity, self.type, self.country) = (entityID, entity, type, country)
    }
  }

  private var ids: StringNumbers
  private var texts: StringNumbers
  private var entries: [Entry] = []
  private var aliases: [UInt32] = []

  /// None yet; ids and other texts are those of other lists, which are shared and not copied.
  public init(ids: StringNumbers, texts: StringNumbers) {
    (self.ids, self.texts) = (ids, texts)
  }

  /// None.
  public init() { self.init(ids: StringNumbers(), texts: StringNumbers()) }

  /// Gathers entities.
  public init(_ entities: some Sequence<ResolvedEntity>) {
    self.init()
    for entity in entities { append(entity) }
  }

  /// Makes room for that many entities in all.
  public mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// Adds an entity.
  public mutating func append(_ entity: ResolvedEntity) {
    append(
      Entry(
        entityID: ids.number(of: entity.entityID), entity: texts.number(of: entity.entity),
        type: texts.number(of: entity.type), country: texts.number(of: entity.country)),
      aliases: entity.aliases.map { texts.number(of: $0) })
  }

  /// Adds an entity whose texts are there already; aliases by their numbers, most frequent first.
  public mutating func append(_ entry: Entry, aliases: [UInt32]) {
    self.aliases += aliases
    var entry = entry
    entry.aliasesEnd = UInt32(self.aliases.count)
    entries.append(entry)
  }

  /// The place of the first entity.
  public var startIndex: Int { 0 }
  /// How many entities there are.
  public var endIndex: Int { entries.count }

  /// An entity.
  public subscript(place: Int) -> ResolvedEntity {
    let entry = entries[place]
    let first = place == 0 ? 0 : Int(entries[place - 1].aliasesEnd)
    return ResolvedEntity(
      entityID: ids[entry.entityID], entity: texts[entry.entity], type: texts[entry.type],
      country: texts[entry.country], aliases: aliases[first..<Int(entry.aliasesEnd)].map { texts[$0] })
  }

  /// The id of an entity.
  public func entityID(at place: Int) -> String { ids[entries[place].entityID] }

  /// Whether both have the same entities in the same order.
  public static func == (a: EntityList, b: EntityList) -> Bool { a.elementsEqual(b) }
}
