import Columnar
import Diagnostics

/// What a chart shows, taken from a result and its `render`: an x axis and one or more series.
///
/// KQL's rules: `xcolumn`, `ycolumns` and `series` name the columns; else x is the first column (the
/// first datetime for a time chart), each numeric column a series, and text columns besides x split the
/// rows into series, in the order of their first rows.
public struct ChartData: Sendable {
  /// The positions along the x axis.
  public enum Axis: Sendable, Equatable {
    /// Names, in the order of their first rows.
    case categories([String])
    /// Numbers.
    case numbers([Double])
    /// Ticks of 100 ns.
    case times([Int64])

    /// How many positions there are.
    public var count: Int {
      switch self {
      case .categories(let names): names.count
      case .numbers(let values): values.count
      case .times(let ticks): ticks.count
      }
    }
  }

  /// A value with its position on the x axis and the row it came from.
  public struct Point: Sendable, Equatable {
    /// Index into the axis.
    public var position: Int
    /// The value.
    public var value: Double
    /// The row of the result, from 0.
    public var row: Int
  }

  /// Points under one name.
  public struct Series: Sendable {
    /// The name in the legend.
    public var name: String
    /// The points, in the order of the rows; missing values have none.
    public var points: [Point]
  }

  /// The kind as written in `render`, lower case.
  public var kind: String
  /// The title; empty for none.
  public var title: String
  /// Name of the x axis.
  public var xTitle: String
  /// Name of the y axis.
  public var yTitle: String
  /// What x is, where the axis has no name.
  var xName: String
  /// Positions along x.
  public var axis: Axis
  /// At least one; none for a card.
  public var series: [Series]
  /// Bars or areas stand on each other.
  public var isStacked: Bool
  /// What was left out, in words; empty for nothing.
  public var omission: String
  /// The ties between the positions of the axis, for a network; nil for all other charts.
  public var network: Network?
  /// What is shown of the first row, for a card; none for all other charts.
  var cards: [Card] = []

  /// The most positions of a chart with names; the others are left out and counted.
  static let mostCategories = 50
  /// The most series; the others are left out and counted.
  static let mostSeries = 12

  /// What the result's `render` asks for. Nil where it asks for a table, or has no column that can be
  /// drawn.
  public init?(_ table: Table) {
    guard let hint = table.visualization else { return nil }
    self.init(table, hint)
  }

  /// What a hint asks for.
  public init?(_ table: Table, _ hint: Visualization) {
    kind = hint.kind.lowercased()
    if kind == "graph" {
      guard let network = ChartData(networkOf: table, hint) else { return nil }
      self = network
      return
    }
    guard kind.hasSuffix("chart") || kind == "treemap" || kind == "card", table.rowCount > 0 else {
      return nil
    }
    if kind == "card" {
      self = ChartData(cardsOf: table, hint)
      return
    }
    let fields = table.schema.fields
    func column(_ name: String) -> Int? { table.schema.index(of: name.trimmed) }
    let drawable = fields.indices.filter { Self.isDrawable(fields[$0].type) }
    let x =
      hint["xcolumn"].flatMap(column)
      ?? (kind == "timechart" ? fields.firstIndex { $0.type == .datetime } : nil)
      ?? (kind == "scatterchart" || kind == "linechart"
        ? fields.firstIndex { $0.type == .datetime || ($0.type.isNumeric && drawable.count > 1) } : nil) ?? 0
    guard fields.indices.contains(x) else { return nil }
    let named = hint["ycolumns"].map { $0.split(separator: ",").compactMap { column(String($0)) } } ?? []
    let values =
      named.isEmpty ? fields.indices.filter { $0 != x && Self.isDrawable(fields[$0].type) } : named
    guard !values.isEmpty else { return nil }
    let split =
      hint["series"].map { $0.split(separator: ",").compactMap { column(String($0)) } }
      ?? fields.indices.filter { $0 != x && !values.contains($0) && fields[$0].type == .string }

    title = hint["title"] ?? ""
    xTitle = hint["xtitle"] ?? fields[x].name
    xName = fields[x].name
    yTitle = hint["ytitle"] ?? (values.count == 1 ? fields[values[0]].name : "")
    isStacked = hint["kind"].map { $0.lowercased().hasPrefix("stacked") } ?? (kind == "stackedareachart")
    omission = ""
    var positions = AxisBuilder(type: kind == "piechart" || kind == "treemap" ? .string : fields[x].type)
    var found: [Series] = []
    var indices: [[UInt8]: Int] = [:]
    for row in 0..<table.rowCount {
      guard let position = positions.position(of: table.value(row: row, column: x)) else { continue }
      let group = split.map {
        CellText.oneLine(CellText.display(table.value(row: row, column: $0)), limit: 80)
      }
      for value in values {
        guard let number = Self.number(table.value(row: row, column: value)) else { continue }
        let parts = group + (values.count > 1 || group.isEmpty ? [fields[value].name] : [])
        let name = parts.joined(separator: " · ")
        let key = Array(name.utf8)
        let index = indices[key] ?? found.count
        if index == found.count {
          found.append(Series(name: name, points: []))
          indices[key] = index
        }
        found[index].points.append(Point(position: position, value: number, row: row))
      }
    }
    guard !found.isEmpty else { return nil }
    axis = positions.axis
    series = found
    leaveOut()
  }

