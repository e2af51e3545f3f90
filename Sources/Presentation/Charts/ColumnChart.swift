import Columnar

/// Upright bars: for few short names, for numbers and for moments at equal steps.
extension ChartCanvas {
  mutating func drawColumns() {
    drawLegend(data.series.map(\.name))
    let (bases, ends) = stacked()
    let values = data.isStacked ? ends : data.series.flatMap { $0.points.map(\.value) }
    let scale = NumberScale(values, count: 5, includesZero: true)
    let plotHeight = 240.0
    let left = drawValueAxis(scale, plotHeight: plotHeight)
    let top = height
    let places = Places(data.axis, left: left, right: width - Self.margin)
    let lanes = data.isStacked ? 1.0 : Double(data.series.count)
    let inner = max(1, min(places.band * 0.8, lanes * 56))
    let zero = top + plotHeight * (1 - scale.fraction(0))
    // Each column says its value where there is room; the highest says it in any case.
    let highest = values.max()
    for (index, series) in data.series.enumerated() {
      for (number, point) in series.points.enumerated() {
        let lane = data.isStacked ? 0 : Double(index)
        let x = places.x(point.position) - inner / 2 + lane * inner / lanes
        let base = data.isStacked ? top + plotHeight * (1 - scale.fraction(bases[index][number])) : zero
        let end =
          top + plotHeight * (1 - scale.fraction((data.isStacked ? bases[index][number] : 0) + point.value))
        svg.bar(
          x, min(base, end), inner / lanes - (lanes > 1 && inner / lanes > 4 ? 1 : 0), abs(end - base),
          colour: colour(index), row: point.row, tip: tip(index, point))
        let fits = inner >= SVGWriter.width(NumberScale.text(point.value), size: 11) && data.axis.count <= 30
        if data.series.count == 1, fits || point.value == highest {
          svg.text(
            NumberScale.text(point.value), x + inner / 2, min(base, end) - 4, anchor: .middle,
            class: "soft small")
        }
      }
    }
    height = top + plotHeight
    places.drawLabels(on: &self)
    drawXTitle(left: left)
    drawOmission()
  }
}

/// Where the positions of an axis lie between two edges.
struct Places {
  private enum Kind {
    case even([String])
    case numbers([Double], NumberScale)
    case times([Int64], TimeScale)
  }
  private let kind: Kind
  private let left: Double
  private let right: Double
  /// Pixels between neighbours, at the narrowest.
  let band: Double

  /// With half a band free at both edges, as columns need.
  init(_ axis: ChartData.Axis, left: Double, right: Double, isPoints: Bool = false) {
    let count = max(1, axis.count)
    let room = right - left
    func narrowest(_ values: [Double]) -> Double? {
      let sorted = values.sorted()
      return zip(sorted, sorted.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.min()
    }
    switch axis {
    case .categories(let names):
      band = room / Double(count)
      (self.left, self.right) = (left + band / 2, right - band / 2)
      kind = .even(names)
    case .numbers(let values):
      let step = narrowest(values)
      let scale = NumberScale(values, count: max(2, Int(room / 80)), includesZero: false)
      kind = .numbers(values, scale)
      band = Self.band(step, span: (scale.high - scale.low), room: room)
      let inset = isPoints ? 4 : min(band / 2, room / 3)
      (self.left, self.right) = (left + inset, right - inset)
    case .times(let ticks):
      let scale = TimeScale(ticks, count: max(2, Int(room / 64)))
      kind = .times(ticks, scale)
      band = Self.band(narrowest(ticks.map(Double.init)), span: Double(scale.high - scale.low), room: room)
      let inset = isPoints ? 4 : min(band / 2, room / 3)
      (self.left, self.right) = (left + inset, right - inset)
    }
  }

  /// With a step of s in a span of w, room for w + s is needed.
  private static func band(_ step: Double?, span: Double, room: Double) -> Double {
    guard let step else { return room / 2 }
    return max(1, room * step / (span + step))
  }

  func x(_ position: Int) -> Double {
    switch kind {
    case .even(let names):
      names.count < 2
        ? (left + right) / 2 : left + (right - left) * Double(position) / Double(names.count - 1)
    case .numbers(let values, let scale): left + (right - left) * scale.fraction(values[position])
    case .times(let ticks, let scale): left + (right - left) * scale.fraction(ticks[position])
    }
  }

  func drawLabels(on canvas: inout ChartCanvas) {
    switch kind {
    case .even(let names):
      canvas.drawLabels(names.indices.map { (x($0), names[$0]) }, band: band)
    case .numbers(_, let scale):
      for tick in scale.ticks {
        let x = left + (right - left) * scale.fraction(tick)
        canvas.svg.line(x, canvas.height, x, canvas.height + 4, class: "axis")
        canvas.svg.text(scale.label(tick), x, canvas.height + 18, anchor: .middle, class: "soft")
      }
      canvas.height += 24
    case .times(_, let scale):
      var hasContext = false
      for mark in scale.marks {
        let x = left + (right - left) * scale.fraction(mark.ticks)
        canvas.svg.line(x, canvas.height, x, canvas.height + 4, class: "axis")
        canvas.svg.text(mark.label, x, canvas.height + 18, anchor: .middle, class: "soft")
        if !mark.context.isEmpty {
          canvas.svg.text(mark.context, x, canvas.height + 33, anchor: .middle, class: "soft small")
          hasContext = true
        }
      }
      canvas.height += hasContext ? 40 : 24
    }
  }
}
