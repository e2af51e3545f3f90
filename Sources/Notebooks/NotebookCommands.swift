import Diagnostics
import Foundation

/// What a command leaves behind: texts for the two streams, and the exit code.
public struct CommandOutcome: Sendable {
  /// 0 fine, 1 a check found a difference, 2 an error in the notebook, a query or a file.
  public var exitCode: Int32 = 0
  /// For standard output.
  public var output: String = ""
  /// For standard error; ends with a line end unless empty.
  public var diagnostics: String = ""

  /// An outcome without text.
  public init(exitCode: Int32 = 0, output: String = "", diagnostics: String = "") {
    self.exitCode = exitCode
    self.output = output
    self.diagnostics = diagnostics
  }
}

/// The forms that a run can be written in.
public enum NotebookFormat: String, Sendable, CaseIterable {
  /// The notebook itself with fresh outputs.
  case markdown
  /// One self-contained page.
  case html
  /// A Jupyter notebook, nbformat 4.5.
  case ipynb

  /// The format that a file's name asks for, by its ending; nil for an ending that none has.
  public init?(path: String) {
    switch URL(filePath: path).pathExtension.lowercased() {
    case "md", "markdown": self = .markdown
    case "html", "htm": self = .html
    case "ipynb": self = .ipynb
    default: return nil
    }
  }
}

/// `run`, `check`, `accept` and `verify` on notebook files.
public struct NotebookCommands {
  /// How notebooks are run.
  public var runner: NotebookRunner
  /// What HTML reports look like.
  public var report = ReportOptions()

  /// Commands that open stores through `provider`.
  public init(_ provider: any CellEvaluatorProvider) { runner = NotebookRunner(provider) }

  /// Where `run` writes.
  public enum Destination: Sendable {
    /// Nowhere: the exit code says how it went.
    case nothing
    /// Standard output.
    case standardOutput(NotebookFormat)
    /// A file, replaced atomically.
    case file(String, NotebookFormat)
  }

  /// Runs a notebook. A failed run is written too, with its error in place; the exit code is then 2.
  public func run(_ path: String, to destination: Destination) -> CommandOutcome {
    perform { () throws(DossierError) in
      var runner = runner
      if case .file(_, .html) = destination { runner.keepsLineage = true }
      if case .standardOutput(.html) = destination { runner.keepsLineage = true }
      if report.evidence == .none { runner.keepsLineage = false }
      let (notebook, run) = try replay(path, with: runner)
      var outcome = CommandOutcome()
      switch destination {
      case .nothing: break
      case .standardOutput(let format):
        outcome.output = String(decoding: try written(run, as: format), as: UTF8.self)
      case .file(let file, let format): try AtomicFile.write(try written(run, as: format), to: file)
      }
      return Self.failed(run, notebook, outcome)
    }
  }

  /// Runs a notebook and compares with what the file holds: nothing to say and 0, or a unified diff and 1.
  public func check(_ path: String) -> CommandOutcome {
    perform { () throws(DossierError) in
      let (notebook, run) = try replay(path, with: runner)
      if run.failure != nil { return Self.failed(run, notebook, CommandOutcome()) }
      let diff = Self.difference(from: notebook, to: run)
      if diff.isEmpty { return CommandOutcome() }
      var outcome = CommandOutcome(exitCode: 1, output: diff)
      let stale = notebook.cells.filter { cell in cell.output?.queryKey.map { $0 != cell.key } ?? false }
      for cell in stale {
        outcome.diagnostics +=
          "\(notebook.name):\(cell.line): the query changed since its output was accepted\n"
      }
      return outcome
    }
  }

  /// Runs a notebook and writes its outputs into the file, atomically. A run that fails changes nothing.
  public func accept(_ path: String) -> CommandOutcome {
    perform { () throws(DossierError) in
      let (notebook, run) = try replay(path, with: runner)
      if run.failure != nil { return Self.failed(run, notebook, CommandOutcome()) }
      let fresh = run.markdown
      if fresh != notebook.bytes { try AtomicFile.write(fresh, to: path) }
      return CommandOutcome()
    }
  }

  /// Runs a notebook several times under circumstances that must not matter: numbers of threads, orders of
  /// loading, time zones, languages, and, through `launcher`, processes with other hash seeds.
  ///
  /// Prints `sha256:…` of the notebook with its outputs, for a colleague to compare. Exit code 1 and a diff
  /// if two runs differ.
  ///
  /// - Parameter launcher: gives the digest line that another process of this program prints with some
  ///   environment; nil leaves these runs out.
  public func verify(_ path: String, launcher: (any DigestLauncher)? = nil) -> CommandOutcome {
    perform { () throws(DossierError) in
      var first: (bytes: [UInt8], name: String)?
      for variant in Self.variants {
        var runner = runner
        runner.threads = variant.threads
        runner.loadOrderSeed = variant.loadOrder
        let (notebook, run) = try Self.underEnvironment(variant.environment) { () throws(DossierError) in
          try replay(path, with: runner)
        }
        if run.failure != nil { return Self.failed(run, notebook, CommandOutcome()) }
        let bytes = run.markdown
        guard let reference = first else {
          first = (bytes, variant.name)
          continue
        }
        if bytes != reference.bytes {
          let diff = LineDiff(old: reference.bytes, new: bytes)
          return CommandOutcome(
            exitCode: 1, output: diff.unified(oldName: reference.name, newName: variant.name))
        }
      }
      let digest = "sha256:\(Digest.hex(of: first?.bytes ?? []))"
      if let launcher {
        for variant in Self.variants {
          let other = try launcher.digest(of: path, environment: variant.environment)
          if other != digest {
            return CommandOutcome(
              exitCode: 1,
              diagnostics: "another process gave \(other) under \(variant.name), this one \(digest)\n")
          }
        }
      }
      return CommandOutcome(output: digest + "\n")
    }
  }

