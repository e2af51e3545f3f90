import Columnar

/// Many entities in the memory that their texts take, as every text is held once.
public struct EntityList: Sendable, RandomAccessCollection, Equatable {
  private struct Entry: BitwiseCopyable, Equatable {
    let entityID: UInt32
    let entity: UInt32
    let type: UInt32
    let country: UInt32
    let aliasesEnd: UInt32
  }

  private var texts = StringNumbers()
  private var entries: [Entry] = []
  private var aliases: [UInt32] = []

  /// None.
  public init() {}

  /// Gathers entities.
  public init(_ entities: some Sequence<ResolvedEntity>) {
    for entity in entities { append(entity) }
  }

  /// Adds an entity.
  public mutating func append(_ entity: ResolvedEntity) {
    for alias in entity.aliases { aliases.append(texts.number(of: alias)) }
    entries.append(
      Entry(
        entityID: texts.number(of: entity.entityID), entity: texts.number(of: entity.entity),
        type: texts.number(of: entity.type), country: texts.number(of: entity.country),
        aliasesEnd: UInt32(aliases.count)))
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
      entityID: texts[entry.entityID], entity: texts[entry.entity], type: texts[entry.type],
      country: texts[entry.country], aliases: aliases[first..<Int(entry.aliasesEnd)].map { texts[$0] })
  }

  /// The id of an entity.
  public func entityID(at place: Int) -> String { texts[entries[place].entityID] }

  /// Whether both have the same entities in the same order.
  public static func == (a: EntityList, b: EntityList) -> Bool { a.elementsEqual(b) }
}
