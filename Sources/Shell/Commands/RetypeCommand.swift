import Columnar
import Diagnostics
import Facts

/// `.retype ENTITY TYPE`: another type for an entity.
enum RetypeCommand: ShellCommand {
  static let names = ["retype"]
  static let usage = ".retype ENTITY TYPE [--dry-run]"
  static let summary = "Says of which type an entity is: PERSON, ORG, GPE…"
  static let examples = [".retype Amazon LOC"]
  static let argument = CommandArgument.entity

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let (given, isTrial) = try words.trial()
    guard given.count == 2 else { throw misused("an entity and a type are needed") }
    let id = try shell.session.entityID(named: given[0])
    let table = try shell.ask("Entities | distinct Type | sort by Type asc")
    let types = (0..<table.rowCount).map { table.value(row: $0, column: 0).text }
    let type = types.first { $0.lowercased() == given[1].lowercased() } ?? given[1].uppercased()
    if !types.contains(type), let near = nearestName(to: type, among: types) {
      throw misused("no entity is a \(type); did you mean \(near)?")
    }
    try shell.correct(.retype(entityID: id, type: type), isTrial: isTrial)
  }
}
