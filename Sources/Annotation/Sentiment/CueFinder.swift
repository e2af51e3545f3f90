import Facts
import Linguistics

/// A word that says something good or bad, as its surroundings leave it.
struct Cue: Hashable, Sendable {
  /// The token.
  var token: Int
  /// Valence, about −4 to 4, after negation, degree and contrast.
  var valence: Double
  /// Whether it is a topic as often as an opinion ("war").
  var isTopic = false
}

/// Finds the words of tone: content words that the lexicon rates and that are no part of a name, turned by what
/// denies or averts them, made stronger or weaker by degree words, and weighed by "but".
struct CueFinder: Sendable {
  private let lexicon: ToneLexicon
  private let degrees: [String: Double]
  private let negators: Set<String>
  private let averting: Set<String>

  init(lexicon: ToneLexicon) {
    self.lexicon = lexicon
    var degrees: [String: Double] = [:]
    for entry in Lexicon.entries("intensifiers") where entry.count > 1 {
      if let step = Double(entry[1]) { degrees[entry[0]] = step }
    }
    self.degrees = degrees
    let entries = Lexicon.entries("negators")
    negators = Set(entries.filter { $0.count < 2 }.map { $0[0] })
    averting = Set(entries.filter { $0.count > 1 }.map { $0[0] })
  }

  /// What is left of a word that is denied, and of one that is averted ("prevented a disaster").
  private static let denied = -0.4
  private static let averted = -0.4
  /// How much what stands before and after "but" counts.
  private static let beforeBut = 0.7
  private static let afterBut = 1.2

  private static let content: Set<String> = ["NOUN", "VERB", "ADJ", "ADV", "INTJ", "X"]

  /// The cues of a document, in text order.
  func cues(in parse: Parse, mentions: [MentionRow]) -> [Cue] {
    var isName = [Bool](repeating: false, count: parse.tokens.count)
    for mention in mentions where mention.kind == .name {
      for token in mention.tokens.clamped(to: isName.indices) { isName[token] = true }
    }
    var cues: [Cue] = []
    for sentence in parse.sentences {
      let but = sentence.first { parse.tokens[$0].dep == "cc" && parse.tokens[$0].text.lowercased() == "but" }
      for index in sentence where !isName[index] && Self.content.contains(parse.tokens[index].pos) {
        guard let rating = lexicon.rating(of: parse.tokens[index]), rating.valence != 0 else { continue }
        var valence = rating.valence
        valence += degree(of: index, in: parse) * (valence > 0 ? 1 : -1)
        switch turn(of: index, rating.valence, in: parse) {
        case .none: break
        case .denied: valence *= Self.denied
        case .averted: valence *= Self.averted
        }
        if let but { valence *= index < but ? Self.beforeBut : Self.afterBut }
        cues.append(Cue(token: index, valence: valence, isTopic: rating.isTopic))
      }
    }
    return cues
  }

  private func degree(of index: Int, in parse: Parse) -> Double {
    var sum = 0.0
    for child in parse.children[index] where child < index {
      let token = parse.tokens[child]
      if token.dep == "advmod" || token.dep == "amod", let step = degrees[token.text.lowercased()] {
        sum += step
      }
    }
    return sum
  }

  private enum Turn { case none, denied, averted }

  /// Clauses, and arguments of a verb that its negation does not reach: "he did not say that it was bad".
  private static let bounds: Set<String> = [
    "ccomp", "advcl", "relcl", "parataxis", "csubj", "appos", "acl", "nsubj", "nsubjpass",
  ]
  private static let negatable: Set<String> = ["advmod", "det", "preconj", "cc"]

  /// Whether something over a word within its clause turns it.
  ///
  /// The object of a verb of opposite sense stays as it is where that verb is denied: "nobody helped the victims".
  private func turn(of cue: Int, _ valence: Double, in parse: Parse) -> Turn {
    var current = cue
    for _ in 0..<6 {
      for child in parse.children[current] {
        let token = parse.tokens[child]
        if token.dep == "neg" { return .denied }
        let word = token.text.lowercased()
        if Self.negatable.contains(token.dep), negators.contains(word) { return .denied }
        let isSubject = token.dep == "nsubj" || token.dep == "nsubjpass"
        if isSubject, child != cue, word == "nobody" || word == "nothing" || word == "none" { return .denied }
        // "No minister helped" · "gave no help": the noun may be the cue's own.
        if current != cue, isSubject || token.dep == "dobj",
          parse.children[child].contains(where: { parse.tokens[$0].text.lowercased() == "no" })
        {
          return .denied
        }
      }
      let token = parse.tokens[current]
      let head = token.head
      if head == current { return .none }
      if parse.tokens[head].text.lowercased() == "without" { return .denied }
      if ["dobj", "xcomp", "prep", "pobj"].contains(token.dep),
        averting.contains(parse.tokens[head].lemma.lowercased())
      {
        return .averted
      }
      if Self.bounds.contains(token.dep) { return .none }
      if token.dep == "dobj", let verb = lexicon.rating(of: parse.tokens[head])?.valence, verb * valence < 0 {
        return .none
      }
      if token.dep == "conj", token.pos == "VERB" || token.pos == "AUX" { return .none }
      current = head
    }
    return .none
  }
}
