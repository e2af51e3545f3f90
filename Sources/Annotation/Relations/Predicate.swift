import Facts
import Linguistics

/// What stands beside the verb of a relation, sorted into the relation's parts.
struct Predicate {
  /// A phrase beside the verb.
  struct Side {
    /// A preposition, or `time`, `manner`, `extent`, `place`, `content`, `to`, `as`.
    var role: String
    var head: Int
    /// The preposition before it, in lower case; empty if there is none.
    var preposition = ""
  }

  /// Verbs, and adjectives between them, from the one that has the subject down to the one that tells.
  var chain: [Int]
  /// Lemmas with particles and the preposition that links the object.
  var lemmas: [String] = []
  /// The place among them of the verb that tells; particles, nouns and prepositions follow.
  var verbPlace = 0
  /// Words that belong to the predicate besides the chain and what hangs on it.
  var words: [Int] = []
  var objects: [Int] = []
  /// Who does it, in a passive that says so.
  var agents: [Int] = []
  var isPassive = false
  var sides: [Side] = []
  /// The preposition that links the objects, if one does.
  var link = ""
}

/// Sorts what stands beside a verb into objects and further arguments.
struct PredicateReader {
  let clauses: Clauses
  private var tree: RelationTree { clauses.tree }

  /// Reads the predicate that ends in the verb `main`.
  func predicate(_ main: Int) -> Predicate {
    var predicate = Predicate(chain: clauses.chain(to: main))
    predicate.isPassive = clauses.isPassive(main)
    addAgents(main, &predicate)
    addLemmas(&predicate)
    addObjects(main, &predicate)
    addRelativeObject(main, &predicate)
    addLightVerb(main, &predicate)
    addAdjectives(main, &predicate)
    addClauses(main, &predicate)
    for link in predicate.chain where tree.isVerbal[link] {
      for receiver in tree.kids(link, .dative) where tree.words[receiver].pos != "ADP" {
        predicate.sides.append(.init(role: "to", head: receiver))
      }
      addPhrases(link, main, &predicate)
      addAdverbs(link, main, &predicate)
    }
    addPlace(&predicate)
    return predicate
  }

  // MARK: The verb's own words

  private static let shortForms: [String: String] = [
    "'s": "be", "’s": "be", "'re": "be", "’re": "be", "'m": "be", "’m": "be", "’": "be", "'ve": "have",
    "’ve": "have",
  ]

  private func addLemmas(_ predicate: inout Predicate) {
    for (position, link) in predicate.chain.enumerated() {
      let word = tree.words[link]
      let isLast = position == predicate.chain.count - 1
      // "to" may stand before the first of two: "fight to stem the crisis and restore trust".
      let marked = word.dep == .conj && !tree.has(link, .aux) ? word.head : link
      if position > 0, tree.isVerbal[link], tree.has(marked, .aux, saying: "to") {
        predicate.lemmas.append("to")
      }
      // "be accused", unless an agent turns it round.
      if tree.isVerbal[link], clauses.isPassive(link), !isLast || predicate.agents.isEmpty {
        predicate.lemmas += ["be", word.low]
      } else if position > 0, word.tag == "VBG" {
        predicate.lemmas.append(word.low)
      } else {
        predicate.lemmas.append(Self.shortForms[word.lemma] ?? word.lemma)
      }
      predicate.verbPlace = predicate.lemmas.count - 1
      predicate.lemmas += tree.kids(link, .prt).map { tree.words[$0].low }
    }
  }

  /// The words of a predicate in text order: its verbs with auxiliaries, particles and what links the object.
  func words(_ predicate: Predicate) -> [Int] {
    var words = predicate.words
    for link in predicate.chain {
      words.append(link)
      guard tree.isVerbal[link] else {
        words += tree.kids(link, .advmod).filter { $0 < link }
        continue
      }
      let first = min(link, tree.kids(link, .auxiliary).first ?? link)
      for child in tree.children[link] {
        let word = tree.words[child]
        if word.hangs(as: [.aux, .auxpass, .neg, .prt]) {
          words.append(child)
        } else if word.dep == .advmod, clauses.dateOfWord[child] < 0, tree.children[child].isEmpty,
          word.tag != "WRB"
        {
          let isBefore = child == first - 1 && word.low.hasSuffix("ly")
          if isBefore || (first < child && child < link) { words.append(child) }
        }
      }
    }
    var last = -1
    return words.sorted().filter { word in
      defer { last = word }
      return word != last
    }
  }

