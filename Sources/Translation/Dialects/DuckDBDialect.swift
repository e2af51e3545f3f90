import Columnar
import KQLEngine

/// DuckDB's SQL, from version 1.3 on.
public struct DuckDBDialect: SQLDialect {
  /// `duckdb`
  public let name = "duckdb"
  /// `DuckDB`
  public let title = "DuckDB"
  /// RE2 is what DuckDB has.
  public let hasRE2 = true

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

  /// Control characters stand by their numbers.
  public func text(_ value: String) -> String {
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

  /// As it is.
  public func whole(_ number: Int64) -> String { "\(number)" }
  /// With an exponent, which makes it a DOUBLE.
  public func real(_ number: Double) -> String {
    let shortest = "\(number)"
    return shortest.contains("e") ? shortest : shortest + "e0"
  }
  /// JSON.
  public func dynamic(_ json: String) -> String { "CAST(\(text(json)) AS JSON)" }

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
