import Diagnostics
import LineEditing
import Sessions

/// `.why N`: the sentences that row N of the last result rests on.
enum WhyCommand: ShellCommand {
  static let names = ["why"]
  static let usage = ".why N"
  static let summary = "Shows the sentences that row N of the last result rests on."
  static let examples = [".why 1"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let last = shell.session.last else { throw misused("there is no result yet; ask a query first") }
    guard let number = words.words.isEmpty ? 1 : words[0].flatMap({ Int($0) }), words.words.count < 2 else {
      throw misused("which row? Rows count from 1")
    }
    let evidence = try shell.session.evidence(forRow: number - 1, of: last)
    shell.evidence = evidence
    let out = shell.output
    guard !evidence.passages.isEmpty else {
      out.write(
        evidence.sourceRows == 0
          ? "Row \(number) rests on no row of a document.\n"
          : "Row \(number) rests on \(counted(evidence.sourceRows, "row")) without a place in a document.\n")
      return
    }
    let places = "\(evidence.isCut ? "more than " : "")\(counted(evidence.passages.count, "passage"))"
    out.write("Row \(number) rests on \(counted(evidence.sourceRows, "row")) in \(places):\n")
    let width = out.width ?? out.messageWidth
    let indent = String(repeating: " ", count: String(evidence.passages.count).count + 3)
    for (index, passage) in evidence.passages.enumerated() {
      let label = "[\(index + 1)]"
      let padding = String(repeating: " ", count: max(1, indent.count - label.count))
      let title = passage.title.isEmpty ? "" : DisplayWidth.cut(passage.title, to: max(12, width / 2)) + " · "
      out.write(out.paint(label, .prompt) + padding + out.paint(title + passage.cite, .faint) + "\n")
      let lines = MarkedText(
        Array(passage.text.unicodeScalars), passage.highlights, colours: out.colours
      ).lines(width: width - indent.count)
      for line in lines { out.write(indent + line + "\n") }
    }
    if evidence.isCut { out.note("… and more; narrow the query to see the rest") }
  }
}
