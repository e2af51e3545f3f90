/// What all dialects say in the same words, though the functions behind `kql_…` are each dialect's own.
///
/// A dialect's own tables come on top.
enum CommonTemplates {
  /// All scalar templates of a dialect: the common ones and its own, by name and types of operands.
  ///
  /// - `conversions`: what converts, `to_long(string)`; functions such as `tolong()` and `toint()` are made of it.
  static func scalars(
    conversions own: [String: String], _ tables: [[String: String]]
  ) -> [String: String] {
    var all = functions(of: conversions.merging(own) { $1 })
    for table in [operators, conditions, numbers, texts, times, dynamics, rows] + tables {
      all.merge(table) { $1 }
    }
    return all
  }

  /// All aggregate templates of a dialect.
  static func aggregates(_ own: [String: String]) -> [String: String] { aggregates.merging(own) { $1 } }

  /// Conversions with the functions that ask for them.
  private static func functions(of conversions: [String: String]) -> [String: String] {
    var table = conversions
    for (key, template) in conversions {
      guard let name = key.split(separator: "(").first, name.hasPrefix("to_") else { continue }
      table["to" + key.dropFirst(3)] = template
      // An int is a long that fits 32 bits.
      if name == "to_long" {
        for prefix in ["to_int", "toint"] {
          table[prefix + key.dropFirst(7)] = "?kql_int(\(template.drop { $0 == "?" }))"
        }
      }
    }
    for type in ["long", "real", "bool", "string", "datetime", "timespan", "dynamic"] {
      table["to\(type)(\(type))"] = "$0"
    }
    table["to_int(long)"] = "?kql_int($0)"
    table["toint(long)"] = "?kql_int($0)"
    table["toint(int)"] = "$0"
    table["todynamic(string)"] = "?kql_parse_json($0)"
    return table
  }

  /// Ticks of the units of time whose length is always the same.
  static let ticks: [(unit: String, ticks: Int)] = [
    ("week", 6_048_000_000_000), ("day", 864_000_000_000), ("hour", 36_000_000_000), ("minute", 600_000_000),
    ("second", 10_000_000), ("millisecond", 10_000), ("microsecond", 10),
  ]

  private static let conversions: [String: String] = [
    "to_long(bool)": "CAST($0 AS BIGINT)",
    "to_long(real)": "?kql_long($0)",
    "to_long(string)": "?kql_parse_long($0)",
    "to_long(datetime)": "$0",
    "to_long(timespan)": "$0",
    "to_long(dynamic)": "?kql_dynamic_long($0)",
    "to_real(long)": "CAST($0 AS DOUBLE)",
    "to_real(bool)": "CAST($0 AS DOUBLE)",
    "to_real(string)": "?kql_parse_real($0)",
    "to_real(datetime)": "CAST($0 AS DOUBLE)",
    "to_real(timespan)": "CAST($0 AS DOUBLE)",
    "to_real(dynamic)": "?kql_dynamic_real($0)",
    "to_bool(string)": "?kql_parse_bool($0)",
    "to_bool(dynamic)": "?kql_dynamic_bool($0)",
    "to_string(bool)": "CASE WHEN $0 THEN 'true' WHEN NOT $0 THEN 'false' END",
    "to_string(datetime)": "kql_datetime_text($0)",
    "to_string(timespan)": "kql_timespan_text($0)",
    "to_string(dynamic)": "kql_dynamic_text($0)",
    "to_timespan(long)": "$0",
    "to_datetime(long)": "?kql_datetime($0)",
    "json(dynamic)": "$0",
  ]

  private static let operators: [String: String] = [
    "modulo(long,long)": "?kql_modulo($0, $1)",
    "add(real,real)": "$0 + $1",
    "subtract(real,real)": "$0 - $1",
    "multiply(real,real)": "$0 * $1",
    "subtract(datetime,datetime)": "$0 - $1",
    "modulo(datetime,timespan)": "?kql_modulo($0, $1)",
    "modulo(timespan,timespan)": "?kql_modulo($0, $1)",
    "equal(real,real)": "kql_real_equal($0, $1)",
    "less(real,real)": "kql_real_less($0, $1)",
    "less_or_equal(real,real)": "kql_real_less_or_equal($0, $1)",
    "is_number(real)": "$0 IS NOT NULL AND NOT isnan($0)",
    "has_fold(string,string)": "kql_has(kql_fold($0), kql_fold($1))",
    "has_cs(string,string)": "kql_has($0, $1)",
    "hasprefix_fold(string,string)": "kql_has_prefix(kql_fold($0), kql_fold($1))",
    "hasprefix_cs(string,string)": "kql_has_prefix($0, $1)",
    "hassuffix_fold(string,string)": "kql_has_suffix(kql_fold($0), kql_fold($1))",
    "hassuffix_cs(string,string)": "kql_has_suffix($0, $1)",
    "contains_fold(string,string)": "contains(kql_fold($0), kql_fold($1))",
    "contains_cs(string,string)": "contains($0, $1)",
    "equal_fold(string,string)": "kql_fold($0) = kql_fold($1)",
    "fold(string)": "kql_fold($0)",
  ]

