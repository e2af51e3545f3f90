import Columnar
import Diagnostics

/// Who is tied to whom: what `render graph` shows. Each row of the result is a tie between the names in its first two
/// text columns; `xcolumn` and `ycolumns` name others. Its first number says how strong it is; without one each row
/// counts as one.
public struct Network: Sendable, Equatable {
  /// A tie from one node to another: all rows that name the two in this order.
  public struct Tie: Sendable, Equatable {
    /// Indices into the chart's axis.
    public var from: Int, to: Int
    /// The sum of the rows' numbers.
    public var weight: Double
    /// The first of the rows, from 0.
    public var row: Int
  }

  /// In the order of their first rows.
  public var ties: [Tie] = []

  /// The most nodes that are drawn, those with the strongest ties; the others are left out and counted.
  static let mostNodes = 40
}

extension ChartData {
  /// The network that a result's rows make; nil where it has no two text columns, or no row ties two names.
  init?(networkOf table: Table, _ hint: Visualization) {
    let fields = table.schema.fields
    let texts = fields.indices.filter { fields[$0].type == .string }
    func named(_ property: String) -> Int? { hint[property].flatMap { table.schema.index(of: $0) } }
    guard let source = named("xcolumn") ?? texts.first,
      let target = named("ycolumns") ?? texts.first(where: { $0 != source })
    else { return nil }
    let number = fields.indices.first { fields[$0].type.isNumeric && $0 != source && $0 != target }
    var names: [String] = []
    var places: [[UInt8]: Int] = [:]
    func place(of name: String) -> Int {
      let key = Array(name.utf8)
      if let known = places[key] { return known }
      places[key] = names.count
      names.append(name)
      return names.count - 1
    }
    var network = Network()
    var ties: [[Int]: Int] = [:]
    var strengths: [Double] = []
    for row in 0..<table.rowCount {
      func name(_ column: Int) -> String {
        CellText.oneLine(CellText.display(table.value(row: row, column: column)), limit: 80)
      }
      let (one, other) = (name(source), name(target))
      let weight = number.map { Self.number(table.value(row: row, column: $0)) ?? 0 } ?? 1
      guard !one.isEmpty, !other.isEmpty, !sameScalars(one, other), weight > 0 else { continue }
      let (from, to) = (place(of: one), place(of: other))
      strengths += Array(repeating: 0, count: names.count - strengths.count)
      strengths[from] += weight
      strengths[to] += weight
      if let known = ties[[from, to]] {
        network.ties[known].weight += weight
      } else {
        ties[[from, to]] = network.ties.count
        network.ties.append(Network.Tie(from: from, to: to, weight: weight, row: row))
      }
    }
    guard !network.ties.isEmpty else { return nil }
    kind = "graph"
    title = hint["title"] ?? ""
    (xTitle, xName) = (fields[source].name, fields[source].name)
    yTitle = fields[target].name
    isStacked = false
    omission = ""
    // The strongest stay; what is left of the ties decides what is drawn of them.
    let order = names.indices.sorted { (strengths[$1], $0) < (strengths[$0], $1) }
    let kept = Array(order.prefix(Network.mostNodes))
    if kept.count < names.count { omission = "Not shown: \(grouped(names.count - kept.count)) more" }
    let moved = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    network.ties = network.ties.compactMap { tie in
      guard let from = moved[tie.from], let to = moved[tie.to] else { return nil }
      return Network.Tie(from: from, to: to, weight: tie.weight, row: tie.row)
    }
    axis = .categories(kept.map { names[$0] })
    let name = number.map { fields[$0].name } ?? "ties"
    // Where a node's mark leads to: its first row.
    let points = kept.enumerated().map { place, old in
      Point(
        position: place, value: strengths[old],
        row: network.ties.first { $0.from == place || $0.to == place }?.row ?? 0)
    }
    series = [Series(name: name, points: points)]
    self.network = network
  }
}

