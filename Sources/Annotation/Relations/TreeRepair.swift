import Linguistics

/// Puts right what a small parser often gets wrong and grammar or layout can tell: clauses that run on over
/// the end of a paragraph, datelines, participles taken for adjectives, and who it is that says something.
///
/// Each rule names the pattern that it looks for; none knows a text.
struct TreeRepair {
  let mentions: MentionIndex
  private let lexicon = ClaimLexicon.shared

  init(mentions: MentionIndex) { self.mentions = mentions }

  /// Repairs the tree.
  func repair(_ tree: inout RelationTree) {
    let breaks = LineBreaks(tree.parse).isBreak
    for range in tree.parse.sentences where !range.isEmpty { splitParagraphs(range, breaks, &tree) }
    for index in tree.words.indices {
      hyphenated(index, &tree)
      perfectParticiple(index, &tree)
      quotingBeforeNames(index, &tree)
      gerundAfterNoun(index, &tree)
      phraseWithOf(index, &tree)
      clauseUnderAdverb(index, &tree)
      participleAfterFrontedNoun(index, &tree)
      nounThatLostItsVerb(index, &tree)
      saidAfterComma(index, &tree)
    }
    for index in tree.words.indices {
      announcedAsParticiple(index, &tree)
      nameAfterRole(index, &tree)
      speakerInApposition(index, &tree)
    }
    for index in tree.words.indices {
      relativeOfSingular(index, &tree)
      conditionOfWhatIsSaid(index, &tree)
      secondClauseSaid(index, &tree)
    }
  }

  private func reports(_ word: Word) -> Bool { lexicon.verb(word.lemma).is(.reports) }

  // MARK: Layout

  /// The end of a heading or paragraph ends a sentence, even where the parser read on; capitals before a
  /// dash are a dateline.
  private func splitParagraphs(_ range: Range<Int>, _ breaks: [Bool], _ tree: inout RelationTree) {
    var part = [Int](repeating: 0, count: range.count)
    var parts = 0
    for index in range {
      part[index - range.lowerBound] = parts
      // What follows "said:" is what was said.
      let isAnnounced = index > range.lowerBound && tree.words[index - 1].low == ":"
      if breaks[index], !isAnnounced, index + 1 < range.upperBound {
        parts += 1
      }
    }
    let partOf = { (index: Int) in part[index - range.lowerBound] }
    var isCut = parts > 0
    if parts > 0 { cut(range, partOf, &tree) }
    var datelines: [Range<Int>] = []
    for start in range where start == range.lowerBound || partOf(start) != partOf(start - 1) {
      var end = start
      while end < range.upperBound, end - start < 6, partOf(end) == partOf(start),
        Self.isDateline(tree.words[end])
      {
        end += 1
      }
      guard end > start, end + 1 < range.upperBound, ["-", "—", "–", "--"].contains(tree.words[end].text)
      else { continue }
      cutDateline(start..<(end + 1), &tree)
      datelines.append(start..<(end + 1))
      isCut = true
    }
    guard isCut else { return }
    // A verb that lost its subject takes the noun that lost its verb.
    for index in range {
      let word = tree.words[index]
      guard word.head == index, word.pos == "VERB" || word.pos == "AUX", word.isFinite,
        !tree.has(index, .subject)
      else { continue }
      let noun = (range.lowerBound..<index).last { other in
        tree.words[other].head == other && partOf(other) == partOf(index)
          && (tree.words[other].isNominal || tree.words[other].pos == "PRON")
          && !datelines.contains { $0.contains(other) }
      }
      if let noun { tree.move(noun, under: index, as: .nsubj) }
    }
  }

