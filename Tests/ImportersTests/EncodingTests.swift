import Facts
import Foundation
import Testing

@testable import Importers

@Suite struct EncodingTests {
  private func document(_ importer: any Importer.Type, _ bytes: [UInt8]) throws -> Document {
    try #require(importer.items(ImportSource(path: "a", bytes: bytes))[0].document)
  }

  private func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return bigEndian ? [high, low] : [low, high]
    }
  }

  @Test(arguments: [false, true]) func wideTextWithAndWithoutItsMark(bigEndian: Bool) throws {
    let text = "The café opened 👍 today."
    let mark: [UInt8] = bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
    for bytes in [mark + utf16(text, bigEndian: bigEndian), utf16(text, bigEndian: bigEndian)] {
      let document = try document(TextImporter.self, bytes)
      #expect(document.text == text)
      #expect(document.meta["encoding"] == .string(bigEndian ? "utf-16be" : "utf-16le"))
    }
  }

  @Test func westernTextIsGuessedAndSaysSo() throws {
    let document = try document(TextImporter.self, Array("caf".utf8) + [0xE9, 0x20, 0x80, 0x35, 0x93])
    #expect(document.text == "café €5“")
    #expect(document.meta["encoding"] == .string("windows-1252"))
  }

  /// What no encoding accounts for is an error that names the place.
  @Test func binaryFilesAreNoText() {
    let item = TextImporter.items(ImportSource(path: "a", bytes: [0x61, 0x62, 0x63, 0xE9, 0, 1, 2, 0x81]))[0]
    #expect(item.document == nil && item.error?.code == .notUTF8)
    #expect(item.error?.message.contains("offset 3") == true)
  }

  @Test func aFewBrokenBytesCostOnlyThemselves() throws {
    let bytes = Array("Größe, Straße, Übergröße, Äpfel".utf8) + [0xFF] + Array(" end".utf8)
    let item = TextImporter.items(ImportSource(path: "a", bytes: bytes))[0]
    #expect(item.document?.text == "Größe, Straße, Übergröße, Äpfel\u{FFFD} end")
    #expect(item.error?.code == .notUTF8)
  }

  @Test func pagesDeclareTheirEncoding() throws {
    let cyrillic: [UInt8] = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2]
    for head in [
      "<meta charset=windows-1251>",
      "<meta http-equiv=content-type content=\"text/html; charset=Windows-1251\">",
    ] {
      let page = try document(HTMLImporter.self, Array("\(head)<p>".utf8) + cyrillic)
      #expect(page.text == "Привет")
    }
    // What is UTF-8 is not made worse by what it says of itself.
    let page = try document(HTMLImporter.self, Array("<meta charset=latin1><p>café".utf8))
    #expect(page.text == "café")
  }

  @Test func tablesOfOfficePrograms() throws {
    let rows = try document(CSVImporter.self, Array("text\ncaf".utf8) + [0xE9, 0x0A])
    #expect(rows.text == "café")
    let lines = try document(
      JSONLinesImporter.self, [0xFF, 0xFE] + utf16("{\"text\":\"é\"}\n", bigEndian: false))
    #expect(lines.text == "é")
  }

  /// Offsets count Unicode scalars whatever the script: nothing is normalised or dropped.
  @Test(arguments: [
    "שלום עולם. مرحبا بالعالم.", "👩‍👩‍👧 🇰🇵 é e\u{301}", "a\u{200B}b\u{200D}c\u{FEFF}d",
    "bell\u{7} esc\u{1B}[31m nul\u{0} x",
    "線\u{3000}全角　スペース",
  ])
  func charactersOfAllKindsStay(text: String) throws {
    let found = try document(TextImporter.self, Array(text.utf8)).text
    #expect(Array(found.unicodeScalars) == Array(text.unicodeScalars))
  }

  /// Larger by far than any page; in a debug build that is enough. `Scripts/fuzz importers` has 50 MB for a release build.
  @Test func aLongFileOnOneLine() throws {
    let bytes = Array(String(repeating: "word ", count: 1_000_000).utf8)
    #expect(try document(TextImporter.self, bytes).text.utf8.count == 5_000_000)
    let json = Array("{\"text\":\"".utf8) + bytes + Array("\"}".utf8)
    #expect(try document(JSONLinesImporter.self, json).text.utf8.count == 5_000_000)
  }
}
