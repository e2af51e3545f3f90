import Columnar

/// What a `render` draws: which columns are labels, series and values.
struct ChartShape {
  /// The chart's name in `render`.
  let kind: String
  let title: String?
  /// The column of labels, or of places on the horizontal axis.
  let x: Int
  /// The columns of numbers.
  let values: [Int]
  /// Columns whose values tell series apart.
  let series: [Int]

  /// The charts that can be drawn as bars of text.
  static let kinds: Set<String> = [
    "barchart", "columnchart", "timechart", "linechart", "areachart", "stackedareachart", "piechart",
    "scatterchart", "anomalychart",
  ]

  /// The shape of a table that asks to be drawn; nil if it doesn't, or if no column has numbers.
  init?(_ table: Table) {
    guard let asked = table.visualization, Self.kinds.contains(asked.kind), table.schema.count > 1 else {
      return nil
    }
    func columns(_ property: String) -> [Int]? {
      guard let text = asked[property] else { return nil }
      let found = text.split(separator: ",").compactMap { name in
        table.schema.index(of: String(name.drop { $0 == " " }))
      }
      return found.isEmpty ? nil : found
    }
    kind = asked.kind
    title = asked["title"]
    let x = columns("xcolumn")?.first ?? Self.defaultX(table.schema, kind: asked.kind)
    self.x = x
    let values =
      columns("ycolumns")
      ?? table.schema.fields.indices.filter { $0 != x && table.schema[$0].type.isNumeric }
    guard !values.isEmpty else { return nil }
    self.values = values
    series =
      columns("series")
      ?? table.schema.fields.indices.filter { $0 != x && table.schema[$0].type == .string }
  }

  /// Time charts lie on the first datetime, all others on the first column.
  private static func defaultX(_ schema: Schema, kind: String) -> Int {
    guard kind == "timechart" || kind == "linechart" || kind == "areachart" else { return 0 }
    return schema.fields.firstIndex { $0.type == .datetime } ?? 0
  }

  /// A number, or nil for none or an infinite one.
  static func number(_ value: Value) -> Double? {
    switch value {
    case .long(let number): Double(number)
    case .real(let number): number.isFinite ? number : nil
    case .decimal: Double(value.text)
    default: nil
    }
  }
}
