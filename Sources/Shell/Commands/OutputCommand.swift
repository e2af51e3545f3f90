import Diagnostics

/// `.output [FILE]`: where results go.
enum OutputCommand: ShellCommand {
  static let names = ["output"]
  static let usage = ".output [FILE]"
  static let summary = "Writes results to a new file; without a name, to the terminal again."
  static let examples = [".output result.csv", ".output"]
  static let argument = CommandArgument.path

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    try shell.output.redirect(to: words.path(0))
  }
}
