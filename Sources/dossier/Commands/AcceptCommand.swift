import ArgumentParser

/// `dossier accept`: takes a notebook's new outputs.
struct AcceptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Runs a notebook and writes its new outputs into it.")
  @OptionGroup var notebook: NotebookOptions
  func run() throws { try notebook.perform { $0.accept(notebook.notebook) } }
}
