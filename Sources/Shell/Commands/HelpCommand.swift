import Columnar
import Diagnostics
import Facts
import KQLEngine
import KQLLibrary
import LineEditing
import Presentation

/// `.help [NAME]`: what there is, and how it is used.
enum HelpCommand: ShellCommand {
  static let names = ["help", "?"]
  static let usage = ".help [NAME]"
  static let summary = "Explains a command, operator, function or table; without a name, lists the commands."
  static let examples = [".help", ".help summarize", ".help .why", ".help functions"]
  static let argument = CommandArgument.topic
  static let isForReading = true

  /// Words that list a whole kind.
  static let lists = ["commands", "operators", "functions", "aggregates", "tables", "keys"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let topic = words[0] else { return overview(shell) }
    let out = shell.output
    let engine = shell.session.engine
    let name = topic.hasPrefix(".") ? String(topic.dropFirst()) : topic
    switch topic.lowercased() {
    case "commands": return list(CommandRegistry.all.map { ($0.usage, $0.summary) }, out)
    case "operators":
      return list(engine.operators.map { ($0.keywords.joined(separator: ", "), $0.summary) }, out)
    case "functions": return list(entries([.function, .libraryFunction], engine), out)
    case "aggregates": return list(entries([.aggregate], engine), out)
    case "tables": return try TablesCommand.run(words, shell)
    case "keys": return list(keys, out)
    case "tour": return try TourCommand.run(CommandWords(query: ".tour"), shell)
    default: break
    }
    var found = false
    if let command = CommandRegistry.all.first(where: { $0.names.contains(name.lowercased()) }),
      !isQueryWord(topic, engine)
    {
      explain(command.usage, command.summary, command.examples, out)
      found = true
    }
    for entry in engine.reference(of: topic) {
      let kind = entry.kind == .aggregate || entry.kind == .libraryFunction ? " (\(entry.kind.rawValue))" : ""
      explain(entry.syntax, entry.summary + kind, [], out)
      for paragraph in entry.details { out.write("  " + paragraph + "\n") }
      examples(entry.examples, out)
      found = true
    }
    if let instead = AbsentNames.instead(of: topic) {
      out.write("\(topic) is not supported. Instead: \(instead).\n")
      found = true
    }
    if !found, engine.catalog.table(topic) != nil {
      if let meaning = shell.meaning(ofTable: topic) { out.write("\(topic): \(meaning)\n") }
      return try SchemaCommand.run(words, shell)
    }
    guard found else {
      let near = nearestName(to: name, among: topics(shell))
      throw DossierError(
        .unknownTopic, "there is no help on '\(topic)'",
        hint: near.map { "did you mean .help \($0)?" } ?? ".help lists what there is")
    }
  }

  /// All that can be asked about.
  static func topics(_ shell: Shell) -> [String] {
    CommandRegistry.all.flatMap { $0.names } + lists + shell.session.engine.reference.flatMap(\.names)
      + shell.tableNames
  }

  private static func entries(_ kinds: [ReferenceEntry.Kind], _ engine: Engine) -> [(String, String)] {
    engine.reference.filter { kinds.contains($0.kind) }.map { ($0.syntax, $0.summary) }
  }

  private static func isQueryWord(_ topic: String, _ engine: Engine) -> Bool {
    !topic.hasPrefix(".") && engine.operators.contains { $0.keywords.contains(topic) }
  }

  private static let keys: [(String, String)] = [
    ("Tab", "complete the word at the cursor, or list what it may be"),
    ("Up, Down", "move in the block, then through the history"),
    ("Alt-P, Alt-N", "earlier and later blocks that begin alike"),
    ("Ctrl-R", "search the history"),
    ("Alt-Enter", "start another line"),
    ("Ctrl-_", "take the last change back"),
    ("Ctrl-C", "drop the block, or stop a running query"),
    ("Ctrl-D", "leave"),
  ]

  private static func overview(_ shell: Shell) {
    let out = shell.output
    out.write("A query begins with a table and goes on with steps after |:\n\n")
    out.write("  Entities | where Type == \"PERSON\" | top 5 by Mentions\n\n")
    list(CommandRegistry.all.map { ($0.usage, $0.summary) }, out)
    out.write("\n.help NAME explains a command, operator, function or table.\n")
    out.write(
      ".help operators, functions, aggregates, tables, keys list them. .tour shows it all on an example.\n")
  }

  /// Two columns: what it is called and what it is, the second wrapped where it is too long for its line.
  private static func list(_ pairs: [(String, String)], _ out: ShellOutput) {
    let name = min(pairs.map { DisplayWidth.of($0.0) }.max() ?? 0, 26)
    let indent = String(repeating: " ", count: name + 2)
    for (left, right) in pairs {
      let lines = out.width.map { LineFormat.wrapped(right, to: max(20, $0 - name - 2)) } ?? [right]
      if DisplayWidth.of(left) > name {
        out.write(out.paint(left, .command) + "\n" + indent)
      } else {
        out.write(out.paint(DisplayWidth.pad(left, to: name), .command) + "  ")
      }
      out.write(lines.joined(separator: "\n" + indent) + "\n")
    }
  }

  private static func explain(_ usage: String, _ summary: String, _ examples: [String], _ out: ShellOutput) {
    out.write(out.paint(usage, .command) + "\n  " + summary + "\n")
    for example in examples { out.write("  example: \(example)\n") }
  }

  private static func examples(_ examples: [Example], _ out: ShellOutput) {
    for example in examples {
      out.write(
        "  example: " + example.query.split(separator: "\n").joined(separator: "\n           ") + "\n")
      for line in aligned(example.result) { out.write("    " + out.paint(line, .faint) + "\n") }
    }
  }

  /// A result as examples are written, cells split at two blanks, in columns.
  private static func aligned(_ result: String) -> [String] {
    let rows = result.split(separator: "\n").map { line in
      line.split(separator: "  ").map { $0.trimmed }.filter { !$0.isEmpty }
    }
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], DisplayWidth.of(cell))
      }
    }
    return rows.map { row in
      row.enumerated().map { $0 + 1 < row.count ? DisplayWidth.pad($1, to: widths[$0]) : $1 }
        .joined(separator: "  ")
    }
  }
}

extension DossierError.Code {
  static let unknownTopic: Self = "CMD927"
}
