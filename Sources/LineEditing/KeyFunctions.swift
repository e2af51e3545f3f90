import CLibedit

/// The functions that this editor adds to libedit's own, with the keys that they have at first.
/// `~/.editrc` may bind them to other keys by their names.
enum KeyFunction: String, CaseIterable {
  case enter = "dossier-enter"
  case newLine = "dossier-new-line"
  case end = "dossier-end"
  case left = "dossier-left"
  case right = "dossier-right"
  case up = "dossier-up"
  case down = "dossier-down"
  case older = "dossier-older"
  case newer = "dossier-newer"
  case olderLike = "dossier-older-like"
  case newerLike = "dossier-newer-like"
  case rowStart = "dossier-row-start"
  case rowEnd = "dossier-row-end"
  case blockStart = "dossier-block-start"
  case blockEnd = "dossier-block-end"
  case backspace = "dossier-backspace"
  case delete = "dossier-delete"
  case killRow = "dossier-kill-row"
  case killTarget = "dossier-kill-target"
  case complete = "dossier-complete"
  case searchBack = "dossier-search-back"
  case searchForward = "dossier-search-forward"
  case paste = "dossier-paste"
  case clear = "dossier-clear"
  case undo = "dossier-undo"

  var help: String {
    switch self {
    case .enter: "Hand the block over, or start another line where it is unfinished"
    case .newLine: "Start another line"
    case .end: "Leave on an empty block, else delete to the right"
    case .left: "Move one character left"
    case .right: "Move one character right"
    case .up: "Move one line up, or to the block before"
    case .down: "Move one line down, or to the block after"
    case .older: "Recall the block before"
    case .newer: "Recall the block after"
    case .olderLike: "Recall the block before that begins alike"
    case .newerLike: "Recall the block after that begins alike"
    case .rowStart: "Move to the start of the line"
    case .rowEnd: "Move to the end of the line"
    case .blockStart: "Move to the start of the block"
    case .blockEnd: "Move to the end of the block"
    case .backspace: "Delete the character to the left"
    case .delete: "Delete the character to the right"
    case .killRow: "Cut to the end of the line"
    case .killTarget: "Move to where a cut ends"
    case .complete: "Complete the word at the cursor"
    case .searchBack: "Search older blocks for a text"
    case .searchForward: "Search newer blocks for a text"
    case .paste: "Insert what the terminal pastes"
    case .clear: "Clear the screen"
    case .undo: "Take the last change back"
    }
  }

  /// Keys in libedit's notation: `^A`, `\e[A`, octal codes.
  var keys: [String] {
    switch self {
    case .enter: ["^M", "^J"]
    case .newLine: ["\\e^M", "\\e^J"]
    case .end: ["^D"]
    case .left: ["\\e[D", "\\eOD", "^B"]
    case .right: ["\\e[C", "\\eOC", "^F"]
    case .up: ["\\e[A", "\\eOA"]
    case .down: ["\\e[B", "\\eOB"]
    case .older: ["^P"]
    case .newer: ["^N"]
    case .olderLike: ["\\e[5~", "\\ep"]
    case .newerLike: ["\\e[6~", "\\en"]
    case .rowStart: ["^A", "\\e[H", "\\eOH", "\\e[1~", "\\e[7~"]
    case .rowEnd: ["^E", "\\e[F", "\\eOF", "\\e[4~", "\\e[8~"]
    case .blockStart: ["\\e[1;5A", "\\e[1;5H", "\\e<"]
    case .blockEnd: ["\\e[1;5B", "\\e[1;5F", "\\e>"]
    case .backspace: ["^?", "^H"]
    case .delete: ["\\e[3~"]
    case .killRow: ["^K"]
    case .killTarget: ["\\222"]
    case .complete: ["^I"]
    case .searchBack: ["^R"]
    case .searchForward: ["^S"]
    case .paste: ["\\e[200~"]
    case .clear: ["^L"]
    case .undo: ["^_"]
    }
  }

  /// Further keys of vi's command mode.
  var commandKeys: [String] {
    switch self {
    case .up: ["k", "-"]
    case .down: ["j", "+"]
    case .searchBack: ["/"]
    case .searchForward: ["?"]
    case .left: ["h"]
    case .right: ["l", " "]
    default: []
    }
  }

  /// Keys for functions that libedit has already.
  static let builtin: [(key: String, function: String)] = [
    ("\\e[1;5D", "ed-prev-word"), ("\\e[1;3D", "ed-prev-word"), ("\\eOd", "ed-prev-word"),
    ("\\e[1;5C", "em-next-word"), ("\\e[1;3C", "em-next-word"), ("\\eOc", "em-next-word"),
    ("\\e[3;5~", "em-delete-next-word"), ("\\e[Z", "ed-ignore"),
    ("\\220", "em-set-mark"), ("\\221", "em-kill-region"),
  ]

  /// What `killRow` presses: set the mark, move to the target, cut the region. Codes that no terminal
  /// sends.
  static let killKeys: [CChar] = [0x90, 0x92, 0x91, 0].map { CChar(bitPattern: $0) }
  /// A lone Escape in vi mode, told apart from the start of a key's sequence.
  static let viEscape: Unicode.Scalar = "\u{80}"

  /// libedit takes a plain function for each, without context.
  var entry: @convention(c) (OpaquePointer?, UInt32) -> UInt8 {
    switch self {
    case .enter: { editor, _ in LibeditEditor.run(.enter, editor) }
    case .newLine: { editor, _ in LibeditEditor.run(.newLine, editor) }
    case .end: { editor, _ in LibeditEditor.run(.end, editor) }
    case .left: { editor, _ in LibeditEditor.run(.left, editor) }
    case .right: { editor, _ in LibeditEditor.run(.right, editor) }
    case .up: { editor, _ in LibeditEditor.run(.up, editor) }
    case .down: { editor, _ in LibeditEditor.run(.down, editor) }
    case .older: { editor, _ in LibeditEditor.run(.older, editor) }
    case .newer: { editor, _ in LibeditEditor.run(.newer, editor) }
    case .olderLike: { editor, _ in LibeditEditor.run(.olderLike, editor) }
    case .newerLike: { editor, _ in LibeditEditor.run(.newerLike, editor) }
    case .rowStart: { editor, _ in LibeditEditor.run(.rowStart, editor) }
    case .rowEnd: { editor, _ in LibeditEditor.run(.rowEnd, editor) }
    case .blockStart: { editor, _ in LibeditEditor.run(.blockStart, editor) }
    case .blockEnd: { editor, _ in LibeditEditor.run(.blockEnd, editor) }
    case .backspace: { editor, _ in LibeditEditor.run(.backspace, editor) }
    case .delete: { editor, _ in LibeditEditor.run(.delete, editor) }
    case .killRow: { editor, _ in LibeditEditor.run(.killRow, editor) }
    case .killTarget: { editor, _ in LibeditEditor.run(.killTarget, editor) }
    case .complete: { editor, _ in LibeditEditor.run(.complete, editor) }
    case .searchBack: { editor, _ in LibeditEditor.run(.searchBack, editor) }
    case .searchForward: { editor, _ in LibeditEditor.run(.searchForward, editor) }
    case .paste: { editor, _ in LibeditEditor.run(.paste, editor) }
    case .clear: { editor, _ in LibeditEditor.run(.clear, editor) }
    case .undo: { editor, _ in LibeditEditor.run(.undo, editor) }
    }
  }
}
