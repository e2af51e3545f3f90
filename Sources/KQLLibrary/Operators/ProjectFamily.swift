import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// Reads a keyword and a list of column names, which may hold `*`.
private func parsePatterns(_ cursor: inout TokenCursor) throws(DossierError) -> (Place, [NamePattern]) {
  let keyword = cursor.takeKeyword()
  let patterns = try cursor.parseList { cursor throws(DossierError) in
    try cursor.expectNamePattern("a column")
  }
  return (keyword.place, patterns)
}

/// The columns that a pattern covers; one without `*` must exist.
private func matching(
  _ pattern: NamePattern, _ input: any LogicalNode, _ binder: Binder
) throws(DossierError) -> [PlanColumn] {
  if !pattern.isPattern { return [try binder.resolveColumn(pattern.name, in: RowScope(input.columns))] }
  return input.visibleColumns.filter { pattern.matches($0.name) }
}

/// `T | project-away a, b*`: all columns but these.
///
/// - Source: KQL reference, "project-away operator".
struct ProjectAway: QueryOperator, Equatable {
  static let keywords = ["project-away"]
  static let summary = "Leaves columns out."
  static let syntax = "T | project-away column, pattern*, …"
  static let examples = [Example("print a=1, b1=2, b2=3 | project-away b*", "a:long\n1")]
  let place: Place
  let patterns: [NamePattern]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ProjectAway {
    let (place, patterns) = try parsePatterns(&cursor)
    return ProjectAway(place: place, patterns: patterns)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("project-away ")
    printer.list(patterns) { $0.pattern($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var away: Set<ColumnID> = []
    for pattern in patterns {
      do throws(DossierError) {
        for column in try matching(pattern, input, binder) { away.insert(column.id) }
      } catch { binder.record(error) }
    }
    return Project(
      input: input,
      outputs: input.columns.filter { !away.contains($0.id) }.map { Project.Output(keeping: $0) })
  }
}

/// `T | project-keep a, b*`: only these columns, in the table's order.
///
/// - Source: KQL reference, "project-keep operator".
struct ProjectKeep: QueryOperator, Equatable {
  static let keywords = ["project-keep"]
  static let summary = "Keeps columns, in the order of the table."
  static let syntax = "T | project-keep column, pattern*, …"
  static let examples = [Example("print a=1, b1=2, b2=3 | project-keep b*", "b1:long  b2:long\n2  3")]
  let place: Place
  let patterns: [NamePattern]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ProjectKeep {
    let (place, patterns) = try parsePatterns(&cursor)
    return ProjectKeep(place: place, patterns: patterns)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("project-keep ")
    printer.list(patterns) { $0.pattern($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var kept: Set<ColumnID> = []
    for pattern in patterns {
      do throws(DossierError) {
        for column in try matching(pattern, input, binder) { kept.insert(column.id) }
      } catch { binder.record(error) }
    }
    return Project(
      input: input,
      outputs: input.columns.filter { kept.contains($0.id) }.map { column in
        var shown = column
        shown.isHidden = false
        return Project.Output(shown, .column(column, at: place.span))
      })
  }
}

/// `T | project-rename new = old`: the same columns, some under another name.
///
/// - Source: KQL reference, "project-rename operator".
struct ProjectRename: QueryOperator, Equatable {
  static let keywords = ["project-rename"]
  static let summary = "Gives columns other names, in place."
  static let syntax = "T | project-rename new = old, …"
  static let examples = [Example("print a=1, b=2 | project-rename c = a", "c:long  b:long\n1  2")]
  struct Item: Equatable {
    let new: Name
    let old: Name
  }
  let place: Place
  let items: [Item]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ProjectRename {
    let keyword = cursor.takeKeyword()
    let items = try cursor.parseList { cursor throws(DossierError) in
      guard let new = cursor.takeAssignedName() else { throw cursor.unexpected("new = old") }
      return Item(new: new, old: try cursor.expectName("a column"))
    }
    return ProjectRename(place: keyword.place, items: items)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("project-rename ")
    printer.list(items) { printer, item in
      printer.name(item.new)
      printer.write(" = ")
      printer.name(item.old)
    }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var outputs = input.columns.map { Project.Output(keeping: $0) }
    for item in items {
      do throws(DossierError) {
        let column = try binder.resolveColumn(item.old, in: RowScope(input.columns))
        if let clash = input.visibleColumns.first(where: { sameScalars($0.name, item.new.text) }),
          clash.id != column.id,
          !items.contains(where: { sameScalars($0.old.text, clash.name) })
        {
          throw DossierError(
            .duplicateName, "there is a column '\(item.new.text)' already", at: item.new.span)
        }
        if items.last(where: { sameScalars($0.old.text, item.old.text) }) != item {
          throw DossierError(
            .duplicateName, "the column '\(item.old.text)' is renamed twice", at: item.old.span,
            hint: "extend \(item.new.text) = \(item.old.text) copies it")
        }
        for index in outputs.indices where outputs[index].column.id == column.id {
          let renamed = binder.column(item.new.text, column.type)
          outputs[index] = Project.Output(renamed, .column(column, at: item.old.span))
        }
      } catch { binder.record(error) }
    }
    return Project(input: input, outputs: outputs)
  }
}

/// `T | project-reorder b, a*`: the named columns first, then all others.
///
/// - Order: a pattern's columns keep the table's order, unless `asc` or `desc` sorts them by name.
/// - Source: KQL reference, "project-reorder operator".
struct ProjectReorder: QueryOperator, Equatable {
  static let keywords = ["project-reorder"]
  static let summary = "Moves columns to the front, in the order named."
  static let syntax = "T | project-reorder column, pattern* [asc|desc], …"
  static let examples = [
    Example("print a=1, b=2, c=3 | project-reorder c", "c:long  a:long  b:long\n3  1  2")
  ]
  struct Item: Equatable {
    let pattern: NamePattern
    let order: String?
  }
  let place: Place
  let items: [Item]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ProjectReorder {
    let keyword = cursor.takeKeyword()
    let items = try cursor.parseList { cursor throws(DossierError) in
      let pattern = try cursor.expectNamePattern("a column")
      for word in ["asc", "desc"] where cursor.take(word: word) {
        return Item(pattern: pattern, order: word)
      }
      if cursor.at(word: "granny") { return Item(pattern: pattern, order: cursor.takeKeyword().text) }
      return Item(pattern: pattern, order: nil)
    }
    return ProjectReorder(place: keyword.place, items: items)
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("project-reorder ")
    printer.list(items) { printer, item in
      printer.pattern(item.pattern)
      if let order = item.order { printer.write(" " + order) }
    }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var first: [PlanColumn] = []
    for item in items {
      do throws(DossierError) {
        var found = try matching(item.pattern, input, binder).filter { column in
          !first.contains { $0.id == column.id }
        }
        if item.order == "asc" { found.sort { scalarsPrecede($0.name, $1.name) } }
        if item.order == "desc" { found.sort { scalarsPrecede($1.name, $0.name) } }
        if item.order == "granny-asc" { found.sort { scalarsPrecede(natural($0.name), natural($1.name)) } }
        if item.order == "granny-desc" { found.sort { scalarsPrecede(natural($1.name), natural($0.name)) } }
        first += found
      } catch { binder.record(error) }
    }
    let rest = input.columns.filter { column in !first.contains { $0.id == column.id } }
    return Project(input: input, outputs: (first + rest).map { Project.Output(keeping: $0) })
  }
}

/// The name with its numbers padded, so that `a2` comes before `a10`.
private func natural(_ name: String) -> String {
  var result = ""
  var digits = ""
  func flush() {
    if !digits.isEmpty { result += String(repeating: "0", count: max(0, 20 - digits.count)) + digits }
    digits = ""
  }
  for scalar in name.unicodeScalars {
    if ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
    } else {
      flush()
      result.unicodeScalars.append(scalar)
    }
  }
  flush()
  return result
}

/// `T | project-by-names "a", dynamic(["b"])`: the columns whose names the values give, those that exist.
///
/// - Source: KQL reference, "project-by-names operator".
struct ProjectByNames: QueryOperator, Equatable {
  static let keywords = ["project-by-names"]
  static let summary = "Gives the columns whose names are listed in constant values."
  static let syntax = "T | project-by-names value, …"
  static let examples = [
    Example("print a=1, b=2, c=3 | project-by-names dynamic(['c','a'])", "c:long  a:long\n3  1")
  ]
  let place: Place
  let items: [Expression]

  static func parse(_ cursor: inout TokenCursor) throws(DossierError) -> ProjectByNames {
    let keyword = cursor.takeKeyword()
    return ProjectByNames(
      place: keyword.place,
      items: try cursor.parseList { cursor throws(DossierError) in try cursor.parseExpression() })
  }

  func print(to printer: inout SyntaxPrinter) {
    printer.write("project-by-names ")
    printer.list(items) { $0.expression($1) }
  }

  func bind(over input: (any LogicalNode)?, _ binder: Binder) throws(DossierError) -> any LogicalNode {
    let input = try required(input)
    var names: [NamePattern] = []
    for item in items {
      let (value, _) = try binder.bindConstant(item, "project-by-names takes names, which")
      let texts: [String]
      switch value {
      case .dynamic(.array(let elements)): texts = elements.map(\.text)
      default: texts = [value.text]
      }
      names += texts.map { NamePattern(name: Name($0, at: item.span), isPattern: $0.contains("*")) }
    }
    var found: [PlanColumn] = []
    for name in names {
      for column in input.visibleColumns
      where name.matches(column.name) && !found.contains(where: { $0.id == column.id }) {
        found.append(column)
      }
    }
    return Project(input: input, outputs: found.map { Project.Output(keeping: $0) })
  }
}
