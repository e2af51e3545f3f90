import CKernels
import Diagnostics

/// spaCy's dependency parser: arc-eager, non-monotonic, one run over the whole text.
///
/// - Source: spaCy 3.8's `ArcEager` and its state; the training side (costs, oracles) is not needed.
struct DependencyParser: Sendable {
  private enum Kind {
    static let shift: UInt8 = 0
    static let reduce: UInt8 = 1
    static let left: UInt8 = 2
    static let right: UInt8 = 3
    static let sentence: UInt8 = 4
  }

  let scorer: TransitionScorer
  /// Labels by move; `X||Y` marks a dependent of label X that belongs under a token of label Y.
  let labels: [String]
  private let kinds: [UInt8]

  /// Reads the sections under `parser`.
  ///
  /// - Errors: `NLP102` if they are missing or don't fit together.
  init(_ file: FlatFile, width: Int, _ kernels: Kernels) throws(DossierError) {
    let moves = try MoveTable(file, "parser", kinds: 5)
    scorer = try TransitionScorer(file, "parser", features: 8, width: width, kernels)
    try moves.check(count: scorer.moves)
    kinds = moves.kinds
    labels = moves.labels
  }

  /// The tree of a text: heads, labels, and which tokens start a sentence.
  struct Tree {
    /// A root's head is itself.
    var heads: [Int32]
    var labels: [String]
    var starts: [Bool]
  }

  /// Parses the tokens whose narrowed vectors are `inputs`. `isSpace` tells white-space tokens.
  func parse(_ inputs: TransitionScorer.Inputs, count: Int, isSpace: (Int) -> Bool) -> Tree {
    let run = TransitionScorer.Run(scorer, inputs)
    var state = State(count: count)
    var features = [Int32](repeating: -1, count: 8)
    while !state.isFinal {
      let b0 = state.buffer(0)
      let b1 = state.buffer(1)
      let s0 = state.stack(0)
      features[0] = b0
      features[1] = b1
      features[2] = s0
      features[3] = state.stack(1)
      features[4] = state.stack(2)
      features[5] = b0 >= 0 ? state.lastLeft[Int(b0)] : -1
      features[6] = s0 >= 0 ? state.lastLeft[Int(s0)] : -1
      features[7] = s0 >= 0 ? state.lastRight[Int(s0)] : -1
      let bufferCount = state.bufferCount
      let atStart = b0 >= 0 && state.starts[Int(b0)]
      var valid: UInt32 = 0
      if s0 < 0 || (bufferCount >= 2 && !atStart && !state.unshiftable[Int(b0)]) { valid |= 1 << Kind.shift }
      if s0 >= 0 {
        valid |= 1 << Kind.reduce
        if bufferCount > 0, !atStart { valid |= 1 << Kind.left | 1 << Kind.right }
      }
      if bufferCount >= 2, b1 == b0 + 1, !state.starts[Int(b1)] { valid |= 1 << Kind.sentence }
      run.score(features)
      let move = ck_argmax_of_kinds(run.scores, kinds, kinds.count, valid)
      // The model's moves are checked to hold a shift and a reduce, so that one is always valid.
      if move < 0 { break }
      switch kinds[move] {
      case Kind.shift: state.push()
      case Kind.reduce:
        if state.heads[Int(s0)] >= 0 || state.depth == 1 { state.pop() } else { state.unshift() }
      case Kind.left:
        state.add(head: b0, child: s0, label: move)
        state.unshiftable[Int(b0)] = false
        state.pop()
      case Kind.right:
        state.add(head: s0, child: b0, label: move)
        state.push()
      default: state.starts[Int(b1)] = true
      }
    }
    var tree = Tree(heads: state.heads, labels: [], starts: [Bool](repeating: false, count: count))
    tree.labels.reserveCapacity(count)
    for token in 0..<count {
      if tree.heads[token] < 0 {
        tree.heads[token] = Int32(token)
        tree.labels.append("ROOT")
      } else {
        tree.labels.append(labels[state.labels[token]])
      }
    }
    Projectivity.restore(&tree, isSpace: isSpace)
    for (token, edge) in Projectivity.edges(tree.heads).left.enumerated() where tree.heads[token] == token {
      tree.starts[Int(edge)] = true
    }
    return tree
  }

