import CLibedit
import Diagnostics
import Glibc

/// Edits blocks on a terminal: libedit decodes keys and runs the emacs and vi key maps, this class draws
/// the block, keeps the history and adds what libedit has not: blocks of several lines, bracketed paste,
/// completion with meanings, live colours, moves by grapheme cluster, undo.
///
/// Make one per process and only where standard input is a terminal that takes escapes; `make` does so.
public final class LibeditEditor: LineEditor {
  /// What the editor should know about its surroundings.
  public struct Options {
    /// Where blocks are kept; nil keeps them for this session only.
    public var historyFile: HistoryFile?
    /// Whether the prompt, the block and the menu have colours.
    public var colours: Bool
    /// The name that lines of `~/.editrc` may begin with, as in `dossier:bind`.
    public var program: String

    /// Options for this process's terminal and environment.
    public init(
      historyFile: HistoryFile? = .standard(environment: Terminal.environment),
      colours: Bool = Terminal.wantsColour(environment: Terminal.environment),
      program: String = "dossier"
    ) {
      self.historyFile = historyFile
      self.colours = colours
      self.program = program
    }
  }

  /// The blocks kept for recall, oldest first.
  public private(set) var history: [String]
  let hooks: EditorHooks
  let input: KeyInput
  var menu: CompletionMenu?
  var search: HistorySearch?
  /// The block of the history that is shown; `history.count` for the one being written.
  var position = 0
  /// What was written before blocks were recalled.
  var draft = ""
  /// What a search for blocks that begin alike looks for, and what it last found.
  var alike: (prefix: String, found: String)?
  /// The column that a run of moves up and down keeps, and where the last one ended.
  var goal: (column: Int, offset: Int)?
  var isInterrupted = false

  private let options: Options
  private let output: Int32
  private let signals: SignalPipe
  private var handle: OpaquePointer?
  private var painter = BlockPainter()
  private var prompt = ""
  private var continuation = ""
  private var size = (rows: 24, columns: 80)
  private var outcome: ReadResult?
  private var isVi = false
  private var changes = ChangeLog()
  private var coloured: (text: String, styles: [StyledRange])?
  private var cooked = termios()
  /// How long a text may be to be coloured at each key.
  private static let colourLimit = 8_000

  /// An editor for standard input, drawing on standard output, or on standard error where the output
  /// goes to a file. Nil where input or both outputs are no terminal, or libedit can't start.
  public static func make(hooks: EditorHooks, options: Options = Options()) -> LibeditEditor? {
    guard isatty(STDIN_FILENO) != 0 else { return nil }
    let output = isatty(STDOUT_FILENO) != 0 ? STDOUT_FILENO : STDERR_FILENO
    guard isatty(output) != 0, let signals = SignalPipe() else { return nil }
    let editor = LibeditEditor(hooks: hooks, options: options, output: output, signals: signals)
    return editor.start() ? editor : nil
  }

  private init(hooks: EditorHooks, options: Options, output: Int32, signals: SignalPipe) {
    self.hooks = hooks
    self.options = options
    self.output = output
    self.signals = signals
    input = KeyInput(descriptor: STDIN_FILENO)
    history = options.historyFile?.load() ?? []
  }

  deinit { if let handle { cledit_close(handle) } }

  private func start() -> Bool {
    cledit_use_utf8()
    // Also between two blocks Ctrl-C must not end the session.
    cledit_guard_interrupt()
    let client = Unmanaged.passUnretained(self).toOpaque()
    guard let handle = cledit_open(options.program, STDIN_FILENO, output, client) else { return false }
    self.handle = handle
    cledit_set_reader(handle) { editor in LibeditEditor.of(editor)?.nextKey() ?? 0 }
    for function in KeyFunction.allCases {
      _ = cledit_add_function(handle, function.rawValue, function.help, function.entry)
    }
    // The user's file chooses the key map first and changes single keys last, so that it wins.
    cledit_source(handle, 0)
    isVi = cledit_uses_vi(handle) != 0
    for function in KeyFunction.allCases {
      for key in function.keys {
        _ = cledit_bind(handle, 0, key, function.rawValue)
        if isVi { _ = cledit_bind(handle, 1, key, function.rawValue) }
      }
      if isVi { for key in function.commandKeys { _ = cledit_bind(handle, 1, key, function.rawValue) } }
    }
    for (key, function) in KeyFunction.builtin {
      _ = cledit_bind(handle, 0, key, function)
      if isVi { _ = cledit_bind(handle, 1, key, function) }
    }
    if isVi {
      _ = cledit_bind(handle, 0, "\\200", "vi-command-mode")
      _ = cledit_bind(handle, 1, "\\200", "ed-ignore")
    }
    cledit_source(handle, 1)
    return true
  }

