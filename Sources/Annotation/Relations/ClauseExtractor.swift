import Facts
import Linguistics

/// Reads the relations of one verb.
struct ClauseExtractor {
  let parse: Parse
  private let facts: DocumentFacts
  private let mentions: MentionIndex
  private let claims: ClaimReader
  /// For each token, the verb whose clause it stands in; −1 for none.
  private let dates: [(token: Int, verb: Int, row: DateRow)]

  init(parse: Parse, facts: DocumentFacts) {
    self.parse = parse
    self.facts = facts
    mentions = MentionIndex(facts, parse: parse)
    claims = ClaimReader(parse: parse)
    var dates: [(Int, Int, DateRow)] = []
    var token = 0
    for row in facts.dates where row.from != nil && row.type != "SET" {
      while token < parse.tokens.count, parse.tokens[token].end <= row.start { token += 1 }
      guard token < parse.tokens.count else { break }
      var verb = token
      for _ in 0..<12 where !Self.isVerbal(parse.tokens[verb]) { verb = parse.tokens[verb].head }
      dates.append((token, verb, row))
    }
    self.dates = dates
  }

  private static func isVerbal(_ token: Token) -> Bool {
    (token.pos == "VERB" || token.pos == "AUX")
      && !["aux", "auxpass", "amod", "compound"].contains(token.dep)
  }

  /// Whether a token heads a clause of its own; infinitives are read with the verb above them.
  func isPredicate(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    guard Self.isVerbal(token) else { return false }
    if token.dep == "xcomp", Self.isVerbal(parse.tokens[token.head]), token.tag == "VB" { return false }
    return token.dep != "case" && token.dep != "prep"
  }

  // MARK: Arguments

  private func expanded(_ heads: [Int]) -> [Int] {
    var found: [Int] = []
    for head in heads {
      var next: Int? = head
      while let current = next, !found.contains(current) {
        found.append(current)
        next = parse.children(of: current, "conj").first { !Self.isVerbal(parse.tokens[$0]) }
      }
    }
    return found
  }

  private func isPassive(_ verb: Int) -> Bool {
    if !parse.children(of: verb, "nsubjpass", "auxpass").isEmpty { return true }
    let token = parse.tokens[verb]
    if token.dep == "acl", token.tag == "VBN" { return true }
    return token.dep == "conj" && token.tag == "VBN" && parse.children(of: verb, "nsubj", "aux").isEmpty
      && token.head != verb && !parse.children(of: token.head, "auxpass").isEmpty
  }

  /// Heads of the subject phrases, found above where the clause has none of its own.
  private func subjects(_ verb: Int, depth: Int = 0) -> [Int] {
    guard depth < 6 else { return [] }
    let token = parse.tokens[verb]
    let own = parse.children(of: verb, "nsubj", "nsubjpass")
    if let first = own.first {
      // A relative pronoun stands for the noun that it describes.
      if token.dep == "relcl", ["WDT", "WP"].contains(parse.tokens[first].tag) { return [token.head] }
      return expanded(own)
    }
    guard token.head != verb else { return [] }
    switch token.dep {
    case "acl":
      return token.tag == "VBG" || token.tag == "VBN"
        ? [token.head] : subjects(clause(above: verb), depth: depth + 1)
    case "conj", "advcl", "xcomp":
      let above = token.head
      guard Self.isVerbal(parse.tokens[above]) else { return [] }
      if token.dep == "xcomp", let object = parse.children(of: above, "dobj").first {
        return expanded([object])
      }
      return subjects(above, depth: depth + 1)
    case "pcomp": return subjects(clause(above: verb), depth: depth + 1)
    default: return []
    }
  }

  private func clause(above index: Int) -> Int {
    var current = parse.tokens[index].head
    for _ in 0..<8 where !Self.isVerbal(parse.tokens[current]) { current = parse.tokens[current].head }
    return Self.isVerbal(parse.tokens[current]) ? current : index
  }

  /// Tokens of a phrase without what is joined to it, relative clauses and appositions.
  private func phrase(_ head: Int) -> Range<Int> {
    var first = head
    var last = head
    let cut: Set<String> = ["conj", "cc", "relcl", "appos", "punct", "advcl", "preconj", "acl", "parataxis"]
    for child in parse.children[head] where !cut.contains(parse.tokens[child].dep) {
      first = min(first, parse.leftEdge[child])
      last = max(last, parse.rightEdge[child])
    }
    return first..<(last + 1)
  }

  private struct Argument {
    var text = ""
    var name = ""
    var id = ""
    var type = ""
    var country = ""
  }

