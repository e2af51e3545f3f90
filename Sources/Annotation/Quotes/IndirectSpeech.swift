import Linguistics

/// A clause that someone reports without quoting it.
struct ReportedClause {
  /// The clause's words, without "that".
  var tokens: Range<Int>
  /// Who says it, and by which verb.
  var attribution: Attribution
}

/// Finds reported clauses: "said that …", "…, the White House said", "according to the minister, …".
///
/// Only what the text says that someone did say: no negated, possible or asked-for report, and no clause
/// without a speaker.
struct IndirectSpeech {
  let parse: Parse
  let tree: ClauseTree
  let naming: SpeakerNaming
  let finder: AttributionFinder
  /// Whether a token stands in a quotation.
  let isQuoted: (Int) -> Bool

  /// The reported clauses, in text order.
  func clauses() -> [ReportedClause] {
    var found: [ReportedClause] = []
    for index in parse.tokens.indices where !isQuoted(index) {
      if let clause = reported(by: index) { found.append(clause) }
      if let clause = accordingTo(index) { found.append(clause) }
    }
    return found.sorted {
      ($0.tokens.lowerBound, $0.tokens.upperBound) < ($1.tokens.lowerBound, $1.tokens.upperBound)
    }
  }

  private func reported(by verb: Int) -> ReportedClause? {
    let lemma = parse.tokens[verb].lemma.lowercased()
    guard tree.isVerbal(verb), let uses = SpeechVerbs.shared.uses(of: lemma), uses.contains(.clause),
      isSaid(verb)
    else { return nil }
    if let clause = clause(of: verb), !isQuoted(clause.lowerBound), let head = sayer(of: verb),
      !clause.contains(head), parse.tokens[head].lemma != "you",
      !Self.evidential.contains(lemma) || naming.isNamed(head),
      let speaker = naming.speaker(head)
    {
      return ReportedClause(
        tokens: clause, attribution: Attribution(speaker: speaker, verb: lemma, end: verb))
    }
    guard uses.contains(.direct), let (clause, speaker) = clauseBefore(verb), !isQuoted(clause.lowerBound)
    else {
      return nil
    }
    return ReportedClause(tokens: clause, attribution: Attribution(speaker: speaker, verb: lemma, end: verb))
  }

  /// Verbs that evidence is the subject of as often as people are: "evidence suggests".
  private static let evidential: Set<String> = ["suggest", "indicate", "reveal"]

  /// The subject; of "quoted her as saying", whom the text quotes.
  private func sayer(of verb: Int) -> Int? {
    if parse.tokens[verb].dep == "pcomp" {
      let above = parse.tokens[parse.tokens[verb].head].head
      if ["quote", "cite"].contains(parse.tokens[above].lemma.lowercased()) {
        return parse.children(of: above, "nsubjpass", "dobj").first
      }
    }
    guard !tree.isPassive(verb) else { return nil }
    // An infinitive or a participle reports what someone wants or may say.
    let token = parse.tokens[verb]
    if token.dep == "xcomp" || token.tag == "VB",
      parse.children(of: verb, "aux").contains(where: {
        parse.tokens[$0].tag == "TO"
      })
    {
      return nil
    }
    guard let subject = tree.subject(of: verb) else { return nil }
    // A subject in the heading above is the parser's error.
    return finder.paragraphs.joins(subject, verb)
      ? subject : finder.nearestHead(verb, besides: verb..<verb)?.head
  }

  private static let unsaid: Set<String> = [
    "may", "might", "could", "would", "should", "must", "can", "will", "shall", "'ll", "’ll",
  ]

  /// Whether the text says that it was said.
  private func isSaid(_ verb: Int) -> Bool {
    guard !tree.isNegated(verb) else { return false }
    return !parse.children(of: verb, "aux").contains {
      Self.unsaid.contains(parse.tokens[$0].lemma.lowercased())
    }
  }

  /// The clause that a verb of speech has as its content: below it, or around it where the parser made the
  /// report an insertion ("…, he told KCNA, …").
  private func clause(of verb: Int) -> Range<Int>? {
    if let head = parse.children(of: verb, "ccomp").last(where: hasSubject) {
      var range = parse.leftEdge[head]..<(parse.rightEdge[head] + 1)
      guard !isRelative(head), !(parse.tokens[verb].dep == "relcl" && hasRelative(head)) else { return nil }
      // "said that …, but that …": the parser may join the second clause to the report.
      for next in parse.children(of: verb, "conj") where next > range.upperBound && startsWithThat(next) {
        range = range.lowerBound..<(parse.rightEdge[next] + 1)
      }
      return trimmed(head, range, around: verb)
    }
    let token = parse.tokens[verb]
    let head = token.head
    guard token.dep == "parataxis", head != verb, tree.isVerbal(head), hasSubject(head), !isRelative(head),
      parse.children(of: verb, "dobj", "prep").allSatisfy({ $0 > verb })
    else { return nil }
    // The clause around it, without the report at its end or start.
    var range = parse.leftEdge[head]..<(parse.rightEdge[head] + 1)
    let (left, right) = (parse.leftEdge[verb], parse.rightEdge[verb])
    if right + 2 >= range.upperBound { range = range.lowerBound..<max(range.lowerBound, left) }
    if left <= range.lowerBound { range = min(right + 1, range.upperBound)..<range.upperBound }
    return trimmed(head, range, around: verb)
  }

  private func startsWithThat(_ verb: Int) -> Bool {
    parse.children(of: verb, "mark").first.map { parse.tokens[$0].lemma.lowercased() == "that" } ?? false
  }

