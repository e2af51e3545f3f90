import Columnar
import Diagnostics

/// What a stage decided about some words: a relation with what it claims, a date, a score, or whom a mention means.
public struct Finding: Sendable, Hashable {
  /// How many of a result row are told.
  static let most = 5

  /// What kind of row it is.
  public enum Kind: Sendable, Hashable {
    /// How sure, whether denied.
    case relation(certainty: String, negated: Bool)
    case date
    case score
    /// A mention that starts there, of an entity.
    case mention(start: Int, entityID: String)
  }
  /// Its kind.
  public var kind: Kind
  /// The document.
  public var docID: String
  /// The sentence in it.
  public var sentenceID: Int
  /// What was found, in one line.
  public var text: String
  /// The words that decided it, where the row keeps them.
  public var cues: [String] = []

  /// Reads a row of a table; nil for one of a table that no rule decides about.
  init?(_ row: EvidenceFinder.Row, in table: String) throws(DossierError) {
    guard let docID = try row.text("DocId"), let sentenceID = try row.integer("SentenceId") else {
      return nil
    }
    func text(_ column: String) throws(DossierError) -> String { try row.text(column) ?? "" }
    switch table {
    case "Relations":
      var negated = false
      if case .bool(let flag)? = try row.value("Negated") { negated = flag }
      let certainty = try text("Certainty")
      kind = .relation(certainty: certainty, negated: negated)
      let clause = [try text("Subject"), try text("Predicate"), try text("Object")].filter { !$0.isEmpty }
      var parts = [(negated ? "not, " : "") + certainty]
      let speakers = try row.texts("Speakers")
      if !speakers.isEmpty { parts.append("says " + speakers.joined(separator: " > ")) }
      let event = try text("Event")
      if !event.isEmpty { parts.append("event " + event) }
      self.text = clause.joined(separator: " · ") + ": " + parts.joined(separator: "; ")
    case "Dates":
      kind = .date
      let details = [try text("Type"), try text("Precision"), try text("Mod")].filter { !$0.isEmpty }
      self.text = "“\(try text("Text"))” is \(try text("Value")) (\(details.joined(separator: ", ")))"
    case "Sentiments":
      kind = .score
      let toward = try text("Entity")
      let score = try row.value("Score").map { $0.text } ?? ""
      self.text = "score \(score)" + (toward.isEmpty ? " of the \(try text("Scope"))" : " toward \(toward)")
      if case .dynamic(.array(let items))? = try row.value("Cues") { cues = items.map { $0["text"].text } }
    case "Mentions":
      let entityID = try text("EntityId")
      guard !entityID.isEmpty else { return nil }
      kind = .mention(start: try row.integer("Start") ?? 0, entityID: entityID)
      var details = [try text("Type"), try text("Kind")]
      if case .bool(true)? = try row.value("Metonym") { details.append("stands for its government") }
      self.text = "“\(try text("Text"))” is \(try text("Entity")) (\(details.joined(separator: ", ")))"
    default: return nil
    }
    self.docID = docID
    self.sentenceID = sentenceID
  }
}