  private func argument(_ head: Int) -> Argument {
    let text =
      Self.isVerbal(parse.tokens[head])
      ? parse.text(of: parse.leftEdge[head]..<(parse.rightEdge[head] + 1)) : parse.text(of: phrase(head))
    var argument = Argument(text: text, name: text)
    guard let mention = mentions.mention(named: head), !mention.entityID.isEmpty else { return argument }
    argument.id = mention.entityID
    argument.type = mention.type
    if !mention.entity.isEmpty { argument.name = mention.entity }
    if let entity = facts.entity(mention.entityID) { argument.country = entity.country }
    return argument
  }

  // MARK: Rows

  func rows(of verb: Int) -> [RelationRow] {
    // The chain of infinitives below the verb: "pledged to assist".
    var chain = [verb]
    while let last = chain.last, chain.count < 4,
      let next = parse.children(of: last, "xcomp").first(where: { parse.tokens[$0].tag == "VB" }),
      parse.children(of: last, "dobj").isEmpty
    {
      chain.append(next)
    }
    guard let main = chain.last else { return [] }
    let subjectHeads = subjects(verb)
    guard !subjectHeads.isEmpty else { return [] }
    let passive = isPassive(main) || (chain.count == 1 && isPassive(verb))
    var words: [String] = []
    for (position, link) in chain.enumerated() {
      if position > 0 { words.append("to") }
      let token = parse.tokens[link]
      words.append(token.lemma)
      words += parse.children(of: link, "prt").map { parse.tokens[$0].lemma }
    }
    var predicate = words.joined(separator: " ")
    var objects: [(head: Int, link: String)] = expanded(parse.children(of: main, "dobj", "attr", "oprd")).map
    { ($0, "") }
    var agents: [Int] = []
    var arguments: [RelationArgument] = []
    var predicateEnd = main
    if passive {
      for agent in parse.children(of: main, "agent") { agents += expanded(parse.children(of: agent, "pobj")) }
    }
    for link in chain {
      for dative in parse.children(of: link, "dative")
      where parse.tokens[dative].dep == "dative" && parse.tokens[dative].pos != "ADP" {
        arguments.append(
          RelationArgument(role: "to", text: argument(dative).text, entityID: argument(dative).id))
      }
      for preposition in parse.children(of: link, "prep", "dative") {
        let name = parse.tokens[preposition].text.lowercased()
        let heads =
          expanded(parse.children(of: preposition, "pobj")) + parse.children(of: preposition, "pcomp")
        for head in heads where name != "according" {
          let isTime = dates.contains {
            $0.token >= parse.leftEdge[head] && $0.token <= parse.rightEdge[head]
          }
          if objects.isEmpty || objects.last?.link == name, agents.isEmpty, !isTime, link == main,
            preposition > main, !(objects.contains { $0.link != name })
          {
            objects.append((head, name))
            predicateEnd = max(predicateEnd, preposition)
          } else {
            let found = argument(head)
            arguments.append(
              RelationArgument(role: isTime ? "time" : name, text: found.text, entityID: found.id))
          }
        }
      }
    }
    if passive, agents.isEmpty {
      predicate = "be " + parse.tokens[main].text.lowercased()
    }
    if let link = objects.first?.link, !link.isEmpty { predicate += " " + link }
    let claim = claims.claim(of: verb, chain: chain)
    let speakers = claim.speakers.map { argument($0) }
    let interval = dates.first { chain.contains($0.verb) }?.row
    let sentence = parse.sentenceOfToken[verb]
    let evidence = parse.text(of: parse.sentences[sentence])
    let lefts: [Int] = agents.isEmpty ? subjectHeads : agents
    let rights: [(head: Int, link: String)] = agents.isEmpty ? objects : subjectHeads.map { ($0, "") }
    var rows: [RelationRow] = []
    for left in lefts {
      for (right, link) in rights where right != left {
        let subject = argument(left)
        let object = argument(right)
        let first = min(parse.tokens[phrase(left).lowerBound].start, parse.tokens[verb].start)
        let last = max(parse.tokens[parse.rightEdge[right]].end, parse.tokens[main].end)
        rows.append(
          RelationRow(
            sentenceID: sentence, subject: subject.name, subjectText: subject.text, subjectID: subject.id,
            subjectType: subject.type, subjectCountry: subject.country, predicate: predicate,
            predicateText: parse.text(of: verb..<(max(verb, predicateEnd) + 1)), object: object.name,
            objectText: object.text, objectID: object.id, objectType: object.type,
            objectCountry: object.country, arguments: arguments, negated: claim.negated,
            certainty: claim.certainty, speaker: speakers.last?.name ?? "",
            speakerID: speakers.last?.id ?? "",
            speakers: speakers.map(\.name), from: interval?.from, to: interval?.to,
            confidence: link.isEmpty ? 0.8 : 0.6, start: first, end: last, evidence: evidence))
      }
    }
    return rows
  }
}
