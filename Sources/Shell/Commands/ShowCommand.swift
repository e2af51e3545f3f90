import Columnar
import Diagnostics
import LineEditing
import Presentation
import Sessions

/// `.show DOCID`, `.show DOCID#START-END`, `.show N`: the text itself.
enum ShowCommand: ShellCommand {
  static let names = ["show"]
  static let usage = ".show DOCID | DOCID#START-END | N"
  static let summary = "Shows a document, a cited passage with what stands around it, or passage N of .why."
  static let examples = [".show article.txt", ".show article.txt#120-243", ".show 1"]
  static let argument = CommandArgument.document

  /// How many scalars around a passage are shown.
  private static let around = 400

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard !words.rest.isEmpty else { throw misused("which document?") }
    guard let store = shell.session.store else {
      throw DossierError(.noSuchDocument, "no documents are loaded", hint: ".load PATH… reads some")
    }
    var wanted = words[0] ?? words.rest
    if let number = Int(wanted), let evidence = shell.evidence {
      guard evidence.passages.indices.contains(number - 1) else {
        throw misused("the last .why showed \(evidence.passages.count) passages")
      }
      wanted = evidence.passages[number - 1].cite
    }
    var span: Range<Int>?
    var text = try store.documentText(wanted)
    if text == nil, let (id, range) = cite(wanted) {
      text = try store.documentText(id)
      wanted = id
      span = range
    }
    guard let text else {
      throw DossierError(
        .noSuchDocument, "there is no document '\(wanted)'",
        hint: nearestName(to: wanted, among: try store.documentIDs()).map { "did you mean \($0)?" }
          ?? ".docs lists the documents")
    }
    let scalars = Array(text.unicodeScalars)
    if let span, span.upperBound > scalars.count {
      throw misused("'\(wanted)' has \(scalars.count) characters; \(span.upperBound) is behind its end")
    }
    try heading(wanted, shell)
    let width = shell.output.width ?? shell.output.messageWidth
    let low = span.map { paragraphStart($0.lowerBound, scalars) } ?? 0
    let high = span.map { paragraphEnd($0.upperBound, scalars) } ?? scalars.count
    let passage = Array(scalars[low..<high])
    let marks = span.map { [Highlight(($0.lowerBound - low)..<($0.upperBound - low), .span)] } ?? []
    for line in MarkedText(passage, marks, colours: shell.output.colours).lines(width: width) {
      shell.output.write(line + "\n")
    }
  }

  private static func heading(_ id: String, _ shell: Shell) throws(DossierError) {
    let table = try shell.ask(
      "Documents | where DocId == \(kqlString(id)) | project Title, Published, Source, Author | take 1")
    guard table.rowCount == 1 else { return }
    func cell(_ column: Int) -> String? {
      let value = table.value(row: 0, column: column)
      return value.isNull || value.text.isEmpty ? nil : shownValue(value)
    }
    shell.output.write(shell.output.paint(cell(0) ?? id, .prompt) + "\n")
    let facts = [cell(1), cell(2), cell(3), id].compactMap { $0 }.joined(separator: " · ")
    shell.output.write(shell.output.paint(facts, .faint) + "\n\n")
  }

  /// `ID#12-34` as its parts.
  private static func cite(_ text: String) -> (String, Range<Int>)? {
    guard let sign = text.lastIndex(of: "#") else { return nil }
    let numbers = text[text.index(after: sign)...].split(separator: "-").compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] >= 0, numbers[0] <= numbers[1] else { return nil }
    return (String(text[..<sign]), numbers[0]..<numbers[1])
  }

  private static func paragraphStart(_ place: Int, _ text: [Unicode.Scalar]) -> Int {
    var start = place
    while start > 0, place - start < around, text[start - 1] != "\n" { start -= 1 }
    return start
  }

  private static func paragraphEnd(_ place: Int, _ text: [Unicode.Scalar]) -> Int {
    var end = place
    while end < text.count, end - place < around, text[end] != "\n" { end += 1 }
    return end
  }
}

extension DossierError.Code {
  static let noSuchDocument: Self = "CMD925"
}
