import Columnar
import Diagnostics

/// What a reader says of entities against what resolution says.
///
/// Each has one line of text, which is how the store and notebooks keep it: words split at blanks, in double
/// quotes where they hold blanks.
/// ```
/// alias "Rocket Man" person/kim-jong-un
/// merge person/kim-jong-un-2 person/kim-jong-un
/// split person/smith "John Smith"
/// split person/smith in wire-12.txt
/// retype org/amazon LOC
/// ```
public enum Correction: Sendable, Hashable {
  /// Whatever is called by the name is that entity.
  case alias(name: String, entityID: String)
  /// The first entity is the second one.
  case merge(entityID: String, into: String)
  /// What is called by the name is another entity than the rest.
  case splitName(entityID: String, name: String)
  /// What the entity is in one document is another entity.
  case splitDocument(entityID: String, docID: String)
  /// The entity is of that type.
  case retype(entityID: String, type: String)

  /// The line of text.
  public var text: String {
    switch self {
    case .alias(let name, let id): Self.line(["alias", name, id])
    case .merge(let id, let other): Self.line(["merge", id, other])
    case .splitName(let id, let name): Self.line(["split", id, name])
    case .splitDocument(let id, let docID): Self.line(["split", id, "in", docID])
    case .retype(let id, let type): Self.line(["retype", id, type])
    }
  }

  /// Reads a line.
  /// - Errors: `STO140` for one that is none.
  public init(_ line: String) throws(DossierError) {
    let words = Self.words(line)
    switch (words.first, words.count) {
    case ("alias", 3): self = .alias(name: words[1], entityID: words[2])
    case ("merge", 3): self = .merge(entityID: words[1], into: words[2])
    case ("split", 3): self = .splitName(entityID: words[1], name: words[2])
    case ("split", 4) where words[2] == "in": self = .splitDocument(entityID: words[1], docID: words[3])
    case ("retype", 3): self = .retype(entityID: words[1], type: words[2])
    default:
      throw DossierError(
        .malformedCorrection, "'\(line)' is no correction",
        hint: "alias \"NAME\" ENTITY, merge ENTITY ENTITY, split ENTITY \"NAME\", retype ENTITY TYPE")
    }
  }

  /// Reads a text of a line each; blank lines and those that begin with `#` say nothing.
  /// - Errors: `STO140` with the line's number.
  public static func list(_ text: String) throws(DossierError) -> [Correction] {
    var found: [Correction] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
      do throws(DossierError) {
        found.append(try Correction(String(line)))
      } catch {
        throw DossierError(error.code, "line \(number + 1): \(error.message)", hint: error.hint)
      }
    }
    return found
  }

  private static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.first != "#"
      && word.unicodeScalars.allSatisfy {
        $0 != "\"" && $0 != "\\" && $0.value > 0x20 && !$0.isWhitespace && $0.value != 0x7F
      }
    if isPlain { return word }
    var text = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\"", "\\": text.append(contentsOf: ["\\", scalar])
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{0B}", "\u{0C}": text.append(" ")
      default: text.append(scalar)
      }
    }
    text.append("\"")
    return String(text)
  }

  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var isQuoted = false
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        word?.append(scalar)
        isEscaped = false
      } else if isQuoted, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
        word = word ?? String.UnicodeScalarView()
      } else if !isQuoted, scalar.isWhitespace {
        if let done = word { words.append(String(done)) }
        word = nil
      } else {
        word = word ?? String.UnicodeScalarView()
        word?.append(scalar)
      }
    }
    if let done = word { words.append(String(done)) }
    return words
  }
}

extension Resolution {
  /// The resolution as it is with a reader's corrections, one after the other. One that names an entity which
  /// isn't there changes nothing.
  ///
  /// - `clusters`: the clusters that were resolved.
  public func corrected(by corrections: [Correction], _ clusters: ClusterList) -> Resolution {
    if corrections.isEmpty || clusters.count != places.count { return self }
    var state = CorrectedResolution(self, clusters)
    for correction in corrections { state.apply(correction) }
    return state.resolution
  }
}

/// A resolution while it is being corrected.
private struct CorrectedResolution {
  private let clusters: ClusterList
  /// The number of each cluster's entity.
  private var numbers: [Int32]
  /// By number: those of the resolution, then fresh ones; nil for one that is merged into another.
  private var entities: [ResolvedEntity?]
  private var numberOfID: [String: Int32] = [:]

  init(_ resolution: Resolution, _ clusters: ClusterList) {
    self.clusters = clusters
    numbers = resolution.places
    entities = resolution.entities.map { $0 }
    for (number, entity) in resolution.entities.enumerated() {
      numberOfID[entity.entityID] = Int32(number)
    }
  }

  var resolution: Resolution {
    var isUsed = [Bool](repeating: false, count: entities.count)
    for number in numbers where number >= 0 { isUsed[Int(number)] = true }
    let sorted = entities.indices.compactMap { number in
      isUsed[number] ? entities[number].map { (number: number, entity: $0) } : nil
    }.sorted { scalarsPrecede($0.entity.entityID, $1.entity.entityID) }
    var places = [Int32](repeating: -1, count: entities.count)
    for (place, entity) in sorted.enumerated() { places[entity.number] = Int32(place) }
    return Resolution(
      places: numbers.map { $0 < 0 ? -1 : places[Int($0)] }, entities: EntityList(sorted.map(\.entity)))
  }

