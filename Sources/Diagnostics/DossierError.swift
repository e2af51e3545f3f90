/// The one error that crosses module boundaries.
///
/// A code's letters name the stage: `SYN` text, `BND` names and types, `EXE` evaluation, `IMP` import,
/// `NLP` model and stages, `STO` store, `NBK` notebook, `CMD` command. A code is declared where it is
/// thrown, and its meaning never changes.
public struct DossierError: Error, Sendable {
  /// A stable name such as `BND203`; a struct around a string, so that the set stays open.
  public struct Code: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
  {
    /// The name itself.
    public let rawValue: String
    /// Wraps a name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Wraps a literal name.
    public init(stringLiteral value: String) { rawValue = value }
    /// The name itself.
    public var description: String { rawValue }
  }

  /// A further place that explains the error, such as "column declared here".
  public struct Note: Sendable {
    /// What is to be seen there.
    public var message: String
    /// The place, in the same text as the error's.
    public var span: SourceSpan?
    /// Makes a note.
    public init(_ message: String, at span: SourceSpan? = nil) {
      self.message = message
      self.span = span
    }
  }

  /// Which error this is.
  public var code: Code
  /// What was found and what was expected; names the column, function or file.
  public var message: String
  /// UTF-8 offsets into the text that the user typed.
  public var span: SourceSpan?
  /// The smallest thing to type instead.
  public var hint: String?
  /// Further places.
  public var notes: [Note]
  /// What SQLite or the file system said.
  public var cause: (any Error)?
  /// Further independent errors found in the same text, in the order of their places.
  public var others: [DossierError]

  /// Makes an error.
  public init(
    _ code: Code, _ message: String, at span: SourceSpan? = nil, hint: String? = nil,
    notes: [Note] = [], cause: (any Error)? = nil, others: [DossierError] = []
  ) {
    self.code = code
    self.message = message
    self.span = span
    self.hint = hint
    self.notes = notes
    self.cause = cause
    self.others = others
  }
}

extension DossierError {
  /// The same error for a text that has so many bytes more in front.
  public func moved(by offset: Int) -> DossierError {
    func moved(_ span: SourceSpan) -> SourceSpan { SourceSpan(span.lower + offset, span.upper + offset) }
    var error = self
    error.span = span.map(moved)
    error.notes = notes.map { Note($0.message, at: $0.span.map(moved)) }
    error.others = others.map { $0.moved(by: offset) }
    return error
  }
}

extension DossierError: CustomStringConvertible {
  /// Code and message on one line.
  public var description: String { "error[\(code)]: \(message)" }

  /// The error as a person reads it: code and message, the source line with a caret under the exact
  /// span, hint and notes; then each of `others` in the same form. No trailing line end.
  public func rendered(in source: SourceText?) -> String {
    var lines = [description]
    if let source, let span { lines += Self.caret(span, in: source) }
    for note in notes {
      lines.append("note: \(note.message)")
      if let source, let span = note.span { lines += Self.caret(span, in: source) }
    }
    if let hint { lines.append("hint: \(hint)") }
    if let cause { lines.append("cause: \(cause)") }
    for other in others { lines.append(other.rendered(in: source)) }
    return lines.joined(separator: "\n")
  }

  /// The most scalars of a line that are shown; of a longer one, those around the span.
  private static let longestLine = 160

  private static func caret(_ span: SourceSpan, in source: SourceText) -> [String] {
    let start = source.position(at: span.lower)
    let end = source.position(at: max(span.lower, span.upper))
    var text = source.line(start.line, around: span.lower, upTo: longestLine)
    let number = source.name.isEmpty ? "\(start.line)" : "\(source.name):\(start.line)"
    let gutter = String(repeating: " ", count: number.count)
    let before = text.before.unicodeScalars
    let room = max(1, text.after.unicodeScalars.count)
    let width = end.line == start.line ? max(1, min(end.column - start.column, room)) : room
    if text.isCutBefore { text.before = "…" + text.before }
    // Tabs are repeated so that the caret stands under the text whatever the tab width.
    let lead = String(String.UnicodeScalarView(before.map { $0 == "\t" ? $0 : " " }))
    return [
      "  \(number) | \(text.before)\(text.after)\(text.isCutAfter ? "…" : "")",
      "  \(gutter) | \(text.isCutBefore ? " " : "")\(lead)\(String(repeating: "^", count: width))",
    ]
  }
}

/// The candidate nearest to `name` by edit distance, ignoring case, if one is near enough to be meant:
/// at most a third of the longer name's length, and at least one edit is always allowed.
/// Ties go to the first candidate. A name of more than 200 bytes has none.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  // Nobody means a name of that length by another one.
  guard name.utf8.count <= 200 else { return nil }
  let wanted = Array(name.lowercased().unicodeScalars)
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars)
    let limit = max(1, max(wanted.count, other.count) / 3)
    guard abs(wanted.count - other.count) <= limit else { continue }
    let distance = editDistance(wanted, other)
    if distance <= limit, distance < best?.distance ?? Int.max { best = (distance, candidate) }
  }
  return best?.name
}

/// Optimal string alignment distance: insertions, deletions, substitutions and neighbour swaps.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    row.reserveCapacity(b.count + 1)
    for j in 1...b.count {
      var value = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        value = min(value, beforeLast[j - 2] + 1)
      }
      row.append(value)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
