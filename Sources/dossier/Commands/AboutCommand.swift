import Annotation
import ArgumentParser
import Diagnostics
import Foundation
import Notebooks
import Sessions
import Shell

/// `dossier about`: the page on a person, organisation or place.
struct AboutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "about", abstract: "Tells what the documents say about a person, organisation or place.",
    discussion: """
      Who it is, what is dated, claimed, said by it and of it, in what tone, beside whom, and where the sources disagree; \
      each line with its place in a document. NAME is any name of the entity, or its EntityId.

      With -o the page is written as a report (.html), or as a notebook that dossier check can replay (.md, .ipynb).
      """)

  @Argument(help: "The store.") var store: String
  @Argument(help: "The name; several words need no quotes.") var name: [String]
  @Option(name: .shortAndLong, help: "The file to write: .html, .md or .ipynb.") var output: String?
  @Option(help: "How much of the documents a report carries: full, cite or none.") var evidence = "full"
  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard !name.isEmpty else { throw ValidationError("A name is missing.") }
    if let output, NotebookFormat(path: output) == nil {
      throw ValidationError("'\(output)' ends in none of .md, .html and .ipynb.")
    }
    guard ReportOptions.Evidence(rawValue: evidence) != nil else {
      throw ValidationError("--evidence is full, cite or none.")
    }
  }

  func run() throws {
    Interruption.install()
    let session = try reportingErrors { try options.open(store) }
    let name = name.joined(separator: " ")
    guard let output, let format = NotebookFormat(path: output) else {
      let shell = Shell(session: session, storePath: store)
      let code = shell.runScript(".dossier \(name)")
      if code != 0 { throw ExitCode(code) }
      return
    }
    let outcome = try reportingErrors { () throws(DossierError) -> CommandOutcome in
      let page = try AboutPage(about: name, in: session)
      var commands = NotebookCommands(on: store, session.settings, threads: options.threads)
      commands.report.evidence = ReportOptions.Evidence(rawValue: evidence) ?? .full
      let folder = NotebookPath.real(URL(filePath: output).deletingLastPathComponent().path)
      return commands.about(
        page, store: NotebookPath.relative(store, to: folder), to: output, as: format)
    }
    try outcome.tell()
  }
}
