import Diagnostics

/// What must not matter to a notebook's outputs, as `verify` varies it.
public struct Circumstances: Sendable {
  /// In words.
  public var name: String
  /// How many threads work.
  public var threads: Int
  /// Shuffles the order in which documents are loaded; nil keeps it.
  public var loadOrder: UInt64?
  /// Variables of the environment that are set.
  public var environment: [String: String]

  /// The runs of `verify`; the first is what the others are compared with.
  static let all = [
    Circumstances(
      name: "1 thread, UTC, no language", threads: 1, environment: ["TZ": "UTC", "LC_ALL": "C", "LANG": "C"]),
    Circumstances(
      name: "16 threads, Kathmandu, Turkish, documents shuffled", threads: 16, loadOrder: 1,
      environment: ["TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"]),
    Circumstances(
      name: "3 threads, Honolulu, German, documents shuffled again, kernels of old CPUs", threads: 3,
      loadOrder: 2,
      environment: [
        "TZ": "Pacific/Honolulu", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8",
        "DOSSIER_KERNELS": "baseline",
      ]),
  ]
}

/// Runs notebooks in processes of their own, for `verify`.
public protocol NotebookReplayer {
  /// Runs a notebook under some circumstances and gives what it would be kept as.
  func replay(_ path: String, under circumstances: Circumstances) throws(DossierError) -> NotebookReplay
}

/// What a process gave that ran a notebook.
public struct NotebookReplay: Sendable {
  /// Its exit code.
  public var exitCode: Int32
  /// What it wrote to standard error.
  public var diagnostics: String
  /// The notebook; empty if the run failed.
  public var files: NotebookFiles

  /// Reads what a process wrote as `path`, a Markdown notebook with its pictures beside it.
  /// - Errors: `NBK002`.
  public init(exitCode: Int32, diagnostics: String, path: String) throws(DossierError) {
    self.exitCode = exitCode
    self.diagnostics = diagnostics
    files = NotebookFiles(folder: nil)
    guard exitCode == 0 else { return }
    files = NotebookFiles(
      folder: NotebookFiles.folder(for: path.split(separator: "/").last.map(String.init) ?? path))
    files.text = try AtomicFile.read(path)
    files.pictures = NotebookFiles.pictures(beside: path)
  }
}
