import Diagnostics
import Testing

@testable import KQLSyntax

/// A step for tests: a keyword and expressions.
private struct ListStep: PipeStep, Equatable {
  let keyword: Name
  let items: [NamedExpression]
  var place: Place { keyword.place }
  func print(to printer: inout SyntaxPrinter) {
    printer.write(keyword.text + " ")
    printer.list(items) { $0.named($1) }
  }
}

private let grammar = Grammar(
  steps: [
    StepGrammar(keywords: ["where", "project", "project-away", "take"], position: .afterPipe) {
      (cursor: inout TokenCursor) throws(DossierError) -> any PipeStep in
      let keyword = cursor.takeKeyword()
      let items = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() }
      return ListStep(keyword: keyword, items: items)
    },
    StepGrammar(keywords: ["print"], position: .start) {
      (cursor: inout TokenCursor) throws(DossierError) -> any PipeStep in
      let keyword = cursor.takeKeyword()
      let items = try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() }
      return ListStep(keyword: keyword, items: items)
    },
  ], unsupported: ["externaldata": "load the file into the store"])

private func expression(_ text: String) throws -> Expression {
  let query = try grammar.parse("print " + text)
  guard case .tabular(let pipeline)? = query.body?.kind, let step = pipeline.steps.first as? ListStep,
    let item = step.items.first
  else { throw DossierError("SYN999", "no expression") }
  return item.value
}

private func failure(_ text: String) -> DossierError? {
  do {
    _ = try grammar.parse(text)
    return nil
  } catch { return error }
}

@Suite struct SyntaxTests {
  @Test(
    arguments: [
      ("1 + 2 * 3", "1 + 2 * 3"), ("(1 + 2) * 3", "(1 + 2) * 3"), ("a or b and c", "a or b and c"),
      ("(a or b) and c", "(a or b) and c"), ("a - (b - c)", "a - (b - c)"),
      ("-a.b[0]['x y']", "-a.b[0][\"x y\"]"),
      ("x between(1 .. 5)", "x between (1 .. 5)"), ("x !between (1d..2d)", "x !between (1d .. 2d)"),
      ("s !in~ ('a', \"b\")", "s !in~ (\"a\", \"b\")"),
      ("s matches regex @'\\d'", "s matches regex \"\\\\d\""),
      ("f(a, b=1)", "f(a, b=1)"), ("['my col'] == 'x' 'y'", "[\"my col\"] == \"xy\""),
      ("datetime(2024-01-01 10:00)", "datetime(2024-01-01 10:00)"), ("0x1F", "31"), ("1.5e3", "1500.0"),
      ("90m", "90m"), ("0.5h", "30m"), ("1tick", "1tick"),
      (
        "dynamic({'a':[1,-2.5,null], b: 1d})",
        "dynamic({\"a\": [1, -2.5, null], \"b\": 1d})"
      ),
      ("-9223372036854775808", "long(-9223372036854775808)"),
      ("toscalar(print 1 | take 1)", "toscalar((print 1 | take 1))"),
      ("x in (T | project k)", "x in ((T | project k))"), ("'\\u0041\\n'", "\"A\\n\""),
      ("```a\nb```", "\"a\\nb\""),
      ("h'secret'", "\"secret\""), ("a <> b", "a != b"), ("1..toint(2)", nil),
      ("typeof(long)", "typeof(long)"),
      ("a + b has 'x'", "a + b has \"x\""), ("(a + b) has 'x'", "(a + b) has \"x\""),
    ] as [(String, String?)])
  func printsCanonically(_ text: String, _ expected: String?) throws {
    guard let expected else {
      #expect(failure("print " + text) != nil)
      return
    }
    let tree = try expression(text)
    #expect(SyntaxPrinter.print(tree) == expected)
    #expect(try expression(expected) == tree)
  }

