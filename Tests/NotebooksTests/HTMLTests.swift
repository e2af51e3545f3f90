import Columnar
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Notebooks

/// A report with everything in it, on hostile documents.
enum SampleReport {
  static let hostile =
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">' onmouseover='x' --> ]]> \u{202E}gnp\u{2066}"

  static func run() throws -> NotebookRun {
    let evaluator = FakeEvaluator()
    var table = Table(
      schema: Schema([
        Field("Entity", .string), Field("<b>Said</b>", .string), Field("From", .datetime),
        Field("Score", .real),
        Field("Aliases", .dynamic), Field("Negated", .bool),
      ]),
      rows: [
        [
          .string("Kim Jong Un"), .string("North Korea would stand by Russia until the day of victory."),
          .datetime(Ticks.parseISODatetime("2024-11-01") ?? 0), .real(0.25),
          .dynamic(.array([.string("Kim"), .string("the North Korean leader")])), .bool(false),
        ],
        [
          .string(hostile), .string("</td></table><script>alert(1)</script>"), .null, .real(-0.5),
          .dynamic(.bag(["<k>": .string("</code>")])), .bool(true),
        ],
      ])
    table.notes = ["3 left rows folded <i>by</i> innerunique"]
    evaluator.answers["Claims"] = table
    evaluator.answers["One"] = Table(
      schema: Schema([Field("Name", .string)]), rows: [[.string("Kim Jong Un")]])
    var chart = Table(
      schema: Schema([Field("Month", .datetime), Field("Reports", .long)]),
      rows: (1...10).map { [.datetime(CivilDate(2024, $0, 1).ticks), .long(Int64($0 * $0 % 11))] })
    chart.visualization = Visualization(kind: "columnchart", properties: [("title", "Reports <by> month")])
    evaluator.answers["Chart"] = chart
    evaluator.sentences = [
      EvidenceSentence(
        docID: "statements.csv#st-06", title: "Choe Son Hui in Moscow", source: "Statement log",
        published: Ticks.parseISODatetime("2024-11-01"), start: 0, end: 40,
        text: "She promised that North Korea would stand by Russia.",
        marks: [.init(0..<3, "entity"), .init(4..<12, "predicate"), .init(5..<8, "cue")]),
      EvidenceSentence(
        docID: "x\"><script>1</script>", title: hostile, source: hostile, start: 3, end: 9, text: hostile,
        marks: [.init(0..<8, "entity"), .init(9000..<9001, "date")]),
    ]
    return try replay(
      """
      ---
      title: "A report <script>document.title='owned'</script>"
      ---
      # Hostile & friendly

      Prose with <script>document.title='owned'</script> and <b>bold</b>, [a link](javascript:alert(1)),
      ![picture](https://example.com/x.png), a value <!--= echo <img src=x onerror=alert(1)> -->0<!--/=--> and a
      reference [to the list][l], in <!--= One -->0<!--/=--> documents.

      ```kql name=claims
      Claims
      ```

      - in a list:

        ```kql
        Chart
        ```

      ```kql expect=error hide-query
      fail <script>
      ```

      ```kql
      rows 230
      ```

      [l]: https://example.com/list "T"
      """, parameters: [], evaluator: evaluator)
  }
}

@Suite("HTML reports")
struct HTMLTests {
  private func page(_ evidence: ReportOptions.Evidence = .full) throws -> String {
    var options = ReportOptions()
    options.evidence = evidence
    return try HTMLReport(SampleReport.run(), options: options).text()
  }

  @Test("Nothing from a document or the prose becomes markup")
  func hostile() throws {
    let page = try page()
    let lower = page.lowercased()
    for part in ["<script", "<img src=x", "<b>bold", "javascript:", "\u{202E}", "\u{2066}"] {
      #expect(!lower.contains(part), "\(part)")
    }
    #expect(page.contains("&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;"))
    #expect(page.contains("<span class=\"value\">&lt;img src=x onerror=alert(1)&gt;</span>"))
    #expect(page.contains("<th scope=\"col\">&lt;b&gt;Said&lt;/b&gt;</th>"))
    #expect(!page.contains("<img"))
    // A value that rests on documents leads to them, and back.
    #expect(page.contains("in <a class=\"value\" id=\"i2\" href=\"#v2\">Kim Jong Un</a> documents"))
    #expect(page.contains("<li id=\"v2\"><b>Kim Jong Un</b> <code>One</code> <a href=\"#e1\">1</a>"))
    #expect(page.contains("<a href=\"https://example.com/list\" title=\"T\">to the list</a>"))
    #expect(!page.contains("dossierpiece"))
  }

  @Test("Every row leads to its sentences, marked, and back")
  func evidence() throws {
    let full = try page()
    #expect(full.contains("<tr id=\"r1-1\">"))
    #expect(full.contains("<td class=\"why\"><a href=\"#e1\">1</a></td>"))
    #expect(full.contains("<mark class=\"entity\">She</mark> <mark class=\"predicate\">promised</mark> that"))
    #expect(full.contains("<cite>0–40</cite> <a class=\"back\" href=\"#r1-1\""))
    let cite = try page(.cite)
    #expect(cite.contains("<cite>statements.csv#st-06#0-40</cite>"))
    #expect(!cite.contains("She promised"))
    let none = try page(.none)
    #expect(!none.contains("id=\"evidence\""))
    #expect(!none.contains("class=\"why\""))
  }

