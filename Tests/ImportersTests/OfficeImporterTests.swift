import Facts
import Testing

@testable import Importers

/// One after the other: waiting for a program blocks a thread of those that Swift's concurrency shares.
@Suite(.serialized) struct OfficeImporterTests {
  private func item(_ importer: any Importer.Type, _ bytes: [UInt8]) -> ImportedItem {
    importer.items(ImportSource(path: "a", bytes: bytes))[0]
  }

  // MARK: PDF

  @Test func columnsHyphensAndPagesOfPDF() throws {
    let left = [
      "The left column goes on with a hyphen-", "ated word, a well-", "known one and co-", "operation.",
    ]
    let right = ["The right column comes second", "and stands by itself."]
    var pages: [[(x: Int, y: Int, text: String)]] = (0..<4).map { number in
      [(50, 760, "The Daily Test \(number + 1)"), (300, 30, "\(number + 1)")]
    }
    pages[0] += left.enumerated().map { (50, 700 - 14 * $0, $1) }
    pages[0] += right.enumerated().map { (330, 700 - 14 * $0, $1) }
    pages[1] += [(50, 700, "A sentence that the page does not")]
    pages[2] += [(50, 700, "finish, but the next one. Cooperation is all.")]
    pages[3] += [(50, 700, "The end & <more>.")]
    let item = item(PDFImporter.self, PackedFiles.pdf(pages))
    let document = try #require(item.document)
    #expect(item.error == nil)
    #expect(
      document.text == """
        The left column goes on with a hyphenated word, a well-known one and cooperation.

        The right column comes second and stands by itself.

        A sentence that the page does not finish, but the next one. Cooperation is all.

        The end & <more>.
        """)
    #expect(document.title == "A title" && document.author == "Ann Bee" && document.published == nil)
    #expect(document.meta["created"] == .string("2024-10-08T09:30:00+09:00"))
    let places = ["left", "second", "finish", "The end"].map { words -> Int? in
      document.text.range(of: words).flatMap {
        document.page(
          at: document.text.unicodeScalars.distance(from: document.text.startIndex, to: $0.lowerBound))
      }
    }
    #expect(places == [1, 1, 3, 4])
  }

  @Test func thereIsADateWhereTheReaderSaysSo() throws {
    var options = ImportOptions()
    options.fieldMap = ["published": "created"]
    let source = ImportSource(path: "a.pdf", bytes: PackedFiles.pdf([[(50, 700, "Some words.")]]))
    let document = try #require(PDFImporter.items(source, options: options)[0].document)
    #expect(document.published == PublicationDate.parse("2024-10-08T00:30:00Z"))
  }

  @Test func picturesAndPasswordsAreReported() {
    let words = [(x: 50, y: 700, text: "Words.")]
    let mixed = item(PDFImporter.self, PackedFiles.pdf([words, [], []], pictureOn: 1))
    #expect(mixed.document?.text == "Words.")
    #expect(mixed.error?.code == .pagesWithoutText && mixed.error?.message.hasSuffix("page 2") == true)
    // An empty page is none that was scanned.
    #expect(item(PDFImporter.self, PackedFiles.pdf([words, []])).error == nil)
    let scanned = item(PDFImporter.self, PackedFiles.pdf([[], []], pictureOn: 0))
    #expect(scanned.document == nil && scanned.error?.code == .pagesWithoutText)
    let locked = item(PDFImporter.self, PackedFiles.pdf([words], isEncrypted: true))
    #expect(locked.document == nil && locked.error?.code == .encrypted)
    #expect(item(PDFImporter.self, Array("no pdf".utf8)).error?.code == .brokenFile)
  }

  @Test func outsideToolsHaveLimits() throws {
    func run(_ name: String, _ arguments: [String], _ limits: OutsideTool.Limits) throws
      -> OutsideTool.Outcome
    {
      try OutsideTool(name: name, package: "p", purpose: "").run(
        arguments, input: [], for: "f", limits: limits)
    }
    var limits = OutsideTool.Limits(seconds: 1)
    let start = ContinuousClock.now
    #expect(throws: (any Error).self) { try run("sleep", ["600"], limits) }
    #expect(ContinuousClock.now - start < .seconds(300))
    limits = OutsideTool.Limits(seconds: 20, memoryMegabytes: 200, outputBytes: 1000)
    #expect(throws: (any Error).self) { try run("seq", ["100000"], limits) }
    let greedy = try? run("python3", ["-c", "bytearray(1 << 30)"], limits)
    #expect(greedy?.isSuccess != true)
    #expect(throws: (any Error).self) { try run("no-such-program", [], limits) }
    #expect(String(decoding: try run("echo", ["a b", "$0"], limits).output, as: UTF8.self) == "a b $0\n")
  }

  // MARK: Word processors

  @Test func documentsOfWord() throws {
    let body = """
      <w:document xmlns:w="w"><w:body><w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>One &amp; </w:t></w:r>\
      <w:r><w:t xml:space="preserve">two</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
      <w:p><w:r><w:t>A</w:t><w:br/><w:t>B</w:t><w:noBreakHyphen/><w:t>C</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r>\
      <w:t>x</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>y</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>
      """
    let notes = """
      <w:footnotes xmlns:w="w"><w:footnote w:type="separator"><w:p/></w:footnote><w:footnote w:id="2"><w:p><w:r>\
      <w:t>Note.</w:t></w:r></w:p></w:footnote></w:footnotes>
      """
    let core = """
      <cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>T</dc:title><dc:creator>Ann</dc:creator>\
      <dcterms:created>2024-10-08T01:02:03Z</dcterms:created></cp:coreProperties>
      """
    let bytes = PackedFiles.zip(
      texts: [("word/document.xml", body), ("word/footnotes.xml", notes), ("docProps/core.xml", core)])
    let document = try #require(item(WordImporter.self, bytes).document)
    #expect(document.text == "One & two\n\nA\nB-C\n\nx\ty\n\nNote.")
    #expect(document.title == "T" && document.author == "Ann" && document.published == nil)
    #expect(document.meta["created"] == .string("2024-10-08T01:02:03Z"))
    #expect(item(WordImporter.self, PackedFiles.zip(texts: [("a", "b")])).error?.code == .brokenFile)
    #expect(item(WordImporter.self, [0xD0, 0xCF, 0x11, 0xE0]).error?.code == .encrypted)
    let bomb = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"
    #expect(
      item(WordImporter.self, PackedFiles.zip(texts: [("word/document.xml", bomb)])).error?.code
        == .brokenMarkup)
  }

  @Test func documentsOfLibreOffice() throws {
    let content = """
      <office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:body><office:text>
      <text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>Head</text:h>
      <text:p>One<text:s/>two<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Note.</text:p>
      </text:note-body></text:note> three<text:line-break/>four</text:p><table:table><table:table-row><table:table-cell>
      <text:p>x</text:p></table:table-cell><table:table-cell><text:p>y</text:p></table:table-cell></table:table-row>
      </table:table></office:text></office:body></office:document-content>
      """
    let meta = """
      <office:document-meta xmlns:office="o" xmlns:dc="d" xmlns:meta="m"><office:meta><dc:title>T</dc:title>\
      <meta:initial-creator>Ann</meta:initial-creator></office:meta></office:document-meta>
      """
    let bytes = PackedFiles.zip(texts: [("content.xml", content), ("meta.xml", meta)])
    let document = try #require(item(OpenDocumentImporter.self, bytes).document)
    #expect(document.text == "Head\n\nOne two three\nfour\n\nx\ty\n\nNote.")
    #expect(document.title == "T" && document.author == "Ann")
  }

  @Test func booksInTheirOrder() throws {
    let container = "<container><rootfiles><rootfile full-path=\"OPS/b.opf\"/></rootfiles></container>"
    let book = """
      <package xmlns:dc="d"><metadata><dc:title>T</dc:title><dc:creator>Ann</dc:creator><dc:language>en</dc:language>\
      </metadata><manifest><item id="a" href="a%20b.xhtml"/><item id="c" href="../c.xhtml"/></manifest>\
      <spine><itemref idref="c"/><itemref idref="a"/></spine></package>
      """
    let bytes = PackedFiles.zip(texts: [
      ("META-INF/container.xml", container), ("OPS/b.opf", book), ("OPS/a b.xhtml", "<p>second</p>"),
      ("c.xhtml", "<nav>x</nav><p>first</p>"),
    ])
    let document = try #require(item(EPUBImporter.self, bytes).document)
    #expect(document.text == "first\n\nsecond")
    #expect(document.title == "T" && document.author == "Ann" && document.language == "en")
  }

  @Test func richText() throws {
    let text = #"""
      {\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\colortbl;\red1;}
      {\info{\title My title}{\author Ann}}{\header dropped}\f0 Caf\'e9 \u8364?5 \{x\}\par Line\line two\~three
      {\f1\'cf\'f0}{\*\unknown dropped}{\v hidden}\emdash end{\footnote Note.}\par\bin3 abc\u55357?\u56397?}
      """#
    let document = try #require(item(RichTextImporter.self, Array(text.utf8)).document)
    #expect(document.text == "Café €5 {x}\n\nLine\ntwo threeПр—end\n\n👍\n\nNote.")
    #expect(document.title == "My title" && document.author == "Ann")
    #expect(item(RichTextImporter.self, Array("plain".utf8)).error?.code == .brokenFile)
  }
}
