/// Tells the kind of event that a relation is; an empty one where the lexicon is not sure.
struct EventReader {
  let clauses: Clauses
  private let lexicon = EventLexicon.shared
  private var tree: RelationTree { clauses.tree }

  init(clauses: Clauses) { self.clauses = clauses }

  /// Prepositions that tell where a thing was done, so that the verb alone gives its kind.
  private static let places: Set<String> = [
    "in", "at", "on", "near", "inside", "outside", "across", "around", "along", "over",
  ]

  /// The kind of what a predicate tells of an object; `subject` is what suffers it in a passive without agent.
  func event(of predicate: Predicate, subject: Int, object: Int?) -> String {
    guard let main = predicate.chain.last else { return "" }
    // A threat to attack is a threat.
    for link in predicate.chain.dropLast() where tree.isVerbal[link] {
      if let event = lexicon.event(of: tree.words[link].lemma + " to", object: [], head: "") { return event }
    }
    let lemma = tree.words[main].lemma
    let behind = predicate.lemmas.dropFirst(predicate.verbPlace + 1)
    let suffers = predicate.isPassive && predicate.agents.isEmpty
    let whole = ([lemma] + behind).joined(separator: " ")
    if let event = event(whole, object ?? (suffers ? subject : nil)) { return event }
    guard !predicate.link.isEmpty, suffers || Self.places.contains(predicate.link) else { return "" }
    let verb = ([lemma] + behind.dropLast()).joined(separator: " ")
    return event(verb, suffers ? subject : nil) ?? ""
  }

  /// The kind of a verb phrase done to an object.
  func event(_ verb: String, _ object: Int?) -> String? {
    guard let object else { return lexicon.event(of: verb, object: .nothing, head: "") }
    if tree.isVerbal[object] { return lexicon.event(of: verb, object: .clause, head: "") }
    var kinds: EventLexicon.Kinds = clauses.canSpeak(object) ? .someone : []
    if let type = clauses.mention(named: object)?.type, ["GPE", "LOC", "FAC"].contains(type) {
      kinds.insert(.place)
    }
    return lexicon.event(of: verb, object: kinds, head: tree.words[object].lemma)
  }
}
