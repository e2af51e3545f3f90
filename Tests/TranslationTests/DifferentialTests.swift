import Foundation
import TestSupport
import Testing

/// Random queries give in DuckDB, translated, what they give in Dossier. `Scripts/fuzz differential` asks more.
@Suite struct DifferentialTests {
  /// The script makes a Python environment with DuckDB; without a network there may be none.
  @Test func someRandomQueriesAgree() async throws {
    let fuzzer = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
      path: "QueryFuzzer")
    let run = try await Program.runInRepository(
      ["Scripts/fuzz", "differential", "--queries", "400", "--seed", "11"],
      environment: ["FUZZER_BIN": fuzzer.path])
    let isRequired = ProcessInfo.processInfo.environment["CI"] != nil
    guard run.output.contains("HEADLINE") || isRequired else { return }
    #expect(run.code == 0, "\(run.output)\(run.errors)")
  }
}
