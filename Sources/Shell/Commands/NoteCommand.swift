import Diagnostics
import Facts

/// `.note N TEXT`: the reader's note on passages.
enum NoteCommand: ShellCommand {
  static let names = ["note"]
  static let usage = ".note N TEXT"
  static let summary =
    "Writes a note on passage N of .why, or before any .why on what row N rests on; see the table Marks."
  static let examples = [".note 1 Ask the embassy about the date."]

  static let takesText = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let first = words.rest.prefix { !$0.isWhitespace }
    let text = words.rest.dropFirst(first.count).trimmed
    guard let number = Int(first), !text.isEmpty else { throw misused("a number and a text are needed") }
    try shell.mark(number, MarkRow(note: text))
  }
}
