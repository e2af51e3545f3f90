import Facts
import Linguistics

/// Finds the names of a document: the model's entity spans, put right by rule, and what the gazetteer and
/// the rest of the document show that the model missed.
struct MentionFinder {
  let parse: Parse
  let gazetteer = Gazetteer.shared
  let lists = NameLists.shared

  /// The names in text order; nothing overlaps, unless the caller gave overlapping spans.
  func find(given: [GivenSpan]?) -> [Candidate] {
    var found: [Candidate]
    if let given {
      found = given.compactMap(candidate(given:))
    } else {
      let common = commonNouns()
      found = parse.entities.flatMap(candidates(span:)).filter {
        $0.tokens.count > 1 || $0.type == "NORP" || !common.contains($0.tokens.lowerBound)
      }
      PersonNames(finder: self).mend(&found)
      NameTypes(finder: self).mend(&found)
      addKnownNames(to: &found)
      addParenthesised(to: &found)
      addRepeated(to: &found)
    }
    found.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    unifyTypes(&found)
    for index in found.indices { found[index].title = title(of: found[index]) }
    return found
  }

  // MARK: The model's spans

  /// The names in a span of the model, each without what is no part of it; none if nothing is left.
  private func candidates(span: EntitySpan) -> [Candidate] {
    guard !valueTypes.contains(span.label) else { return [] }
    return pieces(of: span.tokens).compactMap { piece -> Candidate? in
      var tokens = trimmed(piece, label: span.label)
      if span.label == "PERSON" { tokens = withoutTitle(tokens) }
      guard !tokens.isEmpty, span.label == "NORP" || isName(tokens) else { return nil }
      let found = candidate(tokens: tokens, label: span.label)
      return found.type != "GPE" && isPlaceByContext(tokens)
        ? candidate(tokens: tokens, label: "GPE") : found
    }
  }