  /// Takes parts of a sentence from each other. A word whose head is in another part goes to the next word
  /// above that is in its own, in the place of those between; else it becomes a root.
  private func cut(_ range: Range<Int>, _ partOf: (Int) -> Int, _ tree: inout RelationTree) {
    var moves: [(word: Int, between: Int, head: Int, dep: Dep)] = []
    for index in range where partOf(index) != partOf(tree.words[index].head) {
      var between = tree.words[index].head
      for _ in range {
        let above = tree.words[between].head
        if above == between || partOf(above) == partOf(index) { break }
        between = above
      }
      let head = tree.words[between].head
      moves.append((index, between, head == between ? index : head, tree.words[between].dep))
    }
    for move in moves { tree.uproot(move.word) }
    for move in moves where move.head != move.word {
      // Of several that hung on the same, the last word is the head.
      let word = tree.words[move.word]
      let last = moves.last {
        $0.between == move.between && $0.head == move.head && tree.words[$0.word].pos != "PUNCT"
      }
      if word.pos == "PUNCT" || word.isSpace {
        tree.move(move.word, under: move.head, as: .punct)
      } else if let last, last.word != move.word {
        tree.move(move.word, under: last.word, as: .compound)
      } else {
        tree.move(move.word, under: move.head, as: move.dep)
      }
    }
  }

  private static func isDateline(_ word: Word) -> Bool {
    if word.text == "," || word.text == "." { return true }
    let scalars = word.text.unicodeScalars
    return scalars.count > 1 && scalars.allSatisfy { $0.isUppercase }
  }

  private func cutDateline(_ line: Range<Int>, _ tree: inout RelationTree) {
    for index in line {
      for child in tree.children[index] where !line.contains(child) {
        var head = tree.words[index].head
        for _ in 0..<line.count where line.contains(head) { head = tree.words[head].head }
        if line.contains(head) || head == child {
          tree.uproot(child)
        } else {
          tree.move(child, under: head, as: tree.words[child].dep)
        }
      }
    }
    tree.uproot(line.lowerBound)
    for index in line.dropFirst() { tree.move(index, under: line.lowerBound, as: .dep) }
  }

  /// "co-operation" read as three objects: one word.
  private func hyphenated(_ index: Int, _ tree: inout RelationTree) {
    guard tree.words[index].low == "-", index > 0, index + 1 < tree.words.count else { return }
    let (before, hyphen, after) = (tree.words[index - 1], tree.words[index], tree.words[index + 1])
    guard before.end == hyphen.start, hyphen.end == after.start, before.dep == after.dep,
      before.head == after.head, hyphen.head == after.head, before.isNominal, after.isNominal
    else { return }
    tree.move(index, under: index + 1, as: .punct)
    tree.move(index - 1, under: index + 1, as: .compound)
  }

  // MARK: Verbs and their parts

  /// "has historically preferred Russia's support": a participle before a determiner or a possessor is the
  /// verb, not an adjective.
  private func perfectParticiple(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .amod, ["VBN", "VBG", "VBD"].contains(word.tag) else { return }
    let noun = word.head
    let have = tree.words[noun].head
    guard tree.words[noun].dep == .dobj, ["have", "be"].contains(tree.words[have].lemma),
      !tree.words[have].hangs(as: .auxiliary), have < index, index < noun,
      tree.kids(noun, [.det, .poss]).contains(where: { index < $0 && $0 < noun })
    else { return }
    let (above, dep) = (tree.words[have].head, tree.words[have].dep)
    for child in tree.kids(noun, .advmod) where have < child && child < index {
      tree.move(child, under: index, as: .advmod)
    }
    for child in tree.children[have] where child != noun {
      tree.move(child, under: index, as: tree.words[child].dep)
    }
    tree.move(index, under: above == have ? index : above, as: dep)
    tree.move(noun, under: index, as: .dobj)
    tree.move(have, under: index, as: .aux)
    tree.words[index].pos = "VERB"
  }

  /// "signs of North Korea beginning": the gerund is what there are signs of.
  private func gerundAfterNoun(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard index > 0, word.tag == "VBG", word.dep == .advcl || word.dep == .acl else { return }
    let noun = tree.words[index - 1]
    let preposition = noun.head
    guard noun.dep == .pobj, tree.words[preposition].low == "of",
      lexicon.noun(tree.words[tree.words[preposition].head].lemma) != nil, !tree.has(index, .nsubj)
    else { return }
    tree.move(index, under: preposition, as: .pcomp)
    tree.move(index - 1, under: index, as: .nsubj)
  }

  /// "accused the ships of carrying": the phrase belongs to the verb.
  private func phraseWithOf(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.low == "of", word.dep == .prep, index > word.head, tree.words[word.head].dep == .dobj
    else { return }
    let verb = tree.words[word.head].head
    if lexicon.verb(tree.words[verb].lemma).is(.of) { tree.move(index, under: verb, as: .prep) }
  }

