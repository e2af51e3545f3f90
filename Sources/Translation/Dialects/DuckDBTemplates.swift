/// How DuckDB says what the language's operations and functions mean.
enum DuckDBTemplates {
  /// By name and types of operands.
  static let scalars = CommonTemplates.scalars(
    conversions: conversions, [operators, conditions, numbers, texts, times, dynamics, rows, specials])

  private static let operators: [String: String] = [
    "add(long,long)": "kql_add($0, $1)", "subtract(long,long)": "kql_subtract($0, $1)",
    "multiply(long,long)": "kql_multiply($0, $1)", "divide(long,long)": "?kql_divide($0, $1)",
    "divide(real,real)": "$0 / $1", "modulo(real,real)": "kql_real_modulo($0, $1)",
    "add(datetime,timespan)": "?kql_datetime(CAST($0 AS HUGEINT) + $1)",
    "add(timespan,datetime)": "?kql_datetime(CAST($0 AS HUGEINT) + $1)",
    "subtract(datetime,timespan)": "?kql_datetime(CAST($0 AS HUGEINT) - $1)",
    "add(timespan,timespan)": "kql_add($0, $1)", "subtract(timespan,timespan)": "kql_subtract($0, $1)",
    "multiply(timespan,long)": "kql_multiply($0, $1)",
    "multiply(long,timespan)": "kql_multiply($0, $1)", "divide(timespan,long)": "?kql_divide($0, $1)",
    "multiply(timespan,real)": "?kql_ticks(CAST($0 AS DOUBLE) * $1)",
    "multiply(real,timespan)": "?kql_ticks($0 * CAST($1 AS DOUBLE))",
    "divide(timespan,real)": "?kql_ticks(CAST($0 AS DOUBLE) / $1)",
    "startswith_fold(string,string)": "starts_with(kql_fold($0), kql_fold($1))",
    "startswith_cs(string,string)": "starts_with($0, $1)",
    "endswith_fold(string,string)": "ends_with(kql_fold($0), kql_fold($1))",
    "endswith_cs(string,string)": "ends_with($0, $1)",
    "matches_regex_cs(string,string)": "regexp_matches($0, $1)",
  ]

  private static let conversions: [String: String] = [
    "to_bool(long)": "$0 <> 0", "to_bool(real)": "$0 <> 0",
    "to_string(long)": "CAST($0 AS VARCHAR)",
    "to_string(real)": "kql_real_text($0)",
    "to_string(guid)": "CAST($0 AS VARCHAR)",
    "to_dynamic(string)": "?to_json($0)",
    // In JSON, moments and lengths of time are texts: what would read them as numbers is refused.
    "json(long)": "to_json($0)", "json(bool)": "to_json($0)", "json(string)": "to_json($0)",
    "json(real)": "kql_real_json($0)", "json(datetime)": "to_json(kql_datetime_text($0))",
    "json(timespan)": "to_json(kql_timespan_text($0))", "json(guid)": "to_json(CAST($0 AS VARCHAR))",
  ]

  private static let specials = ["toguid(guid)": "$0", "totimespan(real)": "?kql_long($0)"]

  private static let conditions: [String: String] = [
    "max_of(real,real)": "kql_real_greatest($0, $1)", "min_of(real,real)": "kql_real_least($0, $1)",
    "max_of(*,*)": "greatest($0, $1)", "min_of(*,*)": "least($0, $1)",
    "isinf(real)": "isinf($0)", "isfinite(real)": "isfinite($0)",
    "isascii(string)": "regexp_full_match($0, '[\\x00-\\x7F]*')",
  ]

