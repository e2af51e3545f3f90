import Diagnostics
import Presentation

/// `.mode [FORMAT]`: how results are written.
enum ModeCommand: ShellCommand {
  static let names = ["mode", "format"]
  static let usage = ".mode [\(FormatRegistry.names.joined(separator: "|"))]"
  static let summary = "Sets how results are written, or tells it."
  static let examples = [".mode line", ".mode"]
  static let argument = CommandArgument.oneOf(FormatRegistry.names)

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let name = words[0] else { return shell.output.say(shell.format) }
    shell.format = type(of: try FormatRegistry.format(named: name)).name
  }
}
