import Facts
import Linguistics

/// What the text claims of a clause: whether it is denied, how sure it is, and who says so.
struct Claim {
  var negated = false
  /// Nil until a word says something of it: then it is asserted.
  var hedge: Certainty?
  /// Heads of those who say it, outermost first.
  var speakers: [Int] = []

  var certainty: Certainty { hedge ?? .asserted }

  /// The nearest word decides; being reported gives way to a closer hedge.
  mutating func weaken(_ certainty: Certainty?) {
    if hedge == nil, let certainty, certainty != .asserted { hedge = certainty }
  }

  /// Puts a speaker before those who are there, as one further out.
  mutating func add(speaker: Int) {
    if !speakers.contains(speaker) { speakers.insert(speaker, at: 0) }
  }
}

/// Reads claims from a verb's own words, from those that lead down to it, and from the clauses above it.
///
/// The nearest word decides, since it is the one that says something of the clause itself. What a relative
/// or a finite adverbial clause says is taken for granted, so that hedges above it do not reach it; those
/// who say the whole do.
struct ClaimReader {
  let clauses: Clauses
  private var tree: RelationTree { clauses.tree }
  private var lexicon: ClaimLexicon { clauses.lexicon }

  /// The claim of the verb at the end of a chain.
  func claim(_ chain: [Int]) -> Claim {
    var claim = Claim()
    guard let main = chain.last else { return claim }
    for position in chain.indices.reversed() {
      let link = chain[position]
      if position + 1 < chain.count { readLink(link, over: chain[position + 1], into: &claim) }
      if tree.isVerbal[link] { readOwnWords(link, into: &claim) }
      addSources(link, into: &claim)
      addParenthesis(link, into: &claim)
    }
    if tree.words[main].dep == .conj, chain.count > 1 {
      shareAuxiliaries(of: tree.words[main].head, with: main, into: &claim)
    }
    // "has been accused of": it is not said by whom.
    if let certainty = lexicon.verb(tree.words[main].lemma).accuses, clauses.isPassive(main),
      !tree.has(main, .agent)
    {
      claim.weaken(certainty)
    }
    climb(from: chain[0], into: &claim)
    if isQuestion(chain[0], main) { claim.weaken(.possible) }
    if !claim.speakers.isEmpty { claim.weaken(.reported) }
    return claim
  }

  /// The claim of what a noun tells ("Kim's planned visit to", "called for the release of"): from the noun's own
  /// adjectives, the nouns that govern it, and the clause around, which hedges it as well.
  func claim(ofNoun noun: Int) -> Claim {
    var claim = Claim()
    for adjective in tree.kids(noun, .amod) { readAdjective(tree.words[adjective].low, into: &claim) }
    if tree.has(noun, .det, saying: "no") { claim.negated.toggle() }
    var current = noun
    // What something came after or in the course of did happen.
    let isGiven =
      tree.words[noun].dep == .pobj
      && ["during", "after", "since", "following"].contains(tree.words[tree.words[noun].head].low)
    for _ in 0..<8 where !tree.isVerbal[current] && tree.words[current].head != current {
      let above = tree.words[current].head
      if tree.words[above].pos == "NOUN", above != noun { readNoun(above, into: &claim) }
      if tree.isVerbal[above], !isGiven { readGoverning(above, into: &claim) }
      current = above
    }
    guard tree.isVerbal[current] else { return claim }
    let around = self.claim(clauses.chain(to: current))
    if isGiven { claim.weaken(around.speakers.isEmpty ? nil : .reported) } else { claim.weaken(around.hedge) }
    for speaker in around.speakers.reversed() { claim.add(speaker: speaker) }
    return claim
  }

  /// What the verb over a noun says of it.
  private func readGoverning(_ above: Int, into claim: inout Claim) {
    let verb = lexicon.verb(tree.words[above].lemma)
    if verb.is(.denies) {
      claim.negated.toggle()
      claim.weaken(.reported)
      addSpeakers(of: above, into: &claim)
    } else if verb.is(.bars) || verb.is(.fails) {
      claim.negated.toggle()
      claim.weaken(.planned)
    } else if verb.is(.plans) || verb.is(.allows) {
      claim.weaken(.planned)
    } else if verb.is(.weighs) || verb.is(.asks) {
      claim.weaken(.possible)
    } else {
      claim.weaken(verb.accuses ?? verb.shows)
    }
  }

