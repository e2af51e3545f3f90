import ArgumentParser
import Columnar
import Diagnostics
import Foundation
import Importers
import LineEditing
import Loading

/// What may be said of documents when they are loaded, by `dossier load`, by `.load`, and in a notebook's
/// front matter.
struct LoadFlags: ParsableArguments {
  @Option(help: "When the documents were published, where they don't say: 2024-10-08.") var published: String?
  @Option(help: "Their title.") var title: String?
  @Option(help: "Who wrote them.") var author: String?
  @Option(help: "Their language, such as en.") var language: String?
  @Option(help: "Where they come from.") var source: String?
  @Option(help: "Your own grouping.") var collection: String?
  @Option(help: "The field or column that holds the text, in JSONL and CSV.") var textField: String?
  @Option(
    help: ArgumentHelp(
      "Which of the source's fields gives which of a document's: text=body,published=date.",
      valueName: "field=name,…")) var map: String?
  @Option(help: "The format of all files, whatever their names say.") var format: String?
  @Option(help: "How many threads annotate.") var threads: Int?
  @Flag(help: "Annotate documents again that have not changed.") var force = false

  /// Names of a document's fields and of the source's, from `text=body,published=date`.
  private static func fieldMap(_ text: String) throws(DossierError) -> [String: String] {
    let fields = ["id", "text", "title", "published", "author", "language", "source", "collection"]
    var map: [String: String] = [:]
    for part in text.split(separator: ",") {
      let words = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard words.count == 2, fields.contains(words[0]), map.updateValue(words[1], forKey: words[0]) == nil
      else {
        throw DossierError(
          "CMD121", "--map takes a list such as text=body,published=date, found '\(part)'",
          hint: "a document's fields are \(fields.joined(separator: ", "))")
      }
    }
    return map
  }

  /// What the importers are told.
  /// - Errors: `CMD121` for a date or a map that is none.
  func imports() throws(DossierError) -> ImportOptions {
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
    options.fieldMap = try Self.fieldMap(map ?? "")
    if let textField { options.fieldMap["text"] = textField }
    options.format = format
    return options
  }
}

/// Paths and what is said of them, as words of a command line.
struct LoadWords: ParsableArguments {
  @Argument(help: "Files, folders, patterns.") var paths: [String]
  @OptionGroup var flags: LoadFlags

  /// Reads words.
  /// - Errors: `CMD123` with what is wrong with them.
  static func read(_ words: [String]) throws(DossierError) -> LoadWords {
    do {
      return try parse(words)
    } catch {
      throw DossierError(
        "CMD123", message(for: error), hint: ".load PATH… [--published 2024-10-08] [--title TITLE]")
    }
  }
}

/// What a load tells.
enum LoadReport {
  /// One line: what is in the store now that was not before, what stayed, what failed, how long it took.
  static func text(of summary: LoadSummary, seconds: Duration) -> String {
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

  /// A line for each file that was not loaded, or not in full.
  static func problems(of summary: LoadSummary) -> [String] {
    summary.problems.map { "\($0.path): \($0.status): \($0.message) [\($0.code)]" }
  }

  /// The line that grows while a load runs, on a terminal only.
  static func show(_ progress: LoadProgress) {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    let text =
      "\(grouped(progress.files)) of \(counted(progress.totalFiles, "file")), \(counted(progress.words, "word"))"
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  /// The same while a table is read.
  static func show(rows: Int) {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(counted(rows, "row"))".utf8))
  }

  /// Takes that line away.
  static func clearProgress() {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
