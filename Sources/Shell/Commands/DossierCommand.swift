import Columnar
import Diagnostics
import LineEditing
import Sessions

/// `.dossier NAME`: the page on a person, organisation or place.
enum DossierCommand: ShellCommand {
  static let names = ["dossier", "about"]
  static let usage = ".dossier NAME"
  static let summary =
    "Shows the page on a person, organisation or place: who it is, what is dated, claimed, said by it and of it, and "
    + "where the sources disagree, each line with its place."
  static let examples = [".dossier Kim Jong Un", ".dossier org/nato"]
  static let isForReading = true
  static let takesText = true
  static let argument = CommandArgument.entity

  /// The widest first column.
  private static let widestLead = 24

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let name = words.rest.trimmingQuotes
    guard !name.isEmpty else { throw misused("on whom?") }
    let page = try AboutPage(about: name, in: shell.session)
    let out = shell.output
    let summary = try shell.session.evaluate(page.definitions + "\n" + page.summary, keeping: false).table
    out.write(out.paint(page.name, .prompt) + "\n")
    if summary.rowCount == 1 {
      out.write(out.paint(summary.value(row: 0, column: 0).text, .faint) + "\n")
    }
    var empty: [String] = []
    for section in page.sections where !out.hasLeft.isSet {
      let (table, shown) = try page.rows(of: section, in: shell.session)
      guard shown > 0 else {
        empty.append(section.title)
        continue
      }
      out.write("\n" + out.paint(section.title, .prompt) + "\n")
      write(table, rows: shown, out)
      if shown < table.rowCount { out.write(out.paint("  \(shown) of \(table.rowCount)", .faint) + "\n") }
    }
    if !empty.isEmpty {
      out.write("\n" + out.paint("Nothing found: " + empty.joined(separator: ", "), .faint) + "\n")
    }
    out.note(".show DOCID#START-END opens a place")
  }

  /// Each row as a paragraph: the first column beside the second, and below it remarks and the place.
  private static func write(_ table: Table, rows: Int, _ out: ShellOutput) {
    let last = table.schema.count - 1
    func text(_ row: Int, _ column: Int) -> String { shownValue(table.value(row: row, column: column)) }
    let width = min(widestLead, (0..<rows).map { DisplayWidth.of(text($0, 0)) }.max() ?? 0)
    let indent = String(repeating: " ", count: width + 4)
    let room = max(30, (out.width ?? 100) - indent.count)
    var before: String?
    for row in 0..<rows {
      let lead = text(row, 0)
      // A word that heads several rows stands once.
      let label = lead == before ? "" : DisplayWidth.cut(lead, to: width)
      before = lead
      let lines = MarkedText(Array(text(row, 1).unicodeScalars), [], colours: false).lines(width: room)
      for (number, line) in (lines.isEmpty ? [""] : lines).enumerated() {
        let start = number == 0 ? "  " + out.paint(DisplayWidth.pad(label, to: width), .date) + "  " : indent
        out.write(start + line + "\n")
      }
      let remarks = (2..<last).map { text(row, $0) }.filter { !$0.isEmpty } + [text(row, last)]
      out.write(indent + out.paint(remarks.joined(separator: " · "), .faint) + "\n")
    }
  }
}

extension String {
  /// Without one pair of quotes around it.
  fileprivate var trimmingQuotes: String {
    let text = trimmed
    guard text.count > 1, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else {
      return text
    }
    return String(text.dropFirst().dropLast())
  }
}
