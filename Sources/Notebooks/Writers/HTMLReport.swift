import Columnar
import Diagnostics
import KQLSyntax
import Presentation

/// Choices for an HTML report.
public struct ReportOptions: Sendable {
  /// How much of the documents a report may carry.
  public enum Evidence: String, Sendable, CaseIterable {
    /// The sentences behind each row, with their place.
    case full
    /// Only the places.
    case cite
    /// Nothing.
    case none
  }

  /// How much evidence the report shows.
  public var evidence = Evidence.full
  /// How many sentences a row leads to at most; the report says how many there are in all.
  public var sentencesPerRow = 25
  /// How many rows a table shows if its cell doesn't say.
  public var maxRows = 200

  /// Full evidence.
  public init() {}
}

/// A run as one self-contained HTML page: nothing loaded from anywhere, and no script that reading needs.
///
/// All text goes through `DisplayText.html`, prose through cmark's safe mode, and the page forbids by its
/// content security policy whatever it does not need.
struct HTMLReport {
  let run: NotebookRun
  let options: ReportOptions
  private let evidence: EvidenceIndex

  /// Prepares the report of a run; reads the evidence.
  /// - Errors: from the evaluator.
  init(_ run: NotebookRun, options: ReportOptions) throws(DossierError) {
    self.run = run
    self.options = options
    evidence = try EvidenceIndex(run, options: options)
  }

  /// The page.
  func text() throws(DossierError) -> String {
    let body = try bodyHTML()
    let title = run.notebook.settings.title ?? run.notebook.name
    let style = ReportStyle.css + SVGChart.style + "\n"
    let policy =
      "default-src 'none'; style-src '\(Self.hash(of: style))'; script-src '\(Self.hash(of: ReportScript.text))'; "
      + "img-src data:; base-uri 'none'; form-action 'none'"
    var page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    page += "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">\n"
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    page += "<meta name=\"color-scheme\" content=\"light dark\">\n"
    page += "<title>\(DisplayText.html(title))</title>\n<style>\(style)</style>\n</head>\n<body>\n"
    let (heading, rest) = Self.heading(of: body)
    page += header(heading ?? "<h1>\(DisplayText.html(title))</h1>")
    page += "<main>\n\(rest)</main>\n"
    page += evidence.html()
    page += Colophon(run).html()
    page += "<script>\(ReportScript.text)</script>\n</body>\n</html>\n"
    return page
  }

  /// What the policy knows a style or script of the page by.
  private static func hash(of text: String) -> String {
    var digest = SHA256()
    digest.update(text)
    return "sha256-\(Base64.text(digest.finish()))"
  }

  /// The page's first heading, where the notebook begins with one, and what follows it.
  private static func heading(of body: String) -> (heading: String?, rest: String) {
    guard body.hasPrefix("<h1>"), let end = body.firstRange(of: "</h1>")?.upperBound else {
      return (nil, body)
    }
    return (String(body[..<end]), String(body[end...].drop { $0 == "\n" }))
  }

  /// The heading, and below it what the reader has to know first: for which parameters, as of when.
  private func header(_ heading: String) -> String {
    var facts = run.parameters.map { name, literal in
      "<span>\(DisplayText.html(name)) <b>\(DisplayText.html(Self.plain(literal)))</b></span>"
    }
    if let asOf = run.notebook.settings.asOf {
      facts.append("<span>as of <b>\(DisplayText.html(DisplayText.of(.datetime(asOf))))</b></span>")
    }
    if let documents = run.evaluator?.provenance.first(where: { $0.name == "Documents" })?.value {
      facts.append(
        "<span>\(DisplayText.html(documents)) \(documents == "1" ? "document" : "documents")</span>")
    }
    let line = facts.isEmpty ? "" : "<p class=\"facts\">\(facts.joined())</p>\n"
    return "<header>\n\(heading)\n\(line)</header>\n"
  }

  /// A constant as a reader sees it: a text without its quotes, a date without its keyword.
  private static func plain(_ literal: String) -> String {
    let tokens = tokenize(literal)
    if tokens.count == 2, tokens[0].kind == .string { return tokens[0].text }
    guard let open = literal.firstIndex(of: "("), literal.last == ")" else { return literal }
    let inner = String(literal[literal.index(after: open)...].dropLast())
    return literal.hasPrefix("datetime(")
      ? Ticks.parseISODatetime(inner).map { DisplayText.of(.datetime($0)) } ?? inner : inner
  }

  // MARK: Prose and cells

