import Diagnostics

/// A piece of a chunk of text: bytes counted from the chunk's start, and the norm that an exception sets.
struct TokenPiece: Sendable {
  var start: Int
  var end: Int
  /// Index into `Tokenizer.norms`; -1 if no exception sets a norm.
  var norm: Int32
}

/// A token of a text, before anything is known of it: bytes, and whether one plain space follows.
struct RawToken {
  var start: Int
  var end: Int
  var norm: Int32
  var spaceAfter: Bool
}

/// spaCy's rule-based tokenizer, with the rules of the model package.
///
/// Model: a text is cut at white space into chunks; a chunk is an exception, or affixes are stripped from
/// both ends until none is left or an exception remains, and what remains is an exception, a URL, or is
/// cut at infixes. At last, exceptions that hold affix characters or spaces are looked for across tokens.
/// - Source: the behaviour of spaCy 3.8's `Tokenizer` (`_tokenize_affixes`, `_split_affixes`,
///   `_attach_tokens`, `_apply_special_cases`), not of `explain`, which differs.
final class Tokenizer: Sendable {
  /// Norms set by exceptions.
  let norms: [String]
  private let prefix: Regex?
  private let suffix: Regex?
  private let infix: Regex?
  private let tokenMatch: Regex?
  private let url: Regex?
  /// Exceptions by the hash of their text.
  private let exceptions: [UInt64: [TokenPiece]]
  private let longestException: Int
  /// Phrase trie over token hashes: children of each node, and whether an exception ends there.
  private let trie: [[UInt64: Int32]]
  private let isPhrase: [Bool]

  /// Reads a package's `tokenizer` file.
  ///
  /// - Errors: `NLP104` if it is malformed, `NLP105` if a pattern does not compile.
  init(_ bytes: UnsafeRawBufferPointer) throws(DossierError) {
    let document = try Msgpack.read(bytes, "tokenizer")
    func pattern(_ key: String, anchored: Bool = false) throws(DossierError) -> Regex? {
      guard let text = document[key]?.string, !text.isEmpty else { return nil }
      return try Regex(text, anchored: anchored)
    }
    prefix = try pattern("prefix_search")
    suffix = try pattern("suffix_search")
    infix = try pattern("infix_finditer")
    tokenMatch = try pattern("token_match", anchored: true)
    url = try pattern("url_match", anchored: true)

    var norms: [String] = []
    var exceptions: [UInt64: [TokenPiece]] = [:]
    var texts: [String] = []
    for entry in document["exceptions"]?.map ?? [] {
      guard let text = entry.key.string, let parts = entry.value.array else {
        throw DossierError(.modelPackageUnreadable, "model file 'tokenizer': an exception is not a list")
      }
      var pieces: [TokenPiece] = []
      var end = 0
      for part in parts {
        // Keys are spaCy's attribute numbers: 65 is the text, 67 the norm.
        let fields = part.map ?? []
        let orth = fields.first { $0.key.integer == 65 }?.value.string ?? ""
        let norm = fields.first { $0.key.integer == 67 }?.value.string
        pieces.append(
          TokenPiece(start: end, end: end + orth.utf8.count, norm: norm == nil ? -1 : Int32(norms.count)))
        if let norm { norms.append(norm) }
        end += orth.utf8.count
      }
      guard end == text.utf8.count, !pieces.contains(where: { $0.start == $0.end }) else {
        throw DossierError(
          .modelPackageUnreadable, "model file 'tokenizer': the parts of exception '\(text)' don't make it up"
        )
      }
      exceptions[StringID.hash(text)] = pieces
      texts.append(text)
    }
    self.norms = norms
    self.exceptions = exceptions
    longestException = texts.map(\.utf8.count).max() ?? 0

    let everywhere = document["faster_heuristics"]?.bool == false
    var trie: [[UInt64: Int32]] = [[:]]
    var isPhrase = [false]
    let matcher = Matcher()
    let affixes = (prefix, suffix, infix)
    for text in texts {
      let bytes = Array(text.utf8)
      let hasAffix = bytes.withUnsafeBufferPointer { buffer in
        everywhere || bytes.contains(0x20)
          || [affixes.0, affixes.1, affixes.2].contains { regex in
            regex.flatMap { matcher.search($0, buffer) }.map { !$0.isEmpty || regex === affixes.2 } ?? false
          }
      }
      if !hasAffix { continue }
      let pieces = Self.withoutExceptions(
        bytes, prefix: prefix, suffix: suffix, infix: infix, tokenMatch: tokenMatch, url: url, matcher)
      var node = 0
      for piece in pieces {
        let hash = bytes.withUnsafeBufferPointer { StringID.hash(UnsafeBufferPointer(rebasing: $0[piece])) }
        if let next = trie[node][hash] {
          node = Int(next)
        } else {
          trie[node][hash] = Int32(trie.count)
          node = trie.count
          trie.append([:])
          isPhrase.append(false)
        }
      }
      if node != 0 { isPhrase[node] = true }
    }
    self.trie = trie
    self.isPhrase = isPhrase
  }

