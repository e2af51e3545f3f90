import Diagnostics
import Foundation
import LineEditing

/// Where the shell writes: results to standard output or a file, messages beside them.
public final class ShellOutput {
  /// Whether results go to a person at a terminal.
  public let isTerminal: Bool
  /// Whether colours may be used there.
  public let colours: Bool
  private let results: (String) -> Void
  private let messages: (String) -> Void
  private var file: FileHandle?
  /// The file that results go to, if `.output` named one.
  public private(set) var path: String?
  /// Columns that the user set, instead of the terminal's own.
  var fixedWidth: Int?
  /// What was written since `beginPages`, while it may still fit the screen.
  private var page: (text: String, command: String)?
  private var pager: Pager?
  /// Messages that wait for the pager to end.
  private var waiting = ""

  /// This process's streams: on a terminal all goes to it, else messages go to standard error.
  public convenience init() {
    let isTerminal = Terminal.isTerminal(STDOUT_FILENO)
    self.init(
      isTerminal: isTerminal, colours: isTerminal && Terminal.wantsColour(environment: Terminal.environment),
      results: { FileHandle.standardOutput.write(Data($0.utf8)) },
      messages: { (isTerminal ? FileHandle.standardOutput : FileHandle.standardError).write(Data($0.utf8)) })
  }

  /// Given streams, for tests: a width makes a terminal.
  public init(
    isTerminal: Bool, colours: Bool, width: Int? = nil, results: @escaping (String) -> Void,
    messages: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.colours = colours
    fixedWidth = width
    self.results = results
    self.messages = messages
  }

  /// Columns of the terminal as it is now; nil where results are not read on one.
  public var width: Int? {
    guard isTerminal, file == nil else { return nil }
    return fixedWidth ?? Terminal.size()?.columns ?? 80
  }

  /// Columns for messages.
  var messageWidth: Int { fixedWidth ?? Terminal.size()?.columns ?? 80 }

  /// A piece of a result.
  public func write(_ text: String) {
    if let file {
      file.write(Data(text.utf8))
    } else if let pager {
      pager.write(text)
      hasLeft.set(pager.isLeft)
    } else if page != nil {
      turnPage(text)
    } else {
      results(text)
    }
  }

  /// A block of a list behind its number, its further lines indented; a remark in faint letters behind it.
  func writeBlock(_ block: String, number: Int, of count: Int, remark: String = "") {
    let width = String(count).count
    let label = String(number)
    let padded = String(repeating: " ", count: width - label.count) + label
    let indent = "\n" + String(repeating: " ", count: width + 2)
    let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
    let end = remark.isEmpty ? "" : paint(remark, .faint)
    write(paint(padded, .faint) + "  " + lines.joined(separator: indent) + end + "\n")
  }

  /// A message, with a line end added.
  public func say(_ message: String) {
    if pager != nil {
      waiting += message + "\n"
    } else if page != nil, isTerminal {
      turnPage(message + "\n")
    } else {
      messages(message + "\n")
    }
  }

  // MARK: Pages

  /// From now on what is written goes through a pager, if it gets longer than the screen.
  func beginPages(_ command: String) {
    if isTerminal, file == nil { page = ("", command) }
  }

  /// Shows what is left, and waits until the user leaves the pager.
  func endPages() {
    if let page { results(page.text) }
    page = nil
    pager?.finish()
    pager = nil
    hasLeft.set(false)
    if !waiting.isEmpty { messages(waiting) }
    waiting = ""
  }

  /// Whether the user has left the pager, so that nothing more need be written.
  let hasLeft = Flag()

  private func turnPage(_ text: String) {
    guard var held = page else { return }
    held.text += text
    page = held
    guard let size = Terminal.size(), held.text.utf8.count >= size.rows else { return }
    guard Self.rows(of: held.text, columns: size.columns) >= size.rows else { return }
    page = nil
    if let pager = Pager(held.command) {
      self.pager = pager
      pager.write(held.text)
    } else {
      results(held.text)
    }
  }

  /// How many rows a text takes, its last line not counted.
  private static func rows(of text: String, columns: Int) -> Int {
    // By bytes: a line end of two is one character.
    text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().reduce(0) { rows, line in
      // Escape sequences take no room; that they count here only makes a long line longer.
      let width = line.count < columns ? 1 : DisplayWidth.of(Substring(line))
      return rows + max(1, (width + columns - 1) / columns)
    }
  }

  /// A message in faint letters.
  func note(_ message: String) { say(paint(message, .faint)) }

  /// An error with its place in a text.
  func report(_ error: DossierError, in source: SourceText?) {
    let text = error.rendered(in: error.span == nil ? nil : source)
    guard colours, let end = text.firstIndex(of: ":") else { return say(text) }
    say(TextStyle.error.applied(to: String(text[..<end])) + text[end...])
  }

  func paint(_ text: String, _ style: TextStyle) -> String { colours ? style.applied(to: text) : text }

  /// From now on results go to a file, new and empty; nil goes back. Errors: `CMD930`.
  func redirect(to path: String?) throws(DossierError) {
    try? file?.close()
    (file, self.path) = (nil, nil)
    guard let path else { return }
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw DossierError(.unwritable, "cannot write '\(path)'") }
    (self.file, self.path) = (file, path)
  }
}

extension DossierError.Code {
  static let unwritable: Self = "CMD930"
}
