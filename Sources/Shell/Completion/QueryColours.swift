import Diagnostics
import KQLEngine
import KQLLibrary
import KQLSyntax
import LineEditing
import Sessions

/// The colours of a block as it is typed: what the lexer sees, with the names that the session knows.
struct QueryColours {
  private let engine: Engine
  private let tables: Set<String>
  private let operators: Set<String>

  init(_ shell: Shell) {
    engine = shell.session.engine
    tables = Set(shell.tableNames + [Session.lastName])
    operators = Set(engine.grammar.keywords)
  }

  /// Words that operators use in their own text.
  private static let words: Set<String> = [
    "by", "on", "with", "asc", "desc", "nulls", "first", "last", "and", "or", "not", "in", "between", "has",
    "has_any", "has_all", "has_cs", "contains", "contains_cs", "startswith", "startswith_cs", "endswith",
    "endswith_cs", "matches", "regex", "kind", "let", "declare", "query_parameters", "true", "false", "null",
    "from", "to", "step", "typeof", "hasprefix", "hassuffix", "of",
  ]

  /// The styles of a block, ascending.
  func styles(_ block: String) -> [StyledRange] {
    var found: [StyledRange] = []
    var start = 0
    var query: [Substring] = []
    var queryStart = 0
    func flush() {
      if !query.isEmpty { found += self.query(query.joined(separator: "\n"), at: queryStart) }
      query = []
    }
    for line in block.split(separator: "\n", omittingEmptySubsequences: false) {
      if BlockSplitter.isCommand(line) {
        flush()
        let lead = line.prefix { $0 == " " || $0 == "\t" }.utf8.count
        let word = line.dropFirst(lead).prefix { !$0.isWhitespace }.utf8.count
        found.append(StyledRange((start + lead)..<(start + lead + word), .command))
      } else {
        if query.isEmpty { queryStart = start }
        query.append(line)
      }
      start += line.utf8.count + 1
    }
    flush()
    return found
  }

  private func query(_ text: String, at base: Int) -> [StyledRange] {
    let tokens = tokenize(text)
    let bytes = Array(text.utf8)
    var found: [StyledRange] = []
    var end = 0
    var isStepStart = true
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      // What the lexer passes over between tokens is blank or a comment.
      if let comment = Self.comment(in: bytes, from: end, to: min(token.span.lower, bytes.count)) {
        found.append(StyledRange((base + comment.lowerBound)..<(base + comment.upperBound), .comment))
      }
      var upper = token.span.upper
      var style: TextStyle?
      switch token.kind {
      case .end: return found
      case .string: style = .string
      case .long, .real, .timespan, .typed: style = .number
      case .sign:
        isStepStart = token.text == "|" || token.text == ";" || token.text == "("
        end = max(end, upper)
        index += 1
        continue
      case .name:
        let keyword = keyword(tokens, at: index)
        if isStepStart, let keyword {
          style = .keyword
          index += keyword.extra
          upper = tokens[index].span.upper
        } else if tables.contains(token.text) {
          style = .table
        } else if index + 1 < tokens.count, tokens[index + 1].text == "(", tokens[index + 1].kind == .sign,
          engine.isFunction(token.text)
        {
          style = .function
        } else if Self.words.contains(token.text) {
          style = .keyword
        }
      }
      isStepStart = false
      if let style, upper > token.span.lower, token.span.lower >= end {
        found.append(StyledRange((base + token.span.lower)..<(base + upper), style))
      }
      end = max(end, upper)
      index += 1
    }
    return found
  }

  /// The operator here, with how many tokens its name has besides the first (`mv-expand` has two).
  private func keyword(_ tokens: [Token], at index: Int) -> (name: String, extra: Int)? {
    var name = tokens[index].text
    var extra = 0
    var best = operators.contains(name) ? (name, 0) : nil
    while index + extra + 2 < tokens.count, tokens[index + extra + 1].text == "-",
      tokens[index + extra + 2].kind == .name,
      tokens[index + extra + 1].span.lower == tokens[index + extra].span.upper,
      tokens[index + extra + 2].span.lower == tokens[index + extra + 1].span.upper
    {
      extra += 2
      name += "-" + tokens[index + extra].text
      if operators.contains(name) { best = (name, extra) }
    }
    return best
  }

  private static func comment(in bytes: [UInt8], from start: Int, to end: Int) -> Range<Int>? {
    guard start < end, let first = (start..<end).first(where: { bytes[$0] == 0x2F }) else { return nil }
    var last = end
    while last > first, bytes[last - 1] == 0x0A || bytes[last - 1] == 0x20 { last -= 1 }
    return first..<last
  }
}
