import Facts
import Linguistics

/// How something named in a sentence is spoken of: the sentence's cues, each the less the farther it is from the
/// name in the tree, and across clauses.
///
/// What someone says about others tells little of the sayer: below a verb of speech, cues don't count for its subject.
struct TargetScorer: Sendable {
  let parse: Parse
  let cues: [Cue]
  /// For each sentence, its cues' range in `cues`.
  private let cuesOfSentence: [Range<Int>]

  init(parse: Parse, cues: [Cue]) {
    self.parse = parse
    self.cues = cues
    var ranges: [Range<Int>] = []
    var next = 0
    for sentence in parse.sentences {
      let first = next
      while next < cues.count, cues[next].token < sentence.upperBound { next += 1 }
      ranges.append(first..<next)
    }
    cuesOfSentence = ranges
  }

  /// The cues of a sentence.
  func cues(ofSentence number: Int) -> ArraySlice<Cue> { cues[cuesOfSentence[number]] }

  /// What a cue counts for a target.
  struct Share {
    var cue: Cue
    /// Its valence by its weight.
    var value: Double
  }

  /// What is left of a cue for each step in the tree.
  private static let step = 0.8
  /// … across the bounds of a clause.
  private static let acrossClauses = 0.7
  /// … of a topic.
  private static let topic = 0.3
  /// … for the one who says it.
  private static let ownWords = 0.0
  /// … for the one who judges another.
  private static let ownJudgement = 0.5
  private static let clauses: Set<String> = ["ccomp", "relcl", "advcl", "parataxis", "conj", "acl"]

  /// The shares of the sentence's cues in the target over `tokens`, in text order.
  func shares(of tokens: Range<Int>) -> [Share] {
    guard let first = tokens.first else { return [] }
    let head = self.head(of: tokens)
    let sentence = parse.sentenceOfToken[first]
    let (isSayer, isJudge, verb) = role(of: head)
    let up = path(from: head)
    var shares: [Share] = []
    for cue in cues(ofSentence: sentence) where !tokens.contains(cue.token) {
      var weight = 1.0
      if let (distance, crosses) = distance(to: cue.token, from: up) {
        for _ in 0..<distance { weight *= Self.step }
        if crosses { weight *= Self.acrossClauses }
      } else {
        weight = 0.05
      }
      if cue.isTopic { weight *= Self.topic }
      if isSayer, cue.token != verb {
        weight *= Self.ownWords
      } else if isJudge {
        weight *= Self.ownJudgement
      }
      shares.append(Share(cue: cue, value: cue.valence * weight))
    }
    return shares
  }

  /// The score of shares: −1 to 1.
  static func score(_ shares: [Share]) -> Double {
    var sum = 0.0
    for share in shares { sum += share.value }
    return Tone.score(sum * 2)
  }

  /// The token of a range whose head lies outside.
  private func head(of tokens: Range<Int>) -> Int {
    tokens.first { index in
      let head = parse.tokens[index].head
      return (!tokens.contains(head) || head == index) && parse.tokens[index].pos != "PUNCT"
    } ?? tokens.upperBound - 1
  }

  private func role(of head: Int) -> (isSayer: Bool, isJudge: Bool, verb: Int) {
    var current = head
    for _ in 0..<6 where ["conj", "appos"].contains(parse.tokens[current].dep) {
      current = parse.tokens[current].head
    }
    guard parse.tokens[current].dep == "nsubj" else { return (false, false, -1) }
    let verb = parse.tokens[current].head
    guard let uses = SpeechVerbs.shared.uses(of: parse.tokens[verb].lemma.lowercased()) else {
      return (false, false, verb)
    }
    let isSayer = uses.contains(.direct) || uses.contains(.clause)
    return (isSayer, !isSayer && uses.contains(.judging), verb)
  }

  /// A token and those above it, up to the root, with whether a clause ends on the way.
  private func path(from token: Int) -> [(token: Int, crosses: Bool)] {
    var path: [(token: Int, crosses: Bool)] = [(token, false)]
    var current = token
    var crosses = false
    for _ in 0..<40 {
      let head = parse.tokens[current].head
      if head == current { break }
      crosses = crosses || Self.clauses.contains(parse.tokens[current].dep)
      path.append((head, crosses))
      current = head
    }
    return path
  }

  /// The steps between a token and the target, and whether clauses end between them; nil without a way.
  private func distance(to token: Int, from up: [(token: Int, crosses: Bool)]) -> (steps: Int, crosses: Bool)?
  {
    var current = token
    var steps = 0
    var crosses = false
    while steps < 40 {
      if let place = up.firstIndex(where: { $0.token == current }) {
        return (place + steps, crosses || up[place].crosses)
      }
      let head = parse.tokens[current].head
      if head == current { return nil }
      crosses = crosses || Self.clauses.contains(parse.tokens[current].dep)
      steps += 1
      current = head
    }
    return nil
  }
}
