import Facts
import Linguistics

/// Reads the quotations of one document.
struct QuoteReader {
  private let parse: Parse
  private let facts: DocumentFacts
  private let tree: ClauseTree
  private let naming: SpeakerNaming
  private let paragraphs: Paragraphs
  private let quotes: [Quotation]
  private let quoteOfToken: [Int]
  /// The mentions by where they start.
  private let mentionsByStart: [(start: Int, index: Int)]

  /// A quotation with its tokens.
  private struct Quotation {
    var span: QuotedSpan
    /// The words.
    var tokens: Range<Int>
    /// The words and the marks.
    var outerTokens: Range<Int>
  }

  init(parse: Parse, facts: DocumentFacts) {
    self.parse = parse
    self.facts = facts
    tree = ClauseTree(parse: parse)
    paragraphs = Paragraphs(parse)
    naming = SpeakerNaming(parse: parse, mentions: MentionIndex(facts, parse: parse), paragraphs: paragraphs)
    mentionsByStart = facts.mentions.indices.map { (facts.mentions[$0].start, $0) }.sorted { $0 < $1 }
    var quotes: [Quotation] = []
    var quoteOfToken = [Int](repeating: -1, count: parse.tokens.count)
    var token = 0
    for span in QuotationMarks.spans(in: parse.scalars) {
      while token < parse.tokens.count, parse.tokens[token].end <= span.outer.lowerBound { token += 1 }
      var last = token
      while last < parse.tokens.count, parse.tokens[last].start < span.outer.upperBound { last += 1 }
      var (first, end) = (token, last)
      while first < end, parse.tokens[first].start < span.inner.lowerBound { first += 1 }
      while end > first, parse.tokens[end - 1].end > span.inner.upperBound { end -= 1 }
      guard first < end else { continue }
      for index in token..<last { quoteOfToken[index] = quotes.count }
      quotes.append(Quotation(span: span, tokens: first..<end, outerTokens: token..<last))
      token = last
    }
    self.quotes = quotes
    self.quoteOfToken = quoteOfToken
  }

  /// All rows, in text order.
  func rows() -> [QuoteRow] {
    let finder = AttributionFinder(
      parse: parse, tree: tree, naming: naming, quoteOfToken: quoteOfToken, paragraphs: paragraphs)
    let reported = IndirectSpeech(
      parse: parse, tree: tree, naming: naming, finder: finder, isQuoted: { quoteOfToken[$0] >= 0 }
    ).clauses()
    var rows = direct(finder, reported)
    for clause in reported {
      rows.append(
        row(
          start: parse.tokens[clause.tokens.lowerBound].start,
          end: parse.tokens[clause.tokens.upperBound - 1].end,
          tokens: clause.tokens, clause.attribution, direct: false))
    }
    return rows.enumerated().sorted {
      ($0.element.start, -$0.element.end, $0.offset) < ($1.element.start, -$1.element.end, $1.offset)
    }.map(\.element)
  }

  // MARK: Direct quotations

  private func direct(_ finder: AttributionFinder, _ reported: [ReportedClause]) -> [QuoteRow] {
    var attributions: [Attribution?] = quotes.map { quote in
      finder.attribution(
        of: quote.outerTokens, leading: leads(quote), trailing: trails(quote))
    }
    // The first place at which this report or a later one starts.
    var starts = reported.map(\.tokens.lowerBound)
    for index in starts.indices.dropLast().reversed() {
      starts[index] = min(starts[index], starts[index + 1])
    }
    for index in quotes.indices where attributions[index] == nil && isSpeech(quotes[index]) {
      let before = starts.partitioningIndex { $0 >= quotes[index].outerTokens.lowerBound } - 1
      attributions[index] = carried(to: index, attributions, report: before < 0 ? nil : reported[before])
    }
    // “A,” Kirby said, “b.”
    for index in quotes.indices.dropFirst() where attributions[index] == nil {
      if let first = attributions[index - 1], goesOn(index, first) {
        attributions[index] = Attribution(
          speaker: first.speaker, verb: first.verb, end: quotes[index].outerTokens.upperBound - 1)
      }
    }
    // “A.” “B,” said Kirby.
    for index in quotes.indices.dropLast().reversed() where attributions[index] == nil {
      guard isSpeech(quotes[index]), trails(quotes[index + 1]), attributions[index + 1] != nil,
        isBlank(quotes[index].outerTokens.upperBound..<quotes[index + 1].outerTokens.lowerBound)
      else { continue }
      attributions[index] = attributions[index + 1]
    }
    var rows: [QuoteRow] = []
    for (quote, attribution) in zip(quotes, attributions) {
      guard !isTitle(quote) || attribution.map({ isNamed(by: $0.verb) || isSetOff(quote) }) == true else {
        continue
      }
      let end = endOfWords(quote)
      rows.append(
        row(
          start: quote.span.inner.lowerBound, end: end, tokens: quote.tokens, attribution ?? Attribution(),
          direct: true))
    }
    return rows
  }