  @Test func statementsRoundTrip() throws {
    let text = """
      declare query_parameters(p:string = "x", n:long);
      let f = (a:long, b:string = "q", T:(x:long), U:(*)) { let c = a + 1; T | where x > c | take 2 };
      let g = view () { print 1 };
      f(1, T=(U | take 5)) // comment
      | project-away a | project ['a b'] = 1, (c, d) = f(2)
      """
    let tree = try grammar.parse(text)
    #expect(tree.statements.count == 3)
    let printed = SyntaxPrinter.print(tree)
    #expect(try grammar.parse(printed) == tree)
    #expect(SyntaxPrinter.print(try grammar.parse(printed)) == printed)
  }

  @Test func reportsSeveralErrors() throws {
    let error = try #require(failure("T | tkae 2 | where (1 + ) | project x | externaldata x; let = 5"))
    #expect(error.code == .unknownOperator)
    #expect(error.span == SourceSpan(4, 8))
    #expect(error.hint == "did you mean take?")
    #expect(error.others.map(\.code) == [.unexpectedToken, .unsupportedSyntax, .unexpectedToken])
  }

  @Test(arguments: [
    "T | where", "T | where (1", "let x = ", "print ```abc", "print f(", "T |", "let f = (a:long) {",
  ])
  func knowsUnfinishedText(_ text: String) throws {
    #expect(failure(text)?.code == .unexpectedEnd)
  }

  @Test(arguments: [
    ("print 'abc", "SYN002"), ("print #", "SYN003"), ("print 5parsecs", "SYN004"), ("print '\\q'", "SYN005"),
    ("print 99999999999999999999", "SYN004"), ("print 1 2", "SYN010"), ("print a.b()", "SYN103"),
    ("set x = 1; print 1", "SYN103"), ("print 1; print 2", "SYN103"),
  ])
  func namesErrors(_ text: String, _ code: String) throws {
    #expect(failure(text)?.code.rawValue == code)
  }

  @Test func deepNestingIsAnError() throws {
    let open = String(repeating: "(", count: 100_000)
    #expect(failure("print " + open)?.code == .tooDeep)
    #expect(failure("print " + open + "1" + String(repeating: ")", count: 100_000))?.code == .tooDeep)
    #expect(failure("print 1" + String(repeating: " + 1", count: 5_000))?.code == .tooDeep)
    #expect(failure("print " + String(repeating: "-", count: 5_000) + "1")?.code == .tooDeep)
    #expect(failure("print dynamic(" + String(repeating: "[", count: 5_000))?.code == .tooDeep)
    #expect(failure("print 1" + String(repeating: " + 1", count: 500)) == nil)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func mutationsNeverCrash(_ seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let seeds = [
      "let f = (a:long, b:string='x') { T | where a in (1,2) }; f(1) | project x=dynamic({'a':[1]}), ['y z'] = 1d",
      "T | where a between (datetime(2024-01-01) .. 5d) and s !has 'x' or not(isnull(d.a[0]['k'])) | take 5",
      "print ```block```, h'hidden', @'verb\\atim', 0x1F, 1.5e10, typeof(*), -a.b",
    ].map { Array($0.utf8) }
    let pieces = [
      "|", "(", ")", "'", "[", "{", ";", "let ", "..", "dynamic(", "```", "\\", "\u{1F600}", "datetime(",
    ]
    .map { Array($0.utf8) }
    for _ in 0..<700 {
      var bytes = seeds[next(seeds.count)]
      for _ in 0...next(4) {
        let at = next(bytes.count)
        switch next(4) {
        case 0: bytes.remove(at: at)
        case 1: bytes[at] = UInt8(truncatingIfNeeded: next(256))
        case 2: bytes.insert(contentsOf: pieces[next(pieces.count)], at: at)
        default: bytes.removeSubrange(at..<min(bytes.count, at + next(20)))
        }
        if bytes.isEmpty { bytes = [0x61] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if let tree = try? grammar.parse(text) {
        let printed = SyntaxPrinter.print(tree)
        let again = try? grammar.parse(printed)
        #expect(again == tree, "\(text) printed as \(printed)")
      }
    }
  }
}
