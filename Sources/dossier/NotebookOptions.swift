import Annotation
import ArgumentParser
import Columnar
import Diagnostics
import Foundation
import Importers
import Loading
import Notebooks
import Sessions
import Store

/// What every command on notebooks takes.
struct NotebookOptions: ParsableArguments {
  @Argument(help: "The notebook.") var notebook: String
  @Option(help: "The store to run on, instead of what the notebook names.") var store: String?
  @OptionGroup var options: SessionOptions

  /// Runs one of the commands, writes what it says, and leaves with its exit code.
  func perform(_ body: (NotebookCommands) -> CommandOutcome) throws {
    Interruption.install()
    let commands = try reportingErrors { () throws(DossierError) -> NotebookCommands in
      let settings = try options.settings()
      var commands = NotebookCommands(
        SessionProvider(
          settings: settings, loader: TemporaryLoader(), provenance: [("Dossier", Version.number)]))
      commands.runner.store = store
      commands.runner.threads = options.threads
      if settings.clockIsPinned { commands.runner.asOf = settings.now }
      commands.runner.parameters = try options.parameters().map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
      return commands
    }
    let outcome = body(commands)
    printOutput(outcome.output)
    if !outcome.diagnostics.isEmpty {
      printError(
        outcome.diagnostics.hasSuffix("\n") ? String(outcome.diagnostics.dropLast()) : outcome.diagnostics)
    }
    if outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
  }
}

/// Loads the documents that a notebook names into a store that vanishes with the process.
struct TemporaryLoader: DocumentLoader {
  func load(_ paths: [String], orderSeed: UInt64?, threads: Int?) throws(DossierError) -> CorpusStore {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-\(UUID().uuidString)")
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw DossierError("CMD130", "no temporary folder can be made", cause: error)
    }
    // The open file lives on without its name, so that nothing is left behind whatever ends the process.
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "notebook.dossier").path
    _ = try DocumentLoading.load(paths, into: path, threads: threads)
    return try CorpusStore.open(path)
  }
}

/// Import, annotation and storing in one call, as every part of the program does it.
enum DocumentLoading {
  /// Loads paths into a store with the model of this machine.
  static func load(
    _ paths: [String], into store: String, imports: ImportOptions = ImportOptions(), threads: Int? = nil,
    force: Bool = false, progress: (LoadProgress) -> Void = { _ in }
  ) throws(DossierError) -> LoadSummary {
    let (annotator, modelHash) = try AnnotatorLoader.load()
    var options = LoadOptions(annotator: "\(modelHash) \(annotator.fingerprint)")
    options.imports = imports
    options.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    options.force = force
    return try CorpusLoader.load(
      paths, into: StoreWriter(store), options: options,
      annotate: { document throws(DossierError) in try annotator.annotate(document) },
      resolve: EntityResolution.resolve, isCancelled: { Interruption.isRequested }, progress: progress)
  }
}