  // MARK: A verb's own words

  private func readOwnWords(_ verb: Int, into claim: inout Claim) {
    let isNegated = isNegated(verb)
    if isNegated { claim.negated.toggle() }
    readAdverbs(verb, into: &claim)
    if tree.has(verb, .mark, saying: "whether") { claim.weaken(.possible) }
    if tree.has(verb, .mark, saying: "if", "unless") {
      claim.weaken(tree.words[verb].hangs(as: [.ccomp, .pcomp]) ? .possible : .conditional)
    }
    if tree.words[verb].dep == .advcl, isProviso(verb) { claim.weaken(.conditional) }
    readModals(verb, negated: isNegated, into: &claim)
    if hasCondition(verb) { claim.weaken(.conditional) }
    // "as Ukrainian media had reported"
    for clause in tree.kids(verb, .advcl)
    where lexicon.verb(tree.words[clause].lemma).is(.reports) && tree.has(clause, .mark, saying: "as")
      && !tree.has(clause, [.dobj, .ccomp, .xcomp])
    {
      addSpeakers(of: clause, into: &claim)
      claim.weaken(.reported)
    }
  }

  private func readAdverbs(_ verb: Int, into claim: inout Claim) {
    for adverb in tree.kids(verb, .advmod) {
      if let hedge = lexicon.adverb(tree.words[adverb].low) { claim.weaken(hedge.certainty) }
    }
  }

  /// Whether the clause of a verb says that it is not so.
  func isNegated(_ verb: Int) -> Bool {
    var negated = false
    for child in tree.children[verb] {
      let word = tree.words[child]
      switch word.dep {
      case .neg where !isOnly(after: child): negated.toggle()
      case .advmod where ["never", "hardly", "scarcely"].contains(word.low): negated.toggle()
      case .advmod where word.low == "longer" && tree.children[child].contains { tree.words[$0].low == "no" }:
        negated.toggle()
      case .preconj where word.low == "neither", .cc where word.low == "neither",
        .advmod where word.low == "neither":
        negated.toggle()
      case .nsubj, .nsubjpass, .dobj, .attr:
        if ["none", "nobody", "nothing", "neither"].contains(word.low)
          || tree.has(child, .det, saying: "no", "neither")
        {
          negated.toggle()
        }
      default: break
      }
    }
    let word = tree.words[verb]
    if word.dep == .conj,
      tree.kids(word.head, .cc).contains(where: { $0 < verb && tree.words[$0].low == "nor" })
    {
      negated.toggle()
    }
    return negated
  }

  /// "not only": no negation.
  private func isOnly(after negator: Int) -> Bool {
    negator + 1 < tree.words.count
      && ["only", "just", "merely", "least"].contains(tree.words[negator + 1].low)
  }

  private func readModals(_ verb: Int, negated: Bool, into claim: inout Claim) {
    let auxiliaries = tree.kids(verb, .aux)
    let isPerfect = auxiliaries.contains { tree.words[$0].lemma == "have" }
    for auxiliary in auxiliaries {
      switch tree.words[auxiliary].low {
      case "may", "might", "could": claim.weaken(.possible)
      case "can", "ca": if !negated { claim.weaken(.possible) }
      case "must": claim.weaken(isPerfect ? .probable : .planned)
      case "should", "ought": claim.weaken(isPerfect ? .conditional : .possible)
      case "will", "shall", "'ll", "’ll", "wo": claim.weaken(hasCondition(verb) ? .conditional : .planned)
      case "would", "'d", "’d": claim.weaken(!isPerfect && isShifted(verb) ? .planned : .conditional)
      default: break
      }
    }
  }

