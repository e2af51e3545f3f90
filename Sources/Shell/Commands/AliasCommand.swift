import Diagnostics
import Facts

/// `.alias NAME = ENTITY`: a name for an entity.
enum AliasCommand: ShellCommand {
  static let names = ["alias"]
  static let usage = ".alias NAME = ENTITY [--dry-run]"
  static let summary =
    "Says that a name means an entity, in all documents; --dry-run shows what would change."
  static let examples = [
    ".alias \"Rocket Man\" = \"Kim Jong Un\"", ".alias \"Rocket Man\" = \"Kim Jong Un\" --dry-run",
  ]
  static let argument = CommandArgument.entity

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let (given, isTrial) = try words.trial()
    let names = given.filter { $0 != "=" }
    guard names.count == 2 else {
      throw misused("a name and an entity are needed, in quotes if they have blanks")
    }
    let id = try shell.session.entityID(named: names[1])
    try shell.correct(.alias(name: names[0], entityID: id), isTrial: isTrial)
  }
}
