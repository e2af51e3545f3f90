import Diagnostics
import Facts
import Foundation

/// `.corrections`: what the reader says of entities, as a text; with a file, that text instead.
enum CorrectionsCommand: ShellCommand {
  static let names = ["corrections"]
  static let usage = ".corrections [FILE] [--dry-run]"
  static let summary =
    "Shows your corrections of entities as text, a line each; with a file of such lines, takes those instead."
  static let examples = [".corrections", ".corrections people.txt --dry-run"]
  static let argument = CommandArgument.path
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let (given, isTrial) = try words.trial()
    guard let path = given.first.map(CommandWords.path) else {
      let known = shell.session.store?.corrections ?? []
      if known.isEmpty {
        return shell.output.note("no corrections; .alias, .merge, .split and .retype make some")
      }
      for correction in known { shell.output.write(correction.text + "\n") }
      return
    }
    guard given.count == 1 else { throw misused("one file is enough") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DossierError(.unreadable, "'\(path)' can't be read")
    }
    try shell.correct(try Correction.list(String(decoding: data, as: UTF8.self)), isTrial: isTrial)
  }
}