  /// The node that a word leads to from the trie's root; -1 if no phrase starts with it.
  func phraseNode(_ hash: UInt64) -> Int32 { trie[0][hash] ?? -1 }

  // MARK: One chunk

  private func exception(_ text: UnsafeBufferPointer<UInt8>) -> [TokenPiece]? {
    text.count > longestException ? nil : exceptions[StringID.hash(text)]
  }

  /// The pieces of a chunk (no white space, or white space alone).
  func pieces(of chunk: UnsafeBufferPointer<UInt8>, _ matcher: Matcher) -> [TokenPiece] {
    if let pieces = exception(chunk) { return pieces }
    return AffixSplit(prefix: prefix, suffix: suffix, infix: infix, tokenMatch: tokenMatch, url: url) {
      self.exception($0)
    }.pieces(of: chunk, matcher)
  }

  /// How an exception's own text falls apart if no exceptions are known.
  private static func withoutExceptions(
    _ bytes: [UInt8], prefix: Regex?, suffix: Regex?, infix: Regex?, tokenMatch: Regex?, url: Regex?,
    _ matcher: Matcher
  ) -> [Range<Int>] {
    let split = AffixSplit(prefix: prefix, suffix: suffix, infix: infix, tokenMatch: tokenMatch, url: url) {
      _ in
      nil
    }
    return bytes.withUnsafeBufferPointer { buffer in
      var ranges: [Range<Int>] = []
      Self.forEachChunk(of: buffer) { range, _ in
        let chunk = UnsafeBufferPointer(rebasing: buffer[range])
        ranges += split.pieces(of: chunk, matcher).map {
          ($0.start + range.lowerBound)..<($0.end + range.lowerBound)
        }
      }
      return ranges
    }
  }

  // MARK: A whole text

  /// Calls `body` with each chunk of a text and whether one plain space follows it.
  ///
  /// A chunk is a run of white space or of anything else; the plain space after a run of the latter
  /// belongs to no chunk.
  static func forEachChunk(of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Bool) -> Void) {
    var start = 0
    var index = 0
    var inSpace: Bool?
    while index < text.count {
      let (isSpace, width) = whiteSpace(text, at: index)
      if let was = inSpace, isSpace != was {
        let plain = text[index] == 0x20
        if start < index { body(start..<index, plain) }
        start = plain ? index + 1 : index
        inSpace = isSpace
      } else if inSpace == nil {
        inSpace = isSpace
      }
      index += width
    }
    if start < text.count { body(start..<text.count, false) }
  }

  /// Whether the character at a byte is white space to Python, and how many bytes it has.
  private static func whiteSpace(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (Bool, Int) {
    let byte = text[index]
    if byte < 0x80 { return (byte == 0x20 || byte &- 9 < 5 || (byte >= 0x1C && byte < 0x20), 1) }
    let width = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    guard index + width <= text.count, width < 4 else { return (false, min(width, text.count - index)) }
    var value = UInt32(byte & (width == 2 ? 0x1F : 0x0F))
    for next in 1..<width { value = value << 6 | UInt32(text[index + next] & 0x3F) }
    return (Unicode.Scalar(value).map { PythonText.isSpace($0) } ?? false, width)
  }

  /// Looks for phrases across tokens and puts the exceptions' own tokens in place of them.
  ///
  /// `words` gives the tokens' hashes and trie nodes. Longer phrases win, then earlier ones.
  /// - Returns: nil if nothing changes.
  func withPhrases(
    _ tokens: [RawToken], _ text: UnsafeBufferPointer<UInt8>, hash: (Int) -> UInt64, node: (Int) -> Int32
  ) -> [RawToken]? {
    var found: [Range<Int>] = []
    for start in tokens.indices {
      var current = Int(node(start))
      guard current >= 0 else { continue }
      var end = start + 1
      while true {
        if isPhrase[current] { found.append(start..<end) }
        guard end < tokens.count, let next = trie[current][hash(end)] else { break }
        current = Int(next)
        end += 1
      }
    }
    if found.isEmpty { return nil }
    found.sort { $0.count != $1.count ? $0.count > $1.count : $0.lowerBound < $1.lowerBound }
    var taken: Set<Int> = []
    var chosen: [Int: ArraySlice<TokenPiece>] = [:]
    var ends: [Int: Int] = [:]
    for span in found {
      let free = !taken.contains(span.lowerBound) && !taken.contains(span.upperBound - 1)
      taken.formUnion(span)
      // The words between the tokens count as well: `: )` is not the exception `:)`.
      let words = UnsafeBufferPointer(
        rebasing: text[tokens[span.lowerBound].start..<tokens[span.upperBound - 1].end])
      if free, let pieces = exception(words) {
        chosen[span.lowerBound] = pieces[...]
        ends[span.lowerBound] = span.upperBound
      }
    }
    if chosen.isEmpty { return nil }
    var result: [RawToken] = []
    result.reserveCapacity(tokens.count)
    var index = 0
    while index < tokens.count {
      guard let pieces = chosen[index], let end = ends[index] else {
        result.append(tokens[index])
        index += 1
        continue
      }
      for piece in pieces {
        result.append(
          RawToken(
            start: tokens[index].start + piece.start, end: tokens[index].start + piece.end, norm: piece.norm,
            spaceAfter: false))
      }
      result[result.count - 1].spaceAfter = tokens[end - 1].spaceAfter
      index = end
    }
    return result
  }
}

