import Facts
import Linguistics

/// Reads the clauses of a tree: which verbs belong together, who does them, and what stands beside them.
struct Clauses {
  let tree: RelationTree
  let facts: DocumentFacts
  let mentions: MentionIndex
  let lexicon = ClaimLexicon.shared
  /// Countries of the document's entities, by id.
  let countries: [String: String]
  /// The row of Dates that covers each word, −1 for none.
  let dateOfWord: [Int]
  /// For a verb, whom an "according to" beside it names.
  let sources: [Int: [Int]]

  init(parse: Parse, facts: DocumentFacts) {
    mentions = MentionIndex(facts, parse: parse)
    let tree = RelationTree(repairing: parse, mentions: mentions)
    self.tree = tree
    self.facts = facts
    countries = Dictionary(
      facts.entities.map { ($0.entityID, $0.country) }, uniquingKeysWith: { first, _ in first })
    dateOfWord = Self.datesOfWords(parse, facts)
    var sources: [Int: [Int]] = [:]
    for index in tree.words.indices {
      guard let source = Self.source(at: index, tree) else { continue }
      var verb = tree.words[index].head
      for _ in 0..<20 where !tree.isVerbal[verb] { verb = tree.words[verb].head }
      sources[verb, default: []].append(source)
    }
    self.sources = sources
  }

  /// Whom "according to X", "in the view of X" or "in X's opinion" names, at its first word.
  private static func source(at index: Int, _ tree: RelationTree) -> Int? {
    switch tree.words[index].low {
    case "according": return tree.kids(index, .prep).lazy.compactMap { tree.kid($0, .pobj) }.first
    case "in":
      guard let noun = tree.kid(index, .pobj), views.contains(tree.words[noun].low) else { return nil }
      if let owner = tree.kid(noun, .poss) { return owner }
      return tree.kids(noun, .prep).first { tree.words[$0].low == "of" }.flatMap { tree.kid($0, .pobj) }
    default: return nil
    }
  }

  private static let views: Set<String> = [
    "view", "opinion", "judgment", "judgement", "words", "eyes", "telling",
  ]

  private static func datesOfWords(_ parse: Parse, _ facts: DocumentFacts) -> [Int] {
    var rows = [Int](repeating: -1, count: parse.tokens.count)
    var word = 0
    for (number, row) in facts.dates.enumerated() {
      while word < rows.count, parse.tokens[word].start < row.start { word += 1 }
      var inside = word
      while inside < rows.count, parse.tokens[inside].end <= row.end {
        rows[inside] = number
        inside += 1
      }
    }
    return rows
  }

  /// The time expression that a word is in.
  func date(at word: Int) -> DateRow? {
    dateOfWord[word] < 0 ? nil : facts.dates[dateOfWord[word]]
  }

  func word(_ index: Int) -> Word { tree.words[index] }

  // MARK: Verbs that belong together

  /// Whether the infinitive or gerund `inner` is read with the word above it: "pledged to assist", "is
  /// likely to send", "kept accusing".
  func isLink(_ head: Int, _ inner: Int) -> Bool {
    let word = tree.words[inner]
    guard word.dep == .xcomp, tree.isVerbal[inner], word.tag == "VB" || word.tag == "VBG",
      !tree.has(inner, .subject)
    else { return false }
    if tree.isVerbal[head] { return !tree.has(head, [.dobj, .dative]) }
    let above = tree.words[head]
    return above.hangs(as: [.acomp, .oprd, .attr]) && above.pos == "ADJ" && tree.isVerbal[above.head]
  }

  /// The words that lead down to the verb `main`, itself last: verbs, and adjectives between them.
  func chain(to main: Int) -> [Int] {
    var chain = [main]
    var current = main
    for _ in 0..<6 {
      let word = tree.words[current]
      if word.dep == .conj, current == main, tree.isVerbal[word.head], sharesClause(current) {
        let upper = self.chain(to: word.head)
        return upper.count > 1 && tree.words[word.head].tag == word.tag ? upper.dropLast() + chain : chain
      }
      guard word.dep == .xcomp, isLink(word.head, current) else { break }
      current = word.head
      chain.insert(current, at: 0)
      if !tree.isVerbal[current] {
        current = tree.words[current].head
        chain.insert(current, at: 0)
      }
    }
    return chain
  }

