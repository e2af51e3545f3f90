import Facts
import Linguistics

/// Noun phrases that mean an entity without its name: "the spokesman" beside the name of one, and later "the
/// spokesman", "the British ambassador", "the agency", "the country" for an entity that was so described.
struct NominalResolver {
  /// A phrase and what it means.
  struct Found {
    /// The head noun.
    let head: Int
    /// The whole phrase.
    let tokens: Range<Int>
    /// The entity's cluster.
    let cluster: Int
  }

  let parse: Parse
  let clusters: [NameCluster]
  let candidates: [Candidate]
  /// The cluster of the name that covers a token, -1 without one.
  let clusterOfToken: [Int]

  /// Nouns that may stand for any organisation, country, town or product that the text is about.
  private static let general: [String: Set<String>] = {
    var nouns: [String: Set<String>] = [
      "country": ["GPE"], "nation": ["GPE"], "city": ["GPE"], "town": ["GPE"],
    ]
    for noun in [
      "company", "firm", "corporation", "organisation", "organization", "agency", "airline", "carrier",
      "carmaker",
      "automaker", "maker", "manufacturer", "retailer", "publisher", "broadcaster", "newspaper", "magazine",
      "business", "conglomerate", "giant", "supplier", "operator",
    ] {
      nouns[noun] = ["ORG"]
    }
    for noun in [
      "device", "aircraft", "airplane", "aeroplane", "plane", "airliner", "jet", "jetliner", "phone",
      "handset",
      "smartphone", "player", "computer", "product", "missile", "rocket", "helicopter", "vehicle",
    ] {
      nouns[noun] = ["PRODUCT"]
    }
    return nouns
  }()

  /// Whether a noun may stand for any organisation.
  static func isBody(_ noun: String) -> Bool { general[noun]?.contains("ORG") ?? false }

  /// The phrases, in text order.
  func resolve() -> [Found] {
    var descriptions = clusters.map(described)
    var found: [Found] = []
    for head in parse.tokens.indices where clusterOfToken[head] < 0 && isNoun(head) {
      if let cluster = beside(head) {
        let lemma = parse.tokens[head].lemma.lowercased()
        if !descriptions[cluster].contains(lemma) { descriptions[cluster].append(lemma) }
        found.append(Found(head: head, tokens: phrase(head), cluster: cluster))
      } else if let cluster = meant(by: head, descriptions, found) {
        found.append(Found(head: head, tokens: phrase(head), cluster: cluster))
      }
    }
    return found
  }

  private func isNoun(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    return token.pos == "NOUN" && token.tag == "NN" && !["compound", "nmod", "amod"].contains(token.dep)
  }

  // MARK: Beside a name

  /// The entity whose name stands in apposition to the noun, if a person's office or a body's kind may be said of it.
  private func beside(_ head: Int) -> Int? {
    let token = parse.tokens[head]
    var name: Int?
    if token.dep == "appos", clusterOfToken[token.head] >= 0 { name = token.head }
    if let child = parse.children(of: head, "appos").first(where: { clusterOfToken[$0] >= 0 }) {
      name = child
    }
    guard let name, parse.children(of: name, "conj").isEmpty, parse.children(of: head, "conj").isEmpty else {
      return nil
    }
    // After a colon stands a value and no description ("author: Dana").
    guard !(min(name, head)..<max(name, head)).contains(where: { parse.tokens[$0].text == ":" }) else {
      return nil
    }
    let cluster = clusterOfToken[name]
    let isOffice = NameLists.shared.roles[token.lemma.lowercased()] != nil
    switch clusters[cluster].type {
    case "PERSON": return isOffice || isIndefinite(head) ? cluster : nil
    case "ORG", "GPE", "PRODUCT", "FAC", "LOC", "EVENT":
      let isGeneral = Self.general[token.lemma.lowercased()]?.contains(clusters[cluster].type) ?? false
      return !isOffice && (isGeneral || hasDeterminer(head)) ? cluster : nil
    default: return nil
    }
  }

  private func isIndefinite(_ head: Int) -> Bool {
    parse.children(of: head, "det").contains { ["a", "an"].contains(parse.tokens[$0].text.lowercased()) }
  }

  private func hasDeterminer(_ head: Int) -> Bool { !parse.children(of: head, "det", "poss").isEmpty }

  // MARK: Later

  private static let spelledOut: [String: String] = [
    "sen": "senator", "gov": "governor", "rep": "representative", "gen": "general", "col": "colonel",
    "capt": "captain", "lt": "lieutenant", "sgt": "sergeant", "prof": "professor", "pres": "president",
    "dr": "doctor",
  ]

