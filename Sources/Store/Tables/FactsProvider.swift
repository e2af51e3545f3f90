import Columnar
import Diagnostics
import Facts

/// A table whose rows belong to documents, read from the segments.
struct FactsProvider: TableProvider {
  let schema: Schema
  let rowCount: Int
  private let snapshot: Snapshot
  private let name: String
  private let table: Int?

  init(_ table: FactTable, _ snapshot: Snapshot) {
    schema = table.schema
    name = table.name
    self.snapshot = snapshot
    self.table = snapshot.tableIDs[table.name]
    rowCount = snapshot.rowCount(ofTable: table.name)
  }

  func read(columns: [Int], rows: Range<Int>) throws(DossierError) -> [ColumnVector] {
    // Rows that are only counted need no order.
    guard let table, !rows.isEmpty, !columns.isEmpty else {
      return columns.map { ColumnVector([], type: schema[$0].type) }
    }
    let layout = try snapshot.layout(ofTable: table)
    let live = try snapshot.live()
    // Neighbouring documents of one commit mostly stand side by side there, too: few runs, few copies.
    var runs: [(commit: Int, rows: Range<Int>)] = []
    var document = layout.document(ofRow: rows.lowerBound)
    var (codes, next) = ([UInt32](), rows.lowerBound)
    let wantsID = columns.contains(0)
    if wantsID { codes.reserveCapacity(rows.count) }
    while next < rows.upperBound, document < live.count {
      let end = min(layout.starts[document + 1], rows.upperBound)
      if end > next {
        let first = layout.firstRows[document] + next - layout.starts[document]
        let range = first..<(first + end - next)
        if let last = runs.last, last.commit == live.commits[document], last.rows.upperBound == first {
          runs[runs.count - 1].rows = last.rows.lowerBound..<range.upperBound
        } else {
          runs.append((live.commits[document], range))
        }
        if wantsID {
          for _ in range { codes.append(UInt32(document)) }
        }
        next = end
      }
      document += 1
    }
    var result: [ColumnVector] = []
    for column in columns {
      if column == 0 {
        result.append(ColumnVector(strings: StringVector(pool: try snapshot.docIDs(), codes: codes)))
        continue
      }
      let field = schema[column]
      var parts: [(vector: ColumnVector, rows: Range<Int>)] = []
      for run in runs {
        let vector = try snapshot.column(commit: run.commit, table: table, tableName: name, field: field)
        guard run.rows.upperBound <= vector.count else {
          throw StoreFailure.damaged(snapshot.path, "a column of \(name) is too short")
        }
        parts.append((vector, run.rows))
      }
      result.append(ColumnVector.joining(parts, type: field.type))
    }
    return result
  }
}

extension ColumnVector {
  /// Runs of rows of several vectors of one type, one after the other.
  static func joining(_ parts: [(vector: ColumnVector, rows: Range<Int>)], type: ScalarType) -> ColumnVector {
    if parts.count == 1 { return parts[0].vector.slice(parts[0].rows) }
    let count = parts.reduce(0) { $0 + $1.rows.count }
    switch type {
    case .int, .long, .datetime, .timespan:
      var values: [Int64] = []
      values.reserveCapacity(count)
      for part in parts {
        switch part.vector.storage {
        case .integers(let integers): values.append(contentsOf: integers[part.rows])
        case .constant(.long(let value)), .constant(.datetime(let value)), .constant(.timespan(let value)):
          values.append(contentsOf: repeatElement(value, count: part.rows.count))
        default: values.append(contentsOf: repeatElement(0, count: part.rows.count))
        }
      }
      return ColumnVector(
        type: type, count: count, storage: .integers(values), validity: joinedValidity(parts, count))
    case .string: return ColumnVector(strings: joinedStrings(parts, count))
    default:
      var builder = ColumnBuilder(type: type)
      for part in parts { for row in part.rows { builder.append(part.vector.value(row)) } }
      return builder.finish()
    }
  }

  private static func joinedValidity(
    _ parts: [(vector: ColumnVector, rows: Range<Int>)], _ count: Int
  ) -> Validity? {
    let hasNulls = parts.contains { $0.vector.validity != nil || $0.vector.constantValue?.isNull == true }
    guard hasNulls else { return nil }
    var validity = Validity(count: count, allValid: true)
    var next = 0
    for part in parts {
      for row in part.rows {
        if part.vector.isNull(row) { validity.set(next, false) }
        next += 1
      }
    }
    return validity
  }

  private static func joinedStrings(
    _ parts: [(vector: ColumnVector, rows: Range<Int>)], _ count: Int
  ) -> StringVector {
    // One pool for all parts, as the columns of entities have: codes are all that moves.
    var shared: StringPool?
    let isShared = parts.allSatisfy { part in
      guard case .strings(let values) = part.vector.storage, values.codes != nil else { return false }
      if shared == nil { shared = values.pool }
      return shared === values.pool
    }
    if isShared, let shared {
      var codes: [UInt32] = []
      codes.reserveCapacity(count)
      for part in parts {
        if case .strings(let values) = part.vector.storage, let all = values.codes {
          codes.append(contentsOf: all[part.rows])
        }
      }
      return StringVector(pool: shared, codes: codes)
    }
    var builder = StringVectorBuilder()
    for part in parts {
      switch part.vector.storage {
      case .strings(let values):
        for row in part.rows { values.withUTF8(row) { builder.append(utf8: $0) } }
      case .constant(let value):
        for _ in part.rows { builder.append(value.text) }
      default:
        for _ in part.rows { builder.append("") }
      }
    }
    return builder.finish()
  }
}
