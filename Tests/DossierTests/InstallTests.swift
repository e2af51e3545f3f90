import Foundation
import TestSupport
import Testing

/// `Scripts/install`, with the binary that is built beside the tests.
@Suite(
  .enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct InstallTests {
  @Test func theProgramItsManualAndItsCompletionsAreInstalled() async throws {
    let folder = try TemporaryFolder()
    #expect(try await Program.runInRepository(["Scripts/install", folder.url.path]).code == 0)
    func text(_ path: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: path), encoding: .utf8)
    }
    #expect(FileManager.default.isExecutableFile(atPath: folder.url.appending(path: "bin/dossier").path))
    #expect(try text("share/bash-completion/completions/dossier").contains("complete"))
    #expect(try text("share/zsh/site-functions/_dossier").hasPrefix("#compdef dossier"))
    #expect(try text("share/fish/vendor_completions.d/dossier.fish").contains("verify"))
    let manual = try text("share/man/man1/dossier.1")
    #expect(manual.hasPrefix(".TH DOSSIER 1"))
    for command in ["load", "query", "run", "check", "accept", "verify", "export"] {
      #expect(manual.contains("\n.SS \(command)\n"), "\(command)")
    }
  }
}