  /// Words as the document has them, with one space where others stand between.
  func text(_ words: [Int]) -> String {
    var text = ""
    for (position, word) in words.enumerated() {
      if position > 0, tree.words[words[position - 1]].end != tree.words[word].start { text += " " }
      text += tree.words[word].text
    }
    return text
  }

  // MARK: Objects

  private func addObjects(_ main: Int, _ predicate: inout Predicate) {
    var heads = tree.kids(main, [.dobj, .attr, .oprd]).filter {
      !isRelative($0, of: predicate) && tree.words[$0].tag != "WRB"
    }
    if heads.contains(where: { tree.words[$0].dep == .dobj }) {
      // "called the treaty a breakthrough"
      for head in heads where tree.words[head].dep == .oprd {
        predicate.sides.append(.init(role: "as", head: head))
      }
      heads.removeAll { tree.words[$0].dep == .oprd }
    }
    predicate.objects = heads.flatMap { clauses.joined([$0]) }
    guard predicate.objects.isEmpty, !predicate.isPassive else { return }
    // "confirmed nor denied them": the object serves both.
    guard let other = tree.kid(main, .conj), tree.isVerbal[other], clauses.sharesClause(other),
      tree.words[other].tag == tree.words[main].tag, other > main,
      (main + 1..<other).allSatisfy({ tree.words[$0].hangs(as: [.cc, .advmod, .preconj, .neg]) })
    else { return }
    predicate.objects = clauses.joined(tree.kids(other, .dobj))
  }

  /// A relative pronoun; "that" before the verb of a relative clause is one too.
  private func isRelative(_ index: Int, of predicate: Predicate) -> Bool {
    let word = tree.words[index]
    return word.isWhPronoun
      || word.low == "that" && index < predicate.chain[0] && tree.words[predicate.chain[0]].dep == .relcl
  }

  /// "the weapons that they supplied", "the shells Russia bought": what the clause describes is its object.
  private func addRelativeObject(_ main: Int, _ predicate: inout Predicate) {
    let first = predicate.chain[0]
    guard tree.words[first].dep == .relcl, predicate.objects.isEmpty, !predicate.isPassive,
      !tree.has(first, .mark)
    else { return }
    if !tree.kids(main, .dobj).contains(where: { isRelative($0, of: predicate) }) {
      guard let subject = tree.kids(first, .nsubj).last, !tree.words[subject].isWhPronoun,
        !tree.children[first].contains(where: { tree.words[$0].tag == "WRB" }),
        !tree.kids(main, .prep).contains(where: { preposition in
          tree.children[preposition].isEmpty
            || tree.children[preposition].contains { tree.words[$0].isWhPronoun }
        })
      else { return }
    }
    predicate.objects = [tree.words[first].head]
  }

  private static let lightVerbs: Set<String> = [
    "take", "have", "give", "make", "pay", "put", "hold", "keep", "lose", "gain", "draw", "express", "show",
    "bear",
  ]

  /// "took part in the talks", "took place in Vladivostok": verb and noun are one predicate.
  private func addLightVerb(_ main: Int, _ predicate: inout Predicate) {
    guard predicate.objects.count == 1, let noun = predicate.objects.first, noun == main + 1,
      Self.lightVerbs.contains(tree.words[main].lemma), tree.words[noun].dep == .dobj,
      tree.words[noun].tag == "NN", clauses.mentions.index(at: noun) == nil,
      tree.children[noun].allSatisfy({ tree.words[$0].dep == .prep })
    else { return }
    let next = tree.kids(noun, .prep).first { $0 == noun + 1 }
    guard next != nil || tree.kids(main, .prep).contains(noun + 1) || tree.words[noun].lemma == "place" else {
      return
    }
    predicate.lemmas.append(tree.words[noun].lemma)
    predicate.words.append(noun)
    predicate.objects = []
    if let next {
      setObjects(objects(of: next), after: [next], &predicate)
    }
  }

