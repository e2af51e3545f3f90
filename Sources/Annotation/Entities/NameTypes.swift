import Linguistics

/// Puts right the types that the model gives to names, by the words in them and beside them: parties that it takes
/// for people, models of aircraft for their maker, wars for organisations, towns for people.
struct NameTypes {
  let finder: MentionFinder

  private var parse: Parse { finder.parse }
  private var lists: NameLists { finder.lists }
  private var words: NameWords { NameWords.shared }

  /// Mends the names in `found`.
  func mend(_ found: inout [Candidate]) {
    found.removeAll(where: isNoName)
    for index in found.indices { retype(&found[index]) }
    addElections(to: &found)
    addLetters(to: &found)
    widenToModels(&found)
  }

  // MARK: No names

  /// Titles without a name, addresses of websites, currencies, time zones.
  private func isNoName(_ candidate: Candidate) -> Bool {
    guard candidate.entry == nil, ["PERSON", "ORG", "PRODUCT", "GPE"].contains(candidate.type) else {
      return false
    }
    let parts = candidate.parts
    if candidate.type == "PERSON", parts.count == 1, candidate.tokens.count == 1,
      lists.titles[parts[0]] != nil || lists.roles[parts[0]] != nil, lists.givenNames[parts[0]] == nil
    {
      return true
    }
    guard parts.count == 1 else { return false }
    let text = candidate.text.lowercased()
    if ["utc", "gmt", "est", "pst", "cet", "bst", "pdt", "edt"].contains(text) { return true }
    if Units.shared.unit(text)?.kind == .money, !["rand", "won", "real", "sterling"].contains(text) {
      return true
    }
    if candidate.tokens.lowerBound > 0,
      NumberReader(parse: parse).number(at: candidate.tokens.lowerBound - 1) != nil,
      let unit = Units.shared.unit(text), unit.kind != .money
    {
      return true
    }
    return text.contains("@")
      || [".com", ".org", ".net", ".edu", ".gov"].contains(where: text.hasSuffix)
        && text.first?.isUppercase != true && !text.hasPrefix(".")
  }

  // MARK: Types

  private func retype(_ candidate: inout Candidate) {
    let parts = candidate.parts
    guard candidate.entry == nil || candidate.entry?.role == .organisation, let last = parts.last,
      let first = parts.first
    else { return }
    let name = parts.joined(separator: " ")
    if words.products.contains(name), candidate.type != "PRODUCT" {
      (candidate.type, candidate.entry) = ("PRODUCT", nil)
      return
    }
    if candidate.entry != nil { return }
    if parts.count > 1, ["ORG", "PRODUCT", "FAC"].contains(candidate.type), let type = words.lastWords[last] {
      candidate.type = type
      return
    }
    // "Lavrov" alone is a person's name, whatever the model makes of it.
    if parts.count == 1, ["ORG", "PRODUCT"].contains(candidate.type), candidate.tokens.count == 1,
      Genders.told(by: candidate) != nil
    {
      candidate.type = "PERSON"
      return
    }
    // "Willy Brandt said", behind a quotation.
    if parts.count == 2, candidate.type == "WORK_OF_ART", isSpeaker(candidate.tokens),
      !parts.contains(where: lists.organisationWords.contains)
    {
      candidate.type = "PERSON"
      return
    }
    let isBodyWord = lists.organisationWords.contains(last) && last != "church" && last != "club"
    if candidate.type == "PERSON" {
      let isTwoNames = parts.count == 2 && lists.givenNames[first] != nil
      if parts.count > 1, isBodyWord, !isTwoNames { candidate.type = "ORG" }
      if isCalledBody(candidate.tokens) { candidate.type = "ORG" }
      if candidate.type == "PERSON", isPlaceBySetting(candidate) { candidate.type = "GPE" }
    } else if candidate.type == "GPE" || candidate.type == "LOC" {
      let strong: Set<String> = [
        "party", "court", "ministry", "department", "committee", "council", "university", "institute",
        "association", "agency", "movement", "foundation", "union", "federation",
      ]
      if parts.count > 1, strong.contains(last) || strong.contains(first) && parts[1] == "of" {
        candidate.type = "ORG"
      }
      if isCalledBody(candidate.tokens) { candidate.type = "ORG" }
    }
  }

