import Columnar
import Diagnostics
import Sessions

/// `.drop function NAME`, `.drop table NAME`: takes something of the reader's own away.
enum DropCommand: ShellCommand {
  static let names = ["drop"]
  static let usage = ".drop function NAME or .drop table NAME"
  static let summary = "Takes a function or a table of your own out of the store."
  static let examples = [".drop function suspects", ".drop table Codes"]
  static let argument = CommandArgument.byFirstWord(
    [("function", [.ownFunction]), ("table", [.ownTable])], otherwise: .none)

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let name = words[1], words.words.count < 4 else { throw misused("what is to go?") }
    let isOptional = words[2] == "ifexists"
    if words[2] != nil, !isOptional { throw misused("'\(words[2] ?? "")' is not understood") }
    switch words[0] {
    case "function":
      if isOptional, !shell.session.catalog.storedFunctions.contains(where: { sameScalars($0.name, name) }) {
        return
      }
      try shell.session.dropFunction(name)
    case "table":
      if isOptional, shell.session.store?.ownTables.contains(where: { sameScalars($0.name, name) }) != true {
        return
      }
      try shell.session.dropTable(name)
      shell.evidence = nil
    default: throw misused("a function or a table?")
    }
    shell.output.say("\(name) is dropped")
  }
}