  /// Whether "would" is the past of "will": in what someone said, promised or was sure of.
  private func isShifted(_ verb: Int) -> Bool {
    var current = verb
    for _ in 0..<6 {
      let word = tree.words[current]
      if hasCondition(current) || tree.has(current, .csubj) { return false }
      switch word.dep {
      case .conj: current = word.head
      case .acl: return true
      case .ccomp:
        let above = tree.words[word.head]
        let isPast =
          ["VBD", "VBN", "VBG"].contains(above.tag) || tree.has(word.head, .aux, saying: "did", "had")
        return tree.isVerbal[word.head] && isPast && !hasCondition(word.head)
      default: return false
      }
    }
    return false
  }

  /// Whether an if-clause hangs on a verb.
  private func hasCondition(_ verb: Int) -> Bool {
    tree.kids(verb, .advcl).contains { clause in
      isProviso(clause)
        || tree.has(clause, .mark, saying: "if", "unless")
          && !tree.has(clause, [.mark, .advmod], saying: "even")
    }
  }

  /// "as long as", "in case", "provided": what follows is a condition.
  private func isProviso(_ clause: Int) -> Bool {
    let first = tree.left[clause]
    let words = tree.words[first..<min(first + 3, tree.words.count)].map(\.low)
    if ["provided", "providing", "assuming"].contains(words[0]) { return first != clause }
    return words == ["as", "long", "as"] || words == ["so", "long", "as"]
      || words.starts(with: ["in", "case"])
  }

  private func isQuestion(_ verb: Int, _ main: Int) -> Bool {
    var current = verb
    for _ in 0..<10 where tree.words[current].head != current {
      guard tree.words[current].hangs(as: [.conj, .ccomp]) else { return false }
      current = tree.words[current].head
    }
    let sentence = tree.parse.sentences[tree.sentence(of: main)]
    let last = sentence.last {
      tree.words[$0].dep != .punct && !tree.words[$0].isSpace || tree.words[$0].low == "?"
    }
    return last.map { tree.words[$0].low == "?" } ?? false
  }

  // MARK: Who says it

  /// "According to X" beside a verb.
  private func addSources(_ verb: Int, into claim: inout Claim) {
    for source in clauses.sources[verb] ?? [] { claim.add(speaker: source) }
  }

  /// "If such a thing existed, he told KCNA, it would": a verb of saying set between commas.
  private func addParenthesis(_ verb: Int, into claim: inout Claim) {
    for said in tree.kids(verb, .parataxis)
    where lexicon.verb(tree.words[said].lemma).is(.reports) && tree.has(said, .nsubj)
      && !tree.has(said, .ccomp)
    {
      addSpeakers(of: said, into: &claim)
      claim.weaken(.reported)
    }
  }

  /// The subject of a verb of saying, and before it whom it cites: "Quoting X, Y reported".
  private func addSpeakers(of verb: Int, into claim: inout Claim, onlyIfTheyCanSpeak: Bool = false) {
    let subjects =
      clauses.isPassive(verb)
      ? clauses.joined(tree.kids(verb, .agent).flatMap { tree.kids($0, .pobj) }) : clauses.subjects(verb)
    for subject in subjects.reversed() {
      let word = tree.words[subject]
      if word.tag == "EX" || word.isWhPronoun || clauses.isPlaceholder(subject, of: verb) { continue }
      if !onlyIfTheyCanSpeak || clauses.canSpeak(subject) { claim.add(speaker: subject) }
    }
    for clause in tree.kids(verb, [.advcl, .prep, .dep])
    where lexicon.citing.contains(tree.words[clause].lemma) || lexicon.citing.contains(tree.words[clause].low)
    {
      for cited in clauses.joined(tree.kids(clause, [.dobj, .pobj])).reversed() {
        claim.add(speaker: cited)
      }
    }
  }

  // MARK: What leads down to it

