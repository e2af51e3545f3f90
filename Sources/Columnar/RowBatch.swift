/// A row of a source table.
public struct RowReference: Sendable, Hashable, Comparable {
  /// The table, by its number in the evaluation's list of sources.
  public var source: Int32
  /// The row, in source order.
  public var row: Int64
  /// Makes a reference.
  public init(source: Int32, row: Int64) {
    self.source = source
    self.row = row
  }
  /// Ordered by source, then row.
  public static func < (a: RowReference, b: RowReference) -> Bool { (a.source, a.row) < (b.source, b.row) }
}

/// The source rows that one result row rests on: the first ones of them, and how many there are in all.
public struct Lineage: Sendable, Hashable {
  /// How many references a row keeps.
  public static let cap = 1000
  /// Distinct references, ascending, at most `cap`.
  public private(set) var rows: [RowReference]
  /// How many there are in all. Exact up to the cap; past it an upper bound, as rows that two parts
  /// share are counted in both.
  public private(set) var total: Int

  /// One source row.
  public init(_ row: RowReference) {
    rows = [row]
    total = 1
  }
  /// None: a row made of constants.
  public init() {
    rows = []
    total = 0
  }

  /// The same rows under other numbers of their sources.
  public func renumbered(_ numbers: [Int32]) -> Lineage {
    var renumbered = Lineage()
    renumbered.rows = rows.map { RowReference(source: numbers[Int($0.source)], row: $0.row) }.sorted()
    renumbered.total = total
    return renumbered
  }

  /// Counts rows that are known of but not listed.
  public mutating func addUnlisted(_ count: Int) { total += count }

  /// Adds what another row rests on.
  public mutating func formUnion(_ other: Lineage) {
    if other.rows.isEmpty { return }
    if rows.isEmpty {
      self = other
      return
    }
    // A running union past the cap: what comes last in order only counts.
    if rows.count >= Self.cap, let last = rows.last, let first = other.rows.first, last < first {
      total += other.total
      return
    }
    var merged: [RowReference] = []
    merged.reserveCapacity(rows.count + other.rows.count)
    var (i, j) = (0, 0)
    while i < rows.count || j < other.rows.count {
      if j >= other.rows.count || i < rows.count && rows[i] <= other.rows[j] {
        if j < other.rows.count, rows[i] == other.rows[j] { j += 1 }
        merged.append(rows[i])
        i += 1
      } else {
        merged.append(other.rows[j])
        j += 1
      }
    }
    let shared = rows.count + other.rows.count - merged.count
    total = total + other.total - shared
    rows = merged.count > Self.cap ? Array(merged[..<Self.cap]) : merged
  }
}

/// A few thousand rows on their way through the operators.
public struct RowBatch: Sendable {
  /// One vector a column, all of `count` rows.
  public var columns: [ColumnVector]
  /// How many rows there are, also when there is no column.
  public let count: Int
  /// What each row rests on; nil unless the evaluation was asked for lineage.
  public var lineage: [Lineage]?

  /// Makes a batch.
  public init(columns: [ColumnVector], count: Int, lineage: [Lineage]? = nil) {
    self.columns = columns
    self.count = count
    self.lineage = lineage
  }

  /// Rows by index; −1 gives a row of nulls that rests on nothing.
  public func gather(_ rows: [Int]) -> RowBatch {
    RowBatch(
      columns: columns.map { $0.gather(rows) }, count: rows.count,
      lineage: lineage.map { known in rows.map { $0 < 0 ? Lineage() : known[$0] } })
  }

  /// A run of rows.
  public func slice(_ rows: Range<Int>) -> RowBatch {
    RowBatch(
      columns: columns.map { $0.slice(rows) }, count: rows.count, lineage: lineage.map { Array($0[rows]) })
  }

  /// The same rows with other columns.
  public func with(columns: [ColumnVector]) -> RowBatch {
    RowBatch(columns: columns, count: count, lineage: lineage)
  }

  /// The rows of several batches of one schema, one after the other.
  public static func concatenate(_ batches: [RowBatch], schema: Schema) -> RowBatch {
    if batches.count == 1 { return batches[0] }
    let columns = schema.fields.indices.map { index in
      ColumnVector.concatenate(batches.map { $0.columns[index] }, type: schema[index].type)
    }
    let tracked = batches.contains { $0.lineage != nil }
    return RowBatch(
      columns: columns, count: batches.reduce(0) { $0 + $1.count },
      lineage: tracked
        ? batches.flatMap { $0.lineage ?? [Lineage](repeating: Lineage(), count: $0.count) } : nil)
  }
}
