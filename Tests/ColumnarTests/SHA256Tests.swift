import Columnar
import Testing

@Suite struct SHA256Tests {
  // The examples of FIPS 180-4's companion document, and lengths around the block edge.
  @Test func knownHashes() {
    #expect(
      SHA256.hex(of: "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex(of: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      SHA256.hex(of: String(repeating: "a", count: 1000))
        == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
  }

  @Test func piecesGiveTheHashOfTheWhole() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var whole = SHA256()
    whole.update(bytes)
    for step in [1, 3, 63, 64, 65, 128, 200] {
      var pieces = SHA256()
      for start in stride(from: 0, to: 300, by: step) {
        pieces.update(Array(bytes[start..<min(300, start + step)]))
      }
      #expect(pieces.finishHex() == whole.finishHex(), "in pieces of \(step)")
    }
  }
}
