/// Horizontal bars: a name, a bar, its value. For names of any length.
extension ChartCanvas {
  mutating func drawBars() {
    drawLegend(data.series.map(\.name))
    let count = data.axis.count
    let labels = (0..<count).map { SVGWriter.cut(data.label($0), to: min(240, width * 0.36)) }
    let left = Self.margin + (labels.map { SVGWriter.width($0) }.max() ?? 0) + 8
    let lanes = data.isStacked ? 1 : data.series.count
    let thickness = lanes == 1 ? 20.0 : lanes <= 3 ? 14 : 10
    let band = Double(lanes) * thickness + (lanes == 1 ? 8 : 12)
    let (bases, ends) = stacked()
    let values = data.isStacked ? ends : data.series.flatMap { $0.points.map(\.value) }
    let showsValues = data.series.count <= 3 && !data.isStacked
    let room =
      showsValues ? (values.map { SVGWriter.width(NumberScale.text($0), size: 11) }.max() ?? 0) + 8 : 0
    let plot = width - left - Self.margin - room
    let scale = NumberScale(values, count: max(2, Int(plot / 90)), includesZero: true)
    let top = height + 4
    let bottom = top + Double(count) * band
    for tick in scale.ticks {
      let x = left + plot * scale.fraction(tick)
      svg.line(x, top, x, bottom, class: tick == 0 ? "axis" : "grid")
      svg.text(scale.label(tick), x, bottom + 16, anchor: .middle, class: "soft")
    }
    for (index, label) in labels.enumerated() {
      svg.text(label, left - 8, top + (Double(index) + 0.5) * band + 4, anchor: .end)
    }
    let zero = left + plot * scale.fraction(0)
    for (index, series) in data.series.enumerated() {
      for (number, point) in series.points.enumerated() {
        let lane = data.isStacked ? 0 : index
        let y =
          top + Double(point.position) * band + (band - Double(lanes) * thickness) / 2 + Double(lane)
          * thickness
        let base = data.isStacked ? left + plot * scale.fraction(bases[index][number]) : zero
        let end = left + plot * scale.fraction((data.isStacked ? bases[index][number] : 0) + point.value)
        svg.bar(
          min(base, end), y, abs(end - base), thickness - (lanes == 1 ? 0 : 1), colour: colour(index),
          row: point.row,
          tip: tip(index, point))
        if showsValues {
          // Beside the end of the bar; right of the axis where a bar to the left leaves no room.
          let text = NumberScale.text(point.value)
          let fitsLeft = point.value < 0 && end - left > SVGWriter.width(text, size: 11) + 6
          svg.text(
            text, fitsLeft ? end - 5 : max(zero, end) + 5, y + thickness / 2 + 4,
            anchor: fitsLeft ? .end : .start, class: "soft small")
        }
      }
    }
    height = bottom + 22
    if !data.yTitle.isEmpty {
      svg.text(
        SVGWriter.cut(data.yTitle, to: plot), left + plot / 2, height + 12, anchor: .middle, class: "soft")
      height += 18
    }
    drawOmission()
  }
}
