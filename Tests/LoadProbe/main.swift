// Loads a folder slowly, in small groups, so that a test can kill it on the way.
// usage: LoadProbe STORE FOLDER MILLISECONDS [THREADS]
import Diagnostics
import Facts
import Foundation
import Loading
import Store

let arguments = CommandLine.arguments
guard (4...5).contains(arguments.count), let pause = UInt32(arguments[3]) else { exit(64) }

/// The load, and the exit code.
func probe() -> Int32 {
  var options = LoadOptions(annotator: "probe")
  options.groupSize = 5
  options.threads = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
  do throws(DossierError) {
    let summary = try CorpusLoader.load(
      [arguments[2]], into: try StoreWriter(arguments[1]), options: options,
      annotate: { document throws(DossierError) in
        usleep(pause * 1000)
        let row = DocumentRow(words: 1, sentences: 1, text: document.text)
        var facts = DocumentFacts(docID: document.docID, document: row)
        facts.sentences = [SentenceRow(end: document.text.unicodeScalars.count, text: document.text)]
        return facts
      }, resolve: { Resolution.identity($0) })
    print(summary.documents, summary.unchanged)
    return 0
  } catch {
    FileHandle.standardError.write(Data((error.rendered(in: nil) + "\n").utf8))
    return 2
  }
}

exit(probe())
