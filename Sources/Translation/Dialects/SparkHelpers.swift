/// Functions for what Spark's own say differently. Those that others need come first.
enum SparkHelpers {
  static let all: [SQLHelper] = numbers + terms + texts + times + dynamics

  private static let numbers: [SQLHelper] = [
    SQLHelper(
      "kql_abs(a BIGINT)", returns: "BIGINT", "CASE WHEN a > -9223372036854775807L - 1L THEN abs(a) END"),
    SQLHelper(
      "kql_int(a BIGINT)", returns: "BIGINT", "CASE WHEN a BETWEEN -2147483648L AND 2147483647L THEN a END"),
    // Never negative.
    SQLHelper("kql_modulo(a BIGINT, b BIGINT)", returns: "BIGINT", "pmod(a, abs(b))"),
    SQLHelper(
      "kql_bin(a BIGINT, size BIGINT)", returns: "BIGINT", "CASE WHEN size > 0L THEN a - pmod(a, size) END"),
    SQLHelper(
      "kql_range_count(a BIGINT, b BIGINT, step BIGINT)", returns: "BIGINT",
      "coalesce(CASE WHEN step > 0L AND b >= a OR step < 0L AND b <= a THEN (b - a) div step + 1L END, 0L)"),
    // NaN is equal to nothing and neither below nor above anything; Spark takes it for the largest number.
    SQLHelper("kql_real_equal(a DOUBLE, b DOUBLE)", returns: "BOOLEAN", "a = b AND NOT isnan(a)"),
    SQLHelper(
      "kql_real_less(a DOUBLE, b DOUBLE)", returns: "BOOLEAN",
      "CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN FALSE ELSE a < b END"),
    SQLHelper(
      "kql_real_less_or_equal(a DOUBLE, b DOUBLE)", returns: "BOOLEAN",
      "CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN FALSE ELSE a <= b END"),
    SQLHelper(
      "kql_real_divide(a DOUBLE, b DOUBLE)", returns: "DOUBLE",
      """
      CASE WHEN b <> 0D OR b IS NULL THEN a / b WHEN a = 0D OR isnan(a) THEN CAST('NaN' AS DOUBLE)
        WHEN a > 0D THEN CAST('Infinity' AS DOUBLE) WHEN a < 0D THEN CAST('-Infinity' AS DOUBLE) END
      """),
    SQLHelper(
      "kql_real_bin(a DOUBLE, size DOUBLE)", returns: "DOUBLE",
      "CASE WHEN size > 0D AND NOT isnan(size) THEN CAST(floor(a / size) AS DOUBLE) * size END"),
    SQLHelper(
      "kql_long(a DOUBLE)", returns: "BIGINT",
      "CASE WHEN a BETWEEN -9223372036854775808D AND 9223372036854774784D THEN CAST(a AS BIGINT) END"),
    // Halves away from zero.
    SQLHelper(
      "kql_round(a DOUBLE, n INT)", returns: "DOUBLE",
      "CASE WHEN isnan(a) OR abs(a) >= 1e17D OR n >= 18 THEN a ELSE CAST(round(CAST(CAST(a AS STRING) AS DECIMAL(38, 18)), n) AS DOUBLE) END"
    ),
  ]

