import Diagnostics

/// What a key function leads to.
enum KeyOutcome {
  case goOn, accept, end, beep
}

extension LibeditEditor {
  /// Does what the key says.
  func perform(_ function: KeyFunction) -> KeyOutcome {
    switch function {
    case .enter: return enter()
    case .newLine: startLine()
    case .end:
      if text.isEmpty {
        finish(.endOfInput)
        return .end
      }
      return delete(toRight: true)
    case .left: return move { $0.left($1) }
    case .right: return move { $0.right($1) }
    case .up: return vertical(up: true)
    case .down: return vertical(up: false)
    case .older: return recall(position - 1)
    case .newer: return recall(position + 1)
    case .olderLike: return recallAlike(step: -1)
    case .newerLike: return recallAlike(step: 1)
    case .rowStart: moveCursor(to: BlockMotion(text: text).rowStart(cursor))
    case .rowEnd: moveCursor(to: BlockMotion(text: text).rowEnd(cursor))
    case .blockStart: moveCursor(to: 0)
    case .blockEnd: moveCursor(to: text.count)
    case .backspace: return backspace()
    case .delete: return delete(toRight: true)
    case .killRow:
      if cursor == text.count { return .beep }
      press(KeyFunction.killKeys)
    case .killTarget:
      let motion = BlockMotion(text: text)
      let end = motion.rowEnd(cursor)
      moveCursor(to: end > cursor ? end : motion.right(cursor))
    case .complete: return complete()
    case .searchBack: return searchHistory(backwards: true)
    case .searchForward: return searchHistory(backwards: false)
    case .paste: paste()
    case .clear: clearScreen()
    case .undo:
      guard let (block, cursor) = takeUndo() else { return .beep }
      replaceAll(with: block, cursor: cursor)
    }
    return .goOn
  }

  private var block: String { Self.string(text) }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  // MARK: Enter and paste

  private func enter() -> KeyOutcome {
    // A terminal without bracketed paste sends a paste as keys: its line ends must run nothing.
    if input.isPending {
      insert("\n".unicodeScalars)
      return .goOn
    }
    let (text, cursor) = buffer
    let block = Self.string(text)
    let motion = BlockMotion(text: text)
    let lastLine = text[motion.rowStart(text.count)...]
    // An empty last line says "as it is": an unfinished query shows its error then.
    let insists =
      text.contains("\n") && motion.rowEnd(cursor) == text.count
      && lastLine.allSatisfy(\.properties.isWhitespace)
    if insists {
      // The blanks that it was opened with are none of the user's.
      replace(motion.rowStart(text.count)..<text.count, with: [])
      finish(.text(self.block))
      return .accept
    }
    if block.allSatisfy(\.isWhitespace) || hooks.isComplete(block) {
      finish(.text(block))
      return .accept
    }
    startLine()
    return .goOn
  }

  /// Starts another line, indented as its place in the block asks for.
  private func startLine() {
    let (text, cursor) = buffer
    let blanks = max(0, min(40, hooks.indentation(Self.string(text[..<cursor]))))
    insert(("\n" + String(repeating: " ", count: blanks)).unicodeScalars)
  }

  private func paste() {
    var pasted = input.takePaste()
    // The line end that ends a paste would only put the cursor on an empty line.
    while pasted.last == "\n" { pasted.removeLast() }
    insert(pasted)
  }

  // MARK: Moving and deleting

  private func move(_ to: (BlockMotion, Int) -> Int) -> KeyOutcome {
    let (text, cursor) = buffer
    let next = to(BlockMotion(text: text), cursor)
    guard next != cursor else { return .beep }
    moveCursor(to: next)
    return .goOn
  }

  private func vertical(up: Bool) -> KeyOutcome {
    let (text, cursor) = buffer
    let motion = BlockMotion(text: text)
    let column = goal.flatMap { $0.offset == cursor ? $0.column : nil } ?? motion.column(cursor)
    guard let next = up ? motion.up(cursor, column: column) : motion.down(cursor, column: column) else {
      return recall(up ? position - 1 : position + 1)
    }
    moveCursor(to: next)
    goal = (column, next)
    return .goOn
  }

  /// Deletes the character to the left; before a line's first word a step of its indentation.
  private func backspace() -> KeyOutcome {
    let (text, cursor) = buffer
    let blanks = text[BlockMotion(text: text).rowStart(cursor)..<cursor]
    guard blanks.count >= Self.indentationStep, blanks.allSatisfy({ $0 == " " }) else {
      return delete(toRight: false)
    }
    replace((cursor - Self.indentationStep)..<cursor, with: [])
    return .goOn
  }