  /// "is responsible for the attack"; "remain unclear"; "has grown closer".
  private func addAdjectives(_ main: Int, _ predicate: inout Predicate) {
    guard predicate.objects.isEmpty else { return }
    if let adjective = tree.kid(main, .acomp), !predicate.chain.contains(adjective) {
      let phrases = tree.kids(adjective, .prep).filter { $0 > adjective && tree.has($0, [.pobj, .pcomp]) }
      guard let first = phrases.first, first == adjective + 1, tree.words[first].low != "than",
        !tree.has(adjective, .conj)
      else {
        predicate.objects = clauses.joined([adjective])
        return
      }
      predicate.lemmas.append(tree.words[adjective].low)
      predicate.words += tree.kids(adjective, [.advmod, .neg]).filter { $0 < adjective } + [adjective]
      setObjects(objects(of: first), after: [first], &predicate)
      for phrase in phrases.dropFirst() { addSides(phrase, objects(of: phrase), &predicate) }
    } else if ["grow", "become", "get", "turn", "remain", "stay", "come", "draw"].contains(
      tree.words[main].lemma),
      let adverb = tree.kids(main, .advmod).first(where: {
        $0 == main + 1 && ["RBR", "JJR"].contains(tree.words[$0].tag) && !tree.has($0, .prep)
      })
    {
      predicate.objects = [adverb]
    }
  }

  private func addClauses(_ main: Int, _ predicate: inout Predicate) {
    if let clause = tree.kids(main, .ccomp).first(where: {
      tree.isVerbal[$0] && !clauses.isSeparate(main, from: $0)
    }) {
      if predicate.objects.isEmpty {
        predicate.objects = [clause]
      } else {
        predicate.sides.append(.init(role: "content", head: clause))
      }
    }
    for inner in tree.kids(main, .xcomp) where !clauses.isLink(main, inner) {
      if tree.isVerbal[inner] {
        predicate.sides.append(.init(role: tree.words[inner].tag == "VB" ? "to" : "as", head: inner))
      } else if predicate.objects.isEmpty {
        predicate.objects = [inner]
      } else {
        predicate.sides.append(.init(role: "as", head: inner))
      }
    }
  }

  private func addAgents(_ main: Int, _ predicate: inout Predicate) {
    guard predicate.isPassive else { return }
    for by in tree.kids(main, .agent) {
      for head in clauses.joined(tree.kids(by, .pobj)) {
        if clauses.dateOfWord[head] >= 0 {
          predicate.sides.append(.init(role: "time", head: head, preposition: "by"))
        } else {
          predicate.agents.append(head)
        }
      }
      if !predicate.agents.isEmpty { predicate.words.append(by) }
    }
  }

  // MARK: Prepositions

  private func objects(of preposition: Int) -> [Int] {
    clauses.joined(tree.kids(preposition, .pobj)) + tree.kids(preposition, .pcomp)
  }

  private func setObjects(_ heads: [Int], after prepositions: [Int], _ predicate: inout Predicate) {
    guard !heads.isEmpty else { return }
    predicate.objects = heads
    predicate.link = prepositions.map { tree.words[$0].low }.joined(separator: " ")
    predicate.lemmas.append(predicate.link)
    predicate.words += prepositions
  }

  private func addSides(_ preposition: Int, _ heads: [Int], _ predicate: inout Predicate) {
    let name = tree.words[preposition].low
    for head in heads { addSide(name, head, &predicate) }
  }

  private func addSide(_ name: String, _ head: Int, _ predicate: inout Predicate) {
    predicate.sides.append(
      .init(role: clauses.dateOfWord[head] >= 0 ? "time" : name, head: head, preposition: name))
  }

  /// Prepositions that tell circumstances, never what the verb is about.
  private static let circumstances: Set<String> = [
    "because of", "despite", "unlike", "including", "given", "amid", "following", "without", "than", "per",
    "during", "after", "before", "since", "until",
  ]

