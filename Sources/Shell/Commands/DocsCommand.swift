import Diagnostics

/// `.docs [TEXT]`: the documents.
enum DocsCommand: ShellCommand {
  static let names = ["docs"]
  static let usage = ".docs [TEXT]"
  static let summary = "Lists the documents, or those with a text in their title or id."
  static let examples = [".docs", ".docs summit"]
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    var query = "Documents"
    if !words.rest.isEmpty {
      let text = kqlString(words.rest)
      query += " | where Title contains \(text) or DocId contains \(text)"
    }
    query += " | project DocId, Title, Published, Source, Words, Sentences"
    // No row numbers: `.why` would take them for those of the last query.
    try shell.show(try shell.ask(query), isNumbered: false)
  }
}

/// A text as a string literal of the query language.
func kqlString(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case "\n": literal += "\\n"
    case "\t": literal += "\\t"
    case "\r": literal += "\\r"
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}