  private static let indentationStep = 2

  private func delete(toRight: Bool) -> KeyOutcome {
    let (text, cursor) = buffer
    let motion = BlockMotion(text: text)
    let other = toRight ? motion.right(cursor) : motion.left(cursor)
    guard other != cursor else { return .beep }
    replace(min(cursor, other)..<max(cursor, other), with: [])
    return .goOn
  }

  // MARK: History

  private func recall(_ wanted: Int) -> KeyOutcome {
    guard (0...history.count).contains(wanted), wanted != position else { return .beep }
    show(wanted)
    return .goOn
  }

  /// Shows a block of the history, or what was being written.
  private func show(_ wanted: Int) {
    if position == history.count { draft = block }
    position = wanted
    replaceAll(with: wanted == history.count ? draft : history[wanted])
  }

  private func recallAlike(step: Int) -> KeyOutcome {
    let (text, cursor) = buffer
    let now = Self.string(text)
    let prefix =
      alike.flatMap { $0.found.utf8.elementsEqual(now.utf8) ? $0.prefix : nil }
      ?? Self.string(text[..<cursor])
    var next = position + step
    while history.indices.contains(next) {
      if history[next].utf8.starts(with: prefix.utf8), !history[next].utf8.elementsEqual(now.utf8) {
        show(next)
        alike = (prefix, history[next])
        return .goOn
      }
      next += step
    }
    return .beep
  }

  // MARK: Completion

  private func complete() -> KeyOutcome {
    // A tab inside a paste that came as keys is a tab.
    if input.isPending {
      insert("\t".unicodeScalars)
      return .goOn
    }
    let (text, cursor) = buffer
    let block = Self.string(text)
    let bytes = text[..<cursor].reduce(0) { $0 + UTF8.width($1) }
    let completion = hooks.complete(block, bytes)
    let range = scalars(completion.range, in: text)
    let typed = Self.string(text[range])
    guard let first = completion.candidates.first else { return .beep }
    if completion.candidates.count == 1 {
      let behind = Self.string(text[range.upperBound...].prefix(first.suffix.unicodeScalars.count))
      let suffix = behind.utf8.elementsEqual(first.suffix.utf8) ? "" : first.suffix
      replace(range, with: (first.text + suffix).unicodeScalars)
      return .goOn
    }
    let common = CompletionMenu.commonPrefix(completion.candidates)
    if common.utf8.count >= typed.utf8.count, !common.utf8.elementsEqual(typed.utf8),
      common.lowercased().hasPrefix(typed.lowercased())
    {
      replace(range, with: common.unicodeScalars)
    }
    menu = CompletionMenu(candidates: completion.candidates)
    return .goOn
  }

  /// A range of UTF-8 offsets as one of scalars; what lies outside the text is cut off.
  private func scalars(_ range: Range<Int>, in text: [Unicode.Scalar]) -> Range<Int> {
    var byte = 0
    var lower: Int?
    var upper = text.count
    for (offset, scalar) in text.enumerated() {
      if lower == nil, byte >= range.lowerBound { lower = offset }
      if byte >= range.upperBound {
        upper = offset
        break
      }
      byte += UTF8.width(scalar)
    }
    let start = min(lower ?? text.count, upper)
    return start..<upper
  }

  // MARK: Search

  private func searchHistory(backwards: Bool) -> KeyOutcome {
    let (before, cursor) = buffer
    let start = Self.string(before)
    if position == history.count { draft = start }
    var found = HistorySearch(position: position, isBackwards: backwards)
    while true {
      search = found
      guard let key = readKey() else {
        search = nil
        return .goOn
      }
      switch key {
      case "\u{12}": found.isBackwards = true; found.findNext(in: history)
      case "\u{13}": found.isBackwards = false; found.findNext(in: history)
      case "\u{7F}", "\u{08}": found.shorten(in: history, from: position)
      case "\u{07}":
        search = nil
        replaceAll(with: start, cursor: cursor)
        return .beep
      case _ where key.value >= 0x20 && !(0x7F..<0xA0).contains(key.value):
        found.lengthen(by: key, in: history)
      default:
        // Any other key ends the search and does its work on what was found.
        search = nil
        if found.match != nil { position = found.position }
        if key != "\u{1B}" || input.isBuffered { input.putBack(key) }
        return .goOn
      }
      if let match = found.match {
        let block = history[found.position]
        replaceAll(with: block)
        moveCursor(to: scalars(match, in: Array(block.unicodeScalars)).lowerBound)
      }
    }
  }
}