  /// What someone with a title is called later: by it in full, and by its noun ("the minister" for a foreign
  /// minister; a vice president is no president).
  private static func calls(_ title: String) -> [String] {
    guard !title.isEmpty else { return [] }
    let full = spelledOut[title] ?? title
    let words = full.split(separator: " ")
    guard words.count > 1, let last = words.last, let first = words.first,
      !["vice", "deputy", "prime", "acting", "former"].contains(first), !full.contains(" of ")
    else { return [full] }
    return [full, String(last)]
  }

  /// An office of several words that ends at a noun ("prime minister"), and where it begins.
  private func office(endingAt head: Int) -> (title: String, start: Int)? {
    for length in [3, 2] where head + 1 - length >= parse.sentences[parse.sentenceOfToken[head]].lowerBound {
      let words = ((head + 1 - length)...head).map { parse.tokens[$0].text.lowercased() }
      let title = words.joined(separator: " ")
      if NameLists.shared.titles[title] != nil { return (title, head + 1 - length) }
    }
    return nil
  }

  /// The entities that a sentence begins by citing: "Quoting Al Jazeera, the agency said".
  private func cited(in sentence: Range<Int>) -> Set<Int> {
    guard let first = sentence.first(where: { !parse.tokens[$0].isSpace }),
      ["quoting", "citing"].contains(parse.tokens[first].text.lowercased())
    else { return [] }
    let end = sentence.first { parse.tokens[$0].text == "," } ?? sentence.upperBound
    return Set((first..<end).map { clusterOfToken[$0] }.filter { $0 >= 0 })
  }

  /// What is known of an entity by its titles and its name.
  private func described(_ cluster: NameCluster) -> [String] {
    var words: [String] = []
    for member in cluster.members {
      for role in Self.calls(candidates[member].title.role) where !words.contains(role) { words.append(role) }
      // "the carmaker Renault"
      let before = candidates[member].core.lowerBound - 1
      if before >= 0, parse.tokens[before].pos == "NOUN",
        parse.sentenceOfToken[before] == parse.sentenceOfToken[before + 1]
      {
        let noun = parse.tokens[before].lemma.lowercased()
        if Self.general[noun]?.contains(cluster.type) ?? false, !words.contains(noun) { words.append(noun) }
      }
    }
    if cluster.type == "ORG" {
      words += NameText.parts(cluster.name).filter(NameLists.shared.organisationWords.contains)
    }
    // "the index" for the Hang Seng Index, "the bridge" for the Kerch Bridge.
    if !["PERSON", "NORP"].contains(cluster.type) {
      for member in cluster.members where candidates[member].parts.count > 1 {
        if let last = candidates[member].parts.last, !words.contains(last) { words.append(last) }
      }
    }
    return words
  }

  /// The entity named before that a definite phrase means: of those described by its noun the one that was
  /// mentioned last, else what the sentence before or this one is about.
  private func meant(by head: Int, _ descriptions: [[String]], _ found: [Found]) -> Int? {
    let office = office(endingAt: head)
    let lemma = office?.title ?? parse.tokens[head].lemma.lowercased()
    guard
      parse.children(of: head, "det").contains(where: { ["the", "this"].contains(parse.tokens[$0].lemma) }),
      let country = nationality(of: head, before: office?.start ?? head) ?? (isMadeOrSold(head) ? "" : nil),
      !parse.children(of: head, "prep", "relcl", "acl").contains(where: { $0 > head })
    else { return nil }
    let here = parse.sentenceOfToken[head]
    let cited = cited(in: parse.sentences[here])
    var best: (place: Int, cluster: Int)?
    for (number, words) in descriptions.enumerated() where words.contains(lemma) && !cited.contains(number) {
      // A body is soon meant by another's noun; a person keeps an office longer.
      let reach = clusters[number].type == "PERSON" ? 8 : 3
      guard let place = lastMention(of: number, before: head, found),
        here - parse.sentenceOfToken[place] <= reach,
        country.isEmpty || nationalities(of: number).contains(country)
      else { continue }
      if place > best?.place ?? -1 { best = (place, number) }
    }
    if let best { return best.cluster }
    guard let types = Self.general[lemma] else { return nil }
    guard let cluster = topic(before: head, types, found) ?? only(types, before: head),
      !cited.contains(cluster)
    else { return nil }
    return country.isEmpty || nationalities(of: cluster).contains(country) ? cluster : nil
  }