/// Places for the nodes of a network: tied ones near each other, all of them apart.
///
/// Springs and repulsion with a fixed start and a fixed number of steps, by additions, products, quotients and square
/// roots alone, which every machine rounds alike.
/// - Source: Fruchterman and Reingold, "Graph drawing by force-directed placement", 1991.
struct NetworkLayout {
  /// Between 0 and 1 in both directions, a place a node.
  private(set) var places: [(x: Double, y: Double)]

  private static let steps = 240

  init(count: Int, ties: [Network.Tie]) {
    places = Self.start(count)
    let strongest = ties.map(\.weight).max() ?? 1
    // The wanted distance of tied nodes, where all share a square of side 1.
    let distance = (1 / Double(max(1, count))).squareRoot()
    var reach = 0.12
    for _ in 0..<Self.steps {
      var moves = [(x: Double, y: Double)](repeating: (0, 0), count: count)
      for one in 0..<count {
        for other in (one + 1)..<max(one + 1, count) {
          let (x, y) = (places[one].x - places[other].x, places[one].y - places[other].y)
          let force = distance * distance / max(x * x + y * y, 1e-6)
          moves[one] = (moves[one].x + x * force, moves[one].y + y * force)
          moves[other] = (moves[other].x - x * force, moves[other].y - y * force)
        }
        // What is tied to nothing else stays in sight.
        moves[one] = (moves[one].x - places[one].x * 0.6, moves[one].y - places[one].y * 0.6)
      }
      for tie in ties {
        let (x, y) = (places[tie.from].x - places[tie.to].x, places[tie.from].y - places[tie.to].y)
        let force = (x * x + y * y).squareRoot() / distance * (0.5 + tie.weight / strongest / 2)
        moves[tie.from] = (moves[tie.from].x - x * force, moves[tie.from].y - y * force)
        moves[tie.to] = (moves[tie.to].x + x * force, moves[tie.to].y + y * force)
      }
      for node in 0..<count {
        let (x, y) = moves[node]
        let length = max((x * x + y * y).squareRoot(), 1e-9)
        let share = min(length, reach) / length
        places[node] = (places[node].x + x * share, places[node].y + y * share)
      }
      reach *= 0.985
    }
    fit()
  }

  /// A spiral whose turns fill a disc evenly, the first nodes in the middle.
  private static func start(_ count: Int) -> [(x: Double, y: Double)] {
    // Cosine and sine of the golden angle.
    let (cosine, sine) = (-0.737_368_878_078_319_7, 0.675_490_294_261_523_8)
    var (x, y) = (1.0, 0.0)
    return (0..<count).map { node in
      let radius = ((Double(node) + 0.5) / Double(count)).squareRoot() / 2
      defer { (x, y) = (x * cosine - y * sine, x * sine + y * cosine) }
      return (x * radius, y * radius)
    }
  }

  private mutating func fit() {
    func stretched(_ values: [Double]) -> [Double] {
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      return values.map { high > low ? ($0 - low) / (high - low) : 0.5 }
    }
    let (across, down) = (stretched(places.map(\.x)), stretched(places.map(\.y)))
    places = zip(across, down).map { ($0, $1) }
  }
}

