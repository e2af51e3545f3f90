import Columnar
import Diagnostics
import KQLEngine

/// Finding words and phrases in running text, for concordances and for what stands near what.
enum TextFunctions {
  static let all: [ScalarFunction] = [occurrences, claimText]

  static let occurrences = ScalarFunction(
    "occurrences", [.string("text"), .string("phrase"), .long("words", optional: true)],
    summary:
      "The places where a phrase stands in a text, as whole words, with so many words before and after it.",
    examples: [
      Example(
        "print f = occurrences('Guns, a gun and gunfire.', 'gun*') | mv-expand f | project f.Match, f.Start, f.End, f.Word",
        "f_Match:dynamic  f_Start:dynamic  f_End:dynamic  f_Word:dynamic\n\"Guns\"  0  4  0\n\"gun\"  8  11  2\n\"gunfire\"  16  23  4"
      ),
      Example(
        "print f = occurrences('He said that Kim Jong-un left.', 'kim jong un', 2)[0] | project f.Left, f.Match, f.Right",
        "f_Left:dynamic  f_Match:dynamic  f_Right:dynamic\n\"said that\"  \"Kim Jong-un\"  \"left\""),
    ],
    result: { _ in .dynamic },
    evaluate: { (call) throws(DossierError) in
      let texts: Lane<String> = call.lane(0)
      let phrases: Lane<String> = call.lane(1)
      let sizes: Lane<Int64> = call.lane(2, default: 0)
      let fixed = phrases.isConstant ? phrases.values.first.map { PhraseFinder($0) } : nil
      return try call.map(texts, phrases, sizes) { (text: String, phrase: String, words: Int64) in
        let finder = fixed ?? PhraseFinder(phrase)
        return DynamicValue.array(finder.occurrences(in: text, words: Int(clamping: max(0, words))))
      }
    })
}

extension TextFunctions {
  static let claimText = ScalarFunction.kernel(
    "claimtext", [.string("subject"), .string("predicate"), .string("object"), .dynamic("arguments")],
    gives: .string, "A relation as a clause: its subject, predicate, object and arguments in one line.",
    (
      "claimtext('Ada', 'wrote', 'a letter', dynamic([{'role':'to','text':'Faraday'},{'role':'time','text':'1844'}]))",
      "Ada wrote a letter to Faraday, 1844"
    )
  ) { (call) throws(DossierError) in
    try call.mapValues { (values: [Value]) -> String? in
      var clause = values.prefix(3).map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
      guard case .array(let arguments) = values[3].asDynamic else { return clause }
      for argument in arguments {
        let (role, words) = (argument["role"].text, argument["text"].text)
        switch role {
        case _ where words.isEmpty: continue
        case "time", "manner": clause += ", " + words
        case "content": clause += " " + words
        // "to visit Rome" has its preposition already.
        default: clause += " " + (words.hasPrefix(role + " ") ? words : role + " " + words)
        }
      }
      return clause
    }
  }
}

/// Finds a phrase in texts.
///
/// A term is a run of letters and digits. The phrase's terms must follow each other in the text with nothing but
/// white space, dashes and apostrophes between them; case does not count. A `*` at the end of a word of the
/// phrase stands for any further letters, at its beginning for any before.
private struct PhraseFinder {
  private struct Pattern {
    var bytes: [UInt8]
    var isOpenBefore = false
    var isOpenAfter = false

    func matches(_ term: ArraySlice<UInt8>) -> Bool {
      guard term.count >= bytes.count else { return false }
      switch (isOpenBefore, isOpenAfter) {
      case (false, false): return term.elementsEqual(bytes)
      case (false, true): return term.starts(with: bytes)
      case (true, false): return term.suffix(bytes.count).elementsEqual(bytes)
      case (true, true): return find(bytes, in: Array(term), from: 0) != nil
      }
    }
  }

  private struct Term {
    /// Bytes of the folded text.
    var folded: Range<Int>
    /// Unicode scalars of the text.
    var scalars: Range<Int>
    /// Whether only white space, dashes and apostrophes part it from the one before.
    var follows: Bool
    /// Whether an apostrophe alone parts it from the one before, as in "Kim's": not another word then.
    var isTail: Bool
  }