  private mutating func leaveOut() {
    var words: [String] = []
    if case .categories(let names) = axis, names.count > Self.mostCategories {
      axis = .categories(Array(names.prefix(Self.mostCategories)))
      for index in series.indices { series[index].points.removeAll { $0.position >= Self.mostCategories } }
      words.append("\(grouped(names.count - Self.mostCategories)) more on the axis")
    }
    if series.count > Self.mostSeries {
      words.append("\(grouped(series.count - Self.mostSeries)) more series")
      series = Array(series.prefix(Self.mostSeries))
    }
    if !words.isEmpty { omission = "Not shown: " + words.joined(separator: ", ") }
  }

  private static func isDrawable(_ type: ScalarType) -> Bool { type.isNumeric || type == .timespan }

  static func number(_ value: Value) -> Double? {
    switch value {
    case .long(let number): Double(number)
    case .real(let number): number.isFinite ? number : nil
    case .decimal(let number): Double("\(number)")
    // Timespans are drawn in hours.
    case .timespan(let ticks): Double(ticks) / Double(Ticks.perHour)
    case .bool(let flag): flag ? 1 : 0
    default: nil
    }
  }

  /// The position's name for people.
  func label(_ position: Int) -> String {
    switch axis {
    case .categories(let names): names[position]
    case .numbers(let values): NumberScale.text(values[position])
    case .times(let ticks): CellText.display(.datetime(ticks[position]))
    }
  }
}

/// Positions in the order of their first rows.
private struct AxisBuilder {
  private var names: [String] = []
  private var numbers: [Double] = []
  private var ticks: [Int64] = []
  private var seen: [[UInt8]: Int] = [:]
  private let type: ScalarType

  init(type: ScalarType) { self.type = type }

  mutating func position(of value: Value) -> Int? {
    switch (type, value) {
    case (.datetime, .datetime(let tick)):
      let (index, isNew) = place("\(tick)")
      if isNew { ticks.append(tick) }
      return index
    case (.int, .long(let number)), (.long, .long(let number)): return place(Double(number))
    case (.real, .real(let number)): return number.isFinite ? place(number) : nil
    case (.datetime, _), (.int, _), (.long, _), (.real, _): return nil
    default:
      let name = CellText.oneLine(CellText.display(value), limit: 200)
      let (index, isNew) = place(name)
      if isNew { names.append(name) }
      return index
    }
  }

  private mutating func place(_ number: Double) -> Int {
    let (index, isNew) = place("\(number)")
    if isNew { numbers.append(number) }
    return index
  }

  /// Names are told apart by their bytes.
  private mutating func place(_ key: String) -> (index: Int, isNew: Bool) {
    let key = Array(key.utf8)
    if let known = seen[key] { return (known, false) }
    seen[key] = seen.count
    return (seen.count - 1, true)
  }

  var axis: ChartData.Axis {
    switch type {
    case .datetime: .times(ticks)
    case .int, .long, .real: .numbers(numbers)
    default: .categories(names)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " || text.first == "'" || text.first == "\"" { text.removeFirst() }
    while text.last == " " || text.last == "'" || text.last == "\"" { text.removeLast() }
    return String(text)
  }
}
