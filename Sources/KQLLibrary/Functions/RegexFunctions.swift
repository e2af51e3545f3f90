import Columnar
import Diagnostics
import KQLEngine

/// Searching and rewriting with regular expressions of RE2's dialect.
enum RegexFunctions {
  static let all: [ScalarFunction] = [
    extract.checkingPattern(at: 0), extractAll, replaceRegex.checkingPattern(at: 1),
    replace.checkingPattern(at: 0), trim.checkingPattern(at: 0), trimStart.checkingPattern(at: 0),
    trimEnd.checkingPattern(at: 0), countOf, indexOfRegex.checkingPattern(at: 1), regexQuote,
  ]

  static let extract = ScalarFunction(
    "extract",
    [
      .string("regex"), .long("captureGroup"), .string("source"),
      Parameter("type", [], optional: true, constant: true),
    ],
    summary: "The first match of a regular expression, or one group of it; optionally converted to a type.",
    examples: [
      .of("extract(@'x=(\\d+)', 1, 'a x=45 b')", .string, "45"),
      .of("extract(@'x=(\\d+)', 1, 'a x=45 b', typeof(long))", .long, "45"),
    ],
    result: { (arguments) throws(DossierError) in try typeArgument(arguments, at: 3, of: "extract") },
    evaluate: { (call) throws(DossierError) in
      let found = try FunctionCall(
        arguments: call.arguments, count: call.count, resultType: .string, span: call.span,
        context: call.context
      ).map(call.lane(0), call.lane(1), call.lane(2)) {
        (pattern: String, group: Int64, source: String) throws(DossierError) -> String? in
        let expression = try call.regex(pattern)
        guard group >= 0, group <= expression.groupCount else { return "" }
        return withBytes(source) { bytes in
          expression.firstMatch(in: bytes, groups: Int(group)).map { slice(bytes, $0[Int(group)]) } ?? ""
        }
      }
      return try converted(found, to: call.resultType, call)
    })

  static let extractAll = ScalarFunction(
    "extract_all",
    [.string("regex"), Parameter("captureGroups", []), .string("source", optional: true)],
    summary:
      "All matches of a regular expression: a text a match for one group, an array a match for several.",
    examples: [.of("extract_all(@'(\\d)(\\w)', '1a 2b')", .dynamic, "[[\"1\",\"a\"],[\"2\",\"b\"]]")],
    result: { (arguments) throws(DossierError) in
      if case .string(let pattern)? = arguments.first?.constant {
        let expression = try RegularExpression.compiled(pattern, at: arguments.first?.span)
        if expression.groupCount == 0 { throw missingGroup(pattern, arguments.first?.span) }
      }
      return .dynamic
    },
    evaluate: { (call) throws(DossierError) in
      let patterns: Lane<String> = call.lane(0)
      let sources: Lane<String> = call.lane(call.arguments.count > 2 ? 2 : 1)
      let groups: Lane<DynamicValue> =
        call.arguments.count > 2 ? call.lane(1) : Lane(constant: .array([]))
      return try call.collect([patterns.shape, groups.shape, sources.shape]) {
        (step, byCode) throws(DossierError) -> DynamicValue? in
        guard let pattern = patterns.at(step, byCode: byCode), let source = sources.at(step, byCode: byCode)
        else { return nil }
        let expression = try call.regex(pattern)
        guard expression.groupCount > 0 else { throw missingGroup(pattern, call.span) }
        var numbers = Array(1...expression.groupCount)
        if case .array(let wanted) = groups.at(step, byCode: byCode) ?? .null, !wanted.isEmpty {
          numbers = wanted.compactMap { item in
            switch item {
            case .long(let number): Int(number)
            case .string(let name): expression.groupNames.first { $0.name == name }?.number
            default: nil
            }
          }.filter { $0 >= 0 && $0 <= expression.groupCount }
        }
        return withBytes(source) { bytes -> DynamicValue? in
          var found: [DynamicValue] = []
          expression.forEachMatch(in: bytes) { match in
            let texts = numbers.map { DynamicValue.string(slice(bytes, match[$0])) }
            found.append(texts.count == 1 ? texts[0] : .array(texts))
            return true
          }
          return found.isEmpty ? nil : .array(found)
        }
      }
    })

