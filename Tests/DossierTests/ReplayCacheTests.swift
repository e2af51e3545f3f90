import Foundation
import TestSupport
import Testing

/// `run --cache` writes what `run` writes, whatever came from the cache.
@Suite struct ReplayCacheTests {
  /// Cells that rest on one another by `let`, by name, as `_`, and in a chart; `{second}` is edited on the way.
  private static func notebook(second: String = "top 3 by Mentions", least: Int = 2) -> String {
    """
    ---
    title: Kept
    store: news.dossier
    as-of: 2024-11-06
    ---
    ```kql
    let least = \(least);
    ```

    ```kql name=Often expect="Mentions > 0"
    Entities | where Mentions >= least | project Entity, Type, Mentions
    ```

    ```kql name=Best
    Often | \(second)
    ```

    ```kql
    _ | summarize Entities = count() by Type | render barchart with (title="Kinds")
    ```

    ```kql expect=error
    Best | where Nothing == 1
    ```

    ```kql
    let least = 1000;
    ```

    ```kql
    Sentences | where Text has "Paris" | project Text | take 2
    ```

    ```kql max-rows=5
    Often | join kind=inner Best on Entity | where Mentions < least | order by Entity asc
    ```

    In all <!--= Often | count -->0<!--/=-->, at random <!--= print toint(rand() * 1000) -->0<!--/=-->.
    """
  }

  /// A store of two documents, in a folder with a cache of its own.
  private struct Place {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      _ = try folder.file(
        "a.txt", "Anna Meier met Paul Weber in Paris. Anna Meier praised the Red Cross. She left Paris.\n")
      _ = try folder.file(
        "b.txt", "Paul Weber criticised Anna Meier in Berlin. The Red Cross said nothing.\n")
      let load = try Program.run(["load", "news.dossier", "a.txt", "b.txt"], in: folder.url)
      #expect(load.code == 0, "\(load.errors)")
    }

    func write(_ notebook: String) throws { _ = try folder.file("page.md", notebook) }

    /// The report of a run, and how many results came from the cache.
    func report(cached: Bool, _ format: String = "html") throws -> (page: String, found: String) {
      let name = "page-out.\(format)"
      let outcome = try Program.run(
        ["run", "page.md", "-o", name] + (cached ? ["--cache"] : []),
        environment: ["XDG_CACHE_HOME": folder.url.appending(path: "cache").path], in: folder.url)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return (
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8), outcome.errors
      )
    }

    /// Runs with and without the cache, and gives what was found there.
    func found() throws -> String {
      let plain = try report(cached: false)
      let cached = try report(cached: true)
      #expect(cached.page == plain.page)
      return cached.found
    }

    var files: [URL] {
      get throws {
        try FileManager.default.contentsOfDirectory(
          at: folder.url.appending(path: "cache/dossier/results"), includingPropertiesForKeys: nil)
      }
    }
  }

  @Test func onlyWhatChangedIsEvaluated() throws {
    let place = try Place()
    try place.write(Self.notebook())
    // Five cells with results, a check of an expectation, one cell that fails and two values.
    #expect(try place.found() == "0 of 9 results from the cache\n")
    #expect(try place.found() == "8 of 9 results from the cache\n")
    // What rests on the edited cell is evaluated again: itself, the chart, the join; the rest is not.
    try place.write(Self.notebook(second: "top 2 by Entity asc"))
    #expect(try place.found() == "5 of 9 results from the cache\n")
    try place.write(Self.notebook(second: "top 2 by Entity asc", least: 1))
    #expect(try place.found() == "2 of 9 results from the cache\n")
    try place.write(Self.notebook())
    #expect(try place.found() == "8 of 9 results from the cache\n")
    #expect(try place.report(cached: true, "md").page == place.report(cached: false, "md").page)
  }

  @Test func nothingIsFoundOnOtherDocuments() throws {
    let place = try Place()
    try place.write(Self.notebook())
    #expect(try place.found().hasPrefix("0 of"))
    _ = try place.folder.file("c.txt", "Paul Weber thanked the Red Cross in Paris.\n")
    let load = try Program.run(["load", "news.dossier", "c.txt"], in: place.folder.url)
    #expect(load.code == 0, "\(load.errors)")
    #expect(try place.found().hasPrefix("0 of"))
    #expect(try place.found().hasPrefix("8 of"))
    let retype = try Program.run(
      ["news.dossier", "-c", ".retype \"Paul Weber\" ORG"], in: place.folder.url)
    #expect(retype.code == 0, "\(retype.errors)")
    #expect(try place.found().hasPrefix("0 of"))
  }

  @Test func aDamagedFileCountsAsNotThere() throws {
    let place = try Place()
    try place.write(Self.notebook())
    _ = try place.found()
    for file in try place.files {
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: file)
    }
    #expect(try place.found() == "0 of 9 results from the cache\n")
    #expect(try place.found() == "8 of 9 results from the cache\n")
  }

  @Test func aFolderThatCantBeWrittenIsTold() throws {
    let place = try Place()
    try place.write(Self.notebook())
    _ = try place.folder.file("cache", "no folder\n")
    let found = try place.found()
    #expect(found.hasPrefix("0 of 9 results from the cache\nnote: the cache keeps nothing: "), "\(found)")
  }

  @Test func checkNeverReadsIt() throws {
    let place = try Place()
    try place.write(Self.notebook())
    _ = try place.found()
    let outcome = try Program.run(
      ["check", "page.md", "--cache"], in: place.folder.url)
    #expect(outcome.code == 64)
  }
}
