import Diagnostics
import Facts
import Linguistics

/// Who did what to whom, from the clauses of the dependency tree.
///
/// - Rows: one for each subject and object of a verb, joined ones expanded; passives with an agent are
///   turned round. Text order. Predicates are lemmas with particle and linking preposition.
/// - `Certainty`, `Negated` and `Speakers` come from the verb's own words and from the clauses above it.
public struct RelationStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "relations"
  /// Names of arguments come from mentions, times from dates.
  public static let requires: Set<Layer> = [.sentences, .mentions, .entities, .dates]
  /// The rows of Relations.
  public static let assigns: Set<Layer> = [.relations]
  /// Raised when rows change.
  public static let version = 1

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds the rows of Relations, in text order.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let extractor = ClauseExtractor(parse: input.parse, facts: facts)
    var rows: [RelationRow] = []
    for verb in input.parse.tokens.indices where extractor.isPredicate(verb) {
      rows += extractor.rows(of: verb)
    }
    for index in rows.indices { rows[index].relationID = index }
    facts.relations = rows
  }
}