  /// "said hours later that": an adverb takes no clause, the verb above it does.
  private func clauseUnderAdverb(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .ccomp, tree.words[word.head].pos == "ADV" else { return }
    let verb = tree.words[word.head].head
    if reports(tree.words[verb]) { tree.move(index, under: verb, as: .ccomp) }
  }

  /// "In their latest report, published this month, they": the participle describes the noun before it.
  private func participleAfterFrontedNoun(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .advcl, word.tag == "VBN", index > 1, index < word.head,
      tree.words[index - 1].low == ",", tree.words[index - 2].isNominal,
      tree.sentence(of: index - 2) == tree.sentence(of: index),
      !tree.has(index, [.nsubj, .nsubjpass, .aux, .auxpass, .mark])
    else { return }
    tree.move(index, under: index - 2, as: .acl)
  }

  /// "The tribunal refrained from naming them", read as a noun with a participle: a past tense is none.
  private func nounThatLostItsVerb(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    let noun = word.head
    guard word.dep == .acl, word.tag == "VBD", index > noun, tree.words[noun].dep == .root,
      tree.words[noun].isNominal, !tree.has(index, [.aux, .auxpass, .nsubj, .mark, .agent])
    else { return }
    let marks = tree.kids(noun, .punct).filter { $0 > index }
    tree.uproot(index)
    tree.move(noun, under: index, as: .nsubj)
    for mark in marks { tree.move(mark, under: index, as: .punct) }
  }

  // MARK: Who says it

  /// "Quoting KCNA, Yonhap News reported", read as one long name.
  private func quotingBeforeNames(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.low == "quoting" || word.low == "citing", word.dep == .compound,
      index == 0 || tree.sentence(of: index - 1) != tree.sentence(of: index)
        || tree.words[index - 1].isSpace,
      tree.words[word.head].dep == .nsubj,
      let name = tree.kids(word.head, .appos).first(where: { $0 > word.head })
        ?? tree.kids(tree.words[word.head].head, .nsubj).first(where: { $0 > word.head })
    else { return }
    let verb = tree.words[word.head].head
    tree.words[index].pos = "VERB"
    tree.words[index].tag = "VBG"
    tree.words[index].lemma = word.low == "quoting" ? "quote" : "cite"
    let cited = word.head
    tree.move(index, under: verb, as: .advcl)
    tree.move(name, under: verb, as: .nsubj)
    tree.move(cited, under: index, as: .dobj)
  }

  /// "There is evidence that A, the secretary, Lloyd Austin, said": a verb of saying without subject, joined
  /// by nothing, whose subject was read as one more object.
  private func saidAfterComma(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .conj, word.tag == "VBD" || word.tag == "VBZ", reports(word),
      !tree.has(index, .subject)
    else { return }
    let main = word.head
    guard main < index, !tree.kids(main, .cc).contains(where: { main < $0 && $0 < index }) else { return }
    var current = index - 1
    while current > main, tree.words[current].low == "," { current -= 1 }
    var subject: Int?
    for _ in 0..<8 {
      let part = tree.words[current]
      guard current > main, ["NOUN", "PROPN", "PRON", "ADJ", "DET"].contains(part.pos), part.head != current
      else { break }
      if part.dep == .conj || part.dep == .appos,
        !tree.kids(part.head, .cc).contains(where: { $0 < current })
      {
        subject = current
      }
      if part.dep == .conj { break }
      current = part.head
    }
    guard let subject, tree.words[tree.words[subject].head].pos != "VERB" else { return }
    let (above, dep) = (tree.words[main].head, tree.words[main].dep)
    tree.move(index, under: above == main ? index : above, as: dep)
    tree.move(main, under: index, as: .ccomp)
    tree.move(subject, under: index, as: .nsubj)
  }

