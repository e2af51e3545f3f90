import Columnar
import Diagnostics

/// A small table that is made whole when it is first asked for.
struct LazyProvider: TableProvider {
  let schema: Schema
  private let count: (@Sendable () throws(DossierError) -> Int)?
  private let make: @Sendable () throws(DossierError) -> Table
  private let table = Once<Table>()

  /// `count` may know the number of rows without making the table.
  init(
    _ schema: Schema, count: (@Sendable () throws(DossierError) -> Int)? = nil,
    make: @escaping @Sendable () throws(DossierError) -> Table
  ) {
    self.schema = schema
    self.make = make
    self.count = count
  }

  /// Where the table can't be made, one row is promised: reading it is what throws the error.
  var rowCount: Int {
    do throws(DossierError) {
      if let count { return try count() }
      return try table.get(make).rowCount
    } catch { return 1 }
  }

  func read(columns: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    // To count rows, no table is made.
    if columns.isEmpty, let count {
      _ = try count()
      return []
    }
    return try table.get(make).read(columns: columns, rows: rows)
  }
}
