import Facts
import Linguistics

/// Describes a named span by features: its part in the sentence, the cues and how the tree leads to them, and the words
/// over, under and around it.
///
/// No name is a feature, neither the target's nor others': who someone is must not decide how the text speaks of them.
struct TargetFeatures {
  let parse: Parse
  let cues: SentenceCues
  /// Whether each token is in a direct quotation, and in a reported clause.
  private let isQuoted: [Bool]
  private let isReported: [Bool]

  /// Whether each token is part of a name.
  private let isName: [Bool]

  init(parse: Parse, cues: SentenceCues, facts: DocumentFacts) {
    self.parse = parse
    self.cues = cues
    isQuoted = Self.covered(facts.quotes.filter(\.direct), parse)
    isReported = Self.covered(facts.quotes.filter { !$0.direct }, parse)
    var isName = [Bool](repeating: false, count: parse.tokens.count)
    for mention in facts.mentions where mention.kind == .name {
      for token in mention.tokens.clamped(to: isName.indices) { isName[token] = true }
    }
    self.isName = isName
  }

  private static func covered(_ rows: [QuoteRow], _ parse: Parse) -> [Bool] {
    var covered = [Bool](repeating: false, count: parse.tokens.count)
    var first = 0
    for row in rows {
      while first < parse.tokens.count, parse.tokens[first].end <= row.start { first += 1 }
      var token = first
      while token < parse.tokens.count, parse.tokens[token].start < row.end {
        covered[token] = true
        token += 1
      }
    }
    return covered
  }

  /// Relations that lead out of a clause.
  private static let clauses: Set<String> = [
    "ccomp", "relcl", "advcl", "parataxis", "conj", "acl", "xcomp", "pcomp",
  ]
  private static let arguments: Set<String> = ["nsubj", "nsubjpass", "dobj", "pobj"]
  private static let content: Set<String> = ["NOUN", "VERB", "ADJ", "ADV", "INTJ"]

  /// The features of the span over `tokens`, which isn't empty.
  func features(of tokens: Range<Int>, keepingNames: Bool = false) -> FeatureList {
    var list = FeatureList(keepsNames: keepingNames)
    let head = self.head(of: tokens)
    // What is joined to another name has that one's part.
    var lead = head
    for _ in 0..<5 where ["conj", "appos"].contains(parse.tokens[lead].dep) { lead = parse.tokens[lead].head }
    let role = parse.tokens[lead].dep
    let verb = parse.tokens[lead].head
    let isSayer =
      role == "nsubj"
      && SpeechVerbs.shared.uses(of: lemma(verb)).map { $0.contains(.direct) || $0.contains(.clause) } == true
    list.set(1, "bias")
    list.set(1, "role", role)
    list.set(1, "pos", parse.tokens[head].pos)
    if parse.tokens[head].pos == "PRON" { list.set(1, "pron", parse.tokens[head].text.lowercased()) }
    if isSayer { list.set(1, "sayer") }
    if isQuoted[head] { list.set(1, "quoted") }
    if isReported[head] { list.set(1, "reported") }
    addCues(tokens, head: head, sayerOf: isSayer ? verb : nil, to: &list)
    addWords(tokens, head: head, lead: lead, verb: verb, isSayer: isSayer, to: &list)
    return list
  }

  /// The token of a range whose head lies outside.
  private func head(of tokens: Range<Int>) -> Int {
    tokens.first { index in
      let head = parse.tokens[index].head
      return (!tokens.contains(head) || head == index) && parse.tokens[index].pos != "PUNCT"
    } ?? tokens.upperBound - 1
  }

  private func lemma(_ index: Int) -> String { parse.tokens[index].lemma.lowercased() }

  // MARK: Cues

