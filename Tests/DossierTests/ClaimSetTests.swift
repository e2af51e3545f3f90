import Foundation
import TestSupport
import Testing

/// The hand-made set of claims (`Tests/ClaimSet/claims.txt`), scored as `Scripts/score claims` does.
@Suite(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct ClaimSetTests {
  @Test func nineOfTenTextsAreReadRight() async throws {
    let scorer = try await Program.runInRepository(["python3", "Scripts/benchmarks/claims.py"])
    try #require(scorer.code == 0, "\(scorer.errors)")
    let headline = try #require(scorer.output.split(separator: "\n").last)
    let figure = try #require(headline.split(separator: " ").last.flatMap { Double($0) })
    #expect(figure >= 90, "\(scorer.output)")
  }
}
