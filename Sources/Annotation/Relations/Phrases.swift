import Facts
import Linguistics

/// One side of a relation: its words, and the entity that they name.
struct Argument {
  var head: Int?
  /// The words of the document.
  var text = ""
  /// Canonical name, else the words.
  var name = ""
  var id = ""
  var type = ""
  var country = ""
}

/// Which words a phrase is, from its head.
extension Clauses {
  /// What stands beside a phrase's head and is a phrase or clause of its own.
  private static let beside: Dep = [
    .conj, .cc, .preconj, .relcl, .appos, .advcl, .parataxis, .acl, .ccomp,
  ]

  /// A noun phrase without what is joined to it, relative clauses and appositions.
  func phrase(_ head: Int) -> Range<Int> {
    var first = head
    var last = head
    var limit = 0..<tree.words.count
    for child in tree.children[head] where Self.beside.contains(tree.words[child].dep) {
      if tree.words[child].dep == .conj, isSameWord(head, child) { continue }
      if child > head {
        limit = limit.lowerBound..<min(limit.upperBound, max(head + 1, tree.left[child]))
      } else {
        limit = max(limit.lowerBound, min(head, tree.right[child] + 1))..<limit.upperBound
      }
    }
    for child in tree.children[head] {
      let dep = tree.words[child].dep
      if Self.beside.contains(dep) || dep == .punct, dep != .conj || !isSameWord(head, child) { continue }
      let extent = extent(child, 0)
      first = min(first, extent.lowerBound)
      last = max(last, extent.upperBound - 1)
    }
    first = max(first, limit.lowerBound)
    last = min(last, limit.upperBound - 1)
    if let tokens = mentions.mention(at: head)?.tokens {
      if tokens.lowerBound >= limit.lowerBound { first = min(first, tokens.lowerBound) }
      if tokens.upperBound <= limit.upperBound { last = max(last, tokens.upperBound - 1) }
    }
    if last == head + 1, tree.words[last].dep == .case { last = head }
    while last > head, isOuter(last), tree.words[last].low != ")", tree.words[last].low != "%" { last -= 1 }
    while first < head, isOuter(first) { first += 1 }
    return bracketsClosed(quotesClosed(first..<(last + 1), head: head), head: head)
  }

  /// Takes in the closing bracket of one that opens inside, or ends before the opening one.
  private func bracketsClosed(_ range: Range<Int>, head: Int) -> Range<Int> {
    guard let open = range.last(where: { tree.words[$0].low == "(" }),
      !tree.words[open..<range.upperBound].contains(where: { $0.low == ")" })
    else { return range }
    if range.upperBound < tree.words.count, tree.words[range.upperBound].low == ")" {
      return range.lowerBound..<(range.upperBound + 1)
    }
    return open > head ? range.lowerBound..<open : range
  }

  private func isOuter(_ index: Int) -> Bool {
    let word = tree.words[index]
    return word.dep == .punct || word.dep == .cc || word.isSpace
  }

  /// The words below one of a phrase's parts, without relative clauses.
  private func extent(_ index: Int, _ depth: Int) -> Range<Int> {
    var first = index
    var last = index
    guard depth < 40 else { return index..<(index + 1) }
    for child in tree.children[index] {
      let word = tree.words[child]
      if word.hangs(as: [.relcl, .parataxis, .advcl]) { continue }
      if word.dep == .punct, child < index || !["”", "''", "\"", ")", "’"].contains(word.low) { continue }
      let extent = extent(child, depth + 1)
      first = min(first, extent.lowerBound)
      last = max(last, extent.upperBound - 1)
    }
    return first..<(last + 1)
  }

  /// Takes in the closing mark of a quotation that begins inside, or leaves the opening one out where a
  /// comma or point stands before the closing one.
  private func quotesClosed(_ range: Range<Int>, head: Int) -> Range<Int> {
    var isOpen = false
    for index in range {
      switch tree.words[index].low {
      case "“", "``": isOpen = true
      case "”", "''": isOpen = false
      case "\"": isOpen.toggle()
      default: break
      }
    }
    guard isOpen else { return range }
    let isWhole = range.lowerBound < head && ["“", "``", "\""].contains(tree.words[range.lowerBound].low)
    var end = range.upperBound
    if !isWhole, end + 1 < tree.words.count, [".", ","].contains(tree.words[end].low) { end += 1 }
    if end < tree.words.count, ["”", "\"", "''"].contains(tree.words[end].low) {
      return range.lowerBound..<(end + 1)
    }
    return isWhole ? range.dropFirst() : range
  }

  /// All words of a clause, without the punctuation at its ends.
  func span(ofClause verb: Int) -> Range<Int> {
    var first = verb
    var last = verb
    for child in tree.children[verb] {
      let word = tree.words[child]
      if word.isSpace { continue }
      if word.dep == .punct, !["“", "``", "\"", "”", "''"].contains(word.low) { continue }
      first = min(first, tree.left[child])
      last = max(last, tree.right[child])
    }
    while first < verb, isEdge(first, marks: ["“", "``", "\""]) { first += 1 }
    while last > verb, isEdge(last, marks: ["”", "''", "\"", ")", "%"]) { last -= 1 }
    return quotesClosed(first..<(last + 1), head: verb)
  }

  private func isEdge(_ index: Int, marks: Set<String>) -> Bool {
    let word = tree.words[index]
    return word.isSpace || (word.dep == .punct && !marks.contains(word.low))
  }

  /// The words of a phrase or, for a verb, of its clause.
  func range(_ head: Int) -> Range<Int> { tree.isVerbal[head] ? span(ofClause: head) : phrase(head) }

  /// One side of a relation.
  func argument(_ head: Int) -> Argument {
    let text = tree.parse.text(of: range(head))
    var argument = Argument(head: head, text: text, name: Self.name(text, isClause: tree.isVerbal[head]))
    guard !tree.isVerbal[head], let mention = mention(named: head), !mention.entityID.isEmpty else {
      return argument
    }
    argument.id = mention.entityID
    argument.type = mention.type
    if !mention.entity.isEmpty { argument.name = mention.entity }
    argument.country = countries[mention.entityID] ?? ""
    return argument
  }

  /// The words of a phrase that names no entity: white space is one space, and "no" is told by `Negated`.
  static func name(_ text: String, isClause: Bool) -> String {
    var words = text.split { $0.isWhitespace }
    if !isClause, words.count > 1, words[0] == "no" || words[0] == "No" { words.removeFirst() }
    return words.joined(separator: " ")
  }
}
