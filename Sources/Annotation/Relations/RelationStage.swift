import Diagnostics
import Facts
import Linguistics

/// Who did what to whom, and what the text really claims of it, from the clauses of the dependency tree.
///
/// - Rows: one for each subject and object of a verb, joined ones expanded; text order. A passive that names
///   its agent is turned round; without one, what is acted on is the subject of "be accused of". A verb with
///   neither object nor preposition has an empty Object. An apposition is a "be" without PredicateText.
/// - Predicate: lemmas with particles, light nouns ("take part in") and the preposition that links the
///   object. Infinitives and gerunds are read with the verb that leads to them: "pledge to assist". Negated
///   and Certainty are said of the last verb, the one that tells: a pledge to assist is a planned assisting.
/// - Certainty: the nearest word that says something of it decides (modals, adverbs, "if", verbs such as
///   "pledge", "suggest", "fail", nouns such as "signs of"); what is only passed on is `reported`.
/// - Speakers: who says it, outermost first; whom a speaker cites stands before him. The saying itself is a
///   relation of its own, with what is said as its Object.
/// - Nouns that tell who does what to whom ("Iraq's invasion of Kuwait", `nominalisations.txt`) are relations too,
///   with the verb as Predicate.
/// - Event: the kind of political event by verb and object (`events.txt`), empty when unsure.
/// - From, To: from a date that the parse attaches to the clause.
public struct RelationStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "relations"
  /// Names of arguments come from mentions, times from dates, speakers of what stands in quotation marks
  /// from quotes.
  public static let requires: Set<Layer> = [.sentences, .mentions, .entities, .dates, .quotes]
  /// The rows of Relations.
  public static let assigns: Set<Layer> = [.relations]
  /// Raised when rows change.
  public static let version = 2

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds the rows of Relations.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    facts.relations = ClauseExtractor(parse: input.parse, facts: facts).rows()
  }
}