  @Test("A colophon that says how to make the page again, and a policy that forbids the rest")
  func colophon() throws {
    let page = try page()
    #expect(page.contains("<dt>Store</dt><dd>sha256:0123</dd>"))
    #expect(page.contains("dossier check notebook &amp;&amp; dossier run notebook -o notebook.html"))
    #expect(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"))
    #expect(page.contains("200 of 230 rows"))
    #expect(try self.page() == page)
    #expect(Base64.text(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
  }

  @Test(
    "Chromium opens the page: drawn, no script, no complaint",
    .enabled(if: Chromium.path != nil || SharedData.isCI, "chromium is not installed"))
  func chromium() throws {
    let chromium = try #require(Chromium.path, "CI needs chromium")
    let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.html")
    try page().write(to: file, atomically: false, encoding: .utf8)
    // For a look at it: DOSSIER_KEEP_REPORT=FILE.
    if let kept = ProcessInfo.processInfo.environment["DOSSIER_KEEP_REPORT"] {
      try page().write(toFile: kept, atomically: false, encoding: .utf8)
    }
    let picture = folder.appending(path: "page.png")
    let log = try Chromium.run(
      chromium,
      [
        "--enable-logging=stderr", "--v=0", "--window-size=1200,900", "--screenshot=\(picture.path)",
        file.absoluteString,
      ], in: folder)
    #expect(!log.contains("CONSOLE"), "\(log)")
    let size = try FileManager.default.attributesOfItem(atPath: picture.path)[.size] as? Int ?? 0
    #expect(size > 20_000)
    let dom = try Chromium.run(chromium, ["--dump-dom", file.absoluteString], in: folder)
    #expect(dom.contains("<title>A report &lt;script&gt;"))
    #expect(!dom.contains("<script"))
  }

  /// Follows every link of the page in the browser: a script of ours, which the page's own policy would
  /// forbid, goes into a copy without that policy. So this shows, too, that nothing hostile runs even then.
  @Test(
    "In Chromium each link lands on something seen, at every width",
    .enabled(if: Chromium.path != nil || SharedData.isCI, "chromium is not installed"),
    arguments: [360, 800, 1400])
  func links(width: Int) throws {
    let chromium = try #require(Chromium.path, "CI needs chromium")
    let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = """
      <script>
      addEventListener('load', () => {
        const found = { title: document.title, links: 0, wrong: [], wide: 0 };
        found.wide = document.scrollingElement.scrollWidth - innerWidth;
        for (const link of document.querySelectorAll('a[href^="#"]')) {
          found.links++;
          const address = link.getAttribute('href');
          const target = document.getElementById(decodeURIComponent(address.slice(1)));
          for (const box of document.querySelectorAll('details')) box.open = false;
          location.hash = '';
          location.hash = address;
          if (!target) found.wrong.push(address + ' leads nowhere');
          else if (document.querySelector(':target') !== target) found.wrong.push(address + ' is not the target');
          else for (let box = target.closest('details'); box; box = box.parentElement.closest('details'))
            if (!box.open) found.wrong.push(address + ' stays folded');
        }
        for (const text of document.querySelectorAll('.dossier-chart text')) {
          const box = text.getBoundingClientRect(), chart = text.closest('svg').getBoundingClientRect();
          if (box.width > 0 && (box.left < chart.left - 1 || box.right > chart.right + 1))
            found.wrong.push('the label ' + text.textContent + ' leaves its chart');
        }
        document.body.textContent = JSON.stringify(found);
      });
      </script>
      """
    let page = try page()
    let start = try #require(page.range(of: "<meta http-equiv=\"Content-Security-Policy\""))
    let end = try #require(page[start.upperBound...].firstIndex(of: ">"))
    let open = page[..<start.lowerBound] + page[page.index(after: end)...]
    let file = folder.appending(path: "page.html")
    try open.replacing("</body>", with: script + "</body>").write(
      to: file, atomically: false, encoding: .utf8)
    let dom = try Chromium.run(
      chromium, ["--window-size=\(width),900", "--dump-dom", file.absoluteString], in: folder)
    let from = try #require(dom.firstRange(of: "<body>")?.upperBound)
    let to = try #require(dom.firstRange(of: "</body>")?.lowerBound)
    let json = dom[from..<to].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    let found = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect((found["title"] as? String)?.hasPrefix("A report <script>") == true)
    #expect(found["links"] as? Int ?? 0 > 20)
    #expect((found["wrong"] as? [String]) == [])
    #expect(found["wide"] as? Int ?? 1 <= 0)
  }
}

/// Debian's browser, without a window.
enum Chromium {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Runs it over a page; gives what it wrote to both streams.
  static func run(_ path: String, _ arguments: [String], in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--user-data-dir=\(folder.appending(path: "profile").path)",
      ] + arguments
    let log = folder.appending(path: "log-\(UUID().uuidString)")
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    try handle.close()
    return String(decoding: try Data(contentsOf: log), as: UTF8.self)
  }
}
