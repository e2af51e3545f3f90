import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | render columnchart with (title="…")`: says how the result asks to be drawn.
///
/// - Output: the input as it is; the hint is the result's `visualization`.
/// - Source: KQL reference, "render operator".
struct Render: QueryOperator, Equatable {
  static let keywords = ["render"]
  static let keepsColumns = true
  static let summary = "Asks for the result to be drawn as a chart."
  static let syntax = "T | render chart [with (property=value, …)]"
  static let examples = [Example("print a=1 | render table", "a:long\n1")]
  struct Property: Equatable {
    let name: Name
    let values: [Expression]
  }
  let place: Place
  let chart: Name
  let properties: [Property]

  /// The documented charts, each with the values that its `kind` may have.
  static let charts: [(name: String, kinds: [String])] = [
    ("table", []), ("anomalychart", []), ("areachart", stacks), ("barchart", stacks), ("card", []),
    ("columnchart", stacks), ("graph", []), ("ladderchart", []), ("linechart", []), ("piechart", ["map"]),
    ("pivotchart", []), ("plotly", []), ("scatterchart", ["map"]), ("stackedareachart", []),
    ("timechart", []),
    ("timepivot", []), ("treemap", []),
  ]
  private static let stacks = ["default", "unstacked", "stacked", "stacked100"]

  /// The documented properties, each with the words that it may have; none for names, texts and numbers.
  static let properties: [(name: String, words: [String])] = [
    ("accumulate", ["true", "false"]), ("anomalycolumns", []), ("kind", []),
    ("legend", ["visible", "hidden"]),
    ("series", []), ("title", []), ("xaxis", ["linear", "log"]), ("xcolumn", []), ("xtitle", []),
    ("yaxis", ["linear", "log"]), ("ycolumns", []), ("ymax", []), ("ymin", []),
    ("ysplit", ["none", "axes", "panels"]), ("ytitle", []),
  ]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Render {
    let keyword = cursor.takeKeyword()
    let chart = try cursor.expectName("a chart")
    guard charts.contains(where: { $0.name == chart.text }) else {
      let names = charts.map(\.name)
      let near = nearestName(to: chart.text, among: names)
      throw DossierError(
        .unknownKind, "there is no chart '\(chart.text)'", at: chart.span,
        hint: near.map { "did you mean \($0)?" } ?? names.joined(separator: ", "))
    }
    var properties: [Property] = []
    if cursor.take(word: "with") {
      try cursor.expect("(")
      while !cursor.at(")") {
        guard let name = cursor.takeAssignedName() else { throw cursor.unexpected("property = value") }
        var values = [try cursor.parseExpression()]
        while cursor.at(","), !(cursor.peek(2).kind == .sign && cursor.peek(2).text == "=") {
          cursor.advance()
          if cursor.at(")") { break }
          values.append(try cursor.parseExpression())
        }
        properties.append(Property(name: name, values: values))
        cursor.take(",")
      }
      try cursor.expect(")")
    }
    return Render(place: keyword.place, chart: chart, properties: properties)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("render \(chart.text)")
    if properties.isEmpty { return }
    printer.write(" with (")
    printer.list(properties) { printer, property in
      printer.name(property.name)
      printer.write("=")
      printer.list(property.values) { $0.expression($1) }
    }
    printer.write(")")
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var shown: [(name: String, value: String)] = []
    for property in properties {
      do throws(DossierError) {
        shown.append((property.name.text, try value(of: property, over: input, binder)))
      } catch { binder.record(error) }
    }
    binder.visualization = Visualization(kind: chart.text, properties: shown)
    return input
  }

  /// The value as text, checked: only documented properties, words that they have, columns that there are.
  private func value(
    of property: Property, over input: any LogicalNode, _ binder: Binder
  ) throws(DossierError) -> String {
    let name = property.name.text.lowercased()
    guard let known = Self.properties.first(where: { $0.name == name }) else {
      let near = nearestName(to: name, among: Self.properties.map(\.name))
      throw DossierError(
        .unknownParameter, "render has no property '\(property.name.text)'", at: property.name.span,
        hint: near.map { "did you mean \($0)?" } ?? Self.properties.map(\.name).joined(separator: ", "))
    }
    var texts: [String] = []
    let isColumns = ["xcolumn", "ycolumns", "series", "anomalycolumns"].contains(name)
    for value in property.values {
      if case .name(let word) = value.kind {
        if isColumns { _ = try binder.resolveColumn(word, in: RowScope(input.columns)) }
        texts.append(word.text)
      } else {
        texts.append(try binder.bindConstant(value, "a property of render").0.text)
      }
    }
    let text = texts.joined(separator: ",")
    let words =
      name == "kind" ? Self.charts.first { $0.name == chart.text }?.kinds ?? [] : known.words
    if name == "kind" || !words.isEmpty, !words.contains(text) {
      let what = name == "kind" ? "\(chart.text) has no kind" : "\(name) can't be"
      throw DossierError(
        .unknownKind, "\(what) '\(text)'", at: property.values[0].span,
        hint: words.isEmpty ? "leave kind out" : words.joined(separator: ", "))
    }
    return text
  }
}
