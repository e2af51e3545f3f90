/// The differences of two texts, line by line, as a unified diff.
///
/// Lines are compared by their bytes, line ends included. The shortest edit script is found by Myers'
/// greedy algorithm (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986) between the common
/// head and tail; past `maximumEdits` edits the middle counts as replaced whole.
public struct LineDiff {
  private let old: [ArraySlice<UInt8>]
  private let new: [ArraySlice<UInt8>]
  private let edits: [Edit]

  /// How many edits are searched for before the texts count as wholly different.
  static let maximumEdits = 2000

  private enum Edit {
    case keep(old: Int, new: Int)
    case delete(old: Int)
    case insert(new: Int)

    var isChange: Bool {
      if case .keep = self { false } else { true }
    }
  }

  /// Compares two texts.
  public init(old: [UInt8], new: [UInt8]) {
    let before = Self.lines(old)
    let after = Self.lines(new)
    self.old = before
    self.new = after
    var head = 0
    while head < before.count, head < after.count, before[head].elementsEqual(after[head]) { head += 1 }
    var tail = 0
    while tail < before.count - head, tail < after.count - head,
      before[before.count - 1 - tail].elementsEqual(after[after.count - 1 - tail])
    { tail += 1 }
    var edits: [Edit] = (0..<head).map { .keep(old: $0, new: $0) }
    edits += Self.middle(
      before[head..<(before.count - tail)], after[head..<(after.count - tail)])
    for index in stride(from: tail, to: 0, by: -1) {
      edits.append(.keep(old: before.count - index, new: after.count - index))
    }
    self.edits = edits
  }

  /// Whether nothing differs.
  public var isEmpty: Bool { !edits.contains(where: \.isChange) }

  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  private static func middle(
    _ old: ArraySlice<ArraySlice<UInt8>>, _ new: ArraySlice<ArraySlice<UInt8>>
  ) -> [Edit] {
    let (n, m) = (old.count, new.count)
    func replaced() -> [Edit] { old.indices.map { .delete(old: $0) } + new.indices.map { .insert(new: $0) } }
    if n == 0 || m == 0 { return replaced() }
    let limit = min(n + m, maximumEdits)
    let width = 2 * limit + 3
    let middle = limit + 1
    var reach = [Int](repeating: 0, count: width)
    var trace: [[Int]] = []
    var found: Int?
    search: for d in 0...limit {
      // Only diagonals −d…d are read again.
      trace.append(Array(reach[(middle - d - 1)...(middle + d + 1)]))
      for k in stride(from: -d, through: d, by: 2) {
        let down = k == -d || k != d && reach[middle + k - 1] < reach[middle + k + 1]
        var x = down ? reach[middle + k + 1] : reach[middle + k - 1] + 1
        var y = x - k
        while x < n, y < m, y >= 0,
          old[old.startIndex + x].elementsEqual(new[new.startIndex + y])
        {
          x += 1
          y += 1
        }
        reach[middle + k] = x
        // Paths may leave the grid; only those that end in its corner count.
        if k == n - m, x == n {
          found = d
          break search
        }
      }
    }
    guard let found else { return replaced() }
    var back: [Edit] = []
    var (x, y) = (n, m)
    for d in stride(from: found, through: 0, by: -1) {
      let reach = trace[d]
      func value(_ k: Int) -> Int { reach[k + d + 1] }
      let k = x - y
      let down = k == -d || k != d && value(k - 1) < value(k + 1)
      let before = down ? k + 1 : k - 1
      let (fromX, fromY) = d == 0 ? (0, 0) : (value(before), value(before) - before)
      while x > fromX, y > fromY {
        x -= 1
        y -= 1
        back.append(.keep(old: old.startIndex + x, new: new.startIndex + y))
      }
      if d == 0 { break }
      if down {
        y -= 1
        back.append(.insert(new: new.startIndex + y))
      } else {
        x -= 1
        back.append(.delete(old: old.startIndex + x))
      }
    }
    return deletionsFirst(back.reversed())
  }

  /// The same edits, those between two kept lines with deletions before insertions.
  private static func deletionsFirst(_ edits: [Edit]) -> [Edit] {
    var out: [Edit] = []
    var insertions: [Edit] = []
    for edit in edits {
      switch edit {
      case .keep:
        out += insertions
        insertions = []
        out.append(edit)
      case .delete: out.append(edit)
      case .insert: insertions.append(edit)
      }
    }
    return out + insertions
  }

  /// The diff as text: three lines of context, `\ No newline at end of file` as `diff` has it, empty if
  /// nothing differs.
  ///
  /// - Parameters:
  ///   - oldName: what stands after `---`.
  ///   - newName: what stands after `+++`.
  ///   - section: a word on the place of a line of the old text (from 1), such as the cell it is in; it
  ///     stands after the second `@@`.
  public func unified(
    oldName: String, newName: String, section: (Int) -> String = { _ in "" }
  ) -> String {
    guard !isEmpty else { return "" }
    let context = 3
    var out = "--- \(oldName)\n+++ \(newName)\n"
    var index = 0
    while let change = edits[index...].firstIndex(where: \.isChange) {
      let start = max(index, change - context)
      var end = change + 1
      var quiet = 0
      while end < edits.count, quiet <= 2 * context {
        quiet = edits[end].isChange ? 0 : quiet + 1
        end += 1
      }
      end -= max(0, quiet - context)
      out += hunk(edits[start..<end], firstChange: change, section: section)
      index = end
    }
    return out
  }

  private func hunk(_ hunk: ArraySlice<Edit>, firstChange: Int, section: (Int) -> String) -> String {
    var body = ""
    var (oldStart, newStart, oldCount, newCount) = (0, 0, 0, 0)
    // Lines before the hunk, for a side of which the hunk has none.
    var (oldBefore, newBefore) = (0, 0)
    for edit in edits[..<hunk.startIndex] {
      switch edit {
      case .keep: (oldBefore, newBefore) = (oldBefore + 1, newBefore + 1)
      case .delete: oldBefore += 1
      case .insert: newBefore += 1
      }
    }
    for edit in hunk {
      switch edit {
      case .keep(let line, _): body += Self.text(" ", old[line])
      case .delete(let line): body += Self.text("-", old[line])
      case .insert(let line): body += Self.text("+", new[line])
      }
      switch edit {
      case .keep: (oldCount, newCount) = (oldCount + 1, newCount + 1)
      case .delete: oldCount += 1
      case .insert: newCount += 1
      }
    }
    oldStart = oldCount == 0 ? oldBefore : oldBefore + 1
    newStart = newCount == 0 ? newBefore : newBefore + 1
    func range(_ start: Int, _ count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }
    let changed = oldBefore + hunk[..<firstChange].count + 1
    let place = section(changed)
    return
      "@@ -\(range(oldStart, oldCount)) +\(range(newStart, newCount)) @@\(place.isEmpty ? "" : " " + place)\n"
      + body
  }

  private static func text(_ mark: String, _ line: ArraySlice<UInt8>) -> String {
    let text = mark + String(decoding: line, as: UTF8.self)
    return line.last == 0x0A ? text : text + "\n\\ No newline at end of file\n"
  }
}
