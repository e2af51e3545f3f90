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
    abstract: "Opens a prompt on a store, or runs a script from standard input (default).",
    discussion: """
      At the prompt, what stands in the init file runs first: $XDG_CONFIG_HOME/dossier/init, else \
      ~/.config/dossier/init; .set and .create belong there. Scripts don't read it, so that they give the same \
      everywhere. With -c or -f there is no prompt.
      """)

  @Argument(help: "The store; .load makes it where it is missing.") var store: String?
  @Option(help: ArgumentHelp("The output: \(FormatRegistry.names.joined(separator: ", "))."))
  var format = "table"
  @Option(
    name: .customShort("c"), help: ArgumentHelp("Runs queries and commands, then leaves.", valueName: "text"))
  var commands: [String] = []
  @Option(
    name: [.customShort("f"), .customLong("file")],
    help: ArgumentHelp("Runs the queries and commands of a file, then leaves.", valueName: "file"))
  var files: [String] = []
  @Option(name: .customLong("init"), help: "Another init file.") var initFile: String?
  @Flag(help: "Reads no init file.") var noInit = false
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
    let isScripted = !commands.isEmpty || !files.isEmpty
    guard Terminal.isTerminal(STDIN_FILENO), !isScripted else {
      Interruption.install()
      let scripts = try reportingErrors { try self.scripts(isScripted) }
      let text = scripts.map(\.text).joined(separator: "\n")
      // A script may make its store; one that only asks has mistyped it.
      let makesStore = [".load", ".create"].contains { text.contains($0) }
      if isNew, !makesStore { _ = try reportingErrors { try options.open(store) } }
      for script in scripts where !shell.hasLeft {
        try leave(shell.runScript(script.text, name: script.name))
      }
      return
    }
    if isNew, let store { shell.output.say("'\(store)' does not exist yet") }
    let documents =
      session.store.map { counted($0.documentCount, "document") } ?? "no documents, .load reads some"
    shell.output.say("\(Version.text) · \(documents) · .help explains, Ctrl-D leaves")
    if !noInit, let (path, text) = try reportingErrors({ try initText() }) {
      shell.runInit(text, name: path)
      if shell.hasLeft { return }
    }
    let escapes = Terminal.takesEscapes(environment: Terminal.environment)
    let editor: any LineEditor =
      (escapes ? LibeditEditor.make(hooks: shell.hooks) : nil) ?? PlainEditor(hooks: shell.hooks)
    try leave(shell.runLoop(editor))
  }

  private func leave(_ code: Int32) throws {
    if code != 0 { throw ExitCode(code) }
  }

  /// What runs without a prompt: the files, then the texts of `-c`; else standard input.
  private func scripts(_ isScripted: Bool) throws(DossierError) -> [(name: String, text: String)] {
    guard isScripted else { return [("", try readText("-"))] }
    return try files.map { path throws(DossierError) in (path, try readText(path)) }
      + commands.map { ("", $0) }
  }

  /// The reader's own commands; nil where there are none.
  /// - Errors: `CMD101` for a file that was named and can't be read.
  private func initText() throws(DossierError) -> (path: String, text: String)? {
    if let initFile { return (initFile, try readText(initFile)) }
    let environment = ProcessInfo.processInfo.environment
    let folder: String
    if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") {
      folder = config
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = home + "/.config"
    } else {
      return nil
    }
    let path = folder + "/dossier/init"
    return FileManager.default.fileExists(atPath: path) ? (path, try readText(path)) : nil
  }
}