  /// The end of what was said: printers put a comma before the closing mark, and after a fragment that ends the
  /// sentence a full stop, which are not the speaker's.
  private func endOfWords(_ quote: Quotation) -> Int {
    let inner = quote.span.inner
    guard inner.count > 1, let end = last(quote) else { return inner.upperBound }
    let isPrinters =
      end == "," || (end == "." && !startsUpper(quote) && !hasClause(quote) && !hasStop(inside: inner))
    return isPrinters ? inner.upperBound - 1 : inner.upperBound
  }

  private func hasClause(_ quote: Quotation) -> Bool {
    quote.tokens.contains {
      ["nsubj", "nsubjpass", "expl"].contains(parse.tokens[$0].dep)
        && quote.tokens.contains(parse.tokens[$0].head)
    }
  }

  /// Whether a full stop stands before the last scalar: "the U.S."
  private func hasStop(inside range: Range<Int>) -> Bool {
    range.dropLast().contains { parse.scalars[$0] == "." }
  }

  private func last(_ quote: Quotation) -> Unicode.Scalar? {
    quote.span.inner.last.map { parse.scalars[$0] }
  }

  /// The first mark that isn't white space from a place on.
  private func scalar(from place: Int, by step: Int) -> Unicode.Scalar? {
    var place = place
    while parse.scalars.indices.contains(place) {
      let scalar = parse.scalars[place]
      if !scalar.isWhitespace { return scalar }
      if scalar == "\n" { return "\n" }
      place += step
    }
    return nil
  }

  /// Whether the words end as speech does before its report: with a comma inside or after the mark, a question or
  /// exclamation mark, a dash or dots; or with a full stop where the report goes on in lower case.
  private func trails(_ quote: Quotation) -> Bool {
    guard quote.span.isClosed, let end = last(quote) else { return false }
    let next = scalar(from: quote.span.outer.upperBound, by: 1)
    if ",!?…—–".unicodeScalars.contains(end) { return next != "\n" && next != nil }
    guard let next else { return false }
    if next == "," || next == "—" || next == "–" { return quote.tokens.count > 1 }
    return end == "." && next.isLowercase
  }

  /// Whether what stands before the opening mark leads up to speech: a comma, a colon, or a verb of speech.
  private func leads(_ quote: Quotation) -> Bool {
    guard let before = scalar(from: quote.span.outer.lowerBound - 1, by: -1) else { return false }
    if before == ":" { return true }
    if before == "," { return isSpeech(quote) || startsUpper(quote) }
    let previous = quote.outerTokens.lowerBound - 1
    return previous >= 0 && tree.isVerbal(previous)
      && SpeechVerbs.shared.uses(of: parse.tokens[previous].lemma.lowercased()) != nil
  }

  private func startsUpper(_ quote: Quotation) -> Bool {
    parse.scalars[quote.span.inner.lowerBound].isUppercase
  }

  /// Whether the words are speech of their own, not a fragment of the sentence around: they start like a sentence
  /// where one starts, or are long and end like one.
  private func isSpeech(_ quote: Quotation) -> Bool {
    guard startsUpper(quote) || parse.scalars[quote.span.inner.lowerBound].isNumeric
    else {
      return false
    }
    let before = scalar(from: quote.span.outer.lowerBound - 1, by: -1)
    let opens = before == nil || ".!?\n:,”\"’'»“—–".unicodeScalars.contains(before ?? " ")
    guard opens, let end = last(quote) else { return false }
    return ".!?…,—–".unicodeScalars.contains(end) || quote.tokens.count > 8
  }

