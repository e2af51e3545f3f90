/// `render treemap`: rectangles whose areas are the shares of the values above zero.
///
/// Source of the layout: Bruls, Huizing and van Wijk, "Squarified treemaps" (2000).
extension ChartCanvas {
  mutating func drawTreemap() {
    guard let (sorted, total) = rankedShares(of: data.series.indices) else { return }
    if data.series.count > 1 { drawLegend(data.series.map(\.name)) }
    let area = Box(
      x: Self.margin, y: height, width: width - 2 * Self.margin, height: min(360, max(200, width / 2)))
    let scale = area.width * area.height / total
    let boxes = Self.squarified(sorted.map { $0.point.value * scale }, in: area)
    let n = SVGWriter.number
    for ((series, point), box) in zip(sorted, boxes) {
      let name = data.label(point.position)
      let shown = NumberScale.text(point.value)
      let tint = data.series.count > 1 ? series : 0
      svg.mark(
        "rect",
        "x=\"\(n(box.x))\" y=\"\(n(box.y))\" width=\"\(n(box.width))\" height=\"\(n(box.height))\" "
          + "fill=\"\(colour(tint))\" fill-opacity=\".25\" class=\"dot\"", row: point.row,
        tip: "\(tip(series, point)) (\(NumberScale.text(point.value / total * 100, decimals: 1)) %)")
      // Only what is readable: a word cut to nothing says nothing.
      let label = SVGWriter.cut(name, to: box.width - 12)
      if box.height >= 20, label.count > 2 || SVGWriter.width(name) <= box.width - 12 {
        svg.text(label, box.x + 6, box.y + 16)
        if box.height >= 36, SVGWriter.width(shown) <= box.width - 12 {
          svg.text(shown, box.x + 6, box.y + 31, class: "soft")
        }
      }
    }
    height = area.y + area.height + 12
    drawOmission()
  }

  private struct Box {
    var x: Double, y: Double, width: Double, height: Double
  }

  /// Boxes of the given areas, which are falling and fill the whole together.
  private static func squarified(_ areas: [Double], in whole: Box) -> [Box] {
    var boxes: [Box] = []
    var rest = whole
    var first = 0
    while first < areas.count {
      // A row along the shorter side takes areas as long as its worst box gets no longer and thinner.
      let side = max(min(rest.width, rest.height), 1e-9)
      var end = first + 1
      var sum = areas[first]
      while end < areas.count {
        let more = sum + areas[end]
        guard
          worst(areas[first], areas[end], more, side) <= worst(areas[first], areas[end - 1], sum, side)
        else { break }
        sum = more
        end += 1
      }
      let depth = sum / side
      var offset = 0.0
      let isUpright = rest.width >= rest.height
      for area in areas[first..<end] {
        let length = area / max(depth, 1e-9)
        boxes.append(
          isUpright
            ? Box(x: rest.x, y: rest.y + offset, width: depth, height: length)
            : Box(x: rest.x + offset, y: rest.y, width: length, height: depth))
        offset += length
      }
      if isUpright {
        (rest.x, rest.width) = (rest.x + depth, rest.width - depth)
      } else {
        (rest.y, rest.height) = (rest.y + depth, rest.height - depth)
      }
      first = end
    }
    return boxes
  }

  /// The worst ratio of sides in a row whose largest, smallest and summed areas are given.
  private static func worst(_ largest: Double, _ smallest: Double, _ sum: Double, _ side: Double) -> Double {
    max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest))
  }
}
