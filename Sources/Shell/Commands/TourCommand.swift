import Diagnostics
import Foundation
import Presentation

/// `.tour`: what can be asked, step by step.
enum TourCommand: ShellCommand {
  static let names = ["tour"]
  static let usage = ".tour [STEP]"
  static let summary =
    "Shows in five minutes what can be asked, a step each time; brings documents where none are loaded."
  static let examples = [".tour", ".tour 1"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    if let word = words[0] {
      guard let number = Int(word), Tour.steps.indices.contains(number - 1) else {
        throw misused("steps count from 1 to \(Tour.steps.count)")
      }
      shell.tourStep = number - 1
    }
    if (shell.session.store?.documentCount ?? 0) == 0 { try load(shell) }
    if shell.tourStep >= Tour.steps.count { shell.tourStep = 0 }
    let step = Tour.steps[shell.tourStep]
    let out = shell.output
    out.say(out.paint("Step \(shell.tourStep + 1) of \(Tour.steps.count)", .prompt))
    let prose = step.prose.split(separator: "\n").joined(separator: " ")
    for line in LineFormat.wrapped(prose, to: max(40, min(100, out.messageWidth - 2))) { out.say(line) }
    shell.tourStep += 1
    guard let line = step.line else { return }
    out.say("\n" + out.paint("dossier> ", .prompt) + line)
    for cell in shell.splitter.split(line) { try shell.run(cell) }
    if shell.tourStep < Tour.steps.count { out.note(".tour goes on") }
  }

  private static func load(_ shell: Shell) throws(DossierError) {
    guard shell.services.load != nil else {
      throw DossierError(.unavailable, "nothing can be loaded here, so there is no tour")
    }
    guard shell.storePath == nil || shell.temporaryStore != nil else {
      throw misused(
        "the store has no documents yet; start dossier without a store to see the tour on its own")
    }
    let folder = try Tour.writeDocuments()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let loads = shell.loads
    try LoadCommand.run(try CommandWords(".load \"\(folder)\""), shell)
    // The folder is gone when a notebook would look for it.
    shell.loads = loads
  }
}