  /// What a verb or adjective says of the infinitive or gerund that is read with it.
  private func readLink(_ link: Int, over inner: Int, into claim: inout Claim) {
    let word = tree.words[link]
    guard tree.isVerbal[link] else {
      readAdjective(word.lemma, into: &claim)
      // "too weak to resist"
      if tree.has(link, .advmod, saying: "too"), tree.has(inner, .aux, saying: "to") {
        claim.negated.toggle()
      }
      return
    }
    let verb = lexicon.verb(word.lemma)
    let isGerund = tree.words[inner].tag == "VBG"
    switch word.lemma {
    case "be":
      if tree.has(inner, .aux, saying: "to") { claim.weaken(.planned) }
      return
    case "have":
      claim.weaken(.planned)
      return
    case "go":
      if word.tag == "VBG" { claim.weaken(.planned) }
      return
    default: break
    }
    if verb.is(.denies) {
      claim.negated.toggle()
      claim.weaken(.reported)
      addSpeakers(of: link, into: &claim)
    } else if verb.is(.fails) {
      // "stopped to ask" asked, and "forgot asking" too.
      if word.lemma != (isGerund ? "forget" : "stop") { claim.negated.toggle() }
    } else if clauses.isPassive(link), verb.holds != nil || verb.is(.reports) || verb.accuses != nil {
      claim.weaken(verb.is(.plans) ? .planned : verb.holds ?? verb.accuses ?? .reported)
    } else if verb.is(.seems) {
      claim.weaken(.probable)
    } else if verb.is(.plans) {
      claim.weaken(.planned)
    } else if verb.is(.weighs) {
      claim.weaken(.possible)
    } else if verb.is(.reports) {
      claim.weaken(.reported)
      addSpeakers(of: link, into: &claim)
    }
  }

  private func readAdjective(_ lemma: String, into claim: inout Claim) {
    guard let hedge = lexicon.adjective(lemma) else { return }
    claim.weaken(hedge.certainty)
    if hedge.negates { claim.negated.toggle() }
  }

  /// An auxiliary before two verbs serves both: "may supply and train", "will not attack or invade".
  private func shareAuxiliaries(of first: Int, with second: Int, into claim: inout Claim) {
    guard clauses.sharesClause(second), tree.words[first].tag == tree.words[second].tag else { return }
    let isNegated = tree.words[second].tag == "VB" && tree.has(first, .neg) && tree.has(first, .aux)
    if isNegated, !tree.has(first, .cc, saying: "nor") { claim.negated.toggle() }
    readModals(first, negated: isNegated, into: &claim)
  }

  // MARK: What stands above it

  private func climb(from start: Int, into claim: inout Claim) {
    var current = start
    var isOpen = true
    for _ in 0..<24 {
      let word = tree.words[current]
      let above = word.head
      guard above != current else { return }
      if word.dep == .conj {
        if tree.isVerbal[above] {
          if isOpen { shareCondition(of: above, with: current, into: &claim) }
          if isOpen { shareAuxiliaries(of: above, with: current, into: &claim) }
          for source in clauses.sources[above] ?? [] where source < current { claim.add(speaker: source) }
        }
        current = above
        continue
      }
      if tree.isVerbal[current] { isOpen = readAbove(current, isOpen, into: &claim) }
      if tree.isVerbal[above] {
        addSources(above, into: &claim)
        if word.dep == .xcomp, isOpen, clauses.isLink(above, current) {
          readLink(above, over: current, into: &claim)
        }
      }
      current = above
    }
  }

  private func shareCondition(of first: Int, with second: Int, into claim: inout Claim) {
    guard !tree.has(second, .mark) else { return }
    if tree.has(first, .mark, saying: "whether") {
      claim.weaken(.possible)
    } else if tree.has(first, .mark, saying: "if", "unless") {
      claim.weaken(tree.words[first].hangs(as: [.ccomp, .pcomp]) ? .possible : .conditional)
    }
  }