  /// Stack and buffer with the arcs made so far.
  private struct State {
    private var stack: [Int32] = []
    /// Tokens moved from the stack back to the buffer's front, the front last.
    private var back: [Int32] = []
    private var next: Int32 = 0
    private let count: Int32
    var heads: [Int32]
    /// The move that made each token's arc.
    var labels: [Int]
    var starts: [Bool]
    var unshiftable: [Bool]
    /// The child most recently added on each side, and the child added there before each child.
    var lastLeft: [Int32]
    var lastRight: [Int32]
    private var before: [Int32]

    init(count: Int) {
      self.count = Int32(count)
      let none = [Int32](repeating: -1, count: count)
      heads = none
      lastLeft = none
      lastRight = none
      before = none
      labels = [Int](repeating: 0, count: count)
      starts = [Bool](repeating: false, count: count)
      unshiftable = starts
    }

    var depth: Int { stack.count }
    var bufferCount: Int { Int(count - next) + back.count }
    var isFinal: Bool { stack.isEmpty && bufferCount == 0 }

    func stack(_ index: Int) -> Int32 { index < stack.count ? stack[stack.count - 1 - index] : -1 }

    func buffer(_ index: Int) -> Int32 {
      if index < back.count { return back[back.count - 1 - index] }
      let token = next + Int32(index - back.count)
      return token < count ? token : -1
    }

    mutating func push() {
      if let token = back.popLast() {
        stack.append(token)
      } else if next < count {
        stack.append(next)
        next += 1
      }
    }

    mutating func pop() { _ = stack.popLast() }

    mutating func unshift() {
      guard let token = stack.popLast() else { return }
      unshiftable[Int(token)] = true
      back.append(token)
    }

    mutating func add(head: Int32, child: Int32, label: Int) {
      let old = heads[Int(child)]
      if old >= 0 { remove(child, from: old > child ? \.lastLeft : \.lastRight, of: Int(old)) }
      let side: WritableKeyPath<State, [Int32]> = head > child ? \.lastLeft : \.lastRight
      before[Int(child)] = self[keyPath: side][Int(head)]
      self[keyPath: side][Int(head)] = child
      heads[Int(child)] = head
      labels[Int(child)] = label
    }

    private mutating func remove(_ child: Int32, from side: WritableKeyPath<State, [Int32]>, of head: Int) {
      var later: Int32 = -1
      var current = self[keyPath: side][head]
      while current >= 0, current != child {
        later = current
        current = before[Int(current)]
      }
      guard current == child else { return }
      if later < 0 {
        self[keyPath: side][head] = before[Int(child)]
      } else {
        before[Int(later)] = before[Int(child)]
      }
    }
  }
}

/// The moves of a transition system in the order of the model's classes.
struct MoveTable {
  let kinds: [UInt8]
  let labels: [String]
  private let name: String

  /// Reads the section `NAME.moves`.
  ///
  /// - Errors: `NLP102` if it is missing or malformed.
  init(_ file: FlatFile, _ name: String, kinds limit: UInt8) throws(DossierError) {
    var kinds: [UInt8] = []
    var labels: [String] = []
    for line in file.lines("\(name).moves") {
      let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let kind = UInt8(parts[0]), kind < limit else {
        throw DossierError(.modelDamaged, "section '\(name).moves' of the model file is damaged")
      }
      kinds.append(kind)
      labels.append(String(parts[1]))
    }
    self.kinds = kinds
    self.labels = labels
    self.name = name
  }

  /// Checks that the model scores as many moves.
  ///
  /// - Errors: `NLP102`.
  func check(count: Int) throws(DossierError) {
    guard kinds.count == count, count > 0 else {
      throw DossierError(.modelDamaged, "'\(name)' scores \(count) moves but names \(kinds.count)")
    }
  }
}
