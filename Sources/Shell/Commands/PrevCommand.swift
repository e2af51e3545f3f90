import Diagnostics

/// `.prev`: the passage before.
enum PrevCommand: ShellCommand {
  static let names = ["prev"]
  static let usage = ".prev"
  static let summary = "Shows the passage of the evidence before the one that .next showed."
  static let examples = [".prev"]
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) { try shell.walk(by: -1) }
}