  /// Whether a verb has neither subject nor auxiliary of its own.
  func sharesClause(_ verb: Int) -> Bool {
    !tree.has(verb, .subject) && tree.kids(verb, .auxiliary).allSatisfy { tree.words[$0].low == "to" }
  }

  /// Whether a word is the verb of a relation: it heads a clause, and is not read with one below it.
  func isPredicate(_ index: Int) -> Bool {
    guard tree.isVerbal[index], !tree.words[index].hangs(as: [.meta, .intj]) else { return false }
    if tree.kids(index, .xcomp).contains(where: { isLink(index, $0) }) { return false }
    return !tree.kids(index, [.acomp, .oprd, .attr]).contains { adjective in
      tree.kids(adjective, .xcomp).contains { isLink(adjective, $0) }
    }
  }

  func isPassive(_ verb: Int) -> Bool {
    if tree.has(verb, [.nsubjpass, .auxpass, .csubjpass]) { return true }
    let word = tree.words[verb]
    // A clause beside another can't be finite without a subject: "Asked whether he knew, the minister said".
    let isParticiple =
      word.tag == "VBN" || (word.tag == "VBD" && word.dep == .advcl && !tree.has(verb, .mark))
    guard isParticiple, !tree.has(verb, [.aux, .nsubj]) else { return false }
    switch word.dep {
    case .acl: return true
    case .advcl: return !tree.has(verb, .dobj)
    case .conj: return word.head < verb && tree.isVerbal[word.head] && isPassive(word.head)
    default: return false
    }
  }

  // MARK: Who does it

  /// Heads with all that is joined to them, in text order of the joining. Parts of one name stay one.
  func joined(_ heads: [Int]) -> [Int] {
    var found: [Int] = []
    var open = heads[...]
    while let head = open.popFirst() {
      guard !found.contains(head) else { continue }
      found.append(head)
      for other in tree.kids(head, .conj) where !tree.isVerbal[other] {
        if !isSameWord(head, other) { open.append(other) }
      }
    }
    return found
  }

  /// Whether what looks joined is one name, or one word with a hyphen: "co-operation".
  func isSameWord(_ head: Int, _ other: Int) -> Bool {
    if let name = mentions.index(at: other), name == mentions.index(at: head) { return true }
    let word = tree.words[other]
    if word.pos == "PUNCT" || word.pos == "SYM" { return true }
    guard other > 1 else { return false }
    let hyphen = tree.words[other - 1]
    return hyphen.low == "-" && hyphen.end == word.start && tree.words[other - 2].end == hyphen.start
  }

  /// The nearest clause head above a word.
  func clause(above index: Int) -> Int? {
    var current = tree.words[index].head
    for _ in 0..<12 {
      if tree.isVerbal[current] { return current }
      if tree.words[current].head == current { return nil }
      current = tree.words[current].head
    }
    return nil
  }

  private func isInfinitive(_ verb: Int) -> Bool { tree.has(verb, .aux, saying: "to") }

  private func indirectObjects(_ verb: Int) -> [Int] {
    tree.kids(verb, .dative).filter { tree.words[$0].pos != "ADP" }
  }

  /// Who does the infinitive or gerund below the verb `above`: its object ("urged Kim to leave", "accused
  /// them of lying") or its subject ("promised them to leave", "left by crossing the river").
  private func controllers(_ above: Int, preposition: String?, _ depth: Int) -> [Int] {
    if isPassive(above) { return subjects(above, depth) }
    let objects = tree.kids(above, .dobj) + indirectObjects(above)
    guard let first = objects.first, !["promise", "threaten"].contains(tree.words[above].lemma) else {
      return subjects(above, depth)
    }
    let verb = lexicon.verb(tree.words[above].lemma)
    if preposition != nil, verb.accuses != nil { return joined(objects) }
    switch preposition {
    case nil:
      // "began their advance to isolate": the infinitive is a purpose, unless the object can act on it.
      let isActor =
        verb.marks.isDisjoint(with: [.causes, .allows, .plans, .sends, .bars]) && verb.holds == nil
      return !isActor || canSpeak(first) ? joined(objects) : subjects(above, depth)
    case "of", "from", "as", "into": return joined(objects)
    case "in", "for": return mentions.index(at: first) != nil ? joined(objects) : subjects(above, depth)
    default: return subjects(above, depth)
    }
  }

