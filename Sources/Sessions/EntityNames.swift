import Columnar
import Diagnostics
import Synchronization

/// Finds entities by any of their names. Built on first use from the `Entities` table.
///
/// Names are compared without case, and hyphens, apostrophes' forms and runs of blanks do not count:
/// "Kim Jong-un" is "Kim Jong Un".
final class EntityNames: Sendable {
  /// An entity and its canonical name.
  struct Entry: Sendable {
    let id: String
    let name: String
    let mentions: Int
  }
  private struct Index {
    var byName: [String: [Entry]] = [:]
    var canonical: Set<[UInt8]> = []
    var names: [String] = []
  }

  private let entities: any TableProvider
  private let index = Mutex<Index?>(nil)

  init(entities: any TableProvider) { self.entities = entities }

  /// The entities that a name may mean, most mentioned first; those that bear it as their canonical name
  /// win over those that only have it as an alias.
  func entries(named name: String) throws(DossierError) -> [Entry] {
    let known = try loaded()
    let found = known.byName[Self.key(name)] ?? []
    let canonical = found.filter { Self.key($0.name) == Self.key(name) }
    return canonical.isEmpty ? found : canonical
  }

  /// The EntityId of a name.
  /// - Errors: `BND410` if nothing bears the name, `BND411` if several do.
  func resolve(_ name: String, at span: SourceSpan?) throws(DossierError) -> String {
    let found = try entries(named: name)
    if found.count == 1 { return found[0].id }
    if let exact = found.first(where: { sameScalars($0.id, name) }) { return exact.id }
    if found.isEmpty {
      if try loaded().byName.values.contains(where: { $0.contains { sameScalars($0.id, name) } }) {
        return name
      }
      let near = nearestName(to: name, among: try loaded().names)
      throw DossierError(
        "BND410", "no entity is called '\(name)'", at: span,
        hint: near.map { "did you mean entity(\"\($0)\")?" }
          ?? "Entities | search \"\(name)\" looks in all names")
    }
    throw DossierError(
      "BND411", "'\(name)' may be any of: \(found.map(\.id).joined(separator: ", "))", at: span,
      hint: "use one of these ids, such as \"\(found[0].id)\"")
  }

  /// The canonical name that was probably meant by a text that is only an alias; nil for a canonical name
  /// and for a text that no entity bears.
  func canonicalName(forAlias text: String) throws(DossierError) -> Entry? {
    let known = try loaded()
    if known.canonical.contains(Array(text.utf8)) { return nil }
    return (known.byName[Self.key(text)] ?? []).first
  }

  /// All canonical names, most mentioned first, for completion.
  func names() throws(DossierError) -> [String] { try loaded().names }

  private static func key(_ name: String) -> String {
    var words: [String] = []
    var word = ""
    for scalar in name.lowercased().unicodeScalars {
      switch scalar {
      case "'", "’", "‘", ".": continue
      default:
        if scalar.properties.isWhitespace || scalar.properties.isDash {
          if !word.isEmpty { words.append(word) }
          word = ""
        } else {
          word.unicodeScalars.append(scalar)
        }
      }
    }
    if !word.isEmpty { words.append(word) }
    return words.joined(separator: " ")
  }

  private func loaded() throws(DossierError) -> Index {
    if let ready = index.withLock({ $0 }) { return ready }
    var fresh = Index()
    let wanted = ["EntityId", "Entity", "Aliases", "Mentions"].compactMap { entities.schema.index(of: $0) }
    let columns = try entities.read(columns: wanted, rows: 0..<entities.rowCount)
    var entries: [(entry: Entry, aliases: [String])] = []
    for row in 0..<entities.rowCount {
      var mentions = 0
      if case .long(let count) = columns[3].value(row) { mentions = Int(count) }
      var aliases: [String] = []
      if case .dynamic(.array(let items)) = columns[2].value(row) { aliases = items.map(\.text) }
      entries.append(
        (Entry(id: columns[0].value(row).text, name: columns[1].value(row).text, mentions: mentions), aliases)
      )
    }
    entries.sort {
      $0.entry.mentions != $1.entry.mentions
        ? $0.entry.mentions > $1.entry.mentions : scalarsPrecede($0.entry.id, $1.entry.id)
    }
    for (entry, aliases) in entries {
      fresh.canonical.insert(Array(entry.name.utf8))
      fresh.names.append(entry.name)
      var seen: Set<String> = []
      for name in [entry.name] + aliases where seen.insert(Self.key(name)).inserted {
        fresh.byName[Self.key(name), default: []].append(entry)
      }
    }
    index.withLock { $0 = fresh }
    return fresh
  }
}

extension Session {
  /// The EntityId of a name, or of an EntityId itself.
  /// - Errors: `BND410` if nothing bears the name, `BND411` if several do.
  public func entityID(named name: String) throws(DossierError) -> String {
    try catalog.entityNames.resolve(name, at: nil)
  }
}
