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
  func oneSessionGivesTheTablesAndAnswersOfAStore() async throws {
    // It takes minutes: the other tests come first.
    let check = try await Program.runInRepository([
      "nice", "-n", "19", "Scripts/spark", "check", "--small", "--documents", "60",
    ])
    #expect(check.code == 0, "\(check.output)\(check.errors)")
    #expect(check.output.hasSuffix("HEADLINE spark_check = passed\n"), "\(check.output)")
  }
}
