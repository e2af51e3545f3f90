/// How Spark says what the language's operations and functions mean.
enum SparkTemplates {
  /// By name and types of operands.
  static let scalars: [String: String] = {
    var all: [String: String] = [:]
    for table in [operators, conversions, conditions, numbers, texts, times, dynamics, rows] {
      all.merge(table) { $1 }
    }
    return all
  }()

  private static let operators: [String: String] = [
    "add(long,long)": "$0 + $1", "subtract(long,long)": "$0 - $1", "multiply(long,long)": "$0 * $1",
    "divide(long,long)": "?$0 div $1", "modulo(long,long)": "?kql_modulo($0, $1)",
    "add(real,real)": "$0 + $1", "subtract(real,real)": "$0 - $1", "multiply(real,real)": "$0 * $1",
    "divide(real,real)": "kql_real_divide($0, $1)",
    "add(datetime,timespan)": "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) + CAST($1 AS DECIMAL(20, 0)))",
    "add(timespan,datetime)": "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) + CAST($1 AS DECIMAL(20, 0)))",
    "subtract(datetime,timespan)": "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) - CAST($1 AS DECIMAL(20, 0)))",
    "subtract(datetime,datetime)": "$0 - $1", "modulo(datetime,timespan)": "?kql_modulo($0, $1)",
    "add(timespan,timespan)": "$0 + $1", "subtract(timespan,timespan)": "$0 - $1",
    "modulo(timespan,timespan)": "?kql_modulo($0, $1)", "multiply(timespan,long)": "$0 * $1",
    "multiply(long,timespan)": "$0 * $1", "divide(timespan,long)": "?$0 div $1",
    "divide(timespan,timespan)": "kql_real_divide(CAST($0 AS DOUBLE), CAST($1 AS DOUBLE))",
    "equal(real,real)": "kql_real_equal($0, $1)", "less(real,real)": "kql_real_less($0, $1)",
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
    "startswith_fold(string,string)": "startswith(kql_fold($0), kql_fold($1))",
    "startswith_cs(string,string)": "startswith($0, $1)",
    "endswith_fold(string,string)": "endswith(kql_fold($0), kql_fold($1))",
    "endswith_cs(string,string)": "endswith($0, $1)",
    "equal_fold(string,string)": "kql_fold($0) = kql_fold($1)",
    "matches_regex_cs(string,string)": "$0 RLIKE $1", "fold(string)": "kql_fold($0)",
  ]

