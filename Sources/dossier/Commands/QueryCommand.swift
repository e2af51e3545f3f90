import ArgumentParser
import Diagnostics
import Foundation
import KQLLibrary
import LineEditing
import Presentation
import Sessions

/// `dossier query`: answers one query, or a file of them.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Answers a query.",
    discussion: """
      print, datatable and range need no store. With --batch, each line of FILE is {"id", "query"}, and each \
      line of the output {"id", "columns", "rows"} or {"id", "error"}, in order. FILE may be - for standard input.
      """)

  @Argument(
    help: ArgumentHelp("The store, if the query reads tables, then the query.", valueName: "[store] query"))
  var words: [String] = []
  @Option(name: .shortAndLong, help: "Reads the query from a file.") var file: String?
  @Option(help: ArgumentHelp("Answers the queries of a JSONL file.", valueName: "file")) var batch: String?
  @Option(help: ArgumentHelp("The output: \(FormatRegistry.names.joined(separator: ", "))."))
  var format = "table"
  @Flag(help: "In CSV and TSV, puts ' before what a spreadsheet would take for a formula.")
  var guardFormulas = false
  @Flag(help: "Only checks the query.") var check = false
  @Flag(help: "Only shows how the query would be run.") var explain = false
  @Flag(help: "Runs the query and shows rows and time by step; also written --explain=analyze.")
  var explainAnalyze = false
  @OptionGroup var options: SessionOptions

  func validate() throws {
    let queries = file == nil && batch == nil ? 1 : 0
    guard words.count >= queries else { throw ValidationError("A query is missing.") }
    guard words.count <= queries + 1 else {
      throw ValidationError("Too many words; put the query in quotes.")
    }
    do { _ = try FormatRegistry.format(named: format) } catch { throw ValidationError(error.message) }
    guard !guardFormulas || format == "csv" || format == "tsv" else {
      throw ValidationError("--guard-formulas is for csv and tsv.")
    }
  }

  func run() throws {
    Interruption.install()
    let isQueryGiven = file == nil && batch == nil
    let store = words.count > (isQueryGiven ? 1 : 0) ? words[0] : nil
    let text = try reportingErrors {
      isQueryGiven ? words[words.count - 1] : try file.map { path in try readText(path) } ?? ""
    }
    try reportingErrors(in: SourceText(text)) {
      let session = try options.open(store)
      if let batch {
        try answerBatch(batch, session)
      } else if check {
        for note in try session.check(text).notes { printError("note: \(note)") }
      } else if explain || explainAnalyze {
        printOutput(try session.explain(text, analyze: explainAnalyze) + "\n")
      } else {
        let result = try session.evaluate(text)
        try FormatRegistry.format(named: format).write(result.table, outputOptions, to: printOutput)
        for note in result.table.notes { printError("note: \(note)") }
      }
    }
  }

  /// Fits the terminal; in a file or pipe nothing is cut.
  private var outputOptions: FormatOptions {
    var options = FormatOptions()
    if Terminal.isTerminal(STDOUT_FILENO) {
      options.width = Terminal.size()?.columns
      options.colours = Terminal.wantsColour(environment: Terminal.environment)
    }
    options.guardsFormulas = guardFormulas
    return options
  }

  private func answerBatch(_ path: String, _ session: Session) throws(DossierError) {
    let answers = BatchQueries(engine: session.engine, settings: session.executionSettings)
    try forEachLine(of: path) { line throws(DossierError) in printOutput(answers.answer(line) + "\n") }
  }
}
