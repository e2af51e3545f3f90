import Diagnostics
import Sessions

/// `.create function NAME(args) { … }`: a function of the reader's own, kept in the store.
enum CreateCommand: ShellCommand {
  static let names = ["create", "create-or-alter"]
  static let usage = ".create function NAME(parameter:type, …) { query }"
  static let summary =
    "Keeps a function in the store, for later queries and notebooks; .create-or-alter replaces one."
  static let examples = [
    ".create function suspects() { Entities | where Type == \"PERSON\" | top 10 by Mentions }",
    ".create-or-alter function with (docstring=\"Long claims of one speaker.\") long_claims(who:string) { said(who) | where strlen(Text) > 80 }",
  ]

  static func query(in rest: String) -> String? {
    guard let definition = try? FunctionDefinition(rest) else { return nil }
    return "let f = " + definition.text
  }

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let definition = try FunctionDefinition(
      words.rest, offset: words.line.utf8.count - words.rest.utf8.count)
    guard let path = shell.storePath else {
      throw DossierError(
        "CMD942", "there is no store to keep the function in",
        hint: "open one: dossier STORE; for this session alone: let \(definition.name.text) = …")
    }
    let isKept = try shell.session.create(definition, replaces: words.name == "create-or-alter", in: path)
    let name = definition.name.text
    shell.output.say(isKept ? "\(name) is kept in '\(path)'" : "\(name) is there already and stays as it is")
  }
}
