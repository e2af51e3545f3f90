import Columnar

/// `render card`: the first row's values, large, each under its column's name.
extension ChartData {
  /// What one column of the row says.
  struct Card: Sendable, Equatable {
    var name: String
    var text: String
  }

  /// The cards of a result's first row.
  init(cardsOf table: Table, _ hint: Visualization) {
    kind = "card"
    title = hint["title"] ?? ""
    (xTitle, xName, yTitle, omission, isStacked) = ("", "", "", "", false)
    let fields = Array(table.schema.fields.prefix(Self.mostSeries))
    axis = .categories(fields.map(\.name))
    series = []
    cards = fields.indices.map { column in
      let value = table.value(row: 0, column: column)
      let text = Self.number(value).map { NumberScale.text($0) } ?? CellText.display(value)
      return Card(name: fields[column].name, text: CellText.oneLine(text, limit: 200))
    }
    let left = table.schema.fields.count - fields.count
    if left > 0 { omission = "Not shown: \(left) more \(left == 1 ? "column" : "columns")" }
  }
}

extension ChartCanvas {
  /// What the large letters are reckoned with: 28 pixels, and a quarter more as they are bold.
  private static let size = 35.0

  mutating func drawCards() {
    let gap = 12.0
    let room = width - 2 * Self.margin
    var x = Self.margin
    for card in data.cards {
      let needed = max(SVGWriter.width(card.text, size: Self.size), SVGWriter.width(card.name)) + 28
      let wide = min(max(120, needed), room)
      if x > Self.margin, x + wide > width - Self.margin {
        x = Self.margin
        height += 74 + gap
      }
      let n = SVGWriter.number
      svg.mark(
        "rect",
        "class=\"card\" x=\"\(n(x))\" y=\"\(n(height))\" width=\"\(n(wide))\" height=\"74\" rx=\"6\"", row: 0,
        tip: "\(card.name): \(card.text)")
      svg.text(SVGWriter.cut(card.name, to: wide - 24), x + 14, height + 22, class: "soft")
      svg.text(
        SVGWriter.cut(card.text, to: wide - 24, size: Self.size), x + 14, height + 56, class: "big")
      x += wide + gap
    }
    height += 74 + 8
    drawOmission()
  }
}
