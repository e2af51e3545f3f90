import Facts
import Linguistics

/// Finds the mention at a token: what relations, quotes and sentiment ask for.
public struct MentionIndex: Sendable {
  private let rows: [Int]
  private let mentions: [MentionRow]
  private let parse: Parse

  /// Reads the mentions of `facts`, which carry their tokens. Of mentions that overlap, the longest holds
  /// a token; of equally long ones the first.
  public init(_ facts: DocumentFacts, parse: Parse) {
    var rows = [Int](repeating: -1, count: parse.tokens.count)
    for (index, mention) in facts.mentions.enumerated() {
      for token in mention.tokens.clamped(to: 0..<parse.tokens.count)
      where rows[token] < 0 || facts.mentions[rows[token]].tokens.count < mention.tokens.count {
        rows[token] = index
      }
    }
    self.rows = rows
    mentions = facts.mentions
    self.parse = parse
  }

  /// The place among the document's mentions of the one that covers a token.
  public func index(at token: Int) -> Int? {
    rows.indices.contains(token) && rows[token] >= 0 ? rows[token] : nil
  }

  /// The mention that covers a token.
  public func mention(at token: Int) -> MentionRow? {
    rows.indices.contains(token) && rows[token] >= 0 ? mentions[rows[token]] : nil
  }

  /// The mention that a noun phrase's head word names: the one that covers the head, else one in apposition
  /// to it or standing as a title beside it ("lawmaker Kang Dae-sik", "a lawmaker, Kang Dae-sik").
  public func mention(named head: Int) -> MentionRow? {
    guard parse.tokens.indices.contains(head) else { return nil }
    if let mention = mention(at: head) { return mention }
    for child in parse.children(of: head, "appos") {
      if let mention = mention(at: child), mention.tokens.contains(child) { return mention }
    }
    return nil
  }
}
