import Diagnostics

/// The candidates in columns under the block, with their meanings where there is room.
struct CompletionMenu {
  var candidates: [Completion.Candidate]

  /// At most `rows` rows of at most `columns` columns.
  func rows(columns: Int, rows: Int, colours: Bool) -> [Frame.Row] {
    let rows = max(1, rows)
    let columns = max(4, columns - 1)
    let names = candidates.map { clean($0.text) }
    let name = min(columns, names.map { DisplayWidth.of($0) }.max() ?? 0)
    let meaning = candidates.map { DisplayWidth.of(clean($0.meaning)) }.max() ?? 0
    let gap = 3
    if meaning > 0, columns - name - 2 >= 12 {
      // As few columns as the height allows, so that the meanings have room.
      let needed = (candidates.count + rows - 1) / rows
      let each = (columns + gap) / needed - gap
      if each >= name + 2 + min(meaning, 20) {
        let width = min(each, name + 2 + meaning)
        return grid(count: needed, width: width, gap: gap, colours: colours) { index in
          let text = DisplayWidth.pad(names[index], to: name)
          let said = DisplayWidth.cut(clean(candidates[index].meaning), to: width - name - 2)
          return (text, said.isEmpty ? "" : "  " + said)
        }
      }
    }
    let count = max(1, (columns + gap) / (name + gap))
    let shown = (names.count + count - 1) / count
    if shown <= rows {
      return grid(count: count, width: name, gap: gap, colours: colours) {
        (DisplayWidth.cut(names[$0], to: name), "")
      }
    }
    let kept = max(0, (rows - 1) * count)
    var part = self
    part.candidates = Array(candidates.prefix(kept))
    var result = part.grid(count: count, width: name, gap: gap, colours: colours) {
      (DisplayWidth.cut(names[$0], to: name), "")
    }
    let more = DisplayWidth.cut("… and \(names.count - kept) more", to: columns)
    result.append(
      Frame.Row(text: colours ? TextStyle.faint.applied(to: more) : more, width: DisplayWidth.of(more)))
    return result
  }

  private func clean(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }

  private func grid(
    count: Int, width: Int, gap: Int, colours: Bool, cell: (Int) -> (name: String, meaning: String)
  ) -> [Frame.Row] {
    guard !candidates.isEmpty else { return [] }
    let height = (candidates.count + count - 1) / count
    return (0..<height).map { line in
      var row = Frame.Row()
      for index in stride(from: line, to: candidates.count, by: height) {
        let (name, meaning) = cell(index)
        let used = DisplayWidth.of(name) + DisplayWidth.of(meaning)
        row.text += name + (colours ? TextStyle.faint.applied(to: meaning) : meaning)
        row.width += used
        guard index + height < candidates.count else { break }
        row.text += String(repeating: " ", count: width - used + gap)
        row.width += width - used + gap
      }
      return row
    }
  }

  /// The longest text that all candidates begin with, in whole clusters.
  static func commonPrefix(_ candidates: [Completion.Candidate]) -> String {
    guard var prefix = candidates.first?.text else { return "" }
    for candidate in candidates.dropFirst() {
      let shared = zip(prefix, candidate.text).prefix { $0.utf8.elementsEqual($1.utf8) }.count
      prefix = String(prefix.prefix(shared))
    }
    return prefix
  }
}

extension Character {
  fileprivate var utf8: String.UTF8View { String(self).utf8 }
}
