import Columnar
import KQLEngine

/// Spark's SQL, from version 4.0 on.
///
/// Dynamic values are VARIANTs, which tables hold as JSON. Whole numbers wrap and divisions by zero give NULL without
/// ANSI mode, which the first statement turns off for the session.
public struct SparkDialect: SQLDialect {
  /// `spark`
  public let name = "spark"
  /// `Spark`
  public let title = "Spark"
  /// ANSI mode off, moments in UTC.
  public let prelude = ["SET spark.sql.ansi.enabled = false", "SET TIME ZONE 'UTC'"]
  /// Spark has no word for it.
  public let sharedTable = ""
  /// An order within an aggregate is that of a number that each row gets first.
  public let ordersWithinAggregates = false

  /// Makes the dialect.
  public init() {}

  /// In backquotes.
  public func identifier(_ name: String) -> String { "`\(name.replacing("`", with: "``"))`" }

  /// `decimal` has a fixed scale, and a guid no type.
  public func storage(_ type: ScalarType) -> String? {
    switch type {
    case .bool: "BOOLEAN"
    case .int, .long, .datetime, .timespan: "BIGINT"
    case .real: "DOUBLE"
    case .string: "STRING"
    case .dynamic: "VARIANT"
    case .decimal, .guid: nil
    }
  }

  /// Control characters stand by their numbers.
  public func text(_ value: String) -> String {
    var quoted = "'"
    for scalar in value.unicodeScalars {
      switch scalar {
      case "'", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "'"
  }

  /// With its type's letter.
  public func whole(_ number: Int64) -> String { "\(number)L" }
  /// With its type's letter.
  public func real(_ number: Double) -> String { "\(number)D" }
  /// A VARIANT.
  public func dynamic(_ json: String) -> String { "parse_json(\(text(json)))" }

  /// Texts lose their NULLs, moments become ticks.
  public func read(_ type: ScalarType, _ times: TimeForm) -> String {
    switch type {
    case .string: "!coalesce($0, '')"
    case .int, .long: "CAST($0 AS BIGINT)"
    case .real: "CAST($0 AS DOUBLE)"
    case .dynamic: "?kql_null_if_json_null(try_parse_json($0))"
    case .datetime where times == .native: "unix_micros($0) * 10L + 621355968000000000L"
    case .timespan where times == .native: "unix_micros(TIMESTAMP '1970-01-01 00:00:00' + $0) * 10L"
    default: "$0"
    }
  }

  /// Moments are cut to microseconds; dynamic values are JSON.
  public func shown(_ type: ScalarType, _ times: TimeForm) -> String {
    switch type {
    case .datetime where times == .native: "timestamp_micros(($0 - 621355968000000000L) div 10L)"
    case .timespan where times == .native: "make_dt_interval(0, 0, 0, ($0) / 1e7D)"
    case .dynamic: "to_json($0)"
    default: "$0"
    }
  }

  /// A function of the session, in SQL.
  public func definition(of helper: SQLHelper) -> String {
    "CREATE OR REPLACE TEMPORARY FUNCTION \(helper.name)(\(helper.parameters.joined(separator: ", ")))\n"
      + "  RETURNS \(helper.returns) RETURN\n  \(helper.body)"
  }

  /// The same pattern for Java's engine; nil for what the two engines read in two ways.
  public func pattern(_ text: String) -> String? { JavaPattern.translate(text) }

  /// See `SparkHelpers`.
  public var helpers: [SQLHelper] { SparkHelpers.all }
  /// See `SparkTemplates`.
  public func scalar(_ key: String) -> String? { SparkTemplates.scalars[key] }
  /// See `SparkTemplates`.
  public func aggregate(_ key: String) -> String? { SparkTemplates.aggregates[key] }
}

/// Regular expressions of RE2 for Java's engine.
enum JavaPattern {
  /// A pattern that finds in Java what `text` finds in RE2; nil if it holds something that may not.
  ///
  /// Classes of Unicode, flags, `\b`, `\s` and named groups differ in what they take in; the rest is the same once a dot
  /// stops at line feeds alone (`(?d)`) and `$` means the end of the text.
  static func translate(_ text: String) -> String? {
    var out = "(?d)"
    var inClass = false
    var rest = Array(text)[...]
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        guard "dDwW".contains(next) || next.isASCII && (next.isPunctuation || next.isSymbol) else {
          return nil
        }
        out += "\\\(next)"
      case "[":
        // In Java, a bracket within a class begins another, and && an intersection.
        if inClass { return nil }
        inClass = true
        out.append(character)
        if rest.first == "^" { out.append(rest.removeFirst()) }
        if rest.first == "]" { return nil }
      case "]":
        inClass = false
        out.append(character)
      case "&" where inClass && rest.first == "&": return nil
      case "$" where !inClass: out += "\\z"
      case "(" where !inClass && rest.first == "?":
        guard rest.dropFirst().first == ":" else { return nil }
        out.append(character)
      case "+" where !inClass && (out.last == "+" || out.last == "*" || out.last == "?" || out.last == "}"):
        return nil
      default: out.append(character)
      }
    }
    return inClass ? nil : out
  }
}
