import Columnar

/// A chart under construction: the title, the legend and what the kinds of charts share.
struct ChartCanvas {
  let data: ChartData
  let width: Double
  var svg = SVGWriter()
  /// The height so far; the next part begins there.
  var height = 12.0

  /// Eight colours that people with any colour vision tell apart (Okabe and Ito), then more.
  static let palette = [
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933", "#882255", "#44AA99",
    "#7F7F7F", "#DDCC77", "#AA4499",
  ]
  static let margin = 16.0

  init(_ data: ChartData, width: Double) {
    self.data = data
    self.width = width
    if !data.title.isEmpty {
      svg.text(
        SVGWriter.cut(data.title, to: width - 2 * Self.margin, size: 15.5), Self.margin, height + 16,
        class: "title")
      height += 28
    }
  }

  func colour(_ series: Int) -> String { Self.palette[series % Self.palette.count] }

  /// Names with their colours, as many rows as they need; nothing for a single series.
  mutating func drawLegend(_ names: [String]) {
    guard names.count > 1 else { return }
    var x = Self.margin
    for (index, name) in names.enumerated() {
      let shown = SVGWriter.cut(name, to: 220)
      let needed = 18 + SVGWriter.width(shown) + 18
      if x > Self.margin, x + needed - 18 > width - Self.margin {
        x = Self.margin
        height += 20
      }
      svg.raw(
        "<rect x=\"\(SVGWriter.number(x))\" y=\"\(SVGWriter.number(height + 3))\" width=\"12\" height=\"12\" "
          + "rx=\"2\" fill=\"\(colour(index))\"/>")
      svg.text(shown, x + 18, height + 13)
      x += needed
    }
    height += 26
  }

  /// What was left out, under the chart.
  mutating func drawOmission() {
    if !data.omission.isEmpty {
      svg.text(data.omission, Self.margin, height + 12, class: "soft small")
      height += 18
    }
    height += 8
  }

  /// The points above zero of some series, largest first, with their sum. Nil where there are none, which is said.
  mutating func rankedShares(
    of series: Range<Int>
  ) -> (points: [(series: Int, point: ChartData.Point)], total: Double)? {
    let points = series.flatMap { index in data.series[index].points.map { (series: index, point: $0) } }
    let sorted = points.enumerated().filter { $0.element.point.value > 0 }
      .sorted { ($1.element.point.value, $0.offset) < ($0.element.point.value, $1.offset) }.map(\.element)
    guard !sorted.isEmpty else {
      svg.text("Nothing above zero to share", Self.margin, height + 14, class: "soft")
      height += 30
      return nil
    }
    return (sorted, sorted.reduce(0) { $0 + $1.point.value })
  }

  /// The tip of a mark: where, what, how much.
  func tip(_ series: Int, _ point: ChartData.Point) -> String {
    let place = data.label(point.position)
    let value = NumberScale.text(point.value)
    return data.series.count > 1 ? "\(place), \(data.series[series].name): \(value)" : "\(place): \(value)"
  }

  /// The value axis at the left of a plot: grid lines, labels, the title above. Gives the plot's left
  /// edge.
  mutating func drawValueAxis(_ scale: NumberScale, plotHeight: Double) -> Double {
    if !data.yTitle.isEmpty {
      svg.text(
        SVGWriter.cut(data.yTitle, to: width - 2 * Self.margin), Self.margin, height + 10, class: "soft")
      height += 18
    }
    height += 6
    let labels = scale.ticks.map { scale.label($0) }
    let left = Self.margin + (labels.map { SVGWriter.width($0) }.max() ?? 0) + 8
    for (tick, label) in zip(scale.ticks, labels) {
      let y = height + plotHeight * (1 - scale.fraction(tick))
      svg.line(left, y, width - Self.margin, y, class: tick == 0 ? "axis" : "grid")
      svg.text(label, left - 8, y + 4, anchor: .end, class: "soft")
    }
    return left
  }

  /// Labels under a plot at given places, thinned out or turned so that none overlaps another. Adds
  /// their height.
  mutating func drawLabels(_ labels: [(x: Double, text: String)], band: Double) {
    let widest = labels.map { SVGWriter.width($0.text) }.max() ?? 0
    if widest + 8 <= band || labels.count == 1 {
      for label in labels { svg.text(label.text, label.x, height + 16, anchor: .middle, class: "soft") }
      height += 22
      return
    }
    // Turned labels need their height in width: the narrower the bands, the steeper; where even that is
    // too much, only each second, third… is shown.
    let (angle, across, down) = band >= 21 ? (-40, 0.77, 0.65) : (-60, 0.5, 0.87)
    let every = max(1, Int((15 / max(band, 0.01)).rounded(.up)))
    var deepest = 0.0
    for (index, label) in labels.enumerated() where index % every == 0 {
      // A label ends under its place and may not begin left of the picture.
      let text = SVGWriter.cut(label.text, to: min(140, (label.x - 4) / across))
      deepest = max(deepest, SVGWriter.width(text))
      svg.text(text, label.x + 4, height + 14, anchor: .end, class: "soft", rotated: angle)
    }
    height += 18 + deepest * down
  }

  mutating func drawXTitle(left: Double) {
    guard !data.xTitle.isEmpty else { return }
    svg.text(
      SVGWriter.cut(data.xTitle, to: width - left - Self.margin), (left + width - Self.margin) / 2,
      height + 12,
      anchor: .middle, class: "soft")
    height += 18
  }

  /// For stacked marks: where each point begins, per series, and the ends of the stacks. Values above
  /// and below zero grow apart.
  func stacked() -> (bases: [[Double]], ends: [Double]) {
    var above: [Int: Double] = [:]
    var below: [Int: Double] = [:]
    var ends: [Double] = []
    let bases = data.series.map { series in
      series.points.map { point in
        let base = point.value >= 0 ? above[point.position, default: 0] : below[point.position, default: 0]
        if point.value >= 0 {
          above[point.position] = base + point.value
        } else {
          below[point.position] = base + point.value
        }
        ends.append(base + point.value)
        return base
      }
    }
    return (bases, ends)
  }
}
