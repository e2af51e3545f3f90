import CLibedit
import Diagnostics
import Glibc

/// Reads lines from a terminal that takes no escape sequences (`TERM=dumb`, a shell inside an editor):
/// prompts, no keys, no colours. Lines are joined until the block is complete or a blank line follows.
public final class PlainEditor: LineEditor {
  /// The blocks kept for recall, oldest first.
  public private(set) var history: [String]
  private let hooks: EditorHooks
  private let historyFile: HistoryFile?
  private let signals: SignalPipe?
  private var bytes: [UInt8] = []
  private var isAtEnd = false

  /// Reads standard input and writes prompts to standard output.
  public init(
    hooks: EditorHooks, historyFile: HistoryFile? = .standard(environment: Terminal.environment)
  ) {
    self.hooks = hooks
    self.historyFile = historyFile
    history = historyFile?.load() ?? []
    signals = SignalPipe()
    cledit_guard_interrupt()
  }

  /// Reads one block; see `LineEditor`.
  public func readBlock(prompt: String, continuation: String) throws(DossierError) -> ReadResult {
    var block = ""
    if let signals {
      signals.drain()
      cledit_watch_interrupt(signals.writing)
    }
    defer { cledit_unwatch_interrupt() }
    while true {
      let shown = block.isEmpty ? prompt : continuation
      _ = TerminalOutput.writeAll(STDOUT_FILENO, Array(shown.utf8))
      switch readLine() {
      case .text(let line):
        let isBlank = line.allSatisfy(\.isWhitespace)
        block += (block.isEmpty ? "" : "\n") + line
        if isBlank || hooks.isComplete(block) { return .text(block) }
      case .interrupted:
        _ = TerminalOutput.writeAll(STDOUT_FILENO, [0x0A])
        return .interrupted
      case .endOfInput:
        _ = TerminalOutput.writeAll(STDOUT_FILENO, [0x0A])
        return block.isEmpty ? .endOfInput : .text(block)
      }
    }
  }

  /// Keeps a block for recall; see `LineEditor`.
  public func remember(_ block: String) throws(DossierError) {
    guard HistoryRules.keeps(block, after: history.last) else { return }
    history.append(block)
    try historyFile?.append(block)
  }

  private func readLine() -> ReadResult {
    while true {
      if let end = bytes.firstIndex(of: 0x0A) {
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        bytes.removeSubrange(...end)
        return .text(line)
      }
      if isAtEnd { return .endOfInput }
      var waiting = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals?.reading ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 2, -1) > 0 else { continue }
      if waiting[1].revents != 0, signals?.take().contains(SIGINT) == true {
        bytes = []
        return .interrupted
      }
      guard waiting[0].revents != 0 else { continue }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count > 0 {
        bytes += chunk[..<count]
      } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
        let rest = String(decoding: bytes, as: UTF8.self)
        bytes = []
        if count < 0 || !rest.isEmpty { isAtEnd = true }
        return rest.isEmpty ? .endOfInput : .text(rest)
      }
    }
  }
}
