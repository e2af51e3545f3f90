import Facts
import Linguistics

/// "it" and "they" and their forms, where they mean an organisation, a country or another thing with a name.
///
/// The antecedent is the subject of a clause around, the inner ones first, else the main subject of the sentence
/// before. A common noun that is nearer and fits in number is meant instead, and then there is no entity: such a
/// pronoun stays open.
struct ThingPronouns {
  let parse: Parse
  /// The cluster of the mention that covers a token, and its type.
  let entityAt: (Int) -> (cluster: Int, type: String)?

  private static let singular: Set<String> = ["it", "its", "itself"]
  private static let plural: Set<String> = ["they", "them", "their", "theirs", "themselves"]
  private static let bodies: Set<String> = ["ORG", "NORP"]

  /// What a subject is to a pronoun.
  private enum Subject {
    /// It may be meant.
    case entity(Int)
    /// Something without a name may be meant.
    case common
    /// It can't be meant.
    case other
  }

  /// The clusters of the pronouns that have one, in text order.
  func resolve() -> [(token: Int, cluster: Int)] {
    var found: [(token: Int, cluster: Int)] = []
    var known: [Int: Int] = [:]
    for (index, token) in parse.tokens.enumerated() where token.pos == "PRON" {
      let word = token.text.lowercased()
      let isPlural = Self.plural.contains(word)
      guard isPlural || Self.singular.contains(word), isPlural || !isExpletive(index) else { continue }
      // "them" mostly means things; a body acts ("they") and owns ("their").
      if isPlural, !isSubject(index), token.dep != "poss" { continue }
      guard let cluster = antecedent(of: index, isPlural: isPlural, known) else { continue }
      known[index] = cluster
      found.append((index, cluster))
    }
    return found
  }

  /// "it is clear that", "it seems to": "it" means the clause that follows.
  private func isExpletive(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    if token.dep == "expl" { return true }
    guard isSubject(index) else { return false }
    let verb = parse.tokens[token.head]
    let children = parse.children[token.head].map { parse.tokens[$0] }
    if token.dep == "nsubjpass" { return children.contains { ["ccomp", "csubj"].contains($0.dep) } }
    guard ["be", "seem", "appear", "become", "take", "make", "remain"].contains(verb.lemma) else {
      return false
    }
    return children.contains {
      ["attr", "acomp", "ccomp", "xcomp", "csubj", "advcl", "oprd"].contains($0.dep)
    }
  }

  private func antecedent(of index: Int, isPlural: Bool, _ known: [Int: Int]) -> Int? {
    let sentence = parse.sentenceOfToken[index]
    let isPossessive = parse.tokens[index].dep == "poss"
    let isReflexive = parse.tokens[index].text.lowercased().hasSuffix("sel" + (isPlural ? "ves" : "f"))
    let needsBody = !isPlural && isBodys(index)
    var barred: Int?
    var clause = parse.tokens[index].head
    var isInnermost = true
    for _ in 0..<40 {
      if ["VERB", "AUX"].contains(parse.tokens[clause].pos) {
        if let subject = subjectJoined(to: clause, before: index) {
          switch kind(of: subject, isPlural, known) {
          case .entity(let cluster) where cluster != barred: return cluster
          case .common where !needsBody || isBody(subject): return nil
          default: break
          }
        }
        if let subject = parse.children(of: clause, "nsubj", "nsubjpass").first, subject < index {
          switch kind(of: subject, isPlural, known) {
          case .entity(let cluster) where isInnermost && !isPossessive && !isReflexive: barred = cluster
          case .entity(let cluster) where cluster != barred:
            return isPlural && !isPluralVerb(clause) && hasPluralNoun(between: subject, and: index)
              ? nil : cluster
          case .common where needsBody && !isBody(subject): break
          case .common where !isInnermost || isPossessive || isReflexive: return nil
          default: break
          }
        }
        isInnermost = clause == parse.tokens[index].head && isBareComplement(clause)
      }
      if parse.tokens[clause].head == clause { break }
      clause = parse.tokens[clause].head
    }
    // "At its plant in Ohio, Boeing builds": the subject that follows.
    if isPossessive, let subject = mainSubject(of: sentence), subject > index, !isPlural,
      case .entity(let cluster) = kind(of: subject, isPlural, known)
    {
      return cluster
    }
    // From one sentence to the next only a subject goes on, and only from the main subject.
    guard isSubject(index), sentence > 0, let subject = mainSubject(of: sentence - 1),
      case .entity(let cluster) = kind(of: subject, isPlural, known), cluster != barred
    else { return nil }
    return cluster
  }

  /// The subject of a clause that stands beside a clause around the pronoun and ends before it: "BMW was fined; it
  /// will appeal", "Apple sued and Nokia paid, as it could not wait".
  private func subjectJoined(to clause: Int, before index: Int) -> Int? {
    guard isSubject(index) else { return nil }
    let beside = parse.children(of: clause, "conj", "parataxis", "ccomp").last {
      parse.rightEdge[$0] < index && ["VERB", "AUX"].contains(parse.tokens[$0].pos)
    }
    return beside.flatMap { parse.children(of: $0, "nsubj", "nsubjpass").first }
  }

