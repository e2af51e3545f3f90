import ArgumentParser
import CKernels
import Columnar
import Foundation
import KQLEngine
import KQLLibrary
import Presentation

/// Benchmarks that check the answer, then report the time. `Scripts/bench` runs them beside their peers.
@main
struct DossierBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "DossierBench", abstract: "Measures Dossier's parts.",
    subcommands: [
      GenerateBench.self, QueryBench.self, FileBench.self, StoreBench.self, CancelBench.self,
      ParseBench.self, StageBench.self,
    ])

  static func main() {
    // As the program does.
    ck_prepare_heap()
    main(nil)
  }
}

/// Writes the synthetic tables as CSV, for other engines.
struct GenerateBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Writes mentions_ROWS.csv and entities.csv into a folder.")

  @Argument(help: "The folder.") var folder: String
  @Argument(help: "How many mentions.") var rows: Int

  func run() throws {
    try write(MentionsGenerator.entities(), "entities.csv")
    try write(MentionsGenerator.mentions(rows), "mentions_\(rows).csv")
  }

  private func write(_ table: Table, _ name: String) throws {
    let path = URL(filePath: folder).appending(path: name).path
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else {
      throw ValidationError("'\(path)' can't be written")
    }
    let format = try FormatRegistry.format(named: "csv")
    // In parts, so that the text of ten million rows is never in memory as a whole.
    for start in stride(from: 0, to: table.rowCount, by: 100_000) {
      let rows = start..<min(table.rowCount, start + 100_000)
      let part = Table(
        schema: table.schema, columns: table.columns.map { $0.slice(rows) }, rowCount: rows.count)
      var text = ""
      format.write(part, FormatOptions()) { text += $0 }
      if start > 0, let header = text.firstIndex(where: \.isNewline) {
        text = String(text[text.index(after: header)...])
      }
      try file.write(contentsOf: Data(text.utf8))
    }
    try file.close()
  }
}

/// Asks the questions over tables in memory.
struct QueryBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Times the questions over synthetic mentions; one JSON object a line.")

  @Argument(help: "How many mentions.") var rows: Int
  @Option(help: "How many threads may work at once.") var threads = 1
  @Option(help: "How often each question is asked; the fastest counts.") var runs = 5
  @Option(help: "Names of the questions to ask, with commas between; all without it.") var only = ""

  func run() throws {
    let engine = Engine.standard(
      over: SimpleCatalog([
        CatalogTable(name: "m", provider: MentionsGenerator.mentions(rows)),
        CatalogTable(name: "e", provider: MentionsGenerator.entities()),
      ]))
    let wanted = Set(only.split(separator: ",").map(String.init))
    for question in Question.all(rows: rows) where wanted.isEmpty || wanted.contains(question.name) {
      let settings = ExecutionSettings(threads: threads)
      let clock = ContinuousClock()
      var best = Duration.seconds(1_000_000)
      var result: Table?
      for _ in 0..<max(1, runs) {
        let start = clock.now
        let query = try engine.compile(question.kql, settings: settings)
        result = try engine.run(query, ExecutionContext(settings))
        best = min(best, clock.now - start)
      }
      guard let result else { continue }
      Measured(question, result, best).print()
    }
    Measured.printPeakMemory()
  }
}

/// A question's answer and how long it took.
struct Measured {
  private let question: Question
  private let table: Table
  private let time: Duration

  init(_ question: Question, _ table: Table, _ time: Duration) {
    self.question = question
    self.table = table
    self.time = time
  }

  /// As one JSON object on a line.
  func print() {
    Self.say(
      """
      {"q":"\(question.name)","name":"\(question.title)","ms":\(time / .milliseconds(1)),\
      "result_rows":\(table.rowCount),"check":\(Self.check(table, question.name))}
      """)
  }

  /// The most memory that the process has held, likewise.
  static func printPeakMemory() { say(#"{"q":"end","peak_rss_mb":\#(peakMemory)}"#) }

  /// A figure that must agree between engines: the sum of the last column, or the number of rows.
  private static func check(_ table: Table, _ name: String) -> Double {
    func number(_ row: Int, _ column: Int) -> Double? {
      switch table.value(row: row, column: column) {
      case .long(let value): Double(value)
      case .real(let value): value
      default: nil
      }
    }
    let last = table.columns.count - 1
    // The hundred rows of the sort: scores and documents; the latest mention of each entity: how many.
    let columns = name == "q11" ? [2, 3] : name == "q13" ? [] : [last]
    if columns.isEmpty { return Double(table.rowCount) }
    var sum = 0.0
    for row in 0..<table.rowCount { for column in columns { sum += number(row, column) ?? 0 } }
    return (sum * 100).rounded() / 100
  }

  /// A line at once, also into a pipe.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  /// The most memory that the process has held, in megabytes.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
