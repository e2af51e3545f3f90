import Columnar
import Facts
import Testing

@testable import Importers

@Suite struct ImporterTests {
  private func items(_ importer: any Importer.Type, _ text: String, path: String = "a") -> [ImportedItem] {
    importer.items(ImportSource(path: path, bytes: Array(text.utf8)))
  }

  @Test func plainTextIsKeptToTheByte() throws {
    let item = items(TextImporter.self, "\u{FEFF}a\r\nb \u{0} 👩‍👩‍👧")[0]
    #expect(Array(try #require(item.document).text.utf8) == Array("a\r\nb \u{0} 👩‍👩‍👧".utf8))
  }

  @Test func plainTextMayHaveFrontMatter() throws {
    let text = "---\ntitle: \"A: b\"\npublished: 2024-11-05\nsource: Desk\nmood: calm\n---\nDear all,\n---\nx"
    let document = try #require(items(TextImporter.self, text)[0].document)
    #expect(document.text == "Dear all,\n---\nx")
    #expect(document.title == "A: b" && document.source == "Desk")
    #expect(document.published == PublicationDate.parse("2024-11-05"))
    #expect(document.meta["mood"] == .string("calm"))
  }

  /// Dashes that part something else are words of the text.
  @Test(arguments: [
    "---\nDear all,\n---\nx", "---\n- a\n- b\n---\n", "---\ntitle: x\n", "---\na: [\n---\nb", "---\n---\nb",
  ])
  func otherDashesStayText(text: String) throws {
    #expect(try #require(items(TextImporter.self, text)[0].document).text == text)
  }

  @Test func markdownLosesItsMarkup() throws {
    let text =
      "---\ntitle: T\ndate: 2024-10-08\nx: 7\n---\n# Head\n\nA *b* [c](d)\nline & e\n\n- one\n- two\n"
    let document = try #require(items(MarkdownImporter.self, text)[0].document)
    #expect(document.text == "Head\n\nA b c line & e\n\none\n\ntwo")
    #expect(document.title == "T")
    #expect(document.published == PublicationDate.parse("2024-10-08"))
    #expect(document.meta["x"] == .long(7))
    let broken = items(MarkdownImporter.self, "---\ntitle: [a\n---\n# H\nb")[0]
    #expect(broken.error?.code.rawValue == "IMP108")
    #expect(broken.document?.text == "H\n\nb")
  }

  @Test func pagesGiveTheirWords() throws {
    let page = """
      <html lang=en><head><title>T</title><meta property="article:published_time" content="2024-10-08">
      <meta name=author content="A B"></head><body><nav>menu</nav><p>One&nbsp;&amp; <b>two</b>
      three</p><script>x()</script><ul><li>i<li>j</ul>x<br>y<footer>f</footer></body></html>
      """
    let document = try #require(items(HTMLImporter.self, page)[0].document)
    #expect(document.text == "One & two three\n\ni\n\nj\n\nx\ny")
    #expect(document.title == "T" && document.author == "A B" && document.language == "en")
    #expect(document.published != nil)
    let deep = String(repeating: "<div>", count: 20_000) + "deep"
    #expect(try #require(items(HTMLImporter.self, deep)[0].document).text == "deep")
  }

  @Test func menusAndBannersAreNoText() throws {
    let page = """
      <body class="has-cookie-banner"><div id="cookie-consent"><p>We use cookies.</p><button>OK</button></div>
      <div role="navigation"><p>Menu</p></div><div class="gdpr popup">Agree</div><div aria-modal="true">Subscribe</div>
      <ul class="m"><li><a href="/">Home</a></li><li><a href="/n">News</a></li><li><a href="/s">Sport</a></li></ul>
      <article class="cookies"><h1>How cookies are baked</h1><p>Flour and butter.</p>
      <ul><li>A <a href="x">link</a> in words</li><li>two</li><li>three</li></ul></article></body>
      """
    let document = try #require(items(HTMLImporter.self, page)[0].document)
    #expect(document.text == "How cookies are baked\n\nFlour and butter.\n\nA link in words\n\ntwo\n\nthree")
    // What is longer than a banner is not taken for one.
    let long =
      "<div class=cookie-policy>" + String(repeating: "<p>Words of a policy.</p>", count: 200) + "</div>"
    #expect(try #require(items(HTMLImporter.self, long)[0].document).text.utf8.count > 3000)
  }

