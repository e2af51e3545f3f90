import Diagnostics
import Foundation
import Loading
import Sessions
import Store

/// Files of rows as tables of the reader's own, as the command line and the prompt load them.
enum TableLoading {
  /// Loads a file under a name. Gives a line that tells what came of it.
  /// - Errors: those of `TableLoader`, and `CMD941` for a name that something else has.
  static func load(
    _ path: String, as name: String, into store: String, threads: Int? = nil,
    isCancelled: () -> Bool = { Interruption.isRequested }
  ) throws(DossierError) -> String {
    let start = ContinuousClock.now
    let isThere = FileManager.default.fileExists(atPath: store)
    try Session.requireTableName(name, in: isThere ? try CorpusStore.open(store) : nil)
    // A file that can't be read leaves no new store behind.
    defer {
      if !isThere, (try? CorpusStore.open(store))?.batch == 0 {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
      }
    }
    let summary = try TableLoader.load(
      path, as: name, into: StoreWriter(store),
      threads: max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount), isCancelled: isCancelled,
      progress: LoadReport.show(rows:))
    LoadReport.clearProgress()
    let columns = summary.schema.fields.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: ", ")
    let tenths = Int(((ContinuousClock.now - start) / .milliseconds(100)).rounded())
    return "\(name): \(counted(summary.rows, "row")) · \(columns) · \(tenths / 10).\(tenths % 10) s"
  }

  /// The name and the file of `--table NAME=FILE`.
  /// - Errors: `CMD124` for one without `=`.
  static func option(_ text: String) throws(DossierError) -> (name: String, path: String) {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex, text.index(after: sign) < text.endIndex
    else { throw DossierError("CMD124", "--table takes NAME=FILE, found '\(text)'") }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
