import Diagnostics
import Sessions

/// `.drop function NAME`: takes a function of the reader's own away.
enum DropCommand: ShellCommand {
  static let names = ["drop"]
  static let usage = ".drop function NAME"
  static let summary = "Takes a function that .create kept out of the store."
  static let examples = [".drop function suspects"]
  static let argument = CommandArgument.oneOf(["function"])

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard words[0] == "function", let name = words[1] else { throw misused("which function?") }
    if words[2] == "ifexists", !shell.session.catalog.storedFunctions.contains(where: { $0.name == name }) {
      return
    }
    try shell.session.dropFunction(name)
    shell.output.say("\(name) is dropped")
  }
}
