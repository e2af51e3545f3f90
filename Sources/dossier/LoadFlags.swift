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
    let fields = ImportOptions.fields
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
    if summary.otherLanguages > 0 { parts.append("\(grouped(summary.otherLanguages)) not in English") }
    if summary.removed > 0 { parts.append("\(grouped(summary.removed)) removed") }
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

  /// The same as a JSON object, with the problems.
  static func json(of summary: LoadSummary, seconds: Duration) -> String {
    func long(_ number: Int) -> DynamicValue { .long(Int64(number)) }
    let problems = summary.problems.map { problem -> DynamicValue in
      .bag([
        "path": .string(problem.path), "status": .string(problem.status), "code": .string(problem.code),
        "message": .string(problem.message),
      ])
    }
    return DynamicValue.bag([
      "batch": summary.batch.map(long) ?? .null, "documents": long(summary.documents),
      "replaced": long(summary.replaced), "unchanged": long(summary.unchanged),
      "removed": long(summary.removed), "notEnglish": long(summary.otherLanguages),
      "skipped": long(summary.skipped), "partial": long(summary.partial), "failed": long(summary.failed),
      "sentences": long(summary.sentences), "words": long(summary.words),
      "seconds": .real((seconds / .milliseconds(1)).rounded() / 1000),
      "cancelled": .bool(summary.isCancelled),
      "problems": .array(problems),
    ]).json
  }

  /// The line that grows while a load runs, on a terminal only: a bar, the rate, the time that is left.
  static func show(_ progress: LoadProgress) {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    let text = line(progress, elapsed: ContinuousClock.now - start)
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  private static let start = ContinuousClock.now

  /// The bar of a load that has run so long. Files of a kind take their time by their size, so that bytes tell how much
  /// is left.
  static func line(_ progress: LoadProgress, elapsed: Duration) -> String {
    let seconds = elapsed / .seconds(1)
    let done =
      progress.totalBytes > 0
      ? Double(progress.bytes) / Double(progress.totalBytes)
      : Double(progress.files) / Double(max(1, progress.totalFiles))
    let filled = Int((min(1, done) * 20).rounded(.down))
    var text = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    text += " \(grouped(progress.files)) of \(counted(progress.totalFiles, "file"))"
    if seconds >= 1 { text += " · \(grouped(Int(Double(progress.words) / seconds))) words/s" }
    if seconds >= 3, done > 0.01, done < 1 {
      let left = Int(seconds * (1 - done) / done)
      let (minutes, rest) = (left / 60 % 60, left % 60)
      let hours = left >= 3600 ? "\(left / 3600):\(minutes < 10 ? "0" : "")" : ""
      text += " · \(hours)\(minutes):\(rest < 10 ? "0" : "")\(rest) left"
    }
    return text
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
