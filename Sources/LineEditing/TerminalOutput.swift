import CLibedit
import Glibc

/// Bytes to a terminal or file, all of them.
enum TerminalOutput {
  /// Writes all bytes; false when the other end is gone.
  static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var start = 0
    return bytes.withUnsafeBytes { buffer in
      while start < buffer.count {
        guard let base = buffer.baseAddress else { return true }
        let count = write(descriptor, base + start, buffer.count - start)
        if count > 0 {
          start += count
        } else if count < 0, errno == EINTR {
          continue
        } else if count < 0, errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, 1000)
        } else {
          return false
        }
      }
      return true
    }
  }

  /// Rows and columns of a terminal; 24 × 80 where it does not say.
  static func size(of descriptor: Int32) -> (rows: Int, columns: Int) {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard cledit_window_size(descriptor, &rows, &columns) == 0 else { return (24, 80) }
    return (rows > 0 ? Int(rows) : 24, columns > 0 ? Int(columns) : 80)
  }
}

/// What is known about the terminal of this process.
public enum Terminal {
  /// Rows and columns of the terminal that `descriptor` is, nil where it is none or does not say.
  public static func size(of descriptor: Int32 = STDOUT_FILENO) -> (rows: Int, columns: Int)? {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard isatty(descriptor) != 0, cledit_window_size(descriptor, &rows, &columns) == 0, rows > 0,
      columns > 0
    else { return nil }
    return (Int(rows), Int(columns))
  }

  /// Whether `descriptor` is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) != 0 }

  /// Whether the terminal takes escape sequences: `TERM` is set and neither `dumb` nor `emacs`.
  public static func takesEscapes(environment: (String) -> String?) -> Bool {
    switch environment("TERM") {
    case nil, "", "dumb", "emacs": false
    default: true
    }
  }

  /// Whether colours are wanted: escapes are taken and `NO_COLOR` is unset or empty.
  public static func wantsColour(environment: (String) -> String?) -> Bool {
    takesEscapes(environment: environment) && (environment("NO_COLOR") ?? "").isEmpty
  }

  /// A variable of the process's environment.
  public static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