  private let patterns: [Pattern]

  init(_ phrase: String) {
    var patterns: [Pattern] = []
    let scalars = Array(phrase.unicodeScalars)
    var index = 0
    while index < scalars.count {
      guard isTermScalar(scalars[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < scalars.count, isTermScalar(scalars[index]) { index += 1 }
      var pattern = Pattern(bytes: foldCase(Array(text(scalars[start..<index]).utf8)))
      pattern.isOpenBefore = start > 0 && scalars[start - 1] == "*"
      pattern.isOpenAfter = index < scalars.count && scalars[index] == "*"
      patterns.append(pattern)
    }
    self.patterns = patterns
  }

  func occurrences(in source: String, words: Int) -> [DynamicValue] {
    guard let longest = patterns.max(by: { $0.bytes.count < $1.bytes.count }) else { return [] }
    let scalars = Array(source.unicodeScalars)
    let (folded, terms) = Self.terms(of: scalars)
    guard find(longest.bytes, in: folded, from: 0) != nil else { return [] }
    var found: [DynamicValue] = []
    // The number of the word that each term belongs to.
    var numbers: [Int] = []
    for term in terms { numbers.append((numbers.last ?? -1) + (term.isTail ? 0 : 1)) }
    var first = 0
    while first + patterns.count <= terms.count {
      defer { first += 1 }
      let matches = patterns.indices.allSatisfy { place in
        let term = terms[first + place]
        return (place == 0 || term.follows) && patterns[place].matches(folded[term.folded])
      }
      guard matches else { continue }
      let last = first + patterns.count - 1
      let span = terms[first].scalars.lowerBound..<terms[last].scalars.upperBound
      var entry: [(String, DynamicValue)] = [
        ("Start", .long(Int64(span.lowerBound))), ("End", .long(Int64(span.upperBound))),
        ("Word", .long(Int64(numbers[first]))), ("Words", .long(Int64(numbers[last] - numbers[first] + 1))),
        ("Match", .string(Self.line(scalars[span]))),
      ]
      if words > 0 {
        let before = terms.indices.prefix(first).first { numbers[$0] >= numbers[first] - words }
        let after = terms.indices.dropFirst(last + 1).last { numbers[$0] <= numbers[last] + words }
        let left = before.map { terms[$0].scalars.lowerBound..<span.lowerBound } ?? 0..<0
        let right = after.map { span.upperBound..<terms[$0].scalars.upperBound } ?? 0..<0
        entry.append(("Left", .string(Self.line(scalars[left]))))
        entry.append(("Right", .string(Self.line(scalars[right]))))
      }
      found.append(.bag(.init(uniqueKeysWithValues: entry)))
    }
    return found
  }

  /// The terms of a text, and its folded bytes.
  private static func terms(of scalars: [Unicode.Scalar]) -> (folded: [UInt8], terms: [Term]) {
    var folded: [UInt8] = []
    folded.reserveCapacity(scalars.count)
    var terms: [Term] = []
    var gap: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      guard isTermScalar(scalars[index]) else {
        gap.append(scalars[index])
        folded.append(0x20)
        index += 1
        continue
      }
      let (start, from) = (index, folded.count)
      while index < scalars.count, isTermScalar(scalars[index]) {
        append(scalars[index], to: &folded)
        index += 1
      }
      terms.append(
        Term(
          folded: from..<folded.count, scalars: start..<index, follows: gap.allSatisfy(isLight),
          isTail: !terms.isEmpty && gap.count == 1 && isApostrophe(gap[0])))
      gap = []
    }
    return (folded, terms)
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    if scalar.value < 0x80 {
      let byte = UInt8(scalar.value)
      bytes.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
    } else {
      bytes += foldCase(Array(String(scalar).utf8))
    }
  }

  private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "'" || scalar == "\u{2019}" || scalar == "\u{2BC}"
  }

  private static func isLight(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.properties.isDash || isApostrophe(scalar)
  }

  /// A piece of text on one line: white space made single blanks, none at the ends.
  private static func line(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    text(scalars.split(whereSeparator: { $0.properties.isWhitespace }).joined(separator: [" "]))
  }
}
