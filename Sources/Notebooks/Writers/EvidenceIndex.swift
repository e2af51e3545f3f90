import Columnar
import Diagnostics

/// The sentences that a report's rows rest on, each once, numbered in source order.
struct EvidenceIndex {
  private struct Row {
    var sentences: [Int]
    var total: Int
  }
  private struct Entry {
    var sentence: EvidenceSentence
    var rows: [(cell: Int, row: Int)] = []
  }

  private let mode: ReportOptions.Evidence
  private var entries: [Entry] = []
  /// For each cell its rows; empty where it has none.
  private var rows: [[Row]] = []

  /// Collects the evidence of all rows that the report shows.
  /// - Errors: from the evaluator.
  init(_ run: NotebookRun, options: ReportOptions) throws(DossierError) {
    mode = options.evidence
    rows = run.cells.map { _ in [] }
    guard mode != .none, let evaluator = run.evaluator else { return }
    var found: [EvidenceSentence: Int] = [:]
    var sentences: [EvidenceSentence] = []
    for (index, outcome) in run.cells.enumerated() {
      guard let result = outcome.result, outcome.error == nil, !outcome.cell.attributes.hideOutput else {
        continue
      }
      let shown = min(result.table.rowCount, outcome.cell.attributes.maxRows ?? options.maxRows)
      var all: [Row] = []
      for row in 0..<shown {
        let evidence = try evaluator.evidence(for: result, row: row, limit: options.sentencesPerRow)
        var numbers: [Int] = []
        for sentence in evidence.sentences {
          // The marks belong to the row that asked; a sentence that several rows share keeps all of them.
          var bare = sentence
          bare.marks = []
          if let known = found[bare] {
            sentences[known].marks += sentence.marks
            if !numbers.contains(known) { numbers.append(known) }
          } else {
            found[bare] = sentences.count
            numbers.append(sentences.count)
            sentences.append(sentence)
          }
        }
        all.append(Row(sentences: numbers, total: evidence.total))
      }
      if all.contains(where: { !$0.sentences.isEmpty }) { rows[index] = all }
    }
    let order = sentences.indices.sorted { a, b in
      let (x, y) = (sentences[a], sentences[b])
      if !x.docID.utf8.elementsEqual(y.docID.utf8) {
        return x.docID.utf8.lexicographicallyPrecedes(y.docID.utf8)
      }
      return (x.start, x.end, a) < (y.start, y.end, b)
    }
    var numbers = [Int](repeating: 0, count: sentences.count)
    for (number, old) in order.enumerated() { numbers[old] = number }
    entries = order.map { Entry(sentence: sentences[$0]) }
    for cell in rows.indices {
      for row in rows[cell].indices {
        rows[cell][row].sentences = rows[cell][row].sentences.map { numbers[$0] }.sorted()
        for number in rows[cell][row].sentences { entries[number].rows.append((cell, row)) }
      }
    }
  }

  /// Whether a cell's rows have evidence.
  func hasRows(ofCell cell: Int) -> Bool { rows.indices.contains(cell) && !rows[cell].isEmpty }

  /// The id of a row's element.
  static func rowID(cell: Int, row: Int) -> String { "r\(cell + 1)-\(row + 1)" }

  /// Links to the sentences behind a row.
  func links(cell: Int, row: Int) -> String {
    guard rows.indices.contains(cell), rows[cell].indices.contains(row) else { return "" }
    let found = rows[cell][row]
    let links = found.sentences.map { "<a href=\"#e\($0 + 1)\">\($0 + 1)</a>" }
    let more = found.total > found.sentences.count ? " of \(found.total)" : ""
    if links.count <= 4 { return links.joined(separator: " ") + more }
    return
      "<details><summary>\(links.count) sentences\(more)</summary>\(links.joined(separator: " "))</details>"
  }

  /// The list of sentences, by document; empty without evidence.
  func html() -> String {
    guard !entries.isEmpty else { return "" }
    var out =
      "<section class=\"evidence\" id=\"evidence\" aria-labelledby=\"evidence-heading\">\n"
      + "<h2 id=\"evidence-heading\">Evidence</h2>\n" + key
    var document: String?
    for (number, entry) in entries.enumerated() {
      let sentence = entry.sentence
      if document.map({ !$0.utf8.elementsEqual(sentence.docID.utf8) }) ?? true {
        if document != nil { out += "</ol>\n</article>\n" }
        out += "<article>\n\(heading(of: sentence))<ol>\n"
        document = sentence.docID
      }
      out += "<li id=\"e\(number + 1)\" value=\"\(number + 1)\">"
      if mode == .full { out += "<span class=\"sentence\">\(Self.marked(sentence))</span> " }
      out += "<cite>\(DisplayText.html(place(of: sentence)))</cite>"
      for (cell, row) in entry.rows.prefix(5) {
        let label = "back to row \(row + 1)"
        out +=
          " <a class=\"back\" href=\"#\(Self.rowID(cell: cell, row: row))\" title=\"\(label)\" aria-label=\"\(label)\">↩</a>"
      }
      out += "</li>\n"
    }
    return out + "</ol>\n</article>\n</section>\n"
  }

  /// Where a sentence stands in the document that the heading names; where nothing is shown of it, its whole
  /// address.
  private func place(of sentence: EvidenceSentence) -> String {
    if sentence.start == sentence.end { return "the document" }
    return mode == .full ? "\(sentence.start)–\(sentence.end)" : sentence.cite
  }

  /// What the marks mean, as far as there are any.
  private var key: String {
    guard mode == .full else { return "" }
    let kinds = Set(entries.flatMap { $0.sentence.marks.map(\.kind) })
    let shown = [
      ("entity", "who"), ("predicate", "does what"), ("date", "when and how much"),
      ("cue", "words that judge"),
    ].filter { kinds.contains($0.0) }
    if shown.isEmpty { return "" }
    let marks = shown.map { "<mark class=\"\($0.0)\">\($0.1)</mark>" }
    return "<p class=\"key\">Marked: \(marks.joined(separator: " "))</p>\n"
  }

  private func heading(of sentence: EvidenceSentence) -> String {
    var about: [String] = []
    if !sentence.source.isEmpty { about.append(sentence.source) }
    if let published = sentence.published { about.append(DisplayText.of(.datetime(published))) }
    let title = sentence.title.isEmpty ? sentence.docID : sentence.title
    if !sentence.title.isEmpty { about.append(sentence.docID) }
    let facts = about.map { "<span>\(DisplayText.html($0))</span>" }.joined()
    return "<h3>\(DisplayText.html(title))</h3>\n"
      + (facts.isEmpty ? "" : "<p class=\"facts\">\(facts)</p>\n")
  }

  /// The sentence with its marks; of marks that overlap, the first one counts.
  private static func marked(_ sentence: EvidenceSentence) -> String {
    let scalars = Array(sentence.text.unicodeScalars)
    func text(_ range: Range<Int>) -> String {
      DisplayText.html(String(String.UnicodeScalarView(scalars[range])))
    }
    let marks = sentence.marks.sorted {
      ($0.range.lowerBound, -$0.range.upperBound, $0.kind) < (
        $1.range.lowerBound, -$1.range.upperBound, $1.kind
      )
    }
    var out = ""
    var at = 0
    for mark in marks {
      guard mark.range.lowerBound >= at, mark.range.upperBound <= scalars.count, !mark.range.isEmpty else {
        continue
      }
      out += text(at..<mark.range.lowerBound)
      out += "<mark class=\"\(DisplayText.html(mark.kind))\">\(text(mark.range))</mark>"
      at = mark.range.upperBound
    }
    return out + text(at..<scalars.count)
  }
}
