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
    let streams = try Streams(of: process, input: input)
    try process.run()
    process.waitUntilExit()
    return try streams.outcome(of: process)
  }

  /// Runs a command in the root of the repository, such as `Scripts/spark check`, with `DOSSIER_BIN` set to the binary.
  /// Other tests have the thread meanwhile: it may take minutes.
  public static func runInRepository(
    _ command: [String], environment: [String: String] = [:]
  ) async throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(["DOSSIER_BIN": binary.path]) { $1 }
      .merging(environment) { $1 }
    process.currentDirectoryURL =
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    let streams = try Streams(of: process, input: "")
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return try streams.outcome(of: process)
  }

  /// The streams of a process, as files: a pipe that nobody reads while the other is drained would block.
  private struct Streams {
    private let scratch: TemporaryFolder

    init(of process: Process, input: String) throws {
      scratch = try TemporaryFolder()
      process.standardInput = try FileHandle(forReadingFrom: try scratch.file("in", input))
      process.standardOutput = try FileHandle(forWritingTo: try scratch.file("out", ""))
      process.standardError = try FileHandle(forWritingTo: try scratch.file("err", ""))
    }

    func outcome(of process: Process) throws -> Outcome {
      func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: scratch.url.appending(path: name)), as: UTF8.self)
      }
      let status = process.terminationStatus
      return Outcome(
        code: process.terminationReason == .exit ? status : 128 + status, output: try text("out"),
        errors: try text("err"))
    }
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
