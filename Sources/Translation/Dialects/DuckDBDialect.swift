import Columnar
import KQLEngine

/// DuckDB's SQL, from version 1.3 on.
public struct DuckDBDialect: SQLDialect {
  /// `duckdb`
  public let name = "duckdb"
  /// `DuckDB`
  public let title = "DuckDB"

  /// Makes the dialect.
  public init() {}

  /// In double quotes.
  public func identifier(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

  /// `decimal` has no type: DuckDB's has a fixed scale.
  public func storage(_ type: ScalarType) -> String? {
    switch type {
    case .bool: "BOOLEAN"
    case .int, .long, .datetime, .timespan: "BIGINT"
    case .real: "DOUBLE"
    case .string: "VARCHAR"
    case .guid: "UUID"
    case .dynamic: "JSON"
    case .decimal: nil
    }
  }

  private func text(_ value: String) -> String {
    let quoted = "'\(value.replacing("'", with: "''"))'"
    guard value.utf8.contains(where: { $0 < 0x20 }) else { return quoted }
    // Control characters by number: a line end in a literal would break the layout.
    var parts = ""
    for scalar in quoted.unicodeScalars {
      if scalar.value < 0x20 {
        parts += "', chr(\(scalar.value)), '"
      } else {
        parts.unicodeScalars.append(scalar)
      }
    }
    return "concat(\(parts))"
  }

  /// Ticks have what they mean in a comment.
  public func literal(_ value: Value, _ type: ScalarType) -> String? {
    guard let storage = storage(type) else { return nil }
    if value.isNull { return "CAST(NULL AS \(storage))" }
    switch value {
    case .bool(let flag): return flag ? "TRUE" : "FALSE"
    case .long(let number): return whole(number)
    case .datetime(let ticks): return "\(whole(ticks)) /* \(Ticks.datetimeText(ticks)) */"
    case .timespan(let ticks): return "\(whole(ticks)) /* \(Ticks.timespanText(ticks)) */"
    case .real(let number):
      guard number.isFinite else { return "CAST('\(realText(number))' AS DOUBLE)" }
      let shortest = "\(number)"
      return shortest.contains("e") ? shortest : shortest + "e0"
    case .string(let value): return text(value)
    case .guid(let value): return "CAST('\(value)' AS UUID)"
    case .dynamic(let value): return "CAST(\(text(value.json)) AS JSON)"
    case .decimal, .null: return nil
    }
  }

  private func whole(_ number: Int64) -> String {
    number == .min ? "CAST('\(number)' AS BIGINT)" : "\(number)"
  }

  /// Texts lose their NULLs, datetimes become ticks.
  public func read(_ type: ScalarType, _ times: TimeForm) -> String {
    switch type {
    case .string: "!coalesce($0, '')"
    case .int, .long: "CAST($0 AS BIGINT)"
    case .real: "CAST($0 AS DOUBLE)"
    case .dynamic: "?kql_json(CAST($0 AS JSON))"
    case .datetime where times == .native: "epoch_us($0) * 10 + 621355968000000000"
    case .timespan where times == .native: "epoch_us($0) * 10"
    default: "$0"
    }
  }

  /// Native times are cut to microseconds.
  public func shown(_ type: ScalarType, _ times: TimeForm) -> String {
    switch type {
    case .int: "CAST($0 AS INTEGER)"
    case .long: "CAST($0 AS BIGINT)"
    case .datetime where times == .native: "make_timestamp($0 // 10 - 62135596800000000)"
    case .timespan where times == .native: "to_microseconds($0 // 10)"
    case .datetime, .timespan: "CAST($0 AS BIGINT)"
    case .real: "CAST($0 AS DOUBLE)"
    default: "$0"
    }
  }

  /// A macro.
  public func definition(of helper: SQLHelper) -> String {
    "CREATE OR REPLACE TEMP MACRO \(helper.name)(\(helper.parameters.joined(separator: ", "))) AS\n  \(helper.body)"
  }

  /// See `DuckDBHelpers`.
  public var helpers: [SQLHelper] { DuckDBHelpers.all }
  /// See `DuckDBTemplates`.
  public func scalar(_ key: String) -> String? { DuckDBTemplates.scalars[key] }
  /// See `DuckDBTemplates`.
  public func aggregate(_ key: String) -> String? { DuckDBTemplates.aggregates[key] }
}
