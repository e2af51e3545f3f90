import Diagnostics
import Facts

/// `.split ENTITY NAME`, `.split ENTITY in DOCID`: one is two.
enum SplitCommand: ShellCommand {
  static let names = ["split"]
  static let usage = ".split ENTITY NAME [--dry-run], or .split ENTITY in DOCID [--dry-run]"
  static let summary =
    "Makes what is called by a name, or what is meant in a document, an entity of its own."
  static let examples = [".split Smith \"John Smith\"", ".split Smith in wire-12.txt --dry-run"]
  static let argument = CommandArgument.entity

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let (given, isTrial) = try words.trial()
    guard given.count == 2 || given.count == 3 && given[1] == "in" else {
      throw misused("an entity, and a name or a document are needed")
    }
    let id = try shell.session.entityID(named: given[0])
    let correction: Correction =
      given.count == 3
      ? .splitDocument(entityID: id, docID: given[2]) : .splitName(entityID: id, name: given[1])
    try shell.correct(correction, isTrial: isTrial)
  }
}