  mutating func apply(_ correction: Correction) {
    switch correction {
    case .alias(let name, let id):
      guard let number = numberOfID[id] else { return }
      for cluster in clusters(called: name) { numbers[cluster] = number }
      add([name], to: number)
    case .merge(let id, let target):
      guard id != target, let from = numberOfID[id], let number = numberOfID[target],
        let old = entities[Int(from)]
      else { return }
      for index in numbers.indices where numbers[index] == from { numbers[index] = number }
      add([old.entity] + old.aliases, to: number)
      entities[Int(from)] = nil
      numberOfID[id] = nil
    case .splitName(let id, let name): split(id, called: name, clusters(called: name))
    case .splitDocument(let id, let docID):
      var docID = docID
      guard let document = docID.withUTF8({ clusters.documents.known($0) }) else { return }
      let meant = clusters.indices.filter { clusters.entry(at: $0).document == document }
      let own = numberOfID[id]
      let named = meant.first {
        numbers[$0] == own && clusters.entry(at: $0).name != ClusterList.emptyText
      }
      split(id, called: named.map { clusters.texts[clusters.entry(at: $0).name] }, meant)
    case .retype(let id, let type): if let number = numberOfID[id] { entities[Int(number)]?.type = type }
    }
  }

  /// The places of the clusters of a name.
  private func clusters(called name: String) -> [Int] {
    let key = Self.key(name)
    var isMeant: [UInt32: Bool] = [:]
    return clusters.indices.filter { cluster in
      let name = clusters.entry(at: cluster).name
      if let known = isMeant[name] { return known }
      let found = Self.key(clusters.texts[name]) == key
      isMeant[name] = found
      return found
    }
  }

  private mutating func add(_ names: [String], to number: Int32) {
    guard var entity = entities[Int(number)] else { return }
    for name in names where !name.isEmpty && !entity.aliases.contains(where: { sameScalars($0, name) }) {
      entity.aliases.append(name)
    }
    entities[Int(number)] = entity
  }

  /// The clusters of an entity that are meant become one of their own; nothing happens where that would be
  /// none or all of them. It is called as the entity is where no name is given.
  private mutating func split(_ id: String, called name: String?, _ meant: [Int]) {
    guard let number = numberOfID[id], let old = entities[Int(number)] else { return }
    let moved = meant.filter { numbers[$0] == number }
    let rest = Set(numbers.indices.filter { numbers[$0] == number }).subtracting(moved).sorted()
    guard !moved.isEmpty, !rest.isEmpty else { return }
    let fresh = freeID(for: name ?? old.entity, beside: id)
    for index in moved { numbers[index] = Int32(entities.count) }
    numberOfID[fresh] = Int32(entities.count)
    entities.append(
      ResolvedEntity(
        entityID: fresh, entity: name ?? old.entity, type: old.type, country: old.country,
        aliases: names(of: moved)))
    let kept = names(of: rest)
    entities[Int(number)]?.aliases.removeAll { alias in !kept.contains { sameScalars($0, alias) } }
  }

  /// The forms of clusters, each once.
  private func names(of places: [Int]) -> [String] {
    var found: [UInt32] = []
    var seen: Set<UInt32> = []
    for place in places {
      for form in clusters.forms(at: place) where seen.insert(form.text).inserted { found.append(form.text) }
    }
    return found.map { clusters.texts[$0] }
  }

  /// `person/john-smith`, with a number behind it where that is another entity's.
  private func freeID(for name: String, beside id: String) -> String {
    let kind = id.split(separator: "/").first.map(String.init) ?? "entity"
    var slug = ""
    for scalar in name.lowercased().unicodeScalars {
      if scalar.isAlphabetic || scalar.isNumeric {
        slug.unicodeScalars.append(scalar)
      } else if !slug.isEmpty, slug.last != "-" {
        slug += "-"
      }
    }
    if slug.last == "-" { slug.removeLast() }
    let base = "\(kind)/\(slug.isEmpty ? "unnamed" : slug)"
    if numberOfID[base] == nil { return base }
    var number = 2
    while numberOfID["\(base)-\(number)"] != nil { number += 1 }
    return "\(base)-\(number)"
  }

  /// Names are compared without case, and neither hyphens nor runs of blanks count.
  private static func key(_ name: String) -> [UInt8] {
    var key: [UInt8] = []
    for scalar in name.lowercased().unicodeScalars {
      if scalar.isWhitespace || scalar == "-" || scalar == "\u{2010}" || scalar == "\u{2011}" {
        if !key.isEmpty, key.last != 0x20 { key.append(0x20) }
      } else {
        key += Array(String(scalar).utf8)
      }
    }
    if key.last == 0x20 { key.removeLast() }
    return key
  }
}

extension DossierError.Code {
  static let malformedCorrection: Self = "STO140"
}