  private static func missingGroup(_ pattern: String, _ span: SourceSpan?) -> DossierError {
    DossierError(
      .argumentValue, "extract_all() needs at least one capturing group in '\(pattern)'", at: span,
      hint: "write (\(pattern))")
  }

  static let replaceRegex = ScalarFunction.kernel(
    "replace_regex", [.string("source"), .string("regex"), .string("rewrite")], gives: .string,
    "Replaces every match of a regular expression; \\1 in the rewrite is the first group.",
    ("replace_regex('Number is 7', @'is (\\d+)', @'was: \\1')", "Number was: 7")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2)) {
      (source: String, pattern: String, rewrite: String) throws(DossierError) -> String? in
      rewritten(source, try call.regex(pattern), rewrite)
    }
  }

  static let replace = ScalarFunction.kernel(
    "replace", [.string("regex"), .string("rewrite"), .string("source")], gives: .string,
    "The older form of replace_regex, with the source last.",
    ("replace(@'(\\w)x', @'\\1y', 'axbx')", "ayby")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2)) {
      (pattern: String, rewrite: String, source: String) throws(DossierError) -> String? in
      rewritten(source, try call.regex(pattern), rewrite)
    }
  }

  /// The text with each match rewritten: `\0` to `\9` are groups, `\\` a backslash.
  static func rewritten(_ source: String, _ expression: RegularExpression, _ rewrite: String) -> String {
    enum Piece { case bytes([UInt8]), group(Int) }
    var pieces: [Piece] = []
    var pending: [UInt8] = []
    let template = Array(rewrite.utf8)
    var index = 0
    while index < template.count {
      if template[index] == UInt8(ascii: "\\"), index + 1 < template.count {
        let next = template[index + 1]
        if (0x30...0x39).contains(next) {
          pieces += [.bytes(pending), .group(Int(next - 0x30))]
          pending = []
          index += 2
          continue
        }
        if next == UInt8(ascii: "\\") { index += 1 }
      }
      pending.append(template[index])
      index += 1
    }
    pieces.append(.bytes(pending))
    return withBytes(source) { bytes in
      var output: [UInt8] = []
      var end = 0
      expression.forEachMatch(in: bytes) { match in
        guard let whole = match[0] else { return false }
        output.append(contentsOf: bytes[end..<whole.lowerBound])
        for piece in pieces {
          switch piece {
          case .bytes(let fixed): output.append(contentsOf: fixed)
          case .group(let number):
            if number < match.count, let range = match[number] { output.append(contentsOf: bytes[range]) }
          }
        }
        end = whole.upperBound
        return true
      }
      output.append(contentsOf: bytes[end...])
      return String(decoding: output, as: UTF8.self)
    }
  }

  static let trim = trimming(
    "trim", ("trim('--', '--a--b--')", "a--b"), start: true, end: true,
    "Removes matches of a regular expression from both ends of a text.")
  static let trimStart = trimming(
    "trim_start", ("trim_start('x+', 'xxaxx')", "axx"), start: true, end: false,
    "Removes matches of a regular expression from the start of a text.")
  static let trimEnd = trimming(
    "trim_end", ("trim_end('x+', 'xxaxx')", "xxa"), start: false, end: true,
    "Removes matches of a regular expression from the end of a text.")

  private static func trimming(
    _ name: String, _ example: (String, String), start: Bool, end: Bool, _ summary: String
  ) -> ScalarFunction {
    .kernel(name, [.string("regex"), .string("text")], gives: .string, summary, example) {
      (call) throws(DossierError) in
      try call.map(call.lane(0), call.lane(1)) {
        (pattern: String, source: String) throws(DossierError) -> String? in
        // Compiled by itself first, so that an error names the user's own pattern.
        _ = try call.regex(pattern)
        // trim() removes all matches at the ends, trim_start() and trim_end() one.
        let repeats = start && end ? "+" : ""
        let front = try call.regex("^(?:\(pattern))\(repeats)")
        let back = try call.regex("(?:\(pattern))\(repeats)$")
        return withBytes(source) { bytes in
          var (lower, upper) = (0, bytes.count)
          if start, let match = front.firstMatch(in: bytes, groups: 0), let range = match[0] {
            lower = range.upperBound
          }
          if end {
            let rest = UnsafeBufferPointer(rebasing: bytes[lower...])
            if let match = back.firstMatch(in: rest, groups: 0), let range = match[0] {
              upper = lower + range.lowerBound
            }
          }
          return slice(bytes, lower..<upper)
        }
      }
    }
  }

  static let countOf = ScalarFunction.kernel(
    "countof", [.string("text"), .string("search"), .string("kind", optional: true)], gives: .long,
    "How often a text occurs in another, overlapping ones too; with 'regex', how many matches there are.",
    ("countof('aaaa', 'aa')", "3")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2, default: "normal")) {
      (source: String, search: String, kind: String) throws(DossierError) -> Int64? in
      var count: Int64 = 0
      switch lowered(kind) {
      case "regex":
        let expression = try call.regex(search)
        withBytes(source) { bytes in
          expression.forEachMatch(in: bytes, groups: 0) { _ in
            count += 1
            return true
          }
        }
      case "normal":
        let (bytes, needle) = (Array(source.utf8), Array(search.utf8))
        guard !needle.isEmpty else { return 0 }
        var start = 0
        while let position = find(needle, in: bytes, from: start) {
          count += 1
          start = position + 1
        }
      default:
        throw DossierError(
          .argumentValue, "countof() knows the kinds 'normal' and 'regex'; found '\(kind)'", at: call.span)
      }
      return count
    }
  }

  static let indexOfRegex = ScalarFunction.kernel(
    "indexof_regex",
    [
      .string("source"), .string("regex"), .long("start", optional: true), .long("length", optional: true),
      .long("occurrence", optional: true),
    ], gives: .long,
    "The zero-based position of the n-th match of a regular expression, -1 if there is none.",
    ("indexof_regex('abcabc', 'a.c')", "0")
  ) { (call) throws(DossierError) in
    let (sources, patterns): (Lane<String>, Lane<String>) = (call.lane(0), call.lane(1))
    let starts = call.lane(2, default: Int64(0))
    let lengths = call.lane(3, default: Int64(-1))
    let occurrences = call.lane(4, default: Int64(1))
    let shapes = [sources.shape, patterns.shape, starts.shape, lengths.shape, occurrences.shape]
    return try call.collect(shapes) { (step, byCode) throws(DossierError) -> Int64? in
      guard let source = sources.at(step, byCode: byCode), let pattern = patterns.at(step, byCode: byCode),
        let start = starts.at(step, byCode: byCode), let length = lengths.at(step, byCode: byCode),
        let occurrence = occurrences.at(step, byCode: byCode), occurrence >= 1, length >= -1
      else { return nil }
      let expression = try call.regex(pattern)
      let all = scalars(source)
      guard let range = StringFunctions.searchRange(all.count, start, length) else { return -1 }
      return withBytes(text(all[range])) { bytes -> Int64 in
        var left = occurrence
        var found: Int64 = -1
        expression.forEachMatch(in: bytes, groups: 0) { match in
          left -= 1
          guard left == 0, let whole = match[0] else { return left > 0 }
          let before = bytes[..<whole.lowerBound].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
          found = Int64(range.lowerBound + before)
          return false
        }
        return found
      }
    }
  }

  static let regexQuote = ScalarFunction.unary(
    "regex_quote", .string("text"), gives: .string,
    "The text with all that has a meaning in a regular expression escaped.",
    ("regex_quote('a.b')", "a\\.b")
  ) { (value: String) -> String? in RegularExpression.quoted(value) }
}
