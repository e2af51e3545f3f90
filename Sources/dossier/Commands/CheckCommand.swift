import ArgumentParser

/// `dossier check`: does a notebook still say the same?
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Runs a notebook again; exit code 1 and a diff if anything changed.")
  @OptionGroup var notebook: NotebookOptions
  func run() throws { try notebook.perform { $0.check(notebook.notebook) } }
}