  /// "a man who, it said, was a technician": the clause describes a noun, and lacks its subject.
  private func isRelative(_ verb: Int) -> Bool {
    parse.tokens[verb].dep == "relcl"
  }

  private func hasRelative(_ verb: Int) -> Bool {
    parse.children(of: verb, "nsubj", "nsubjpass").contains { ["WP", "WDT"].contains(parse.tokens[$0].tag) }
  }

  /// "There is evidence, the secretary, Lloyd Austin, said in Rome.": a clause with its report after it, where the
  /// parser joined the two like clauses in a row.
  private func clauseBefore(_ verb: Int) -> (Range<Int>, Speaker)? {
    let token = parse.tokens[verb]
    let head = token.head
    guard token.dep == "conj" || token.dep == "parataxis", head < verb, tree.isVerbal(head), hasSubject(head),
      !isRelative(head), parse.children(of: verb, "ccomp", "dobj", "cc").isEmpty,
      parse.children(of: head, "cc").allSatisfy({ $0 > verb })
    else { return nil }
    let sentence = parse.sentences[parse.sentenceOfToken[verb]]
    // Nothing but adverbials may follow.
    guard !((verb + 1)..<sentence.upperBound).contains(where: { tree.isVerbal($0) }) else { return nil }
    guard let (speaker, _) = finder.nearest(verb, besides: verb..<verb) else { return nil }
    var commas = (head..<verb).filter { parse.tokens[$0].text == "," }
    // "the secretary, Lloyd Austin, said": the commas around the name are the speaker's.
    if commas.last == verb - 1, commas.count >= 3 { commas.removeLast(2) }
    guard let comma = commas.last, comma < verb - 1,
      let clause = trimmed(head, sentence.lowerBound..<comma, around: -1)
    else { return nil }
    return (clause, speaker)
  }

  private func hasSubject(_ verb: Int) -> Bool {
    !parse.children(of: verb, "nsubj", "nsubjpass", "expl", "csubj").isEmpty
  }

  /// The clause without the verb that reports it, "that", and punctuation at its ends; it stays in the
  /// paragraph of the report, where the parser runs from a heading into the text.
  private func trimmed(_ head: Int, _ range: Range<Int>, around verb: Int) -> Range<Int>? {
    var first = range.lowerBound
    var last = range.upperBound - 1
    if range.contains(verb) {
      if verb > head { last = min(last, parse.leftEdge[verb] - 1) } else { first = max(first, verb + 1) }
    }
    let anchor = verb < 0 ? head : verb
    while first < anchor, first < last, !finder.paragraphs.joins(first, anchor) { first += 1 }
    while last > anchor, last > first, !finder.paragraphs.joins(last, anchor) { last -= 1 }
    while first < last {
      let token = parse.tokens[first]
      guard
        token.isSpace || (token.pos == "PUNCT" && !isQuoted(first))
          || (token.dep == "mark" && token.lemma.lowercased() == "that")
      else { break }
      first += 1
    }
    while last > first, isTrailing(last) { last -= 1 }
    first = afterDateline(first, last)
    // Words that stand in quotation marks as a whole are no indirect speech.
    if isQuoted(head),
      !parse.children(of: head, "nsubj", "nsubjpass", "expl").contains(where: { !isQuoted($0) })
    {
      return nil
    }
    guard last > first, (first...last).contains(where: { tree.isVerbal($0) || parse.tokens[$0].pos == "AUX" })
    else {
      return nil
    }
    // A quotation that starts inside ends inside.
    let quote = finder.quoteOfToken[last]
    if quote >= 0, finder.quoteOfToken[first...last].first != quote {
      while last + 1 < parse.tokens.count, finder.quoteOfToken[last + 1] == quote { last += 1 }
    }
    return first..<(last + 1)
  }

  /// The first token after the place in capitals that opens an agency's report ("SEOUL — …").
  private func afterDateline(_ first: Int, _ last: Int) -> Int {
    guard first == 0 || !finder.paragraphs.joins(first - 1, first) || parse.tokens[first - 1].isSpace else {
      return first
    }
    var index = first
    while index < last, index - first < 8 {
      let text = parse.tokens[index].text
      if ["-", "–", "—", "--"].contains(text) { return index > first ? index + 1 : first }
      guard text.unicodeScalars.allSatisfy({ !$0.isLowercase }) || index > first else {
        return first
      }
      index += 1
    }
    return first
  }

  private func isTrailing(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    return token.isSpace || [",", ".", ";", ":", "—", "–", "-", "!"].contains(token.text)
  }

  /// The sentence's main clause, without "according to X" at its start or end.
  private func accordingTo(_ index: Int) -> ReportedClause? {
    guard let (speaker, end) = finder.source(at: index) else { return nil }
    var verb = parse.tokens[index].head
    for _ in 0..<12 where !tree.isVerbal(verb) && parse.tokens[verb].head != verb {
      verb = parse.tokens[verb].head
    }
    guard tree.isVerbal(verb), hasSubject(verb) else { return nil }
    let range = parse.leftEdge[verb]..<(parse.rightEdge[verb] + 1)
    var tokens = range
    if index - range.lowerBound <= 1 {
      tokens = min(end + 1, range.upperBound)..<range.upperBound
    } else if range.upperBound - end <= 3 {
      tokens = range.lowerBound..<index
    }
    guard let clause = trimmed(verb, tokens, around: -1), !isQuoted(clause.lowerBound) else { return nil }
    return ReportedClause(
      tokens: clause, attribution: Attribution(speaker: speaker, verb: "according to", end: end))
  }
}
