import Diagnostics

/// `.next`, `.prev`: from passage to passage of the evidence.
enum NextCommand: ShellCommand {
  static let names = ["next"]
  static let usage = ".next"
  static let summary =
    "Shows the next passage of the evidence where it stands; after the last, that of the next row."
  static let examples = [".next"]
  static let isForReading = true

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) { try shell.walk(by: 1) }
}

extension Shell {
  /// Goes to another passage of the evidence, from row to row of the last result.
  func walk(by step: Int) throws(DossierError) {
    guard let last = session.last else {
      throw DossierError(.misusedCommand, "there is no result yet; ask a query first")
    }
    var row = evidenceRow
    var place = passage.map { $0 + step } ?? (step > 0 ? 0 : -1)
    if evidence == nil {
      (row, place) = (1, 0)
      evidence = try session.evidence(forRow: 0, of: last)
    }
    // Rows that rest on nothing are passed over.
    while let found = evidence, !found.passages.indices.contains(place) {
      row += step
      guard (1...max(1, last.table.rowCount)).contains(row), last.table.rowCount > 0 else {
        throw DossierError(
          .misusedCommand, step > 0 ? "that was the last passage" : "that was the first passage")
      }
      let other = try session.evidence(forRow: row - 1, of: last)
      evidence = other
      place = step > 0 ? 0 : other.passages.count - 1
    }
    guard let found = evidence else { return }
    (evidenceRow, passage) = (row, place)
    output.write(
      output.paint(
        "Row \(row), passage \(place + 1) of \(found.passages.count)\(found.isCut ? " and more" : "")", .faint
      )
        + "\n")
    try ShowCommand.show(found.passages[place], self)
  }
}
