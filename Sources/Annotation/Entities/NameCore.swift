import Linguistics

/// What of a phrase that somebody marked as naming an entity is the name itself.
///
/// Annotators mark whole phrases ("the Irish airline Ryanair", "Ana Petrova, whom he met in Riga", "President of
/// the Senate"): the name in it is a run of words with capitals, the one that holds the phrase's head or stands in
/// apposition to it. A phrase whose head is an office has no name, only that office.
struct NameCore {
  /// The name's tokens; the whole phrase if nothing in it looks like a name.
  var tokens: Range<Int>
  /// The folded noun of an office that the phrase names instead of a person ("president"); empty if none.
  var office = ""
  /// Whether a title or an office beside the name shows that it is a person's.
  var isPerson = false
  /// The office said of the name within the phrase ("Clare Moss, Director of X"); empty if none.
  var role = ""

  /// Looks for the name in `span`.
  init(of span: Range<Int>, in parse: Parse, head: Int, lists: NameLists) {
    let phrase = Phrase(parse: parse, lists: lists)
    tokens = span
    let region = phrase.region(of: span, head: head)
    let runs = phrase.runs(in: span)
    guard let (chosen, isBeside) = phrase.name(among: runs, in: region, head: head) else {
      let word = parse.tokens[head].lemma.lowercased()
      if phrase.isOffice(word) { (office, isPerson) = (word, true) }
      return
    }
    if isBeside, phrase.isOffice(parse.tokens[head].lemma.lowercased()) {
      isPerson = true
      role = parse.tokens[head].lemma.lowercased()
    }
    if let word = phrase.office(named: chosen) {
      isPerson = true
      // "Ryanair CEO, Michael O'Leary": the name follows its office.
      if let next = runs.first(where: { $0.lowerBound == chosen.upperBound + 1 }),
        parse.tokens[chosen.upperBound].text == ",", phrase.office(named: next) == nil
      {
        (tokens, role) = (next, word)
      } else {
        (tokens, office) = (chosen, word)
      }
      return
    }
    let named = phrase.withoutTitles(chosen)
    if named.lowerBound > chosen.lowerBound { isPerson = true }
    tokens = named
    if role.isEmpty, let word = phrase.office(after: named, in: span) { (role, isPerson) = (word, true) }
  }

  /// The words of one phrase.
  private struct Phrase {
    let parse: Parse
    let lists: NameLists

    /// Small words that a name may have inside.
    private static let links: Set<String> = [
      "of", "for", "the", "and", "&", "de", "del", "della", "di", "da", "du", "la", "van", "von", "der",
      "den",
      "al", "el", "bin", "ibn", "-", "–", "'", "’", ".", "/",
    ]
    private static let numerals: Set<String> = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]

    /// Whether a token may be a word of a name: a capital in it, or a number.
    func isNameWord(_ index: Int) -> Bool {
      let token = parse.tokens[index]
      if ["DET", "PRON", "ADP", "PUNCT", "SPACE", "CCONJ", "SCONJ", "PART"].contains(token.pos),
        token.text.unicodeScalars.filter({ $0.isUppercase }).count < 2
      {
        return Self.numerals.contains(token.text)
      }
      return token.text.unicodeScalars.contains { $0.isUppercase } || isNumber(index)
    }

    private func isNumber(_ index: Int) -> Bool {
      parse.tokens[index].text.unicodeScalars.first?.isNumeric == true
    }

    /// Runs of name words with small words between them, in text order.
    func runs(in span: Range<Int>) -> [Range<Int>] {
      var runs: [Range<Int>] = []
      var index = span.lowerBound
      while index < span.upperBound {
        guard isNameWord(index) else {
          index += 1
          continue
        }
        var end = index + 1
        var next = end
        while next < span.upperBound {
          if isNameWord(next) {
            next += 1
            end = next
          } else if next - end < 2, Self.links.contains(parse.tokens[next].text) {
            next += 1
          } else {
            break
          }
        }
        // A number alone is no name where others follow ("the 2 Boeings").
        runs.append(index..<end)
        index = end
      }
      let words = runs.filter { run in run.contains(where: { !isNumber($0) }) }
      return words.isEmpty ? runs : words
    }

    /// The part of a phrase in which its name stands: after a possessive, and up to what only describes it.
    func region(of span: Range<Int>, head: Int) -> Range<Int> {
      var start = span.lowerBound
      if let owner = (span.lowerBound..<head).last(where: { parse.tokens[$0].tag == "POS" }) {
        start = owner + 1
      }
      var end = max(head + 1, start + 1)
      while end < span.upperBound {
        let token = parse.tokens[end]
        if [",", "(", ";", ":", "—", "–"].contains(token.text) && !isNameWord(end) { break }
        if ["SCONJ", "PRON", "VERB", "AUX", "ADP"].contains(token.pos), token.text != "of", !isNameWord(end) {
          break
        }
        end += 1
      }
      return start..<end
    }

