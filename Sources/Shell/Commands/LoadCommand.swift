import Columnar
import Diagnostics
import Foundation
import Sessions
import Store

/// `.load PATH…`: documents into the store. `.load table FILE as NAME`: a table of the reader's own.
enum LoadCommand: ShellCommand {
  static let names = ["load"]
  static let usage = ".load PATH… [--published DATE] [--title TITLE], or .load table FILE as NAME"
  static let summary =
    "Reads files or folders into the store; with table, a CSV, TSV or JSONL file as a table of your own."
  static let examples = [
    ".load articles/", ".load article.txt --published 2024-10-08", ".load table codes.csv as Codes",
  ]
  static let argument = CommandArgument.byFirstWord(
    [("table", [.path, .oneOf(["as"])])], otherwise: .path)

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let load = shell.services.load else {
      throw DossierError(.unavailable, "nothing can be loaded here", hint: "use: dossier load STORE PATH…")
    }
    guard !words.words.isEmpty else { throw misused("which files?") }
    if words[0] == "table", words.words.count > 2, words[2]?.lowercased() == "as" {
      return try loadTable(words, shell)
    }
    guard !words.words.contains("-") else { throw misused("standard input is the prompt; name a file") }
    let wanted = words.words.map(CommandWords.path)
    let path = shell.storePath ?? shell.makeTemporaryStore()
    let stop = shell.session.settings.interruption
    var failure: DossierError?
    do throws(DossierError) {
      try load(wanted, path, { stop?()?.code == DossierError.stopped.code }) { shell.output.say($0) }
      if shell.temporaryStore != nil { shell.loads.append(wanted) }
    } catch {
      // Some files may be in although others failed.
      failure = error
    }
    if FileManager.default.fileExists(atPath: path) {
      try shell.goOn(withStore: path)
    }
    if let failure { throw failure }
  }

  private static func loadTable(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let load = shell.services.loadTable else {
      throw DossierError(
        .unavailable, "nothing can be loaded here", hint: "use: dossier load STORE --table NAME=FILE")
    }
    guard words.words.count == 4, let file = words.path(1), let name = words[3] else {
      throw misused("a file and a name are needed")
    }
    try Session.requireTableName(name, in: shell.session.store)
    guard !shell.session.named.contains(where: { sameScalars($0.name, name) }) else {
      throw misused("'\(name)' is a result of this session already")
    }
    let path = shell.storePath ?? shell.makeTemporaryStore()
    let stop = shell.session.settings.interruption
    try load(file, name, path, { stop?()?.code == DossierError.stopped.code }) { shell.output.say($0) }
    shell.tableFiles.append((name, file))
    try shell.goOn(withStore: path)
  }
}

extension Shell {
  /// Goes on with a store as it is after a load.
  func goOn(withStore path: String) throws(DossierError) {
    session.use(try CorpusStore.open(path))
    storePath = path
    evidence = nil
  }

  /// A store for this session only.
  func makeTemporaryStore() -> String {
    let path = NSTemporaryDirectory() + "dossier-\(UUID().uuidString).dossier"
    temporaryStore = path
    return path
  }

  /// Removes the store of this session, if it had one of its own.
  public func removeTemporaryStore() {
    guard let path = temporaryStore else { return }
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    temporaryStore = nil
  }
}
