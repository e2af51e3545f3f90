import Columnar
import Diagnostics

/// `.functions [NAME]`: functions written in the query language.
enum FunctionsCommand: ShellCommand {
  static let names = ["functions"]
  static let usage = ".functions [NAME]"
  static let summary =
    "Lists the functions that you keep and those built in KQL; with a name, shows its text."
  static let examples = [".functions", ".functions timeline"]
  static let argument = CommandArgument.topic
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let engine = shell.session.engine
    let own = engine.catalog.storedFunctions
    if let name = words[0] {
      guard let function = engine.storedFunctions.first(where: { sameScalars($0.name, name) }) else {
        let near = nearestName(to: name, among: engine.storedFunctions.map(\.name))
        throw DossierError(
          "CMD943", "there is no function '\(name)' in the query language",
          hint: near.map { "did you mean \($0)?" } ?? ".functions lists them; .help explains all others")
      }
      return shell.output.write(function.text.hasSuffix("\n") ? function.text : function.text + "\n")
    }
    let rows = engine.storedFunctions.map { function -> [Value] in
      let isOwn = own.contains { sameScalars($0.name, function.name) }
      return [
        .string(engine.signature(of: function)), .string(isOwn ? "yours" : "built in"),
        .string(function.summary),
      ]
    }
    let schema = Schema([Field("Function", .string), Field("From", .string), Field("Gives", .string)])
    try shell.show(Table(schema: schema, rows: rows), rowLimit: .some(nil), isNumbered: false)
  }
}