  /// The speaker of the words before, with which a quotation goes on: the quotation before it in the same
  /// paragraph or, where it makes a paragraph of its own, in the one before; else `report`, the last one that
  /// starts before, if it is in the sentence before.
  private func carried(
    to index: Int, _ attributions: [Attribution?], report: ReportedClause?
  ) -> Attribution? {
    let start = quotes[index].outerTokens.lowerBound
    let sentence = parse.sentenceOfToken[start]
    if index > 0, let previous = attributions[index - 1], previous.speaker != nil {
      let from = max(quotes[index - 1].outerTokens.upperBound, previous.end + 1)
      if from <= start, parse.sentenceOfToken[max(0, from - 1)] >= sentence - 1,
        !hasSentence(between: from..<start)
      {
        return Attribution(
          speaker: previous.speaker, verb: previous.verb, end: quotes[index].outerTokens.upperBound - 1)
      }
    }
    guard let report,
      parse.sentenceOfToken[max(report.attribution.end, 0)] == parse.sentenceOfToken[max(0, start - 1)]
        || parse.sentenceOfToken[max(report.attribution.end, 0)] == sentence - 1
    else { return nil }
    return Attribution(speaker: report.attribution.speaker, verb: report.attribution.verb)
  }

  /// Whether a quotation goes on with the one before it, after nothing but its report between commas.
  private func goesOn(_ index: Int, _ first: Attribution) -> Bool {
    let between = quotes[index - 1].outerTokens.upperBound..<quotes[index].outerTokens.lowerBound
    guard between.contains(first.end), trails(quotes[index - 1]), between.count < 20,
      let last = between.last, parse.tokens[last].text == ",",
      parse.sentenceOfToken[between.lowerBound] == parse.sentenceOfToken[last]
    else { return false }
    return between.filter { tree.isVerbal($0) }.count == 1
  }

  /// Whether a whole sentence stands between two quotations, one with a verb of its own that starts there.
  private func hasSentence(between tokens: Range<Int>) -> Bool {
    guard let first = tokens.first else { return false }
    // What is left of the sentence that reports is none.
    let next = parse.sentences[parse.sentenceOfToken[first]]
    let start = next.lowerBound < first ? next.upperBound : first
    guard start < tokens.upperBound else { return false }
    return (start..<tokens.upperBound).contains { tree.isVerbal($0) }
  }

  private func isBlank(_ tokens: Range<Int>) -> Bool { tokens.allSatisfy { parse.tokens[$0].isSpace } }

  private static let smallWords: Set<String> = [
    "a", "an", "the", "of", "in", "on", "to", "for", "and", "or", "from", "with", "at", "by", "is", "as",
  ]

  /// Whether a comma or colon beside it marks a quotation as speech.
  private func isSetOff(_ quote: Quotation) -> Bool {
    let before = scalar(from: quote.span.outer.lowerBound - 1, by: -1)
    return before == ":" || before == "," || trails(quote)
  }

  /// "called her “Crooked Hillary”"
  private func isNamed(by verb: String) -> Bool {
    SpeechVerbs.shared.uses(of: verb)?.contains(.judging) ?? false
  }

  /// Whether the words are a title: two or more, all but the small ones capitalised.
  private func isTitle(_ quote: Quotation) -> Bool {
    let words = quote.tokens.filter { parse.tokens[$0].pos != "PUNCT" && !parse.tokens[$0].isSpace }
    guard words.count > 1 else { return false }
    return words.allSatisfy {
      let text = parse.tokens[$0].text
      return NameText.isCapitalised(text) || Self.smallWords.contains(text) || parse.tokens[$0].pos == "NUM"
        || parse.tokens[$0].tag == "POS"
    }
  }

  // MARK: Rows

  private func row(
    start: Int, end: Int, tokens: Range<Int>, _ attribution: Attribution, direct: Bool
  ) -> QuoteRow {
    var ids: [String] = []
    let first = mentionsByStart.partitioningIndex { $0.start >= start }
    let inside = mentionsByStart[first...].prefix { $0.start <= end }.map(\.index).sorted()
    for mention in inside.map({ facts.mentions[$0] }) where mention.end <= end {
      if !mention.entityID.isEmpty, !ids.contains(where: { sameName($0, mention.entityID) }) {
        ids.append(mention.entityID)
      }
    }
    return QuoteRow(
      sentenceID: parse.sentenceOfToken[tokens.lowerBound],
      lastSentenceID: parse.sentenceOfToken[tokens.upperBound - 1], speaker: attribution.speaker?.name ?? "",
      speakerID: attribution.speaker?.id ?? "", verb: attribution.verb, text: parse.text(start, end),
      direct: direct, entityIDs: ids, start: start, end: end)
  }

  private func sameName(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
