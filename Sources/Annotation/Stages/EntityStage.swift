import Diagnostics
import Facts
import Linguistics

/// Finds mentions and groups them into the document's entities.
public struct EntityStage: AnnotationStage {
  /// The stage's name.
  public static let name = "entities"
  /// Raised with each change of its rows.
  public static let version = 1
  /// What must be there before.
  public static let requires: Set<Layer> = [.sentences]
  /// What is there after.
  public static let assigns: Set<Layer> = [.mentions, .entities]

  /// Makes the stage.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds mentions and the document's entities.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    for (number, span) in input.parse.entities.enumerated() {
      let first = input.parse.tokens[span.tokens.lowerBound]
      let last = input.parse.tokens[span.tokens.upperBound - 1]
      facts.mentions.append(
        MentionRow(
          sentenceID: input.parse.sentenceOfToken[span.tokens.lowerBound], mentionID: number,
          start: first.start, end: last.end, text: input.parse.text(first.start, last.end),
          type: span.label, tokens: span.tokens))
    }
  }
}
