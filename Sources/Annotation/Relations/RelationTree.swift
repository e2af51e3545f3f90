import Linguistics

/// A word of the tree that relations are read from.
struct Word {
  let text: String
  /// The text in lower case.
  let low: String
  var lemma: String
  var pos: String
  var tag: String
  var dep: Dep
  /// The word above; a root's is itself.
  var head: Int
  let start: Int
  let end: Int

  /// Whether the label is one of `deps`.
  func hangs(as deps: Dep) -> Bool { deps.contains(dep) }
  /// A noun or a name.
  var isNominal: Bool { pos == "NOUN" || pos == "PROPN" }
  /// White space alone.
  var isSpace: Bool { tag == "_SP" }
  /// A relative or question pronoun.
  var isWhPronoun: Bool { tag == "WDT" || tag == "WP" }
  /// Present third person or past: it can't be an infinitive.
  var isFinite: Bool { tag == "VBD" || tag == "VBZ" || tag == "VBP" }
}

/// A document's dependency tree in a form that can be repaired, and then walked quickly.
struct RelationTree {
  /// The parse that it began as.
  let parse: Parse
  /// All words, as the parse's tokens.
  var words: [Word]
  /// Children of each word, left to right.
  private(set) var children: [[Int]]
  /// Leftmost and rightmost word below each, itself included.
  private(set) var left: [Int] = []
  private(set) var right: [Int] = []
  /// Whether a word heads a clause: a verb that is no auxiliary, adjective or preposition.
  private(set) var isVerbal: [Bool] = []

  /// The parse's tree, with what the parser often gets wrong put right.
  init(repairing parse: Parse, mentions: MentionIndex) {
    self.parse = parse
    words = parse.tokens.map {
      Word(
        text: $0.text, low: $0.text.lowercased(), lemma: Self.lemma($0), pos: $0.pos, tag: $0.tag,
        dep: Dep(label: $0.dep), head: $0.head, start: $0.start, end: $0.end)
    }
    children = parse.children
    TreeRepair(mentions: mentions).repair(&self)
    settle()
  }

  /// The lemma, with an "e" that the model's rules take away: "hopes" and "hoped" are no forms of "hop", which
  /// doubles its last letter and takes a bare "s".
  private static func lemma(_ token: Token) -> String {
    guard token.pos == "VERB", let last = token.lemma.utf8.last, token.lemma.utf8.count > 2,
      token.text.utf8.count > token.lemma.utf8.count
    else { return token.lemma }
    let (text, letters) = (token.text.lowercased(), Array(token.lemma.utf8))
    let isVowel = letters.map { "aeiou".utf8.contains($0) }
    let isShort =
      !isVowel[letters.count - 1] && isVowel[letters.count - 2] && !isVowel[letters.count - 3]
      && isVowel.dropLast(2).allSatisfy { !$0 }
    guard isShort, !"wxysz".utf8.contains(last) else { return token.lemma }
    return ["es", "ed", "ing"].contains { text == token.lemma + $0 } ? token.lemma + "e" : token.lemma
  }

  // MARK: Reading

  /// Children whose label is one of `deps`, left to right.
  func kids(_ index: Int, _ deps: Dep) -> [Int] {
    var found: [Int] = []
    for child in children[index] where deps.contains(words[child].dep) { found.append(child) }
    return found
  }

  /// The first child whose label is one of `deps`.
  func kid(_ index: Int, _ deps: Dep) -> Int? {
    children[index].first { deps.contains(words[$0].dep) }
  }

  /// Whether there is such a child.
  func has(_ index: Int, _ deps: Dep) -> Bool { kid(index, deps) != nil }

  /// Whether a child with one of the labels is one of the words.
  func has(_ index: Int, _ deps: Dep, saying texts: String...) -> Bool {
    children[index].contains { deps.contains(words[$0].dep) && texts.contains(words[$0].low) }
  }

  /// The sentence of a word.
  func sentence(of index: Int) -> Int { parse.sentenceOfToken[index] }

  /// Whether a word is a verb that heads a clause.
  static func isVerbal(_ word: Word) -> Bool {
    let isVerb = word.pos == "VERB" || word.pos == "AUX" || (word.isFinite && word.pos != "NOUN")
    return isVerb
      && !word.hangs(as: [.aux, .auxpass, .amod, .compound, .case, .prep, .det, .nmod, .mark, .cc])
  }

  // MARK: Changing

  /// Hangs a word under another with a label, or makes it a root (`head` is the word itself). Does nothing
  /// if that would close a circle.
  mutating func move(_ index: Int, under head: Int, as dep: Dep) {
    var above = head
    for _ in 0..<words.count where head != index {
      if above == index { return }
      if words[above].head == above { break }
      above = words[above].head
    }
    let old = words[index].head
    if old != index, let place = children[old].firstIndex(of: index) { children[old].remove(at: place) }
    words[index].head = head
    words[index].dep = dep
    guard head != index else { return }
    let place = children[head].firstIndex { $0 > index } ?? children[head].count
    children[head].insert(index, at: place)
  }

  /// Makes a word a root.
  mutating func uproot(_ index: Int) { move(index, under: index, as: .root) }

  /// Computes edges and clause heads, after the last change.
  private mutating func settle() {
    left = Array(words.indices)
    right = left
    var open = children.map(\.count)
    var ready = words.indices.filter { open[$0] == 0 }
    while let word = ready.popLast() {
      let head = words[word].head
      if head == word { continue }
      left[head] = min(left[head], left[word])
      right[head] = max(right[head], right[word])
      open[head] -= 1
      if open[head] == 0 { ready.append(head) }
    }
    isVerbal = words.map(Self.isVerbal)
  }
}
