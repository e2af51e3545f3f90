import Columnar
import Testing

@Suite struct JSONTests {
  @Test func textAndValueAreInverse() throws {
    let text = #"{"a":[1,-2.5,true,null,"q\"\\\n😀é"],"b":{},"c":[],"d":9223372036854775807}"#
    let value = try #require(DynamicValue(json: text))
    #expect(value.json == text)
    #expect(value["a"][1] == .real(-2.5))
    #expect(value["a"][-1] == .string("q\"\\\n😀é"))
    #expect(value["missing"] == .null)
    #expect(value["a"][99] == .null)
  }

  @Test func surrogatesAndEscapes() throws {
    #expect(DynamicValue(json: #""\ud83d\ude00\u00e9\/""#) == .string("😀é/"))
    #expect(DynamicValue(json: #""\ud83d""#) == .string("\u{FFFD}"))
    #expect(DynamicValue(json: #""\ud83dx""#) == .string("\u{FFFD}x"))
    #expect(DynamicValue.string("\u{1}\u{2028}").json == #""\u0001\u2028""#)
  }

  @Test func numbersTooLargeForALongAreReal() {
    #expect(DynamicValue(json: "9223372036854775808") == .real(9.223372036854775808e18))
    #expect(DynamicValue(json: "1e400") == .real(.infinity))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "tru", "1.", "-", "1e", "\"abc", "\"\\x\"", "[1] 2", "{\"a\":1,}",
    String(repeating: "[", count: 10_000),
  ])
  func whatIsNotJSONIsNil(text: String) { #expect(DynamicValue(json: text) == nil) }

  /// Any change to a valid text is either read or refused, never a crash; what is read prints and reads
  /// back the same.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func mutatedTextNeverTraps(seed: UInt64) {
    let base = Array(#"{"a":[1,2.5e3,"x\u00e9",{"b":null}],"c":"\\\"","d":[true,false]}"#.utf8)
    var state = seed
    func next(_ bound: Int) -> Int {
      state = mixBits(state &+ 0x9E37_79B9_7F4A_7C15)
      return Int(state % UInt64(bound))
    }
    for _ in 0..<3000 {
      var bytes = base
      for _ in 0...next(4) {
        switch next(3) {
        case 0: bytes[next(bytes.count)] = UInt8(next(256))
        case 1: bytes.remove(at: next(bytes.count))
        default: bytes.insert(UInt8(next(128)), at: next(bytes.count))
        }
      }
      if let value = DynamicValue(json: String(decoding: bytes, as: UTF8.self)) {
        #expect(DynamicValue(json: value.json) == value)
      }
    }
  }
}
