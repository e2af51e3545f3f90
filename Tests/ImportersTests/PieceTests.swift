import Foundation
import TestSupport
import Testing

@testable import Importers

/// Files of many documents are read piece by piece; what comes out is what the whole gives.
@Suite struct PieceTests {
  /// - `documents`: how many must come out; nil where that isn't known.
  private func expectTheSame(
    _ name: String, _ bytes: [UInt8], documents: Int?, pieceSize: Int = 4 << 20
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: name)
    try Data(bytes).write(to: path)
    let file = try #require(try FileWalker.files([path.path]).first)
    let importer = try #require(file.importer)
    let source = try FileWalker.source(file, pieceSize: pieceSize)
    #expect(source.bytes.count == min(pieceSize, bytes.count), "only the beginning is read at first")
    let pieces = importer.items(source)
    let whole = importer.items(ImportSource(path: file.name, docID: file.docID, bytes: bytes))
    if let documents { #expect(whole.compactMap(\.document).count == documents) }
    #expect(pieces.count == whole.count)
    for (one, other) in zip(pieces, whole) {
      #expect(one.location == other.location)
      #expect(one.error?.message == other.error?.message)
      #expect(one.document?.docID == other.document?.docID)
      // Not #expect: it would take the texts apart.
      if one.document?.contentHash != other.document?.contentHash { Issue.record("\(one.location) differs") }
    }
    _ = folder
  }

  private func words(_ count: Int, _ number: Int) -> String {
    (0..<count).map { "word\(($0 * 7 + number) % 9973)" }.joined(separator: " ")
  }

  @Test(arguments: ["", "\u{FEFF}"]) func linesOfJSON(mark: String) throws {
    var text = mark
    for number in 0..<3_000 {
      // A line that is larger than a piece, an empty one, a broken one, and both kinds of line ends.
      let count = number == 1_500 ? 700_000 : 400 + number % 17
      text += "{\"id\": \"d\(number)\", \"text\": \"\(words(count, number))\"}"
      text += number % 3 == 0 ? "\r\n" : "\n"
      if number % 500 == 0 { text += "\n{broken\n" }
    }
    text += "{\"text\": \"the last line has no end\"}"
    try expectTheSame("a.jsonl", Array(text.utf8), documents: 3_001)
  }

  @Test func linesOfJSONInUTF16() throws {
    let text = (0..<1_500).map { "{\"text\": \"\(words(300, $0))\"}\n" }.joined()
    let bytes: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    try expectTheSame("a.jsonl", bytes, documents: 1_500)
  }

  @Test func mailsOfAMailbox() throws {
    var text = ""
    for number in 0..<4_000 {
      text += """
        From sender@example.org Mon May  6 10:00:00 2019
        From: Ana Petrova <ana@example.org>
        To: Omar Reyes <omar@example.org>
        Subject: Letter \(number)
        Message-ID: <\(number)@example.org>
        Date: Mon, 6 May 2019 10:00:00 +0000

        \(words(200 + number % 13, number))

        >From here on it is quoted.
        >> From there too.

        """
      if number % 2 == 0 { text += "\n" }
    }
    try expectTheSame("a.mbox", Array(text.utf8), documents: 4_000)
  }

  @Test func aMailLargerThanAPiece() throws {
    func mail(_ body: String) -> String { "From a@b.c Mon May  6 10:00:00 2019\nSubject: s\n\n\(body)\n\n" }
    let text = mail("Short.") + mail(words(1_500_000, 0)) + mail("The end.")
    try expectTheSame("a.mbox", Array(text.utf8), documents: 3)
  }

  /// Files that are broken anywhere, in pieces of any size.
  @Test(arguments: 1...20) func brokenFilesInSmallPieces(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let scraps = [
      "From a@b.c Mon May  6 10:00:00 2019\n", "From: x@y.test\n", "Subject: s\n", "\n", "\r\n", "\n\n",
      "From", " me to you\n", ">From there\n", "Some words of text.\n", "--b\n", "--b--\n", "\u{FEFF}", "ü",
      "\0",
      "Content-Type: multipart/mixed; boundary=b\n", "{\"text\": \"some words\"}\n", "{\"text\": \"", "\"}",
    ]
    for name in ["a.mbox", "a.jsonl"] {
      var bytes = Array((name == "a.mbox" ? scraps[0] + scraps[2] + "\n" : "").utf8)
      for _ in 0..<Int.random(in: 1...60, using: &generator) {
        bytes += scraps[Int.random(in: 0..<scraps.count, using: &generator)].utf8
      }
      let size = Int.random(in: 1...200, using: &generator)
      try expectTheSame(name, bytes, documents: nil, pieceSize: size)
    }
  }
}
