import CCmark
import Diagnostics
import TestSupport
import Testing

@testable import Notebooks

@Suite("Reading notebooks")
struct ParserTests {
  @Test("Cells, attributes and outputs")
  func cells() throws {
    let text = """
      ---
      title: A page
      as-of: 2024-10-08
      params:
        person: Kim Jong Un
      mood: sunny
      ---
      # A page

      ```kql name=first hide-query max-rows=3 expect="Count > 0"
      Documents
      | count
      ```

      <!-- dossier:output rows=1 query=0123abcd -->

      old

      <!-- /dossier:output -->

      Text.

      ~~~kql
      fail
      ~~~
      """
    let notebook = try Notebook(text)
    #expect(notebook.settings.title == "A page")
    #expect(notebook.settings.parameters.first?.value == "Kim Jong Un")
    #expect(notebook.cells.count == 2)
    let first = try #require(notebook.cells.first)
    #expect(first.source == "Documents\n| count")
    #expect(first.line == 10)
    #expect(first.attributes.name == "first")
    #expect(first.attributes.hideQuery)
    #expect(first.attributes.maxRows == 3)
    #expect(first.attributes.expectation == "Count > 0")
    let output = try #require(first.output)
    #expect(output.queryKey == "0123abcd")
    #expect(notebook.text(output.range).hasPrefix("<!-- dossier:output rows=1"))
    #expect(notebook.text(output.range).hasSuffix("<!-- /dossier:output -->"))
    #expect(notebook.cells[1].source == "fail")
    #expect(notebook.cells[1].output == nil)
  }

  @Test(
    "What is no cell",
    arguments: [
      "````\n```kql\nT\n```\n````\n", "> ```kql\n> T\n> ```\n", "    ```kql\n    T\n    ```\n",
      "<!--\n```kql\nT\n```\n-->\n", "<pre>\n```kql\nT\n```\n</pre>\n", "```sql\nT\n```\n",
      "```kqlx\nT\n```\n",
      "Text ```kql not a fence``` more\n", "<div>\n```kql\nT\n```\n</div>\n",
    ])
  func noCells(text: String) throws {
    #expect(try Notebook(text).items.isEmpty)
  }

