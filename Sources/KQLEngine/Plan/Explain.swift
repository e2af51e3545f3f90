import Columnar
import Diagnostics

/// An expression as text, for `explain`.
func explain(_ expression: BoundExpression, _ columns: [PlanColumn]) -> String {
  func show(_ inner: BoundExpression) -> String {
    switch inner.kind {
    case .arithmetic, .comparison, .and, .or, .stringMatch: "(" + explain(inner, columns) + ")"
    default: explain(inner, columns)
    }
  }
  switch expression.kind {
  case .constant(let value):
    if case .string(let text) = value { return "\"\(text)\"" }
    return value.isNull ? "null" : value.text
  case .column(let id): return columns.first { $0.id == id }?.name ?? "#\(id.number)"
  case .call(let function, let arguments):
    return function.name + "(" + arguments.map { explain($0, columns) }.joined(separator: ", ") + ")"
  case .arithmetic(let op, let a, let b): return show(a) + " \(op.rawValue) " + show(b)
  case .comparison(let op, let a, let b): return show(a) + " \(op.rawValue) " + show(b)
  case .stringMatch(let match, let a, let b):
    let name = (match.isNegated ? "!" : "") + match.kind.rawValue + (match.isCaseSensitive ? "_cs" : "")
    return show(a) + " \(name) " + show(b)
  case .list(let match, let negated, let value, let items):
    return show(value) + (negated ? " !" : " ") + "\(match) ("
      + items.map { explain($0, columns) }.joined(separator: ", ") + ")"
  case .inTable(let match, let negated, let value, let table):
    return show(value) + (negated ? " !" : " ") + "\(match == .equal ? "in" : "\(match)") #\(table.number)"
  case .and(let a, let b): return show(a) + " and " + show(b)
  case .or(let a, let b): return show(a) + " or " + show(b)
  case .not(let a): return "not(" + explain(a, columns) + ")"
  case .convert(let a): return "to_\(expression.type.rawValue)(" + explain(a, columns) + ")"
  case .member(let a, let key): return show(a) + "." + key
  case .index(let a, let b): return show(a) + "[" + explain(b, columns) + "]"
  case .scalar(let subquery): return "toscalar(#\(subquery.number))"
  case .erroneous: return "?"
  }
}

/// A plan as a tree of lines, inputs indented below what reads them.
func explain(_ plan: any LogicalNode, indent: Int = 0) -> String {
  let line = indentation(indent) + titled(plan.title, plan.detail)
  return ([line] + plan.inputs.map { explain($0, indent: indent + 1) }).joined(separator: "\n")
}

/// The operators that run a plan, as a tree of lines.
func explainPhysical(_ plan: any LogicalNode, _ settings: ExecutionSettings, indent: Int = 0) -> String {
  if let chain = MorselChain(plan, settings), chain.computes {
    var lines = [indentation(indent) + MorselChain.title(settings)]
    for (depth, node) in chain.nodes.enumerated() {
      lines.append(indentation(indent + depth + 1) + physicalTitle(of: node))
      for other in (node as? any RowwiseNode)?.besides ?? [] {
        lines.append(explainPhysical(other, settings, indent: indent + depth + 2))
      }
    }
    return lines.joined(separator: "\n")
  }
  let line = indentation(indent) + physicalTitle(of: plan)
  return ([line] + plan.inputs.map { explainPhysical($0, settings, indent: indent + 1) })
    .joined(separator: "\n")
}

/// What `explain` says of the operator that runs a node.
func physicalTitle(of node: any LogicalNode) -> String { titled(node.algorithm, node.detail) }

private func titled(_ title: String, _ detail: String) -> String {
  detail.isEmpty ? title : title + " " + detail
}

private func indentation(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

extension Engine {
  /// The plan as bound, and the operators that would run it, with their subqueries, as text. Runs nothing.
  public func explain(_ query: CompiledQuery, settings: ExecutionSettings) -> String {
    var text = "Logical plan\n" + KQLEngine.explain(query.boundPlan, indent: 1)
    for subquery in query.subqueries {
      text += "\nSubquery #\(subquery.number)\n" + KQLEngine.explain(subquery.bound, indent: 1)
    }
    text += "\nPhysical plan\n" + explainPhysical(query.plan, settings, indent: 1)
    for subquery in query.subqueries {
      text += "\nSubquery #\(subquery.number)\n" + explainPhysical(subquery.plan, settings, indent: 1)
    }
    return text
  }

  /// Runs a query and tells what each operator did: rows and batches given, and milliseconds, those of its inputs
  /// included and its own.
  ///
  /// - `clock`: only moves on, in ticks.
  public func analyze(
    _ query: CompiledQuery, settings: ExecutionSettings, clock: @escaping @Sendable () -> Int64
  ) throws(DossierError) -> String {
    let profile = Profile(clock: clock)
    let start = clock()
    let table = try run(query, ExecutionContext(settings, profile: profile))
    let taken = clock() - start
    let entries = profile.entries
    var lines: [[String]] = [["rows", "batches", "ms", "own ms", "step"]]
    for (index, entry) in entries.enumerated() {
      // A subquery's rows are those of the operator below it.
      let totals =
        entry.title.hasPrefix("Subquery") ? entries[min(index + 1, entries.count - 1)].totals : entry.totals
      var own = totals.ticks
      for below in entries[(index + 1)...] {
        if below.depth <= entry.depth { break }
        if below.depth == entry.depth + 1 { own -= below.totals.ticks }
      }
      lines.append([
        "\(totals.rows)", "\(totals.batches)", Self.milliseconds(totals.ticks),
        Self.milliseconds(max(0, own)),
        indentation(entry.depth) + entry.title,
      ])
    }
    let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
    let rows = lines.map { line in
      "  "
        + line.enumerated().map { column, cell in
          column < 4 ? String(repeating: " ", count: widths[column] - cell.count) + cell : cell
        }.joined(separator: "  ")
    }
    return "Physical plan\n" + rows.joined(separator: "\n")
      + "\n\(table.rowCount) row\(table.rowCount == 1 ? "" : "s") in \(Self.milliseconds(taken)) ms"
  }

  private static func milliseconds(_ ticks: Int64) -> String {
    let tenths = (ticks + 500) / 1000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
