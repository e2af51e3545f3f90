import Annotation
import Diagnostics
import Foundation
import SpacyRuntime

/// The language model and lexicon that this machine has, made into an annotator.
enum AnnotatorLoader {
  /// Loads the default model and the sentiment lexicon; gives the annotator with what a store calls model and settings.
  ///
  /// `DOSSIER_KERNELS=baseline|v3|v4` forces the level of the matrix kernels; all give the same bits.
  /// - Errors: `NLP101` and `NLP302`, on one line with what to run, if one is missing.
  static func load() throws(DossierError) -> (annotator: Annotator, name: String) {
    let environment = ProcessInfo.processInfo.environment
    var kernels = KernelLevel.best
    if let name = environment["DOSSIER_KERNELS"], !name.isEmpty {
      guard let level = KernelLevel(name: name), level.rawValue <= kernels.rawValue else {
        let known = KernelLevel.allCases.filter { $0.rawValue <= kernels.rawValue }.map { "\($0)" }
        throw DossierError(
          "CMD120", "DOSSIER_KERNELS is '\(name)'; this machine has \(known.joined(separator: ", "))")
      }
      kernels = level
    }
    let catalog = ModelCatalog(environment: environment)
    let model = try catalog.load(kernels: kernels)
    let lexicon = try LexiconInstaller(modelsFolder: catalog.folder).load()
    let annotator = try Annotator(resources: AnnotationResources(sentimentLexicon: lexicon)) {
      text, pretokenized throws(DossierError) in
      try model.parse(text, pretokenized: pretokenized)
    }
    return (annotator, "\(model.hash) \(annotator.fingerprint)")
  }
}