  /// Heads of the phrases that name who does it (or whom it is done to, in a passive), found above where
  /// the clause has none of its own; a clause's head where a clause is the subject.
  func subjects(_ verb: Int, _ depth: Int = 0) -> [Int] {
    guard depth < 8 else { return [] }
    let word = tree.words[verb]
    if let own = tree.kids(verb, .subject).last {
      guard tree.words[own].isWhPronoun else { return joined([own]) }
      var relative = verb
      for _ in 0..<3 where tree.words[relative].dep == .conj { relative = tree.words[relative].head }
      return tree.words[relative].dep == .relcl ? antecedents(relative) : joined([own])
    }
    let clauses = tree.kids(verb, [.csubj, .csubjpass])
    if !clauses.isEmpty { return clauses }
    guard !tree.has(verb, .expl), word.head != verb else { return [] }
    switch word.dep {
    case .acl: return subjectsOfNounClause(verb, depth)
    case .xcomp:
      let above = tree.isVerbal[word.head] ? word.head : tree.words[word.head].head
      return tree.isVerbal[above] && above != verb
        ? controllers(above, preposition: nil, depth + 1) : []
    case .ccomp:
      guard tree.isVerbal[word.head],
        word.tag == "VBG" || (word.tag == "VB" && lexicon.verb(tree.words[word.head].lemma).is(.causes))
      else { return [] }
      return controllers(word.head, preposition: nil, depth + 1)
    case .advcl:
      guard tree.isVerbal[word.head] else { return [] }
      if word.tag == "VB", isInfinitive(verb) {
        let verb = lexicon.verb(tree.words[word.head].lemma)
        if isPassive(word.head) { return verb.is(.sends) ? subjects(word.head, depth + 1) : [] }
        let objects = tree.kids(word.head, .dobj)
        if verb.is(.sends) || verb.is(.causes), !objects.isEmpty { return joined(objects) }
      }
      return subjects(word.head, depth + 1)
    case .conj, .dep: return tree.isVerbal[word.head] ? subjects(word.head, depth + 1) : []
    case .pcomp:
      let above = tree.words[word.head].head
      if tree.isVerbal[above] {
        // "instead of paying": who acts above.
        let isInstead = word.head > 0 && tree.words[word.head - 1].low == "instead"
        return isInstead
          ? subjects(above, depth + 1)
          : controllers(above, preposition: tree.words[word.head].low, depth + 1)
      }
      let owners = owners(of: above)
      if !owners.isEmpty { return owners }
      return clause(above: word.head).map { subjects($0, depth + 1) } ?? []
    default: return []
    }
  }

  /// "the letter carried by", "a man carrying": the noun; "Kim's plan to send": its owner; "gave Russia the
  /// freedom to": who is given it; else who acts above.
  private func subjectsOfNounClause(_ verb: Int, _ depth: Int) -> [Int] {
    let word = tree.words[verb]
    if word.tag == "VBG" || word.tag == "VBN", !isInfinitive(verb) { return [word.head] }
    let owners = owners(of: word.head)
    if !owners.isEmpty { return owners }
    // "persuaded the witness to testify"
    let governor = tree.words[word.head].head
    if isInfinitive(verb), tree.words[word.head].dep == .dobj, tree.isVerbal[governor],
      lexicon.verb(tree.words[governor].lemma).marks.isSuperset(of: [.causes, .plans])
    {
      return joined([word.head])
    }
    guard let above = clause(above: verb), tree.words[word.head].hangs(as: [.dobj, .attr, .pobj]) else {
      return []
    }
    if tree.words[word.head].dep == .dobj, tree.words[word.head].head == above {
      let receivers = indirectObjects(above)
      if !receivers.isEmpty { return joined(receivers) }
    }
    return subjects(above, depth + 1)
  }

