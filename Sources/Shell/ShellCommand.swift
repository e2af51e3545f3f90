import Diagnostics
import Foundation
import LineEditing

/// A dot command. It is one file under `Commands` and one line in `CommandRegistry`.
protocol ShellCommand: Sendable {
  /// The names without the dot; the first is shown.
  static var names: [String] { get }
  /// How it is written: `.why N`.
  static var usage: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// Lines to try, each a whole command.
  static var examples: [String] { get }
  /// What its words may be, for completion.
  static var argument: CommandArgument { get }
  /// The query in what follows the command's name, which may then go on over several lines; nil for a command of
  /// plain words.
  static func query(in rest: String) -> String?
  /// Whether what follows the name is text, in which quotes mean nothing.
  static var takesText: Bool { get }
  /// Whether what it shows may be long, so that it goes through the pager.
  static var isForReading: Bool { get }
  /// Does it.
  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError)
}

/// What the words after a command are.
indirect enum CommandArgument: Sendable {
  case none
  /// A file or folder.
  case path
  /// The name of a table.
  case table
  /// One of a few words.
  case oneOf([String])
  /// The DocId of a document.
  case document
  /// Anything that `.help` explains.
  case topic
  /// The name of a function of the reader's own.
  case ownFunction
  /// The name of a table of the reader's own.
  case ownTable
  /// What follows depends on the first word: after one of these, each word has its own kind; else all are
  /// of one.
  case byFirstWord([(word: String, then: [CommandArgument])], otherwise: CommandArgument)
  /// The name of an entity.
  case entity
}

extension ShellCommand {
  static var argument: CommandArgument { .none }
  static func query(in rest: String) -> String? { nil }
  static var takesText: Bool { false }
  static var isForReading: Bool { false }

  /// An error that shows how the command is written.
  static func misused(_ problem: String) -> DossierError {
    DossierError(.misusedCommand, ".\(names[0]): \(problem)", hint: "usage: \(usage)")
  }
}

/// A command line as words. Quotes keep blanks inside a word; a backslash takes a quote or blank as is.
struct CommandWords {
  /// The command without its dot, lower case.
  let name: String
  /// The words after it.
  let words: [String]
  /// All after the command, as written.
  let rest: String
  /// The whole command, as written.
  let line: String

  /// The words of a line that holds a query, whose quotes are the query's.
  init(query line: String) {
    let text = line.trimmed
    self.line = text
    let head = text.prefix { !$0.isWhitespace }
    name = head.dropFirst().lowercased()
    rest = text.dropFirst(head.count).trimmed
    words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// Errors: `CMD922` for a quote that isn't closed.
  init(_ line: String) throws(DossierError) {
    let text = line.trimmed
    self.line = text
    let head = text.prefix { !$0.isWhitespace }
    name = head.dropFirst().lowercased()
    rest = text.dropFirst(head.count).trimmed
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in rest {
      if isEscaped {
        if character != "\"", character != "'", character != "\\", !character.isWhitespace {
          word = (word ?? "") + "\\"
        }
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if isEscaped { word = (word ?? "") + "\\" }
    if quote != nil { throw DossierError(.unclosedQuote, "a quote is not closed in '\(line)'") }
    if let done = word { words.append(done) }
    self.words = words
  }

  /// A path as the user wrote it, with `~/` for the home folder, which no shell has replaced here.
  static func path(_ word: String) -> String {
    guard word == "~" || word.hasPrefix("~/") else { return word }
    return FileManager.default.homeDirectoryForCurrentUser.path + word.dropFirst(1)
  }

  /// The word at a place as a path, if there is one.
  func path(_ index: Int) -> String? { self[index].map(Self.path) }

  /// The word at a place, if there is one.
  subscript(index: Int) -> String? { words.indices.contains(index) ? words[index] : nil }
}

extension DossierError.Code {
  static let unknownCommand: Self = "CMD920"
  static let misusedCommand: Self = "CMD921"
  static let unclosedQuote: Self = "CMD922"
  static let unavailable: Self = "CMD923"
}
