import Columnar
import Diagnostics
import LineEditing
import Presentation
import Sessions

/// `.show DOCID`, `.show DOCID#START-END`, `.show N`: the text itself.
enum ShowCommand: ShellCommand {
  static let names = ["show"]
  static let usage = ".show DOCID | DOCID#START-END | N | settings"
  static let summary =
    "Shows a document, a cited passage with what stands around it, passage N of .why, or the settings."
  static let examples = [".show article.txt", ".show article.txt#120-243", ".show 1", ".show settings"]
  static let isForReading = true
  static let argument = CommandArgument.document

  /// How many scalars around a passage are shown.
  private static let around = 400

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard !words.rest.isEmpty else { throw misused("which document?") }
    if words.rest == "settings" { return try SetCommand.list(shell) }
    guard let store = shell.session.store else {
      throw DossierError(.noSuchDocument, "no documents are loaded", hint: ".load PATH… reads some")
    }
    var wanted = words[0] ?? words.rest
    if let number = Int(wanted), let evidence = shell.evidence {
      guard evidence.passages.indices.contains(number - 1) else {
        throw misused("the last .why showed \(evidence.passages.count) passages")
      }
      shell.passage = number - 1
      return try show(evidence.passages[number - 1], shell)
    }
    var span: Range<Int>?
    if try store.documentText(wanted) == nil, let (id, range) = cite(wanted) {
      wanted = id
      span = range
    }
    try show(wanted, span, span.map { [Highlight($0, .span)] } ?? [], shell)
  }

  /// A passage with what stands around it, marked as its row marks it.
  static func show(_ passage: Passage, _ shell: Shell) throws(DossierError) {
    var marks = passage.highlights.map { mark in
      Highlight((mark.range.lowerBound + passage.start)..<(mark.range.upperBound + passage.start), mark.kind)
    }
    if marks.isEmpty { marks = [Highlight(passage.start..<passage.end, .span)] }
    // A row of a whole document has no place in it.
    let span = passage.end > passage.start ? passage.start..<passage.end : nil
    try show(passage.docID, span, span == nil ? [] : marks, shell)
  }

  /// A document, or what stands around a part of it. `marks` count in the document's text.
  static func show(
    _ id: String, _ span: Range<Int>?, _ marks: [Highlight], _ shell: Shell
  ) throws(DossierError) {
    guard let store = shell.session.store, let text = try store.documentText(id) else {
      throw DossierError(
        .noSuchDocument, "there is no document '\(id)'",
        hint: nearestName(to: id, among: try shell.session.store?.documentIDs() ?? [])
          .map { "did you mean \($0)?" } ?? ".docs lists the documents")
    }
    let scalars = Array(text.unicodeScalars)
    if let span, span.upperBound > scalars.count {
      throw misused("'\(id)' has \(scalars.count) characters; \(span.upperBound) is behind its end")
    }
    try heading(id, shell)
    let low = span.map { paragraphStart($0.lowerBound, scalars) } ?? 0
    let high = span.map { paragraphEnd($0.upperBound, scalars) } ?? scalars.count
    let shown = marks.filter { $0.range.lowerBound >= low && $0.range.upperBound <= high }
      .map { Highlight(($0.range.lowerBound - low)..<($0.range.upperBound - low), $0.kind) }
    let width = shell.output.width ?? shell.output.messageWidth
    for line in MarkedText(Array(scalars[low..<high]), shown, colours: shell.output.colours).lines(
      width: width)
    {
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
