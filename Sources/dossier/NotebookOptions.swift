import Annotation
import ArgumentParser
import Diagnostics
import Foundation
import Notebooks
import Sessions

/// What every command on notebooks takes.
struct NotebookOptions: ParsableArguments {
  @Argument(help: "The notebook.") var notebook: String
  @Option(help: "The store to run on, instead of what the notebook names.") var store: String?
  @Option(help: ArgumentHelp("Stops after this cell, by its name or its number from 1.", valueName: "cell"))
  var until: String?
  @Option(help: ArgumentHelp("Only this cell counts; those before it run for it.", valueName: "cell"))
  var cell: String?
  @OptionGroup var options: SessionOptions

  /// Runs one of the commands, writes what it says, and leaves with its exit code.
  func perform(
    cache: ReplayCache? = nil, _ body: (NotebookCommands) throws(DossierError) -> CommandOutcome
  ) throws {
    Interruption.install()
    let outcome = try reportingErrors { () throws(DossierError) -> CommandOutcome in
      let settings = try options.settings()
      var commands = NotebookCommands(on: store, settings, threads: options.threads, cache: cache)
      (commands.runner.until, commands.runner.only) = (until, cell)
      if settings.clockIsPinned { commands.runner.asOf = settings.now }
      commands.runner.parameters = try options.parameters().map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
      return try body(commands)
    }
    try outcome.tell()
  }
}

extension NotebookCommands {
  /// The commands as this program has them: with its own loader and resolution.
  init(on store: String?, _ settings: SessionSettings, threads: Int?, cache: ReplayCache? = nil) {
    self.init(
      SessionProvider(
        settings: settings, loader: TemporaryLoader(), resolver: EntityResolution.resolve,
        provenance: [("Dossier", Version.number)], cache: cache))
    runner.store = store
    runner.threads = threads
  }
}

extension CommandOutcome {
  /// Writes what there is to say, and leaves with the exit code if it is not 0.
  func tell() throws {
    printOutput(output)
    if !diagnostics.isEmpty {
      printError(diagnostics.hasSuffix("\n") ? String(diagnostics.dropLast()) : diagnostics)
    }
    if exitCode != 0 { throw ExitCode(exitCode) }
  }
}
