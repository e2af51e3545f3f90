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

  private struct InlineEntry {
    var query: String
    var text: String
    var evidence: Row
  }

  private let mode: ReportOptions.Evidence
  private var entries: [Entry] = []
  /// For each cell its rows; empty where it has none.
  private var rows: [[Row]] = []
  /// The values in prose; nil where there is no evidence.
  private var inlines: [InlineEntry?] = []

  /// Collects the evidence of all rows and values that the report shows.
  /// - Errors: from the evaluator.
  init(_ run: NotebookRun, options: ReportOptions) throws(DossierError) {
    mode = options.evidence
    rows = run.cells.map { _ in [] }
    inlines = run.inlineValues.map { _ in nil }
    guard mode != .none, let evaluator = run.evaluator else { return }
    var sentences = Sentences()
    for (index, outcome) in run.cells.enumerated() {
      guard let result = outcome.result, outcome.error == nil, !outcome.cell.attributes.hideOutput else {
        continue
      }
      let shown = min(result.table.rowCount, outcome.cell.attributes.maxRows ?? options.maxRows)
      var all: [Row] = []
      for row in 0..<shown {
        all.append(
          sentences.add(try evaluator.evidence(for: result, row: row, limit: options.sentencesPerRow)))
      }
      if all.contains(where: { !$0.sentences.isEmpty }) { rows[index] = all }
    }
    let values = run.notebook.items.compactMap { item in
      if case .inline(let value) = item { value } else { nil }
    }
    for (index, value) in values.enumerated() {
      guard let result = run.inlineResults[index], let text = run.inlineValues[index] else { continue }
      let row = sentences.add(try evaluator.evidence(for: result, row: 0, limit: options.sentencesPerRow))
      if !row.sentences.isEmpty {
        inlines[index] = InlineEntry(query: value.source, text: text, evidence: row)
      }
    }
    number(sentences.found)
  }

  /// The sentences that were found so far, each once.
  private struct Sentences {
    private(set) var found: [EvidenceSentence] = []
    private var places: [EvidenceSentence: Int] = [:]

    mutating func add(_ evidence: RowEvidence) -> Row {
      var numbers: [Int] = []
      for sentence in evidence.sentences {
        // The marks belong to the row that asked; a sentence that several rows share keeps all of them.
        var bare = sentence
        bare.marks = []
        if let known = places[bare] {
          found[known].marks += sentence.marks
          if !numbers.contains(known) { numbers.append(known) }
        } else {
          places[bare] = found.count
          numbers.append(found.count)
          found.append(sentence)
        }
      }
      return Row(sentences: numbers, total: evidence.total)
    }
  }

  /// Puts the sentences in source order, and gives all rows their numbers.
  private mutating func number(_ sentences: [EvidenceSentence]) {
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
    for index in inlines.indices {
      guard let old = inlines[index]?.evidence.sentences else { continue }
      inlines[index]?.evidence.sentences = old.map { numbers[$0] }.sorted()
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
    let links = Self.links(found)
    let more = found.total > found.sentences.count ? " of \(grouped(found.total))" : ""
    if links.count <= 4 { return links.joined(separator: " ") + more }
    return
      "<details><summary>\(links.count) sentences\(more)</summary>\(links.joined(separator: " "))</details>"
  }

  private static func links(_ row: Row) -> [String] {
    row.sentences.map { "<a href=\"#e\($0 + 1)\">\($0 + 1)</a>" }
  }

  /// A value in prose, with a link to what it rests on.
  func html(ofValue text: String, number: Int) -> String {
    let shown = DisplayText.html(text)
    guard inlines.indices.contains(number), inlines[number] != nil else {
      return "<span class=\"value\">\(shown)</span>"
    }
    return "<a class=\"value\" id=\"i\(number + 1)\" href=\"#v\(number + 1)\">\(shown)</a>"
  }

  /// What the values in prose rest on.
  private var values: String {
    var out = ""
    for (number, entry) in inlines.enumerated() {
      guard let entry else { continue }
      let more =
        entry.evidence.total > entry.evidence.sentences.count ? " of \(grouped(entry.evidence.total))" : ""
      out += "<li id=\"v\(number + 1)\"><b>\(DisplayText.html(MarkdownOutput.unescaped(entry.text)))</b> "
      out += "<code>\(DisplayText.html(entry.query.trimmed))</code> "
      out += "\(Self.links(entry.evidence).joined(separator: " "))\(more) "
      out += "<a class=\"back\" href=\"#i\(number + 1)\" title=\"back to the text\" "
      out += "aria-label=\"back to the text\">↩</a></li>\n"
    }
    return out.isEmpty
      ? "" : "<article>\n<h3>Numbers in the text</h3>\n<ul class=\"values\">\n\(out)</ul>\n</article>\n"
  }

  /// The list of sentences, by document; empty without evidence.
  func html() -> String {
    guard !entries.isEmpty else { return "" }
    var out =
      "<section class=\"evidence\" id=\"evidence\" aria-labelledby=\"evidence-heading\">\n"
      + "<h2 id=\"evidence-heading\">Evidence</h2>\n" + key + values
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
      ("entity", "who or what"), ("predicate", "does"), ("date", "when, how much"),
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
    var joined: [EvidenceSentence.Mark] = []
    for mark in marks where mark.range.upperBound <= scalars.count && !mark.range.isEmpty {
      guard let last = joined.last else {
        joined.append(mark)
        continue
      }
      guard mark.range.lowerBound >= last.range.upperBound else { continue }
      // Words of one kind in a row are one mark.
      let between = scalars[last.range.upperBound..<mark.range.lowerBound]
      if mark.kind == last.kind, between.allSatisfy(\.properties.isWhitespace) {
        joined[joined.count - 1].range = last.range.lowerBound..<mark.range.upperBound
      } else {
        joined.append(mark)
      }
    }
    var out = ""
    var at = 0
    for mark in joined {
      out += text(at..<mark.range.lowerBound)
      out += "<mark class=\"\(DisplayText.html(mark.kind))\">\(text(mark.range))</mark>"
      at = mark.range.upperBound
    }
    return out + text(at..<scalars.count)
  }
}

extension String {
  /// Without white space at both ends.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
