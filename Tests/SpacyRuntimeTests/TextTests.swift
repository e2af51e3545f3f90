import Diagnostics
import Testing

@testable import SpacyRuntime

@Suite struct TextTests {
  @Test(arguments: [
    ("ABC", "abc"), ("İ", "i\u{307}"), ("ΟΔΟΣ", "οδος"), ("ΣΑΣ.", "σας."), ("Σ", "σ"), ("straße", "straße"),
    ("", ""),
  ]) func lowersAsPythonDoes(_ pair: (String, String)) {
    #expect(Array(PythonText.lower(pair.0).utf8) == Array(pair.1.utf8))
  }

  @Test(arguments: [
    ("Apple", "Xxxxx"), ("C3PO", "XdXX"), ("12345678", "dddd"), ("don't", "xxx'x"), ("é½²", "x½d"),
    ("ªb", "xx"),
    (String(repeating: "a", count: 100), "LONG"), (String(repeating: "a", count: 99), "xxxx"),
  ]) func shapesAsSpacyDoes(_ pair: (String, String)) {
    #expect(PythonText.shape(pair.0) == pair.1)
  }

  @Test func whiteSpaceIsPythons() {
    for value: UInt32 in [9, 13, 0x1C, 0x1F, 0x20, 0x85, 0xA0, 0x2003, 0x2028, 0x3000] {
      #expect(Unicode.Scalar(value).map { PythonText.isSpace($0) } == true)
    }
    for value: UInt32 in [8, 0x21, 0x200B, 0x180E, 0xFEFF] {
      #expect(Unicode.Scalar(value).map { PythonText.isSpace($0) } == false)
    }
  }

  @Test func chunksLeaveOutOneSpaceAfterWords() {
    var chunks: [String] = []
    let text = Array(" a  b \n c\u{3000}d ".utf8)
    text.withUnsafeBufferPointer { buffer in
      Tokenizer.forEachChunk(of: buffer) { range, space in
        chunks.append(String(decoding: buffer[range], as: UTF8.self) + (space ? "_" : ""))
      }
    }
    #expect(chunks == [" ", "a_", " ", "b_", "\n ", "c", "\u{3000}", "d_"])
  }

  @Test func patternsAreRewrittenForPCRE2() throws {
    #expect(Regex.translate("(?u)[\\u00A6\\U0001F600]\\d\\\\u0041") == "[\\x{00A6}\\x{0001F600}]\\d\\\\u0041")
    #expect(throws: DossierError.self) { try Regex("(") }
    let regex = try Regex("(?<=[a-z])-(?=[a-z])")
    let found = Array("é-a b-c".utf8).withUnsafeBufferPointer { Matcher().search(regex, $0) }
    #expect(found == 6..<7)
  }

  @Test func damagedModelFilesAreToldApart() throws {
    var writer = FlatFileWriter()
    writer.add("meta", lines: ["name\tx"])
    writer.add("numbers", bytes: [0, 0, 0x80, 0x3F], shape: [1, 1])
    let good = writer.finish()
    let file = try FlatFile(ModelBytes(good), name: "x-1")
    #expect(try file.floats("numbers", [1, nil]).start[0] == 1)
    #expect(throws: DossierError.self) { try file.floats("numbers", [2, nil]) }
    #expect(file.lines("meta") == ["name\tx"])
    for offset in [0, 9, 20, 30, 40, 70, good.count - 1] {
      var bad = good
      bad[offset] ^= 0x40
      #expect(throws: DossierError.self) { try FlatFile(ModelBytes(bad), name: "x-1") }
    }
    for count in [0, 10, 63, 64, good.count - 1] {
      #expect(throws: DossierError.self) { try FlatFile(ModelBytes(Array(good[..<count])), name: "x-1") }
    }
  }

  @Test func aMissingModelIsOneLine() {
    let catalog = ModelCatalog(environment: ["DOSSIER_MODELS": "/nonexistent/models"])
    let error = #expect(throws: DossierError.self) { try catalog.locate() }
    #expect(error?.code == .modelMissing)
    #expect(error?.message.contains("dossier model install") == true)
    #expect(error?.message.contains("\n") == false)
  }

  @Test func foldersFollowTheEnvironment() {
    func folder(_ environment: [String: String]) -> String {
      ModelCatalog(environment: environment).folder.path
    }
    #expect(folder(["DOSSIER_MODELS": "/m", "XDG_DATA_HOME": "/d"]) == "/m")
    #expect(folder(["XDG_DATA_HOME": "/d", "HOME": "/h"]) == "/d/dossier/models")
    #expect(folder(["XDG_DATA_HOME": "relative", "HOME": "/h"]) == "/h/.local/share/dossier/models")
  }
}