  private func addCues(_ tokens: Range<Int>, head: Int, sayerOf verb: Int?, to list: inout FeatureList) {
    var up = [head]
    for _ in 0..<40 {
      guard let last = up.last, parse.tokens[last].head != last else { break }
      up.append(parse.tokens[last].head)
    }
    var total = 0.0
    var (praise, blame) = (0.0, 0.0)
    for cue in cues[parse.sentenceOfToken[head]] where !tokens.contains(cue.token) {
      let strength = cue.valence.magnitude
      let sign = cue.valence > 0 ? "P" : "N"
      guard let (above, below) = path(from: up, to: cue.token) else {
        list.add(strength / 2, "apart", sign, token: cue.token)
        continue
      }
      var near = strength
      for _ in 0..<(above.count + below.count) { near *= 0.8 }
      if let verb, cue.token != verb {
        // What someone says of others tells little of the sayer.
        if cue.valence > 0 { praise += near } else { blame += near }
        continue
      }
      list.add(near, "near", sign, token: cue.token)
      total += cue.valence > 0 ? near : -near
      let words = Double((cue.token - head).magnitude)
      list.add(strength / (1 + 0.2 * words), "order", sign, token: cue.token)
      list.add(strength / 3, "all", sign, token: cue.token)
      if cue.isTopic { list.add(near, "topic", sign, token: cue.token) }
      let path = above.prefix(3).joined(separator: "/") + "\\" + below.prefix(2).joined(separator: "/")
      list.add(strength / 2, "path", path, sign, token: cue.token)
      let outer = above.filter { Self.clauses.contains($0) }
      let inner = below.filter { Self.clauses.contains($0) }
      if outer.isEmpty && inner.isEmpty {
        let first = above.first ?? "-"
        list.add(strength / 1.5, "clause", first, sign, token: cue.token)
        list.add(strength / 1.5, "clause", first, parse.tokens[cue.token].pos, sign, token: cue.token)
      } else {
        let way = above.filter { Self.clauses.contains($0) || Self.arguments.contains($0) }
        list.add(strength / 2, "outward", way.prefix(3).joined(separator: "+"), sign, token: cue.token)
        list.add(strength / 2, "inward", inner.prefix(2).joined(separator: "+"), sign, token: cue.token)
      }
      list.set(1, "cues")
    }
    if verb != nil {
      let of = speaksOfItself(in: parse.sentences[parse.sentenceOfToken[head]]) ? "self" : "others"
      if praise > 0 { list.set(praise / (praise + 1), "said", of, "P") }
      if blame > 0 { list.set(blame / (blame + 1), "said", of, "N") }
    }
    list.set(total / (total * total + 4).squareRoot(), "sum")
    if total > 0.5 { list.set(1, "sumP") }
    if total < -0.4 { list.set(1, "sumN") }
  }

  private static let selves: Set<String> = ["i", "me", "my", "we", "us", "our"]
  private static let others: Set<String> = ["he", "she", "his", "her", "they", "their", "it", "its"]

  /// Whether what is said in a sentence has a pronoun that may mean the sayer: "I" in a quotation, "he" in a report.
  private func speaksOfItself(in sentence: Range<Int>) -> Bool {
    sentence.contains { index in
      guard parse.tokens[index].pos == "PRON" else { return false }
      let word = parse.tokens[index].text.lowercased()
      return isQuoted[index] ? Self.selves.contains(word) : isReported[index] && Self.others.contains(word)
    }
  }

  /// The relations on the way up from the target, and down again to a token; nil without a way.
  private func path(from up: [Int], to token: Int) -> (above: [String], below: [String])? {
    var below: [String] = []
    var current = token
    for _ in 0..<40 {
      if let place = up.firstIndex(of: current) {
        return (up[..<place].map { parse.tokens[$0].dep }, below.reversed())
      }
      let head = parse.tokens[current].head
      if head == current { return nil }
      below.append(parse.tokens[current].dep)
      current = head
    }
    return nil
  }

  // MARK: Words

  /// Whether a token is a word with a meaning of its own, and no name.
  private func isWord(_ index: Int) -> Bool {
    !isName[index] && (Self.content.contains(parse.tokens[index].pos) || parse.tokens[index].dep == "neg")
  }

  /// Whether a token may be a feature: no name and no mark.
  private func mayTell(_ index: Int) -> Bool {
    let token = parse.tokens[index]
    return !isName[index] && token.pos != "PROPN" && token.pos != "PUNCT" && !token.isSpace
  }

  /// The token as one that a reader would call a cue; −1 for one of grammar alone, such as "of".
  private func telling(_ index: Int) -> Int { isWord(index) ? index : -1 }

  private func addWords(
    _ tokens: Range<Int>, head: Int, lead: Int, verb: Int, isSayer: Bool, to list: inout FeatureList
  ) {
    var current = head
    for step in 0..<4 {
      let above = parse.tokens[current].head
      if above == current { break }
      let dep = parse.tokens[current].dep
      if !["compound", "det", "conj", "appos"].contains(dep), mayTell(above) {
        list.set(1, step == 0 ? "under" : "below", dep, lemma(above), token: telling(above))
        list.set(1, "over", lemma(above), token: telling(above))
      }
      current = above
    }
    if verb != lead {
      for child in parse.children[verb] where child != lead && mayTell(child) {
        list.set(1, "beside", parse.tokens[child].dep, lemma(child), token: telling(child))
      }
    }
    for child in parse.children[head] where mayTell(child) {
      list.set(1, "child", parse.tokens[child].dep, lemma(child), token: telling(child))
    }
    for index in parse.sentences[parse.sentenceOfToken[head]] {
      guard !tokens.contains(index), isWord(index) else { continue }
      if isSayer, isQuoted[index] || isReported[index] { continue }
      let lemma = lemma(index)
      list.set(0.5, "word", lemma, token: index)
      if (index - head).magnitude <= 5 { list.set(0.5, "window", lemma, token: index) }
    }
  }
}
