import Columnar
import Diagnostics
import Facts
import KQLEngine

/// `.schema [TABLE]`: the columns of a table, or of the last result.
enum SchemaCommand: ShellCommand {
  static let names = ["schema"]
  static let usage = ".schema [TABLE]"
  static let summary = "Lists the columns of a table, or of the last result."
  static let examples = [".schema Relations", ".schema"]
  static let argument = CommandArgument.table
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let schema = Schema([Field("Column", .string), Field("Type", .string), Field("Meaning", .string)])
    var rows: [[Value]] = []
    if let name = words[0] {
      let catalog = shell.session.engine.catalog
      guard let table = catalog.table(name) else {
        let near = nearestName(to: name, among: shell.tableNames)
        throw DossierError(
          .noSuchTable, "there is no table '\(name)'",
          hint: near.map { "did you mean \($0)?" } ?? ".tables lists the tables")
      }
      let known = TableRegistry.table(named: name)
      for (index, field) in table.provider.schema.fields.enumerated() {
        let meaning = known.flatMap {
          $0.columnSummaries.indices.contains(index) ? $0.columnSummaries[index] : nil
        }
        rows.append([.string(field.name), .string(field.type.rawValue), .string(meaning ?? "")])
      }
      for column in table.virtualColumns {
        rows.append([
          .string(column.field.name), .string(column.field.type.rawValue),
          .string("From \(column.inputs.joined(separator: ", ")), where a query names it."),
        ])
      }
    } else {
      guard let last = shell.session.last else { throw misused("there is no last result; name a table") }
      rows = last.table.schema.fields.map { [.string($0.name), .string($0.type.rawValue), .string("")] }
    }
    try shell.show(Table(schema: schema, rows: rows), rowLimit: .some(nil), isNumbered: false)
  }
}

extension DossierError.Code {
  static let noSuchTable: Self = "CMD924"
}
