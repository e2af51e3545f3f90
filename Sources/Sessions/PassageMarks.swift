import Columnar
import Diagnostics

/// Finds in a sentence what a row of a table speaks of.
struct PassageMarks {
  private let text: [Unicode.Scalar]
  /// What the row covers.
  private let span: Range<Int>

  init(_ text: String, _ span: Range<Int>) {
    self.text = Array(text.unicodeScalars)
    self.span = span
  }

  /// The parts to mark, ascending. A row that covers the whole sentence and names no part of it marks
  /// nothing.
  func highlights(of row: EvidenceFinder.Row, in table: String) throws(DossierError) -> [Highlight] {
    var found: [Highlight]
    switch table {
    case "Mentions": found = [Highlight(span, .entity)]
    case "Dates", "Amounts": found = [Highlight(span, .date)]
    case "Relations": found = try relation(row)
    case "Sentiments":
      found = span.count < text.count ? [Highlight(span, .entity)] : []
      for cue in try row.texts("Cues") {
        if let range = words(cue, in: text.indices) { found.append(Highlight(range, .cue)) }
      }
    default: found = []
    }
    if found.isEmpty, span.count < text.count { found = [Highlight(span, .span)] }
    return found.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
  }

  /// Who, what, whom: the predicate's words are looked for one by one, as an object may stand between them.
  private func relation(_ row: EvidenceFinder.Row) throws(DossierError) -> [Highlight] {
    var found: [Highlight] = []
    func isFree(_ range: Range<Int>) -> Bool { !found.contains { $0.range.overlaps(range) } }
    for column in ["SubjectText", "ObjectText"] {
      guard let wanted = try row.text(column), !wanted.isEmpty else { continue }
      if let range = words(wanted, in: span) ?? words(wanted, in: text.indices), isFree(range) {
        found.append(Highlight(range, .entity))
      }
    }
    var at = span.lowerBound
    for word in (try row.text("PredicateText") ?? "").split(separator: " ") {
      guard let range = words(String(word), in: at..<span.upperBound) else { continue }
      if isFree(range) { found.append(Highlight(range, .predicate)) }
      at = range.upperBound
    }
    return found
  }

  /// The first place where some words stand as whole words, whatever their capitals.
  private func words(_ wanted: String, in range: Range<Int>) -> Range<Int>? {
    let wanted = Array(wanted.unicodeScalars)
    guard !wanted.isEmpty, range.count >= wanted.count else { return nil }
    func isLetter(_ index: Int) -> Bool {
      text.indices.contains(index)
        && (text[index].properties.isAlphabetic || text[index].properties.numericType != nil)
    }
    for start in range.lowerBound...(range.upperBound - wanted.count) {
      let end = start + wanted.count
      if isLetter(start - 1), isLetter(start) { continue }
      if isLetter(end), isLetter(end - 1) { continue }
      if zip(text[start..<end], wanted).allSatisfy({
        $0 == $1 || $0.properties.lowercaseMapping == $1.properties.lowercaseMapping
      }) {
        return start..<end
      }
    }
    return nil
  }
}
