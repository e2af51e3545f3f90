import Foundation
import TestSupport
import Testing

/// The hand-made set of claims (`Tests/ClaimSet/claims.txt`), scored as `Scripts/score claims` does.
@Suite(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct ClaimSetTests {
  @Test func nineOfTenTextsAreReadRight() throws {
    let checkout = SampleNotebookTests.folder.deletingLastPathComponent()
    let scorer = Process()
    scorer.executableURL = URL(filePath: "/usr/bin/env")
    scorer.arguments = ["python3", checkout.appending(path: "Scripts/benchmarks/claims.py").path]
    scorer.environment = ProcessInfo.processInfo.environment.merging(["DOSSIER_BIN": Program.binary.path]) {
      $1
    }
    let output = Pipe()
    scorer.standardOutput = output
    try scorer.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    scorer.waitUntilExit()
    try #require(scorer.terminationStatus == 0)
    let headline = try #require(text.split(separator: "\n").last)
    let figure = try #require(headline.split(separator: " ").last.flatMap { Double($0) })
    #expect(figure >= 90, "\(text)")
  }
}
