/// Trees whose arcs cross: restored from the labels of the projective tree that the parser makes.
enum Projectivity {
  /// Leftmost and rightmost token of each token's subtree, in at most twelve rounds.
  ///
  /// - Source: spaCy's `set_children_from_heads`, which stops as soon as no head lies outside its
  ///   sentence, and after eleven rounds at the latest.
  static func edges(_ heads: [Int32]) -> (left: [Int32], right: [Int32]) {
    var left = heads.indices.map { Int32($0) }
    var right = left
    func pull(_ token: Int) {
      let head = Int(heads[token])
      if left[token] < left[head] { left[head] = left[token] }
      if right[token] > right[head] { right[head] = right[token] }
    }
    for _ in 0..<12 {
      for token in heads.indices { pull(token) }
      for token in heads.indices.reversed() { pull(token) }
      if headsAreWithinSentences(heads, left) { break }
    }
    return (left, right)
  }

  private static func headsAreWithinSentences(_ heads: [Int32], _ left: [Int32]) -> Bool {
    var isStart = [Bool](repeating: false, count: heads.count)
    for token in heads.indices where heads[token] == token { isStart[Int(left[token])] = true }
    var start = 0
    for token in heads.indices where (token > 0 && isStart[token]) || token == heads.count - 1 {
      for inner in start..<token where heads[inner] < start || heads[inner] > token { return false }
      start = token
    }
    return true
  }

  /// Gives each token labelled `X||Y` the label X and, as its head, the first token labelled Y under its
  /// present head: breadth-first, left to right, skipping white space and the token itself. Without one
  /// the head stays.
  ///
  /// - Source: Nivre and Nilsson 2005, scheme HEAD; spaCy's `deprojectivize`, in place in token order,
  ///   with children looked for within the subtree edges of the projective tree.
  static func restore(_ tree: inout DependencyParser.Tree, isSpace: (Int) -> Bool) {
    var edges: (left: [Int32], right: [Int32])?
    for token in tree.heads.indices {
      guard let bar = tree.labels[token].utf8.firstIndex(of: UInt8(ascii: "|")) else { continue }
      let label = tree.labels[token]
      guard label[bar...].hasPrefix("||") else { continue }
      let wanted = String(label[bar...].dropFirst(2))
      let known = edges ?? Projectivity.edges(tree.heads)
      edges = known
      var queue = [Int(tree.heads[token])]
      var found: Int?
      while found == nil, !queue.isEmpty {
        var next: [Int] = []
        search: for head in queue {
          for child in Int(known.left[head])...Int(known.right[head])
          where child != head && Int(tree.heads[child]) == head {
            if child == token || isSpace(child) { continue }
            if tree.labels[child] == wanted {
              found = child
              break search
            }
            next.append(child)
          }
        }
        queue = next
      }
      if let found { tree.heads[token] = Int32(found) }
      tree.labels[token] = String(label[..<bar])
    }
  }
}
