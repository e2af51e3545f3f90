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
public struct NotebookCommands: Sendable {
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
      let notebook = try open(path)
      let run = run(notebook, at: path)
      var outcome = try write(run, to: destination)
      outcome.diagnostics = run.tableNotes + outcome.diagnostics
      return outcome
    }
  }

  /// Writes what came of a run, and says how it went.
  func write(_ run: NotebookRun, to destination: Destination) throws(DossierError) -> CommandOutcome {
    var outcome = CommandOutcome()
    defer { run.evaluator?.finish() }
    switch destination {
    case .nothing: break
    case .standardOutput(.markdown) where runner.only != nil:
      outcome.output = run.onlyOutput
    case .standardOutput(let format):
      outcome.output = String(decoding: try written(run, as: format), as: UTF8.self)
    case .file(let file, .markdown):
      try run.files(named: URL(filePath: file).lastPathComponent).write(to: file)
    case .file(let file, let format): try AtomicFile.write(try written(run, as: format), to: file)
    }
    return Self.failed(run, outcome)
  }

  /// Runs a notebook and compares with what the file holds: nothing to say and 0, or a unified diff and 1.
  public func check(_ path: String) -> CommandOutcome {
    perform { () throws(DossierError) in
      let notebook = try openWithOutputs(path)
      let run = run(notebook, at: path)
      if run.failure != nil { return Self.failed(run, CommandOutcome(diagnostics: run.tableNotes)) }
      let files = run.files(named: notebook.name)
      let diff = Self.difference(from: notebook, to: files, at: path)
      if diff.isEmpty { return CommandOutcome() }
      return CommandOutcome(
        exitCode: 1, output: diff, diagnostics: run.tableNotes + DifferenceReasons(run, at: path).text)
    }
  }

  /// Runs a notebook and writes its outputs into the file, atomically, and its charts beside it. A run that
  /// fails changes nothing.
  public func accept(_ path: String) -> CommandOutcome {
    perform { () throws(DossierError) in
      let notebook = try openWithOutputs(path)
      let run = run(notebook, at: path)
      if run.failure != nil { return Self.failed(run, CommandOutcome()) }
      try run.files(named: notebook.name).write(to: path)
      if !run.isPartial { try run.evaluator?.inputs?.write(beside: path) }
      return CommandOutcome()
    }
  }

  /// Runs a notebook in several processes under circumstances that must not matter: numbers of threads,
  /// orders of loading, time zones, languages, kernels of other CPUs, and, as each process has its own, hash
  /// seeds.
  ///
  /// Prints `sha256:…` of the notebook with its outputs and pictures, for a colleague to compare. Exit code 1
  /// and a diff if two runs differ.
  public func verify(_ path: String, with replayer: any NotebookReplayer) -> CommandOutcome {
    perform { () throws(DossierError) in
      let notebook = try open(path)
      var first: (files: NotebookFiles, name: String, diagnostics: String)?
      for circumstances in Circumstances.all {
        let replay = try replayer.replay(path, under: circumstances)
        guard replay.exitCode == 0 else {
          var outcome = CommandOutcome(exitCode: replay.exitCode, diagnostics: replay.diagnostics)
          if let first {
            outcome.exitCode = 1
            outcome.diagnostics =
              "fails with \(circumstances.name), not with \(first.name):\n" + replay.diagnostics
          }
          return outcome
        }
        guard let reference = first else {
          first = (replay.files, circumstances.name, replay.diagnostics)
          continue
        }
        let diff = Self.difference(
          from: reference.files, called: reference.name, to: replay.files, called: circumstances.name)
        if !diff.isEmpty { return CommandOutcome(exitCode: 1, output: diff) }
      }
      guard let (files, _, diagnostics) = first else { return CommandOutcome() }
      var outcome = CommandOutcome(output: "sha256:\(files.digest)\n", diagnostics: diagnostics)
      if !Self.difference(from: notebook, to: files, at: path).isEmpty {
        outcome.diagnostics +=
          "note: \(notebook.name) holds other outputs than these; dossier check shows which\n"
      }
      return outcome
    }
  }

  // MARK: Parts

  /// Reads a notebook; of Jupyter's form only what its author wrote.
  func open(_ path: String) throws(DossierError) -> Notebook {
    let name = URL(filePath: path).lastPathComponent
    var bytes = try AtomicFile.read(path)
    if JupyterSource.isNamed(path) { bytes = Array(try JupyterSource.markdown(bytes, name: name).utf8) }
    do {
      return try Notebook(bytes: bytes, name: name)
    } catch {
      throw Rendered.error(error, in: bytes, name: name)
    }
  }

  /// Reads a notebook whose outputs are to be compared or replaced.
  /// - Errors: `NBK004` for one of Jupyter's form.
  private func openWithOutputs(_ path: String) throws(DossierError) -> Notebook {
    guard !JupyterSource.isNamed(path) else {
      let markdown = String(path.dropLast(".ipynb".count)) + ".md"
      throw DossierError(
        .jupyterOutputs, "outputs are compared in Markdown notebooks, not in '\(path)'",
        hint: "dossier run \(path) -o \(markdown) makes one of it")
    }
    return try open(path)
  }

  /// Runs a notebook that was read from a path.
  func run(_ notebook: Notebook, at path: String) -> NotebookRun {
    runner.run(notebook, in: SessionRecorder.folder(of: path))
  }

  private func written(_ run: NotebookRun, as format: NotebookFormat) throws(DossierError) -> [UInt8] {
    switch format {
    case .markdown: run.markdown
    case .html: Array(try HTMLReport(run, options: report).text().utf8)
    case .ipynb: Array(JupyterNotebook.text(of: run).utf8)
    }
  }

  /// The diff of what a notebook's files hold to what a run gave; empty if there is none.
  static func difference(from notebook: Notebook, to files: NotebookFiles, at path: String) -> String {
    let text = SourceText(String(decoding: notebook.bytes, as: UTF8.self))
    let cells = notebook.cells
    var diff = ""
    if files.text != notebook.bytes {
      diff = LineDiff(old: notebook.bytes, new: files.text).unified(
        oldName: "\(notebook.name) (accepted)", newName: "\(notebook.name) (replayed)"
      ) { line in
        guard let cell = cells.last(where: { text.position(at: $0.range.lowerBound).line <= line }) else {
          return ""
        }
        return "cell \(cell.attributes.name ?? "in line \(cell.line)")"
      }
    }
    return diff + pictureDifference(NotebookFiles.pictures(beside: path), files)
  }

  private static func difference(
    from old: NotebookFiles, called oldName: String, to new: NotebookFiles, called newName: String
  ) -> String {
    let diff =
      old.text == new.text
      ? "" : LineDiff(old: old.text, new: new.text).unified(oldName: oldName, newName: newName)
    return diff + pictureDifference(old.pictures, new)
  }

  /// A line for each picture that is missing, not shown any more, or different.
  private static func pictureDifference(
    _ old: [(name: String, svg: String)], _ files: NotebookFiles
  ) -> String {
    let folder = files.folder.map { $0 + "/" } ?? ""
    var lines: [String] = []
    for (name, svg) in files.pictures {
      guard let known = old.first(where: { $0.name == name }) else {
        lines.append("+picture \(folder)\(name)")
        continue
      }
      if known.svg != svg { lines.append("!picture \(folder)\(name) differs") }
    }
    for (name, _) in old
    where !files.pictures.contains(where: { $0.name == name }) && !files.untouched.contains(name) {
      lines.append("-picture \(folder)\(name)")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func failed(_ run: NotebookRun, _ outcome: CommandOutcome) -> CommandOutcome {
    guard let failure = run.failure else { return outcome }
    var outcome = outcome
    outcome.exitCode = failure.code == "EXE130" ? 130 : 2
    outcome.diagnostics += Rendered.text(failure, in: run.notebook.bytes, name: run.notebook.name) + "\n"
    return outcome
  }

  func perform(_ body: () throws(DossierError) -> CommandOutcome) -> CommandOutcome {
    do {
      return try body()
    } catch {
      return CommandOutcome(exitCode: 2, diagnostics: error.rendered(in: nil) + "\n")
    }
  }
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
