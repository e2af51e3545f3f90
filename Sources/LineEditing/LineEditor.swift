import Diagnostics

/// Reads blocks of text from a person: a query of one or several lines, or a command.
///
/// `LibeditEditor` edits on a terminal, `PlainEditor` reads lines where the terminal can do no more,
/// `ScriptedEditor` plays given answers. All are used from one thread.
public protocol LineEditor: AnyObject {
  /// Reads one block. `prompt` stands before its first line, `continuation` before the others; both are
  /// plain text of one row. The text comes without a line end. Errors: `CMD901` when the terminal fails.
  func readBlock(prompt: String, continuation: String) throws(DossierError) -> ReadResult

  /// The blocks kept for recall, oldest first.
  var history: [String] { get }

  /// Keeps a block for recall; a blank one, or one equal to the last, is not kept again.
  /// Errors: `CMD902` when the history file can't be written; the block is kept for this session then.
  func remember(_ block: String) throws(DossierError)
}

/// How the reading of a block ended.
public enum ReadResult: Sendable, Equatable {
  /// The block, without a line end; may be empty.
  case text(String)
  /// Ctrl-C: what was typed is dropped, the session goes on.
  case interrupted
  /// Ctrl-D on an empty block, the end of a script, or a terminal that vanished.
  case endOfInput
}

/// What the host of an editor knows about the language that is edited.
public struct EditorHooks {
  /// Whether Enter may hand the block over; else it starts another line.
  public var isComplete: (String) -> Bool
  /// What could stand at the cursor, an offset in UTF-8 bytes into the text.
  public var complete: (String, Int) -> Completion
  /// The styles of a text: ranges in UTF-8 bytes, ascending and apart from each other.
  public var colourise: (String) -> [StyledRange]

  /// How many blanks a line begins with that Enter opens behind a text.
  public var indentation: (String) -> Int

  /// Hooks that know nothing: each line is a block.
  public init(
    isComplete: @escaping (String) -> Bool = { _ in true },
    complete: @escaping (String, Int) -> Completion = { _, cursor in Completion(cursor..<cursor, []) },
    colourise: @escaping (String) -> [StyledRange] = { _ in [] },
    indentation: @escaping (String) -> Int = { _ in 0 }
  ) {
    self.isComplete = isComplete
    self.complete = complete
    self.colourise = colourise
    self.indentation = indentation
  }
}

/// What could replace a range of the block.
public struct Completion: Sendable, Equatable {
  /// One proposal.
  public struct Candidate: Sendable, Equatable {
    /// What replaces the range.
    public var text: String
    /// What it is, in a few words; empty for none.
    public var meaning: String
    /// What to write behind it when it is the only one, such as a space or `(`.
    public var suffix: String

    /// Makes a proposal.
    public init(_ text: String, meaning: String = "", suffix: String = "") {
      self.text = text
      self.meaning = meaning
      self.suffix = suffix
    }
  }

  /// UTF-8 offsets of what is replaced, around or before the cursor.
  public var range: Range<Int>
  /// The proposals in the order in which they are listed.
  public var candidates: [Candidate]

  /// Makes a completion.
  public init(_ range: Range<Int>, _ candidates: [Candidate]) {
    self.range = range
    self.candidates = candidates
  }
}

/// A range of a text with the style it is shown in.
public struct StyledRange: Sendable, Equatable {
  /// UTF-8 offsets.
  public var range: Range<Int>
  /// How it is shown.
  public var style: TextStyle

  /// Makes a styled range.
  public init(_ range: Range<Int>, _ style: TextStyle) {
    self.range = range
    self.style = style
  }
}

/// What a piece of text is, for its colour. The 16 colours that every palette makes readable.
public enum TextStyle: Sendable, Equatable, CaseIterable {
  case plain, prompt, keyword, function, table, column, string, number, comment, punctuation, command
  case error, match, faint
  case entity, predicate, date, cue

  /// The escape sequence that starts the style; empty for `plain`. `ESC[0m` ends each.
  public var escape: String {
    switch self {
    case .plain, .column, .punctuation: ""
    case .prompt: "\u{1B}[1;36m"
    case .keyword: "\u{1B}[1;34m"
    case .function: "\u{1B}[36m"
    case .table: "\u{1B}[1;35m"
    case .string: "\u{1B}[32m"
    case .number: "\u{1B}[33m"
    case .comment, .faint: "\u{1B}[2m"
    case .command, .entity: "\u{1B}[1;33m"
    case .predicate: "\u{1B}[1;32m"
    case .date: "\u{1B}[1;36m"
    case .cue: "\u{1B}[1;35m"
    case .error: "\u{1B}[31m"
    case .match: "\u{1B}[7m"
    }
  }

  /// The text between the style's escape sequences.
  public func applied(to text: String) -> String {
    escape.isEmpty || text.isEmpty ? text : escape + text + "\u{1B}[0m"
  }
}

extension DossierError.Code {
  static let terminalFailed: Self = "CMD901"
  static let historyNotWritten: Self = "CMD902"
}