  /// Whether other nouns before the head only say what is made or sold ("the auto maker").
  private func isMadeOrSold(_ head: Int) -> Bool {
    guard Self.general[parse.tokens[head].lemma.lowercased()] != nil else { return false }
    return parse.children[head].filter { $0 < head && !["det", "punct"].contains(parse.tokens[$0].dep) }
      .allSatisfy { parse.tokens[$0].dep == "compound" && parse.tokens[$0].pos == "NOUN" }
  }

  /// The country that a phrase's only modifier tells before its office or noun; empty without one, nil if other words
  /// narrow the noun.
  private func nationality(of head: Int, before start: Int) -> String? {
    let words = parse.children[head].filter {
      $0 < start && !["det", "punct"].contains(parse.tokens[$0].dep)
    }
    if words.isEmpty { return "" }
    guard words.count == 1,
      let entry = Gazetteer.shared.entry(parse.text(of: parse.leftEdge[words[0]]..<(words[0] + 1))),
      entry.role == .nationality || entry.role == .country && parse.tokens[words[0]].dep != "poss"
    else { return nil }
    return entry.country
  }

  private func nationalities(of cluster: Int) -> [String] {
    [clusters[cluster].country] + clusters[cluster].members.map { candidates[$0].title.country }
  }

  private func lastMention(of cluster: Int, before head: Int, _ found: [Found]) -> Int? {
    let named = clusters[cluster].members.last { candidates[$0].tokens.upperBound <= head }
      .map { candidates[$0].tokens.lowerBound }
    let described = found.last { $0.cluster == cluster && $0.head < head }?.head
    return [named, described].compactMap { $0 }.max()
  }

  /// The subject of this sentence or the one before, if it is of one of the types; else the only one of them
  /// there.
  private func topic(before head: Int, _ types: Set<String>, _ found: [Found]) -> Int? {
    let here = parse.sentenceOfToken[head]
    for sentence in stride(from: here, through: max(0, here - 1), by: -1) {
      var all: [Int] = []
      for token in parse.sentences[sentence] where token < head {
        let cluster =
          clusterOfToken[token] >= 0 ? clusterOfToken[token] : found.last { $0.head == token }?.cluster ?? -1
        guard cluster >= 0, types.contains(clusters[cluster].type),
          isCountryIfPlace(cluster) != ["city", "town"].contains(parse.tokens[head].lemma.lowercased())
        else {
          continue
        }
        if ["nsubj", "nsubjpass"].contains(parse.tokens[token].dep) { return cluster }
        if !all.contains(cluster) { all.append(cluster) }
      }
      if all.count == 1 { return all[0] }
      if all.count > 1 { return nil }
    }
    return nil
  }

  /// The only product of the text.
  private func only(_ types: Set<String>, before head: Int) -> Int? {
    guard types.contains("PRODUCT") else { return nil }
    let fitting = clusters.indices.filter { types.contains(clusters[$0].type) }
    guard fitting.count == 1, let first = clusters[fitting[0]].members.first,
      candidates[first].tokens.lowerBound < head
    else { return nil }
    return fitting[0]
  }

  private func isCountryIfPlace(_ cluster: Int) -> Bool {
    guard clusters[cluster].type == "GPE" else { return true }
    return clusters[cluster].members.contains { candidates[$0].entry?.role == .country }
  }

  // MARK: Its extent

  /// The noun with what belongs to it: up to a name in apposition, without a relative clause and punctuation.
  private func phrase(_ head: Int) -> Range<Int> {
    var end = head + 1
    for child in parse.children[head] where child > head {
      guard parse.tokens[child].dep == "prep" || parse.tokens[child].text == "-", parse.leftEdge[child] == end
      else {
        break
      }
      end = parse.rightEdge[child] + 1
    }
    while end > head + 1, parse.tokens[end - 1].pos == "PUNCT" || parse.tokens[end - 1].isSpace { end -= 1 }
    var start = max(parse.leftEdge[head], parse.sentences[parse.sentenceOfToken[head]].lowerBound)
    // A name in apposition before the noun is no part of its phrase.
    if let name = (start..<head).last(where: {
      parse.tokens[$0].dep == "appos" && parse.tokens[$0].head == head
    }) {
      start = parse.rightEdge[name] + 1
    }
    while start < head, ["PUNCT", "ADV", "SPACE"].contains(parse.tokens[start].pos) { start += 1 }
    return start..<max(end, head + 1)
  }
}
