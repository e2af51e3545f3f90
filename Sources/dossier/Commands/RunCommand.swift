import ArgumentParser
import Notebooks

/// `dossier run`: a notebook as a report.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a notebook, to Markdown, HTML, Jupyter's form, or only an exit code.")

  @OptionGroup var notebook: NotebookOptions
  @Option(
    name: .shortAndLong,
    help: "The file to write: .md, .html or .ipynb; - writes Markdown to standard output.")
  var output: String?
  @Option(help: "How much of the documents a report carries: full, cite or none.") var evidence = "full"

  func validate() throws {
    if let output, output != "-", NotebookFormat(path: output) == nil {
      throw ValidationError("'\(output)' ends in none of .md, .html and .ipynb.")
    }
    guard ReportOptions.Evidence(rawValue: evidence) != nil else {
      throw ValidationError("--evidence is full, cite or none.")
    }
  }

  func run() throws {
    try notebook.perform { commands in
      var commands = commands
      commands.report.evidence = ReportOptions.Evidence(rawValue: evidence) ?? .full
      guard let output else { return commands.run(notebook.notebook, to: .nothing) }
      guard let format = NotebookFormat(path: output) else {
        return commands.run(notebook.notebook, to: .standardOutput(.markdown))
      }
      return commands.run(notebook.notebook, to: .file(output, format))
    }
  }
}
