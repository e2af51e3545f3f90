import Foundation
import Glibc

/// A program on a terminal of its own, to be driven as a user would: send keys, wait until the screen
/// shows something. Nothing sleeps: each wait ends as soon as its condition holds, or fails after its
/// time with the screen in the error.
public final class PseudoTerminal {
  /// A wait that was in vain, or a program that can't be started.
  public struct Failure: Error, CustomStringConvertible {
    /// What was awaited, with the screen.
    public let description: String
  }

  /// What the program has written, as a terminal shows it.
  public private(set) var screen: TerminalScreen
  /// All bytes that the program wrote.
  public private(set) var output: [UInt8] = []
  private let main: Int32
  private let process: pid_t
  private var status: Int32?
  private var isClosed = false

  /// Starts a program with arguments on a new terminal. Its environment is `environment` over a small
  /// fixed one: `TERM=xterm-256color`, `LANG=C.UTF-8`, `PATH`, `PAGER=cat`; `HOME` is missing unless given.
  public init(
    _ program: String, _ arguments: [String] = [], rows: Int = 24, columns: Int = 80,
    environment: [String: String] = [:], directory: String? = nil
  ) throws {
    screen = TerminalScreen(rows: rows, columns: columns)
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard main >= 0 else { throw Failure(description: "no terminal: \(String(cString: strerror(errno)))") }
    var unlock: Int32 = 0
    var number: UInt32 = 0
    // TIOCSPTLCK and TIOCGPTN of Linux, for unlockpt and ptsname.
    guard ioctl(main, 0x4004_5431, &unlock) == 0, ioctl(main, 0x8004_5430, &number) == 0 else {
      throw Failure(description: "no terminal: \(String(cString: strerror(errno)))")
    }
    let name = "/dev/pts/\(number)"
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &size)

    var values = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PAGER": "cat"]
    values.merge(environment) { $1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The leader of a new session gets the first terminal that it opens as its own.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // 0x80 is POSIX_SPAWN_SETSID.
    posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var command = [program] + arguments
    if let directory {
      command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory] + command
    }
    var words = command.map { strdup($0) } + [nil]
    var settings = values.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, command[0], &actions, &attributes, &words, &settings)
    guard result == 0 else {
      close(main)
      throw Failure(description: "cannot start \(program): \(String(cString: strerror(result)))")
    }
    self.process = process
    _ = fcntl(main, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      var ended: Int32 = 0
      waitpid(process, &ended, 0)
    }
    if !isClosed { close(main) }
  }

  /// Types text or keys.
  public func send(_ keys: String) { send(bytes: Array(keys.utf8)) }

  /// Types bytes.
  public func send(bytes: [UInt8]) {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { write(main, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if errno == EAGAIN {
        // The program reads slowly: let it, and take what it writes meanwhile.
        _ = read(within: 50)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Sends a signal to the program.
  public func signal(_ number: Int32) { kill(process, number) }

  /// The window gets another size; the program is told by SIGWINCH.
  public func resize(rows: Int, columns: Int) {
    while read(within: 0) {}
    screen.resize(rows: rows, columns: columns)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &size)
  }

  /// The terminal vanishes, as when its window is closed.
  public func hangUp() {
    close(main)
    isClosed = true
  }

  /// Waits until the screen satisfies a condition. The time is for a busy machine; it isn't spent.
  public func wait(
    _ what: String, timeout: Double = 120, until condition: (TerminalScreen) -> Bool
  ) throws {
    let end = Date().addingTimeInterval(timeout)
    while true {
      // A program that never stops writing is looked at between two pieces.
      let pause = Date().addingTimeInterval(0.1)
      while read(within: 0), pause.timeIntervalSinceNow > 0 {}
      if condition(screen) { return }
      let left = end.timeIntervalSinceNow
      guard left > 0 else {
        throw Failure(
          description: "waited \(timeout) s for \(what); cursor at \(screen.cursor), screen:\n\(screen.text)")
      }
      if !read(within: Int32(min(left, 0.5) * 1000) + 1), hasEnded, !condition(screen) {
        throw Failure(description: "the program ended while waiting for \(what); screen:\n\(screen.fullText)")
      }
    }
  }

  /// Waits until the screen shows a text.
  public func wait(for text: String, timeout: Double = 120) throws {
    try wait("'\(text)'", timeout: timeout) { $0.text.contains(text) }
  }

  /// Waits until the cursor's row is exactly this text, with the cursor at the column if one is given.
  public func wait(forLine line: String, column: Int? = nil, timeout: Double = 120) throws {
    try wait("line '\(line)'\(column.map { ", column \($0)" } ?? "")", timeout: timeout) {
      $0.cursorLine == line && (column == nil || $0.cursor.column == column)
    }
  }

  /// Waits for the end of the program and gives its exit status, or minus the signal that ended it.
  @discardableResult
  public func waitForExit(timeout: Double = 120) throws -> Int32 {
    let end = Date().addingTimeInterval(timeout)
    while !hasEnded {
      guard end.timeIntervalSinceNow > 0 else {
        throw Failure(description: "waited \(timeout) s for the end; screen:\n\(screen.text)")
      }
      if isClosed { usleep(5000) } else { _ = read(within: 20) }
    }
    if !isClosed { while read(within: 0) {} }
    let status = status ?? 0
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }

  private var hasEnded: Bool {
    if status != nil { return true }
    var ended: Int32 = 0
    guard waitpid(process, &ended, WNOHANG) == process else { return false }
    status = ended
    return true
  }

  /// Takes what the program wrote within so many milliseconds; false where there was nothing.
  private func read(within milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return false }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(main, &chunk, chunk.count)
    guard count > 0 else {
      // The program's side is closed: poll returns at once from now on.
      if milliseconds > 0 { usleep(2000) }
      return false
    }
    output += chunk[..<count]
    screen.feed(chunk[..<count])
    return true
  }
}

/// The path of a program that this package builds, beside the tests themselves.
public func builtProgram(_ name: String) -> String {
  let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
  var folder = tests.deletingLastPathComponent()
  for _ in 0..<4 {
    let candidate = folder.appendingPathComponent(name).path
    if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    folder = folder.deletingLastPathComponent()
  }
  return name
}
