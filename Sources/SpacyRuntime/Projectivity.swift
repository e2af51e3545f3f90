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
    let bars = UInt8(ascii: "|")
    guard tree.labels.contains(where: { $0.utf8.contains(bars) }) else { return }
    let edges = Projectivity.edges(tree.heads)
    var children = [[Int32]](repeating: [], count: tree.heads.count)
    for (token, head) in tree.heads.enumerated() where head != token {
      children[Int(head)].append(Int32(token))
    }
    for token in tree.heads.indices {
      let label = tree.labels[token]
      guard let bar = label.utf8.firstIndex(of: bars), label[bar...].hasPrefix("||") else { continue }
      let wanted = String(label[bar...].dropFirst(2))
      tree.labels[token] = String(label[..<bar])
      let head = Int(tree.heads[token])
      guard let found = first(wanted, under: head, besides: token, tree.labels, children, isSpace) else {
        continue
      }
      tree.heads[token] = Int32(found)
      children[head].removeAll { $0 == token }
      // A token that moves out of the edges of its new head's subtree isn't seen there later on.
      if edges.left[found] <= token, edges.right[found] >= token {
        let place = children[found].firstIndex { $0 > token } ?? children[found].count
        children[found].insert(Int32(token), at: place)
      }
    }
  }

  private static func first(
    _ label: String, under head: Int, besides token: Int, _ labels: [String], _ children: [[Int32]],
    _ isSpace: (Int) -> Bool
  ) -> Int? {
    var queue = [Int32(head)]
    var next = 0
    while next < queue.count {
      for child in children[Int(queue[next])] where child != token && !isSpace(Int(child)) {
        if labels[Int(child)] == label { return Int(child) }
        queue.append(child)
      }
      next += 1
    }
    return nil
  }
}
