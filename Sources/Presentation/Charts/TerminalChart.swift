import Columnar
import Diagnostics

/// A result as bars of characters: a line a value, for `render` on a terminal.
///
/// Numbers and moments along x are put in order; several series are lines of their own under one name. A
/// chart of more than 40 lines over numbers or moments is drawn as sparklines.
public struct TerminalChart: Sendable {
  private let data: ChartData

  /// A chart of a result with a `render` hint; nil where there is nothing to draw, and for a network and a card, which
  /// are read better as their table.
  public init?(_ table: Table) {
    guard let data = ChartData(table), data.network == nil, data.cards.isEmpty else { return nil }
    self.data = data
  }

  /// The lines, each at most `width` columns, with a line end each.
  public func text(width: Int, colours: Bool) -> String {
    let width = max(20, width)
    var out = ""
    if !data.title.isEmpty {
      out +=
        Ink.bold.applied(to: DisplayWidth.cut(CellText.oneLine(data.title), to: width), if: colours) + "\n"
    }
    let lines = rows()
    if lines.count > Self.mostLines, !isNamed { return out + sparklines(width: width, colours: colours) }
    let numbers = lines.map { $0.value.map { NumberScale.text($0) } ?? "" }
    let number = numbers.map { DisplayWidth.of($0) }.max() ?? 0
    let label = min(lines.map { DisplayWidth.of($0.label) }.max() ?? 0, max(8, width / 3))
    let values = lines.compactMap(\.value)
    let high = max(0, values.max() ?? 0)
    let low = min(0, values.min() ?? 0)
    let room = max(1, width - label - number - 3)
    // Bars below zero get their own share of the room, left of the others.
    let left = low < 0 ? max(1, Int((Double(room) * -low / (high - low)).rounded())) : 0
    let right = max(high > 0 ? 1 : 0, room - left)
    for (line, text) in zip(lines, numbers) {
      let name = DisplayWidth.pad(DisplayWidth.cut(line.label, to: label), to: label)
      let value = line.value ?? 0
      let colour = Self.colours[line.series % Self.colours.count]
      var bar: String
      if value < 0 {
        let filled = max(1, Int((Double(left) * value / low).rounded()))
        bar =
          String(repeating: " ", count: left - filled)
          + Self.ink(String(repeating: "█", count: filled), colour, colours)
        bar += String(repeating: " ", count: right)
      } else {
        let (blocks, columns) = Self.bar(high > 0 ? value / high : 0, columns: right)
        bar = String(repeating: " ", count: left) + Self.ink(blocks, colour, colours)
        bar += String(repeating: " ", count: right - columns)
      }
      let padding = String(repeating: " ", count: max(0, number - DisplayWidth.of(text)))
      out += line.value == nil ? name + "\n" : "\(name) \(bar) \(padding)\(text)\n"
    }
    if !data.omission.isEmpty { out += Ink.faint.applied(to: data.omission, if: colours) + "\n" }
    return out
  }

  /// A longer chart over numbers or moments becomes a line of small bars for each series.
  private static let mostLines = 40

  private var isNamed: Bool {
    if case .categories = data.axis { true } else { false }
  }

  /// For each series its name, a small bar a position (the mean of several where they don't fit), and
  /// the lowest and highest value; below, where the axis begins and ends.
  private func sparklines(width: Int, colours: Bool) -> String {
    let order = ordered()
    var rank = [Int](repeating: 0, count: order.count)
    for (place, position) in order.enumerated() { rank[position] = place }
    let names = data.series.map { CellText.oneLine($0.name) }
    let label = min(names.map { DisplayWidth.of($0) }.max() ?? 0, max(8, width / 4))
    let ranges = data.series.map { series in
      let values = series.points.map(\.value)
      return "\(NumberScale.text(values.min() ?? 0)) … \(NumberScale.text(values.max() ?? 0))"
    }
    let range = ranges.map { DisplayWidth.of($0) }.max() ?? 0
    let room = min(order.count, max(8, width - label - range - 3))
    let all = data.series.flatMap { $0.points.map(\.value) }
    let low = min(0, all.min() ?? 0)
    let span = max((all.max() ?? 0) - low, .leastNormalMagnitude)
    var out = ""
    for (index, series) in data.series.enumerated() {
      var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: room)
      for point in series.points {
        let cell = rank[point.position] * room / max(1, order.count)
        sums[cell] = (sums[cell].sum + point.value, sums[cell].count + 1)
      }
      let bars = sums.map { cell -> Character in
        guard cell.count > 0 else { return " " }
        return Self.levels[min(7, max(0, Int((cell.sum / Double(cell.count) - low) / span * 8)))]
      }
      let name = DisplayWidth.pad(DisplayWidth.cut(names[index], to: label), to: label)
      out +=
        "\(name) \(Self.ink(String(bars), Self.colours[index % Self.colours.count], colours)) \(ranges[index])\n"
    }
    if let first = order.first, let last = order.last {
      let (start, end) = (data.label(first), data.label(last))
      let gap = String(repeating: " ", count: max(1, room - DisplayWidth.of(start) - DisplayWidth.of(end)))
      let axis = String(repeating: " ", count: label + 1) + start + gap + end
      out += Ink.faint.applied(to: DisplayWidth.cut(axis, to: width), if: colours) + "\n"
    }
    return out
  }

  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private struct Line {
    var label: String
    var value: Double?
    var series: Int
  }

  /// The positions in the order in which they are shown.
  private func ordered() -> [Int] {
    switch data.axis {
    case .categories(let names): Array(names.indices)
    case .numbers(let values): values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    case .times(let ticks): ticks.indices.sorted { (ticks[$0], $0) < (ticks[$1], $1) }
    }
  }

  private func rows() -> [Line] {
    let order = ordered()
    var lines: [Line] = []
    for position in order {
      var found: [Line] = []
      for (index, series) in data.series.enumerated() {
        for point in series.points where point.position == position {
          let name = data.series.count > 1 ? "  " + series.name : data.label(position)
          found.append(Line(label: CellText.oneLine(name), value: point.value, series: index))
        }
      }
      if data.series.count > 1, !found.isEmpty {
        lines.append(Line(label: CellText.oneLine(data.label(position)), value: nil, series: 0))
      }
      lines += found
    }
    return lines
  }

  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  private static let colours = ["34", "33", "32", "35", "36", "31"]

  /// Blocks for a share of the columns, in steps of an eighth; anything above nothing is seen.
  private static func bar(_ share: Double, columns: Int) -> (String, Int) {
    let steps = share > 0 ? max(1, Int((share * Double(columns * 8)).rounded())) : 0
    let text = String(repeating: "█", count: steps / 8) + eighths[steps % 8]
    return (text, steps / 8 + (steps % 8 > 0 ? 1 : 0))
  }

  private static func ink(_ text: String, _ colour: String, _ colours: Bool) -> String {
    colours && !text.isEmpty ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }
}