  private static let conversions: [String: String] = {
    var table: [String: String] = [
      "to_long(bool)": "CAST($0 AS BIGINT)", "to_long(real)": "?kql_long($0)",
      "to_long(string)": "?kql_parse_long($0)", "to_long(datetime)": "$0", "to_long(timespan)": "$0",
      "to_long(dynamic)": "?kql_dynamic_long($0)", "to_real(long)": "CAST($0 AS DOUBLE)",
      "to_real(bool)": "CAST($0 AS DOUBLE)", "to_real(string)": "?kql_parse_real($0)",
      "to_real(datetime)": "CAST($0 AS DOUBLE)", "to_real(timespan)": "CAST($0 AS DOUBLE)",
      "to_real(dynamic)": "?kql_dynamic_real($0)", "to_bool(long)": "$0 <> 0L", "to_bool(real)": "$0 <> 0D",
      "to_bool(string)": "?kql_parse_bool($0)", "to_bool(dynamic)": "?kql_dynamic_bool($0)",
      "to_string(bool)": "CASE WHEN $0 THEN 'true' WHEN NOT $0 THEN 'false' END",
      "to_string(long)": "CAST($0 AS STRING)",
      "to_string(datetime)": "kql_datetime_text($0)", "to_string(timespan)": "kql_timespan_text($0)",
      "to_string(dynamic)": "kql_dynamic_text($0)", "to_timespan(long)": "$0",
      "to_datetime(long)": "?kql_datetime($0)",
      "to_dynamic(string)": "?CAST($0 AS VARIANT)",
      "json(long)": "CAST($0 AS VARIANT)", "json(bool)": "CAST($0 AS VARIANT)",
      "json(string)": "CAST($0 AS VARIANT)",
      "json(real)": "CAST($0 AS VARIANT)", "json(datetime)": "CAST(kql_datetime_text($0) AS VARIANT)",
      "json(timespan)": "CAST(kql_timespan_text($0) AS VARIANT)", "json(dynamic)": "$0",
    ]
    for (key, template) in table {
      guard let name = key.split(separator: "(").first, name.hasPrefix("to_") else { continue }
      table["to" + key.dropFirst(3)] = template
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
  }()

  private static let conditions: [String: String] = [
    "isempty(string)": "$0 = ''", "isnotempty(string)": "$0 <> ''",
    "isempty(dynamic)": "!coalesce(kql_dynamic_text($0), '') = ''",
    "isnotempty(dynamic)": "!coalesce(kql_dynamic_text($0), '') <> ''", "isempty(*)": "!$0 IS NULL",
    "isnotempty(*)": "!$0 IS NOT NULL", "max_of(long,long)": "greatest($0, $1)",
    "min_of(long,long)": "least($0, $1)",
    "max_of(datetime,datetime)": "greatest($0, $1)", "min_of(datetime,datetime)": "least($0, $1)",
    "max_of(string,string)": "greatest($0, $1)", "min_of(string,string)": "least($0, $1)",
    "isnan(real)": "isnan($0)", "has value(string)": "$0 <> ''", "has value(*)": "$0 IS NOT NULL",
  ]

  private static let numbers: [String: String] = {
    var table: [String: String] = [
      "abs(long)": "?kql_abs($0)", "abs(timespan)": "?kql_abs($0)", "abs(real)": "abs($0)",
      "ceiling(real)": "CAST(ceil($0) AS DOUBLE)", "ceiling(long)": "$0", "round(real)": "kql_round($0, 0)",
      "round(long)": "$0", "round digits(real,long)": "kql_round($0, CAST($1 AS INT))",
      "round digits(long,long)": "$0",
      "bin(long,long)": "?kql_bin($0, $1)", "bin(real,real)": "?kql_real_bin($0, $1)",
      "bin(datetime,timespan)": "?kql_bin($0, $1)", "bin(timespan,timespan)": "?kql_bin($0, $1)",
      "bin(timespan,long)": "?kql_bin($0, $1)", "pow(real,real)": "pow($0, $1)",
      "sqrt(real)": "?CASE WHEN $0 < 0D THEN NULL ELSE sqrt($0) END", "pi()": "pi()",
      "binary_and(long,long)": "$0 & $1", "binary_or(long,long)": "$0 | $1",
      "binary_xor(long,long)": "$0 ^ $1",
      "binary_not(long)": "~ $0",
    ]
    for name in ["exp", "sin", "cos", "tan", "atan"] { table["\(name)(real)"] = "\(name)($0)" }
    for (name, word) in [("log", "ln"), ("log2", "log2"), ("log10", "log10")] {
      table["\(name)(real)"] =
        "?CASE WHEN $0 < 0D THEN NULL WHEN $0 = 0D THEN CAST('-Infinity' AS DOUBLE) ELSE \(word)($0) END"
    }
    return table
  }()

  private static let texts: [String: String] = [
    "strcat(…)": "concat($*)", "strcat_delim(…)": "concat_ws($*)",
    "strlen(string)": "CAST(length($0) AS BIGINT)",
    "string_size(string)": "CAST(octet_length($0) AS BIGINT)",
    "substring(string,long)": "kql_substring($0, $1, CAST(length($0) AS BIGINT))",
    "substring(string,long,long)": "kql_substring($0, $1, $2)", "tolower(string)": "kql_fold($0)",
    "toupper(string)": "kql_upper($0)", "reverse(string)": "reverse($0)",
    "strrep(string,long)": "repeat($0, CAST(greatest(0L, least($1, 1024L)) AS INT))",
    "strcmp(string,string)": "CASE WHEN $0 < $1 THEN -1L WHEN $0 = $1 THEN 0L ELSE 1L END",
    "replace_string(string,string,string)": "replace($0, $1, $2)",
    "indexof(string,string)": "kql_index_of($0, $1)",
    "extract(string,long,string)": "regexp_extract($2, $0, CAST($1 AS INT))",
    "split(string,string)": "kql_split($0, $1)",
    "base64_encode_tostring(string)": "base64(encode($0, 'UTF-8'))", "hash_md5(string)": "md5($0)",
    "hash_sha1(string)": "sha1($0)", "hash_sha256(string)": "sha2($0, 256)",
  ]

  private static let times: [String: String] = {
    func part(_ word: String) -> String { "CAST(\(word)(kql_date($0)) AS BIGINT)" }
    var table: [String: String] = [
      "getyear(datetime)": part("year"), "getmonth(datetime)": part("month"),
      "dayofmonth(datetime)": part("day"),
      "dayofyear(datetime)": part("dayofyear"), "week_of_year(datetime)": part("weekofyear"),
      "hourofday(datetime)": "$0 div 36000000000L % 24L",
      "dayofweek(datetime)": "($0 div 864000000000L + 1L) % 7L * 864000000000L",
      "make_datetime(long,long,long)": "?kql_make_datetime($0, $1, $2)",
      "datetime_diff week(datetime,datetime)":
        "($0 div 864000000000L + 1L) div 7L - ($1 div 864000000000L + 1L) div 7L",
      "datetime_diff month(datetime,datetime)": "CAST(kql_month($0) - kql_month($1) AS BIGINT)",
      "datetime_diff quarter(datetime,datetime)": "CAST(kql_month($0) div 3 - kql_month($1) div 3 AS BIGINT)",
      "datetime_diff year(datetime,datetime)": "CAST(year(kql_date($0)) - year(kql_date($1)) AS BIGINT)",
      "datetime_add year(long,datetime)": "?kql_add_months($0, 12, $1)",
      "datetime_add quarter(long,datetime)": "?kql_add_months($0, 3, $1)",
      "datetime_add month(long,datetime)": "?kql_add_months($0, 1, $1)",
      "datetime_part year(datetime)": part("year"),
      "datetime_part quarter(datetime)": part("quarter"), "datetime_part month(datetime)": part("month"),
      "datetime_part week_of_year(datetime)": part("weekofyear"), "datetime_part day(datetime)": part("day"),
      "datetime_part dayofyear(datetime)": part("dayofyear"),
      "datetime_part hour(datetime)": "$0 div 36000000000L % 24L",
      "datetime_part minute(datetime)": "$0 div 600000000L % 60L",
      "datetime_part second(datetime)": "$0 div 10000000L % 60L",
    ]
    for (unit, ticks) in [
      ("week", 6_048_000_000_000), ("day", 864_000_000_000), ("hour", 36_000_000_000),
      ("minute", 600_000_000),
      ("second", 10_000_000), ("millisecond", 10_000), ("microsecond", 10),
    ] {
      if unit != "week" {
        table["datetime_diff \(unit)(datetime,datetime)"] = "$0 div \(ticks)L - $1 div \(ticks)L"
      }
      table["datetime_add \(unit)(long,datetime)"] =
        "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) * \(ticks) + CAST($1 AS DECIMAL(20, 0)))"
    }
    for unit in ["day", "week", "month", "year"] {
      for (types, offset) in [("datetime", "0L"), ("datetime,long", "$1")] {
        table["startof\(unit)(\(types))"] = "?kql_start_of_\(unit)($0, \(offset), 0)"
        table["endof\(unit)(\(types))"] = "?kql_start_of_\(unit)($0, \(offset), 1)"
      }
    }
    return table
  }()

  private static let dynamics: [String: String] = [
    "member(dynamic,string)": "?kql_member($0, $1)", "index(dynamic,long)": "?kql_element($0, $1)",
    "index(dynamic,string)": "?kql_member($0, $1)", "pack_array(…)": "!CAST(array($*) AS VARIANT)",
    "array_length(dynamic)":
      "?CASE WHEN kql_kind($0) = 'ARRAY' THEN CAST(size(CAST($0 AS ARRAY<VARIANT>)) AS BIGINT) END",
    "order(dynamic)": "to_json($0)",
  ]

  private static let rows: [String: String] = [
    "order first(real)": "CASE WHEN $0 IS NULL THEN 0 WHEN isnan($0) THEN 1 ELSE 2 END",
    "order last(real)": "CASE WHEN $0 IS NULL THEN 2 WHEN isnan($0) THEN 1 ELSE 0 END",
    "numbers below(long)": "explode(CASE WHEN $0 > 0L THEN sequence(0L, $0 - 1L) END)",
    "range count(long,long,long)": "!kql_range_count($0, $1, $2)",
    "range value(long,long,long)": "$0 + $1 * $2", "elements(dynamic)": "?kql_elements($0)",
    "list length(dynamic)": "CAST(size($0) AS BIGINT)",
    "list element(dynamic,long)": "?kql_null_if_json_null(get($0, CAST($1 AS INT)))",
  ]

  /// By name and types of operands; `$F` is a filter, `$P` the place of a row in its group's order, `$W` a window.
  static let aggregates: [String: String] = {
    var table: [String: String] = [
      "count()": "!count(*)$F", "sum(long)": "!coalesce(sum($0)$F, 0L)",
      "sum(bool)": "!coalesce(sum(CAST($0 AS BIGINT))$F, 0L)", "sum(real)": "!coalesce(sum($0)$F, 0D)",
      "sum(timespan)": "!coalesce(sum($0)$F, 0L)", "avg(long)": "CAST(sum($0)$F AS DOUBLE) / count($0)$F",
      "avg(real)": "sum($0)$F / count($0)$F",
      "min(real)":
        "CASE WHEN coalesce(bool_or(isnan($0))$F, FALSE) THEN CAST('NaN' AS DOUBLE) ELSE min($0)$F END",
      "max(real)": "coalesce(max(CASE WHEN NOT isnan($0) THEN $0 END)$F, max($0)$F)", "min(*)": "min($0)$F",
      "max(*)": "max($0)$F", "dcount(*)": "!count(DISTINCT $0)$F",
      "count_distinct(*)": "!count(DISTINCT $0)$F",
      "first(*)": "min_by($0, $P)$F", "binary_all_and(long)": "bit_and($0)$F",
      "binary_all_or(long)": "bit_or($0)$F",
      "binary_all_xor(long)": "bit_xor($0)$F",
      "percentile(real,real)": "percentile_disc($1) WITHIN GROUP (ORDER BY $0)$F",
      "percentile(long,real)": "CAST(percentile_disc($1) WITHIN GROUP (ORDER BY $0)$F AS BIGINT)",
      "make_list(*,*)": "!kql_list(collect_list(struct($P AS p, to_json($0) AS t))$F)",
      "make_list_with_nulls(*,*)":
        "!kql_list(collect_list(struct($P AS p, coalesce(to_json($0), 'null') AS t))$F)",
      "make_set(*,*)": "!kql_set(collect_list(struct($P AS p, to_json($0) AS t))$F)",
      "running sum(long)": "!coalesce(sum($0) OVER $W, 0L)",
      "running sum(timespan)": "!coalesce(sum($0) OVER $W, 0L)",
      "running sum(real)": "!coalesce(sum($0) OVER $W, 0D)",
    ]
    for (name, word) in [
      ("stdev", "stddev_samp"), ("stdevp", "stddev_pop"), ("variance", "var_samp"), ("variancep", "var_pop"),
    ] {
      table["\(name)(real)"] = "!coalesce(\(word)($0)$F, 0D)"
    }
    return table
  }()
}
