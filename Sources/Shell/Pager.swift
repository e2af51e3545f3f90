import Glibc

/// Another program that shows long texts a screen at a time, such as `less`.
final class Pager {
  private var input: Int32 = -1
  private var process: pid_t = 0
  private let former: sigaction
  /// Whether the user left it, so that what is written goes nowhere.
  private(set) var isLeft = false

  /// The command line of the pager: `DOSSIER_PAGER`, else `PAGER`, else `less` where there is one; nil where none is
  /// wanted or the terminal can't do it.
  static func command(environment: (String) -> String?) -> String? {
    if environment("TERM") == "dumb" { return nil }
    if let named = environment("DOSSIER_PAGER") ?? environment("PAGER") {
      return named.isEmpty || named == "cat" ? nil : named
    }
    let folders = (environment("PATH") ?? "").split(separator: ":")
    return folders.contains { access("\($0)/less", X_OK) == 0 } ? "less" : nil
  }

  /// Starts a command line by the system's shell; nil if that fails.
  init?(_ command: String) {
    former = Pager.ignoreBrokenPipes()
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      restore()
      return nil
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // Colours kept, nothing for a text that fits, lines not broken, the text left on the screen.
    let words = ["/bin/sh", "-c", "LESS=${LESS:--FRSX} exec \(command)"]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
    close(ends[0])
    guard result == 0 else {
      close(ends[1])
      restore()
      return nil
    }
    input = ends[1]
  }

  /// Hands a text over; waits where the pager is not ready for more.
  func write(_ text: String) {
    guard !isLeft else { return }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        isLeft = true
        return
      }
    }
  }

  /// Ends the text, and waits for the user to leave.
  func finish() {
    close(input)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    restore()
  }

  private static func ignoreBrokenPipes() -> sigaction {
    var ignore = sigaction()
    ignore.__sigaction_handler.sa_handler = SIG_IGN
    var former = sigaction()
    sigaction(SIGPIPE, &ignore, &former)
    return former
  }

  private func restore() {
    var former = former
    sigaction(SIGPIPE, &former, nil)
  }
}
