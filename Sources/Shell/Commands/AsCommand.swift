import Diagnostics

/// `.as NAME`: a name for the last result.
enum AsCommand: ShellCommand {
  static let names = ["as"]
  static let usage = ".as NAME"
  static let summary = "Keeps the last result as a table of that name; without it, _ is the last result."
  static let examples = [".as Leaders"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let last = shell.session.last else { throw misused("there is no result yet; ask a query first") }
    guard let name = words[0], words.words.count == 1 else { throw misused("which name?") }
    try requireFreeName(name, in: shell)
    shell.session.name(last, as: name)
    if let index = shell.cells.lastIndex(where: { $0.kind == .query }) { shell.cells[index].name = name }
    shell.output.say("\(name): \(counted(last.table.rowCount, "row"))")
  }

  /// - Errors: `CMD921` for a name that can't be one, or that a table or another result has.
  static func requireFreeName(_ name: String, in shell: Shell) throws(DossierError) {
    guard isName(name) else { throw misused("a name is a letter, then letters, digits and _") }
    guard shell.session.catalog.table(name) == nil else { throw misused("'\(name)' is a table of the store") }
    guard !shell.session.named.contains(where: { $0.name == name }) else {
      throw misused("'\(name)' is another result already")
    }
  }

  private static func isName(_ text: String) -> Bool {
    var isFirst = true
    for byte in text.utf8 {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A: break
      case 0x30...0x39 where !isFirst, 0x5F where !isFirst: break
      default: return false
      }
      isFirst = false
    }
    return !isFirst
  }
}