/// A network: nodes as circles, ties as lines with arrow heads, both the larger the stronger.
extension ChartCanvas {
  mutating func drawNetwork() {
    guard let network = data.network, let nodes = data.series.first?.points else { return }
    let layout = NetworkLayout(count: nodes.count, ties: network.ties)
    let tall = min(560, max(180, width * (width < 480 ? 1.1 : 0.62) * min(1, 0.4 + Double(nodes.count) / 30)))
    let side = min(70, width * 0.14)
    let (left, top, across) = (Self.margin + side, height + 20, width - 2 * (Self.margin + side))
    let centres = layout.places.map { (x: left + $0.x * across, y: top + $0.y * tall) }
    let most = nodes.map(\.value).max() ?? 1
    let radii = nodes.map { 4 + 9 * ($0.value / most).squareRoot() }
    let strongest = network.ties.map(\.weight).max() ?? 1
    for tie in network.ties {
      draw(tie, of: strongest, from: centres[tie.from], to: centres[tie.to], radius: radii[tie.to])
    }
    for node in nodes {
      let place = centres[node.position]
      let n = SVGWriter.number
      svg.mark(
        "circle",
        "cx=\"\(n(place.x))\" cy=\"\(n(place.y))\" r=\"\(n(radii[node.position]))\" fill=\"\(colour(0))\" class=\"dot\"",
        row: node.row, tip: tip(0, node))
    }
    drawNames(centres, radii)
    height = top + tall + 24
    drawOmission()
  }

  private mutating func draw(
    _ tie: Network.Tie, of strongest: Double, from start: (x: Double, y: Double),
    to end: (x: Double, y: Double), radius: Double
  ) {
    let n = SVGWriter.number
    let (x, y) = (end.x - start.x, end.y - start.y)
    let length = max((x * x + y * y).squareRoot(), 1e-6)
    let (across, down) = (x / length, y / length)
    let thickness = 1 + 3 * tie.weight / strongest
    let head = 5 + thickness
    // The line ends where the head begins, the head at the circle's edge.
    let point = (x: end.x - across * (radius + 1), y: end.y - down * (radius + 1))
    let base = (x: point.x - across * head, y: point.y - down * head)
    let half = head / 2
    let path =
      "M\(n(start.x)) \(n(start.y)) L\(n(base.x)) \(n(base.y)) M\(n(point.x)) \(n(point.y)) "
      + "L\(n(base.x - down * half)) \(n(base.y + across * half)) "
      + "L\(n(base.x + down * half)) \(n(base.y - across * half)) Z"
    let tip = "\(data.label(tie.from)) → \(data.label(tie.to)): \(NumberScale.text(tie.weight))"
    svg.mark(
      "path", "d=\"\(path)\" class=\"tie\" stroke-width=\"\(n(thickness))\"", row: tie.row, tip: tip)
  }

  /// Names beside their nodes, the strongest first, each where it covers neither a node nor another name; one that
  /// finds no room is only in its node's tip.
  private mutating func drawNames(_ centres: [(x: Double, y: Double)], _ radii: [Double]) {
    typealias Box = (left: Double, top: Double, right: Double, bottom: Double)
    func meet(_ a: Box, _ b: Box) -> Bool {
      a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    }
    var taken: [Box] = zip(centres, radii).map {
      ($0.x - $1 - 1, $0.y - $1 - 1, $0.x + $1 + 1, $0.y + $1 + 1)
    }
    for node in centres.indices {
      let name = SVGWriter.cut(data.label(node), to: min(180, width * 0.42))
      let length = SVGWriter.width(name)
      let (x, y, gap) = (centres[node].x, centres[node].y, radii[node] + 5)
      let choices: [(x: Double, y: Double, anchor: SVGWriter.Anchor)] = [
        (x + gap, y + 4, .start), (x - gap, y + 4, .end), (x, y + gap + 9, .middle), (x, y - gap, .middle),
        (x + gap, y + gap + 4, .start), (x - gap, y - gap + 2, .end), (x + gap, y - gap + 2, .start),
        (x - gap, y + gap + 4, .end),
      ]
      for choice in choices {
        let start =
          choice.anchor == .start
          ? choice.x : choice.anchor == .end ? choice.x - length : choice.x - length / 2
        let box: Box = (start - 2, choice.y - 11, start + length + 2, choice.y + 4)
        guard box.left >= 2, box.right <= width - 2, !taken.contains(where: { meet($0, box) }) else {
          continue
        }
        svg.text(name, choice.x, choice.y, anchor: choice.anchor, class: "name")
        taken.append(box)
        break
      }
    }
  }
}
