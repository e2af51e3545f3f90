import Columnar
import Diagnostics
import Foundation
import KQLSyntax
import Store

/// `.save FILE`: the session as a notebook.
enum SaveCommand: ShellCommand {
  static let names = ["save"]
  static let usage = ".save FILE.md [FROM-TO] [TITLE] [--replace]"
  static let summary = "Writes the queries that worked as a notebook with their results."
  static let examples = [
    ".save findings.md", ".save findings.md 4-9", ".save findings.md \"What was signed\" --replace",
  ]
  static let argument = CommandArgument.path

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let save = shell.services.save else {
      throw DossierError(.unavailable, "notebooks can't be written here")
    }
    var given = words.words.filter { $0 != "--replace" }
    let isReplacing = given.count < words.words.count
    guard let path = given.first.map(CommandWords.path) else { throw misused("under which name?") }
    var kept = shell.cells
    if given.count > 1, let range = numbers(given[1]) {
      kept = try part(of: kept, range)
      given.remove(at: 1)
    }
    guard given.count < 3 else { throw misused("put the title in quotes") }
    let cells = kept.count { $0.kind == .query }
    guard cells > 0 else { throw misused("no query has worked yet") }
    let place = URL(filePath: path).standardizedFileURL.path
    guard isReplacing || shell.saved.contains(place) || isFree(place) else {
      throw DossierError(
        .wouldReplace, "'\(path)' is there already, and not from this session",
        hint: ".save \(given[0]) --replace")
    }
    let record = SessionRecord(
      title: given.count > 1 ? given[1] : title(for: place), cells: kept,
      store: shell.temporaryStore == nil ? shell.session.store?.path : nil, loads: shell.loads,
      tables: tables(of: shell), corrections: shell.session.store?.corrections ?? [])
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

  /// `4-9`, or `4` alone.
  private static func numbers(_ word: String) -> ClosedRange<Int>? {
    let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last
    else { return nil }
    return first...last
  }

  /// The queries of those numbers, counted from 1, with the comments before each.
  /// - Errors: `CMD921` if there are none, or one of them reads a result that only an earlier one gives.
  private static func part(of cells: [Cell], _ range: ClosedRange<Int>) throws(DossierError) -> [Cell] {
    var kept: [Cell] = []
    var comments: [Cell] = []
    var number = 0
    for cell in cells {
      guard cell.kind == .query else {
        comments.append(cell)
        continue
      }
      number += 1
      if range.contains(number) { kept += comments + [cell] }
      comments = []
    }
    guard !kept.isEmpty else {
      throw misused("the queries that worked are numbered up to \(number); .cells lists them")
    }
    return kept
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
