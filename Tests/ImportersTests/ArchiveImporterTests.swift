import Columnar
import Diagnostics
import Facts
import Testing

@testable import Importers

@Suite struct ArchiveImporterTests {
  private func items(_ bytes: [UInt8], path: String = "a.zip") -> [ImportedItem] {
    ArchiveImporter.items(ImportSource(path: path, bytes: bytes))
  }

  @Test func membersAreDocumentsOfTheArchive() throws {
    let inner = PackedFiles.zip(texts: [("deep.txt", "deep")])
    let mail = "From: a@b.c\nSubject: s\nMessage-ID: <1@b>\n\nhello"
    let bytes = PackedFiles.zip([
      ("b/x.txt", Array("one".utf8)), ("in.zip", inner), ("m.eml", Array(mail.utf8)), ("y.bin", [1]),
      ("__MACOSX/._x.txt", [0]), ("é.md", Array("# two".utf8)),
    ])
    let found = items(bytes)
    #expect(
      found.map { $0.document?.docID ?? $0.location } == [
        "a.zip/b/x.txt", "a.zip/in.zip/deep.txt", "a.zip/m.eml", "a.zip/y.bin", "a.zip/é.md",
      ])
    #expect(found.map { $0.document?.parentID } == ["a.zip", "a.zip", "a.zip", nil, "a.zip"])
    #expect(found[3].error?.code == .unknownFormat)
  }

  @Test func namesThatLeadOutAndLinksAreRefused() {
    let bytes = PackedFiles.tar([
      ("../../x.txt", "x", nil), ("/etc/passwd.txt", "x", nil), ("l.txt", "", "/etc/passwd"),
      ("a\\..\\..\\b.txt", "x", nil), ("./ok.txt", "fine", nil),
    ])
    let found = items(bytes, path: "a.tar")
    #expect(
      found.map { $0.error?.code } == [
        .unsafePath, .unsafePath, .linkNotFollowed, .unsafePath, nil,
      ])
    #expect(found[4].document?.docID == "a.tar/ok.txt")
  }

  @Test func aMailsArchiveBelongsToTheMail() {
    let zip = PackedFiles.zip(texts: [("n.txt", "inside")])
    let mail = """
      From: a@b.c
      Subject: s
      Date: Tue, 8 Oct 2024 09:30:00 +0900
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary=Q

      --Q
      Content-Type: text/plain

      hello
      --Q
      Content-Type: application/zip; name=z.zip
      Content-Transfer-Encoding: base64

      \(Base64.encode(zip))
      --Q--
      """
    let found = MailImporter.items(ImportSource(path: "m.eml", bytes: Array(mail.utf8)))
    #expect(found.map { $0.document?.docID } == ["m.eml", "m.eml/z.zip/n.txt"])
    #expect(found[1].document?.parentID == "m.eml")
    #expect(found[1].document?.published == found[0].document?.published)
  }

  @Test func brokenOnesAreErrors() {
    #expect(items(Array("no archive".utf8)).last?.error?.code == .brokenFile)
    #expect(items([]).last?.error != nil)
    let whole = PackedFiles.zip(texts: (0..<20).map { ("\($0).txt", "text \($0)") })
    for length in stride(from: 0, to: whole.count, by: 37) {
      for item in items(Array(whole[..<length])) { #expect(item.document != nil || item.error != nil) }
    }
  }

  /// Archives in archives, each of many copies of the one inside.
  @Test func bombsAreDefused() throws {
    var bytes = PackedFiles.zip(texts: [("a.txt", String(repeating: "0", count: 3_000_000))])
    for _ in 0..<3 { bytes = PackedFiles.zip((0..<3).map { ("\($0).zip", bytes) }) }
    // Not packed, it is no bomb: 27 copies that take their own place.
    #expect(items(bytes).count == 27)
    let budget = UnpackBudget(packed: 0)
    #expect(throws: DossierError.self) { try budget.spend(65 << 20, of: "a") }
    #expect(budget.isSpent)
    var nested = Nesting()
    #expect(throws: DossierError.self) {
      for _ in 0..<17 { nested = try nested.inner(of: "a", parentID: "") }
    }
  }
}

/// Enough for the test.
private enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var out = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = Array(bytes[start..<min(start + 3, bytes.count)])
      let bits = part.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
      for place in 0..<4 { out.append(place <= part.count ? letters[bits >> (18 - 6 * place) & 63] : "=") }
    }
    return out
  }
}
