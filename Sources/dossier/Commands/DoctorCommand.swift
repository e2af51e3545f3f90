import Annotation
import ArgumentParser
import Diagnostics
import Foundation
import Importers
import SpacyRuntime
import Store

/// `dossier doctor`: what this machine has of what Dossier uses, and whether a store is sound.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tells what is installed, and whether a store is sound.",
    discussion: """
      Without a store: the language model, the sentiment lexicon, and the programs that read formats. With one, all of \
      it is read: SQLite's pages, the checksum of every segment, the hashes of documents, the index of words. The exit \
      code is 1 if something is wrong.

      --rebuild makes all facts anew from the documents that the store holds, as a load of its own, and takes out what was \
      there before: for a store whose segments are damaged, or that another model or version has annotated.
      """)

  @Argument(help: "A store to look through.") var store: String?
  @Flag(help: "Make the store's facts anew from its documents.") var rebuild = false

  func validate() throws {
    if rebuild, store == nil { throw ValidationError("--rebuild needs a store.") }
  }

  func run() throws {
    if let store {
      if rebuild {
        Interruption.install()
        let summary = try reportingErrors { () throws(DossierError) in try DocumentLoading.rebuild(store) }
        for problem in summary.problems { print(problem) }
        print("the facts of \(counted(summary.documents, "document")) were made anew")
      }
      let check = try reportingErrors { () throws(DossierError) in try StoreCheck(store) }
      for problem in check.problems { print(problem) }
      print(
        "\(counted(check.segments, "segment")), \(counted(check.documents, "hashed document")): "
          + (check.problems.isEmpty ? "sound" : counted(check.problems.count, "problem")))
      if !check.problems.isEmpty {
        printError(
          rebuild
            ? "load the documents again into a new store"
            : "to make the facts anew: dossier doctor \(store) --rebuild")
        throw Exit.difference
      }
      return
    }
    for line in Self.installed(environment: ProcessInfo.processInfo.environment) { print(line) }
  }

  /// A line for each thing that is used: its name, whether it is there, what it is for.
  static func installed(environment: [String: String]) -> [String] {
    let catalog = ModelCatalog(environment: environment)
    let models = catalog.installed().map { "\($0.name) \($0.version)" }
    let lexicon = LexiconInstaller(modelsFolder: catalog.folder)
    let install = "missing: dossier model install"
    let lines =
      [
        ("language model", models.isEmpty ? install : models.joined(separator: ", "), "annotates documents"),
        ("sentiment lexicon", lexicon.isInstalled ? "installed" : install, "tells tones"),
      ]
      + OutsideTool.all.map { tool in
        (tool.name, tool.path == nil ? "missing: apt install \(tool.package)" : "installed", tool.purpose)
      }
    let widths = (lines.map(\.0.count).max() ?? 0, lines.map(\.1.count).max() ?? 0)
    return lines.map { name, state, purpose in
      name.padding(toLength: widths.0 + 2, withPad: " ", startingAt: 0)
        + state.padding(toLength: widths.1 + 2, withPad: " ", startingAt: 0) + purpose
    }
  }
}
