import Columnar
import Diagnostics
import Foundation
import GRDB

/// Tables as plain tables of a new SQLite file, for programs that know nothing of stores: datetimes and timespans are
/// text as in results, booleans 0 and 1, dynamics JSON.
public enum PlainTables {
  /// Writes the file; one that is there is an error. It has its name only when it is whole.
  /// - Errors: `STO141` if it is there; `STO105`, `STO110` if it can't be written.
  public static func write(
    _ names: [String], to path: String, table read: (String) throws(DossierError) -> Columnar.Table
  ) throws(DossierError) {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw DossierError("STO141", "'\(path)' is there already", hint: "take another name, or remove it")
    }
    let unfinished = path + ".dossier-\(getpid())"
    defer {
      for suffix in ["", "-journal"] { try? FileManager.default.removeItem(atPath: unfinished + suffix) }
    }
    let queue = try StoreFailure.guarding(path) { try DatabaseQueue(path: StoreFile.absolute(unfinished)) }
    for name in names {
      let table = try read(name)
      try StoreFailure.guarding(path) {
        try queue.write { db in
          let columns = table.schema.fields.map { "\(quoted($0.name)) \(affinity($0.type))" }
          try db.execute(sql: "CREATE TABLE \(quoted(name)) (\(columns.joined(separator: ", ")))")
          let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
          let insert = try db.makeStatement(sql: "INSERT INTO \(quoted(name)) VALUES (\(marks))")
          for row in 0..<table.rowCount {
            try insert.execute(
              arguments: StatementArguments(
                table.schema.fields.indices.map { value(table.value(row: row, column: $0)) }))
          }
        }
      }
    }
    try StoreFailure.guarding(path) {
      try queue.close()
      try FileManager.default.moveItem(atPath: unfinished, toPath: path)
    }
  }

  private static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func affinity(_ type: ScalarType) -> String {
    switch type {
    case .bool, .int, .long: "INTEGER"
    case .real: "REAL"
    default: "TEXT"
    }
  }

  private static func value(_ value: Value) -> DatabaseValue {
    switch value {
    case .null: .null
    case .bool(let flag): (flag ? 1 : 0).databaseValue
    case .long(let number): number.databaseValue
    case .real(let number): number.databaseValue
    default: value.text.databaseValue
    }
  }
}
