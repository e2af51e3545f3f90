import Columnar
import Diagnostics
import Facts
import LineEditing
import Sessions
import Store

/// What `.undo` takes back.
enum UndoStep {
  /// The last correction of the store.
  case correction
  /// Marks, by their numbers in the store.
  case marks([Int64])
}

extension Shell {
  /// Adds a correction to those of the store, or with `isTrial` only tells what it would change.
  func correct(_ correction: Correction, isTrial: Bool) throws(DossierError) {
    let known = session.store?.corrections ?? []
    if known.contains(correction) {
      throw DossierError(.misusedCommand, "the store has this correction already: \(correction.text)")
    }
    try correct(known + [correction], isTrial: isTrial)
    if !isTrial { undoSteps.append(.correction) }
  }

  /// Puts corrections in the place of the store's, and tells what changes.
  func correct(_ corrections: [Correction], isTrial: Bool) throws(DossierError) {
    guard let resolve = services.resolve else {
      throw DossierError(.unavailable, "entities can't be corrected here")
    }
    let effect = try session.effect(of: corrections, resolve: resolve)
    guard !effect.rows.isEmpty else {
      if isTrial { return output.say("nothing would change") }
      try session.correct(corrections, resolve: resolve)
      return output.say("kept; it changes no row of these documents")
    }
    let parts = effect.rows.map { "\(counted($0.count, "row")) of \($0.table)" }
    if isTrial {
      let schema = Schema(
        ["Table", "Place", "Column", "Now", "Then"].map { Field($0, .string) })
      let rows = effect.changes.map { change in
        [change.table, change.place, change.column, change.before, change.after].map { Value.string($0) }
      }
      try show(Table(schema: schema, rows: rows), rowLimit: .some(nil), isNumbered: false)
      return output.say("would change \(Self.listed(parts)); without --dry-run it is kept")
    }
    try session.correct(corrections, resolve: resolve)
    evidence = nil
    output.say("changed \(Self.listed(parts)); .undo takes it back")
  }

  private static func listed(_ parts: [String]) -> String {
    parts.count < 2
      ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
  }
}

extension CommandWords {
  /// The words without flags, and whether `--dry-run` is one of them.
  /// - Errors: `CMD921` for another flag.
  func trial() throws(DossierError) -> (words: [String], isTrial: Bool) {
    let flags = words.filter { $0.hasPrefix("--") }
    if let other = flags.first(where: { $0 != "--dry-run" }) {
      throw DossierError(.misusedCommand, ".\(name): '\(other)' is not understood", hint: "--dry-run")
    }
    return (words.filter { !$0.hasPrefix("--") }, !flags.isEmpty)
  }
}
