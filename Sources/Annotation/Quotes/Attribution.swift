import Linguistics

/// Who says something, and by which verb.
struct Attribution {
  /// The speaker; nil where the text leaves it open.
  var speaker: Speaker?
  /// Lemma of the verb, or "according to".
  var verb = ""
  /// The last token of the words that say so; −1 if there are none.
  var end = -1
}

/// Finds who says a quotation: by the verb beside it, by the verb above it in the tree, or by "according to".
struct AttributionFinder {
  let parse: Parse
  let tree: ClauseTree
  let naming: SpeakerNaming
  /// The quotation that covers each token, −1 outside.
  let quoteOfToken: [Int]
  let paragraphs: Paragraphs
  private let verbs = SpeechVerbs.shared

  // MARK: Quotations

  /// The speaker of the quotation over `tokens`.
  ///
  /// - `leading`: what stands before leads up to speech, so that the verb there counts as its report.
  /// - `trailing`: the words end as speech does before its report.
  func attribution(of tokens: Range<Int>, leading: Bool, trailing: Bool) -> Attribution? {
    if trailing, let found = verbAfter(tokens) { return found }
    if let found = verbAbove(tokens) { return found }
    if leading, let found = verbBefore(tokens) { return found }
    return accordingTo(around: tokens)
  }

  /// “…,” said Kirby · “…,” Kirby said · “…?” the minister of defence asked.
  private func verbAfter(_ tokens: Range<Int>) -> Attribution? {
    var index = tokens.upperBound
    let limit = min(parse.tokens.count, index + 30)
    var depth = 0
    while index < limit {
      let token = parse.tokens[index]
      if quoteOfToken[index] >= 0, quoteOfToken[index] != quoteOfToken[tokens.lowerBound] { return nil }
      if index > tokens.upperBound + 1, isSentenceEnd(index) { return nil }
      guard paragraphs.joins(index, tokens.upperBound - 1) else { return nil }
      if tree.isVerbal(index), isReport(index, of: tokens), token.dep != "relcl", token.dep != "acl" {
        if let speaker = speaker(of: index, besides: tokens) {
          return Attribution(speaker: speaker.0, verb: token.lemma.lowercased(), end: max(index, speaker.1))
        }
        depth += 1
        if depth > 1 { return nil }
      }
      index += 1
    }
    return nil
  }

  /// Whether a verb beside a quotation reports it: a verb of speech, or any verb that has it as its clause.
  private func isReport(_ verb: Int, of tokens: Range<Int>) -> Bool {
    if let uses = verbs.uses(of: parse.tokens[verb].lemma.lowercased()) {
      return uses.contains(.direct) || uses.contains(.clause)
    }
    return parse.children(of: verb, "ccomp").contains(where: tokens.contains)
  }

  /// Putin answered: “…” · he said, “…”
  private func verbBefore(_ tokens: Range<Int>) -> Attribution? {
    let sentence = parse.sentenceOfToken[tokens.lowerBound]
    var index = tokens.lowerBound - 1
    // The sentence before, where the parser ends it at the colon.
    let stop = parse.sentences[max(0, sentence - 1)].lowerBound
    var steps = 0
    while index >= stop, steps < 30 {
      let token = parse.tokens[index]
      guard paragraphs.joins(index, tokens.lowerBound) else { return nil }
      if steps > 2, isSentenceEnd(index) { return nil }
      if tree.isVerbal(index), verbs.uses(of: token.lemma.lowercased()) != nil, !tree.isPassive(index),
        let speaker = speaker(of: index, besides: tokens)
      {
        return Attribution(speaker: speaker.0, verb: token.lemma.lowercased(), end: index)
      }
      index -= 1
      steps += 1
    }
    return nil
  }

  private func isSentenceEnd(_ index: Int) -> Bool {
    [".", "!", "?", ";"].contains(parse.tokens[index].text)
  }

  /// The nearest verb of speech that governs the words: "praised the “eternal” relationship".
  private func verbAbove(_ tokens: Range<Int>) -> Attribution? {
    for top in tokens where !tokens.contains(parse.tokens[top].head) || parse.tokens[top].head == top {
      guard parse.tokens[top].pos != "PUNCT" else { continue }
      var path: [String] = []
      var current = top
      for _ in 0..<16 {
        let link = parse.tokens[current].dep
        let head = parse.tokens[current].head
        guard head != current else { break }
        if link == "prep" { path.append(parse.tokens[current].lemma.lowercased()) } else { path.append(link) }
        current = head
        guard tree.isVerbal(current), !tokens.contains(current) else { continue }
        guard paragraphs.joins(current, current < top ? tokens.lowerBound : tokens.upperBound - 1) else {
          break
        }
        guard let uses = verbs.uses(of: parse.tokens[current].lemma.lowercased()) else { continue }
        // Quoted by the words of another quotation.
        if quoteOfToken[current] >= 0, quoteOfToken[current] != quoteOfToken[tokens.lowerBound] { break }
        guard carries(path, uses), let speaker = speaker(of: current, besides: tokens) else { continue }
        return Attribution(
          speaker: speaker.0, verb: parse.tokens[current].lemma.lowercased(), end: max(current, speaker.1))
      }
      // One top that is a word decides; those of the later sentences of a long quotation lead nowhere.
      if top > tokens.lowerBound + 40 { break }
    }
    return nil
  }

