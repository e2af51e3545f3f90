import Diagnostics

/// `.replay FILE`: runs a notebook here and tells what differs.
enum ReplayCommand: ShellCommand {
  static let names = ["replay"]
  static let usage = ".replay FILE.md"
  static let summary = "Runs a notebook on this store and tells what differs from its results."
  static let examples = [".replay findings.md"]
  static let argument = CommandArgument.path

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let replay = shell.services.replay else {
      throw DossierError(.unavailable, "notebooks can't be run here")
    }
    guard let path = words.path(0) else { throw misused("which notebook?") }
    let isSame = try replay(path, shell.session) { shell.output.say($0) }
    shell.output.say(isSame ? "\(path): nothing differs" : "\(path): differs")
  }
}
