import Diagnostics
import Facts

/// `.merge ENTITY ENTITY`: two are one.
enum MergeCommand: ShellCommand {
  static let names = ["merge"]
  static let usage = ".merge ENTITY INTO [--dry-run]"
  static let summary = "Says that the first entity is the second one; --dry-run shows what would change."
  static let examples = [".merge \"Kim Jong-un\" \"Kim Jong Un\" --dry-run"]
  static let argument = CommandArgument.entity

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let (names, isTrial) = try words.trial()
    guard names.count == 2 else {
      throw misused("two entities are needed, in quotes if their names have blanks")
    }
    let id = try shell.session.entityID(named: names[0])
    let target = try shell.session.entityID(named: names[1])
    guard id != target else { throw misused("both are \(id) already") }
    try shell.correct(.merge(entityID: id, into: target), isTrial: isTrial)
  }
}
