import Diagnostics
import Facts
import Linguistics

/// Who said it: what stands in quotation marks, and clauses reported by a verb of speech.
///
/// - Rows: text order; of two that start together the longer first. `Text` is the document's own words from
///   `Start` to `End`, without the marks. A quotation broken by its report gives two rows of one speaker.
/// - `Direct` rows are all words in quotation marks, but titles; a word in scare quotes has no speaker.
/// - Rows that are not direct are clauses that someone is said to have said. What the text denies, asks
///   for or only imagines is none.
/// - `Speaker` is empty where the text leaves it open. It is the subject of the verb beside the quotation or above it,
///   whom "according to" names, or the speaker of the words before that the quotation goes on with.
public struct QuoteStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "quotes"
  /// Speakers are named by mentions.
  public static let requires: Set<Layer> = [.sentences, .mentions, .entities]
  /// The rows of Quotes.
  public static let assigns: Set<Layer> = [.quotes]
  /// Raised when rows change.
  public static let version = 2

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds the rows of Quotes.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let reader = QuoteReader(parse: input.parse, facts: facts)
    var rows = reader.rows()
    for index in rows.indices { rows[index].quoteID = index }
    facts.quotes = rows
  }
}
