import Diagnostics
import Facts
import Linguistics

/// "I" within quotation marks is the person who speaks; "we" is the body that does, where a body speaks.
///
/// - Rows: pronouns among the Mentions, whose numbers stay those of the text's order.
/// - "We" of a person stays open: the text does not say for whom the person speaks.
public struct SpeakerPronounStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "speaker pronouns"
  /// Quotations with their speakers.
  public static let requires: Set<Layer> = [.mentions, .entities, .quotes]
  /// Nothing but further mentions.
  public static let assigns: Set<Layer> = []
  /// Raised when rows change.
  public static let version = 1

  private static let ofPerson: Set<String> = ["i", "me", "my", "mine", "myself"]
  private static let ofBody: Set<String> = ["we", "us", "our", "ours", "ourselves"]

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds the mentions.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let parse = input.parse
    var found: [MentionRow] = []
    var seen: Set<Int> = []
    for quote in facts.quotes where quote.direct && !quote.speakerID.isEmpty {
      guard let entity = facts.entities.firstIndex(where: { $0.entityID == quote.speakerID }) else {
        continue
      }
      let speaker = facts.entities[entity]
      let words = speaker.type == "PERSON" ? Self.ofPerson : speaker.type == "ORG" ? Self.ofBody : []
      guard !words.isEmpty, parse.sentences.indices.contains(quote.sentenceID),
        parse.sentences.indices.contains(quote.lastSentenceID)
      else { continue }
      let last = max(quote.sentenceID, quote.lastSentenceID)
      for index in parse.sentences[quote.sentenceID].lowerBound..<parse.sentences[last].upperBound {
        let token = parse.tokens[index]
        guard token.start >= quote.start, token.end <= quote.end, token.pos == "PRON",
          words.contains(token.text.lowercased()), seen.insert(index).inserted
        else { continue }
        found.append(
          MentionRow(
            sentenceID: parse.sentenceOfToken[index], start: token.start, end: token.end, text: token.text,
            kind: .pronoun, type: speaker.type, entityID: speaker.entityID, entity: speaker.entity,
            tokens: index..<(index + 1)))
        facts.entities[entity].mentions += 1
      }
    }
    guard !found.isEmpty else { return }
    facts.mentions += found
    facts.mentions.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    for index in facts.mentions.indices { facts.mentions[index].mentionID = index }
  }
}
