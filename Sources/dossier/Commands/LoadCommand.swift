import ArgumentParser
import Diagnostics
import Loading

/// `dossier load`: documents into a store.
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Reads documents into a store.",
    discussion: """
      Takes files, folders, patterns, and - for standard input; the formats are text, Markdown, HTML, PDF, Word, \
      LibreOffice, RTF, EPUB, mails (.eml, .mbox), feeds, JSONL, CSV, CoNLL-U, and archives of \
      all these. A document that is there already and has not changed is not annotated again. A file that can't be read is \
      a row of the table Imports; the rest is loaded, and the exit code is 2.

      --annotated takes facts that were made elsewhere, by 'dossier annotate --clusters' or a cluster of machines: \
      JSONL files, folders of them, or - for standard input.

      --table Codes=codes.csv makes the rows of a CSV, TSV or JSONL file a table of your own, Codes, in the \
      place of one of that name.
      """)

  @Argument(help: "The store; it is made if there is none.") var store: String
  @Argument(help: "Files, folders, patterns, or - for standard input.") var paths: [String] = []
  @Option(help: ArgumentHelp("A file of rows as a table of your own.", valueName: "name=file"))
  var table: [String] = []
  @Flag(help: "The files are answers of 'dossier annotate --clusters'; nothing is annotated again.")
  var annotated = false
  @Flag(help: "Remove the store's documents that the paths don't have (any more).") var sync = false
  @Flag(help: "Print the summary as a JSON object.") var json = false
  @OptionGroup var flags: LoadFlags

  func validate() throws {
    if paths.isEmpty, table.isEmpty { throw ValidationError("Missing expected argument '<paths> ...'") }
    if sync, annotated { throw ValidationError("--sync is for documents, not for --annotated facts.") }
  }

  func run() throws {
    Interruption.install()
    for text in table {
      print(
        try reportingErrors {
          let (name, path) = try TableLoading.option(text)
          return try TableLoading.load(path, as: name, into: store, threads: flags.threads)
        })
    }
    if paths.isEmpty { return }
    let summary = try reportingErrors { () throws(DossierError) -> LoadSummary in
      let start = ContinuousClock.now
      let summary =
        annotated
        ? try DocumentLoading.load(
          annotated: paths, into: store, threads: flags.threads, force: flags.force, progress: LoadReport.show
        )
        : try DocumentLoading.load(
          paths, into: store, imports: try flags.imports(), threads: flags.threads, force: flags.force,
          sync: sync, progress: LoadReport.show)
      LoadReport.clearProgress()
      for problem in LoadReport.problems(of: summary) { printError(problem) }
      let seconds = ContinuousClock.now - start
      print(
        json ? LoadReport.json(of: summary, seconds: seconds) : LoadReport.text(of: summary, seconds: seconds)
      )
      return summary
    }
    if summary.isCancelled {
      printError("interrupted; what was read is kept, and the same command goes on from there")
      throw Exit.interrupted
    }
    if summary.hasFailures { throw Exit.badInput }
  }
}
