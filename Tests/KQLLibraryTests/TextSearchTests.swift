import Columnar
import KQLEngine
import Testing

/// Searching all strings of a column at once finds what a plain search of each finds.
@Suite struct TextSearchTests {
  private struct Random {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
  }

  private static let alphabet = Array("abcABC kK.é한")

  private func text(_ random: inout Random, longest: Int) -> String {
    String((0..<random.next(longest + 1)).map { _ in Self.alphabet[random.next(Self.alphabet.count)] })
  }

  private func plain(_ kind: StringMatch.Kind, _ text: String, _ needle: String, _ isCased: Bool) -> Bool {
    let hay = Array((isCased ? text : foldCase(text)).unicodeScalars)
    let wanted = Array((isCased ? needle : foldCase(needle)).unicodeScalars)
    guard hay.count >= wanted.count else { return false }
    for start in 0...(hay.count - wanted.count)
    where hay[start..<start + wanted.count].elementsEqual(wanted) {
      let isTermBefore = start > 0 && isTermScalar(hay[start - 1])
      let end = start + wanted.count
      let isTermAfter = end < hay.count && isTermScalar(hay[end])
      let startsTerm = wanted.first.map(isTermScalar) ?? false
      let endsTerm = wanted.last.map(isTermScalar) ?? false
      let isFreeBefore = !startsTerm || !isTermBefore
      let isFreeAfter = !endsTerm || !isTermAfter
      switch kind {
      case .contains: return true
      case .has: if isFreeBefore, isFreeAfter { return true }
      case .hasPrefix: if isFreeBefore { return true }
      case .hasSuffix: if isFreeAfter { return true }
      default: return false
      }
    }
    return wanted.isEmpty
  }

  @Test(arguments: [UInt64(11), 12, 13])
  func agreesWithAPlainSearch(_ seed: UInt64) throws {
    var random = Random(state: seed)
    for round in 0..<60 {
      let texts = (0..<40).map { _ in text(&random, longest: round) }
      var bytes: [UInt8] = []
      var offsets = [0]
      for text in texts {
        bytes += Array(text.utf8)
        offsets.append(bytes.count)
      }
      let pool = StringPool(bytes: bytes, offsets: offsets, isDistinct: false)
      let needle = text(&random, longest: 4)
      let table = Table(
        schema: Schema([Field("t", .string)]), columns: [ColumnVector(strings: StringVector(pool: pool))],
        rowCount: texts.count)
      let engine = Engine.standard(over: SimpleCatalog([CatalogTable(name: "T", provider: table)]))
      let quoted = "'" + needle + "'"
      for (name, kind, isCased) in [
        ("contains", StringMatch.Kind.contains, false), ("contains_cs", .contains, true),
        ("has", .has, false), ("has_cs", .has, true), ("hasprefix", .hasPrefix, false),
        ("hassuffix_cs", .hasSuffix, true),
      ] {
        for isNegated in [false, true] {
          let found = try engine.run("T | project f = t \(isNegated ? "!" : "")\(name) \(quoted)")
          let expected = texts.map { plain(kind, $0, needle, isCased) != isNegated }
          let rows = (0..<found.rowCount).map { found.value(row: $0, column: 0).text == "true" }
          #expect(rows == expected, "\(name) \(quoted) over \(texts)")
        }
      }
      let pattern = RegularExpression.quoted(needle) + "[bB]"
      let byRegex = try engine.run("T | project f = t matches regex @'\(pattern)'")
      for row in texts.indices {
        let expected = texts[row].unicodeScalars.indices.contains { place in
          let rest = texts[row].unicodeScalars[place...]
          guard rest.starts(with: needle.unicodeScalars) else { return false }
          let next = rest.dropFirst(needle.unicodeScalars.count).first
          return next == "b" || next == "B"
        }
        #expect((byRegex.value(row: row, column: 0).text == "true") == expected, "\(pattern)")
      }
    }
  }
}
