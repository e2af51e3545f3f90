import Columnar
import Facts
import Testing

@testable import Importers

@Suite struct FeedImporterTests {
  private func items(_ importer: any Importer.Type, _ text: String, _ map: [String: String] = [:])
    -> [ImportedItem]
  {
    var options = ImportOptions()
    options.fieldMap = map
    return importer.items(ImportSource(path: "f", bytes: Array(text.utf8)), options: options)
  }

  @Test func itemsOfRSS() throws {
    let text = """
      <?xml version="1.0"?><rss xmlns:content="c" xmlns:dc="d"><channel><title>Wire</title>
      <item><title>One &amp;amp; only</title><guid>id-1</guid><link>https://x.example/1</link><dc:creator>Ann</dc:creator>
      <pubDate>Tue, 8 Oct 2024 09:30:00 GMT</pubDate><description>short</description><category>war</category>
      <content:encoded><![CDATA[<p>Whole <b>text</b></p><script>x</script>]]></content:encoded></item>
      <item><title>Two</title><link>https://x.example/2</link><description>&lt;p&gt;Only&lt;/p&gt;</description></item>
      <item><title>Three</title></item></channel></rss>
      """
    let found = items(FeedImporter.self, text)
    #expect(found.map { $0.document?.docID } == ["id-1", "https://x.example/2", "f#3"])
    #expect(found.map { $0.document?.text } == ["Whole text", "Only", "Three"])
    let first = try #require(found[0].document)
    #expect(first.title == "One & only" && first.source == "Wire" && first.author == "Ann")
    #expect(first.published == PublicationDate.parse("2024-10-08T09:30:00Z"))
    #expect(first.meta["url"] == .string("https://x.example/1"))
  }

  @Test func entriesOfAtom() throws {
    let text = """
      <feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><id>urn:1</id><title>T</title>
      <link rel="self" href="s"/><link href="https://x.example/1"/><author><name>Ann</name></author>
      <updated>2024-10-08T00:00:00Z</updated><content type="xhtml"><div><p>A &lt; B</p><p>C</p></div></content></entry></feed>
      """
    let document = try #require(items(FeedImporter.self, text)[0].document)
    #expect(document.docID == "urn:1" && document.text == "A < B\n\nC" && document.author == "Ann")
    #expect(document.source == "Blog" && document.published != nil)
    #expect(document.meta["url"] == .string("https://x.example/1"))
    #expect(items(FeedImporter.self, "<a/>")[0].error?.code == .unknownFormat)
  }

  @Test func fieldsAreMapped() throws {
    let line =
      "{\"uuid\":7,\"article\":{\"body\":\"x\"},\"date\":\"2024-10-08\",\"title\":\"t\",\"text\":\"other\"}"
    let map = ["id": "uuid", "text": "article.body", "published": "date", "title": "none"]
    let document = try #require(items(JSONLinesImporter.self, line, map)[0].document)
    #expect(document.docID == "7" && document.text == "x")
    #expect(document.published == PublicationDate.parse("2024-10-08"))
    // What the map names is not there, so that the field's own name holds.
    #expect(document.title == "t" && document.meta["text"] == .string("other"))
    let rows = "key,body,date\nk,words,2024-10-08\n"
    let row = try #require(
      items(CSVImporter.self, rows, ["id": "key", "text": "body", "published": "date"])[0].document)
    #expect(row.docID == "k" && row.text == "words" && row.published == document.published)
  }

  @Test func treesAreTakenAsGiven() throws {
    let text = """
      # newdoc id = d1
      # title = T
      # sent_id = 1
      # text = I don't know.
      1\tI\tI\tPRON\tPRP\t_\t4\tnsubj\t_\t_
      2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
      2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_
      3\tn't\tnot\tPART\tRB\t_\t4\tneg\t_\t_
      4\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
      5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

      # newpar id = p2
      1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_

      # newdoc id = d2
      1\tx\tx\tX\tX\t_\t0\troot\t_\t_
      """
    let found = items(CoNLLUImporter.self, text)
    #expect(found.map { $0.document?.docID } == ["d1", "d2"])
    let document = try #require(found[0].document)
    #expect(document.text == "I don't know.\n\nGo" && document.title == "T")
    let parse = try #require(document.parse)
    #expect(parse.sentences == [0..<5, 5..<6])
    for token in parse.tokens { #expect(parse.text(token.start, token.end) == token.text) }
    #expect(parse.tokens.map(\.head) == [3, 3, 3, 3, 3, 5] && parse.tokens[3].dep == "ROOT")
    let ring = "1\ta\ta\tX\tX\t_\t2\td\t_\t_\n2\tb\tb\tX\tX\t_\t1\td\t_\t_\n"
    #expect(items(CoNLLUImporter.self, ring)[0].error?.code == .brokenAnnotations)
    #expect(items(CoNLLUImporter.self, "1\ta\n")[0].error?.code == .brokenAnnotations)
  }
}
