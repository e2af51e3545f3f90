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
  /// - `records`: the clusters that were resolved.
  public func corrected(by corrections: [Correction], _ records: [ClusterRecord]) -> Resolution {
    if corrections.isEmpty || records.count != entityIDs.count { return self }
    var state = CorrectedResolution(self, records)
    for correction in corrections { state.apply(correction) }
    return state.resolution
  }
}

/// A resolution while it is being corrected.
private struct CorrectedResolution {
  private let records: [ClusterRecord]
  private var ids: [String]
  private var entities: [String: ResolvedEntity]

  init(_ resolution: Resolution, _ records: [ClusterRecord]) {
    self.records = records
    ids = resolution.entityIDs
    entities = Dictionary(resolution.entities.map { ($0.entityID, $0) }) { first, _ in first }
  }

  var resolution: Resolution {
    let used = Set(ids)
    return Resolution(
      entityIDs: ids,
      entities: entities.values.filter { used.contains($0.entityID) }
        .sorted { scalarsPrecede($0.entityID, $1.entityID) })
  }

  mutating func apply(_ correction: Correction) {
    switch correction {
    case .alias(let name, let id):
      guard entities[id] != nil else { return }
      let key = Self.key(name)
      move(to: id) { Self.key($0.name) == key }
      add([name], to: id)
    case .merge(let id, let target):
      guard id != target, let old = entities[id], entities[target] != nil else { return }
      for index in ids.indices where ids[index] == id { ids[index] = target }
      add([old.entity] + old.aliases, to: target)
      entities[id] = nil
    case .splitName(let id, let name):
      let key = Self.key(name)
      split(id, called: name) { Self.key($0.name) == key }
    case .splitDocument(let id, let docID):
      let name = zip(ids, records).first { $0 == id && sameScalars($1.docID, docID) && !$1.name.isEmpty }?.1
        .name
      split(id, called: name ?? entities[id]?.entity ?? "") { sameScalars($0.docID, docID) }
    case .retype(let id, let type): entities[id]?.type = type
    }
  }

  private mutating func move(to id: String, where isMeant: (ClusterRecord) -> Bool) {
    for index in records.indices where ids[index] != id && isMeant(records[index]) { ids[index] = id }
  }

  private mutating func add(_ names: [String], to id: String) {
    for name in names where !name.isEmpty {
      guard let known = entities[id], !known.aliases.contains(where: { sameScalars($0, name) }) else {
        continue
      }
      entities[id]?.aliases.append(name)
    }
  }

  /// The clusters of an entity that are meant become one of their own; nothing happens where that would be
  /// none or all of them.
  private mutating func split(_ id: String, called name: String, where isMeant: (ClusterRecord) -> Bool) {
    guard let old = entities[id] else { return }
    let own = records.indices.filter { ids[$0] == id }
    let moved = own.filter { isMeant(records[$0]) }
    guard !moved.isEmpty, moved.count < own.count else { return }
    let fresh = freeID(for: name, beside: id)
    for index in moved { ids[index] = fresh }
    func names(_ places: [Int]) -> [String] {
      var found: [String] = []
      for form in places.flatMap({ records[$0].forms })
      where !found.contains(where: { sameScalars($0, form.text) }) {
        found.append(form.text)
      }
      return found
    }
    entities[fresh] = ResolvedEntity(
      entityID: fresh, entity: name, type: old.type, country: old.country, aliases: names(moved))
    let rest = names(own.filter { !isMeant(records[$0]) })
    entities[id]?.aliases.removeAll { alias in !rest.contains { sameScalars($0, alias) } }
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
    if entities[base] == nil { return base }
    var number = 2
    while entities["\(base)-\(number)"] != nil { number += 1 }
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