  /// The page's middle: prose rendered in one go, with words that stand for cells and values, which are
  /// then replaced. So lists, link definitions and tables may reach around them.
  private func bodyHTML() throws(DossierError) -> String {
    let notebook = run.notebook
    let word = placeholder()
    var markdown = ""
    var pieces: [(word: String, html: String, isBlock: Bool)] = []
    var at = notebook.bodyStart
    var (cellIndex, valueIndex) = (0, 0)
    for item in notebook.items {
      markdown += notebook.text(at..<item.range.lowerBound)
      let name = "\(word)\(pieces.count)x"
      switch item {
      case .cell(let cell):
        pieces.append((name, try html(of: run.cells[cellIndex], number: cellIndex), true))
        markdown += "\n\(cell.indent)\(name)\n"
        at = cell.output?.range.upperBound ?? cell.range.upperBound
        cellIndex += 1
      case .inline(let value):
        let shown = run.inlineValues[valueIndex].map(MarkdownOutput.unescaped) ?? "–"
        pieces.append((name, evidence.html(ofValue: shown, number: valueIndex), false))
        markdown += name
        at = value.range.upperBound
        valueIndex += 1
      }
    }
    markdown += notebook.text(at..<notebook.bytes.count)
    let rendered = try ProseRenderer.html(markdown)
    var out = ""
    var rest = Substring(rendered)
    for piece in pieces {
      let paragraph = "<p>\(piece.word)</p>"
      guard
        let range = piece.isBlock
          ? rest.firstRange(of: paragraph) ?? rest.firstRange(of: piece.word)
          : rest.firstRange(of: piece.word)
      else { continue }
      out += rest[..<range.lowerBound]
      out += piece.html
      rest = rest[range.upperBound...]
    }
    return out + rest
  }

  /// A word that the notebook doesn't contain.
  private func placeholder() -> String {
    let text = run.notebook.text(run.notebook.bodyStart..<run.notebook.bytes.count)
    var word = "dossierpiece"
    while text.contains(word) { word += "z" }
    return word
  }

  private func html(of outcome: CellOutcome, number: Int) throws(DossierError) -> String {
    let attributes = outcome.cell.attributes
    let id = "cell-\(attributes.name ?? String(number + 1))"
    var inner = ""
    if let error = outcome.error {
      inner +=
        "<pre class=\"error\" role=\"alert\" tabindex=\"0\">\(Self.lines(error.rendered(in: SourceText(outcome.cell.source))))</pre>\n"
    } else if let result = outcome.result, !attributes.hideOutput {
      inner += resultHTML(result.table, number: number, maxRows: attributes.maxRows)
    } else if !outcome.wasReached, run.isPartial {
      return ""
    } else if !outcome.wasReached {
      inner += "<p class=\"note\">Not run: an earlier cell failed.</p>\n"
    }
    if !attributes.hideQuery {
      let source = Self.lines(outcome.cell.source)
      inner +=
        "<details class=\"query\"><summary>Query</summary><pre><code>\(source)</code></pre></details>\n"
    }
    if inner.isEmpty { return "" }
    return "<section class=\"cell\" id=\"\(DisplayText.html(id))\">\n\(inner)</section>"
  }

  private func resultHTML(_ table: Table, number: Int, maxRows: Int?) -> String {
    let shown = min(table.rowCount, maxRows ?? options.maxRows)
    var out = ""
    let rows = HTMLTable(table, rows: shown, cell: number, evidence: evidence).html()
    let hasEvidence = evidence.hasRows(ofCell: number)
    let chart = ChartPicture.html(table, cell: number) { row in
      hasEvidence && row < shown ? "#\(EvidenceIndex.rowID(cell: number, row: row))" : nil
    }
    if let chart {
      out += chart
      let name = hasEvidence ? "Data and evidence" : "Data"
      out += "<details class=\"data\"><summary>\(name)</summary>\n\(rows)</details>\n"
    } else {
      out += rows
    }
    if table.rowCount == 0 || shown < table.rowCount {
      out += "<p class=\"note\">\(CellText.rowCount(shown, of: table.rowCount))</p>\n"
    }
    for note in table.notes { out += "<p class=\"note\">\(DisplayText.html(note))</p>\n" }
    return out
  }

  /// Text of several lines, for `<pre>`.
  private static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayText.html(String($0)) }
      .joined(separator: "\n")
  }
}

/// The picture of a result that asks to be drawn.
enum ChartPicture {
  /// Natural widths in pixels: one for the column of a desk's screen and paper, one for a telephone's. The
  /// page shows the one that fits, as a picture that is only made smaller has letters too small to read.
  private static let widths = [("wide", 928.0), ("narrow", 360.0)]

  /// A figure; nil if the result isn't to be drawn or can't be.
  static func html(_ table: Table, cell: Int, link: @escaping (Int) -> String?) -> String? {
    guard var data = ChartData(table) else { return nil }
    let title = data.title
    // The page writes the title itself, as it writes all others.
    data.title = ""
    var out = "<figure class=\"chart\">\n"
    if !title.isEmpty { out += "<figcaption>\(DisplayText.html(title))</figcaption>\n" }
    for (name, width) in widths {
      let picture = SVGChart(data, width: width).element(id: "chart-\(cell + 1)-\(name)", link: link)
      out += "<div class=\"\(name)\">\(picture)</div>\n"
    }
    return out + "</figure>\n"
  }
}

/// Base64 (RFC 4648), for hashes in the security policy.
enum Base64 {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var out = ""
    var at = 0
    while at < bytes.count {
      let group = (0..<3).map { at + $0 < bytes.count ? UInt32(bytes[at + $0]) : 0 }
      let bits = group[0] << 16 | group[1] << 8 | group[2]
      let count = min(3, bytes.count - at)
      for index in 0..<4 {
        out.append(index <= count ? digits[Int(bits >> UInt32(18 - 6 * index)) & 63] : "=")
      }
      at += 3
    }
    return out
  }
}
