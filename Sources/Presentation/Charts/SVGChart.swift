import Columnar

/// A result as a picture: one self-contained SVG, the same bytes wherever it is made.
///
/// It reads well without colour vision (Okabe and Ito's palette, values beside bars) and without sight
/// (`<title>`, `<desc>`, a tip on each mark), in light and dark pages. Each mark carries `data-row`, the
/// row of the result from 1, so that a page can lead to the evidence.
public struct SVGChart: Sendable {
  /// What is drawn.
  public let data: ChartData
  /// The width in pixels at natural size; the picture scales.
  public let width: Double

  /// A chart of a result with a `render` hint; nil where there is nothing to draw.
  public init?(_ table: Table, width: Double = 720) {
    guard let data = ChartData(table) else { return nil }
    self.init(data, width: width)
  }

  /// A chart of data.
  public init(_ data: ChartData, width: Double = 720) {
    self.data = data
    self.width = max(240, width)
  }

  /// A picture that stands for itself: the SVG element with its own style, and a line end. It names its
  /// parts after a hash of its content.
  public func svg() -> String { document(drawn(), id: nil, isAlone: true) }

  /// The picture for a page that has `style` in its own: its parts named after `id`, each mark a link to
  /// what `link` gives for its row, from 0.
  public func element(id: String, link: ((Int) -> String?)? = nil) -> String {
    document(drawn(link), id: id, isAlone: false)
  }

  private func drawn(_ link: ((Int) -> String?)? = nil) -> ChartCanvas {
    var canvas = ChartCanvas(data, width: width)
    canvas.svg.link = link
    switch data.kind {
    case "barchart": canvas.drawBars()
    case "piechart": canvas.drawPie()
    case "graph": canvas.drawNetwork()
    case "card": canvas.drawCards()
    case "treemap": canvas.drawTreemap()
    case "columnchart": canvas.drawColumns()
    case "scatterchart": canvas.drawLines(.points)
    case "areachart", "stackedareachart": canvas.drawLines(.areas)
    default: canvas.drawLines(.lines)
    }
    return canvas
  }

  private func document(_ canvas: ChartCanvas, id: String?, isAlone: Bool) -> String {
    let n = SVGWriter.number
    let description = summary
    let name = id ?? "chart-" + Self.hash(canvas.svg.body + description)
    let title = data.title.isEmpty ? heading : data.title
    let namespace = isAlone ? "xmlns=\"http://www.w3.org/2000/svg\" " : ""
    let style = isAlone ? "\n  <style>\(Self.style)</style>" : ""
    return """
      <svg \(namespace)class="dossier-chart" role="\(canvas.svg.link == nil ? "img" : "group")" \
      aria-labelledby="\(name)-title \(name)-desc" viewBox="0 0 \(n(width)) \(n(canvas.height))" \
      width="\(n(width))" height="\(n(canvas.height))">
        <title id="\(name)-title">\(escapedHTML(title))</title>
        <desc id="\(name)-desc">\(escapedHTML(description))</desc>\(style)
        <rect class="paper" width="\(n(width))" height="\(n(canvas.height))"/>
      \(canvas.svg.body)</svg>

      """
  }

  /// What charts look like. All of it is scoped to them, because a style inside SVG holds for the whole page
  /// that it stands in; a page may set the variables `--chart-…` for its own colours.
  public static let style =
    ".dossier-chart{--ink:var(--chart-ink,#24292f);--soft:var(--chart-soft,#57606a);"
    + "--grid:var(--chart-grid,#d8dee4);--paper:var(--chart-paper,#fff);max-width:100%;height:auto;"
    + "font:12px system-ui,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}"
    + "@media(prefers-color-scheme:dark){.dossier-chart{--ink:var(--chart-ink,#e6edf3);"
    + "--soft:var(--chart-soft,#9da7b3);--grid:var(--chart-grid,#363d46);--paper:var(--chart-paper,#0d1117)}}"
    + ".dossier-chart text{fill:var(--ink)}.dossier-chart .soft{fill:var(--soft)}"
    + ".dossier-chart .paper{fill:var(--paper)}.dossier-chart .grid{stroke:var(--grid)}"
    + ".dossier-chart .axis{stroke:var(--soft)}"
    + ".dossier-chart .title{font-size:15px;font-weight:600}"
    + ".dossier-chart .small{font-size:11px}.dossier-chart .big{font-size:28px;font-weight:600}"
    + ".dossier-chart .card{fill:var(--paper);stroke:var(--grid)}"
    + ".dossier-chart .dot{stroke:var(--paper)}"
    + ".dossier-chart .tie{stroke:var(--soft);fill:var(--soft);stroke-opacity:.55;fill-opacity:.75}"
    + ".dossier-chart .name{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}"

  private var heading: String {
    if data.kind == "card" { return data.cards.map(\.name).joined(separator: ", ") }
    if data.network != nil { return "\(data.xName) and \(data.yTitle)" }
    let what = data.yTitle.isEmpty ? data.series.map(\.name).joined(separator: ", ") : data.yTitle
    return "\(what) by \(data.xTitle.isEmpty ? data.xName : data.xTitle)"
  }

  /// What the picture says in words, for who can't see it: kind, size, and the highest and lowest value of each series.
  public var summary: String {
    if data.kind == "card" {
      let said = "Card: " + data.cards.map { "\($0.name) \($0.text)" }.joined(separator: ", ") + "."
      return data.omission.isEmpty ? said : said + " \(data.omission)."
    }
    let kind: String =
      switch data.kind {
      case "barchart": "Bar chart"
      case "columnchart": "Column chart"
      case "piechart": "Pie chart"
      case "graph": "Network"
      case "treemap": "Tree map"
      case "timechart": "Time chart"
      case "areachart", "stackedareachart": "Area chart"
      case "scatterchart": "Scatter chart"
      default: "Line chart"
      }
    var text = "\(kind): \(heading)."
    for series in data.series.prefix(6) {
      guard let highest = series.points.max(by: { $0.value < $1.value }),
        let lowest = series.points.min(by: { $0.value < $1.value })
      else { continue }
      let count = series.points.count
      text += " \(series.name): \(count) \(count == 1 ? "value" : "values"), highest "
      text += "\(NumberScale.text(highest.value)) (\(data.label(highest.position)))"
      if count > 1 { text += ", lowest \(NumberScale.text(lowest.value)) (\(data.label(lowest.position)))" }
      text += "."
    }
    return data.omission.isEmpty ? text : text + " \(data.omission)."
  }

  /// FNV-1a over UTF-8, 8 hexadecimal digits.
  private static func hash(_ text: String) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
