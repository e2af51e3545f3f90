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

  private static let ownScript = "<script>\(ReportScript.text)</script>"

  /// Runs a script of ours in the page, in the browser, and gives the JSON that it puts in the place of the body. The
  /// page's own policy would forbid it, so it goes into a copy without that policy: this shows, too, that nothing
  /// hostile runs even then.
  private func inBrowser(_ script: String, _ options: [String] = []) throws -> [String: Any] {
    let chromium = try #require(Chromium.path, "CI needs chromium")
    let folder = try TemporaryFolder()
    let page = try page()
    let start = try #require(page.range(of: "<meta http-equiv=\"Content-Security-Policy\""))
    let end = try #require(page[start.upperBound...].firstIndex(of: ">"))
    let open = String(page[..<start.lowerBound] + page[page.index(after: end)...])
    let file = try folder.file(
      "page.html",
      open.replacing(
        "</body>",
        with: "<script>addEventListener('load', () => {\n\(script)\n"
          + "document.body.textContent = JSON.stringify(found);\n});</script></body>"))
    let dom = try Chromium.run(chromium, options + ["--dump-dom", file.absoluteString], in: folder.url)
    let from = try #require(dom.firstRange(of: "<body>")?.upperBound)
    let to = try #require(dom.firstRange(of: "</body>")?.lowerBound)
    let json = dom[from..<to].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&").replacing("&nbsp;", with: "\u{A0}")
    return try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test("Nothing from a document or the prose becomes markup")
  func hostile() throws {
    let page = try page()
    #expect(page.ranges(of: Self.ownScript).count == 1)
    let lower = page.replacing(Self.ownScript, with: "").lowercased()
    for part in ["<script", "<img src=x", "<b>bold", "javascript:", "\u{202E}", "\u{2066}"] {
      #expect(!lower.contains(part), "\(part)")
    }
    #expect(page.contains("&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;"))
    #expect(page.contains("<span class=\"value\">&lt;img src=x onerror=alert(1)&gt;</span>"))
    #expect(page.contains("<th scope=\"col\">&lt;b&gt;Said&lt;/b&gt;</th>"))
    #expect(!page.contains("<img"))
    #expect(page.utf8.count < 200_000)
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
    #expect(!dom.replacing(Self.ownScript, with: "").contains("<script"))
    // The policy knows the page's own script, which has made the heads of tables to press.
    #expect(dom.contains("<th scope=\"col\"><button type=\"button\">Entity</button></th>"))
  }

  /// Follows every link of the page in the browser.
  @Test(
    "In Chromium each link lands on something seen, at every width",
    .enabled(if: Chromium.path != nil || SharedData.isCI, "chromium is not installed"),
    arguments: [360, 800, 1400])
  func links(width: Int) throws {
    let script = """
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
      """
    let found = try inBrowser(script, ["--window-size=\(width),900"])
    #expect((found["title"] as? String)?.hasPrefix("A report <script>") == true)
    #expect(found["links"] as? Int ?? 0 > 20)
    #expect((found["wrong"] as? [String]) == [])
    #expect(found["wide"] as? Int ?? 1 <= 0)
  }

  @Test(
    "In Chromium a table is sorted by the head that is pressed, and put back",
    .enabled(if: Chromium.path != nil || SharedData.isCI, "chromium is not installed"))
  func sorting() throws {
    let found = try inBrowser(
      """
        const found = { orders: [], said: [] };
        const table = [...document.querySelectorAll('.table table')].find(t => t.tBodies[0].rows.length === 10);
        const press = column => {
          table.tHead.rows[0].cells[column].querySelector('button').click();
          found.orders.push([...table.tBodies[0].rows].map(row => row.cells[1].textContent).join(' '));
          found.said.push(table.tHead.rows[0].cells[column].getAttribute('aria-sort') ?? 'none');
        };
        press(1); press(1); press(1); press(0);
        const first = document.querySelector('.table table');
        first.tHead.rows[0].cells[2].querySelector('button').click();
        first.tHead.rows[0].cells[2].querySelector('button').click();
        found.last = first.tBodies[0].rows[1].cells[2].textContent;
      """)
    let start = (1...10).map { $0 * $0 % 11 }
    func text(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: " ") }
    #expect(
      found["orders"] as? [String] == [
        text(start.sorted()), text(start.sorted(by: >)), text(start), text(start),
      ])
    #expect(found["said"] as? [String] == ["ascending", "descending", "none", "ascending"])
    // What is missing comes last whichever way.
    #expect(found["last"] as? String == "–")
  }

  /// What axe-core and WCAG 2.2 AA ask of a page like this, as far as a program can tell.
  @Test(
    "In Chromium the page has landmarks, names, headings in order, and contrast, light and dark",
    .enabled(if: Chromium.path != nil || SharedData.isCI, "chromium is not installed"),
    arguments: [false, true])
  func accessibility(isDark: Bool) throws {
    let found = try inBrowser(
      Self.accessibilityCheck,
      ["--window-size=1200,900", "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)"])
    #expect(found["dark"] as? Bool == isDark)
    #expect(found["texts"] as? Int ?? 0 > 60)
    #expect(found["wrong"] as? [String] == [])
  }

  private static let accessibilityCheck = """
    const found = { dark: matchMedia('(prefers-color-scheme: dark)').matches, texts: 0, wrong: [] };
    const wrong = (element, what) =>
      found.wrong.push(what + ': ' + element.outerHTML.slice(0, 120));
    const all = selector => [...document.querySelectorAll(selector)];
    for (const box of all('details')) box.open = true;
    const name = element => element.getAttribute('aria-label')
      ?? element.getAttribute('aria-labelledby')?.split(' ').map(id => document.getElementById(id)?.textContent).join(' ')
      ?? element.getAttribute('alt') ?? element.textContent;

    if (!document.documentElement.lang) wrong(document.documentElement, 'no language');
    if (!document.title.trim()) wrong(document.head, 'no title');
    for (const landmark of ['header', 'main', 'footer'])
      if (all('body > ' + landmark).length !== 1) wrong(document.body, 'not one ' + landmark);
    for (const part of document.body.children)
      if (!part.matches('header, main, footer, section[aria-labelledby], script')) wrong(part, 'outside of all landmarks');
    let level = 0;
    for (const heading of all('h1, h2, h3, h4, h5, h6')) {
      const own = Number(heading.localName[1]);
      if (own > level + 1) wrong(heading, 'a level of headings is left out');
      if (!heading.textContent.trim()) wrong(heading, 'an empty heading');
      level = own;
    }
    if (all('h1').length !== 1) wrong(document.body, 'not one h1');
    const ids = all('[id]').map(element => element.id);
    if (new Set(ids).size !== ids.length) wrong(document.body, 'an id twice');
    for (const element of all('[aria-labelledby]'))
      for (const id of element.getAttribute('aria-labelledby').split(' '))
        if (!document.getElementById(id)) wrong(element, 'named after nothing');
    for (const element of all('a, button, summary, img, svg, [role=group]'))
      if (!name(element)?.trim()) wrong(element, 'has no name');
    for (const svg of all('svg')) if (!svg.matches('[role=img], [role=group]')) wrong(svg, 'a picture without a role');
    for (const element of all('[tabindex]'))
      if (element.tabIndex > 0) wrong(element, 'changes the order of keys');
    for (const table of all('table')) {
      if (!table.tHead) wrong(table, 'no heads');
      for (const head of table.querySelectorAll('th'))
        if (head.scope !== 'col' || !head.textContent.trim()) wrong(head, 'a head without scope or name');
    }
    for (const element of all('body *')) {
      const style = getComputedStyle(element);
      const scrolls = ['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth;
      if (scrolls && element.tabIndex < 0) wrong(element, 'scrolls, but not by keys');
    }

    const colour = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const over = (top, bottom) => {
      const share = top[3] ?? 1;
      return [0, 1, 2].map(i => top[i] * share + bottom[i] * (1 - share));
    };
    const ground = element => {
      const layers = [];
      for (let box = element; box; box = box.parentElement) layers.push(colour(getComputedStyle(box).backgroundColor));
      return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const light = parts => {
      const [r, g, b] = parts.map(part => {
        const c = part / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const element = text.parentElement;
      if (!text.data.trim() || element.closest('script, style, title, desc')) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      found.texts++;
      const style = getComputedStyle(element);
      const paper = element.closest('svg')?.querySelector('.paper');
      const below = paper ? colour(getComputedStyle(paper).fill) : ground(element);
      const ink = over(colour(paper ? style.fill : style.color), below);
      const [a, b] = [light(ink), light(below)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) wrong(element, 'a contrast of ' + ratio.toFixed(2));
    }
    """
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
