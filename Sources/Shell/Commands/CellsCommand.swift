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
    let width = String(queries.count).count
    for (index, cell) in queries.enumerated() {
      let label = String(index + 1)
      let padding = String(repeating: " ", count: width - label.count)
      let indent = String(repeating: " ", count: width + 2)
      let name = cell.name.map { " (\($0))" } ?? ""
      let lines = cell.text.split(separator: "\n", omittingEmptySubsequences: false)
      shell.output.write(
        shell.output.paint(padding + label, .faint) + "  " + lines.joined(separator: "\n" + indent)
          + shell.output.paint(name, .faint) + "\n")
    }
  }
}
