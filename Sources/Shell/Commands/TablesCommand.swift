import Columnar
import Diagnostics
import Facts

/// `.tables`: what can be asked.
enum TablesCommand: ShellCommand {
  static let names = ["tables"]
  static let usage = ".tables"
  static let summary = "Lists the tables with their rows."
  static let examples = [".tables"]
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let catalog = shell.session.engine.catalog
    var rows: [[Value]] = []
    for name in shell.tableNames {
      guard let table = catalog.table(name) else { continue }
      let meaning = shell.meaning(ofTable: name) ?? "A result of this session."
      rows.append([.string(name), .long(Int64(table.provider.rowCount)), .string(meaning)])
    }
    let schema = Schema([Field("Table", .string), Field("Rows", .long), Field("A row is", .string)])
    try shell.show(Table(schema: schema, rows: rows), rowLimit: .some(nil), isNumbered: false)
  }
}
