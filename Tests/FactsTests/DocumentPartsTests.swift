import Facts
import Linguistics
import Testing

@Suite struct DocumentPartsTests {
  private static func cut(_ text: String, _ longest: Int) -> [String] {
    TextPieces.cut(text, longest: longest).map { String($0) }
  }

  @Test func textsAreCutWhereAReaderPauses() {
    #expect(Self.cut("short", 5) == ["short"])
    #expect(Self.cut("", 5) == [""])
    // A line break before a sentence's end, that before a space, and that before nothing.
    #expect(Self.cut("aaaaaaaaaaaaa\nb. c d eeee", 20) == ["aaaaaaaaaaaaa\nb. ", "c d eeee"])
    #expect(Self.cut("aaaaaaaaaaaaaaaa\nb c. dd", 20) == ["aaaaaaaaaaaaaaaa\n", "b c. dd"])
    #expect(Self.cut("aaaaaaaaaaaaaaa. b c dddd", 20) == ["aaaaaaaaaaaaaaa. ", "b c dddd"])
    #expect(Self.cut("aaaaaaaaaaaaaaaaa bcdefgh", 20) == ["aaaaaaaaaaaaaaaaa ", "bcdefgh"])
    #expect(Self.cut(String(repeating: "é", count: 45), 20).map(\.unicodeScalars.count) == [20, 20, 5])
    #expect(Self.cut("ab", 0) == ["a", "b"])
  }

  @Test(arguments: [1, 2, 3, 7, 50]) func piecesAreTheText(_ longest: Int) {
    let text = "Été 2024: «Oui.» 日本は。\r\nA\u{301}b 👩‍👩‍👧 end.\n\n  x"
    let pieces = Self.cut(text, longest)
    #expect(pieces.flatMap { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    #expect(pieces.allSatisfy { $0.unicodeScalars.count <= longest })
  }

  @Test func aLongDocumentIsSeveral() {
    var document = Document(docID: "a.pdf", text: "One two six.\nThree fours.\nFive sixes.\n")
    document.title = "Long"
    document.pages = [0, 9, 21]
    document.quoted = [4..<12, 15..<31]
    #expect(document.parts(longest: 100).map(\.docID) == ["a.pdf"])
    let parts = document.parts(longest: 15)
    #expect(parts.map(\.docID) == ["a.pdf", "a.pdf#part=2", "a.pdf#part=3"])
    #expect(parts.map(\.parentID) == ["", "a.pdf", "a.pdf"])
    #expect(parts.map(\.text) == ["One two six.\n", "Three fours.\n", "Five sixes.\n"])
    #expect(parts.map(\.title) == ["Long (part 1 of 3)", "Long (part 2 of 3)", "Long (part 3 of 3)"])
    // Every place has the page and the quotation that it has in the whole.
    var offset = 0
    for part in parts {
      for place in 0..<part.text.unicodeScalars.count {
        #expect(part.page(at: place) == document.page(at: offset + place))
        #expect(
          part.quoted.contains { $0.contains(place) }
            == document.quoted.contains { $0.contains(offset + place) })
      }
      offset += part.text.unicodeScalars.count
    }
  }
}

@Suite struct ScalarPropertyTests {
  @Test func theyAreUnicodes() {
    for value in UInt32(0)...0x2FFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let properties = scalar.properties
      #expect(
        scalar.isWhitespace == properties.isWhitespace && scalar.isAlphabetic == properties.isAlphabetic)
      #expect(scalar.isUppercase == properties.isUppercase && scalar.isLowercase == properties.isLowercase)
      #expect(scalar.isDash == properties.isDash)
      #expect(scalar.isNumeric == (properties.numericType != nil), "\(value)")
    }
  }
}
