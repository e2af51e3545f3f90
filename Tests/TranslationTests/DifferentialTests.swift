import Foundation
import TestSupport
import Testing

/// Random queries give in DuckDB, translated, what they give in Dossier. `Scripts/fuzz differential` asks more.
@Suite struct DifferentialTests {
  private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Scripts").standardized

  /// The script makes a Python environment with DuckDB; without a network there may be none.
  @Test func someRandomQueriesAgree() throws {
    let fuzzer = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
      path: "QueryFuzzer")
    let process = Process()
    process.executableURL = Self.scripts.appending(path: "fuzz")
    process.arguments = ["differential", "--queries", "400", "--seed", "11"]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "DOSSIER_BIN": Program.binary.path, "FUZZER_BIN": fuzzer.path,
    ]) { $1 }
    let folder = try TemporaryFolder()
    let log = try folder.file("log", "")
    let file = try FileHandle(forWritingTo: log)
    process.standardOutput = file
    process.standardError = file
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: log, encoding: .utf8)
    let isRequired = ProcessInfo.processInfo.environment["CI"] != nil
    guard text.contains("HEADLINE") || isRequired else { return }
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
