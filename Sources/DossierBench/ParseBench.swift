import ArgumentParser
import Foundation
import Linguistics
import SpacyRuntime
import Synchronization

/// Parses a corpus with the language model alone: nothing is stored, no layer above it runs.
struct ParseBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Times the language model over a JSONL file of documents; one JSON object.")

  @Argument(help: "JSONL, an object with a text per line.") var corpus: String
  @Option(help: "How many documents are parsed at once.") var threads = 1
  @Option(help: "How often the corpus is parsed; the fastest counts.") var runs = 3

  private struct Document: Decodable { var text: String }

  func run() throws {
    let clock = ContinuousClock()
    let texts = try String(contentsOfFile: corpus, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Document.self, from: Data($0.utf8)).text
    }
    let begin = clock.now
    let model = try ModelCatalog(environment: ProcessInfo.processInfo.environment).load()
    let loading = clock.now - begin
    // Words as a person counts them, between white space.
    let words = texts.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
    for text in texts.prefix(8) { _ = try model.parse(text) }
    var times: [Duration] = []
    var tokens = 0
    for _ in 0..<max(1, runs) {
      let start = clock.now
      tokens = parse(texts, model)
      times.append(clock.now - start)
    }
    let best = times.min() ?? .zero
    print(
      """
      {"documents":\(texts.count),"words":\(words),"tokens":\(tokens),"threads":\(threads),\
      "seconds":\(best / .seconds(1)),"words_per_second":\(Int(Double(words) / (best / .seconds(1)))),\
      "load_ms":\(loading / .milliseconds(1)),"peak_rss_mb":\(Measured.peakMemory)}
      """)
  }

  /// How many tokens there are.
  private func parse(_ texts: [String], _ model: SpacyModel) -> Int {
    let next = Atomic(0)
    let tokens = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < texts.count else { return }
        tokens.wrappingAdd((try? model.parse(texts[index]).tokens.count) ?? 0, ordering: .relaxed)
      }
    }
    return tokens.load(ordering: .relaxed)
  }
}
