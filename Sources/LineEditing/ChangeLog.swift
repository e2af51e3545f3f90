/// The states that a block went through, to take changes back. Letters typed in a row are one change.
struct ChangeLog {
  private var states: [(text: [Unicode.Scalar], cursor: Int)] = [([], 0)]
  private var isTyping = false
  private static let limit = 500

  /// Notes the block as it is before a key is awaited.
  mutating func note(_ text: [Unicode.Scalar], _ cursor: Int) {
    guard let last = states.last else { return }
    if last.text == text {
      states[states.count - 1].cursor = cursor
      return
    }
    let typed = text.count == last.text.count + 1 && cursor == last.cursor + 1
    let isWord = typed && text[cursor - 1].properties.isAlphabetic
    if isWord, isTyping, states.count > 1 { states.removeLast() }
    isTyping = isWord
    states.append((text, cursor))
    if states.count > Self.limit { states.removeFirst() }
  }

  /// The state before the last change.
  mutating func undo() -> (text: String, cursor: Int)? {
    guard states.count > 1 else { return nil }
    states.removeLast()
    isTyping = false
    return states.last.map { (LibeditEditor.string($0.text), $0.cursor) }
  }
}