  private static let numbers: [String: String] = {
    var table: [String: String] = [
      "sign(real)": "kql_sign($0)",
      "ceiling(real)": "ceil($0)", "round(real)": "kql_round_tens($0, 0)",
      "round tens(real,long)": "kql_round_tens($0, $1)",
      "round digits(real,long)": "kql_round_digits($0, $1)",
      "sqrt(real)": "?CASE WHEN $0 < 0 THEN NULL ELSE sqrt($0) END",
      "atan2(real,real)": "atan2($0, $1)", "exp2(real)": "pow(2e0, $0)",
      "exp10(real)": "pow(10e0, $0)",
      "degrees(real)": "$0 * 180 / pi()", "radians(real)": "$0 * pi() / 180", "cot(real)": "1 / tan($0)",
      "binary_xor(long,long)": "xor($0, $1)",
      "binary_not(long)": "-1 - $0", "binary_shift_left(long,long)": "?kql_shift_left($0, $1)",
      "binary_shift_right(long,long)": "?kql_shift_right($0, $1)",
      "bitset_count_ones(long)": "CAST(bit_count(CAST($0 AS BIGINT)) AS BIGINT)",
    ]
    for (name, word) in [("log", "ln"), ("log2", "log2"), ("log10", "log10")] {
      table["\(name)(real)"] = "?CASE WHEN $0 < 0 THEN NULL ELSE kql_\(word)($0) END"
    }
    for name in ["asin", "acos"] {
      table["\(name)(real)"] = "?CASE WHEN abs($0) > 1 AND NOT isnan($0) THEN NULL ELSE \(name)($0) END"
    }
    return table
  }()

  private static let texts: [String: String] = [
    "strlen(string)": "length($0)",
    "string_size(string)": "octet_length(encode($0))",
    "substring(string,long)": "kql_substring($0, $1, length($0))",
    "reverse(string)": "kql_reverse($0)",
    "strrep(string,long)": "repeat($0, greatest(0, least($1, 1024)))",
    "strcmp(string,string)": "CASE WHEN $0 < $1 THEN -1 WHEN $0 = $1 THEN 0 ELSE 1 END",
    "countof(string,string)": "kql_count_of($0, $1)",
    "trim(string,string)":
      "regexp_replace(regexp_replace($1, concat('^(?:', $0, ')+'), ''), concat('(?:', $0, ')+$$'), '')",
    "trim_start(string,string)": "regexp_replace($1, concat('^(?:', $0, ')'), '')",
    "trim_end(string,string)": "regexp_replace($1, concat('(?:', $0, ')$$'), '')",
    "extract(string,long,string)": "regexp_extract($2, $0, $1)",
    "replace_regex(string,string,string)": "regexp_replace($0, $1, $2, 'g')",
    "base64_encode_tostring(string)": "base64(encode($0))",
    "hash_sha256(string)": "sha256($0)",
  ]

  private static let times: [String: String] = {
    var table: [String: String] = [
      "getyear(datetime)": "year(kql_date($0))", "getmonth(datetime)": "month(kql_date($0))",
      "dayofmonth(datetime)": "day(kql_date($0))", "dayofyear(datetime)": "dayofyear(kql_date($0))",
      "week_of_year(datetime)": "weekofyear(kql_date($0))", "hourofday(datetime)": "$0 // 36000000000 % 24",
      "dayofweek(datetime)": "($0 // 864000000000 + 1) % 7 * 864000000000",
      "datetime_diff week(datetime,datetime)":
        "($0 // 864000000000 + 1) // 7 - ($1 // 864000000000 + 1) // 7",
      "datetime_diff month(datetime,datetime)": "kql_month($0) - kql_month($1)",
      "datetime_diff quarter(datetime,datetime)": "kql_month($0) // 3 - kql_month($1) // 3",
      "datetime_diff year(datetime,datetime)": "year(kql_date($0)) - year(kql_date($1))",
      "datetime_add year(long,datetime)": "?kql_add_months(CAST($0 AS HUGEINT), 12, $1)",
      "datetime_add quarter(long,datetime)": "?kql_add_months(CAST($0 AS HUGEINT), 3, $1)",
      "datetime_add month(long,datetime)": "?kql_add_months(CAST($0 AS HUGEINT), 1, $1)",
      "datetime_part year(datetime)": "year(kql_date($0))",
      "datetime_part quarter(datetime)": "quarter(kql_date($0))",
      "datetime_part month(datetime)": "month(kql_date($0))",
      "datetime_part week(datetime)": "weekofyear(kql_date($0))",
      "datetime_part week_of_year(datetime)": "weekofyear(kql_date($0))",
      "datetime_part day(datetime)": "day(kql_date($0))",
      "datetime_part dayofyear(datetime)": "dayofyear(kql_date($0))",
      "datetime_part hour(datetime)": "$0 // 36000000000 % 24",
      "datetime_part minute(datetime)": "$0 // 600000000 % 60",
      "datetime_part second(datetime)": "$0 // 10000000 % 60",
      "datetime_part millisecond(datetime)": "$0 % 10000000 // 10000",
      "datetime_part microsecond(datetime)": "$0 % 10000000 // 10",
      "datetime_part nanosecond(datetime)": "$0 % 10000000 * 100",
    ]
    for (unit, ticks) in CommonTemplates.ticks {
      if unit != "week" {
        table["datetime_diff \(unit)(datetime,datetime)"] = "$0 // \(ticks) - $1 // \(ticks)"
      }
      table["datetime_add \(unit)(long,datetime)"] = "?kql_datetime(CAST($0 AS HUGEINT) * \(ticks) + $1)"
    }
    for unit in ["day", "week", "month", "year"] {
      for (types, offset) in [("datetime", "0"), ("datetime,long", "$1")] {
        table["startof\(unit)(\(types))"] = "?kql_start_of_\(unit)($0, \(offset), 0)"
        table["endof\(unit)(\(types))"] = "?kql_start_of_\(unit)($0, \(offset), 1)"
      }
    }
    for (unit, ticks) in [("seconds", 10_000_000), ("milliseconds", 10_000), ("microseconds", 10)] {
      table["unixtime_\(unit)_todatetime(long)"] =
        "?kql_datetime(621355968000000000 + CAST($0 AS HUGEINT) * \(ticks))"
    }
    return table
  }()

