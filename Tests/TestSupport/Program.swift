import Foundation

/// Runs the `dossier` binary as a user would.
public enum Program {
  /// What a run gave.
  public struct Outcome: Sendable {
    /// The exit code; 128 + the signal's number if a signal ended it.
    public var code: Int32
    /// Standard output.
    public var output: String
    /// Standard error.
    public var errors: String
  }

  /// The binary: `DOSSIER_BIN` (the release build, in CI), else the one built beside the tests.
  public static let binary: URL = {
    if let named = ProcessInfo.processInfo.environment["DOSSIER_BIN"] { return URL(filePath: named) }
    return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "dossier")
  }()

  /// Runs it to its end.
  ///
  /// - `program`: another program that was built beside the tests.
  /// - `environment`: added to this process's own.
  public static func run(
    _ arguments: [String], of program: String? = nil, input: String = "",
    environment: [String: String] = [:], in folder: URL? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = program.map { URL(filePath: builtProgram($0)) } ?? binary
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    // Files, not pipes: a pipe that nobody reads while the other is drained would block.
    let scratch = try TemporaryFolder()
    let stdin = scratch.url.appending(path: "in")
    let stdout = scratch.url.appending(path: "out")
    let stderr = scratch.url.appending(path: "err")
    try Data(input.utf8).write(to: stdin)
    for file in [stdout, stderr] { try Data().write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: stdin)
    process.standardOutput = try FileHandle(forWritingTo: stdout)
    process.standardError = try FileHandle(forWritingTo: stderr)
    try process.run()
    process.waitUntilExit()
    let code =
      process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(
      code: code, output: String(decoding: try Data(contentsOf: stdout), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: stderr), as: UTF8.self))
  }
}

/// A folder that is removed when nobody holds it any more.
public final class TemporaryFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Makes an empty folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "dossier-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A file in it, with text.
  public func file(_ name: String, _ text: String) throws -> URL {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file
  }
}
