import Columnar
import Diagnostics
import Facts
import KQLEngine
import LineEditing
import Presentation
import Sessions
import Store
import Synchronization

/// The read–evaluate–print loop over a session: queries and dot commands in, tables out.
public final class Shell {
  /// The session that is asked.
  public let session: Session
  /// Where results and messages go.
  public let output: ShellOutput
  /// The name of the format of results.
  public var format: String
  /// Whether the time of each query is told.
  public var showsTime = false
  /// The most rows of a result on a terminal; nil for all.
  public var rowLimit: Int? = 40
  /// Cells that worked, in order, for `.save`.
  public internal(set) var cells: [Cell] = []
  /// Whether the loop is to end.
  var isLeaving = false
  /// Whether `.quit` has ended it.
  public var hasLeft: Bool { isLeaving }
  /// The evidence that `.why` showed last, for `.show N`.
  var evidence: Evidence?
  /// The row of the last result that it belongs to, from 1, and which of its passages was shown last.
  var evidenceRow = 1
  var passage: Int?
  /// What `.undo` takes back, last first.
  var undoSteps: [UndoStep] = []
  /// Whether long results go through a pager.
  var usesPager = true
  /// The editor's history while the loop runs, for `.history`.
  private(set) var history: () -> [String] = { [] }
  /// What can be named, for completion.
  let names = StoreNames()
  /// The step of the tour that comes next.
  var tourStep = 0
  /// The store that `.load` writes to.
  var storePath: String?
  /// A store that lives as long as this session, where `.load` had to make one.
  var temporaryStore: String?
  /// What was read into it: the words after each `.load`.
  var loads: [[String]] = []
  /// The files that tables of the reader's own were read from in this session, in order.
  var tableFiles: [(name: String, path: String)] = []
  /// The notebooks that this session wrote, which `.save` may replace.
  var saved: Set<String> = []
  /// How many files are being read by `.read` inside each other.
  var readDepth = 0
  let services: ShellServices
  let splitter: BlockSplitter
  private var isInteractive = false

  /// A shell on a session. `storePath` is where `.load` writes; it need not exist yet.
  public init(
    session: Session, storePath: String? = nil, services: ShellServices = ShellServices(),
    output: ShellOutput = ShellOutput(), format: String = "table"
  ) {
    self.session = session
    self.storePath = storePath ?? session.store?.path
    self.services = services
    self.output = output
    self.format = format
    splitter = BlockSplitter(grammar: session.engine.grammar)
  }

  // MARK: Loops

  /// What the editor needs to know of the language.
  public var hooks: EditorHooks {
    EditorHooks(
      isComplete: { [unowned self] in splitter.isComplete($0) },
      complete: { [unowned self] in Completer(self).complete($0, at: $1) },
      colourise: { [unowned self] in QueryColours(self).styles($0) },
      indentation: { BlockSplitter.indentation(behind: $0) })
  }

  /// Reads and runs blocks until the end of input or `.quit`. Errors are shown and the loop goes on;
  /// Ctrl-C drops a block or stops a query. Gives the exit code.
  public func runLoop(_ editor: any LineEditor) -> Int32 {
    isInteractive = true
    history = { [unowned editor] in editor.history }
    defer { history = { [] } }
    // Set on the thread that watches for Ctrl-C.
    let cancellation = Flag()
    let former = session.settings.interruption
    session.settings.interruption = { cancellation.isSet ? .stopped : former?() }
    defer { session.settings.interruption = former }
    while !isLeaving {
      if let store = session.store { _ = names.names(of: store) }
      do {
        switch try editor.readBlock(prompt: "dossier> ", continuation: "    ...> ") {
        case .endOfInput: return 0
        case .interrupted: continue
        case .text(let block):
          // The block is kept before it runs, so that one that is stopped can be called back.
          do { try editor.remember(block) } catch { output.note(error.message) }
          cancellation.set(false)
          Interrupts.during({ cancellation.set(true) }) { _ = run(block) }
        }
      } catch {
        output.report(error, in: nil)
        return 2
      }
    }
    return 0
  }

  /// Runs a script up to its first error. Gives the exit code: 0, 2 for an error, 130 when stopped.
  public func runScript(_ text: String, name: String = "") -> Int32 {
    let source = SourceText(text, name: name)
    for cell in splitter.split(text) {
      do {
        try run(cell)
      } catch {
        // The place in the cell becomes one in the script.
        output.report(shifted(error, cell, in: source), in: source)
        return error.code == DossierError.stopped.code ? 130 : 2
      }
      if isLeaving { break }
    }
    return 0
  }