  /// "A, the office announced on Thursday, after B": a participle that takes its noun from a verb which has
  /// another subject already.
  private func announcedAsParticiple(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .acl, word.tag == "VBN", reports(word), !tree.has(index, [.agent, .dobj, .oprd])
    else { return }
    let noun = word.head
    let verb = tree.words[noun].head
    let subjects = tree.kids(verb, .nsubj)
    guard tree.words[noun].dep == .nsubj, subjects.count > 1, subjects[0] == noun,
      !reports(tree.words[verb]), let said = tree.kids(verb, .ccomp).first(where: { $0 < noun })
    else { return }
    let (above, dep) = (tree.words[verb].head, tree.words[verb].dep)
    tree.words[index].tag = "VBD"
    tree.move(index, under: above == verb ? index : above, as: dep)
    tree.move(noun, under: index, as: .nsubj)
    tree.move(said, under: index, as: .ccomp)
    tree.move(verb, under: index, as: .advcl)
  }

  /// "a member of parliament, Kang Dae-sik,": two names of one person, not two people.
  private func nameAfterRole(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    let head = word.head
    guard word.dep == .conj, index > head, tree.words[head].tag == "NN",
      mentions.mention(at: index)?.type == "PERSON", mentions.index(at: head) == nil,
      tree.has(head, .det), !tree.has(head, .cc)
    else { return }
    tree.move(index, under: head, as: .appos)
  }

  /// "In Seoul, a member of parliament, Kang Dae-sik, said": the subject was read as a name of the place.
  private func speakerInApposition(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .root, word.tag == "VBD" || word.tag == "VBZ", reports(word),
      !tree.has(index, [.nsubj, .nsubjpass, .csubj])
    else { return }
    for preposition in tree.kids(index, .prep) where preposition < index {
      for object in tree.kids(preposition, .pobj) {
        let subject = tree.kids(object, .appos).last { tree.words[$0].isNominal }
        if let subject {
          tree.move(subject, under: index, as: .nsubj)
          return
        }
      }
    }
  }

  // MARK: Clauses

  /// "the relationship between A and B, which has": a singular verb wants a singular noun.
  private func relativeOfSingular(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    guard word.dep == .relcl,
      word.tag == "VBZ" || tree.kids(index, .auxiliary).contains(where: { tree.words[$0].tag == "VBZ" }),
      tree.kids(index, .subject).contains(where: { tree.words[$0].tag == "WDT" }),
      tree.words[word.head].dep == .pobj, tree.kids(word.head, .conj).contains(where: { $0 < index })
    else { return }
    let noun = tree.words[tree.words[word.head].head].head
    if ["NN", "NNP"].contains(tree.words[noun].tag) { tree.move(index, under: noun, as: .relcl) }
  }

  /// "if A, they said, B": B depends on A, not that they said it.
  private func conditionOfWhatIsSaid(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    let verb = word.head
    guard word.dep == .advcl, index < verb, tree.has(index, .mark, saying: "if", "unless"),
      reports(tree.words[verb]) || lexicon.verb(tree.words[verb].lemma).is(.finds)
    else { return }
    if tree.words[verb].dep == .parataxis, !tree.has(verb, .ccomp) {
      tree.move(index, under: tree.words[verb].head, as: .advcl)
    } else if let said = tree.kids(verb, .ccomp).first(where: { $0 > verb }) {
      tree.move(index, under: said, as: .advcl)
    }
  }

  /// "stated that A, and B": B is stated too, unless it brings in an actor of its own.
  private func secondClauseSaid(_ index: Int, _ tree: inout RelationTree) {
    let word = tree.words[index]
    let verb = tree.words[word.head]
    guard word.dep == .conj, RelationTree.isVerbal(word), let subject = tree.kids(index, .subject).last,
      reports(verb), !reports(word), verb.tag == "VBD" || verb.tag == "VBN",
      let said = tree.kids(word.head, .ccomp).first(where: {
        word.head < $0 && $0 < index && tree.has($0, .mark)
      })
    else { return }
    let isShifted = tree.has(index, .auxiliary, saying: "would", "had")
    let isPast =
      isShifted || word.tag == "VBD" || tree.has(index, .auxiliary, saying: "could", "might")
      || tree.kids(index, .auxiliary).contains { tree.words[$0].tag == "VBD" }
    let isActor = mentions.index(at: subject) != nil || tree.words[subject].pos == "PRON"
    if isPast, isShifted || !isActor { tree.move(index, under: said, as: .conj) }
  }
}
