/// How Spark says what the language's operations and functions mean.
enum SparkTemplates {
  /// By name and types of operands.
  static let scalars = CommonTemplates.scalars(
    conversions: conversions, [operators, conditions, numbers, texts, times, dynamics, rows])

  private static let operators: [String: String] = [
    "add(long,long)": "$0 + $1", "subtract(long,long)": "$0 - $1", "multiply(long,long)": "$0 * $1",
    "divide(long,long)": "?$0 div $1",
    "divide(real,real)": "kql_real_divide($0, $1)",
    "add(datetime,timespan)": "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) + CAST($1 AS DECIMAL(20, 0)))",
    "add(timespan,datetime)": "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) + CAST($1 AS DECIMAL(20, 0)))",
    "subtract(datetime,timespan)": "?kql_datetime(CAST($0 AS DECIMAL(20, 0)) - CAST($1 AS DECIMAL(20, 0)))",
    "add(timespan,timespan)": "$0 + $1", "subtract(timespan,timespan)": "$0 - $1",
    "multiply(timespan,long)": "$0 * $1",
    "multiply(long,timespan)": "$0 * $1", "divide(timespan,long)": "?$0 div $1",
    "divide(timespan,timespan)": "kql_real_divide(CAST($0 AS DOUBLE), CAST($1 AS DOUBLE))",
    "startswith_fold(string,string)": "startswith(kql_fold($0), kql_fold($1))",
    "startswith_cs(string,string)": "startswith($0, $1)",
    "endswith_fold(string,string)": "endswith(kql_fold($0), kql_fold($1))",
    "endswith_cs(string,string)": "endswith($0, $1)",
    "matches_regex_cs(string,string)": "$0 RLIKE $1",
  ]

  private static let conversions: [String: String] = [
    "to_bool(long)": "$0 <> 0L", "to_bool(real)": "$0 <> 0D",
    "to_string(long)": "CAST($0 AS STRING)",
    "to_dynamic(string)": "?CAST($0 AS VARIANT)",
    "json(long)": "CAST($0 AS VARIANT)", "json(bool)": "CAST($0 AS VARIANT)",
    "json(string)": "CAST($0 AS VARIANT)",
    "json(real)": "CAST($0 AS VARIANT)", "json(datetime)": "CAST(kql_datetime_text($0) AS VARIANT)",
    "json(timespan)": "CAST(kql_timespan_text($0) AS VARIANT)",
  ]

  private static let conditions: [String: String] = [
    "max_of(long,long)": "greatest($0, $1)",
    "min_of(long,long)": "least($0, $1)",
    "max_of(datetime,datetime)": "greatest($0, $1)", "min_of(datetime,datetime)": "least($0, $1)",
    "max_of(string,string)": "greatest($0, $1)", "min_of(string,string)": "least($0, $1)",
  ]

  private static let numbers: [String: String] = {
    var table: [String: String] = [
      "ceiling(real)": "CAST(ceil($0) AS DOUBLE)", "round(real)": "kql_round($0, 0)",
      "round digits(real,long)": "kql_round($0, CAST($1 AS INT))",
      "sqrt(real)": "?CASE WHEN $0 < 0D THEN NULL ELSE sqrt($0) END",
      "binary_xor(long,long)": "$0 ^ $1",
      "binary_not(long)": "~ $0",
    ]
    for (name, word) in [("log", "ln"), ("log2", "log2"), ("log10", "log10")] {
      table["\(name)(real)"] =
        "?CASE WHEN $0 < 0D THEN NULL WHEN $0 = 0D THEN CAST('-Infinity' AS DOUBLE) ELSE \(word)($0) END"
    }
    return table
  }()

  private static let texts: [String: String] = [
    "strlen(string)": "CAST(length($0) AS BIGINT)",
    "string_size(string)": "CAST(octet_length($0) AS BIGINT)",
    "substring(string,long)": "kql_substring($0, $1, CAST(length($0) AS BIGINT))",
    "reverse(string)": "reverse($0)",
    "strrep(string,long)": "repeat($0, CAST(greatest(0L, least($1, 1024L)) AS INT))",
    "strcmp(string,string)": "CASE WHEN $0 < $1 THEN -1L WHEN $0 = $1 THEN 0L ELSE 1L END",
    "extract(string,long,string)": "regexp_extract($2, $0, CAST($1 AS INT))",
    "base64_encode_tostring(string)": "base64(encode($0, 'UTF-8'))",
    "hash_sha256(string)": "sha2($0, 256)",
  ]

  private static let times: [String: String] = {
    func part(_ word: String) -> String { "CAST(\(word)(kql_date($0)) AS BIGINT)" }
    var table: [String: String] = [
      "getyear(datetime)": part("year"), "getmonth(datetime)": part("month"),
      "dayofmonth(datetime)": part("day"),
      "dayofyear(datetime)": part("dayofyear"), "week_of_year(datetime)": part("weekofyear"),
      "hourofday(datetime)": "$0 div 36000000000L % 24L",
      "dayofweek(datetime)": "($0 div 864000000000L + 1L) % 7L * 864000000000L",
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
    for (unit, ticks) in CommonTemplates.ticks {
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
    "pack_array(…)": "!CAST(array($*) AS VARIANT)",
    "array_length(dynamic)":
      "?CASE WHEN kql_kind($0) = 'ARRAY' THEN CAST(size(CAST($0 AS ARRAY<VARIANT>)) AS BIGINT) END",
    "order(dynamic)": "to_json($0)",
  ]

  private static let rows: [String: String] = [
    "numbers below(long)": "explode(CASE WHEN $0 > 0L THEN sequence(0L, $0 - 1L) END)",
    "range value(long,long,long)": "$0 + $1 * $2",
    "list length(dynamic)": "CAST(size($0) AS BIGINT)",
    "list element(dynamic,long)": "?kql_null_if_json_null(get($0, CAST($1 AS INT)))",
  ]

  /// By name and types of operands; `$F` is a filter, `$P` the place of a row in its group's order, `$W` a window.
  static let aggregates: [String: String] = {
    var table: [String: String] = [
      "sum(long)": "!coalesce(sum($0)$F, 0L)",
      "sum(bool)": "!coalesce(sum(CAST($0 AS BIGINT))$F, 0L)", "sum(real)": "!coalesce(sum($0)$F, 0D)",
      "sum(timespan)": "!coalesce(sum($0)$F, 0L)",
      "min(real)":
        "CASE WHEN coalesce(bool_or(isnan($0))$F, FALSE) THEN CAST('NaN' AS DOUBLE) ELSE min($0)$F END",
      "max(real)": "coalesce(max(CASE WHEN NOT isnan($0) THEN $0 END)$F, max($0)$F)",
      "first(*)": "min_by($0, $P)$F",
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
    return CommonTemplates.aggregates(table)
  }()
}
