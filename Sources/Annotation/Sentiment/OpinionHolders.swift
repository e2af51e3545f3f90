import Facts
import Linguistics

/// Whose attitude the cues of a sentence show.
struct OpinionHolders {
  private let parse: Parse
  private let tree: ClauseTree
  private let naming: SpeakerNaming
  /// The innermost row of Quotes with a speaker that covers each token; −1 for none.
  private let quoteOfToken: [Int]
  private let quotes: [QuoteRow]

  init(parse: Parse, facts: DocumentFacts) {
    self.parse = parse
    tree = ClauseTree(parse: parse)
    naming = SpeakerNaming(
      parse: parse, mentions: MentionIndex(facts, parse: parse), paragraphs: Paragraphs(parse))
    quotes = facts.quotes
    var quoteOfToken = [Int](repeating: -1, count: parse.tokens.count)
    var first = 0
    // Rows come in text order, the longer of two that start together first: later ones stand inside.
    for (number, row) in facts.quotes.enumerated() where !row.speaker.isEmpty {
      while first < parse.tokens.count, parse.tokens[first].end <= row.start { first += 1 }
      var token = first
      while token < parse.tokens.count, parse.tokens[token].start < row.end {
        quoteOfToken[token] = number
        token += 1
      }
    }
    self.quoteOfToken = quoteOfToken
  }

  /// The holder of the larger part of the shares; nil where it is the document.
  func holder(of shares: [Share]) -> Speaker? {
    var weights: [(holder: Speaker?, weight: Double)] = []
    for share in shares where share.value != 0 {
      let holder = holder(at: share.token)
      if let index = weights.firstIndex(where: { $0.holder == holder }) {
        weights[index].weight += share.value.magnitude
      } else {
        weights.append((holder, share.value.magnitude))
      }
    }
    var strongest = weights.first
    for item in weights.dropFirst() where item.weight > strongest?.weight ?? 0 { strongest = item }
    return strongest?.holder
  }

  private func holder(at token: Int) -> Speaker? {
    let quote = quoteOfToken[token]
    if quote >= 0 { return Speaker(name: quotes[quote].speaker, id: quotes[quote].speakerID) }
    // "Japan condemned the launch", "Seoul accused Pyongyang": the subject of the verb that judges.
    guard tree.isVerbal(token), !tree.isPassive(token),
      let uses = SpeechVerbs.shared.uses(of: parse.tokens[token].lemma.lowercased()),
      uses.contains(.judging) || uses.contains(.object) && !uses.contains(.clause),
      let subject = tree.subject(of: token)
    else { return nil }
    return naming.speaker(subject)
  }
}
