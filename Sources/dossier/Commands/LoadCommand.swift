import ArgumentParser
import Columnar
import Diagnostics
import Foundation
import Importers
import LineEditing
import Loading
import Sessions
import Store

/// `dossier load`: documents into a store.
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Reads documents into a store.",
    discussion: """
      Takes files, folders, patterns, and - for standard input; the formats are text, Markdown, HTML, JSONL and \
      CSV. A document that is there already and has not changed is not read again. A file that can't be read is \
      a row of the table Imports; the rest is loaded, and the exit code is 2.
      """)

  @Argument(help: "The store; it is made if there is none.") var store: String
  @Argument(help: "Files, folders, patterns, or - for standard input.") var paths: [String]
  @Option(help: "When the documents were published, where they don't say: 2024-10-08.") var published: String?
  @Option(help: "Their title.") var title: String?
  @Option(help: "Who wrote them.") var author: String?
  @Option(help: "Their language, such as en.") var language: String?
  @Option(help: "Where they come from.") var source: String?
  @Option(help: "Your own grouping.") var collection: String?
  @Option(help: "The field or column that holds the text, in JSONL and CSV.") var textField: String?
  @Option(help: "The format of all files, whatever their names say.") var format: String?
  @Option(help: "How many threads annotate.") var threads: Int?
  @Flag(help: "Annotate documents again that have not changed.") var force = false

  func run() throws {
    Interruption.install()
    let summary = try reportingErrors { () throws(DossierError) -> LoadSummary in
      let start = ContinuousClock.now
      let summary = try DocumentLoading.load(
        paths, into: store, imports: try imports(), threads: threads, force: force, progress: Self.show)
      Self.clearProgress()
      for problem in summary.problems {
        printError("\(problem.path): \(problem.status): \(problem.message) [\(problem.code)]")
      }
      print(Self.text(of: summary, seconds: ContinuousClock.now - start))
      return summary
    }
    if summary.isCancelled {
      printError("interrupted; what was read is kept, and the same command goes on from there")
      throw Exit.interrupted
    }
    if summary.hasFailures { throw Exit.badInput }
  }

  private func imports() throws(DossierError) -> ImportOptions {
    var options = ImportOptions()
    if let published {
      guard let ticks = Ticks.parseISODatetime(published) else {
        throw DossierError("CMD121", "--published takes a date such as 2024-10-08, found '\(published)'")
      }
      options.published = ticks
    }
    options.title = title
    options.author = author
    options.language = language
    options.source = source
    options.collection = collection
    options.textField = textField
    options.format = format
    return options
  }

  /// One line: what is in the store now that was not before, what stayed, what failed, how long it took.
  private static func text(of summary: LoadSummary, seconds: Duration) -> String {
    var parts = [
      counted(summary.documents, "document"), counted(summary.sentences, "sentence"),
      counted(summary.words, "word"),
    ]
    if summary.unchanged > 0 { parts.append("\(grouped(summary.unchanged)) unchanged") }
    if summary.skipped > 0 { parts.append("\(grouped(summary.skipped)) skipped") }
    if summary.partial > 0 { parts.append("\(grouped(summary.partial)) partial") }
    if summary.failed > 0 { parts.append("\(grouped(summary.failed)) failed") }
    let tenths = Int((seconds / .milliseconds(100)).rounded())
    parts.append("\(tenths / 10).\(tenths % 10) s")
    return parts.joined(separator: " · ")
  }

  private static func show(_ progress: LoadProgress) {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    FileHandle.standardError.write(
      Data(
        "\r\u{1B}[K\(grouped(progress.files)) of \(counted(progress.totalFiles, "file")), \(counted(progress.words, "word"))"
          .utf8))
  }

  private static func clearProgress() {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
