import Columnar
import Diagnostics
import Foundation
import KQLSyntax
import Store

/// `.save FILE`: the session as a notebook.
enum SaveCommand: ShellCommand {
  static let names = ["save"]
  static let usage = ".save FILE.md [TITLE] [--replace]"
  static let summary = "Writes the queries that worked as a notebook with their results."
  static let examples = [".save findings.md", ".save findings.md \"What was signed\" --replace"]
  static let argument = CommandArgument.path

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let save = shell.services.save else {
      throw DossierError(.unavailable, "notebooks can't be written here")
    }
    let given = words.words.filter { $0 != "--replace" }
    guard let path = given.first.map(CommandWords.path) else { throw misused("under which name?") }
    guard given.count < 3 else { throw misused("put the title in quotes") }
    let cells = shell.cells.count { $0.kind == .query }
    guard cells > 0 else { throw misused("no query has worked yet") }
    let place = URL(filePath: path).standardizedFileURL.path
    guard given.count < words.words.count || shell.saved.contains(place) || isFree(place) else {
      throw DossierError(
        .wouldReplace, "'\(path)' is there already, and not from this session",
        hint: ".save \(given[0]) --replace")
    }
    let record = SessionRecord(
      title: given.count > 1 ? given[1] : title(for: place), cells: shell.cells,
      store: shell.temporaryStore == nil ? shell.session.store?.path : nil, loads: shell.loads,
      tables: tables(of: shell))
    try save(record, path, shell.session)
    shell.saved.insert(place)
    shell.output.say(
      "\(counted(cells, "cell")) in \(path); dossier check \(given[0]) replays \(cells == 1 ? "it" : "them")")
  }

  /// The reader's own tables that the notebook needs, or that its outputs rest on.
  private static func tables(of shell: Shell) -> [SessionRecord.OwnTable] {
    let own = shell.session.store?.ownTables ?? []
    if shell.temporaryStore != nil {
      return own.compactMap { table in
        let path = shell.tableFiles.last { sameScalars($0.name, table.name) }?.path
        return path.map { SessionRecord.OwnTable(name: table.name, path: $0, hash: table.hash) }
      }
    }
    let named = shell.cells.filter { $0.kind == .query }.flatMap { tokenize($0.text) }
    return own.filter { table in named.contains { sameScalars($0.text, table.name) } }
      .map { SessionRecord.OwnTable(name: $0.name, path: nil, hash: $0.hash) }
  }

  /// Whether nothing is lost by writing there.
  private static func isFree(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes == nil || attributes?[.size] as? Int == 0
  }

  /// A title from the file's name: `kim-and-putin.md` is "Kim and putin".
  private static func title(for path: String) -> String {
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    let words = name.split { $0 == "-" || $0 == "_" || $0 == " " }.joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

extension DossierError.Code {
  static let wouldReplace: Self = "CMD928"
}
