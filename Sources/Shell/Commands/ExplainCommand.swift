import Diagnostics

/// `.explain [analyze] QUERY`: the plan of a query.
enum ExplainCommand: ShellCommand {
  static let names = ["explain"]
  static let usage = ".explain [analyze] QUERY"
  static let summary =
    "Shows how a query would run; with analyze, runs it and shows rows and time by step."
  static let examples = [
    ".explain Relations | where Negated | count", ".explain analyze Mentions | summarize count() by Type",
  ]
  static let isForReading = true

  static func query(in rest: String) -> String? {
    let first = rest.prefix { !$0.isWhitespace }
    let query = first == "analyze" ? rest.dropFirst(first.count) : rest[...]
    return query.trimmed.isEmpty ? nil : String(query)
  }

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let given = query(in: words.rest)
    guard let text = given ?? shell.session.last?.source else { throw misused("there is no query yet") }
    let isAnalyzed = words[0] == "analyze"
    do throws(DossierError) {
      shell.output.write(try shell.session.explain(text, analyze: isAnalyzed) + "\n")
    } catch {
      guard let given else { throw error }
      throw error.moved(by: words.line.utf8.count - given.utf8.count)
    }
  }
}
