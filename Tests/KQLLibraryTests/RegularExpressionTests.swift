import KQLEngine
import Testing

@Suite struct RegularExpressionTests {
  private func matches(_ pattern: String, _ text: String) throws -> [[String?]] {
    let expression = try RegularExpression.compiled(pattern)
    var found: [[String?]] = []
    var text = text
    text.withUTF8 { bytes in
      expression.forEachMatch(in: bytes) { match in
        found.append(match.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } })
        return true
      }
    }
    return found
  }

  @Test func findsGroups() throws {
    #expect(try matches("(a)(b)?", "ab a") == [["ab", "a", "b"], ["a", "a", nil]])
    #expect(try matches("x", "") == [])
    #expect(try matches("(?i)É", "é") == [["é"]])
  }

  @Test func emptyMatchesMoveOnByScalars() throws {
    #expect(try matches("", "a😀b").count == 4)
    #expect(try matches("b*", "abbc") == [[""], ["bb"], [""]])
    #expect(try matches("", "").count == 1)
  }

  @Test func looksBehindTheStart() throws {
    let expression = try RegularExpression.compiled("\\bb")
    var text = "ab b"
    text.withUTF8 { #expect(expression.firstMatch(in: $0, from: 1)?[0] == 3..<4) }
  }

  @Test func badPatternTellsWhy() throws {
    let error = #expect(throws: (any Error).self) { try RegularExpression.compiled("a(b") }
    #expect("\(error as Any)".contains("missing )"))
  }

  @Test func manyGroupsAndNames() throws {
    let expression = try RegularExpression.compiled("(?P<one>a)(b)(c)(d)(e)(f)(g)(h)(?P<nine>i)")
    #expect(expression.groupCount == 9)
    #expect(expression.groupNames.map(\.name) == ["one", "nine"])
    #expect(try matches(expression.pattern, "abcdefghi").first?.last == "i")
  }

  @Test func quoting() throws {
    #expect(RegularExpression.quoted("a.b*") == "a\\.b\\*")
    #expect(try RegularExpression.compiled(RegularExpression.quoted("[é😀")).isFound(in: "x[é😀"))
  }
}
