import ArgumentParser
import Diagnostics
import Notebooks
import Sessions

/// `dossier reference`: the page that explains the query language, with its examples run.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Prints the reference of the query language as a notebook.",
    discussion: """
      Notebooks/guide/reference.md is what it prints; a test tells when that is no longer so.
      """)

  func run() throws {
    let text = try reportingErrors { () throws(DossierError) -> String in
      let settings = SessionSettings(now: 0)
      let page = ReferencePage.text(of: Session(store: nil, settings: settings).engine)
      let notebook = try Notebook(bytes: Array(page.utf8), name: "reference.md")
      let run = NotebookRunner(SessionProvider(settings: settings, loader: nil, provenance: []))
        .run(notebook, in: "")
      if let failure = run.failure { throw failure }
      return String(decoding: run.markdown, as: UTF8.self)
    }
    printOutput(text)
  }
}
