import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | project a, b = x + 1`: the named columns and nothing else.
///
/// - Output: a column an item, in their order; a computed one without a name is `Column1`, `Column2`…
/// - Source: KQL reference, "project operator".
struct ProjectStep: QueryOperator, Equatable {
  static let keywords = ["project"]
  static let summary = "Gives the named columns and nothing else, computing new ones."
  static let syntax = "T | project column, name = value, …"
  static let examples = [Example("print a=1, b=2 | project b, c = a + b", "b:long  c:long\n2  3")]
  let place: Place
  let items: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ProjectStep {
    let keyword = cursor.takeKeyword()
    if cursor.atStepEnd { return ProjectStep(place: keyword.place, items: []) }
    return ProjectStep(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("project ")
    printer.list(items) { $0.named($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let outputs = binder.bindOutputs(items, in: RowScope(input.columns), naming: .numbered)
    return try makeProject(outputs, over: input, binder)
  }
}

/// `T | extend b = x + 1`: all columns, and computed ones after them; one of a known name replaces it.
///
/// - Source: KQL reference, "extend operator".
struct Extend: QueryOperator, Equatable {
  static let keywords = ["extend"]
  static let summary = "Adds computed columns; one with a known name takes that column's place."
  static let syntax = "T | extend name = value, …"
  static let examples = [Example("print a=1 | extend b = a + 1", "a:long  b:long\n1  2")]
  let place: Place
  let items: [NamedExpression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> Extend {
    let keyword = cursor.takeKeyword()
    return Extend(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try cursor.parseNamedExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("extend ")
    printer.list(items) { $0.named($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    let added = binder.bindOutputs(items, in: RowScope(input.columns), naming: .numbered)
    var outputs = input.columns.map { Project.Output(keeping: $0) }
    for output in added {
      if let position = outputs.firstIndex(where: {
        !$0.column.isHidden && sameScalars($0.column.name, output.column.name)
      }
      ) {
        outputs[position] = output
      } else {
        let firstHidden = outputs.firstIndex { $0.column.isHidden } ?? outputs.count
        outputs.insert(output, at: firstHidden)
      }
    }
    return try makeProject(outputs, over: input, binder)
  }
}

/// A projection whose window functions have become columns of their own.
func makeProject(
  _ outputs: [Project.Output], over input: any LogicalNode, _ binder: Binder
) throws(DossierError) -> any LogicalNode {
  do throws(DossierError) {
    let (plan, values) = try binder.extractWindows(outputs.map(\.value), over: input)
    return Project(
      input: plan, outputs: zip(outputs, values).map { Project.Output($0.column, $1) })
  } catch {
    binder.record(error)
    return Project(
      input: input,
      outputs: outputs.map {
        var marked = $0.column
        marked.isErroneous = true
        return Project.Output(marked, $0.value)
      })
  }
}