  /// Verbs whose subject decides or trades, and nouns for what only a body has.
  private static let bodyVerbs: Set<String> = [
    "say", "announce", "plan", "pay", "sell", "buy", "hire", "agree", "decide", "hope", "want", "believe",
    "claim",
    "deny", "offer", "intend", "seek", "ask", "promise", "warn", "admit", "confirm", "acquire", "purchase",
    "vow",
    "accuse", "demand", "refuse", "negotiate", "employ", "publish", "manufacture", "recruit", "lobby", "vote",
  ]
  private static let bodyNouns: Set<String> = [
    "workforce", "worker", "employee", "headquarters", "staff", "customer", "sale", "profit", "revenue",
    "executive", "chairman", "ceo", "subsidiary", "division", "shareholder", "spokesman", "spokeswoman",
    "member",
    "government", "army", "military", "troop", "soldier", "parliament", "policy", "parent", "dealership",
  ]

  /// Whether only a body can be meant: it acts, or it owns what bodies own.
  private func isBodys(_ index: Int) -> Bool {
    let head = parse.tokens[parse.tokens[index].head]
    if parse.tokens[index].dep == "poss" { return Self.bodyNouns.contains(head.lemma.lowercased()) }
    return parse.tokens[index].dep == "nsubj" && Self.bodyVerbs.contains(head.lemma)
  }

  /// Whether a common noun may be a body.
  private func isBody(_ noun: Int) -> Bool {
    let lemma = parse.tokens[noun].lemma.lowercased()
    return parse.tokens[noun].pos == "PRON" || lemma == "government" || lemma == "country"
      || NominalResolver.isBody(lemma) || NameLists.shared.organisationWords.contains(lemma)
  }

  /// "Apple have released": a body with a verb in the plural is meant by "they" and "their".
  private func isPluralVerb(_ verb: Int) -> Bool {
    parse.tokens[verb].tag == "VBP"
      || parse.children(of: verb, "aux", "auxpass").contains {
        ["have", "are", "were", "do"].contains(parse.tokens[$0].text.lowercased())
      }
  }

  /// "let it expire": the verb above has its own subject, which "it" is not.
  private func isBareComplement(_ verb: Int) -> Bool {
    let token = parse.tokens[verb]
    return token.tag == "VB" && ["ccomp", "xcomp"].contains(token.dep)
      && parse.children(of: verb, "aux", "mark").isEmpty
  }

  /// The subject of a sentence's main clause; of what is claimed where the claim comes before its source
  /// ("Russia gave advice, the agency said").
  private func mainSubject(of sentence: Int) -> Int? {
    guard let main = parse.sentences[sentence].first(where: { parse.tokens[$0].dep == "ROOT" }) else {
      return nil
    }
    let subject = parse.children(of: main, "nsubj", "nsubjpass").first
    if let claim = parse.children(of: main, "ccomp").first(where: { $0 < subject ?? main }),
      let inner = parse.children(of: claim, "nsubj", "nsubjpass").first
    {
      return inner
    }
    return subject
  }

  private func hasPluralNoun(between first: Int, and last: Int) -> Bool {
    (first + 1..<max(first + 1, last)).contains { parse.tokens[$0].tag == "NNS" && entityAt($0) == nil }
  }

  private func isSubject(_ index: Int) -> Bool { ["nsubj", "nsubjpass"].contains(parse.tokens[index].dep) }

  private func kind(of subject: Int, _ isPlural: Bool, _ known: [Int: Int]) -> Subject {
    let token = parse.tokens[subject]
    if let cluster = known[subject] { return .entity(cluster) }
    if token.tag == "WDT" || token.tag == "WP" {
      let clause = parse.tokens[token.head]
      guard clause.dep == "relcl", clause.head < subject else { return .other }
      return kind(of: clause.head, isPlural, known)
    }
    if token.pos == "PRON" {
      return ["it", "this", "that"].contains(token.text.lowercased()) ? .common : .other
    }
    if !parse.children(of: subject, "conj").isEmpty { return isPlural ? .common : .other }
    // "The airline, Ryanair, said that it": the name beside the noun tells what is meant.
    let named = parse.children(of: subject, "appos").first { entityAt($0) != nil }
    if let (cluster, type) = entityAt(subject) ?? named.flatMap(entityAt) {
      if type == "PERSON" { return .other }
      return !isPlural || Self.bodies.contains(type) ? .entity(cluster) : .other
    }
    let isPluralNoun = token.tag == "NNS" || token.tag == "NNPS"
    if NameLists.shared.roles[token.lemma.lowercased()] != nil {
      return isPlural && isPluralNoun ? .common : .other
    }
    return isPluralNoun == isPlural ? .common : .other
  }
}
