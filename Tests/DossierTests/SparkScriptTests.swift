import Foundation
import TestSupport
import Testing

/// The tables on Spark, a small check of all of them in one session.
@Suite struct SparkScriptTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let hasJava = (environment["PATH"] ?? "").split(separator: ":").contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/java")
  }

  /// What `Scripts/spark install` has made.
  private static let hasSpark: Bool = {
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
    let made = (try? FileManager.default.contentsOfDirectory(atPath: "\(cache)/dossier")) ?? []
    return made.contains {
      $0.hasPrefix("pyspark-") && FileManager.default.fileExists(atPath: "\(cache)/dossier/\($0)/complete")
    }
  }()

  @Test(
    .enabled(
      if: hasJava && hasSpark || SharedData.isCI, "Java 17 or PySpark is missing: Scripts/setup --tests"))
  func oneSessionGivesTheTablesAndAnswersOfAStore() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    let folder = try TemporaryFolder()
    let log = folder.url.appending(path: "log")
    try Data().write(to: log)
    let process = Process()
    // The other tests have deadlines: Spark is to have what they leave.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["nice", "-n", "19", "Scripts/spark", "check", "--small", "--documents", "60"]
    process.currentDirectoryURL = root
    process.environment = Self.environment.merging(["DOSSIER_BIN": Program.binary.path]) { $1 }
    // One handle: two would write over each other.
    let output = try FileHandle(forWritingTo: log)
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    process.waitUntilExit()
    let said = try String(contentsOf: log, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.hasSuffix("HEADLINE spark_check = passed\n"), "\(said)")
  }
}