  /// The phrases with a preposition beside a verb. The first after a verb without object links its object.
  private func addPhrases(_ verb: Int, _ main: Int, _ predicate: inout Predicate) {
    // An adverb may stand between: "dates back to", "moved closer to".
    var phrases: [(preposition: Int, adverb: Int?)] = []
    for preposition in tree.kids(verb, [.prep, .dative]) {
      phrases.append((preposition, nil))
      phrases += tree.kids(preposition, .conj).filter { tree.words[$0].pos == "ADP" }.map { ($0, nil) }
    }
    for adverb in tree.kids(verb, .advmod) {
      phrases += tree.kids(adverb, .prep).filter { $0 > adverb }.map { ($0, adverb) }
    }
    phrases.sort { $0.preposition < $1.preposition }
    for (preposition, adverb) in phrases where !predicate.words.contains(preposition) {
      let word = tree.words[preposition]
      if word.low == "according" || (word.dep == .dative && word.pos != "ADP") { continue }
      var names = [preposition]
      // "because of", "out of"
      let inner = tree.kids(preposition, [.prep, .pcomp]).first {
        ["ADP", "SCONJ"].contains(tree.words[$0].pos) && tree.has($0, [.pobj, .pcomp])
      }
      var heads = objects(of: preposition).filter { $0 != inner }
      if heads.isEmpty, let inner {
        heads = objects(of: inner)
        names.append(inner)
      }
      let name = names.map { tree.words[$0].low }.joined(separator: " ")
      let isRelative = heads.contains { tree.words[$0].isWhPronoun }
      if isRelative || heads.isEmpty {
        guard let antecedent = antecedent(of: preposition, verb, isRelative, predicate) else { continue }
        heads = [antecedent]
      }
      // "in order to" is no place.
      if tree.words[heads[0]].low == "order", tree.has(heads[0], .acl) { continue }
      let isTurn = name == "for" && ["time", "times"].contains(tree.words[heads[0]].low)
      let isObject =
        predicate.objects.isEmpty && predicate.agents.isEmpty && verb == main
        && (preposition > main || isRelative) && !Self.circumstances.contains(name) && !isTurn
        && !heads.contains { clauses.dateOfWord[$0] >= 0 }
      if isObject {
        if let adverb {
          predicate.lemmas.append(tree.words[adverb].low)
          predicate.words.append(adverb)
        }
        setObjects(heads, after: names, &predicate)
      } else if predicate.link == name, tree.words[preposition].dep == .conj,
        predicate.words.contains(tree.words[preposition].head),
        !heads.contains(where: { clauses.dateOfWord[$0] >= 0 })
      {
        predicate.objects += heads
      } else {
        for head in heads { addSide(name, head, &predicate) }
      }
    }
  }

  /// "the panel for which they work", "the house he lives in": what the relative clause describes.
  private func antecedent(
    of preposition: Int, _ verb: Int, _ isRelative: Bool, _ predicate: Predicate
  ) -> Int? {
    let first = predicate.chain[0]
    guard tree.words[first].dep == .relcl, tree.words[preposition].low != "of" || !isRelative else {
      return nil
    }
    if isRelative { return tree.words[first].head }
    let isTaken =
      predicate.objects.contains(tree.words[first].head)
      || tree.kids(verb, .dobj).contains { tree.words[$0].isWhPronoun }
    return !isTaken && preposition > verb && tree.children[preposition].isEmpty
      ? tree.words[first].head : nil
  }

  // MARK: Adverbs

  private static let connectives: Set<String> = ["also", "too", "however", "only", "then"]

  private func addAdverbs(_ verb: Int, _ main: Int, _ predicate: inout Predicate) {
    for child in tree.kids(verb, [.npadvmod, .advmod]) {
      let word = tree.words[child]
      if clauses.dateOfWord[child] >= 0 {
        predicate.sides.append(.init(role: "time", head: child))
      } else if word.dep == .npadvmod {
        predicate.sides.append(.init(role: "extent", head: child))
      } else if verb == main, child > verb, ["RB", "RBR", "RBS"].contains(word.tag),
        !tree.has(child, .prep), !Self.connectives.contains(word.low), !predicate.words.contains(child),
        !predicate.objects.contains(child)
      {
        predicate.sides.append(.init(role: "manner", head: child))
      }
    }
  }

  /// "the port where they arrived", "July, when they met".
  private func addPlace(_ predicate: inout Predicate) {
    let first = predicate.chain[0]
    guard tree.words[first].dep == .relcl,
      let adverb = tree.children[first].first(where: { tree.words[$0].tag == "WRB" })
    else { return }
    switch tree.words[adverb].low {
    case "where": predicate.sides.append(.init(role: "place", head: tree.words[first].head))
    case "when": predicate.sides.append(.init(role: "time", head: tree.words[first].head))
    default: break
    }
  }
}