  @Test func brokenLinesFailAlone() {
    let text =
      "{\"id\":\"a\",\"text\":\"x\",\"k\":[1]}\nnope\n\n{\"text\":\"y\",\"published\":\"soon\"}\r\n{\"title\":\"z\"}"
    let found = items(JSONLinesImporter.self, text, path: "n.jsonl")
    #expect(found.map { $0.document?.docID } == ["a", nil, "n.jsonl#4", nil])
    #expect(found.map { $0.error?.code.rawValue } == [nil, "IMP105", "IMP107", "IMP106"])
    #expect(found[1].location == "n.jsonl#2")
  }

  @Test func rowsOfCSV() {
    let text = "Id,Text,Extra\r\n1,\"a, \"\"b\"\"\nc\",e\r\n2,x\r\n,last,"
    let found = items(CSVImporter.self, text, path: "n.csv")
    #expect(found.map { $0.document?.text } == ["a, \"b\"\nc", nil, "last"])
    #expect(found[1].error?.code.rawValue == "IMP112")
    #expect(found[2].document?.docID == "n.csv#3")
    #expect(items(CSVImporter.self, "a,b\n1,2")[0].error?.code.rawValue == "IMP106")
  }

  @Test func datesAreNeverGuessed() {
    #expect(
      PublicationDate.parse("Tue, 8 Oct 2024 09:30:00 +0900") == PublicationDate.parse("2024-10-08T00:30:00Z")
    )
    for text in ["2024", "2024-10", "yesterday", "8.10.2024", "31 Feb 2024", "", "2024-13-01"] {
      #expect(PublicationDate.parse(text) == nil, "\(text)")
    }
  }

  @Test(arguments: 0..<30) func anyBytesGiveDocumentsOrErrors(seed: UInt64) {
    var state = seed
    let pieces = [
      "<p", ">", "</", "---\n", "\"", ",", "\n", "{", "[", "text", "&#", "\r", "é", "\0", "- ", "> ", "|",
    ]
    var bytes: [UInt8] = []
    for _ in 0..<300 {
      state = mixBits(state &+ 0x9E37_79B9_7F4A_7C15)
      if state % 5 == 0 { bytes.append(UInt8(truncatingIfNeeded: state >> 9)) }
      bytes += Array(pieces[Int(state >> 20) % pieces.count].utf8)
    }
    for importer in ImporterRegistry.importers {
      for item in importer.items(ImportSource(path: "f", bytes: bytes)) {
        #expect(item.document != nil || item.error != nil)
      }
    }
  }

  /// Menus, teasers and imprints that no element or name tells.
  @Test func pagesLoseBlocksOfLinks() {
    let paragraph =
      "The minister met the ambassador in Paris on Tuesday, and said that Norway would support the plan."
    let menu = (0..<6).map { "<div><a href=/\($0)>Section \($0)</a></div>" }.joined()
    let page = """
      <html><head><title>T</title></head><body><div class=top>\(menu)<div>Search</div></div><h1>Visit</h1>
      <div>By Ann</div><p>\(paragraph)</p><p>He left.</p><p>\(paragraph) See <a href=x>the plan</a>.</p>
      <table><tr><td><a href=k>Karl Holm</a></td><td>Oslo</td></tr></table>
      <p><a href=/r>Read more about the visit here</a></p><div>Follow us</div><div>© 2024 Example</div></body></html>
      """
    let source = ImportSource(path: "a.html", bytes: Array(page.utf8))
    let text = HTMLImporter.items(source).first?.document?.text
    #expect(
      text == "Visit\n\nBy Ann\n\n\(paragraph)\n\nHe left.\n\n\(paragraph) See the plan.\n\nKarl Holm\tOslo")
    // Where nothing looks like a paragraph, all of it stays.
    let short = ImportSource(path: "a.html", bytes: Array("<p><a href=x>Anna left</a></p><p>Oslo.</p>".utf8))
    #expect(HTMLImporter.items(short).first?.document?.text == "Anna left\n\nOslo.")
  }
}