/// Takes affixes off a chunk and cuts the rest at infixes.
private struct AffixSplit {
  let prefix: Regex?
  let suffix: Regex?
  let infix: Regex?
  let tokenMatch: Regex?
  let url: Regex?
  let exception: (UnsafeBufferPointer<UInt8>) -> [TokenPiece]?

  /// Bytes of the longest chunk that is tried as a URL: the pattern takes time with the square of the
  /// length of a chunk full of `:` and `@`.
  private static let longestURL = 16_384

  func pieces(of chunk: UnsafeBufferPointer<UInt8>, _ matcher: Matcher) -> [TokenPiece] {
    var rest = 0..<chunk.count
    func text(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: chunk[range])
    }
    func isException(_ range: Range<Int>) -> Bool { !range.isEmpty && exception(text(range)) != nil }
    func matches(_ regex: Regex?, _ range: Range<Int>) -> Bool {
      regex.map { matcher.search($0, text(range)) != nil } ?? false
    }
    var pieces: [TokenPiece] = []
    var suffixes: [TokenPiece] = []
    var lastSize = -1
    while !rest.isEmpty, rest.count != lastSize {
      if matches(tokenMatch, rest) || isException(rest) { break }
      lastSize = rest.count
      let head = prefix.flatMap { matcher.search($0, text(rest)) }?.count ?? 0
      let afterHead = (rest.lowerBound + head)..<rest.upperBound
      if head > 0, isException(afterHead) {
        pieces.append(TokenPiece(start: rest.lowerBound, end: afterHead.lowerBound, norm: -1))
        rest = afterHead
        break
      }
      let tail = suffixLength(text(afterHead), matcher)
      let beforeTail = rest.lowerBound..<(rest.upperBound - tail)
      if tail > 0, isException(beforeTail) {
        suffixes.append(TokenPiece(start: beforeTail.upperBound, end: rest.upperBound, norm: -1))
        rest = beforeTail
        break
      }
      if head > 0 { pieces.append(TokenPiece(start: rest.lowerBound, end: afterHead.lowerBound, norm: -1)) }
      if tail > 0 {
        suffixes.append(TokenPiece(start: beforeTail.upperBound, end: rest.upperBound, norm: -1))
      }
      rest = afterHead.lowerBound..<max(afterHead.lowerBound, beforeTail.upperBound)
    }
    if !rest.isEmpty {
      if let known = exception(text(rest)) {
        pieces += known.map {
          TokenPiece(start: $0.start + rest.lowerBound, end: $0.end + rest.lowerBound, norm: $0.norm)
        }
      } else if matches(tokenMatch, rest) || (rest.count <= Self.longestURL && matches(url, rest)) {
        pieces.append(TokenPiece(start: rest.lowerBound, end: rest.upperBound, norm: -1))
      } else {
        cutAtInfixes(text(rest), rest.lowerBound, matcher, &pieces)
      }
    }
    pieces += suffixes.reversed()
    return pieces
  }

  /// Length in bytes of the first suffix found.
  ///
  /// The search runs to the end of the text from every place, so that a long chunk of suffixes would cost
  /// the square of its length. Long chunks are searched near their end alone, in a window that grows while
  /// the match touches its start: suffixes other than runs of one character are far shorter.
  private func suffixLength(_ text: UnsafeBufferPointer<UInt8>, _ matcher: Matcher) -> Int {
    guard let suffix else { return 0 }
    var window = 128
    while window < text.count {
      var start = text.count - window
      while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
      guard let found = matcher.search(suffix, text, from: start) else { return 0 }
      if found.lowerBound > start { return found.count }
      window *= 2
    }
    return matcher.search(suffix, text)?.count ?? 0
  }

  private func cutAtInfixes(
    _ text: UnsafeBufferPointer<UInt8>, _ offset: Int, _ matcher: Matcher, _ pieces: inout [TokenPiece]
  ) {
    func add(_ from: Int, _ to: Int) {
      if from < to { pieces.append(TokenPiece(start: from + offset, end: to + offset, norm: -1)) }
    }
    var start = 0
    var from = 0
    var afterEmpty = false
    while let infix, from <= text.count,
      let found = matcher.search(infix, text, from: from, notEmptyAtStart: afterEmpty)
    {
      from = found.upperBound
      afterEmpty = found.isEmpty
      // An infix at the very start is no infix.
      if found.lowerBound == 0 { continue }
      add(start, found.lowerBound)
      add(found.lowerBound, found.upperBound)
      start = found.upperBound
    }
    add(start, text.count)
  }
}
