import Diagnostics

/// `.last`: all rows of the last result.
enum LastCommand: ShellCommand {
  static let names = ["last"]
  static let usage = ".last"
  static let summary = "Shows all rows of the last result."
  static let examples = [".last"]
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let last = shell.session.last else { throw misused("there is no result yet; ask a query first") }
    try shell.show(last.table, rowLimit: .some(nil))
  }
}
