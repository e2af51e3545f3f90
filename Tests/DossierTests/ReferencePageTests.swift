import Foundation
import TestSupport
import Testing

/// The reference page is what the registries say, and its outputs are what its examples give.
@Suite struct ReferencePageTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Notebooks/guide/reference.md").standardized

  @Test func isCurrent() throws {
    let outcome = try Program.run(["reference"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let committed = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(
      outcome.output == committed,
      "write it anew: swift run dossier reference > Notebooks/guide/reference.md")
  }

  @Test func checks() throws {
    let outcome = try Program.run(["check", Self.page.path])
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
  }
}
