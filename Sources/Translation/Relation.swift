import Columnar
import KQLEngine

/// A column of a relation: its place in the plan, its name in the SQL.
struct RelationColumn {
  var id: ColumnID
  /// The value as later expressions write it.
  var value: SQLExpression
}

/// One term of an order: what comes first, ties broken by what follows.
struct OrderTerm {
  /// The value, a column of the relation.
  var value: SQLExpression
  var isDescending: Bool
  /// Where nulls go, with NaN next to them.
  var nullsFirst: Bool
}

/// A table of the translation: a common table expression, tests that its rows must still pass, and the order in which
/// its rows stand, if they have one.
struct Relation {
  /// What follows FROM.
  var source: String
  /// What follows WHERE, joined with AND.
  var tests: [SQLExpression] = []
  var columns: [RelationColumn]
  /// Empty when the rows have no order.
  var order: [OrderTerm] = []
  /// Whether no two rows are the same to the order.
  var isTotal = false

  /// The columns by id, for expressions.
  var scope: [ColumnID: SQLExpression] {
    Dictionary(columns.map { ($0.id, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// The same columns behind the name of a table in a join.
  func scope(behind alias: String) -> [ColumnID: SQLExpression] {
    scope.mapValues { value in
      var qualified = value
      qualified.text = "\(alias).\(value.text)"
      return qualified
    }
  }

  /// `WHERE …`, or nothing.
  var condition: String {
    if tests.isEmpty { return "" }
    let parts = tests.count == 1 ? tests.map(\.text) : tests.map(\.testOperand)
    return "\nWHERE " + parts.joined(separator: " AND ")
  }
}

/// Hands out the names of one SELECT: as the query names its columns, but different whatever the case.
struct SQLNames {
  private var taken: Set<String> = []

  mutating func name(_ wanted: String) -> String {
    var candidate = wanted.isEmpty ? "Column" : wanted
    var number = 1
    while !taken.insert(candidate.lowercased()).inserted {
      number += 1
      candidate = "\(wanted)_\(number)"
    }
    return candidate
  }
}
