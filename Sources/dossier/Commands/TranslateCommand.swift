import ArgumentParser
import Diagnostics
import Foundation
import Sessions
import Translation

/// `dossier translate`: a query as SQL for another database.
struct TranslateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate", abstract: "Turns a query into SQL for another database.",
    discussion: """
      The SQL gives what the query gives, over tables of the same names and columns. What has no equal there is an \
      error that names it. With --batch, each line of FILE is {"id", "query"}, and each line of the output \
      {"id", "sql", "definitions", "ordered"} or {"id", "error"}, in order. FILE may be - for standard input.
      """)

  @Argument(
    help: ArgumentHelp("The store whose tables the query reads, then the query.", valueName: "[store] query"))
  var words: [String] = []
  @Option(
    help: ArgumentHelp(
      "The database: \(DialectRegistry.names.joined(separator: ", ")).", valueName: "database"))
  var to: String
  @Flag(help: "Datetimes and timespans are whole numbers of 100 ns, in tables and results.")
  var ticks = false
  @Option(name: .shortAndLong, help: "Reads the query from a file.") var file: String?
  @Option(help: ArgumentHelp("Translates the queries of a JSONL file.", valueName: "file")) var batch: String?
  @OptionGroup var options: SessionOptions

  func validate() throws {
    let queries = file == nil && batch == nil ? 1 : 0
    guard words.count >= queries else { throw ValidationError("A query is missing.") }
    guard words.count <= queries + 1 else {
      throw ValidationError("Too many words; put the query in quotes.")
    }
    guard DialectRegistry.dialect(named: to) != nil else {
      throw ValidationError(
        "There is no dialect '\(to)'; there are \(DialectRegistry.names.joined(separator: ", ")).")
    }
  }

  func run() throws {
    guard let dialect = DialectRegistry.dialect(named: to) else { return }
    let isQueryGiven = file == nil && batch == nil
    let store = words.count > (isQueryGiven ? 1 : 0) ? words[0] : nil
    let times: TimeForm = ticks ? .ticks : .native
    let text = try reportingErrors {
      isQueryGiven ? words[words.count - 1] : try file.map { path in try readText(path) } ?? ""
    }
    try reportingErrors(in: SourceText(text)) {
      let session = try options.open(store)
      if let batch {
        let answers = BatchTranslations(
          engine: session.engine, settings: session.executionSettings, to: dialect, times: times)
        try forEachLine(of: batch) { line throws(DossierError) in printOutput(answers.answer(line) + "\n") }
      } else {
        let translation = try Translation(
          of: try session.compile(text), text: text, to: dialect, times: times)
        printOutput(translation.script)
      }
    }
  }
}
