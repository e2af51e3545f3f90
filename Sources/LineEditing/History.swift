import Diagnostics
import Glibc

/// What is worth keeping.
enum HistoryRules {
  /// Blocks kept in memory and, after a clean-up, in the file.
  static let limit = 10_000

  static func keeps(_ block: String, after last: String?) -> Bool {
    guard block.contains(where: { !$0.isWhitespace }) else { return false }
    return last.map { !$0.utf8.elementsEqual(block.utf8) } ?? true
  }
}

/// The history file: UTF-8, one JSON object with a `block` a line, readable by its owner only.
///
/// Each block is appended under a lock, so two sessions at once lose nothing of each other; a line that
/// can't be read is passed over. The file is cut to the newest 10,000 blocks when it has twice as many.
public struct HistoryFile: Sendable {
  /// Where the file is.
  public let path: String

  /// A file at `path`, which need not exist.
  public init(path: String) { self.path = path }

  /// `$XDG_STATE_HOME/dossier/history`, else `~/.local/state/dossier/history`; nil without a home.
  public static func standard(environment: (String) -> String?) -> HistoryFile? {
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return HistoryFile(path: state + "/dossier/history")
    }
    guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
    return HistoryFile(path: home + "/.local/state/dossier/history")
  }

  /// The newest blocks, oldest first; none where there is no file.
  public func load() -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    flock(descriptor, LOCK_SH)
    let (blocks, lines) = Self.decode(Self.readAll(descriptor))
    flock(descriptor, LOCK_UN)
    if lines > 2 * HistoryRules.limit { shorten() }
    return blocks
  }

  /// Appends a block, and makes the file and its folders where they are missing. Errors: `CMD902`.
  public func append(_ block: String) throws(DossierError) {
    makeFolders()
    let line = Array((Self.encode(block) + "\n").utf8)
    // Another session may replace the file between opening and locking it; then it is opened again.
    for _ in 0..<8 {
      let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw failure() }
      defer { close(descriptor) }
      guard flock(descriptor, LOCK_EX) == 0 else { throw failure() }
      var opened = stat()
      var current = stat()
      guard fstat(descriptor, &opened) == 0, stat(path, &current) == 0, opened.st_ino == current.st_ino
      else { continue }
      guard TerminalOutput.writeAll(descriptor, line) else { throw failure() }
      return
    }
    throw failure()
  }

  private func failure() -> DossierError {
    DossierError(
      .historyNotWritten, "cannot write the history '\(path)': \(String(cString: strerror(errno)))")
  }

  private func makeFolders() {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
  }

  private func shorten() {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
    let kept = Self.decode(Self.readAll(descriptor)).blocks
    let next = path + ".new"
    let copy = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard copy >= 0 else { return }
    let text = kept.map { Self.encode($0) + "\n" }.joined()
    let written = TerminalOutput.writeAll(copy, Array(text.utf8)) && fsync(copy) == 0
    close(copy)
    if !written || rename(next, path) != 0 { unlink(next) }
  }

  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes += chunk[0..<count]
    }
  }

  static func decode(_ bytes: [UInt8]) -> (blocks: [String], lines: Int) {
    var blocks: [String] = []
    var lines = 0
    for line in bytes.split(separator: 0x0A) {
      lines += 1
      if let block = decode(line: line), HistoryRules.keeps(block, after: blocks.last) {
        blocks.append(block)
      }
    }
    return (Array(blocks.suffix(HistoryRules.limit)), lines)
  }

  static func encode(_ block: String) -> String {
    var line = "{\"block\":\""
    for scalar in block.unicodeScalars {
      switch scalar {
      case "\"": line += "\\\""
      case "\\": line += "\\\\"
      case "\n": line += "\\n"
      case "\t": line += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let hex = String(scalar.value, radix: 16)
          line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        } else {
          line.unicodeScalars.append(scalar)
        }
      }
    }
    return line + "\"}"
  }

  /// The string behind the first `"block":` of a line; nil where there is none or it is broken.
  private static func decode(line: ArraySlice<UInt8>) -> String? {
    let text = String(decoding: line, as: UTF8.self)
    guard let key = text.firstRange(of: "\"block\":") else { return nil }
    var rest = text[key.upperBound...].drop { $0 == " " }.unicodeScalars[...]
    guard rest.popFirst() == "\"" else { return nil }
    var block = String.UnicodeScalarView()
    var high: UInt32?
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return high == nil ? String(block) : nil }
      guard scalar == "\\" else {
        block.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "n": block.append("\n")
      case "t": block.append("\t")
      case "r": block.append("\r")
      case "b": block.append("\u{8}")
      case "f": block.append("\u{C}")
      case .some(let plain) where plain == "\"" || plain == "\\" || plain == "/": block.append(plain)
      case "u":
        let digits = String(String.UnicodeScalarView(rest.prefix(4)))
        guard digits.utf8.count == 4, let value = UInt32(digits, radix: 16) else { return nil }
        rest = rest.dropFirst(4)
        if (0xD800..<0xDC00).contains(value) {
          high = value
        } else if (0xDC00..<0xE000).contains(value) {
          guard let first = high,
            let pair = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (value - 0xDC00))
          else { return nil }
          block.append(pair)
          high = nil
        } else if let single = Unicode.Scalar(value) {
          block.append(single)
        }
      default: return nil
      }
    }
    return nil
  }
}
