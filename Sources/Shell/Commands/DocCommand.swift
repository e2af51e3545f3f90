import Columnar
import Diagnostics
import Sessions

/// `.doc ID`: a document with what it mentions marked.
enum DocCommand: ShellCommand {
  static let names = ["doc"]
  static let usage = ".doc DOCID [ENTITY]"
  static let summary = "Reads a document with its names, dates and amounts marked; with an entity, only that."
  static let examples = [".doc article.txt", ".doc article.txt \"Kim Jong Un\""]
  static let argument = CommandArgument.document
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let given = words[0], words.words.count < 3 else { throw misused("which document?") }
    var id = given
    if let number = Int(given), let evidence = shell.evidence,
      evidence.passages.indices.contains(number - 1)
    {
      id = evidence.passages[number - 1].docID
    }
    var query = "Mentions | where DocId == \(kqlString(id))"
    if let name = words[1] {
      query += " and EntityId == \(kqlString(try shell.session.entityID(named: name)))"
    } else {
      query += " and Kind == \"name\""
    }
    query += " | project Start, End, Kind = \"entity\""
    if words[1] == nil {
      query +=
        " | union (Dates | where DocId == \(kqlString(id)) | project Start, End, Kind = \"date\")"
        + ", (Amounts | where DocId == \(kqlString(id)) | project Start, End, Kind = \"date\")"
    }
    let table = try shell.ask(query)
    let marks = (0..<table.rowCount).compactMap { row -> Highlight? in
      guard case .long(let start) = table.value(row: row, column: 0),
        case .long(let end) = table.value(row: row, column: 1), start < end
      else { return nil }
      return Highlight(
        Int(start)..<Int(end), Highlight.Kind(rawValue: table.value(row: row, column: 2).text) ?? .span)
    }
    try ShowCommand.show(id, nil, marks, shell)
  }
}
