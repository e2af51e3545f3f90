import Annotation
import ArgumentParser
import Diagnostics

/// `dossier annotate`: documents in, facts out, one JSON object a line.
struct AnnotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate", abstract: "Annotates documents, one JSON object a line.",
    discussion: """
      Reads {"id", "text", "published"?, "title"?, …} a line and writes {"id", "tables": {…}} a line, in order. \
      "pretokenized": true means that tokens are what stands between single spaces; "targets" and "mentions" \
      are lists of {"start", "end"} in Unicode scalars; "explain": true shows what the sentiment towards targets rests \
      on. A document that can't be annotated gives {"id", "error"}.
      """)

  @Argument(help: "A JSONL file, or - for standard input.") var file = "-"
  @Flag(help: "Adds what 'dossier resolve' and 'dossier load --annotated' need.") var clusters = false
  @Flag(help: "What the language model alone says: tables Tokens, Sentences, Spans.") var raw = false

  func run() throws {
    try reportingErrors {
      if raw {
        let raw = RawAnnotation(model: try RawAnnotation.loadModel())
        try forEachLine(of: file) { line throws(DossierError) in
          if let answer = try raw.answer(line) { printOutput(answer + "\n") }
        }
        return
      }
      let (annotator, name) = try AnnotatorLoader.load()
      let contract = AnnotateContract(annotator: annotator, name: name, clusters: clusters)
      try forEachLine(of: file) { line throws(DossierError) in
        if let answer = contract.answer(line) { printOutput(answer + "\n") }
      }
    }
  }
}