  @Test("A cell in a list item keeps its output in the item")
  func inList() throws {
    let text = "1. First:\n\n   ```kql\n   echo a\n     b\n   ```\n\n   More.\n"
    let notebook = try Notebook(text)
    #expect(notebook.cells.first?.source == "echo a\n  b")
    let fresh = String(decoding: try replay(text).markdown, as: UTF8.self)
    #expect(
      fresh.contains("\n   | Text |\n   | ---- |\n   | a b  |\n\n   <!-- /dossier:output -->\n\n   More."))
    #expect(try replay(fresh).markdown == Array(fresh.utf8))
  }

  @Test("A fence right after a list marker is a cell")
  func onMarkerLine() throws {
    #expect(try Notebook("- ```kql\n  T\n  ```\n").cells.first?.source == "T")
  }

  @Test("Markers elsewhere are prose")
  func strayMarkers() throws {
    let text =
      "Text\n\n<!-- dossier:output -->\n\nnot ours\n\n<!-- /dossier:output -->\n\n`<!--= x -->1<!--/=-->` and \\<!--= y\n"
    let notebook = try Notebook(text)
    #expect(notebook.items.isEmpty)
    #expect(try replay(text).markdown == Array(text.utf8))
  }

  @Test("Inline values")
  func inline() throws {
    let text = "There are <!--= rows 1 -->7<!--/=--> and *<!--=echo a*b<c -->x<!--/=-->*.\n"
    let run = try replay(text)
    #expect(
      String(decoding: run.markdown, as: UTF8.self)
        == "There are <!--= rows 1 -->0<!--/=--> and *<!--=echo a*b<c -->a\\*b&lt;c<!--/=-->*.\n")
    let wrong = try replay("<!--= rows 2 -->7<!--/=-->")
    #expect(wrong.failure?.code == .inlineShape)
    #expect(wrong.markdown == Array("<!--= rows 2 -->7<!--/=-->".utf8))
  }

  @Test(
    "Mistakes are named with their line",
    arguments: [
      ("a\n\n```kql nam=x\nT\n```\n", "NBK021", 3), ("```kql name\nT\n```\n", "NBK021", 1),
      ("```kql max-rows=many\nT\n```\n", "NBK021", 1), ("```kql expect=\"x\nT\n```\n", "NBK021", 1),
      ("```kql hide-query hide-query\n```\n", "NBK021", 1),
      ("```kql name=a\n```\n\n```kql name=a\n```\n", "NBK022", 4), ("x\n\n```kql\nT\n", "NBK020", 3),
      ("```kql\nT\n```\n<!-- dossier:output -->\n", "NBK020", 4),
      ("Some <!--= T -->text\n", "NBK020", 1),
    ])
  func mistakes(text: String, code: String, line: Int) throws {
    let error = try #require(throws: DossierError.self) { try Notebook(text) }
    #expect(error.code.rawValue == code)
    #expect(SourceText(text).position(at: try #require(error.span).lower).line == line)
  }

  @Test(
    "Mistakes in the front matter",
    arguments: [
      ("title: [a, b", "NBK010"), ("as-of: soon", "NBK010"), ("snapshot: zero", "NBK010"),
      ("parms: {a: 1}", "NBK010"), ("asof: 2024-01-01", "NBK010"), ("- a\n- b", "NBK010"),
      ("documents: [{path: a, publishd: 2024}]", "NBK010"), ("documents: [{title: a}]", "NBK010"),
      ("documents: [{path: [a]}]", "NBK010"),
    ])
  func frontMatterMistakes(yaml: String, code: String) throws {
    let error = try #require(throws: DossierError.self) { try Notebook("---\n\(yaml)\n---\n") }
    #expect(error.code.rawValue == code)
  }

  @Test("Documents with what is said of them")
  func documents() throws {
    let notebook = try Notebook(
      "---\ndocuments:\n  - letters\n  - path: a b.txt\n    published: 2024-10-08\n    title: 'A: b'\n---\n")
    #expect(
      notebook.settings.documents == [
        .init("letters"),
        .init("a b.txt", options: [.init("published", "2024-10-08"), .init("title", "A: b")]),
      ])
  }

  @Test("Not UTF-8")
  func notUTF8() throws {
    let error = try #require(throws: DossierError.self) { try Notebook(bytes: [0x61, 0xC3, 0x28]) }
    #expect(error.code == .notebookEncoding)
    #expect(error.message.hasSuffix("byte 1"))
  }

  @Test("Ends of line are kept")
  func carriageReturns() throws {
    let text = "# T\r\n\r\n```kql\r\necho a\r\n```\r\n\r\nEnd  \r\n"
    let fresh = try replay(text).markdown
    let expected =
      "# T\r\n\r\n```kql\r\necho a\r\n```\r\n\r\n<!-- dossier:output rows=1 query=\(QueryKey.of("echo a")) -->\r\n\r\n"
      + "| Text |\r\n| ---- |\r\n| a    |\r\n\r\n<!-- /dossier:output -->\r\n\r\nEnd  \r\n"
    #expect(String(decoding: fresh, as: UTF8.self) == expected)
    #expect(try replay(expected).markdown == fresh)
  }

  // MARK: Properties

  private static let pieces = [
    "```kql", "```", "````", "~~~kql", "~~~", "- ```kql", "  ```kql", "  ```", "    ```kql", "> ```kql",
    "> ```",
    "<!-- dossier:output rows=1 -->", "<!-- /dossier:output -->", "| a |", "|---|", "echo x", "fail", "", "",
    "",
    "Text with `code`", "text <!--= rows 1 -->2<!--/=--> more", "- item", "1. item", "  more", "<!--", "-->",
    "<pre>",
    "</pre>", "<div>", "# Head", "---", "title: x", "\techo y", "\u{FEFF}", "é 漢字 🇰🇵", "`<!--=`", "> quote",
    "***",
    "```kql name=a", "10) ten", "     deep",
  ]

  private static func randomText(_ numbers: inout SeededNumbers) -> String {
    let end = Bool.random(using: &numbers) ? "\n" : "\r\n"
    var text = ""
    for _ in 0..<Int.random(in: 0...14, using: &numbers) {
      text += pieces.randomElement(using: &numbers) ?? ""
      text += end
    }
    return Bool.random(using: &numbers) ? text : String(text.dropLast())
  }

  @Test("Outputs aside, a run keeps every byte, and a second run changes nothing", arguments: 1...8)
  func keepsBytes(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    var read = 0
    for _ in 0..<400 {
      let text = Self.randomText(&numbers)
      guard let notebook = try? Notebook(text) else { continue }
      read += notebook.cells.isEmpty ? 0 : 1
      let run = try replay(text)
      let fresh = String(decoding: run.markdown, as: UTF8.self)
      let again = try Notebook(fresh)
      #expect(again.cells.map(\.source) == notebook.cells.map(\.source), "\(text.debugDescription)")
      #expect(Self.withoutOutputs(again) == Self.withoutOutputs(notebook), "\(text.debugDescription)")
      #expect(try replay(fresh).markdown == run.markdown, "\(text.debugDescription)")
    }
    #expect(read > 10)
  }

  /// The file without outputs, their blank lines and inline values.
  private static func withoutOutputs(_ notebook: Notebook) -> String {
    var out: [UInt8] = []
    var at = 0
    for item in notebook.items {
      switch item {
      case .cell(let cell):
        out += notebook.bytes[at..<cell.range.upperBound]
        at = cell.output?.range.upperBound ?? cell.range.upperBound
      case .inline(let value):
        out += notebook.bytes[at..<value.valueRange.lowerBound]
        at = value.valueRange.upperBound
      }
    }
    return String(decoding: out + notebook.bytes[at...], as: UTF8.self)
  }

  @Test("Any bytes are read or refused, never worse", arguments: 1...4)
  func anyBytes(seed: UInt64) {
    var numbers = SeededNumbers(state: seed)
    let alphabet = Array("`~-<!>=/ \t\r\n*kqldosier:output()[]\\\"".utf8) + [0xC3, 0xA9, 0xF0, 0xFF, 0]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in
        alphabet.randomElement(using: &numbers) ?? 0
      }
      _ = try? Notebook(bytes: bytes)
    }
  }

  @Test("CommonMark's own parser sees the same cells", arguments: 1...6)
  func agreesWithCmark(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed &* 77)
    var compared = 0
    for _ in 0..<600 {
      let text = Self.randomText(&numbers)
      // Front matter, and what an output holds, mean nothing to cmark.
      if text.hasPrefix("---") || text.contains("<!-- dossier") || text.contains("\u{FEFF}") { continue }
      guard let notebook = try? Notebook(text) else { continue }
      let lines = Self.cmarkCells(text)
      compared += lines.isEmpty ? 0 : 1
      #expect(notebook.cells.map(\.line) == lines, "\(text.debugDescription)")
    }
    #expect(compared > 10)
  }

  /// The lines of fenced `kql` blocks outside quotes.
  private static func cmarkCells(_ text: String) -> [Int] {
    guard let root = cmark_parse_document(text, text.utf8.count, CMARK_OPT_DEFAULT) else { return [] }
    defer { cmark_node_free(root) }
    var found: [Int] = []
    let iterator = cmark_iter_new(root)
    defer { cmark_iter_free(iterator) }
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { break }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator),
        cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK, let info = cmark_node_get_fence_info(node)
      else { continue }
      let word = String(cString: info).split { $0 == " " || $0 == "\t" }.first
      var parent = cmark_node_parent(node)
      var isQuoted = false
      while let above = parent {
        if cmark_node_get_type(above) == CMARK_NODE_BLOCK_QUOTE { isQuoted = true }
        parent = cmark_node_parent(above)
      }
      if word == "kql", !isQuoted { found.append(Int(cmark_node_get_start_line(node))) }
    }
    return found
  }
}
