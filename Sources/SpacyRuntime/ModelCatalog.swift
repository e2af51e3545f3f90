import Diagnostics
import Foundation

/// Where installed models lie, and which one is meant by default.
///
/// A models folder holds one flat file a model, `NAME-VERSION`.
public struct ModelCatalog: Sendable {
  /// The model used when none is named.
  public static let defaultName = "en_core_web_sm"

  /// The models folder.
  public let folder: URL

  /// A catalog of the given folder.
  public init(folder: URL) { self.folder = folder }

  /// The user's own catalog: `$DOSSIER_MODELS`, else `dossier/models` under `$XDG_DATA_HOME`, which is
  /// `~/.local/share` by default.
  ///
  /// - `environment`: the process's variables, as the caller has them.
  public init(environment: [String: String]) {
    if let models = environment["DOSSIER_MODELS"], !models.isEmpty {
      folder = URL(fileURLWithPath: models, isDirectory: true)
      return
    }
    let home = URL(fileURLWithPath: environment["HOME"] ?? NSHomeDirectory(), isDirectory: true)
    // A relative XDG_DATA_HOME is to be ignored, says the XDG base directory specification.
    let data =
      environment["XDG_DATA_HOME"].flatMap {
        $0.hasPrefix("/") ? URL(fileURLWithPath: $0, isDirectory: true) : nil
      }
      ?? home.appendingPathComponent(".local/share", isDirectory: true)
    folder = data.appendingPathComponent("dossier/models", isDirectory: true)
  }

  /// An installed model.
  public struct Entry: Sendable, Hashable {
    /// The model's name, such as `en_core_web_sm`.
    public let name: String
    /// The model's version, such as `3.8.0`.
    public let version: String
    /// The flat file.
    public let file: URL
  }

  /// All installed models, by name, then version, older versions first.
  public func installed() -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { file -> Entry? in
      guard !file.hasPrefix("."), let dash = file.lastIndex(of: "-") else { return nil }
      let version = String(file[file.index(after: dash)...])
      return Entry(
        name: String(file[..<dash]), version: version, file: folder.appendingPathComponent(file))
    }.sorted {
      if $0.name != $1.name { return $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      let (old, new) = (Self.numbers($0.version), Self.numbers($1.version))
      if old != new { return old.lexicographicallyPrecedes(new) }
      return $0.version.utf8.lexicographicallyPrecedes($1.version.utf8)
    }
  }

  private static func numbers(_ version: String) -> [Int] {
    version.split(separator: ".").map { part in Int(part.prefix { $0.isASCII && $0.isNumber }) ?? 0 }
  }

  /// The newest installed model of a name; a name may also give the version: `NAME-VERSION`.
  ///
  /// - Errors: `NLP101`, on one line with what to run, if there is none.
  public func locate(name: String = ModelCatalog.defaultName) throws(DossierError) -> URL {
    let entries = installed()
    if let entry = entries.last(where: { $0.name == name || "\($0.name)-\($0.version)" == name }) {
      return entry.file
    }
    let command = name == Self.defaultName ? "dossier model install" : "dossier model install \(name)"
    throw DossierError(.modelMissing, "the language model '\(name)' is not installed; run: \(command)")
  }

  /// Loads the newest installed model of a name.
  ///
  /// - Errors: `NLP101` if there is none, else those of `SpacyModel.load`.
  public func load(
    name: String = ModelCatalog.defaultName, kernels: KernelLevel = .best
  ) throws(DossierError) -> SpacyModel {
    try SpacyModel.load(path: try locate(name: name).path, kernels: kernels)
  }
}

extension SpacyModel {
  /// Loads an installed model's flat file; its weights are read from it in place.
  ///
  /// - Errors: `NLP101` if the file can't be opened, else those of `init(flatFile:kernels:)`, with the file's
  ///   name.
  public static func load(path: String, kernels: KernelLevel = .best) throws(DossierError) -> SpacyModel {
    guard let bytes = ModelBytes(mapping: path) else {
      throw DossierError(
        .modelMissing,
        "the model file '\(URL(fileURLWithPath: path).lastPathComponent)' can't be opened; "
          + "run: dossier model install")
    }
    do {
      return try SpacyModel(flatFile: bytes, kernels: kernels)
    } catch {
      var named = error
      named.notes.append(DossierError.Note("in \(URL(fileURLWithPath: path).lastPathComponent)"))
      throw named
    }
  }
}

extension DossierError.Code {
  /// No model of that name is installed.
  public static let modelMissing: Self = "NLP101"
}
