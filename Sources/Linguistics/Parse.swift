/// One token of a text, with what the language model says of it.
///
/// Labels stay as the loaded model emits them: `pos` is a UD tag, `tag` the treebank tag, `dep` the
/// relation to the head (English spaCy models: ClearNLP style).
public struct Token: Sendable, Hashable {
  /// The token's words, exactly as in the text.
  public var text: String
  /// Offset of the first Unicode scalar in the text.
  public var start: Int
  /// Offset after the last Unicode scalar.
  public var end: Int
  /// Whether one plain space follows (it belongs to no token).
  public var spaceAfter: Bool
  /// Dictionary form.
  public var lemma: String
  /// UD part of speech (`VERB`).
  public var pos: String
  /// Treebank tag (`VBD`).
  public var tag: String
  /// Morphological features as `Name=Value|Name=Value`, sorted; empty if none.
  public var morph: String
  /// Relation to the head (`nsubj`); `ROOT` for a root.
  public var dep: String
  /// Index of the head in the parse's `tokens`; a root's head is itself.
  public var head: Int

  /// Makes a token; linguistic fields are empty until a model fills them.
  public init(
    text: String, start: Int, end: Int, spaceAfter: Bool, lemma: String = "", pos: String = "",
    tag: String = "", morph: String = "", dep: String = "", head: Int = 0
  ) {
    self.text = text
    self.start = start
    self.end = end
    self.spaceAfter = spaceAfter
    self.lemma = lemma
    self.pos = pos
    self.tag = tag
    self.morph = morph
    self.dep = dep
    self.head = head
  }

  /// Whether the token is white space alone.
  public var isSpace: Bool { text.unicodeScalars.allSatisfy { $0.isWhitespace } }
}

/// A named span of tokens, as the model's entity recogniser found it.
public struct EntitySpan: Sendable, Hashable {
  /// Half-open range of indices into the parse's `tokens`.
  public var tokens: Range<Int>
  /// The model's label (`PERSON`, `GPE`…).
  public var label: String
  /// Makes a span.
  public init(tokens: Range<Int>, label: String) {
    self.tokens = tokens
    self.label = label
  }
}

/// A text with its tokens, sentences, dependency tree and entity spans: what the language model gives,
/// and all that the annotation stages read.
///
/// The tree's helper arrays are computed once in `init`, so that stages can walk it freely.
public struct Parse: Sendable {
  /// The text; token offsets count its Unicode scalars.
  public let text: String
  /// The text's Unicode scalars, for cutting by offset.
  public let scalars: [Unicode.Scalar]
  /// All tokens in order.
  public let tokens: [Token]
  /// Sentences as token ranges, in order, covering all tokens.
  public let sentences: [Range<Int>]
  /// Entity spans in order, not overlapping.
  public let entities: [EntitySpan]
  /// Children of each token, left to right; a root is not its own child.
  public let children: [[Int]]
  /// Leftmost token of each token's subtree.
  public let leftEdge: [Int]
  /// Rightmost token of each token's subtree.
  public let rightEdge: [Int]
  /// The sentence each token is in.
  public let sentenceOfToken: [Int]

  /// Computes the helper arrays. `tokens[i].head` must be an index into `tokens`.
  public init(text: String, tokens: [Token], sentences: [Range<Int>], entities: [EntitySpan]) {
    self.text = text
    scalars = Array(text.unicodeScalars)
    self.tokens = tokens
    self.sentences = sentences
    self.entities = entities
    let heads = tokens.map(\.head)
    var children = [[Int]](repeating: [], count: heads.count)
    for (index, head) in heads.enumerated() where head != index { children[head].append(index) }
    self.children = children
    var left = Array(heads.indices)
    var right = left
    // From the leaves up: a token's edges go to its head once those of all its children are known. Each
    // token is looked at once, however deep the tree is.
    var open = children.map(\.count)
    var ready = heads.indices.filter { open[$0] == 0 }
    while let token = ready.popLast() {
      let head = heads[token]
      if head == token { continue }
      left[head] = min(left[head], left[token])
      right[head] = max(right[head], right[token])
      open[head] -= 1
      if open[head] == 0 { ready.append(head) }
    }
    leftEdge = left
    rightEdge = right
    var sentenceOfToken = [Int](repeating: 0, count: tokens.count)
    for (number, range) in sentences.enumerated() { for token in range { sentenceOfToken[token] = number } }
    self.sentenceOfToken = sentenceOfToken
  }

  /// The parses of a text's pieces, which are all of it in order, as one.
  public init(text: String, pieces: [Parse]) {
    var tokens: [Token] = []
    var sentences: [Range<Int>] = []
    var entities: [EntitySpan] = []
    tokens.reserveCapacity(pieces.reduce(0) { $0 + $1.tokens.count })
    var offset = 0
    for piece in pieces {
      let first = tokens.count
      for token in piece.tokens {
        var token = token
        (token.start, token.end, token.head) = (token.start + offset, token.end + offset, token.head + first)
        tokens.append(token)
      }
      sentences += piece.sentences.map { $0.lowerBound + first..<$0.upperBound + first }
      entities += piece.entities.map {
        EntitySpan(tokens: $0.tokens.lowerBound + first..<$0.tokens.upperBound + first, label: $0.label)
      }
      offset += piece.scalars.count
    }
    self.init(text: text, tokens: tokens, sentences: sentences, entities: entities)
  }

  /// The words between two scalar offsets, exactly as in the text.
  public func text(_ start: Int, _ end: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[max(0, start)..<min(scalars.count, max(start, end))])
    return String(view)
  }

  /// The words that a token range covers, exactly as in the text.
  public func text(of range: Range<Int>) -> String {
    range.isEmpty ? "" : text(tokens[range.lowerBound].start, tokens[range.upperBound - 1].end)
  }

  /// Token ids of the subtree under `index`, itself included, in text order.
  public func subtree(of index: Int) -> [Int] {
    var found = [index]
    var next = 0
    while next < found.count {
      found.append(contentsOf: children[found[next]])
      next += 1
    }
    return found.sorted()
  }

  /// Children of `index` whose relation is one of `labels`, left to right.
  public func children(of index: Int, _ labels: String...) -> [Int] {
    children[index].filter { labels.contains(tokens[$0].dep) }
  }
}
