import Annotation
import Diagnostics
import Foundation
import Loading
import Notebooks
import Sessions
import Shell

extension ShellServices {
  /// `.load`, `.save` and `.replay` by the parts that do `dossier load`, `run` and `check`.
  static func standard() -> ShellServices {
    var services = ShellServices(
      load: ShellWiring.load, loadTable: ShellWiring.loadTable, save: ShellWiring.save,
      replay: ShellWiring.replay, merges: { EntityResolution.members(of: $0, in: $1) },
      resolve: EntityResolution.resolve)
    services.cues = { ClaimCues.words(certainty: $0, negated: $1, in: $2) }
    return services
  }
}

private enum ShellWiring {
  /// Like `dossier load`: what can't be read is told, and the rest is loaded.
  static func load(
    _ words: [String], _ store: String, _ isCancelled: @escaping @Sendable () -> Bool,
    _ report: (String) -> Void
  ) throws(DossierError) {
    let wanted = try LoadWords.read(words)
    let start = ContinuousClock.now
    let summary = try DocumentLoading.load(
      wanted.paths, into: store, imports: try wanted.flags.imports(), threads: wanted.flags.threads,
      force: wanted.flags.force, isCancelled: isCancelled, progress: LoadReport.show)
    LoadReport.clearProgress()
    for problem in LoadReport.problems(of: summary) { report(problem) }
    guard summary.documents + summary.unchanged > 0 || !summary.hasFailures else {
      throw DossierError("CMD135", "nothing was loaded")
    }
    report(LoadReport.text(of: summary, seconds: ContinuousClock.now - start))
    if summary.isCancelled {
      report("stopped; what was read is kept, and the same command goes on from there")
    }
  }

  static func loadTable(
    _ path: String, _ name: String, _ store: String, _ isCancelled: () -> Bool, _ report: (String) -> Void
  ) throws(DossierError) {
    report(try TableLoading.load(path, as: name, into: store, isCancelled: isCancelled))
  }

  /// Writes the notebook with the results of a new run, in which `dossier check` will find nothing changed.
  static func save(_ record: SessionRecord, _ path: String, _ session: Session) throws(DossierError) {
    let folder = NotebookPath.real(URL(filePath: path).deletingLastPathComponent().path)
    var recorder = SessionRecorder()
    recorder.title = record.title
    recorder.store = record.store.map { NotebookPath.relative($0, to: folder) }
    for words in record.loads { recorder.documents += try documents(words, relativeTo: folder) }
    recorder.tables = record.tables.map {
      TableSource($0.name, path: $0.path.map { NotebookPath.relative($0, to: folder) }, hash: $0.hash)
    }
    recorder.asOf = session.settings.now
    recorder.seed = session.settings.seed == 0 ? nil : session.settings.seed
    recorder.corrections = record.corrections
    recorder.parameters = session.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    recorder.entries = record.cells.compactMap { cell in
      cell.kind == .command ? nil : .init(cell.text, name: cell.name)
    }
    var runner = commands(for: session).runner
    // One load gives what the session's own store holds, so that nothing is annotated again; of several, a
    // document's number of its load could differ.
    if record.store == nil, record.loads.count == 1, record.tables.isEmpty {
      runner.store = session.store?.path
    }
    try recorder.save(to: path, with: runner)
  }

  static func replay(
    _ path: String, _ session: Session, _ print: (String) -> Void
  ) throws(DossierError) -> Bool {
    var commands = commands(for: session)
    commands.runner.store = session.store?.path
    commands.runner.asOf = session.settings.now
    let outcome = commands.check(path)
    guard outcome.exitCode < 2 else {
      throw DossierError("CMD134", "'\(path)' can't be replayed\n" + withoutLineEnd(outcome.diagnostics))
    }
    for text in [outcome.output, outcome.diagnostics] where !text.isEmpty { print(withoutLineEnd(text)) }
    return outcome.exitCode == 0
  }

  private static func commands(for session: Session) -> NotebookCommands {
    var settings = session.settings
    settings.clockIsPinned = false
    return NotebookCommands(
      SessionProvider(
        settings: settings, loader: TemporaryLoader(), resolver: EntityResolution.resolve,
        provenance: [("Dossier", Version.number)]))
  }

  private static func withoutLineEnd(_ text: String) -> String {
    text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// The words of a `.load` as a notebook's documents.
  private static func documents(
    _ words: [String], relativeTo folder: String
  ) throws(DossierError) -> [DocumentSource] {
    let wanted = try LoadWords.read(words)
    let flags = wanted.flags
    let values = [
      flags.published, flags.title, flags.author, flags.language, flags.source, flags.collection,
      flags.textField, flags.map, flags.format,
    ]
    let options = zip(DocumentSource.optionNames, values).compactMap { name, value in
      value.map { DocumentSource.Option(name, $0) }
    }
    return wanted.paths.map { DocumentSource(NotebookPath.relative($0, to: folder), options: options) }
  }
}
