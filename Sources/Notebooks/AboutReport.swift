import Diagnostics
import Sessions

extension NotebookCommands {
  /// Writes the page on an entity as a notebook that can be replayed, or as a report.
  ///
  /// - `store`: the store's path as the folder of the page sees it.
  public func about(
    _ page: AboutPage, store: String, to file: String, as format: NotebookFormat
  ) -> CommandOutcome {
    perform { () throws(DossierError) in
      let text = page.notebook(heading: DisplayText.markdown(page.name), store: store)
      let notebook = try Notebook(text, name: page.name)
      return try write(run(notebook, at: file), to: .file(file, format))
    }
  }
}
