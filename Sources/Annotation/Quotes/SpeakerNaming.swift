import Facts
import Linguistics

/// Whose words something is.
struct Speaker: Hashable, Sendable {
  /// Canonical name, else the words of the document; empty: not known.
  var name = ""
  /// The document's own cluster; empty if it is none.
  var id = ""
}

/// Names the speaker whom the head of a noun phrase stands for.
struct SpeakerNaming: Sendable {
  private let parse: Parse
  private let tree: ClauseTree
  private let mentions: MentionIndex
  private let paragraphs: Paragraphs

  init(parse: Parse, mentions: MentionIndex, paragraphs: Paragraphs) {
    self.paragraphs = paragraphs
    self.parse = parse
    tree = ClauseTree(parse: parse)
    self.mentions = mentions
  }

  /// The speaker; nil for a word that names nobody ("there", "it" without a meaning, "that").
  func speaker(_ head: Int) -> Speaker? {
    let token = parse.tokens[head]
    if let mention = mentions.mention(named: head), !mention.entityID.isEmpty {
      return Speaker(name: mention.entity.isEmpty ? mention.text : mention.entity, id: mention.entityID)
    }
    guard token.dep != "expl", tree.isNominal(head) || token.pos == "ADJ" || token.pos == "DET" else {
      return nil
    }
    var phrase = tree.phrase(head)
    // The parser runs from a heading into the text.
    while let first = phrase.first, first < head, !paragraphs.joins(first, head) { phrase.removeFirst() }
    let name = parse.text(of: phrase)
    guard
      name.unicodeScalars.first.map({ $0.isAlphabetic || $0.isNumeric })
        == true
    else { return nil }
    if ["there", "that", "which", "this", "what", "who"].contains(token.text.lowercased()) { return nil }
    return Speaker(name: name, id: "")
  }

  /// Whether the head of a noun phrase names an entity.
  func isNamed(_ head: Int) -> Bool { mentions.mention(named: head).map { !$0.entityID.isEmpty } ?? false }

  /// Whether a token is a person or body that can speak, as far as one can see: a name, a pronoun, or a noun.
  func canSpeak(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    if let mention = mentions.mention(at: index) {
      return mention.tokens.last == index || token.dep == "nsubj"
    }
    return token.pos == "PROPN" || token.pos == "NOUN"
      || (token.pos == "PRON" && Self.pronouns.contains(token.text.lowercased()))
  }

  private static let pronouns: Set<String> = ["he", "she", "they", "i", "we", "it", "who", "one", "you"]
}
