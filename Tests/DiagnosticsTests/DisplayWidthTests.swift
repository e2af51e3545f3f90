import Diagnostics
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("a\tb\n", 2), ("é", 1), ("e\u{301}", 1), ("金正恩", 6), ("한국어", 6),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("カタカナ", 8), ("ｶﾅ", 2), ("（）", 4), ("👍", 2), ("👍🏽", 2),
    ("👩‍👩‍👧", 2), ("🇰🇵", 2), ("🇰", 1), ("❤️", 2), ("❤", 1), ("☎", 1), ("⌚", 2), ("\u{200B}", 0),
    ("…", 1), ("—", 1), ("Ω", 1), ("ابن", 3), ("ไทย", 3), ("ที่", 1), ("𠀀", 2), ("\u{AD}", 0), ("🈂", 2),
  ])
  func columns(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test func cutsBetweenClusters() {
    #expect(DisplayWidth.cut("金正恩", to: 6) == "金正恩")
    #expect(DisplayWidth.cut("金正恩", to: 5) == "金正…")
    #expect(DisplayWidth.cut("金正恩", to: 4) == "金…")
    #expect(DisplayWidth.cut("金", to: 1) == "…")
    #expect(DisplayWidth.cut("金", to: 0) == "")
    #expect(DisplayWidth.pad("金", to: 4) == "金  ")
  }
}
