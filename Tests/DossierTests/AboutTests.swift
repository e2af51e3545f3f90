import Foundation
import TestSupport
import Testing

/// The page on one entity, as `.dossier` and `dossier about` give it, over the sample documents.
@Suite(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct AboutTests {
  private static let loaded = Result { () throws -> (folder: TemporaryFolder, store: String) in
    let folder = try TemporaryFolder()
    let store = folder.url.appending(path: "samples.dossier").path
    let documents = SampleNotebookTests.folder.appending(path: "documents").path
    try #require(try Program.run(["load", store, documents]).code == 0)
    return (folder, store)
  }

  @Test func thePageHasItsPartsAndEachLineItsPlace() throws {
    let store = try Self.loaded.get().store
    let outcome = try Program.run(["about", store, "Kim", "Jong-un"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "Kim Jong Un")
    for title in [
      "Who it is", "Timeline", "What is claimed", "What it says itself", "What others say of it",
      "How it is spoken of", "Neighbours", "What this rests on",
    ] {
      #expect(lines.contains { $0 == title }, "\(title)")
    }
    // Under each line stands its place, and `.show` opens it.
    let places = lines.compactMap { line in
      line.split(separator: " ").last.flatMap { $0.contains("#") ? $0 : nil }
    }
    #expect(places.count > 40)
    var script = ""
    for place in Set(places.map(String.init)).sorted().prefix(25) { script += ".show \(place)\n" }
    let shown = try Program.run([store], input: script)
    #expect(shown.code == 0, "\(shown.errors)")
  }

  @Test func bothSidesOfADisagreementAreShown() throws {
    let outcome = try Program.run(["about", try Self.loaded.get().store, "North Korea"])
    let part = try #require(outcome.output.components(separatedBy: "\nWhere the sources disagree\n").last)
    for words in ["about 6,700 containers", "at least 10,000 containers", "claimed", "denied", "Kim Yo Jong"]
    {
      #expect(part.contains(words), "\(words)")
    }
  }

  @Test func theShellSaysTheSame() throws {
    let store = try Self.loaded.get().store
    let page = try Program.run(["about", store, "John Kirby"]).output
    #expect(!page.isEmpty)
    #expect(try Program.run([store], input: ".dossier John Kirby\n").output == page)
    #expect(try Program.run([store], input: ".dossier \"John Kirby\"\n").output == page)
  }

  @Test func thePageIsANotebookThatCanBeReplayed() throws {
    let (folder, store) = try Self.loaded.get()
    let page = folder.url.appending(path: "kim.md").path
    let written = try Program.run(["about", store, "Kim Jong Un", "-o", page])
    #expect(written.code == 0, "\(written.errors)")
    let checked = try Program.run(["check", page])
    #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("# Kim Jong Un\n") && text.contains("## Timeline"))
  }

  @Test func theReportLinksEachLineToItsSentence() throws {
    let (folder, store) = try Self.loaded.get()
    let page = folder.url.appending(path: "putin.html").path
    let written = try Program.run(["about", store, "Vladimir Putin", "-o", page])
    #expect(written.code == 0, "\(written.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("<h1>Vladimir Putin</h1>"))
    #expect(text.contains("href=\"#e1\"") && text.contains("id=\"e1\""))
  }

  /// The end of another word is no title ("marking Petrova").
  @Test func aTitleIsAWholeWord() throws {
    let folder = try TemporaryFolder()
    let text = folder.url.appending(path: "letter.txt").path
    try "In a letter marking Petrova's birthday, John Burke praised Foreign Minister Ana Petrova.\n"
      .write(toFile: text, atomically: true, encoding: .utf8)
    let store = folder.url.appending(path: "letter.dossier").path
    #expect(try Program.run(["load", store, text]).code == 0)
    let page = try Program.run(["about", store, "Ana Petrova"]).output
    #expect(page.contains("Foreign Minister") && !page.contains("king\n"), "\(page)")
  }

  @Test func anUnknownNameIsAnError() throws {
    let outcome = try Program.run(["about", try Self.loaded.get().store, "Nobody At All"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("BND410"))
  }
}
