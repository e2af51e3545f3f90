import Diagnostics
import Facts
import Sessions

/// `.tag N LABEL`: the reader's tag on passages.
enum TagCommand: ShellCommand {
  static let names = ["tag"]
  static let usage = ".tag N LABEL"
  static let summary =
    "Tags passage N of .why, or before any .why what row N rests on; the table Marks has all tags."
  static let examples = [".tag 1 check-this", ".tag 2 \"needs a second source\""]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let number = words[0].flatMap({ Int($0) }), let tag = words[1], words.words.count == 2 else {
      throw misused("a number and a label are needed")
    }
    try shell.mark(number, MarkRow(tag: tag))
  }
}

extension Shell {
  /// Marks passage `number` of the last `.why`, or, if there was none since the last query, all passages of that
  /// row of its result.
  func mark(_ number: Int, _ mark: MarkRow) throws(DossierError) {
    let passages: [Passage]
    if let evidence {
      guard evidence.passages.indices.contains(number - 1) else {
        throw DossierError(
          .misusedCommand, "the last .why showed \(counted(evidence.passages.count, "passage"))")
      }
      passages = [evidence.passages[number - 1]]
    } else {
      guard let last = session.last else {
        throw DossierError(.misusedCommand, "there is no result yet; ask a query first")
      }
      passages = try session.evidence(forRow: number - 1, of: last, limit: 1000).passages
      guard !passages.isEmpty else {
        throw DossierError(.misusedCommand, "row \(number) rests on no place in a document")
      }
    }
    let marks = passages.map { passage in
      (passage.docID, MarkRow(start: passage.start, end: passage.end, tag: mark.tag, note: mark.note))
    }
    undoSteps.append(.marks(try session.mark(marks)))
    output.say(
      passages.count == 1 ? "marked \(passages[0].cite)" : "marked \(counted(passages.count, "passage"))")
  }
}