  private static let conditions: [String: String] = [
    "isempty(string)": "$0 = ''",
    "isnotempty(string)": "$0 <> ''",
    "isempty(dynamic)": "!coalesce(kql_dynamic_text($0), '') = ''",
    "isnotempty(dynamic)": "!coalesce(kql_dynamic_text($0), '') <> ''",
    "isempty(*)": "!$0 IS NULL",
    "isnotempty(*)": "!$0 IS NOT NULL",
    "isnan(real)": "isnan($0)",
    "has value(string)": "$0 <> ''",
    "has value(*)": "$0 IS NOT NULL",
  ]

  private static let numbers: [String: String] = [
    "abs(long)": "?kql_abs($0)",
    "abs(timespan)": "?kql_abs($0)",
    "abs(real)": "abs($0)",
    "ceiling(long)": "$0",
    "round(long)": "$0",
    "round digits(long,long)": "$0",
    "bin(long,long)": "?kql_bin($0, $1)",
    "bin(real,real)": "?kql_real_bin($0, $1)",
    "bin(datetime,timespan)": "?kql_bin($0, $1)",
    "bin(timespan,timespan)": "?kql_bin($0, $1)",
    "bin(timespan,long)": "?kql_bin($0, $1)",
    "pow(real,real)": "pow($0, $1)",
    "pi()": "pi()",
    "binary_and(long,long)": "$0 & $1",
    "binary_or(long,long)": "$0 | $1",
    "exp(real)": "exp($0)", "sin(real)": "sin($0)", "cos(real)": "cos($0)", "tan(real)": "tan($0)",
    "atan(real)": "atan($0)",
  ]

  private static let texts: [String: String] = [
    "strcat(…)": "concat($*)",
    "strcat_delim(…)": "concat_ws($*)",
    "substring(string,long,long)": "kql_substring($0, $1, $2)",
    "tolower(string)": "kql_fold($0)",
    "toupper(string)": "kql_upper($0)",
    "replace_string(string,string,string)": "replace($0, $1, $2)",
    "indexof(string,string)": "kql_index_of($0, $1)",
    "split(string,string)": "kql_split($0, $1)",
    "hash_md5(string)": "md5($0)",
    "hash_sha1(string)": "sha1($0)",
  ]

  private static let times: [String: String] = [
    "make_datetime(long,long,long)": "?kql_make_datetime($0, $1, $2)"
  ]

  private static let dynamics: [String: String] = [
    "member(dynamic,string)": "?kql_member($0, $1)",
    "index(dynamic,long)": "?kql_element($0, $1)",
    "index(dynamic,string)": "?kql_member($0, $1)",
  ]

  private static let rows: [String: String] = [
    "order first(real)": "CASE WHEN $0 IS NULL THEN 0 WHEN isnan($0) THEN 1 ELSE 2 END",
    "order last(real)": "CASE WHEN $0 IS NULL THEN 2 WHEN isnan($0) THEN 1 ELSE 0 END",
    "range count(long,long,long)": "!kql_range_count($0, $1, $2)",
    "elements(dynamic)": "?kql_elements($0)",
  ]

  private static let aggregates: [String: String] = [
    "count()": "!count(*)$F",
    "avg(long)": "CAST(sum($0)$F AS DOUBLE) / count($0)$F",
    "avg(real)": "sum($0)$F / count($0)$F",
    "min(*)": "min($0)$F",
    "max(*)": "max($0)$F",
    "dcount(*)": "!count(DISTINCT $0)$F",
    "count_distinct(*)": "!count(DISTINCT $0)$F",
    "binary_all_and(long)": "bit_and($0)$F",
    "binary_all_or(long)": "bit_or($0)$F",
    "binary_all_xor(long)": "bit_xor($0)$F",
  ]
}