  /// What the word above a clause says of it; gives whether hedges further up still reach it.
  private func readAbove(_ clause: Int, _ isOpen: Bool, into claim: inout Claim) -> Bool {
    let word = tree.words[clause]
    let above = word.head
    switch word.dep {
    case .ccomp, .xcomp:
      if tree.isVerbal[above] {
        readComplement(of: above, clause, isOpen, into: &claim)
      } else if isOpen {
        let head = tree.words[above]
        if head.pos == "NOUN", lexicon.noun(head.lemma) != nil {
          readNoun(above, into: &claim)
        } else {
          readAdjective(head.lemma, into: &claim)
        }
      }
      return isOpen
    case .acl:
      let isInfinitive = tree.has(clause, .aux, saying: "to")
      guard isInfinitive || tree.has(clause, [.mark, .nsubj, .nsubjpass]) else { return false }
      guard isOpen else { return false }
      if lexicon.noun(tree.words[above].lemma) != nil {
        readNoun(above, into: &claim)
      } else if isInfinitive {
        claim.weaken(.planned)
      }
      return true
    case .pcomp:
      if isOpen { readPreposition(above, into: &claim) }
      return isOpen
    case .advcl:
      if word.tag == "VB", tree.has(clause, .aux, saying: "to") {
        if isOpen { claim.weaken(.planned) }
        return isOpen
      }
      guard word.tag == "VBG", !tree.has(clause, [.mark, .aux]) else { return false }
      if isOpen, tree.isVerbal[above] { readModals(above, negated: false, into: &claim) }
      return isOpen
    case .relcl:
      guard isOpen, tree.has(clause, .mark), lexicon.noun(tree.words[above].lemma) != nil else {
        return false
      }
      readNoun(above, into: &claim)
      return true
    default: return isOpen
    }
  }

  /// "voiced the suspicion that", "expressed confidence that": whose it is.
  private static let voicing: Set<String> = ["make", "repeat", "level", "voice", "raise", "express"]

  /// What a noun says of the clause that it governs: "signs of", "Washington's claim that".
  private func readNoun(_ noun: Int, into claim: inout Claim) {
    let word = tree.words[noun]
    guard let hedge = lexicon.noun(word.lemma) else { return }
    if tree.has(noun, .det, saying: "no") {
      // "no doubt that" leaves none; "no evidence that" speaks against it.
      if word.lemma == "doubt" { return }
      claim.negated.toggle()
    }
    if hedge.negates { claim.negated.toggle() }
    claim.weaken(hedge.certainty)
    let isSaid = hedge.certainty == .reported || hedge.certainty == .probable
    if isSaid {
      for owner in tree.kids(noun, .poss) where clauses.canSpeak(owner) { claim.add(speaker: owner) }
    }
    guard word.dep == .dobj else { return }
    if lexicon.verb(tree.words[word.head].lemma).is(.denies), hedge.certainty != .planned {
      claim.negated.toggle()
      claim.hedge = .reported
      addSpeakers(of: word.head, into: &claim)
    } else if Self.voicing.contains(tree.words[word.head].lemma) {
      addSpeakers(of: word.head, into: &claim, onlyIfTheyCanSpeak: true)
    }
  }

  /// What a preposition and the word before it say of the gerund after it: "accused of supplying",
  /// "without checking", "prevented them from leaving".
  private func readPreposition(_ preposition: Int, into claim: inout Claim) {
    let word = tree.words[preposition].low
    let above = tree.words[preposition].head
    let before = preposition > 0 ? tree.words[preposition - 1].low : ""
    if word == "without" || (word == "than" && before == "rather") || (word == "of" && before == "instead") {
      claim.negated.toggle()
      return
    }
    let lemma = tree.words[above].lemma
    // "talks about sending", "compared it to destroying"
    let isThought = ["to", "about", "on", "toward", "towards", "against"].contains(word)
    guard tree.isVerbal[above] else {
      if ["of", "for", "about", "at", "to"].contains(word) { readNoun(above, into: &claim) }
      if isThought { claim.weaken(.possible) }
      return
    }
    let verb = lexicon.verb(lemma)
    if lexicon.citing.contains(lemma), word == "as" {
      claim.weaken(.reported)
      addSpeakers(of: above, into: &claim)
    } else if let certainty = verb.accuses, ["of", "with", "for", "about", "against"].contains(word) {
      claim.weaken(certainty)
      addSpeakers(of: above, into: &claim)
    } else if word == "from", verb.is(.bars) {
      claim.negated.toggle()
    } else if word == "to", verb.is(.plans) {
      // "is committed to supporting"
      claim.weaken(.planned)
    } else if isThought {
      claim.weaken(.possible)
    } else {
      // "is trying to weaken them by building": as sure as what it is done for.
      for link in clauses.chain(to: above).reversed() where tree.isVerbal[link] {
        readModals(link, negated: false, into: &claim)
      }
    }
  }

