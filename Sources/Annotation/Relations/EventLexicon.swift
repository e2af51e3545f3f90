/// Kinds of political events by verb and what it is done to: `events.txt`, which explains its lines.
struct EventLexicon: Sendable {
  /// What a line asks of the object, besides its head's lemma.
  struct Kinds: OptionSet, Sendable {
    let rawValue: UInt8
    /// A person, an organisation, a country, an office.
    static let someone = Kinds(rawValue: 1)
    static let place = Kinds(rawValue: 2)
    /// A clause that is said or thought.
    static let clause = Kinds(rawValue: 4)
    /// No object.
    static let nothing = Kinds(rawValue: 8)
  }

  private struct Line {
    var event: String
    var kinds: Kinds = []
    var heads: Set<String> = []
    var isOpen: Bool { kinds.isEmpty && heads.isEmpty }
  }

  /// The lexicon, read once.
  static let shared = EventLexicon()
  /// The classes, in the order of the list.
  let classes: [String]
  private let lines: [String: [Line]]

  private init() {
    var lines: [String: [Line]] = [:]
    var classes: [String] = []
    for fields in Lexicon.entries("events") where fields.count > 1 {
      var line = Line(event: fields[1])
      for word in fields.dropFirst(2).flatMap({ $0.split(separator: " ").map(String.init) }) {
        switch word {
        case "@": line.kinds.insert(.someone)
        case "place": line.kinds.insert(.place)
        case "clause": line.kinds.insert(.clause)
        case "-": line.kinds.insert(.nothing)
        default: line.heads.insert(word)
        }
      }
      lines[fields[0], default: []].append(line)
      if !classes.contains(line.event) { classes.append(line.event) }
    }
    self.lines = lines
    self.classes = classes
  }

  /// The class of a verb phrase ("call for"), done to an object; nil if no line fits. A line that asks for an
  /// object goes before one that takes any.
  func event(of verb: String, object: Kinds, head: String) -> String? {
    guard let lines = lines[verb] else { return nil }
    let fitting = lines.first { !$0.kinds.isDisjoint(with: object) || $0.heads.contains(head) }
    return (fitting ?? lines.first { $0.isOpen })?.event
  }
}
