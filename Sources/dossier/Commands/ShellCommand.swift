import ArgumentParser
import Diagnostics
import Foundation
import LineEditing
import Presentation
import Sessions
import Shell
import Store

/// `dossier [STORE]`: the prompt; with standard input not a terminal, a script.
struct ShellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Opens a prompt on a store, or runs a script from standard input (default).")

  @Argument(help: "The store; .load makes it where it is missing.") var store: String?
  @Option(help: ArgumentHelp("The output: \(FormatRegistry.names.joined(separator: ", "))."))
  var format = "table"
  @OptionGroup var options: SessionOptions

  func validate() throws {
    do { _ = try FormatRegistry.format(named: format) } catch { throw ValidationError(error.message) }
    // A bare word that is no file but nearly a command is taken for that, not for a store to be made.
    let commands = CommandRegistry.commands.compactMap { $0.configuration.commandName }
    if let store, !store.contains("."), !store.contains("/"), !FileManager.default.fileExists(atPath: store),
      let near = nearestName(to: store, among: commands)
    {
      throw ValidationError("There is no command and no store '\(store)'. Did you mean 'dossier \(near)'?")
    }
  }

  func run() throws {
    let isNew = store.map { !FileManager.default.fileExists(atPath: $0) } ?? false
    let session = try reportingErrors { try options.open(isNew ? nil : store) }
    let shell = Shell(
      session: session, storePath: store, services: .standard(), format: format)
    defer { shell.removeTemporaryStore() }
    guard Terminal.isTerminal(STDIN_FILENO) else {
      Interruption.install()
      let text = try reportingErrors { try readText("-") }
      // A script may make its store; one that only asks has mistyped it.
      let makesStore = [".load", ".create"].contains { text.contains($0) }
      if isNew, !makesStore { _ = try reportingErrors { try options.open(store) } }
      try leave(shell.runScript(text))
      return
    }
    if isNew, let store { shell.output.say("'\(store)' does not exist yet") }
    let documents =
      session.store.map { counted($0.documentCount, "document") } ?? "no documents, .load reads some"
    shell.output.say("\(Version.text) · \(documents) · .help explains, Ctrl-D leaves")
    let escapes = Terminal.takesEscapes(environment: Terminal.environment)
    let editor: any LineEditor =
      (escapes ? LibeditEditor.make(hooks: shell.hooks) : nil) ?? PlainEditor(hooks: shell.hooks)
    try leave(shell.runLoop(editor))
  }

  private func leave(_ code: Int32) throws {
    if code != 0 { throw ExitCode(code) }
  }
}