  /// A span cut where no name goes on: at a dash between spaces, as after a dateline, and at an empty line.
  /// One word before a dash and one after it may be a name that is set wide ("Wal - Mart"), unless either is known.
  private func pieces(of range: Range<Int>) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where isBreak(index) {
      pieces.append(start..<index)
      start = index + 1
    }
    pieces.append(start..<range.upperBound)
    if pieces.count == 2, range.count == 3, !parse.tokens[range.lowerBound + 1].isSpace,
      pieces.allSatisfy({ gazetteer.entry(parse.text(of: $0)) == nil })
    {
      return [range]
    }
    // What follows a dash may be an office ("Ana Petrova - Analyst").
    return pieces.enumerated().filter { place, piece in
      !piece.isEmpty && (place == 0 || lists.roles[parse.tokens[piece.lowerBound].text.lowercased()] == nil)
    }.map(\.element)
  }

  private func isBreak(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    if token.isSpace {
      let ends = token.text.unicodeScalars.count { $0 == "\n" }
      return ends > 1 || ends == 1 && endsShortLine(index)
    }
    return isSpacedDash(index) || token.text == "(" && !hasClosing(index)
  }

  /// Whether the line that ends at a token is short, as in lists and signatures: no name was broken there to fill it.
  private func endsShortLine(_ index: Int) -> Bool {
    var length = 0
    for place in stride(from: parse.tokens[index].start - 1, through: 0, by: -1) {
      if parse.scalars[place] == "\n" || length > 45 { break }
      length += 1
    }
    return length <= 45
  }

  /// Whether the parenthesis that opens at a token is closed within the next words.
  private func hasClosing(_ index: Int) -> Bool {
    for entity in parse.entities where entity.tokens.contains(index) {
      return entity.tokens.contains { $0 > index && parse.tokens[$0].text == ")" }
    }
    return false
  }

  private func isSpacedDash(_ index: Int) -> Bool {
    guard index > 0, index < parse.tokens.count,
      ["-", "--", "–", "—", "―"].contains(parse.tokens[index].text)
    else { return false }
    let before = parse.tokens[index - 1]
    return (before.spaceAfter || before.isSpace) && parse.tokens[index].spaceAfter
  }

  /// Whether the tokens may be a name: some word of it has a capital or a digit or is a proper noun, or it is
  /// an office without a name of its own ("foreign ministry").
  private func isName(_ tokens: Range<Int>) -> Bool {
    let text = parse.text(of: tokens)
    if tokens.contains(where: { parse.tokens[$0].pos == "PROPN" }) { return true }
    if text.unicodeScalars.contains(where: { !$0.isLowercase && $0.isAlphabetic })
      || text.unicodeScalars.contains(where: { $0.isNumeric })
    {
      return true
    }
    return NameText.parts(text).contains(where: lists.organisationWords.contains)
  }

  /// The tokens of words that have a capital only from the sentence that they begin: the text writes them small, as nouns,
  /// and nowhere else with a capital ("Rice imports rose", where it also speaks of "rice imports").
  private func commonNouns() -> Set<Int> {
    let firsts = Set(parse.sentences.compactMap { $0.first { !parse.tokens[$0].isSpace } })
    var small: Set<String> = []
    var capital: Set<String> = []
    for (index, token) in parse.tokens.enumerated() {
      guard let first = token.text.utf8.first else { continue }
      if first >= 0x61, first <= 0x7A, token.tag == "NN" || token.tag == "NNS" {
        small.insert(token.text)
      } else if first >= 0x41, first <= 0x5A, !firsts.contains(index) {
        capital.insert(token.text.lowercased())
      }
    }
    return firsts.filter { index in
      let word = parse.tokens[index].text.lowercased()
      return small.contains(word) && !capital.contains(word)
    }
  }

  private static let regionNouns: Set<String> = [
    "region", "oblast", "province", "district", "county", "prefecture", "peninsula", "governorate",
  ]

  /// Whether what stands around a name makes it a place: a word like "region" after it, or it stands in
  /// capitals at the start of a line and a dash follows, as a dateline.
  private func isPlaceByContext(_ tokens: Range<Int>) -> Bool {
    let next = tokens.upperBound
    guard next < parse.tokens.count else { return false }
    if tokens.count == 1, parse.tokens[next].text.utf8.count > 3, parse.tokens[tokens.lowerBound].spaceAfter,
      Self.regionNouns.contains(parse.tokens[next].text)
    {
      return gazetteer.entry(parse.text(of: tokens)) == nil
    }
    let first = tokens.lowerBound
    let isLineStart =
      first == 0
      || (parse.tokens[first - 1].isSpace && parse.tokens[first - 1].text.unicodeScalars.contains("\n"))
    return isLineStart && isSpacedDash(next)
      && tokens.allSatisfy { NameText.isShouted(parse.tokens[$0].text) }
  }

  private func trimmed(_ range: Range<Int>, label: String) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    var changed = true
    while changed, lower < upper {
      changed = false
      let last = parse.tokens[upper - 1]
      if last.tag == "POS" || last.isSpace || isEdgePunctuation(last.text) {
        upper -= 1
        changed = true
        continue
      }
      let first = parse.tokens[lower]
      let isCiting = ["Quoting", "Citing"].contains(first.text) && upper - lower > 1
      if first.isSpace || isEdgePunctuation(first.text) || isCiting {
        lower += 1
        changed = true
      } else if isArticle(first.text), upper - lower > 1, label != "WORK_OF_ART" {
        // "The Hague" and the like are listed with their article.
        if gazetteer.entry(parse.text(of: lower..<upper))?.canonical.hasPrefix("The ") == true { break }
        lower += 1
        changed = true
      }
    }
    return lower..<max(lower, upper)
  }

  private func isArticle(_ text: String) -> Bool {
    ["the", "The", "THE", "a", "A", "an", "An"].contains(text)
  }

  private func isEdgePunctuation(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      !scalar.isAlphabetic && !scalar.isNumeric && scalar != "."
        && scalar != "$"
    }
  }

  /// A person's span without titles at its start, as long as a name is left.
  func withoutTitle(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    while lower + 1 < range.upperBound {
      let rest = range.upperBound - 1 - lower
      guard let length = (1...min(3, rest)).reversed().first(where: { isTitle(lower..<(lower + $0)) }) else {
        break
      }
      lower += length
    }
    return lower..<range.upperBound
  }

  private func isTitle(_ range: Range<Int>) -> Bool {
    lists.titles[NameText.parts(parse.text(of: range)).joined(separator: " ")] != nil
  }

  /// A candidate over whole tokens, with its type put right by the gazetteer.
  func candidate(tokens: Range<Int>, label: String) -> Candidate {
    let (start, end) = (parse.tokens[tokens.lowerBound].start, parse.tokens[tokens.upperBound - 1].end)
    return made(start: start, end: withoutPunctuation(start, end), tokens: tokens, label: label)
  }

  /// The end of a name without a comma, an unopened parenthesis, or a sentence's dot behind a long word, that the
  /// tokenizer left at its last word.
  private func withoutPunctuation(_ start: Int, _ end: Int) -> Int {
    var end = end
    if end - start > 6, parse.scalars[end - 1] == ".",
      parse.scalars[(end - 7)..<(end - 1)].allSatisfy(\.isAlphabetic)
    {
      end -= 1
    }
    while end - 1 > start, [",", ";", ":", "!", "?", ")"].contains(parse.scalars[end - 1]) {
      if parse.scalars[end - 1] == ")", parse.scalars[start..<end].contains("(") { break }
      end -= 1
    }
    return end
  }

  private func made(start: Int, end: Int, tokens: Range<Int>, label: String) -> Candidate {
    let text = parse.text(start, end)
    var parts = NameText.parts(text)
    let entry = gazetteer.entry(text, words: parts)
    if parts.count > 1, parts[0] == "the" { parts.removeFirst() }
    var candidate = Candidate(
      start: start, end: end, tokens: tokens, text: text, type: label, parts: parts, entry: entry)
    guard let entry else { return candidate }
    // A person may be called Chad or Jordan; all else that bears a country's name is that country. The
    // model is believed on organisations named after a place ("Washington" as a team, say).
    switch (entry.role, label) {
    case (.organisation, "PERSON") where parts.count > 1 || NameText.acronym(text) != nil:
      candidate.type = "ORG"
    case (.place, "PERSON"), (.place, "NORP"), (.place, "PRODUCT"), (.place, "WORK_OF_ART"):
      candidate.type = "GPE"
    case (.place, "ORG") where isBehindPlacePreposition(tokens): candidate.type = "GPE"
    case (.place, let label) where label != "GPE" && label != "LOC": candidate.entry = nil
    case (.index, _): candidate.type = entry.type
    case (_, "PERSON"): candidate.entry = nil
    case (.capital, let label) where label != "GPE" && label != "LOC":
      candidate.entry = Gazetteer.isSeat(entry) ? entry : nil
    case (.capital, _): if Gazetteer.isSeat(entry) { candidate.type = "FAC" } else { candidate.type = "GPE" }
    case (.nationality, "LANGUAGE"): candidate.entry = nil
    default: candidate.type = entry.type
    }
    return candidate
  }

  private func isBehindPlacePreposition(_ tokens: Range<Int>) -> Bool {
    tokens.lowerBound > 0 && parse.tokens[tokens.lowerBound - 1].pos == "ADP"
      && ["in", "near", "from", "to", "at", "outside", "across", "around"].contains(
        parse.tokens[tokens.lowerBound - 1].text.lowercased())
  }

  // MARK: Spans that the caller gives

  private func candidate(given span: GivenSpan) -> Candidate? {
    let start = max(0, span.start)
    let end = min(parse.scalars.count, span.end)
    guard start < end else { return nil }
    let touched = parse.tokens.indices.filter { parse.tokens[$0].start < end && parse.tokens[$0].end > start }
    guard let first = touched.first, let last = touched.last else { return nil }
    let tokens = first..<(last + 1)
    let core = NameCore(of: tokens, in: parse, head: head(of: tokens), lists: lists)
    let (label, isGuess) =
      span.type.map { ($0, false) } ?? (core.isPerson ? ("PERSON", false) : label(of: core.tokens))
    // The words of the whole span if the name in it is not told from them.
    let nameStart = core.tokens == tokens ? start : max(start, parse.tokens[core.tokens.lowerBound].start)
    let nameEnd = core.tokens == tokens ? end : min(end, parse.tokens[core.tokens.upperBound - 1].end)
    var candidate = made(
      start: nameStart, end: withoutPunctuation(nameStart, nameEnd), tokens: core.tokens, label: label)
    candidate.name = withoutPossessive(candidate.text)
    candidate.parts = NameText.parts(candidate.name)
    if candidate.parts.count > 1, candidate.parts[0] == "the" { candidate.parts.removeFirst() }
    (candidate.start, candidate.end, candidate.tokens) = (start, end, tokens)
    candidate.core = core.tokens
    candidate.text = parse.text(start, end)
    candidate.isGiven = true
    candidate.isGuess = isGuess
    candidate.office = core.office
    candidate.title.role = core.role
    if let type = span.type { (candidate.type, candidate.isTyped) = (type, true) }
    return candidate
  }

  private func withoutPossessive(_ text: String) -> String {
    for ending in ["'s", "’s"] where text.hasSuffix(ending) { return String(text.dropLast(2)) }
    for ending in ["s'", "s’"] where text.hasSuffix(ending) { return String(text.dropLast(1)) }
    return text
  }

  /// The type of given tokens: the model's where it saw an entity there, else by what stands around; and
  /// whether it is but a guess.
  private func label(of tokens: Range<Int>) -> (String, isGuess: Bool) {
    if let entry = gazetteer.entry(parse.text(of: tokens)) { return (entry.type, false) }
    var best: (size: Int, label: String)?
    for span in parse.entities where !valueTypes.contains(span.label) {
      let size = span.tokens.clamped(to: tokens).count
      // What covers but the first word may be its country or its maker.
      guard span.tokens.contains(tokens.upperBound - 1) || size * 2 > tokens.count else { continue }
      if size > best?.size ?? 0 { best = (size, span.label) }
    }
    let words = NameText.parts(parse.text(of: tokens))
    if words.count == 2, let first = words.first, lists.givenNames[first] != nil,
      !lists.organisationWords.contains(words[1]),
      best.map({ !["GPE", "LOC", "FAC"].contains($0.label) }) ?? true
    {
      return ("PERSON", false)
    }
    if let best { return (best.label, best.size * 2 < tokens.count) }
    if words.contains(where: lists.organisationWords.contains) { return ("ORG", true) }
    if let first = words.first, lists.givenNames[first] != nil { return ("PERSON", true) }
    return ("ORG", true)
  }

  // MARK: What the model missed

  private func isFree(_ range: Range<Int>, _ found: [Candidate]) -> Bool {
    !found.contains { $0.tokens.overlaps(range) }
  }

  /// Adds countries, nationalities and capitals that no span covers.
  private func addKnownNames(to found: inout [Candidate]) {
    var covered = [Bool](repeating: false, count: parse.tokens.count)
    for candidate in found { for token in candidate.tokens { covered[token] = true } }
    for span in parse.entities where valueTypes.contains(span.label) {
      for token in span.tokens { covered[token] = true }
    }
    var index = 0
    while index < parse.tokens.count {
      let token = parse.tokens[index]
      guard !covered[index], NameText.isCapitalised(token.text), ["PROPN", "ADJ", "NOUN"].contains(token.pos)
      else {
        index += 1
        continue
      }
      var next = index + 1
      for length in stride(from: min(gazetteer.longest, parse.tokens.count - index), through: 1, by: -1) {
        let range = index..<(index + length)
        guard !range.contains(where: { covered[$0] }),
          parse.sentenceOfToken[range.upperBound - 1] == parse.sentenceOfToken[index],
          let entry = gazetteer.entry(parse.text(of: range)), !isPartOfLongerName(range, entry)
        else { continue }
        found.append(candidate(tokens: range, label: entry.type))
        next = range.upperBound
        break
      }
      index = next
    }
  }

  /// Whether a known name stands inside a longer one, as in "George Washington" or "Berlin Wall".
  private func isPartOfLongerName(_ range: Range<Int>, _ entry: Gazetteer.Entry) -> Bool {
    if entry.role == .nationality { return false }
    func isName(_ index: Int) -> Bool {
      guard parse.tokens.indices.contains(index),
        parse.sentenceOfToken[index] == parse.sentenceOfToken[range.lowerBound]
      else { return false }
      let token = parse.tokens[index]
      return token.pos == "PROPN" && NameText.isCapitalised(token.text)
    }
    if range.count == 1, parse.tokens[range.lowerBound].pos != "PROPN" { return true }
    return entry.role == .country && range.count > 1
      ? false : isName(range.lowerBound - 1) || isName(range.upperBound)
  }

  /// Adds an acronym in parentheses right after a name that it abbreviates.
  private func addParenthesised(to found: inout [Candidate]) {
    for candidate in found {
      let open = candidate.tokens.upperBound
      guard open + 2 < parse.tokens.count, parse.tokens[open].text == "(", parse.tokens[open + 2].text == ")",
        isFree((open + 1)..<(open + 2), found),
        let letters = NameText.acronym(parse.tokens[open + 1].text),
        Acronyms.mayStand(letters, for: candidate.parts)
      else { continue }
      var short = self.candidate(tokens: (open + 1)..<(open + 2), label: candidate.type)
      short.type = candidate.type
      found.append(short)
    }
  }

  /// Adds proper nouns that repeat a name found elsewhere: a person's surname, or a whole name.
  private func addRepeated(to found: inout [Candidate]) {
    var known: [String: (type: String, count: Int)] = [:]
    func learn(_ word: String, _ type: String) {
      guard word.unicodeScalars.count > 1, NameText.isCapitalised(word) else { return }
      if let old = known[word] {
        if old.type == type { known[word]?.count += 1 }
      } else {
        known[word] = (type, 1)
      }
    }
    for candidate in found where ["PERSON", "ORG", "GPE", "LOC", "PRODUCT"].contains(candidate.type) {
      if candidate.tokens.count == 1 { learn(candidate.text, candidate.type) }
      if candidate.type == "PERSON", candidate.tokens.count > 1 {
        learn(parse.tokens[candidate.tokens.upperBound - 1].text, "PERSON")
        if lists.isFamilyNameFirst(candidate.parts) {
          learn(parse.tokens[candidate.tokens.lowerBound].text, "PERSON")
        }
      }
    }
    var covered = [Bool](repeating: false, count: parse.tokens.count)
    for candidate in found { for token in candidate.tokens { covered[token] = true } }
    let shouted = parse.sentences.map(isShouted)
    for (index, token) in parse.tokens.enumerated() where !covered[index] && token.pos == "PROPN" {
      // "PUTIN VISITS PYONGYANG", above a text that has them as they are written elsewhere.
      let isHeadline = shouted[parse.sentenceOfToken[index]]
      guard let type = known[isHeadline ? Self.lowered(token.text) : token.text]?.type else { continue }
      if isHeadline {
        found.append(candidate(tokens: index..<(index + 1), label: type))
        continue
      }
      // Inside a longer run of names it may be somebody else's ("Putin Square").
      let before = index > 0 && !covered[index - 1] && isNameWord(index - 1) && !isTitle((index - 1)..<index)
      let after = index + 1 < parse.tokens.count && !covered[index + 1] && isNameWord(index + 1)
      guard !before, !after else { continue }
      found.append(candidate(tokens: index..<(index + 1), label: type))
    }
  }

  /// Whether a sentence of several words is in capitals throughout.
  private func isShouted(_ sentence: Range<Int>) -> Bool {
    let words = sentence.filter { parse.tokens[$0].text.unicodeScalars.allSatisfy(\.isAlphabetic) }
    return words.count > 2 && words.allSatisfy { NameText.isShouted(parse.tokens[$0].text) }
  }

  /// A word with but its first letter in capitals.
  private static func lowered(_ word: String) -> String { word.prefix(1) + word.dropFirst().lowercased() }

  /// Whether a token is a proper noun with a capital.
  func isNameWord(_ index: Int) -> Bool {
    parse.tokens[index].pos == "PROPN" && NameText.isCapitalised(parse.tokens[index].text)
  }

  // MARK: One sense per document

  /// Gives one spelling one type in the document: the most frequent one, the first of equals. A single
  /// word that is the surname of a person named in full is that person.
  private func unifyTypes(_ found: inout [Candidate]) {
    var counts: [String: [(type: String, count: Int)]] = [:]
    var surnames: [String: Int] = [:]
    var starts: Set<String> = []
    for candidate in found where candidate.office.isEmpty {
      if candidate.type == "PERSON", let first = candidate.parts.first, let last = candidate.parts.last {
        if candidate.parts.count > 1 {
          surnames[lists.isFamilyNameFirst(candidate.parts) ? first : last, default: 0] += 1
        } else if candidate.core != candidate.tokens
          || candidate.core.lowerBound > 0
            && isTitle((candidate.core.lowerBound - 1)..<candidate.core.lowerBound)
        {
          surnames[last, default: 0] += 1
        }
      } else if candidate.parts.count > 1, !Clusterer.isRegnal(candidate.parts),
        let first = candidate.parts.first
      {
        starts.insert(first)
      }
      let key = candidate.parts.joined(separator: " ")
      let vote = candidate.isGuess ? 0 : 1
      if let index = counts[key]?.firstIndex(where: { $0.type == candidate.type }) {
        counts[key]?[index].count += vote
      } else {
        counts[key, default: []].append((candidate.type, vote))
      }
    }
    for index in found.indices
    where found[index].entry == nil && found[index].office.isEmpty && !found[index].isTyped {
      let parts = found[index].parts
      let types = counts[parts.joined(separator: " ")] ?? []
      guard var best = types.first else { continue }
      for type in types.dropFirst() where type.count > best.count { best = type }
      // "Norton I" beside a Norton is a ruler's name, whatever the model makes of the number.
      if Clusterer.isRegnal(parts), surnames[parts[0]] != nil { best.type = "PERSON" }
      if parts.count == 1, let persons = surnames[parts[0]],
        best.type == "PERSON" || best.count < 3 || persons > 1 && !starts.contains(parts[0])
      {
        best.type = "PERSON"
      }
      // "Kyiv" is no person where nobody of that name is named in full.
      if best.type == "PERSON", parts.count == 1, surnames[parts[0]] == nil,
        lists.givenNames[parts[0]] == nil, gazetteer.entry(found[index].name)?.role == .capital
      {
        best.type = "GPE"
      }
      found[index].type = best.type
      // What the rest of the document shows to be a place may be a capital that is known.
      if found[index].type == "GPE", let entry = gazetteer.entry(found[index].name), entry.role == .capital {
        found[index].entry = entry
      }
    }
  }

  // MARK: Titles

  /// The title or role that stands right before a person's name or beside it, and the country that the
  /// words before a name tell.
  private func title(of candidate: Candidate) -> Candidate.Title {
    var title = candidate.title
    guard candidate.office.isEmpty else { return title }
    let first = candidate.core.lowerBound
    let sentence = parse.sentences[parse.sentenceOfToken[first]]
    guard candidate.type == "PERSON" || candidate.type == "ORG" else { return title }
    // The name's noun phrase: from the left edge of its head word.
    let head = head(of: candidate.core)
    let edge = max(parse.leftEdge[head], sentence.lowerBound)
    if candidate.type == "PERSON" {
      var lower = first
      while lower > edge {
        let lengths = (1...3).reversed().filter { lower - $0 >= sentence.lowerBound }
        guard let length = lengths.first(where: { roleWords((lower - $0)..<lower) != nil }) else { break }
        let range = (lower - length)..<lower
        if let found = roleWords(range) {
          if title.role.isEmpty { title.role = found.role }
          title.gender = title.gender ?? found.gender
        }
        lower -= length
      }
      if lower < first {
        var start = lower
        if let nationality = country(endingAt: lower, from: edge) {
          title.country = nationality.code
          start = nationality.start
        }
        title.text = parse.text(of: start..<first)
      } else {
        for child in parse.children(of: head, "appos")
        where lists.roles[parse.tokens[child].lemma.lowercased()] != nil {
          title.role = parse.tokens[child].lemma.lowercased()
          title.gender = lists.roles[title.role] ?? nil
          title.text = parse.tokens[child].text
          if let nationality = country(endingAt: child, from: parse.leftEdge[child]) {
            title.country = nationality.code
          }
          break
        }
      }
    }
    if title.country.isEmpty, edge < first {
      for index in (edge..<first).reversed() {
        if let nationality = country(endingAt: index + 1, from: edge) {
          title.country = nationality.code
          break
        }
      }
    }
    return title
  }

  /// A title, or a noun for a role, over the tokens.
  private func roleWords(_ range: Range<Int>) -> (role: String, gender: NameLists.Gender?)? {
    guard range.allSatisfy({ parse.tokens[$0].pos != "PUNCT" || parse.tokens[$0].text == "-" }) else {
      return nil
    }
    let words = NameText.parts(parse.text(of: range))
    let key = words.joined(separator: " ")
    let last = parse.tokens[range.upperBound - 1]
    if let gender = lists.titles[key],
      NameText.isCapitalised(last.text) || last.pos == "NOUN" || last.pos == "PROPN"
    {
      return (key, gender)
    }
    if range.count == 1, last.pos == "NOUN", let gender = lists.roles[last.lemma.lowercased()] {
      return (last.lemma.lowercased(), gender)
    }
    return nil
  }

  /// A country or nationality whose words end right before token `end`.
  private func country(endingAt end: Int, from edge: Int) -> (code: String, start: Int)? {
    var end = end
    if end > edge, parse.tokens[end - 1].tag == "POS" { end -= 1 }
    for length in stride(from: min(3, end - edge), through: 1, by: -1) {
      if let entry = gazetteer.entry(parse.text(of: (end - length)..<end)), entry.role != .organisation,
        entry.role != .capital
      {
        return (entry.country, end - length)
      }
    }
    return nil
  }

  /// The token of a range whose head lies outside: the name's head word.
  func head(of tokens: Range<Int>) -> Int {
    tokens.first { !tokens.contains(parse.tokens[$0].head) || parse.tokens[$0].head == $0 } ?? tokens
      .upperBound - 1
  }
}
