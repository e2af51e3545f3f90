import Linguistics

/// Puts right what the model makes of people's names: a given name that it left out, a name of another type
/// that begins with a given name, a name of East Asia cut in two.
struct PersonNames {
  let finder: MentionFinder

  /// Mends the names in `found`, which are in text order and stay so.
  func mend(_ found: inout [Candidate]) {
    joinGivenNames(&found)
    retype(&found)
    addFamilyNamesFirst(to: &found)
  }

  private var parse: Parse { finder.parse }
  private var lists: NameLists { finder.lists }

  /// Whether a span of the model that is no name (a date) holds the token.
  private func isValue(_ index: Int) -> Bool {
    parse.entities.contains { $0.tokens.contains(index) && valueTypes.contains($0.label) }
  }

  /// "Ana" right before "Petrova" belongs to the name, whatever type the model gives to the surname.
  private func joinGivenNames(_ found: inout [Candidate]) {
    for index in found.indices {
      let candidate = found[index]
      let first = candidate.tokens.lowerBound - 1
      guard ["PERSON", "GPE", "ORG", "NORP", "LOC", "PRODUCT"].contains(candidate.type),
        candidate.entry == nil, candidate.tokens.count <= 2, first >= 0, isGivenName(first), !isValue(first),
        candidate.tokens.allSatisfy(isSurnameWord),
        !candidate.parts.contains(where: lists.organisationWords.contains),
        first == 0 || !finder.isNameWord(first - 1) || !parse.tokens[first - 1].spaceAfter,
        parse.sentenceOfToken[first] == parse.sentenceOfToken[first + 1]
      else { continue }
      let holders = found.indices.filter { found[$0].tokens.contains(first) }
      guard holders.allSatisfy({ found[$0].tokens.count == 1 }) else { continue }
      found[index] = finder.candidate(tokens: first..<candidate.tokens.upperBound, label: "PERSON")
      for holder in holders { found[holder].tokens = first..<first }
    }
    found.removeAll { $0.tokens.isEmpty }
  }

  /// A given name and one word more, a title before it or not, is a person, where the model says organisation
  /// or the like.
  private func retype(_ found: inout [Candidate]) {
    for index in found.indices {
      let candidate = found[index]
      let tokens = finder.withoutTitle(candidate.tokens)
      let isTownByContext =
        ["GPE", "LOC"].contains(candidate.type) && tokens.lowerBound > 0
        && parse.tokens[tokens.lowerBound - 1].pos == "ADP"
      guard ["ORG", "PRODUCT", "NORP", "GPE", "WORK_OF_ART"].contains(candidate.type), !isTownByContext,
        candidate.entry == nil, tokens.count == 2,
        isGivenName(tokens.lowerBound), isSurnameWord(tokens.lowerBound + 1),
        !candidate.parts.contains(where: lists.organisationWords.contains),
        tokens.upperBound == parse.tokens.count || !finder.isNameWord(tokens.upperBound),
        tokens.lowerBound == 0 || !finder.isNameWord(tokens.lowerBound - 1)
          || parse.tokens[tokens.lowerBound - 1].pos == "PUNCT"
      else { continue }
      found[index] = finder.candidate(tokens: tokens, label: "PERSON")
    }
  }

  private func isGivenName(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    return token.spaceAfter && isSurnameWord(index) && lists.givenNames[NameText.fold(token.text)] != nil
  }

  private func isSurnameWord(_ index: Int) -> Bool {
    let text = parse.tokens[index].text
    return NameText.isCapitalised(text) && NameText.acronym(text) == nil
      && text.unicodeScalars.allSatisfy { $0.isAlphabetic || $0 == "-" || $0 == "’" || $0 == "'" }
  }

  /// "Choe Son Hui": a family name of East Asia and two short given names, all proper nouns, of which the
  /// model found a part or nothing. Not in a line where every word has a capital.
  private func addFamilyNamesFirst(to found: inout [Candidate]) {
    for first in parse.tokens.indices.dropLast(2) {
      let tokens = first..<(first + 3)
      guard areNameWords(tokens),
        lists.isFamilyNameFirst(tokens.map { NameText.fold(parse.tokens[$0].text) }),
        tokens.upperBound == parse.tokens.count || !finder.isNameWord(tokens.upperBound),
        !isTitleLine(parse.sentenceOfToken[first])
      else { continue }
      let touched = found.indices.filter { found[$0].tokens.overlaps(tokens) }
      let isInside = touched.allSatisfy { index in
        let other = found[index].tokens
        return tokens.lowerBound <= other.lowerBound && other.upperBound <= tokens.upperBound
          && !(other == tokens && found[index].type == "PERSON")
      }
      guard isInside else { continue }
      let place = touched.first ?? found.firstIndex { $0.start > parse.tokens[first].start } ?? found.count
      for index in touched.reversed() { found.remove(at: index) }
      found.insert(finder.candidate(tokens: tokens, label: "PERSON"), at: place)
    }
  }

  /// Whether all tokens are words of a name in one sentence, with a space between them.
  private func areNameWords(_ tokens: Range<Int>) -> Bool {
    let sentence = parse.sentenceOfToken[tokens.lowerBound]
    return tokens.allSatisfy { index in
      finder.isNameWord(index) && isSurnameWord(index) && parse.sentenceOfToken[index] == sentence
    } && tokens.dropLast().allSatisfy { parse.tokens[$0].spaceAfter }
  }

  /// Whether a sentence has no verb in lower case, as headlines in capitals.
  private func isTitleLine(_ sentence: Int) -> Bool {
    !parse.sentences[sentence].contains { index in
      let token = parse.tokens[index]
      return token.pos == "VERB" && !NameText.isCapitalised(token.text)
    }
  }
}