  /// What a verb says of the clause that completes it.
  private func readComplement(of above: Int, _ clause: Int, _ isOpen: Bool, into claim: inout Claim) {
    if clauses.isSeparate(above, from: clause) { return }
    let word = tree.words[above]
    let verb = lexicon.verb(word.lemma)
    if word.lemma == "be" {
      if isOpen { readPredicate(above, into: &claim) }
      return
    }
    let isWhether = tree.has(clause, .mark, saying: "whether", "if")
    // "explained how they are used": what is taken for granted is not what is said.
    if !isWhether,
      tree.children[clause].contains(where: { tree.words[$0].tag == "WRB" || tree.words[$0].isWhPronoun })
    {
      return
    }
    if isInfinitive(clause) {
      if isOpen { readInfinitive(verb, negated: isNegated(above), into: &claim) }
      return
    }
    let isNegated = isOpen && isNegated(above)
    if let certainty = verb.shows, !clauses.subjects(above).contains(where: clauses.canSpeak) {
      if isOpen { claim.weaken(certainty) }
    } else if verb.is(.denies) {
      if isOpen { claim.negated.toggle() }
      addSpeakers(of: above, into: &claim)
      claim.weaken(.reported)
    } else if let certainty = verb.holds {
      if isOpen {
        if word.lemma == "doubt" { claim.negated.toggle() }
        claim.weaken(certainty)
        // "does not believe that it is": believes that it is not.
        if isNegated, ["think", "believe", "expect"].contains(word.lemma) { claim.negated.toggle() }
      }
      addSpeakers(of: above, into: &claim)
      claim.weaken(.reported)
    } else if verb.is(.reports) || (verb.is(.finds) && !isWhether) {
      if isNegated {
        // What nobody says is left open, whatever its own words say.
        claim.hedge = .possible
        return
      }
      if verb.is(.asks) { claim.weaken(.possible) }
      // "demanded that they leave"
      if tree.words[clause].tag == "VB", verb.is(.plans), word.lemma != "tell" { claim.weaken(.planned) }
      addSpeakers(of: above, into: &claim, onlyIfTheyCanSpeak: !verb.is(.reports))
      claim.weaken(.reported)
    } else if isOpen {
      if verb.is(.seems) { claim.weaken(.probable) }
      if verb.is(.asks) { claim.weaken(.possible) }
      if verb.is(.plans) { claim.weaken(.planned) }
      readModals(above, negated: isNegated, into: &claim)
      readAdverbs(above, into: &claim)
      if hasCondition(above) { claim.weaken(.conditional) }
      let takenForGranted = ["know", "realise", "realize", "forget", "regret", "notice"]
      if isNegated, !isWhether, !takenForGranted.contains(word.lemma) { claim.weaken(.possible) }
    }
  }

  private func isInfinitive(_ clause: Int) -> Bool {
    tree.words[clause].tag == "VB" && !tree.has(clause, .mark)
      && tree.kids(clause, .aux).allSatisfy { tree.words[$0].low == "to" }
  }

  /// "It is likely that", "the claim is that".
  private func readPredicate(_ be: Int, into claim: inout Claim) {
    for adjective in tree.kids(be, .acomp) { readAdjective(tree.words[adjective].lemma, into: &claim) }
    for subject in tree.kids(be, .nsubj) { readNoun(subject, into: &claim) }
  }

  /// "urged them to leave", "let them leave", "barred them from leaving".
  private func readInfinitive(_ verb: ClaimLexicon.Verb, negated: Bool, into claim: inout Claim) {
    if verb.is(.bars) {
      claim.negated.toggle()
      claim.weaken(.planned)
    } else if verb.is(.allows) {
      // "will not allow them to stay"
      if negated { claim.negated.toggle() }
      claim.weaken(negated ? .planned : .possible)
    } else if verb.is(.plans) {
      claim.weaken(.planned)
    } else if let certainty = verb.holds {
      claim.weaken(certainty)
    } else if verb.is(.seems) {
      claim.weaken(.probable)
    } else if !verb.is(.causes) {
      // "began their advance to isolate": a purpose.
      claim.weaken(.planned)
    }
  }
}
