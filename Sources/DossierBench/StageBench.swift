import Annotation
import ArgumentParser
import Diagnostics
import Facts
import Foundation
import Linguistics
import SpacyRuntime

/// Annotates a corpus with more and more of the stages, and tells what each adds; by one thread.
struct StageBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "Times the stages of annotation over a JSONL file of documents; one JSON object a line.")

  @Argument(help: "JSONL, an object with a text per line.") var corpus: String
  @Option(help: "How often the corpus is annotated; the fastest counts.") var runs = 10

  private struct Line: Decodable { var text: String }

  func run() throws {
    let texts = try String(contentsOfFile: corpus, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8)).text
    }
    let words = texts.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
    let catalog = ModelCatalog(environment: ProcessInfo.processInfo.environment)
    let model = try catalog.load()
    let resources = AnnotationResources(
      sentimentLexicon: try LexiconInstaller(modelsFolder: catalog.folder).load())
    let start = Self.threadTime()
    var documents: [Document] = []
    for (number, text) in texts.enumerated() {
      var document = Document(docID: "\(number)", text: text)
      document.published = 638_639_424_000_000_000  // 2024-10-08
      document.parse = try model.parse(text)
      documents.append(document)
    }
    show("language model", Self.threadTime() - start, words)
    // Without a stage: the rows of tokens and sentences. Then each stage with those before it, in turns.
    let annotators = try (0...StageRegistry.stages.count).map { count in
      try Annotator(resources: resources, stages: Array(StageRegistry.stages.prefix(count))) {
        text, _ throws(DossierError) in try model.parse(text)
      }
    }
    var best = [Double](repeating: .infinity, count: annotators.count)
    for _ in 0..<max(1, runs) {
      for (count, annotator) in annotators.enumerated() {
        let start = Self.threadTime()
        for document in documents { _ = try annotator.annotate(document) }
        best[count] = min(best[count], Self.threadTime() - start)
      }
    }
    for (count, time) in best.enumerated() {
      show(
        count == 0 ? "rows" : StageRegistry.stages[count - 1].name, time - (count == 0 ? 0 : best[count - 1]),
        words)
    }
    let before = best.last ?? 0
    show("all stages", before, words)
  }

  private func show(_ name: String, _ seconds: Double, _ words: Int) {
    print(
      """
      {"stage":"\(name)","us_per_word":\(seconds / Double(words) * 1e6),\
      "words_per_second":\(Int(Double(words) / max(seconds, 1e-6)))}
      """)
  }

  /// Processor time of this thread, in seconds.
  private static func threadTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
