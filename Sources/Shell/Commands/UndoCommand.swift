import Diagnostics

/// `.undo`: takes the last correction or mark back.
enum UndoCommand: ShellCommand {
  static let names = ["undo"]
  static let usage = ".undo"
  static let summary = "Takes back the last .alias, .merge, .split, .retype, .tag or .note."
  static let examples = [".undo"]

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    let known = shell.session.store?.corrections ?? []
    guard let step = shell.undoSteps.last ?? (known.isEmpty ? nil : .correction) else {
      throw misused("there is nothing to take back")
    }
    switch step {
    case .marks(let numbers):
      try shell.session.unmark(numbers)
      shell.output.say("\(counted(numbers.count, "mark")) taken away")
    case .correction:
      guard let last = known.last else { break }
      guard let resolve = shell.services.resolve else {
        throw DossierError(.unavailable, "entities can't be corrected here")
      }
      try shell.session.correct(known.dropLast(), resolve: resolve)
      shell.evidence = nil
      shell.output.say("taken back: \(last.text)")
    }
    if !shell.undoSteps.isEmpty { shell.undoSteps.removeLast() }
  }
}