  private func isSpeaker(_ tokens: Range<Int>) -> Bool {
    let token = parse.tokens[finder.head(of: tokens)]
    let uses = SpeechVerbs.shared.uses(of: parse.tokens[token.head].lemma.lowercased())
    return token.dep == "nsubj" && uses?.contains(.direct) == true
  }

  /// Nouns for a body, right before its name.
  private static let bodyNouns: Set<String> = [
    "airline", "company", "firm", "carmaker", "automaker", "manufacturer", "maker", "magazine", "newspaper",
    "retailer", "brand", "broadcaster", "bank", "publisher", "charity", "supplier", "operator", "giant",
    "startup", "chain", "party", "airframer", "daily", "weekly", "insurer", "lender", "exporter",
  ]

  /// "the airline Ryanair", "an airline, Ryanair", "Ryanair CEO".
  private func isCalledBody(_ tokens: Range<Int>) -> Bool {
    let head = finder.head(of: tokens)
    let token = parse.tokens[head]
    var before = tokens.lowerBound - 1
    if before > 0, parse.tokens[before].text == ",", token.dep == "appos" { before -= 1 }
    if before >= 0, parse.sentenceOfToken[before] == parse.sentenceOfToken[tokens.lowerBound],
      parse.tokens[before].pos == "NOUN", Self.bodyNouns.contains(parse.tokens[before].lemma.lowercased()),
      token.head == before || parse.tokens[before].head == head
    {
      return true
    }
    let next = tokens.upperBound
    guard next < parse.tokens.count, token.dep == "compound" || token.dep == "nmod", token.head >= next else {
      return false
    }
    let office = parse.tokens[next].lemma.lowercased()
    return ["ceo", "spokesman", "spokeswoman", "spokesperson", "executive", "share", "stock"].contains(office)
      || office == "chief" && next + 1 < parse.tokens.count
        && parse.tokens[next + 1].lemma.lowercased() == "executive"
  }

  /// Verbs and nouns that go with "in" and a person or body.
  private static let innerWords: Set<String> = [
    "confidence", "trust", "faith", "believe", "belief", "interest", "interested", "invest", "investment",
    "stake",
    "share", "stock", "disappoint", "disappointed", "involve", "participate", "role", "star", "appear",
  ]

  /// Whether a name that the model takes for a person stands behind "in" or "near" as towns do.
  private func isPlaceBySetting(_ candidate: Candidate) -> Bool {
    let tokens = candidate.tokens
    guard tokens.lowerBound > 0, candidate.parts.count <= 2, lists.givenNames[candidate.parts[0]] == nil,
      candidate.text.unicodeScalars.allSatisfy({ !$0.isWhitespace || $0 == " " })
    else { return false }
    let token = parse.tokens[tokens.lowerBound - 1]
    guard token.pos == "ADP", ["in", "near"].contains(token.text.lowercased()),
      tokens.upperBound == parse.tokens.count || parse.tokens[tokens.upperBound].tag != "POS"
    else { return false }
    return !Self.innerWords.contains(parse.tokens[token.head].lemma.lowercased())
      && NameText.acronym(candidate.text) == nil
  }

  // MARK: Spans

  /// "the 1997 United Kingdom general election" is an event, named from its year on.
  private func addElections(to found: inout [Candidate]) {
    for index in found.indices.reversed() {
      let tokens = found[index].tokens
      guard ["GPE", "LOC", "NORP", "ORG"].contains(found[index].type),
        let year = year(before: tokens.lowerBound)
      else { continue }
      var end = tokens.upperBound
      while end < parse.tokens.count, end - tokens.upperBound < 4,
        ["ADJ", "NOUN", "PROPN"].contains(parse.tokens[end].pos),
        !["election", "elections", "referendum"].contains(parse.tokens[end].text.lowercased())
      {
        end += 1
      }
      let isElection =
        end < parse.tokens.count
        && ["election", "elections", "referendum"].contains(parse.tokens[end].text.lowercased())
      guard isElection else { continue }
      let whole = year..<(end + 1)
      found.removeAll { $0.tokens.overlaps(whole) }
      let place = found.firstIndex { $0.start > parse.tokens[year].start } ?? found.count
      found.insert(finder.candidate(tokens: whole, label: "EVENT"), at: place)
      return addElections(to: &found)
    }
  }