  private func shifted(_ error: DossierError, _ cell: Cell, in source: SourceText) -> DossierError {
    var moved = error
    let lines = source.text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    let start = lines.prefix(cell.line - 1).reduce(0) { $0 + $1.utf8.count + 1 }
    func shift(_ span: SourceSpan?) -> SourceSpan? {
      span.map { SourceSpan($0.lower + start, $0.upper + start) }
    }
    moved.span =
      shift(error.span)
      ?? SourceSpan(
        start,
        start
          + (cell.text.utf8.firstIndex(of: 0x0A).map {
            cell.text.utf8.distance(from: cell.text.utf8.startIndex, to: $0)
          } ?? cell.text.utf8.count))
    moved.notes = error.notes.map { DossierError.Note($0.message, at: shift($0.span)) }
    moved.others = error.others.map { shifted($0, cell, in: source) }
    return moved
  }

  /// Runs the cells of a block up to the first error, which is shown. False after an error.
  @discardableResult public func run(_ block: String) -> Bool {
    for cell in splitter.split(block) {
      do {
        try run(cell)
      } catch {
        output.report(error, in: SourceText(cell.text))
        return false
      }
      if isLeaving { break }
    }
    return true
  }

  /// Runs one cell. Errors: those of the query or the command.
  public func run(_ cell: Cell) throws(DossierError) {
    switch cell.kind {
    case .comment: cells.append(cell)
    case .command: try runCommand(cell.text)
    case .query:
      if let names = try session.define(cell.text) {
        cells.append(cell)
        if isInteractive { output.note("kept for what follows: \(names.joined(separator: ", "))") }
        return
      }
      let start = ContinuousClock.now
      let evaluation = try session.evaluate(cell.text)
      let taken = ContinuousClock.now - start
      cells.append(cell)
      evidence = nil
      passage = nil
      try paged { () throws(DossierError) in try show(evaluation.table) }
      if showsTime { output.note(Self.seconds(taken)) }
    }
  }

  private func runCommand(_ line: String) throws(DossierError) {
    let plain = CommandWords(query: line)
    let command = try CommandRegistry.command(named: plain.name)
    let words = command.takesText || command.query(in: plain.rest) != nil ? plain : try CommandWords(line)
    guard command.isForReading else { return try command.run(words, self) }
    try paged { () throws(DossierError) in try command.run(words, self) }
  }

  /// A duration as `0.012 s`.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    let text = String(milliseconds)
    return "\(seconds)." + String(repeating: "0", count: 3 - text.utf8.count) + text + " s"
  }

  /// Runs the commands of the reader's own file before the first prompt; an error in it is shown. They are no part
  /// of what `.save` writes.
  public func runInit(_ text: String, name: String) {
    _ = runScript(text, name: name)
    cells = []
  }

  // MARK: Results

  /// Runs what writes results; at the prompt, what is longer than the screen goes through a pager.
  func paged(_ body: () throws(DossierError) -> Void) throws(DossierError) {
    guard isInteractive, usesPager, let command = Pager.command(environment: Terminal.environment) else {
      return try body()
    }
    output.beginPages(command)
    defer { output.endPages() }
    try body()
  }

  /// Writes a result in the current format, with its notes; Ctrl-C ends it.
  func show(_ table: Table, rowLimit: Int?? = nil, isNumbered: Bool = true) throws(DossierError) {
    let format = try FormatRegistry.format(named: format)
    // What a limit on memory or time says is for queries, not for their output.
    let stop: @Sendable () -> DossierError? = { [ask = session.settings.interruption] in
      ask?().flatMap { $0.code == DossierError.stopped.code ? $0 : nil }
    }
    var options = FormatOptions()
    if let width = output.width {
      if type(of: format).name == "table", let chart = TerminalChart(table) {
        output.write(chart.text(width: width, colours: output.colours))
        return notes(table)
      }
      if type(of: format).isForReading {
        options = .terminal(width: width, rowLimit: rowLimit ?? self.rowLimit, colours: output.colours)
        options.numbersRows = isNumbered
        options.moreHint = isNumbered ? ", .last shows all" : ""
      }
    }
    let hasLeft = output.hasLeft
    options.isStopped = { hasLeft.isSet || stop() != nil }
    format.write(table, options, to: output.write)
    if let stopped = stop() { throw stopped }
    notes(table)
  }

  private func notes(_ table: Table) {
    for note in table.notes { output.note("note: \(note)") }
  }

  /// What queries can name as a table: the store's tables, and the results that were given a name.
  var tableNames: [String] { session.engine.catalog.tableNames + session.named.map(\.name) }

  /// What a row of a table is; nil for a result of this session.
  func meaning(ofTable name: String) -> String? {
    if let known = TableRegistry.table(named: name) { return known.summary }
    let own = session.store?.ownTables.first { sameScalars($0.name, name) }
    return own.map { "A row of \($0.source), a table of your own." }
  }

  /// Runs a query for a command: the session's last result stays as it is.
  func ask(_ query: String) throws(DossierError) -> Table {
    try session.engine.run(query, settings: session.executionSettings)
  }
}

extension DossierError {
  /// What stops an evaluation at Ctrl-C.
  static let stopped = DossierError("EXE130", "stopped")
}

/// Something that one part sets and another asks for.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set(_ to: Bool) { value.store(to, ordering: .relaxed) }
}
