import Diagnostics
import Facts
import LineEditing
import Sessions
import Store

/// `.why N`: the sentences that row N of the last result rests on; `.why N as NAME`: these as a table.
enum WhyCommand: ShellCommand {
  static let names = ["why"]
  static let usage = ".why N [as NAME]"
  static let summary =
    "Shows the sentences that row N of the last result rests on, what was read in them and by which words, and what an "
    + "entity was merged from; with a name, they are a table for queries."
  static let examples = [".why 1", ".why 3 as Ev"]
  static let isForReading = true

  /// How many passages become rows at most.
  private static let mostRows = 1000

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let last = shell.session.last else { throw misused("there is no result yet; ask a query first") }
    guard let number = words.words.isEmpty ? 1 : words[0].flatMap({ Int($0) }) else {
      throw misused("which row? Rows count from 1")
    }
    if words.words.count == 3, words[1] == "as", let name = words[2] {
      return try keep(try shell.session.evidence(forRow: number - 1, of: last, limit: mostRows), name, shell)
    }
    guard words.words.count < 2 else { throw misused("\(words.rest) is not understood") }
    let evidence = try shell.session.evidence(forRow: number - 1, of: last)
    shell.evidence = evidence
    shell.evidenceRow = number
    shell.passage = nil
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
    for finding in evidence.findings { try write(finding, shell) }
    if evidence.isCut { out.note("… and more; narrow the query to see the rest") }
    if let gaps = gaps(evidence.coverage) { out.note(gaps) }
    try writeMerges(of: Array(evidence.entityIDs.prefix(3)), shell)
  }

  /// What a stage decided, and by which words.
  private static func write(_ finding: Finding, _ shell: Shell) throws(DossierError) {
    var cues = finding.cues
    if case .relation(let certainty, let negated) = finding.kind, certainty != "asserted" || negated,
      let find = shell.services.cues
    {
      let tokens = try shell.ask(
        "Tokens | where DocId == \(kqlString(finding.docID)) and SentenceId == \(finding.sentenceID) | project Text, Lemma"
      )
      cues = find(
        certainty, negated,
        (0..<tokens.rowCount).map {
          (tokens.value(row: $0, column: 0).text, tokens.value(row: $0, column: 1).text)
        })
    }
    var because = cues.isEmpty ? "" : ", by " + cues.map { "“\($0)”" }.joined(separator: ", ")
    if case .mention(let start, let entityID) = finding.kind {
      because = try mentionBefore(start, entityID, finding, shell)
    }
    shell.output.write(shell.output.paint("    " + finding.text + because, .faint) + "\n")
  }

  /// The mention that a mention goes back to: the one of its entity before it in the document.
  private static func mentionBefore(
    _ start: Int, _ entityID: String, _ finding: Finding, _ shell: Shell
  ) throws(DossierError) -> String {
    let found = try shell.ask(
      """
      Mentions | where DocId == \(kqlString(finding.docID)) and EntityId == \(kqlString(entityID)) and Start < \(start)
      | top 1 by Start | project Text, SentenceId
      """)
    guard found.rowCount == 1, case .long(let sentence) = found.value(row: 0, column: 1) else {
      return ", the first mention in this document"
    }
    let distance = finding.sentenceID - Int(sentence)
    let place =
      distance == 0 ? "in the same sentence" : "\(counted(distance, "sentence")) before"
    return ", as “\(found.value(row: 0, column: 0).text)” \(place)"
  }

  /// What the documents leave open; nil if it is nothing.
  private static func gaps(_ coverage: Coverage) -> String? {
    let parts = [
      (coverage.openPronouns, "pronoun without an entity", "pronouns without an entity"),
      (coverage.unresolvedDates, "date without an interval", "dates without an interval"),
      (coverage.bareSentences, "sentence without a relation", "sentences without a relation"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
    guard !parts.isEmpty else { return nil }
    return "\(coverage.documents == 1 ? "this document has" : "these \(coverage.documents) documents have") "
      + parts.joined(separator: ", ")
  }

  /// The names in documents that entities were made of, and why each is taken for its entity.
  private static func writeMerges(of ids: [String], _ shell: Shell) throws(DossierError) {
    guard !ids.isEmpty, let merges = shell.services.merges, let store = shell.session.store else { return }
    for (id, members) in zip(ids, merges(ids, try store.clusterRecords())) where members.count > 1 {
      write(members, of: id, shell)
    }
  }

  private static func write(
    _ members: [(cluster: ClusterRecord, reason: MergeReason)], of id: String, _ shell: Shell
  ) {
    shell.output.write("\(id) is one entity in \(members.count) documents:\n")
    for (cluster, reason) in members.prefix(12) {
      let name = DisplayWidth.cut(cluster.name, to: 32)
      let score = reason.score == 1 ? "1" : "\(reason.score)"
      shell.output.write("    \(name) · \(cluster.docID): \(reason.text) (\(score))\n")
    }
    if members.count > 12 { shell.output.note("… and \(members.count - 12) more") }
  }

  /// The passages as the result of a query over their sentences, so that a notebook can ask it again.
  private static func keep(_ evidence: Evidence, _ name: String, _ shell: Shell) throws(DossierError) {
    try AsCommand.requireFreeName(name, in: shell)
    let sentences = evidence.passages.filter { $0.end > $0.start }
    let ids = evidence.passages.map(\.docID)
    guard !ids.isEmpty else { throw misused("the row rests on no place in a document") }
    let query: String
    if sentences.isEmpty {
      query = "Documents\n| where DocId in (\(ids.map(kqlString).joined(separator: ", ")))"
    } else {
      let places = sentences.map { "(DocId == \(kqlString($0.docID)) and Start == \($0.start))" }
      query =
        "Sentences\n| where \(places.joined(separator: "\n    or "))\n"
        + "| project DocId, Title, Published, Source, SentenceId, Sentence = Text, Start, End, Cite"
    }
    // It is the last result from now on, as it is where a notebook runs it.
    let cell = Cell(kind: .query, text: query, line: 1)
    try shell.run(cell)
    guard let last = shell.session.last else { return }
    shell.session.name(last, as: name)
    shell.cells[shell.cells.count - 1].name = name
    shell.output.say(
      "\(name): \(counted(last.table.rowCount, "row"))\(evidence.isCut ? "; there are more" : "")")
  }
}
