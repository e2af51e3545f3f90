import Diagnostics

/// `.save FILE`: the session as a notebook.
enum SaveCommand: ShellCommand {
  static let names = ["save"]
  static let usage = ".save FILE.md"
  static let summary = "Writes the queries that worked as a notebook with their results."
  static let examples = [".save findings.md"]
  static let argument = CommandArgument.path

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let save = shell.services.save else {
      throw DossierError(.unavailable, "notebooks can't be written here")
    }
    guard let path = words[0] else { throw misused("under which name?") }
    guard shell.cells.contains(where: { $0.kind == .query }) else {
      throw misused("no query has worked yet")
    }
    shell.output.say(try save(shell.cells, path, shell.session))
  }
}