  /// The digest that `verify` compares, from one run: `sha256:…`.
  public func digest(_ path: String) -> CommandOutcome {
    perform { () throws(DossierError) in
      let (notebook, run) = try replay(path, with: runner)
      if run.failure != nil { return Self.failed(run, notebook, CommandOutcome()) }
      return CommandOutcome(output: "sha256:\(Digest.hex(of: run.markdown))\n")
    }
  }

  // MARK: Parts

  private struct Variant {
    var name: String
    var threads: Int
    var loadOrder: UInt64?
    var environment: [String: String]
  }

  private static let variants = [
    Variant(name: "1 thread", threads: 1, loadOrder: nil, environment: ["TZ": "UTC", "LC_ALL": "C"]),
    Variant(
      name: "16 threads, Kathmandu, Turkish", threads: 16, loadOrder: 1,
      environment: ["TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8"]),
    Variant(
      name: "3 threads, Honolulu, German", threads: 3, loadOrder: 2,
      environment: ["TZ": "Pacific/Honolulu", "LC_ALL": "de_DE.UTF-8"]),
  ]

  /// Runs `body` with some environment variables set, then puts the old ones back.
  private static func underEnvironment<Result>(
    _ environment: [String: String], _ body: () throws(DossierError) -> Result
  ) throws(DossierError) -> Result {
    let old = environment.keys.sorted().map { ($0, ProcessInfo.processInfo.environment[$0]) }
    for (name, value) in environment { setenv(name, value, 1) }
    tzset()
    defer {
      for (name, value) in old { if let value { setenv(name, value, 1) } else { unsetenv(name) } }
      tzset()
    }
    return try body()
  }

  private func replay(
    _ path: String, with runner: NotebookRunner
  ) throws(DossierError) -> (Notebook, NotebookRun) {
    let name = URL(filePath: path).lastPathComponent
    let bytes = try AtomicFile.read(path)
    let notebook: Notebook
    do {
      notebook = try Notebook(bytes: bytes, name: name)
    } catch {
      throw Rendered.error(error, in: bytes, name: name)
    }
    let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : ""
    return (notebook, runner.run(notebook, in: path.hasPrefix("/") && folder.isEmpty ? "/" : folder))
  }

  private func written(_ run: NotebookRun, as format: NotebookFormat) throws(DossierError) -> [UInt8] {
    switch format {
    case .markdown: run.markdown
    case .html: Array(try HTMLReport(run, options: report).text().utf8)
    case .ipynb: Array(JupyterNotebook.text(of: run).utf8)
    }
  }

  /// The diff of what a file holds to what a run gave; empty if there is none.
  static func difference(from notebook: Notebook, to run: NotebookRun) -> String {
    let fresh = run.markdown
    if fresh == notebook.bytes { return "" }
    let text = SourceText(String(decoding: notebook.bytes, as: UTF8.self))
    let cells = notebook.cells
    return LineDiff(old: notebook.bytes, new: fresh).unified(
      oldName: "\(notebook.name) (accepted)", newName: "\(notebook.name) (replayed)"
    ) { line in
      guard let cell = cells.last(where: { text.position(at: $0.range.lowerBound).line <= line }) else {
        return ""
      }
      return "cell \(cell.attributes.name ?? "in line \(cell.line)")"
    }
  }

  private static func failed(
    _ run: NotebookRun, _ notebook: Notebook, _ outcome: CommandOutcome
  ) -> CommandOutcome {
    guard let failure = run.failure else { return outcome }
    var outcome = outcome
    outcome.exitCode = 2
    outcome.diagnostics += Rendered.text(failure, in: notebook.bytes, name: notebook.name) + "\n"
    return outcome
  }

  private func perform(_ body: () throws(DossierError) -> CommandOutcome) -> CommandOutcome {
    do {
      return try body()
    } catch {
      return CommandOutcome(exitCode: 2, diagnostics: error.rendered(in: nil) + "\n")
    }
  }
}

/// Starts this program again, for `verify`.
public protocol DigestLauncher {
  /// What `sha256:…` another process prints for a notebook under some environment, without the line end.
  func digest(of path: String, environment: [String: String]) throws(DossierError) -> String
}

/// Errors whose spans lie in a notebook's file.
enum Rendered {
  /// The error as text, with the file's name, line and a caret.
  static func text(_ error: DossierError, in bytes: [UInt8], name: String) -> String {
    error.rendered(in: SourceText(String(decoding: bytes, as: UTF8.self), name: name))
  }

  /// An error that renders the same without its file.
  static func error(_ error: DossierError, in bytes: [UInt8], name: String) -> DossierError {
    guard error.span != nil else { return error }
    let lines = text(error, in: bytes, name: name).split(separator: "\n", omittingEmptySubsequences: false)
    var placed = error
    placed.span = nil
    placed.notes = []
    placed.hint = nil
    placed.others = []
    placed.message = ([error.message] + lines.dropFirst().map(String.init)).joined(separator: "\n")
    return placed
  }
}
