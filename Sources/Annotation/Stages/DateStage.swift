import Diagnostics
import Facts
import Linguistics

/// Finds time expressions and resolves them against the day of publication.
///
/// - Values are TIMEX3; decades and centuries are the year's first digits (`199`, `18`), weeks ISO 8601.
/// - `From`/`To` are the half-open interval that a reader would give. "Early", "mid" and "late" are
///   about a third of their period; what runs up to now ("earlier this year", "the past five years")
///   ends at the moment of publication. Seasons are those of the northern hemisphere, in whole months.
///   Clock times count as UTC unless a zone is said. 10/08/2024 is read month first.
/// - Durations and sets have no interval of their own, but for those that end or start now.
/// - Without a day of publication, what counts from it keeps an open value (`XXXX-06`, `PAST_REF`).
/// - Source: TimeML annotation guidelines 1.2.1, TIMEX3.
public struct DateStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "dates"
  /// Nothing but the parse's sentences.
  public static let requires: Set<Layer> = [.sentences]
  /// The rows of Dates.
  public static let assigns: Set<Layer> = [.dates]

  /// Raised when rows change.
  public static let version = 3

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds the rows of Dates, in text order.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let grammar = DateGrammar(input.parse)
    let published = input.document.published
    let expressions = Self.sharingDays(Self.sharingYears(grammar.expressions(), grammar), grammar)
    var resolver = DateResolver(
      published: published, isNarrative: DateResolver.isNarrative(expressions, published: published),
      isNote: grammar.isNote, isPersonal: grammar.isPersonal)
    var rows: [DateRow] = []
    for expression in expressions {
      let first = grammar.atoms[expression.atoms.lowerBound]
      let last = grammar.atoms[expression.atoms.upperBound - 1]
      let sentence = input.parse.sentenceOfToken[first.token]
      var tense = Tense.governing(last.token, in: input.parse)
      if grammar.isNote, tense == .none { tense = .future }
      let resolved = resolver.resolve(expression, tense: tense, sentence: sentence)
      rows.append(
        DateRow(
          sentenceID: sentence, dateID: rows.count, start: first.start, end: last.end,
          text: input.parse.text(first.start, last.end), type: resolved.type, value: resolved.value,
          mod: expression.mod, quant: expression.quant, freq: expression.freq, precision: resolved.precision,
          from: resolved.from, to: resolved.to))
    }
    facts.dates = rows
  }

  /// "after 9:30 but before 11:00 on Thursday": the first takes the day of the second.
  private static func sharingDays(_ expressions: [TimeExpression], _ grammar: DateGrammar) -> [TimeExpression]
  {
    var result = expressions
    for index in result.indices.dropLast().reversed() {
      guard case .point(.dayOfText, let clock?) = result[index].meaning, clock.part == nil,
        case .point(let day, let second?) = result[index + 1].meaning, day != .dayOfText, second.part == nil
      else { continue }
      let end = result[index + 1].atoms.lowerBound
      guard end - result[index].atoms.upperBound <= 2,
        grammar.isWord(end - 1, .and, .or, .to, .until, .till, .before)
      else { continue }
      result[index].meaning = .point(day, clock)
    }
    return result
  }

  /// "from May to July 2024": the first takes the year of the second.
  private static func sharingYears(_ expressions: [TimeExpression], _ grammar: DateGrammar)
    -> [TimeExpression]
  {
    var result = expressions
    for index in result.indices.dropLast().reversed() {
      guard case .point(.calendar(var first), let clock) = result[index].meaning, first.year == nil,
        first.direction == .open, first.weekday == nil || first.month != nil,
        case .point(.calendar(let second), _) = result[index + 1].meaning, let year = second.year,
        (first.month == nil) == (second.month == nil)
      else { continue }
      let between = result[index].atoms.upperBound..<result[index + 1].atoms.lowerBound
      let joins =
        between.count == 1
        && (grammar.isWord(between.lowerBound, .to, .and, .or, .until, .through)
          || grammar.isMark(between.lowerBound, "-"))
      guard joins else { continue }
      // "November to February 2024" starts in the year before.
      if case .number(let number) = year, let a = first.month, let b = second.month, a > b {
        first.year = .number(number - 1)
      } else {
        first.year = year
      }
      result[index].meaning = .point(.calendar(first), clock)
    }
    return result
  }
}
