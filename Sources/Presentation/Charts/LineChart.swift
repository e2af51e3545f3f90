/// Lines, areas and points over numbers, moments or names.
extension ChartCanvas {
  enum Shape { case lines, areas, points }

  mutating func drawLines(_ shape: Shape) {
    drawLegend(data.series.map(\.name))
    let isStacked = data.isStacked && shape == .areas
    let (bases, ends) = stacked()
    let values = isStacked ? ends : data.series.flatMap { $0.points.map(\.value) }
    let scale = NumberScale(values, count: 5, includesZero: shape == .areas)
    let plotHeight = 240.0
    let left = drawValueAxis(scale, plotHeight: plotHeight)
    let top = height
    let places = Places(data.axis, left: left, right: width - Self.margin - 4, isPoints: true)
    let n = SVGWriter.number
    func y(_ value: Double) -> Double { top + plotHeight * (1 - scale.fraction(value)) }

    for (index, series) in data.series.enumerated() {
      let points = series.points.indices.map { number in
        let base = isStacked ? bases[index][number] : 0
        let point = series.points[number]
        return (x: places.x(point.position), base: y(base), y: y(base + point.value), point: point)
      }.sorted { ($0.x, $0.point.row) < ($1.x, $1.point.row) }
      let path = points.enumerated().map { "\($0 == 0 ? "M" : "L")\(n($1.x)) \(n($1.y))" }.joined(
        separator: " ")
      if shape == .areas, let first = points.first {
        let back = points.reversed().map { "L\(n($0.x)) \(n($0.base))" }.joined(separator: " ")
        svg.raw(
          "<path d=\"\(path) \(back) L\(n(first.x)) \(n(first.y)) Z\" fill=\"\(colour(index))\" "
            + "fill-opacity=\"\(isStacked ? "0.75" : "0.3")\"/>")
      }
      if shape != .points, points.count > 1 {
        svg.raw(
          "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour(index))\" stroke-width=\"2\" "
            + "stroke-linejoin=\"round\" stroke-linecap=\"round\"/>")
      }
      let radius = shape == .points ? 4.0 : points.count <= 60 ? 3 : 1.5
      for point in points {
        svg.mark(
          "circle",
          "class=\"dot\" cx=\"\(n(point.x))\" cy=\"\(n(point.y))\" r=\"\(n(radius))\" "
            + "fill=\"\(colour(index))\"", row: point.point.row, tip: tip(index, point.point))
      }
    }
    height = top + plotHeight
    places.drawLabels(on: &self)
    drawXTitle(left: left)
    drawOmission()
  }
}
