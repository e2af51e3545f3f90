import Diagnostics
import KQLSyntax

/// Where in a query the cursor stands: what came before decides what may come.
struct CompletionPlace {
  /// What may stand here.
  enum Expectation: Equatable {
    /// A table, an operator that begins a query, `let`.
    case pipelineStart
    /// An operator after `|`.
    case step
    /// A column, function or word inside a step.
    case expression(step: String)
    /// The inside of a string literal; the comparison or call that it belongs to.
    case string(column: String?, callee: String?)
    /// Nothing: a comment or a number.
    case nothing
  }

  /// What may stand here.
  let expectation: Expectation
  /// The word that is being written, in UTF-8 offsets.
  let word: Range<Int>
  /// The query up to the step at the cursor, statements before it included; nil where there is none. Its
  /// columns are those that are alive here.
  let input: String?
  /// For a string literal: its quote.
  let quote: String

  private struct Frame {
    /// What stands before the opening bracket.
    var callee: String?
    /// Offset where the pipeline or the arguments begin.
    var start: Int
    /// Offset of the last `|`.
    var pipe: Int?
    /// The operator of the current step; empty before the first.
    var step = ""
    var isAtStart = true
    var isAtStep = false
    var isLet = false
  }

  /// Looks at `text` up to `cursor`, a UTF-8 offset.
  init(_ text: String, cursor: Int) {
    let bytes = Array(text.utf8.prefix(cursor))
    let scan = Self.scan(bytes)
    let wordStart: Int
    switch scan {
    case .comment:
      self.init(.nothing, cursor..<cursor, nil)
      return
    case .string(let start, let quote):
      wordStart = start
      let walk = Self.walk(bytes, to: max(0, start - quote.utf8.count))
      let (column, callee) = Self.owner(walk.tokens, walk.frames)
      self.init(
        .string(column: column, callee: callee), start..<cursor,
        Self.input(bytes, walk.frames, walk.statement), quote: quote)
      return
    case .code:
      var start = bytes.count
      while start > 0, Self.isWord(bytes[start - 1]) { start -= 1 }
      wordStart = start
    }
    if wordStart < bytes.count, (0x30...0x39).contains(bytes[wordStart]) {
      self.init(.nothing, cursor..<cursor, nil)
      return
    }
    // An operator's name may have dashes: `project-aw`.
    var walk = Self.walk(bytes, to: wordStart)
    var start = wordStart
    while start > 1, bytes[start - 1] == 0x2D, Self.isWord(bytes[start - 2]) {
      var lead = start - 1
      while lead > 0, Self.isWord(bytes[lead - 1]) { lead -= 1 }
      let longer = Self.walk(bytes, to: lead)
      guard longer.frames.last?.isAtStep == true else { break }
      start = lead
      walk = longer
    }
    let frame = walk.frames.last ?? Frame(start: 0)
    let input = Self.input(bytes, walk.frames, walk.statement)
    let expectation: Expectation
    if frame.isAtStep {
      expectation = .step
    } else if frame.isAtStart, frame.callee.map({ Self.takesTable.contains($0) }) ?? (walk.frames.count == 1)
    {
      expectation = .pipelineStart
    } else {
      expectation = .expression(step: walk.frames.last { !$0.step.isEmpty }?.step ?? "")
    }
    self.init(expectation, start..<cursor, input)
  }

  private init(_ expectation: Expectation, _ word: Range<Int>, _ input: String?, quote: String = "") {
    self.expectation = expectation
    self.word = word
    self.input = input
    self.quote = quote
  }