  private static let terms: [SQLHelper] = [
    // Case by single code points, as KQL knows it: two letters have no other one, and a sigma is a sigma anywhere.
    SQLHelper(
      "kql_fold(s STRING)", returns: "STRING",
      "replace(lower(replace(replace(s, 'İ', '\\uFFFF'), 'Σ', 'σ')), '\\uFFFF', 'İ')"),
    SQLHelper(
      "kql_upper(s STRING)", returns: "STRING", "replace(upper(replace(s, 'ß', '\\uFFFF')), '\\uFFFF', 'ß')"),
    SQLHelper(
      "kql_quote(s STRING)", returns: "STRING", #"concat(r'\Q', replace(s, r'\E', r'\E\\E\Q'), r'\E')"#),
    // A term is a run of letters and digits; what is looked for must end where a term ends.
    SQLHelper(
      "kql_term_start(s STRING)", returns: "STRING",
      #"CASE WHEN s RLIKE r'^[\p{L}\p{N}\p{Mn}\p{Mc}]' THEN r'(?:^|[^\p{L}\p{N}\p{Mn}\p{Mc}])' ELSE '' END"#),
    SQLHelper(
      "kql_term_end(s STRING)", returns: "STRING",
      #"CASE WHEN s RLIKE r'[\p{L}\p{N}\p{Mn}\p{Mc}]\z' THEN r'(?:\z|[^\p{L}\p{N}\p{Mn}\p{Mc}])' ELSE '' END"#
    ),
    SQLHelper(
      "kql_has(s STRING, w STRING)", returns: "BOOLEAN",
      "s RLIKE concat(kql_term_start(w), kql_quote(w), kql_term_end(w))"),
    SQLHelper(
      "kql_has_prefix(s STRING, w STRING)", returns: "BOOLEAN",
      "s RLIKE concat(kql_term_start(w), kql_quote(w))"),
    SQLHelper(
      "kql_has_suffix(s STRING, w STRING)", returns: "BOOLEAN",
      "s RLIKE concat(kql_quote(w), kql_term_end(w))"),
  ]

  private static let texts: [SQLHelper] = [
    SQLHelper(
      "kql_trim(s STRING)", returns: "STRING", #"trim(BOTH ' \t\n\u000B\f\r\u0085\u00A0' FROM s)"#),
    SQLHelper(
      "kql_parse_real(s STRING)", returns: "DOUBLE",
      """
      CASE WHEN kql_trim(s) RLIKE r'^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\\z' THEN CAST(kql_trim(s) AS DOUBLE)
        WHEN lower(kql_trim(s)) = 'nan' THEN CAST('NaN' AS DOUBLE)
        WHEN lower(kql_trim(s)) IN ('inf', '+inf', 'infinity', '+infinity') THEN CAST('Infinity' AS DOUBLE)
        WHEN lower(kql_trim(s)) IN ('-inf', '-infinity') THEN CAST('-Infinity' AS DOUBLE) END
      """),
    SQLHelper(
      "kql_parse_long(s STRING)", returns: "BIGINT",
      #"coalesce(CASE WHEN kql_trim(s) RLIKE r'^[+-]?[0-9]+\z' THEN CAST(kql_trim(s) AS BIGINT) END, kql_long(kql_parse_real(s)))"#
    ),
    SQLHelper(
      "kql_parse_bool(s STRING)", returns: "BOOLEAN",
      "CASE lower(kql_trim(s)) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE kql_parse_long(s) <> 0L END"
    ),
    SQLHelper(
      "kql_substring(s STRING, start BIGINT, size BIGINT)", returns: "STRING",
      "substr(s, CAST(CASE WHEN start < 0L THEN greatest(0L, length(s) + start) ELSE least(start, length(s)) END + 1L AS INT), CAST(greatest(0L, least(size, length(s))) AS INT))"
    ),
    SQLHelper(
      "kql_index_of(s STRING, w STRING)", returns: "BIGINT",
      "CASE WHEN w = '' THEN 0L ELSE CAST(instr(s, w) AS BIGINT) - 1L END"),
    SQLHelper(
      "kql_split(s STRING, d STRING)", returns: "VARIANT",
      "parse_json(to_json(CASE WHEN d = '' THEN array(s) ELSE split(s, kql_quote(d), -1) END))"),
  ]

  private static let times: [SQLHelper] = [
    SQLHelper(
      "kql_datetime(t DECIMAL(38, 0))", returns: "BIGINT",
      "CASE WHEN t BETWEEN 0 AND 3155378975999999999 THEN CAST(t AS BIGINT) END"),
    SQLHelper(
      "kql_date(t BIGINT)", returns: "DATE", "date_add(DATE '0001-01-01', CAST(t div 864000000000L AS INT))"),
    SQLHelper(
      "kql_days(d DATE)", returns: "DECIMAL(20, 0)", "CAST(datediff(d, DATE '0001-01-01') AS DECIMAL(20, 0))"),
    SQLHelper("kql_month(t BIGINT)", returns: "INT", "year(kql_date(t)) * 12 + month(kql_date(t)) - 1"),
    SQLHelper(
      "kql_start_of_day(t BIGINT, n BIGINT, e INT)", returns: "BIGINT",
      "CASE WHEN n BETWEEN -3999999L AND 3999999L THEN kql_datetime(CAST(t div 864000000000L + n + e AS DECIMAL(20, 0)) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_start_of_week(t BIGINT, n BIGINT, e INT)", returns: "BIGINT",
      "CASE WHEN n BETWEEN -3999999L AND 3999999L THEN kql_datetime(CAST(t div 864000000000L - (t div 864000000000L + 1L) % 7L + (n + e) * 7L AS DECIMAL(20, 0)) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_start_of_month(t BIGINT, n BIGINT, e INT)", returns: "BIGINT",
      "CASE WHEN n BETWEEN -3999999L AND 3999999L AND kql_month(t) + n + e BETWEEN 0L AND 130000L THEN kql_datetime(kql_days(add_months(DATE '0001-01-01', CAST(kql_month(t) - 12 + n + e AS INT))) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_start_of_year(t BIGINT, n BIGINT, e INT)", returns: "BIGINT",
      "CASE WHEN n BETWEEN -3999999L AND 3999999L AND year(kql_date(t)) + n + e BETWEEN 0L AND 10001L THEN kql_datetime(kql_days(add_months(DATE '0001-01-01', CAST((year(kql_date(t)) - 1 + n + e) * 12 AS INT))) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_add_months(n BIGINT, unit INT, t BIGINT)", returns: "BIGINT",
      "CASE WHEN n BETWEEN -199999L AND 199999L AND kql_month(t) + n * unit BETWEEN 12L AND 119999L THEN kql_datetime(kql_days(add_months(kql_date(t), CAST(n * unit AS INT))) * 864000000000 + t % 864000000000L) END"
    ),
    SQLHelper(
      "kql_make_datetime(y BIGINT, m BIGINT, d BIGINT)", returns: "BIGINT",
      "CASE WHEN y BETWEEN 1L AND 9999L AND m BETWEEN 1L AND 12L AND d BETWEEN 1L AND 31L THEN kql_datetime(kql_days(make_date(CAST(y AS INT), CAST(m AS INT), CAST(d AS INT))) * 864000000000) END"
    ),
    SQLHelper(
      "kql_clock(t BIGINT)", returns: "STRING",
      "format_string('%02d:%02d:%02d', t div 36000000000L, t div 600000000L % 60L, t div 10000000L % 60L)"),
    SQLHelper(
      "kql_datetime_text(t BIGINT)", returns: "STRING",
      "concat(date_format(kql_date(t), 'yyyy-MM-dd'), 'T', kql_clock(t % 864000000000L), format_string('.%07dZ', t % 10000000L))"
    ),
    SQLHelper(
      "kql_timespan_text(t BIGINT)", returns: "STRING",
      """
      concat(CASE WHEN t < 0L THEN '-' ELSE '' END,
        CASE WHEN abs(t) >= 864000000000L THEN concat(abs(t) div 864000000000L, '.') ELSE '' END,
        kql_clock(abs(t) % 864000000000L),
        CASE WHEN t % 10000000L <> 0L THEN format_string('.%07d', abs(t % 10000000L)) ELSE '' END)
      """),
  ]

  private static let dynamics: [SQLHelper] = [
    SQLHelper(
      "kql_null_if_json_null(d VARIANT)", returns: "VARIANT", "CASE WHEN NOT is_variant_null(d) THEN d END"),
    SQLHelper(
      "kql_kind(d VARIANT)", returns: "STRING", "regexp_extract(schema_of_variant(d), '^[A-Z]+', 0)"),
    SQLHelper(
      "kql_parse_json(s STRING)", returns: "VARIANT",
      "CASE WHEN s = '' THEN NULL ELSE kql_null_if_json_null(coalesce(try_parse_json(s), parse_json(to_json(named_struct('v', s)):v))) END"
    ),
    SQLHelper(
      "kql_element(d VARIANT, i BIGINT)", returns: "VARIANT",
      "CASE WHEN kql_kind(d) = 'ARRAY' THEN kql_null_if_json_null(get(CAST(d AS ARRAY<VARIANT>), CAST(CASE WHEN i < 0L THEN size(CAST(d AS ARRAY<VARIANT>)) + i ELSE i END AS INT))) END"
    ),
    SQLHelper(
      "kql_member(d VARIANT, k STRING)", returns: "VARIANT",
      "CASE WHEN kql_kind(d) = 'OBJECT' THEN kql_null_if_json_null(try_element_at(CAST(d AS MAP<STRING, VARIANT>), k)) END"
    ),
    SQLHelper(
      "kql_dynamic_text(d VARIANT)", returns: "STRING",
      "CASE WHEN kql_kind(d) IN ('ARRAY', 'OBJECT') THEN to_json(d) ELSE CAST(d AS STRING) END"),
    SQLHelper(
      "kql_dynamic_real(d VARIANT)", returns: "DOUBLE",
      "CASE kql_kind(d) WHEN 'STRING' THEN kql_parse_real(CAST(d AS STRING)) WHEN 'ARRAY' THEN NULL WHEN 'OBJECT' THEN NULL WHEN 'BOOLEAN' THEN CAST(CAST(d AS BOOLEAN) AS DOUBLE) ELSE CAST(d AS DOUBLE) END"
    ),
    SQLHelper(
      "kql_dynamic_long(d VARIANT)", returns: "BIGINT",
      "CASE kql_kind(d) WHEN 'STRING' THEN kql_parse_long(CAST(d AS STRING)) WHEN 'BIGINT' THEN CAST(d AS BIGINT) ELSE kql_long(kql_dynamic_real(d)) END"
    ),
    SQLHelper(
      "kql_dynamic_bool(d VARIANT)", returns: "BOOLEAN",
      "CASE kql_kind(d) WHEN 'STRING' THEN kql_parse_bool(CAST(d AS STRING)) WHEN 'BOOLEAN' THEN CAST(d AS BOOLEAN) ELSE kql_dynamic_real(d) <> 0D END"
    ),
    SQLHelper(
      "kql_elements(d VARIANT)", returns: "ARRAY<VARIANT>",
      """
      CASE kql_kind(d) WHEN 'ARRAY' THEN CAST(d AS ARRAY<VARIANT>)
        WHEN 'OBJECT' THEN transform(map_entries(CAST(d AS MAP<STRING, VARIANT>)),
          e -> parse_json(to_json(map_from_entries(array(e)))))
        ELSE CASE WHEN d IS NOT NULL THEN array(d) END END
      """),
    // Items come with their places, as JSON: that can be sorted and compared.
    SQLHelper(
      "kql_list(l ARRAY<STRUCT<p: INT, t: STRING>>)", returns: "VARIANT",
      "parse_json(concat('[', array_join(transform(array_sort(l), x -> x.t), ','), ']'))"),
    SQLHelper(
      "kql_set(l ARRAY<STRUCT<p: INT, t: STRING>>)", returns: "VARIANT",
      "parse_json(concat('[', array_join(array_distinct(transform(array_sort(l), x -> x.t)), ','), ']'))"),
  ]
}