  private static let dynamics: [String: String] = [
    "pack_array(…)": "!json_array($*)",
    "bag_pack(…)": "!json_object($*)",
    "array_length(dynamic)": "?CASE WHEN json_type($0) = 'ARRAY' THEN json_array_length($0) END",
    "order(dynamic)": "CAST($0 AS VARCHAR)",
  ]

  private static let rows: [String: String] = [
    "numbers below(long)": "unnest(range($0))",
    "range value(long,long,long)": "CAST($0 + CAST($1 AS HUGEINT) * $2 AS BIGINT)",
    "range count(real,real,real)": "!kql_real_range_count($0, $1, $2)",
    "range value(real,real,long)": "$0 + CAST($2 AS DOUBLE) * $1",
    "range inside(real,real,real)": "!CASE WHEN $2 > 0 THEN $0 <= $1 ELSE $0 >= $1 END",
    "elements as pairs(dynamic)": "?kql_pairs($0)",
    "list length(dynamic)": "len($0)", "list element(dynamic,long)": "?kql_null_if_json_null($0[$1 + 1])",
  ]

  /// By name and types of operands; `$F` is a filter, `$O` an order, `$W` a window.
  static let aggregates: [String: String] = {
    var table: [String: String] = [
      "sum(long)": "!coalesce(kql_wrap(sum($0)$F), 0)",
      "sum(bool)": "!count(*) FILTER (WHERE $0)", "sum(real)": "!coalesce(sum($0)$F, 0)",
      "sum(timespan)": "!coalesce(kql_wrap(sum($0)$F), 0)",
      "avg(timespan)": "CAST(sum($0)$F // count($0)$F AS BIGINT)",
      "avg(datetime)": "CAST(sum($0)$F // count($0)$F AS BIGINT)",
      "min(real)": "kql_real_minimum(list($0)$F)", "max(real)": "kql_real_maximum(list($0)$F)",
      "first(*)": "first($0$O)$F",
      "percentile(*,*)": "kql_percentile(list($0$O) FILTER (WHERE $0 IS NOT NULL), $1)",
      "make_list(*,*)": "!kql_list(list($0$O)$F)", "make_list_with_nulls(*,*)": "!kql_list(list($0$O)$F)",
      "make_set(*,*)": "!kql_set(list($0$O)$F)",
      "running sum(long)": "!kql_wrap(coalesce(sum($0) OVER $W, 0))",
      "running sum(timespan)": "!kql_wrap(coalesce(sum($0) OVER $W, 0))",
      "running sum(real)": "!coalesce(sum($0) OVER $W, 0)",
    ]
    for (name, word) in [
      ("stdev", "stddev_samp"), ("stdevp", "stddev_pop"), ("variance", "var_samp"), ("variancep", "var_pop"),
    ] {
      table["\(name)(real)"] = "!coalesce(\(word)($0)$F, 0)"
    }
    return CommonTemplates.aggregates(table)
  }()
}
