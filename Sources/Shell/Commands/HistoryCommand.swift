import Diagnostics

/// `.history [TEXT]`: what was asked before.
enum HistoryCommand: ShellCommand {
  static let names = ["history"]
  static let usage = ".history [N | TEXT]"
  static let summary =
    "Shows the last 20 blocks, the last N, or all that have a text in them; Ctrl-R searches too."
  static let examples = [".history", ".history 100", ".history Putin"]
  static let takesText = true
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let all = Array(shell.history().enumerated())
    var found = all
    if let count = Int(words.rest) {
      found = all.suffix(max(0, count))
    } else if words.rest.isEmpty {
      found = all.suffix(20)
    } else {
      let wanted = words.rest.lowercased()
      // The question itself is the last one.
      found = all.dropLast().filter { $0.element.lowercased().contains(wanted) }
    }
    if found.isEmpty { return shell.output.note("nothing in the history has that in it") }
    for (place, block) in found { shell.output.writeBlock(block, number: place + 1, of: all.count) }
  }
}
