import KQLSyntax

/// Breaks queries: bytes and tokens left out, doubled, swapped, put in from elsewhere.
public struct Mutator {
  private var random: Randomness
  /// Whole queries to start from.
  private let corpus: [String]
  /// Words and signs that mean something.
  private let words: [String]

  /// Starts a sequence of broken texts. `words` are names of the language, to put in.
  public init(seed: UInt64, corpus: [String], words: [String]) {
    random = Randomness(seed: seed)
    self.corpus = corpus
    self.words = words + Self.pieces
  }

  private static let pieces = [
    "|", "(", ")", "[", "]", "{", "}", ",", ";", ":", "..", "=", "==", "*", "-", "+", "/", "%", "!", "$left.",
    "$right.",
    "null", "true", "-1", "0", "1e308", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "0x", "1d",
    "1tick", "99999999999d", "''", "'", "\"", "@'", "h'", "```", "\\", "\\u", "\\U0010FFFF", "//", "\n",
    "\u{0}", "\u{FEFF}",
    "é", "😀", "dynamic(", "dynamic(null)", "datetime(", "datetime(null)",
    "datetime(9999-12-31T23:59:59.9999999)", "long(null)",
    "typeof(", "let x = ", "as T", "by", "on", "in (", "between (", "asc nulls first", "kind=inner",
    "hint.x=y", "withsource=S",
    "decimal(1e400)", "guid(0)", "real(nan)", "int(99999999999)", "time(", "['a']", "a*", "@'('", "toscalar(",
    "materialize(",
    "2147483648", "1.5", ".", "?", "~", "print ", "range x from 1 to 3 step 1", "union *", "evaluate ",
    "invoke f()",
  ]

