import Foundation

/// A pie with its shares named beside it, largest first; values below zero have no share.
extension ChartCanvas {
  mutating func drawPie() {
    guard let (shares, total) = rankedShares(of: 0..<min(1, data.series.count)) else { return }
    let sorted = shares.map(\.point)
    // Slices beyond the palette would be hard to tell apart: they become one.
    let kept = sorted.count > 8 ? Array(sorted.prefix(7)) : sorted
    let rest = sorted.dropFirst(kept.count)
    var slices = kept.map { (name: data.label($0.position), value: $0.value, row: $0.row as Int?) }
    if !rest.isEmpty {
      slices.append(("\(rest.count) others", rest.reduce(0) { $0 + $1.value }, nil))
    }
    // The names stand beside the pie, or below it in a narrow picture.
    let isNarrow = width < 480
    let radius = min(110, width / 3)
    let centre = (x: isNarrow ? width / 2 : Self.margin + radius, y: height + radius + 4)
    let list =
      isNarrow
      ? (x: Self.margin, y: height + 2 * radius + 28) : (x: centre.x + radius + 28, y: height + 18)
    let n = SVGWriter.number
    var turned = 0.0
    for (index, slice) in slices.enumerated() {
      let share = slice.value / total
      let tip =
        "\(slice.name): \(NumberScale.text(slice.value)) (\(NumberScale.text(share * 100, decimals: 1)) %)"
      let look = "fill=\"\(colour(index))\" class=\"dot\""
      if slices.count == 1 {
        svg.mark(
          "circle", "cx=\"\(n(centre.x))\" cy=\"\(n(centre.y))\" r=\"\(n(radius))\" \(look)", row: slice.row,
          tip: tip)
      } else {
        let start = Self.place(turned, centre, radius)
        let end = Self.place(turned + share, centre, radius)
        svg.mark(
          "path",
          "d=\"M\(n(centre.x)) \(n(centre.y)) L\(n(start.x)) \(n(start.y)) A\(n(radius)) \(n(radius)) 0 "
            + "\(share > 0.5 ? 1 : 0) 1 \(n(end.x)) \(n(end.y)) Z\" \(look)", row: slice.row, tip: tip)
      }
      turned += share
      let y = list.y + Double(index) * 24
      let left = list.x
      svg.raw(
        "<rect x=\"\(n(left))\" y=\"\(n(y - 10))\" width=\"12\" height=\"12\" rx=\"2\" fill=\"\(colour(index))\"/>"
      )
      let amount = "\(NumberScale.text(slice.value)) · \(NumberScale.text(share * 100, decimals: 1)) %"
      let room = width - left - 18 - Self.margin - SVGWriter.width(amount) - 12
      let name = SVGWriter.cut(slice.name, to: max(40, room))
      svg.text(name, left + 18, y)
      svg.text(amount, left + 18 + SVGWriter.width(name) + 8, y, class: "soft")
    }
    height = max(height + 2 * radius + 12, list.y + Double(slices.count) * 24 - 6)
    drawOmission()
  }

  private static func place(_ turn: Double, _ centre: (x: Double, y: Double), _ radius: Double) -> (
    x: Double, y: Double
  ) {
    let angle = 2 * Double.pi * turn
    return (centre.x + radius * sin(angle), centre.y - radius * cos(angle))
  }
}