  /// Words before `(` behind which a pipeline may begin.
  private static let takesTable: Set<String> = [
    "", "join", "lookup", "union", "in", "toscalar", "materialize", "view", "mv-apply", "partition", "on",
    "has_any",
  ]

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
    default: false
    }
  }

  private enum Scan { case code, comment, string(start: Int, quote: String) }

  /// Whether the text ends in code, in a comment, or in a string literal.
  private static func scan(_ bytes: [UInt8]) -> Scan {
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case 0x2F where index + 1 < bytes.count && bytes[index + 1] == 0x2F:
        guard let end = bytes[index...].firstIndex(of: 0x0A) else { return .comment }
        index = end
      case 0x22, 0x27:
        let quote = bytes[index]
        let isVerbatim = index > 0 && bytes[index - 1] == 0x40
        var end = index + 1
        while end < bytes.count, bytes[end] != quote, bytes[end] != 0x0A {
          end += bytes[end] == 0x5C && !isVerbatim ? 2 : 1
        }
        if end >= bytes.count {
          return .string(start: index + 1, quote: String(Unicode.Scalar(quote)))
        }
        index = end
      default: break
      }
      index += 1
    }
    return .code
  }

  /// The brackets that are open at an offset, innermost last, with what their pipelines look like.
  private static func walk(_ bytes: [UInt8], to end: Int) -> (
    frames: [Frame], tokens: [Token], statement: Int
  ) {
    let text = String(decoding: bytes[..<end], as: UTF8.self)
    let tokens = tokenize(text).filter { $0.kind != .end }
    var frames = [Frame(start: 0)]
    var statement = 0
    for (index, token) in tokens.enumerated() {
      let top = frames.count - 1
      if token.kind == .sign {
        switch token.text {
        case "(", "[", "{":
          frames[top].isAtStart = false
          frames[top].isAtStep = false
          let before = index > 0 ? tokens[index - 1] : nil
          var callee = before?.kind == .name ? before?.text : token.text == "(" ? "" : "["
          // `kind=inner (` and `= (` are a join's table, or brackets around a pipeline.
          if frames[top].step == "join" || frames[top].step == "lookup", before?.kind == .name,
            index > 1, tokens[index - 2].text == "="
          {
            callee = "join"
          }
          frames.append(Frame(callee: callee, start: token.span.upper))
          continue
        case ")", "]", "}":
          if frames.count > 1 { frames.removeLast() }
          continue
        case "|":
          frames[top].pipe = token.span.lower
          frames[top].isAtStep = true
          frames[top].isAtStart = false
          continue
        case ";" where frames.count == 1:
          statement = token.span.upper
          frames = [Frame(start: statement)]
          continue
        case "=" where frames[top].isLet && frames[top].pipe == nil && frames.count == 1:
          frames[top].isLet = false
          frames[top].isAtStart = true
          frames[top].start = token.span.upper
          continue
        default: break
        }
      }
      if frames[top].isAtStep {
        frames[top].step = token.text
        frames[top].isAtStep = false
      } else if frames[top].isAtStart {
        if token.text == "let" { frames[top].isLet = true }
        frames[top].step = frames[top].pipe == nil ? "" : frames[top].step
      } else if index > 1, tokens[index - 1].text == "-", frames[top].pipe != nil,
        tokens[index - 2].text == frames[top].step, tokens[index - 1].span.upper == token.span.lower,
        tokens[index - 2].span.upper == tokens[index - 1].span.lower
      {
        frames[top].step += "-" + token.text
      }
      frames[top].isAtStart = false
    }
    return (frames, tokens, statement)
  }

  /// The innermost pipeline's text up to its last `|`, after the statements before it.
  private static func input(_ bytes: [UInt8], _ frames: [Frame], _ statement: Int) -> String? {
    guard let frame = frames.last(where: { $0.pipe != nil }), let pipe = frame.pipe, frame.start <= pipe
    else {
      return nil
    }
    let before = String(decoding: bytes[..<min(statement, frame.start)], as: UTF8.self)
    return before + String(decoding: bytes[frame.start..<pipe], as: UTF8.self)
  }

  /// The column that a string is compared with, or the function that it is an argument of.
  private static func owner(_ tokens: [Token], _ frames: [Frame]) -> (column: String?, callee: String?) {
    let comparisons: Set<String> = [
      "==", "!=", "=~", "!~", "has", "contains", "startswith", "has_cs", "contains_cs", "startswith_cs",
    ]
    if tokens.count > 1, comparisons.contains(tokens[tokens.count - 1].text),
      tokens[tokens.count - 2].kind == .name
    {
      return (tokens[tokens.count - 2].text, nil)
    }
    guard frames.count > 1, let callee = frames.last?.callee else { return (nil, nil) }
    guard callee == "in" || callee == "has_any" || callee == "~" || callee == "" else { return (nil, callee) }
    // `Column in ("a", "`: the name before the word before the bracket.
    let start = frames.last?.start ?? 0
    guard let bracket = tokens.lastIndex(where: { $0.span.upper == start }) else { return (nil, nil) }
    let column = tokens[..<bracket].last {
      $0.kind == .name && !["in", "has_any", "has_all"].contains($0.text)
    }
    return (column?.text, nil)
  }
}