  /// The next broken text.
  public mutating func next() -> String {
    var text = Array(random.pick(corpus).utf8)
    for _ in 0..<(1 + random.below(5)) { mutate(&text) }
    if text.count > 20_000 { text.removeSubrange(20_000...) }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func mutate(_ text: inout [UInt8]) {
    func span(_ text: [UInt8], _ longest: Int, _ random: inout Randomness) -> Range<Int> {
      let start = random.below(text.count + 1)
      return start..<min(text.count, start + random.below(longest))
    }
    switch random.below(11) {
    case 0: text.removeSubrange(span(text, 12, &random))
    case 1: text.insert(contentsOf: text[span(text, 30, &random)], at: random.below(text.count + 1))
    case 2: text.insert(contentsOf: Array(random.pick(words).utf8), at: random.below(text.count + 1))
    case 3: if !text.isEmpty { text[random.below(text.count)] = UInt8(truncatingIfNeeded: random.next()) }
    case 4: if !text.isEmpty { text.removeSubrange(random.below(text.count)...) }
    case 5:
      // The start of one query, the end of another.
      let other = Array(random.pick(corpus).utf8)
      text = Array(text.prefix(random.below(text.count + 1))) + other.suffix(random.below(other.count + 1))
    case 6:
      // A run of the same piece.
      let piece = Array(random.pick(words).utf8)
      let at = random.below(text.count + 1)
      text.insert(contentsOf: (0..<random.below(40)).flatMap { _ in piece }, at: at)
    default: swapTokens(&text)
    }
  }

  /// A token in the place of another, or left out, or put in between.
  private mutating func swapTokens(_ text: inout [UInt8]) {
    let tokens = tokenize(String(decoding: text, as: UTF8.self)).filter { $0.span.upper <= text.count }
    guard tokens.count > 2 else { return }
    let target = random.pick(tokens).span
    guard target.lower <= target.upper, target.upper <= text.count else { return }
    let source = random.pick(tokens).span
    let replacement: [UInt8]
    switch random.below(4) {
    case 0: replacement = []
    case 1: replacement = Array(" \(random.pick(words)) ".utf8)
    default: replacement = source.upper <= text.count ? Array(text[source.lower..<source.upper]) : []
    }
    let at = random.chance(60) ? target.lower..<target.upper : target.lower..<target.lower
    text.replaceSubrange(at, with: replacement)
  }

  // MARK: Large texts

  private static let openers: [(open: String, close: String)] = [
    ("(", ")"), ("[", "]"), ("{", "}"), ("not(", ")"), ("-", ""), ("- ", ""), ("dynamic([", "])"), ("[", "]"),
    ("{'a':", "}"),
    ("case(true, ", ", 1)"), ("iff(true, 1, ", ")"), ("strcat('a', ", ")"), ("toscalar(print ", ")"),
    ("(print x = ", ")"),
    ("union (", ")"), ("print 1 | union (", ")"), ("print 1 | join (", ") on x"), ("materialize(", ")"),
    ("let f = () { ", " }; f()"),
    ("print x = 1 | mv-apply x on (", ")"), ("print x = 1 | partition by x (", ")"), ("a.b[", "]"),
    ("a between (1 .. ", ")"),
    ("x in (", ")"), ("datatable(a:long)[", "]"), ("typeof(", ")"), ("print 1 |(;", ""), ("print 'a'", ""),
    ("f(", ")"),
  ]

  private static let repeated = [
    "a and ", "a or b and ", "1 + ", "x, ", "'a' ", "a == b and ", "| where x > 0 ", "| extend a = 1 ",
    "| extend x = x + x ", "| project x ",
    "let a = 1; ", "let a = print 1; ", "let f = (a:long) { a }; ", ".a", "[0]", "['a']", "/* ", "// x\n",
    "\n", " ", "''", "'a\\n", "@'x",
    "``` ", "1,", "1d,", "0x1,", "| union T ", "| join T on x ", "| summarize count() by x ", "; ", "a = 1, ",
    "x:long, ", "as T | ", "é", "\u{0}", "!",
    "$left.a == $right.b and ", "print x = 1; ", "not ", "- ", "in ", "x in (1) and ", "dynamic(1), ",
    "datetime(2020-01-01), ", "long(", "1 .. ",
    "a* ", "*", "| sort by a asc nulls first ", "hint.a=b ", "kind=inner ", "| as A ",
    "range x from 1 to 2 step 1 | ", "| mv-expand x ", "9", "a", "_",
    "| parse a with * 'x' b ", "top-nested of a by count(), ", "| where a has 'x' ", "case(", ", ", "| (",
    ") | ", "=> ", "step s: true => a = 1; ",
    "9top ", "9where ", "9\(String(repeating: "z", count: 50)) ", "a-", "-a", "top-nested ", "'\\q' ", "1.5.",
    "a..b.",
  ]

  /// A text of about `size` bytes, of few pieces many times: each must be turned down, or answered, soon.
  public mutating func large(_ size: Int) -> (name: String, text: String) {
    switch random.below(4) {
    case 0:
      let (open, close) = random.pick(Self.openers)
      let count = max(1, size / max(1, open.utf8.count + close.utf8.count))
      let isClosed = random.chance(50)
      let text =
        String(repeating: open, count: count) + "1" + (isClosed ? String(repeating: close, count: count) : "")
      return (
        "\(count) times \(open) … \(isClosed ? close : "open")", random.chance(50) ? "print " + text : text
      )
    case 1:
      // Nothing but a piece, after the start of a query.
      let piece = random.pick(Self.repeated)
      let start = random.pick([
        "", "print ", "print x = 1 ", "T | where ", "print x in (", "datatable(a:long)[", "let ",
      ])
      return ("\(start)… \(piece)", start + String(repeating: piece, count: size / max(1, piece.utf8.count)))
    case 2:
      let pieces = [random.pick(Self.repeated), random.pick(Self.repeated), random.pick(words)]
      let count = size / max(1, pieces.reduce(0) { $0 + $1.utf8.count })
      return ("… \(pieces)", "print x = 1 " + String(repeating: pieces.joined(), count: count))
    default:
      let query = random.pick(corpus) + random.pick([" ", "; ", " | ", "\n", ", ", " and "])
      return (
        "a query many times: \(query)",
        String(repeating: query, count: max(1, size / max(1, query.utf8.count)))
      )
    }
  }

  /// Each opener so many times, with nothing to close it.
  public static func nested(_ count: Int) -> [String] {
    openers.map { "print " + String(repeating: $0.open, count: count) }
  }

  /// All openers and pieces once, at a size; made when called.
  public static func systematic(_ size: Int) -> [(name: String, make: () -> String)] {
    var all: [(name: String, make: () -> String)] = []
    for (open, close) in openers {
      let count = max(1, size / max(1, open.utf8.count + close.utf8.count))
      for start in ["", "print "] {
        all.append(("\(start)\(open) …", { start + String(repeating: open, count: count) }))
        all.append(
          (
            "\(start)\(open) … \(close)",
            { start + String(repeating: open, count: count) + "1" + String(repeating: close, count: count) }
          ))
      }
    }
    let starts = [
      "", "print x = 1 ", "print x = ", "print x = 1 | where ", "let a = ", "print x = dynamic([",
      "print x in (", "print x = '",
      "print x = 1 | project ", "let f = (", "datatable(a:long)[", "datatable(",
    ]
    for piece in repeated {
      let count = size / piece.utf8.count
      for start in starts {
        all.append(("\(start)… \(piece)", { start + String(repeating: piece, count: count) }))
      }
      all.append(
        ("… \(piece), whole", { "print x = 1 " + String(repeating: piece, count: count) + " | where x > 0" }))
      all.append(("… \(piece) 1", { "print x = " + String(repeating: piece, count: count) + "1" }))
    }
    return all
  }
}
