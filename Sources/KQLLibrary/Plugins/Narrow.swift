import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | evaluate narrow()`: a row for each cell, to read wide rows.
///
/// - Output: row number, column name and text of each cell.
/// - Source: KQL reference, "narrow plugin".
enum Narrow: TablePlugin {
  static let name = "narrow"
  static let syntax = "T | evaluate narrow()"
  static let summary = "Gives a row for each cell: number of the row, column and value as text."
  static let examples = [
    Example(
      "print a=1, b='x' | evaluate narrow()", "Row:long  Column:string  Value:string\n0  a  1\n0  b  x")
  ]

  static func bind(
    _ call: Call, over input: any LogicalNode, schema: PluginSchema?, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    Narrowed(
      input: input,
      columns: [
        binder.column("Row", .long), binder.column("Column", .string), binder.column("Value", .string),
      ])
  }
}

/// A row for each cell.
public struct Narrowed: LogicalNode {
  /// The rows.
  public let input: any LogicalNode
  /// `Row`, `Column`, `Value`.
  public let columns: [PlanColumn]
  /// `Narrow`
  public let title = "Narrow"
  /// The input.
  public var inputs: [any LogicalNode] { [input] }
  /// The same over another input.
  public func withInputs(_ inputs: [any LogicalNode]) -> any LogicalNode {
    Narrowed(input: inputs[0], columns: columns)
  }
  /// Itself over all visible columns.
  public func pruned(to needed: Set<ColumnID>) -> any LogicalNode {
    Narrowed(input: input.pruned(to: Set(input.columns.map(\.id))), columns: columns)
  }
  /// Turns all rows.
  public func makePhysical(_ builder: PhysicalBuilder) throws(DossierError) -> any PhysicalOperator {
    let shown = input.columns.enumerated().filter { !$0.element.isHidden }
    return WholeExec(input: try builder.build(input), columns: input.columns) { rows, _ in
      var numbers: [Int64] = []
      var names: [String] = []
      var values: [String] = []
      var sources: [Int] = []
      for row in 0..<rows.count {
        for (position, column) in shown {
          numbers.append(Int64(row))
          names.append(column.name)
          values.append(rows.columns[position].value(row).text)
          sources.append(row)
        }
      }
      return RowBatch(
        columns: [
          ColumnVector(integers: numbers), ColumnVector(strings: StringVector(names)),
          ColumnVector(strings: StringVector(values)),
        ], count: numbers.count, lineage: rows.lineage.map { known in sources.map { known[$0] } })
    }
  }
}