    /// The run that names the phrase, and whether it stands in apposition to the phrase's head.
    func name(
      among all: [Range<Int>], in region: Range<Int>, head: Int
    ) -> (run: Range<Int>, isBeside: Bool)? {
      let runs = all.map { $0.clamped(to: region) }.filter { !$0.isEmpty }
      // Two things joined have no one name.
      let isJoined = parse.children(of: head, "conj").contains { joined in
        region.contains(joined) && !runs.contains { $0.contains(head) && $0.contains(joined) }
      }
      if isJoined { return nil }
      // "Airbus parent EADS", "the carmaker Opel": common nouns before the last run.
      if let last = runs.last, last.upperBound == region.upperBound, runs.count > 1 || head < last.lowerBound,
        !isWithinPreposition(last, head)
      {
        let isAfterNoun = ["NOUN", "ADJ", "PROPN"].contains(parse.tokens[last.lowerBound - 1].pos)
        if isAfterNoun { return (last, head < last.lowerBound) }
      }
      if let run = runs.first(where: { $0.contains(head) }) { return (run, false) }
      // "an airline, Ryanair": right after the head, a comma or a quote between at most.
      if let run = all.first(where: { $0.lowerBound > head }),
        (head + 1..<run.lowerBound).allSatisfy({
          [",", "\"", "“", "'", "‘", ":", "(", "the", "The"].contains(parse.tokens[$0].text)
        })
      {
        return (run, true)
      }
      if isOffice(parse.tokens[head].lemma.lowercased()) { return nil }
      // "iTunes store": up to the head.
      if let run = runs.last(where: { $0.upperBound <= head }),
        (run.upperBound..<head).allSatisfy({ ["NOUN", "ADJ", "PROPN"].contains(parse.tokens[$0].pos) })
      {
        return (run.lowerBound..<(head + 1), false)
      }
      if let run = runs.last, run.upperBound == region.upperBound, runs.count == 1,
        !isWithinPreposition(run, head)
      {
        return (run, false)
      }
      if let run = runs.first, run.lowerBound == region.lowerBound, head >= run.upperBound {
        return (run, false)
      }
      return nil
    }

    private func isWithinPreposition(_ run: Range<Int>, _ head: Int) -> Bool {
      head < run.lowerBound && (head..<run.lowerBound).contains { parse.tokens[$0].pos == "ADP" }
    }

    func isOffice(_ word: String) -> Bool { lists.roles[word] != nil || lists.titles[word] != nil }

    /// The office that a run names instead of a person: "Emperor of the North", "Press Secretary".
    func office(named whole: Range<Int>) -> String? {
      var run = whole
      while run.count > 1, isNumber(run.lowerBound) { run = (run.lowerBound + 1)..<run.upperBound }
      if run.allSatisfy({ isOffice(parse.tokens[$0].text.lowercased()) }) {
        return parse.tokens[run.upperBound - 1].text.lowercased()
      }
      for length in [2, 1] where run.count >= length {
        let start = run.lowerBound..<(run.lowerBound + length)
        let word = NameText.parts(parse.text(of: start)).joined(separator: " ")
        let isWhole = run.count == length
        if isOffice(word), isWhole || ["of", "for"].contains(parse.tokens[start.upperBound].text) {
          return word
        }
        let tail = NameText.parts(parse.text(of: (run.upperBound - length)..<run.upperBound))
          .joined(separator: " ")
        if run.count > length, lists.roles[tail] != nil, !lists.organisationWords.contains(tail) {
          return tail
        }
      }
      return nil
    }

    /// A run without titles and offices before the name, and what stands before them ("Chrysler CEO Ana Moss").
    func withoutTitles(_ run: Range<Int>) -> Range<Int> {
      var lower = run.lowerBound
      var place = lower
      while place + 1 < run.upperBound {
        let rest = run.upperBound - 1 - place
        let length = (1...min(3, rest)).reversed().first(where: { length in
          isOffice(NameText.parts(parse.text(of: place..<(place + length))).joined(separator: " "))
        })
        // Only a whole name may follow an office in the middle.
        if let length, place == lower || (2...3).contains(run.upperBound - place - length) {
          place += length
          lower = place
        } else {
          place += 1
        }
      }
      let name = lower..<run.upperBound
      let isBody =
        Gazetteer.shared.entry(parse.text(of: run)) != nil
        || NameText.parts(parse.text(of: name)).contains(where: lists.organisationWords.contains)
      return isBody ? run : name
    }

    /// The office named after a comma that follows the name.
    func office(after name: Range<Int>, in span: Range<Int>) -> String? {
      guard name.upperBound < span.upperBound, parse.tokens[name.upperBound].text == "," else { return nil }
      for index in (name.upperBound + 1)..<min(span.upperBound, name.upperBound + 5) {
        let word = parse.tokens[index].lemma.lowercased()
        if isOffice(word) { return word }
        if parse.tokens[index].pos == "ADP" || parse.tokens[index].pos == "PRON" { return nil }
      }
      return nil
    }
  }
}
