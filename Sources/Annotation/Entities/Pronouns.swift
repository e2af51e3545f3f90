import Facts
import Linguistics

/// Personal pronouns of the third person: which entity each means, where the text makes it plain.
///
/// "he" and "she" look for the person who is subject of the clause around, then of an outer clause, then of
/// the sentence before. A pronoun that is no possessive never means the subject of its own clause ("Putin met him").
/// Someone whose gender is not told takes that of the first pronoun for them, and keeps it.
struct PronounResolver {
  let parse: Parse
  /// The cluster of the mention that covers a token, and its gender.
  let personAt: (Int) -> (cluster: Int, gender: NameLists.Gender?)?

  /// The pronouns that are looked at, with their gender; "they" has none and means no one person.
  static let genders: [String: NameLists.Gender?] = [
    "he": .male, "him": .male, "his": .male, "himself": .male,
    "she": .female, "her": .female, "hers": .female, "herself": .female,
    "they": nil, "them": nil, "their": nil, "theirs": nil, "themselves": nil,
  ]

  /// The clusters of the pronouns, in text order; nil for one that stays open. A resolved pronoun may stand
  /// for the next.
  func resolve() -> [(token: Int, cluster: Int?)] {
    var found: [(token: Int, cluster: Int?)] = []
    var known: [Int: Int] = [:]
    var learned: [Int: NameLists.Gender] = [:]
    for (index, token) in parse.tokens.enumerated() where token.pos == "PRON" {
      guard let entry = Self.genders[token.text.lowercased()] else { continue }
      guard let gender = entry else {
        found.append((index, nil))
        continue
      }
      let person = { (token: Int) -> Int? in
        if let cluster = known[token] { return learned[cluster] == gender ? cluster : nil }
        guard let (cluster, told) = personAt(token), (told ?? learned[cluster] ?? gender) == gender
        else { return nil }
        return cluster
      }
      let cluster = antecedent(of: index, person: person)
      found.append((index, cluster))
      if let cluster {
        known[index] = cluster
        learned[cluster] = gender
      }
    }
    return found
  }

  private func isReflexive(_ index: Int) -> Bool { parse.tokens[index].text.lowercased().hasSuffix("self") }

  private func isPossessive(_ index: Int) -> Bool { parse.tokens[index].dep == "poss" }

  private func antecedent(of index: Int, person: (Int) -> Int?) -> Int? {
    let sentence = parse.sentenceOfToken[index]
    // Clauses from the inside out.
    var barred: Set<Int> = []
    var clause = parse.tokens[index].head
    var previous = index
    var isInnermost = true
    var steps = 0
    while steps < 40 {
      steps += 1
      if isVerbal(clause) {
        if let (subject, isOwn) = subject(of: clause), subject != index, subject < index {
          let people = peopleIn(subject, person)
          let isObjectHere = isInnermost && !isPossessive(index) && !isReflexive(index)
          if isObjectHere, !isSubject(index) || !isOwn {
            barred.formUnion(people)
          } else if people.count == 1, let found = people.first, !barred.contains(found) {
            return found
          }
        }
        isInnermost = false
      }
      let head = parse.tokens[clause].head
      if head == clause { break }
      previous = clause
      clause = head
    }
    _ = previous
    // Another person named before in this sentence, if there is only one.
    let range = parse.sentences[sentence]
    var others: [Int] = []
    for token in range.lowerBound..<index {
      if let found = person(token), !barred.contains(found), !others.contains(found) { others.append(found) }
    }
    if others.count == 1 { return others.first }
    if !others.isEmpty { return isSubject(index) ? subjects(of: sentence, before: index, person).first : nil }
    // The subjects of the sentences before, the nearest first.
    for distance in 1...2 where sentence - distance >= 0 {
      let subjects = subjects(of: sentence - distance, before: Int.max, person).filter {
        !barred.contains($0)
      }
      if let first = subjects.first { return first }
      var people: [Int] = []
      for token in parse.sentences[sentence - distance] {
        if let found = person(token), !barred.contains(found), !people.contains(found) {
          people.append(found)
        }
      }
      if people.count == 1 { return people.first }
      if people.count > 1 { return nil }
    }
    return nil
  }

  private func isVerbal(_ index: Int) -> Bool { ["VERB", "AUX"].contains(parse.tokens[index].pos) }

  private func isSubject(_ index: Int) -> Bool { ["nsubj", "nsubjpass"].contains(parse.tokens[index].dep) }

  /// The subject of a verb, its own or that of the verb that controls it.
  private func subject(of verb: Int) -> (token: Int, isOwn: Bool)? {
    if let own = parse.children(of: verb, "nsubj", "nsubjpass").first { return (own, true) }
    let token = parse.tokens[verb]
    guard ["xcomp", "conj", "advcl", "pcomp"].contains(token.dep), token.head != verb else { return nil }
    var head = token.head
    if !isVerbal(head) { head = parse.tokens[head].head }
    guard head != verb, isVerbal(head) else { return nil }
    return parse.children(of: head, "nsubj", "nsubjpass").first.map { ($0, false) }
  }

  /// The people whom a noun phrase names by its head, and by what is joined to the head.
  private func peopleIn(_ head: Int, _ person: (Int) -> Int?) -> [Int] {
    var found: [Int] = []
    var queue = [head]
    while let next = queue.popLast() {
      if let one = person(next), !found.contains(one) { found.append(one) }
      queue += parse.children(of: next, "conj")
    }
    return found
  }

  /// The people who are subjects in a sentence, main clauses first.
  private func subjects(of sentence: Int, before limit: Int, _ person: (Int) -> Int?) -> [Int] {
    var main: [Int] = []
    var inner: [Int] = []
    for token in parse.sentences[sentence] where token < limit && isSubject(token) {
      let people = peopleIn(token, person)
      guard people.count == 1 else { continue }
      let verb = parse.tokens[token].head
      if parse.tokens[verb].dep == "ROOT" { main += people } else { inner += people }
    }
    return main + inner
  }
}
