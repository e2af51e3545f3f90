import Diagnostics

/// `.cells`: the queries that worked, as `.save` counts them.
enum CellsCommand: ShellCommand {
  static let names = ["cells"]
  static let usage = ".cells"
  static let summary = "Lists the queries that worked with their numbers, for .save FILE.md FROM-TO."
  static let examples = [".cells"]
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let queries = shell.cells.filter { $0.kind == .query }
    if queries.isEmpty { return shell.output.note("no query has worked yet") }
    for (index, cell) in queries.enumerated() {
      let name = cell.name.map { " (\($0))" } ?? ""
      shell.output.writeBlock(cell.text, number: index + 1, of: queries.count, remark: name)
    }
  }
}