  private static func of(_ editor: OpaquePointer?) -> LibeditEditor? {
    guard let client = cledit_client(editor) else { return nil }
    return Unmanaged<LibeditEditor>.fromOpaque(client).takeUnretainedValue()
  }

  // MARK: Reading a block

  /// Reads one block; see `LineEditor`.
  public func readBlock(prompt: String, continuation: String) throws(DossierError) -> ReadResult {
    guard let handle, !input.isAtEnd, tcgetattr(STDIN_FILENO, &cooked) == 0 else { return .endOfInput }
    self.prompt = prompt
    self.continuation = continuation
    position = history.count
    (draft, alike, goal, menu, search, outcome) = ("", nil, nil, nil, nil, nil)
    isInterrupted = false
    changes = ChangeLog()
    painter.reset()
    size = TerminalOutput.size(of: output)
    signals.drain()
    cledit_watch_signals(signals.writing)
    write("\u{1B}[?2004h")
    cledit_run(handle)
    if outcome == nil { leave(with: isInterrupted ? "^C" : "") }
    write("\u{1B}[?2004l")
    cledit_unwatch_signals()
    // What came after the last key was read, while the block was drawn for the last time, is not lost: a terminal that is
    // closed ends the process, and Ctrl-C takes the block back.
    for signal in signals.take() where signal != SIGWINCH {
      if signal == SIGINT { isInterrupted = true } else { raise(signal) }
    }
    if isInterrupted {
      input.discard()
      return .interrupted
    }
    return outcome ?? .endOfInput
  }

  /// Keeps a block for recall; see `LineEditor`.
  public func remember(_ block: String) throws(DossierError) {
    guard HistoryRules.keeps(block, after: history.last) else { return }
    history.append(block)
    if history.count > HistoryRules.limit { history.removeFirst(history.count - HistoryRules.limit) }
    try options.historyFile?.append(block)
  }

  /// Ends the reading; called by key functions.
  func finish(_ result: ReadResult) {
    outcome = result
    menu = nil
    leave(with: "")
  }

  /// Draws the block for the last time, with the cursor behind it, and goes to the next line.
  private func leave(with mark: String) {
    menu = nil
    search = nil
    if !mark.isEmpty || outcome != nil { moveCursor(to: text.count) }
    repaint()
    let end = painter.leave()
    write(mark.isEmpty ? end : mark + end)
  }

  // MARK: The buffer

  /// The block's scalars.
  var text: [Unicode.Scalar] { buffer.text }
  /// The cursor, an offset in scalars.
  var cursor: Int { buffer.cursor }

  var buffer: (text: [Unicode.Scalar], cursor: Int) {
    var length: Int32 = 0
    var cursor: Int32 = 0
    guard let handle, let scalars = cledit_buffer(handle, &length, &cursor) else { return ([], 0) }
    let text = UnsafeBufferPointer(start: scalars, count: Int(length)).map {
      Unicode.Scalar($0) ?? "\u{FFFD}"
    }
    return (text, Int(cursor))
  }

  func moveCursor(to offset: Int) {
    guard let handle else { return }
    cledit_move(handle, Int32(clamping: min(max(0, offset), text.count) - cursor))
  }

  func insert(_ scalars: some Sequence<Unicode.Scalar>) {
    guard let handle else { return }
    var values = scalars.map(\.value)
    guard !values.isEmpty, !values.contains(0) else { return }
    values.append(0)
    cledit_insert(handle, values)
  }

  /// Replaces a range of scalars and puts the cursor behind what came.
  func replace(_ range: Range<Int>, with scalars: some Sequence<Unicode.Scalar>) {
    guard let handle else { return }
    moveCursor(to: range.upperBound)
    if !range.isEmpty { cledit_delete_before(handle, Int32(clamping: range.count)) }
    insert(scalars)
  }

  func replaceAll(with block: String, cursor: Int? = nil) {
    replace(0..<text.count, with: block.unicodeScalars)
    if let cursor { moveCursor(to: cursor) }
  }

  /// Presses keys on behalf of the user.
  func press(_ keys: [CChar]) { if let handle { cledit_push(handle, keys) } }

  /// The next key for a function that reads on; nil at an interruption or the end.
  func readKey() -> Unicode.Scalar? {
    guard let handle else { return nil }
    let key = cledit_next_key(handle)
    return key > 0 ? Unicode.Scalar(UInt32(key)) : nil
  }

  func takeUndo() -> (text: String, cursor: Int)? { changes.undo() }

  func beep() { write("\u{07}") }

