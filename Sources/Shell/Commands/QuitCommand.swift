import Diagnostics

/// `.quit`: the end.
enum QuitCommand: ShellCommand {
  static let names = ["quit", "exit", "q"]
  static let usage = ".quit"
  static let summary = "Leaves; Ctrl-D does too."
  static let examples = [".quit"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) { shell.isLeaving = true }
}
