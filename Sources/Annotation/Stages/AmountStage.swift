import Diagnostics
import Facts
import Linguistics

/// Finds money, counts, measures and percentages, and the entity that is counted.
///
/// - `Value` is the number with its scale ("1.2 million" is 1200000), null where the text leaves it open ("dozens of
///   boats"). `Unit` is the ISO 4217 code of a currency, the symbol of a unit, or the noun that is counted.
/// - `Mod` says MORE_THAN, LESS_THAN, EQUAL_OR_MORE, EQUAL_OR_LESS or APPROX, as TIMEX3 does for durations.
/// - Times and durations are rows of Dates, and numbers in names are none of their own.
public struct AmountStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "amounts"
  /// Dates and names, whose numbers are no amounts.
  public static let requires: Set<Layer> = [.sentences, .mentions, .dates]
  /// The rows of Amounts.
  public static let assigns: Set<Layer> = [.amounts]
  /// Raised when rows change.
  public static let version = 2

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds the rows of Amounts, in text order.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let parse = input.parse
    var isTaken = [Bool](repeating: false, count: parse.tokens.count)
    var mentionOfToken = [Int](repeating: -1, count: parse.tokens.count)
    for (index, mention) in facts.mentions.enumerated() {
      for token in mention.tokens {
        if mention.kind == .name { isTaken[token] = true }
        mentionOfToken[token] = index
      }
    }
    var token = 0
    for date in facts.dates.sorted(by: { $0.start < $1.start }) {
      while token < parse.tokens.count, parse.tokens[token].end <= date.start { token += 1 }
      var next = token
      while next < parse.tokens.count, parse.tokens[next].start < date.end {
        isTaken[next] = true
        next += 1
      }
    }
    for amount in AmountReader(parse, isTaken: isTaken).amounts() {
      let tokens = amount.tokens
      facts.amounts.append(
        AmountRow(
          sentenceID: parse.sentenceOfToken[tokens.lowerBound], start: parse.tokens[tokens.lowerBound].start,
          end: parse.tokens[tokens.upperBound - 1].end, text: parse.text(of: tokens), type: amount.type,
          value: amount.value, unit: amount.unit, mod: amount.mod,
          ofEntityID: amount.of.flatMap {
            entity(of: $0, outside: tokens, in: parse, facts.mentions, mentionOfToken)
          } ?? ""))
    }
  }

  /// The entity that a counted noun is or belongs to: its own mention, else that of a word before it ("North
  /// Korean troops"), else of its "of".
  private func entity(
    of noun: Int, outside amount: Range<Int>, in parse: Parse, _ mentions: [MentionRow],
    _ mentionOfToken: [Int]
  ) -> String? {
    if mentionOfToken[noun] >= 0 { return mentions[mentionOfToken[noun]].entityID }
    for child in parse.children(of: noun, "amod", "compound", "nmod", "poss")
    where child < noun && mentionOfToken[child] >= 0 && (amount.contains(noun) || !amount.contains(child)) {
      return mentions[mentionOfToken[child]].entityID
    }
    for preposition in parse.children(of: noun, "prep") where parse.tokens[preposition].lemma == "of" {
      for object in parse.children(of: preposition, "pobj") where mentionOfToken[object] >= 0 {
        return mentions[mentionOfToken[object]].entityID
      }
    }
    return nil
  }
}