  func clearScreen() {
    painter.reset()
    write("\u{1B}[H\u{1B}[2J")
  }

  // MARK: Keys

  /// What libedit asks for a key: a scalar, 0 at the end of input, -1 at an interruption.
  private func nextKey() -> Int32 {
    if isInterrupted { return -1 }
    if !input.isBuffered {
      let (text, cursor) = buffer
      if search == nil { changes.note(text, cursor) }
      if !input.isReadable(within: 0) { repaint() }
    }
    while true {
      if let key = input.take() {
        menu = nil
        if (0x80..<0xA0).contains(key.value) { continue }
        return Int32(key == "\u{1B}" && isVi ? viEscape().value : key.value)
      }
      if input.isAtEnd { return 0 }
      var waiting = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 2, -1) > 0 else { continue }
      if waiting[1].revents != 0 {
        for signal in signals.take() { handleSignal(signal) }
        if isInterrupted { return -1 }
      } else if waiting[0].revents != 0 {
        input.fill()
      }
    }
  }

  /// In vi mode Escape alone leaves the insert mode, but it also begins the sequences of arrow keys
  /// and pastes, which come in one go.
  private func viEscape() -> Unicode.Scalar {
    if input.nextByte == nil, input.isReadable(within: 30) { input.fill() }
    switch input.nextByte {
    case UInt8(ascii: "["), UInt8(ascii: "O"), 0x0A, 0x0D: return "\u{1B}"
    default: return KeyFunction.viEscape
    }
  }

  private func handleSignal(_ signal: Int32) {
    switch signal {
    case SIGINT: isInterrupted = true
    case SIGWINCH:
      size = TerminalOutput.size(of: output)
      write(painter.forget(columns: size.columns))
      repaint()
    case SIGTSTP: suspend()
    default:
      // The process is to end: leave the terminal as it was, then let the signal do its work.
      write(painter.leave() + "\u{1B}[?2004l")
      tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked)
      cledit_unwatch_signals()
      raise(signal)
      isInterrupted = true
    }
  }

  private func suspend() {
    var editing = termios()
    tcgetattr(STDIN_FILENO, &editing)
    write(painter.leave() + "\u{1B}[?2004l")
    tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked)
    cledit_unwatch_signals()
    raise(SIGTSTP)
    cledit_watch_signals(signals.writing)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &editing)
    size = TerminalOutput.size(of: output)
    write("\u{1B}[?2004h")
    repaint()
  }

  // MARK: Drawing

  private func repaint() {
    let (text, cursor) = buffer
    let below = menu != nil || search != nil
    var layout = BlockLayout(
      prompt: prompt, continuation: continuation, columns: size.columns,
      rows: max(1, below ? size.rows - 1 : size.rows), colours: options.colours)
    let styles = styles(of: text)
    var frame = layout.frame(text: text, cursor: cursor, styles: styles)
    if let menu {
      if frame.rows.count > size.rows / 2, size.rows - frame.rows.count < 8 {
        layout.rows = max(1, size.rows / 2)
        frame = layout.frame(text: text, cursor: cursor, styles: styles)
      }
      frame.rows += menu.rows(
        columns: size.columns, rows: size.rows - frame.rows.count, colours: options.colours)
    }
    if let search {
      let line = DisplayWidth.cut(search.status, to: size.columns - 1)
      frame.rows.append(
        Frame.Row(
          text: options.colours ? TextStyle.faint.applied(to: line) : line, width: DisplayWidth.of(line)))
    }
    write(painter.paint(frame, columns: size.columns))
  }

  private func styles(of text: [Unicode.Scalar]) -> [StyledRange] {
    guard options.colours, text.count <= Self.colourLimit else { return [] }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    let block = String(view)
    if let match = search?.match { return [StyledRange(match, .match)] }
    if let coloured, coloured.text.utf8.elementsEqual(block.utf8) { return coloured.styles }
    let styles = hooks.colourise(block)
    coloured = (block, styles)
    return styles
  }

  private func write(_ text: String) {
    if !text.isEmpty { _ = TerminalOutput.writeAll(output, Array(text.utf8)) }
  }

  // MARK: Functions

  /// Runs a key function for libedit.
  static func run(_ function: KeyFunction, _ editor: OpaquePointer?) -> UInt8 {
    guard let editor = of(editor) else { return UInt8(CLEDIT_BEEP) }
    switch editor.perform(function) {
    case .goOn: return UInt8(CLEDIT_GO_ON)
    case .accept: return UInt8(CLEDIT_ACCEPT)
    case .end: return UInt8(CLEDIT_END)
    case .beep:
      editor.beep()
      return UInt8(CLEDIT_BEEP)
    }
  }
}
