import Foundation
import TestSupport
import Testing

/// The notebooks in `Notebooks` say what they said, to the byte.
@Suite struct SampleNotebookTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Notebooks")
  static let isModelThere =
    SharedData.isCI || (try? Program.run(["model", "list"]))?.output.contains("en_core_web_sm") == true

  /// Every notebook in the folder.
  static let names: [String] = ["", "guide/"].flatMap { part in
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + part)) ?? [])
      .filter { $0.hasSuffix(".md") }.sorted().map { part + $0 }
  }

  @Test(
    .enabled(if: isModelThere, "needs the language model: dossier model install"), arguments: names)
  func checked(name: String) throws {
    let outcome = try Program.run(["check", Self.folder.appending(path: name).path])
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
  }

  /// The session that the README shows is a real one.
  @Test(.enabled(if: isModelThere, "needs the language model: dossier model install"))
  func theReadmeTellsTheTruth() throws {
    let folder = try TemporaryFolder()
    let store = folder.url.appending(path: "samples.dossier").path
    #expect(try Program.run(["load", store, Self.folder.appending(path: "documents").path]).code == 0)
    let readme = Self.folder.deletingLastPathComponent().appending(path: "README.md")
    let outcome = try Program.run(["check", readme.path, "--store", store])
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    // What the prompt says is a block of its own: the query before it, then the command.
    let parts = try String(contentsOf: readme, encoding: .utf8).split(separator: "\n```")
    let query = try #require(parts.first { $0.hasPrefix("kql\n") }).dropFirst(4)
    let console = try #require(parts.first { $0.hasPrefix("console\ndossier> .why") })
    let lines = console.split(separator: "\n").dropFirst()
    let shown = try Program.run([store], input: query + "\n\n\(lines.first?.dropFirst(9) ?? "")\n")
    #expect(shown.output.hasSuffix("\n" + lines.dropFirst().joined(separator: "\n") + "\n"))
  }
}
