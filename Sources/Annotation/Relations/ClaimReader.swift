import Facts
import Linguistics

/// What the text claims of a clause: whether it is denied, how sure it is, and who says so.
struct Claim {
  var negated = false
  var certainty = Certainty.asserted
  /// Head tokens of those who say it, outermost first.
  var speakers: [Int] = []
}

/// Reads claims from a verb's own words and from the clauses above it.
struct ClaimReader {
  let parse: Parse

  private static let reporting: Set<String> = Set(Lexicon.entries("reporting_verbs").map { $0[0] })
  private static let evidential: Set<String> = [
    "suggest", "indicate", "imply", "appear", "seem", "believe", "think",
  ]
  private static let planning: Set<String> = [
    "plan", "pledge", "promise", "vow", "intend", "want", "hope", "aim", "agree", "expect", "seek", "attempt",
    "try",
    "threaten", "prepare", "decide", "offer", "propose", "wish",
  ]
  private static let denying: Set<String> = ["deny", "refuse", "fail", "decline", "neglect", "avoid", "stop"]
  private static let accusing: Set<String> = ["accuse", "suspect", "allege", "charge", "blame"]
  private static let nouns: [String: Certainty] = [
    "sign": .possible, "possibility": .possible, "chance": .possible, "risk": .possible, "fear": .possible,
    "evidence": .probable, "indication": .probable, "claim": .reported, "allegation": .reported,
    "accusation": .reported, "report": .reported, "rumour": .reported, "plan": .planned, "proposal": .planned,
  ]
  private static let adverbs: [String: Certainty] = [
    "allegedly": .reported, "reportedly": .reported, "apparently": .probable, "probably": .probable,
    "likely": .probable,
    "possibly": .possible, "perhaps": .possible, "maybe": .possible,
  ]

  /// The claim of a verb with the infinitives below it.
  func claim(of verb: Int, chain: [Int]) -> Claim {
    var claim = Claim()
    for (position, link) in chain.enumerated() {
      read(link, into: &claim)
      if position + 1 < chain.count {
        let lemma = parse.tokens[link].lemma
        if Self.planning.contains(lemma) { weaken(&claim, .planned) }
        if Self.denying.contains(lemma) { claim.negated.toggle() }
        if Self.evidential.contains(lemma) { weaken(&claim, .probable) }
      }
    }
    var current = verb
    for _ in 0..<16 {
      let token = parse.tokens[current]
      let above = token.head
      guard above != current else { break }
      let head = parse.tokens[above]
      if let certainty = Self.nouns[head.lemma], ["acl", "pcomp", "prep", "relcl"].contains(token.dep) {
        weaken(&claim, certainty)
      }
      if token.dep == "ccomp" || token.dep == "parataxis" || token.dep == "xcomp" {
        if Self.denying.contains(head.lemma) { claim.negated.toggle() }
        if Self.planning.contains(head.lemma) { weaken(&claim, .planned) }
        if Self.evidential.contains(head.lemma) { weaken(&claim, .probable) }
        if Self.reporting.contains(head.lemma), token.dep != "xcomp" { report(above, into: &claim) }
      }
      if token.dep == "pcomp" || token.dep == "prep" || token.dep == "xcomp",
        Self.accusing.contains(head.lemma)
      {
        weaken(&claim, .reported)
      }
      // What stands beside the clause above colours this one too, but not its own negation.
      if ["ccomp", "conj"].contains(token.dep) == false || token.dep == "ccomp" {
        source(above, into: &claim)
      }
      if token.dep == "conj", head.pos == "VERB" { modals(above, into: &claim, unless: current) }
      current = above
    }
    return claim
  }

  private func weaken(_ claim: inout Claim, _ certainty: Certainty) {
    // The nearest word decides; being reported gives way to a closer hedge.
    if claim.certainty == .asserted { claim.certainty = certainty }
  }

  private func read(_ verb: Int, into claim: inout Claim) {
    modals(verb, into: &claim, unless: -1)
    for child in parse.children[verb] {
      let token = parse.tokens[child]
      if token.dep == "neg" || (token.dep == "advmod" && token.lemma == "never") { claim.negated.toggle() }
      if let certainty = Self.adverbs[token.lemma] { weaken(&claim, certainty) }
      if token.dep == "mark", ["if", "unless"].contains(token.lemma.lowercased()) {
        claim.certainty = .conditional
      }
      if token.dep == "advcl",
        parse.children(of: child, "mark").contains(where: {
          ["if", "unless"].contains(parse.tokens[$0].lemma.lowercased())
        })
      {
        weaken(&claim, .conditional)
      }
      if ["dobj", "nsubj"].contains(token.dep),
        parse.children(of: child, "det").contains(where: { parse.tokens[$0].lemma == "no" })
      {
        claim.negated.toggle()
      }
    }
    source(verb, into: &claim)
  }

  private func modals(_ verb: Int, into claim: inout Claim, unless child: Int) {
    guard child < 0 || parse.children(of: child, "aux", "nsubj").isEmpty else { return }
    for auxiliary in parse.children(of: verb, "aux") {
      switch parse.tokens[auxiliary].lemma.lowercased() {
      case "may", "might", "could", "can": weaken(&claim, .possible)
      case "should", "must": weaken(&claim, .probable)
      case "will", "shall", "'ll", "’ll": weaken(&claim, .planned)
      case "would": weaken(&claim, .conditional)
      default: break
      }
    }
  }

  /// "According to X" beside a verb.
  private func source(_ verb: Int, into claim: inout Claim) {
    for preposition in parse.children(of: verb, "prep")
    where parse.tokens[preposition].lemma.lowercased() == "according"
      || parse.tokens[preposition].text.lowercased() == "according"
    {
      for inner in parse.children(of: preposition, "prep") {
        for head in parse.children(of: inner, "pobj") where !claim.speakers.contains(head) {
          claim.speakers.insert(head, at: 0)
          weaken(&claim, .reported)
        }
      }
    }
  }

  /// The subject of a reporting verb, and whom it quotes: "Quoting X, Y reported".
  private func report(_ verb: Int, into claim: inout Claim) {
    weaken(&claim, .reported)
    var sayer = verb
    for _ in 0..<3 where parse.children(of: sayer, "nsubj").isEmpty && parse.tokens[sayer].dep == "conj" {
      sayer = parse.tokens[sayer].head
    }
    for subject in parse.children(of: sayer, "nsubj", "agent").prefix(1)
    where !claim.speakers.contains(subject) {
      claim.speakers.insert(subject, at: 0)
    }
    for clause in parse.children(of: verb, "advcl", "prep")
    where ["quote", "cite", "quoting", "citing"].contains(parse.tokens[clause].lemma.lowercased()) {
      for quoted in parse.children(of: clause, "dobj", "pobj") where !claim.speakers.contains(quoted) {
        claim.speakers.insert(quoted, at: 0)
      }
    }
  }
}