  /// Whose a noun is; nothing for a pronoun that names nobody, which then is whoever acts above.
  private func owners(of noun: Int) -> [Int] {
    joined(tree.kids(noun, .poss)).filter { tree.words[$0].tag != "PRP$" || mentions.index(at: $0) != nil }
  }

  /// What a relative clause describes; nothing where it is a whole clause (", which"). With all that is
  /// joined to it, if the relative clause comes after them.
  func antecedents(_ relative: Int) -> [Int] {
    let noun = tree.words[relative].head
    if tree.words[noun].tag == "PRP" { return [] }
    return tree.kids(noun, .conj).contains { $0 < relative } ? joined([noun]) : [noun]
  }

  /// Whether "it" is only a placeholder: "it is possible that", "it was too early to".
  func isPlaceholder(_ subject: Int, of verb: Int) -> Bool {
    guard tree.words[subject].low == "it", mentions.index(at: subject) == nil,
      Self.placeholderVerbs.contains(tree.words[verb].lemma)
    else { return false }
    if tree.kids(verb, [.ccomp, .xcomp, .csubj]).contains(where: { !isLink(verb, $0) }) { return true }
    return tree.kids(verb, [.acomp, .attr]).contains { tree.has($0, [.xcomp, .ccomp, .prep]) }
  }

  private static let placeholderVerbs: Set<String> = [
    "be", "seem", "appear", "become", "remain", "make", "take", "matter", "happen", "turn", "'s", "’s",
  ]

  /// Two sentences set side by side, not one inside the other: "It was their second meeting; the first took
  /// place in Vladivostok".
  func isSeparate(_ verb: Int, from inner: Int) -> Bool {
    if tree.words[inner].dep == .parataxis { return true }
    guard inner < verb else { return false }
    let known = lexicon.verb(tree.words[verb].lemma)
    if !known.is(.reports), !known.is(.clause) { return true }
    guard !tree.has(inner, .mark) else { return false }
    return (inner..<verb).contains { index in
      let word = tree.words[index]
      return (word.low == ";" || word.low == ":") && (word.head == verb || word.head == inner)
    }
  }

  // MARK: Names

  /// The mention that a phrase's head names: the one that covers it, else one in apposition.
  func mention(named head: Int) -> MentionRow? {
    if let mention = mentions.mention(at: head) { return mention }
    for other in tree.kids(head, .appos) {
      if let mention = mentions.mention(at: other) { return mention }
    }
    return nil
  }

  /// Whom "it" names as the subject of a clause: the subject before it in the sentence, persons left out, if
  /// that is an organisation or a country, or a noun for one ("the ministry").
  func antecedent(ofIt pronoun: Int) -> Int? {
    let word = tree.words[pronoun]
    // "let it expire": there it is an object of the verb above, and not its subject.
    let isBare = tree.words[word.head].tag == "VB" && !tree.has(word.head, .aux)
    guard word.low == "it", word.hangs(as: .subject), !isBare else { return nil }
    let start = tree.parse.sentences[tree.sentence(of: pronoun)].lowerBound
    let before = (start..<pronoun).last { index in
      let word = tree.words[index]
      return word.hangs(as: .subject) && (word.isNominal || word.isWhPronoun)
        && mention(named: index)?.type != "PERSON" && !lexicon.roles.contains(word.lemma)
    }
    guard let before, !tree.has(before, .conj) else { return nil }
    let isBody =
      mention(named: before).map { ["ORG", "GPE"].contains($0.type) }
      ?? NameLists.shared.organisationWords.contains(tree.words[before].lemma)
    return isBody ? before : nil
  }

  /// Whether a phrase names someone who can say things: a person, an organisation, a country, an office.
  func canSpeak(_ head: Int) -> Bool {
    if let mention = mention(named: head), ["PERSON", "ORG", "GPE", "NORP"].contains(mention.type) {
      return true
    }
    let word = tree.words[head]
    return word.tag == "PRP" && word.low != "it" || word.tag == "WP" || lexicon.roles.contains(word.lemma)
  }
}