  private func year(before index: Int) -> Int? {
    guard index > 0, parse.tokens[index - 1].text.utf8.count == 4,
      let year = Int(parse.tokens[index - 1].text),
      (1700...2100).contains(year)
    else { return nil }
    return index - 1
  }

  /// Adds letters in parentheses right after an organisation, as its short name.
  private func addLetters(to found: inout [Candidate]) {
    for candidate in found where candidate.type == "ORG" && candidate.tokens.count > 1 {
      let open = candidate.tokens.upperBound
      guard open + 2 < parse.tokens.count, parse.tokens[open].text == "(", parse.tokens[open + 2].text == ")",
        !found.contains(where: { $0.tokens.contains(open + 1) })
      else { continue }
      let text = parse.tokens[open + 1].text
      let capitals = text.unicodeScalars.filter { $0.isUppercase }.count
      guard capitals >= 2, text.utf8.count <= 8,
        text.unicodeScalars.allSatisfy({ $0.isAlphabetic })
      else {
        continue
      }
      var short = finder.candidate(tokens: (open + 1)..<(open + 2), label: "ORG")
      short.type = "ORG"
      found.append(short)
    }
    found.sort { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  /// "Airbus A380", "Boeing 737": a maker and the number of a model are a product.
  private func widenToModels(_ found: inout [Candidate]) {
    for index in found.indices {
      let candidate = found[index]
      let next = candidate.tokens.upperBound
      guard ["ORG", "PRODUCT", "PERSON"].contains(candidate.type), candidate.parts.count <= 2,
        !candidate.tokens.isEmpty, next < parse.tokens.count, parse.tokens[next - 1].spaceAfter,
        isModel(next),
        candidate.type != "PERSON" || hasLetter(next)
      else { continue }
      let holders = found.indices.filter { found[$0].tokens.contains(next) }
      guard holders.allSatisfy({ found[$0].tokens.lowerBound == next && $0 != index }) else { continue }
      let end = holders.map { found[$0].tokens.upperBound }.max() ?? next + 1
      for holder in holders { found[holder].tokens = next..<next }
      found[index] = finder.candidate(tokens: candidate.tokens.lowerBound..<end, label: "PRODUCT")
      (found[index].type, found[index].entry) = ("PRODUCT", nil)
    }
    found.removeAll { $0.tokens.isEmpty }
  }

  private func hasLetter(_ index: Int) -> Bool {
    parse.tokens[index].text.unicodeScalars.contains { $0.isUppercase }
  }

  /// Digits with letters ("A380", "777-200LR", "Su-35"), or three digits that count nothing ("737").
  private func isModel(_ index: Int) -> Bool {
    let text = parse.tokens[index].text
    let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
    guard digits > 0, text.utf8.count <= 9,
      text.unicodeScalars.allSatisfy({ $0.isAlphabetic || $0 == "-" || ("0"..."9").contains($0) }),
      parse.tokens[index].tag != "JJ"
    else { return false }
    if hasLetter(index) { return true }
    let stem = text.hasSuffix("s") ? text.utf8.count - 1 : text.utf8.count
    guard digits == stem, digits == 3 else { return false }
    // "Boeing 737 jets" but not "Boeing 300 jobs": a number that is a model's ends in 7 or stands in the singular.
    let following = index + 1 < parse.tokens.count ? parse.tokens[index + 1] : parse.tokens[index]
    return text.hasSuffix("s") || following.tag != "NNS"
  }
}

/// Words that show the type of a name, and names of products.
struct NameWords: Sendable {
  /// The lists that are compiled in.
  static let shared = NameWords()

  /// Types by the last word of a name.
  let lastWords: [String: String]
  /// Folded names of products.
  let products: Set<String>

  init() {
    var types: [String: String] = [:]
    for fields in Lexicon.entries("event_words") {
      let kind = fields.count > 1 ? fields[1] : ""
      types[fields[0]] = kind == "law" ? "LAW" : kind == "work" ? "WORK_OF_ART" : "EVENT"
    }
    lastWords = types
    products = Set(Lexicon.entries("products").map { NameText.parts($0[0]).joined(separator: " ") })
  }
}
