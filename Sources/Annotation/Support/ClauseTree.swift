import Linguistics

/// The grammar that quotes and sentiment read off the dependency tree: who is subject of a verb, and which
/// words make a noun phrase.
struct ClauseTree: Sendable {
  let parse: Parse

  /// Whether a token heads a clause, or joins in one as its verb.
  func isVerbal(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    return (token.pos == "VERB" || token.pos == "AUX")
      && !["aux", "auxpass", "amod", "compound", "case", "prep"].contains(token.dep)
  }

  /// Whether a token is a noun, a name, a pronoun or a number: what heads a noun phrase.
  func isNominal(_ index: Int) -> Bool {
    ["NOUN", "PROPN", "PRON", "NUM"].contains(parse.tokens[index].pos)
  }

  /// The head of a verb's subject: its own, else that of the verb that it shares one with. A relative
  /// pronoun stands for the noun that it describes.
  func subject(of verb: Int) -> Int? {
    var current = verb
    for _ in 0..<6 {
      let token = parse.tokens[current]
      if let own = parse.children(of: current, "nsubj", "nsubjpass").last {
        let isRelative = ["WDT", "WP"].contains(parse.tokens[own].tag) || parse.tokens[own].lemma == "that"
        return token.dep == "relcl" && isRelative && own < current ? token.head : behindCited(own)
      }
      guard token.head != current else { return nil }
      switch token.dep {
      case "acl", "relcl":
        // "a way to criticise": the subject of the clause around.
        guard isInfinitive(current) else { return token.tag == "VB" ? nil : token.head }
        current = clause(above: current)
      case "conj", "advcl", "xcomp":
        if token.dep == "xcomp", let object = parse.children(of: token.head, "dobj").first { return object }
        current = token.head
      case "pcomp":
        // "by saying": the clause around the preposition.
        current = parse.tokens[token.head].head
        guard current != token.head else { return nil }
      default: return nil
      }
      guard isVerbal(current), current != verb else { return nil }
    }
    return nil
  }

  /// "Quoting KCNA, Yonhap reported", read as one name with another beside it: the second is the subject.
  private func behindCited(_ subject: Int) -> Int {
    let isCited = parse.children(of: subject, "amod", "compound").contains {
      $0 < subject && ["quoting", "citing"].contains(parse.tokens[$0].text.lowercased())
    }
    return isCited ? parse.children(of: subject, "appos").first ?? subject : subject
  }

  /// Whether a verb has "to" before it.
  func isInfinitive(_ verb: Int) -> Bool {
    parse.children(of: verb, "aux").contains { parse.tokens[$0].tag == "TO" }
  }

  /// The verb of the clause in which a token's head stands; the token itself if there is none.
  func clause(above index: Int) -> Int {
    var current = parse.tokens[index].head
    for _ in 0..<12 where !isVerbal(current) { current = parse.tokens[current].head }
    return isVerbal(current) ? current : index
  }

  /// Whether a verb is passive.
  func isPassive(_ verb: Int) -> Bool {
    if !parse.children(of: verb, "nsubjpass", "auxpass").isEmpty { return true }
    let token = parse.tokens[verb]
    guard token.tag == "VBN" else { return false }
    if token.dep == "acl" { return true }
    return token.dep == "conj" && token.head != verb
      && parse.children(of: verb, "nsubj", "aux").isEmpty
      && !parse.children(of: token.head, "auxpass").isEmpty
  }

  /// Whether a verb's own words deny it ("did not say").
  func isNegated(_ verb: Int) -> Bool {
    parse.children[verb].contains { parse.tokens[$0].dep == "neg" || parse.tokens[$0].lemma == "never" }
  }

  /// The words of a noun phrase, without what is joined to it, relative clauses and appositions.
  func phrase(_ head: Int) -> Range<Int> {
    let cut: Set<String> = [
      "conj", "cc", "relcl", "appos", "punct", "advcl", "preconj", "acl", "parataxis", "ccomp",
    ]
    var first = head
    var last = head
    for child in parse.children[head] where !cut.contains(parse.tokens[child].dep) {
      first = min(first, parse.leftEdge[child])
      last = max(last, parse.rightEdge[child])
    }
    while first < head, parse.tokens[first].pos == "PUNCT" { first += 1 }
    return first..<(last + 1)
  }
}
