import Linguistics

/// When a clause happens, seen from the text's now.
enum Tense: Equatable {
  case past, present, future, none

  /// Verbs whose infinitive or passive speaks of what is still to come.
  private static let planning: Set<String> = [
    "expect", "plan", "schedule", "set", "hope", "want", "intend", "aim", "promise", "pledge", "vow",
    "threaten",
    "agree", "decide", "prepare", "propose", "slate", "poise", "urge", "ask", "order", "due", "likely",
    "seek",
    "invite", "call", "commit", "need", "wish", "project", "forecast", "predict", "anticipate", "book",
  ]

  /// The tense of the clause that a token is in: that of the nearest verb above it.
  static func governing(_ index: Int, in parse: Parse) -> Tense {
    var current = index
    for _ in 0..<24 {
      let token = parse.tokens[current]
      if isVerb(token), let tense = of(verb: current, in: parse) { return tense }
      // "closed until Friday": what lasts until then has not ended.
      if token.dep == "prep", ["until", "till"].contains(token.text), parse.tokens[token.head].tag != "VBD" {
        return .future
      }
      if isPlanningAdjective(token) { return .future }
      guard token.head != current else { return .none }
      current = token.head
    }
    return .none
  }

  private static func isPlanningAdjective(_ token: Token) -> Bool {
    token.pos == "ADJ" && (token.lemma == "due" || token.lemma == "likely")
  }

  private static func isVerb(_ token: Token) -> Bool {
    (token.tag.hasPrefix("VB") || token.tag == "MD") && token.dep != "aux" && token.dep != "auxpass"
      && token.dep != "amod" && token.dep != "compound"
  }

  /// Nil: the verb's form says nothing, look at the clause above.
  private static func of(verb: Int, in parse: Parse) -> Tense? {
    let token = parse.tokens[verb]
    var auxiliaries = parse.children[verb].filter { ["aux", "auxpass"].contains(parse.tokens[$0].dep) }
    if auxiliaries.isEmpty, token.dep == "conj", !token.tag.hasSuffix("D"), !token.tag.hasSuffix("Z") {
      auxiliaries = parse.children[token.head].filter { ["aux", "auxpass"].contains(parse.tokens[$0].dep) }
    }
    var isPlan = planning.contains(token.lemma) && token.tag == "VBN"
    var hasHave = false
    var hasPast = false
    var hasPresent = false
    var isInfinitive = false
    for auxiliary in auxiliaries {
      let word = parse.tokens[auxiliary]
      switch word.lemma.lowercased() {
      case "will", "shall", "'ll", "wo", "’ll": return .future
      case "would", "may", "might", "should", "can", "could", "must":
        isPlan = true
        if word.lemma == "could" || word.lemma == "can" {
          hasPast = hasPast || word.lemma == "could" && token.dep == "relcl"
        }
      case "have", "’ve", "'ve":
        hasHave = true
      case "to": isInfinitive = true
      default: break
      }
      if word.tag == "VBD" { hasPast = true }
      if word.tag == "VBZ" || word.tag == "VBP" { hasPresent = true }
    }
    if hasHave { return .past }
    if isInfinitive {
      let head = parse.tokens[token.head]
      if planning.contains(head.lemma) || head.tag == "VBZ" && head.lemma == "be" { return .future }
      return nil
    }
    if isPlan { return .future }
    switch token.tag {
    case "VBD": return .past
    case "VBN": return hasPresent ? .present : .past
    case "VBG":
      if hasPast { return .past }
      if hasPresent { return .future }
      return nil
    case "VBZ", "VBP": return .present
    case "VB":
      if hasPast { return .past }
      // An imperative speaks of what is still to be done.
      return token.dep == "ROOT" && !parse.children[verb].contains { parse.tokens[$0].dep == "nsubj" }
        ? .future : nil
    default: return nil
    }
  }
}
