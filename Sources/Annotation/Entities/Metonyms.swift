import Linguistics

/// Whether a capital stands for its government: it speaks or acts ("Pyongyang said", "launches by
/// Pyongyang", "Seoul's military"), which towns don't.
enum Metonyms {
  /// Verbs that a town itself may be the subject of.
  private static let townVerbs: Set<String> = [
    "be", "become", "have", "lie", "sit", "stand", "remain", "host", "see", "grow", "include", "boast",
    "contain",
    "experience", "feature", "fall", "rank", "attract", "burn", "wake", "sleep", "sprawl", "stretch",
    "border",
  ]
  /// What only a government has.
  private static let governmentNouns: Set<String> = [
    "military", "government", "army", "police", "intelligence", "ministry", "minister", "policy", "stance",
    "decision", "announcement",
    "statement", "claim", "demand", "offer", "response", "nuclear", "weapon", "missile", "sanction", "threat",
    "ally", "diplomat",
    "ambassador", "leader", "position", "agreement", "relation", "relationship", "tie", "support", "regime",
    "intention", "plan",
    "proposal", "refusal", "program", "programme", "foreign", "ambition", "security", "concern", "interest",
  ]

  /// Whether the capital whose head word is `head` stands for its government.
  static func isGovernment(_ head: Int, in parse: Parse) -> Bool {
    let token = parse.tokens[head]
    let governor = parse.tokens[token.head]
    switch token.dep {
    case "nsubj":
      return governor.pos == "VERB" && !townVerbs.contains(governor.lemma)
    case "nsubjpass":
      return ["accuse", "urge", "force", "expect", "criticize", "criticise", "blame", "sanction", "warn"]
        .contains(governor.lemma)
    case "poss":
      return governmentNouns.contains(governor.lemma.lowercased())
    case "pobj", "agent":
      let above = parse.tokens[governor.head]
      if governor.text.lowercased() == "by" {
        return governor.dep == "agent" || ["NOUN", "VERB"].contains(above.pos) && above.lemma != "pass"
      }
      if governor.text.lowercased() == "between" || governor.text.lowercased() == "with" {
        return [
          "tie", "relation", "relationship", "talk", "agreement", "treaty", "alliance", "deal", "cooperation",
          "dialogue",
        ].contains(above.lemma)
      }
      return false
    case "dobj":
      return [
        "trust", "accuse", "urge", "warn", "criticize", "criticise", "blame", "sanction", "press", "pressure",
        "persuade",
      ].contains(governor.lemma)
    case "conj":
      return token.head != head && isGovernment(token.head, in: parse)
    default: return false
    }
  }
}