  private static let contentPrepositions: Set<String> = [
    "of", "as", "to", "about", "for", "with", "like", "against", "that",
  ]

  /// Whether the path from a word up to a verb of speech leads through what is said.
  private func carries(_ path: [String], _ uses: SpeechVerbs.Uses) -> Bool {
    guard let last = path.last else { return false }
    switch last {
    case "nsubj", "nsubjpass", "csubj", "advcl", "agent", "npadvmod", "aux", "advmod", "relcl", "dative",
      "mark":
      return false
    case "dobj", "attr", "acomp":
      // "told the “committee” that …" is no quotation of the teller.
      return !(uses.contains(.object) && uses.contains(.clause))
    case "ccomp", "xcomp", "parataxis", "oprd", "dep", "conj", "pcomp", "punct", "intj", "appos", "nmod":
      return true
    default: return Self.contentPrepositions.contains(last)
    }
  }

  /// The speaker of a verb, and the last token of the words that name it: its subject, whom it quotes
  /// ("quoted her as saying"), else the nearest name or noun beside it, outside of the quotation.
  private func speaker(of verb: Int, besides quote: Range<Int>) -> (Speaker, Int)? {
    let lemma = parse.tokens[verb].lemma.lowercased()
    var head: Int?
    if lemma == "quote" || lemma == "cite" {
      head =
        parse.children(of: verb, "nsubjpass", "dobj").first { !quote.contains($0) } ?? tree.subject(of: verb)
    } else if tree.isPassive(verb) {
      head = parse.children(of: verb, "agent").flatMap { parse.children(of: $0, "pobj") }.first
      // "Asked whether …, Putin answered": nobody says it there.
      guard head != nil else { return nil }
    } else {
      head = quotedSayer(verb) ?? tree.subject(of: verb)
      // A subject in the heading above is the parser's error.
      if let subject = head, !paragraphs.joins(subject, verb) { head = nil }
    }
    if let found = head, !quote.contains(found),
      quoteOfToken[found] < 0 || quoteOfToken[found] == quoteOfToken[verb],
      let speaker = naming.speaker(found)
    {
      return (speaker, parse.rightEdge[found] < quote.lowerBound || found > quote.upperBound ? found : verb)
    }
    guard head == nil || quote.contains(head ?? 0) else { return nil }
    return nearest(verb, besides: quote)
  }

  /// "KCNA quoted her as saying": who says it there is whom KCNA quotes.
  private func quotedSayer(_ verb: Int) -> Int? {
    guard parse.tokens[verb].dep == "pcomp", parse.tokens[verb].tag == "VBG" else { return nil }
    let above = parse.tokens[parse.tokens[verb].head].head
    guard ["quote", "cite"].contains(parse.tokens[above].lemma.lowercased()) else { return nil }
    return parse.children(of: above, "nsubjpass", "dobj").first
  }

  /// The speaker right before or after a verb that the parser gave no subject, and the last token of the report.
  func nearest(_ verb: Int, besides quote: Range<Int>) -> (Speaker, Int)? {
    guard let (head, end) = nearestHead(verb, besides: quote), let speaker = naming.speaker(head) else {
      return nil
    }
    return (speaker, end)
  }

  /// The head of that name or noun, and the last token of the report.
  func nearestHead(_ verb: Int, besides quote: Range<Int>) -> (head: Int, end: Int)? {
    let stop: (Int) -> Bool = { index in
      quoteOfToken[index] >= 0 || [".", ";", ":", "!", "?"].contains(parse.tokens[index].text)
        || !paragraphs.joins(index, verb)
    }
    var index = verb - 1
    // Behind a comma an apposition may have ended: only a name is safe.
    let isApart = index >= 0 && parse.tokens[index].text == ","
    while index >= 0, verb - index < 4, !stop(index) {
      if naming.canSpeak(index), !isApart || naming.isNamed(index), naming.speaker(index) != nil {
        return (index, verb)
      }
      index -= 1
    }
    index = verb + 1
    while index < parse.tokens.count, index - verb < 8, !stop(index), parse.tokens[index].text != "," {
      // The head of the phrase, not a word inside it.
      if naming.canSpeak(index), !["compound", "amod", "poss", "nmod"].contains(parse.tokens[index].dep),
        naming.speaker(index) != nil
      {
        return (index, index)
      }
      index += 1
    }
    return nil
  }

  /// "According to Kirby" in the sentence around.
  private func accordingTo(around tokens: Range<Int>) -> Attribution? {
    let sentence = parse.sentences[parse.sentenceOfToken[tokens.lowerBound]]
    for index in sentence where !tokens.contains(index) {
      if let (speaker, end) = source(at: index) {
        return Attribution(speaker: speaker, verb: "according to", end: end)
      }
    }
    return nil
  }

  /// Whom "according to" at a token names, and the last token of that phrase.
  func source(at index: Int) -> (Speaker, Int)? {
    guard parse.tokens[index].text.lowercased() == "according" else { return nil }
    for inner in parse.children[index] where parse.tokens[inner].text.lowercased() == "to" {
      for head in parse.children(of: inner, "pobj") {
        if let speaker = naming.speaker(head) { return (speaker, parse.rightEdge[index]) }
      }
    }
    return nil
  }
}
