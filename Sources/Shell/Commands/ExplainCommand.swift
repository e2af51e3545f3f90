import Diagnostics

/// `.explain QUERY`: the plan of a query.
enum ExplainCommand: ShellCommand {
  static let names = ["explain"]
  static let usage = ".explain QUERY"
  static let summary = "Shows how a query would run; without one, how the last one ran."
  static let examples = [".explain Relations | where Negated | count"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let query = words.rest.isEmpty ? shell.session.last?.source : words.rest else {
      throw misused("there is no query yet")
    }
    shell.output.write(shell.session.engine.explain(try shell.session.compile(query)) + "\n")
  }
}
