/// Macros for what DuckDB's own functions say differently. Those that others need come first.
enum DuckDBHelpers {
  static let all: [SQLHelper] = integers + reals + terms + texts + times + json + lists

  private static let integers: [SQLHelper] = [
    // Whole numbers wrap, as two's complement of 64 bits does.
    SQLHelper(
      "kql_wrap(h)",
      "CAST((CAST(h AS HUGEINT) % 18446744073709551616 + 27670116110564327424) % 18446744073709551616 - 9223372036854775808 AS BIGINT)"
    ),
    SQLHelper("kql_add(a, b)", "kql_wrap(CAST(a AS HUGEINT) + b)"),
    SQLHelper("kql_subtract(a, b)", "kql_wrap(CAST(a AS HUGEINT) - b)"),
    SQLHelper("kql_multiply(a, b)", "kql_wrap(CAST(a AS HUGEINT) * b)"),
    SQLHelper("kql_divide(a, b)", "kql_wrap(CAST(a AS HUGEINT) // nullif(b, 0))"),
    // Never negative.
    SQLHelper(
      "kql_modulo(a, b)",
      "CAST((CAST(a AS HUGEINT) % nullif(b, 0) + abs(CAST(b AS HUGEINT))) % nullif(abs(CAST(b AS HUGEINT)), 0) AS BIGINT)"
    ),
    SQLHelper("kql_abs(a)", "CASE WHEN a > -9223372036854775808 THEN abs(a) END"),
    SQLHelper("kql_int(a)", "CASE WHEN a BETWEEN -2147483648 AND 2147483647 THEN a END"),
    SQLHelper(
      "kql_to_bigint(h)",
      "CASE WHEN h BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(h AS BIGINT) END"),
    SQLHelper(
      "kql_bin(a, size)",
      "CASE WHEN size > 0 THEN kql_to_bigint(a - (CAST(a AS HUGEINT) % size + size) % size) END"),
    SQLHelper(
      "kql_shift_left(a, n)",
      "CASE WHEN n >= 0 THEN kql_wrap(CAST(a AS HUGEINT) * (CAST(1 AS HUGEINT) << (n % 64))) END"),
    SQLHelper("kql_shift_right(a, n)", "CASE WHEN n >= 0 THEN CAST(a AS BIGINT) >> (n % 64) END"),
    SQLHelper(
      "kql_range_count(a, b, step)",
      "coalesce(CASE WHEN step > 0 AND b >= a OR step < 0 AND b <= a THEN CAST((CAST(b AS HUGEINT) - a) // step + 1 AS BIGINT) END, 0)"
    ),
  ]

  private static let reals: [SQLHelper] = [
    // NaN is equal to nothing and neither below nor above anything; DuckDB sorts it above all.
    SQLHelper("kql_real_equal(a, b)", "a = b AND (NOT isnan(a))"),
    SQLHelper(
      "kql_real_less(a, b)",
      "CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN FALSE ELSE a < b END"),
    SQLHelper(
      "kql_real_less_or_equal(a, b)",
      "CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN FALSE ELSE a <= b END"),
    SQLHelper(
      "kql_real_greatest(a, b)",
      "CASE WHEN isnan(a) THEN coalesce(b, a) WHEN isnan(b) THEN coalesce(a, b) ELSE greatest(a, b) END"),
    SQLHelper("kql_real_least(a, b)", "CASE WHEN isnan(a) THEN a WHEN isnan(b) THEN b ELSE least(a, b) END"),
    SQLHelper(
      "kql_real_minimum(l)",
      "CASE WHEN len(list_filter(l, lambda x: isnan(x))) > 0 THEN CAST('NaN' AS DOUBLE) ELSE list_min(l) END"),
    SQLHelper(
      "kql_real_maximum(l)", "coalesce(list_max(list_filter(l, lambda x: NOT isnan(x))), list_max(l))"),
    SQLHelper("kql_real_modulo(a, b)", "CASE WHEN a % b < 0 THEN a % b + abs(b) ELSE a % b END"),
    SQLHelper(
      "kql_real_bin(a, size)", "CASE WHEN size > 0 AND NOT isnan(size) THEN floor(a / size) * size END"),
    SQLHelper("kql_sign(a)", "CASE WHEN isnan(a) THEN a WHEN a > 0 THEN 1e0 WHEN a < 0 THEN -1e0 ELSE a END"),
    SQLHelper("kql_ln(a)", "CASE WHEN a = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE ln(a) END"),
    SQLHelper("kql_log2(a)", "CASE WHEN a = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE log2(a) END"),
    SQLHelper("kql_log10(a)", "CASE WHEN a = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE log10(a) END"),
    SQLHelper(
      "kql_long(a)",
      "CASE WHEN isfinite(a) AND trunc(a) BETWEEN -9223372036854775808e0 AND 9223372036854774784e0 THEN CAST(trunc(a) AS BIGINT) END"
    ),
    // Ticks of a computed length of time, rounded.
    SQLHelper(
      "kql_ticks(a)",
      "CASE WHEN isfinite(a) AND round(a) BETWEEN -9223372036854775808e0 AND 9223372036854774784e0 THEN CAST(round(a) AS BIGINT) END"
    ),
    // Halves away from zero, of the number as it prints.
    SQLHelper(
      "kql_round_digits(a, n)",
      "CASE WHEN NOT isfinite(a) OR abs(a) >= 1e17 OR n >= 18 THEN a ELSE CAST(CAST(round(TRY_CAST(CAST(a AS VARCHAR) AS DECIMAL(38, 18)), n) AS VARCHAR) AS DOUBLE) END"
    ),
    SQLHelper(
      "kql_round_tens(a, n)",
      "CASE WHEN NOT isfinite(a) OR abs(a) >= 1e17 THEN a ELSE round(a / pow(10e0, -n)) * pow(10e0, -n) END"),
    SQLHelper(
      "kql_real_text(a)",
      """
      CASE WHEN isnan(a) THEN 'NaN' WHEN isinf(a) THEN CASE WHEN a > 0 THEN 'Infinity' ELSE '-Infinity' END
        WHEN abs(a) > 9007199254740992e0 AND abs(a) < 1e16 THEN concat(CASE WHEN a < 0 THEN '-' ELSE '' END,
          substr(CAST(CAST(abs(a) AS BIGINT) AS VARCHAR), 1, 1), '.',
          regexp_replace(substr(CAST(CAST(abs(a) AS BIGINT) AS VARCHAR), 2), '0+$', ''), 'e+15')
        ELSE CAST(a AS VARCHAR) END
      """),
    SQLHelper("kql_real_json(a)", "CASE WHEN isfinite(a) THEN to_json(a) ELSE to_json(kql_real_text(a)) END"),
    SQLHelper(
      "kql_real_range_count(a, b, step)",
      "coalesce(CASE WHEN isfinite(a) AND isfinite(b) AND isfinite(step) AND step <> 0 THEN greatest(0, CAST(floor((b - a) / step) + 2 AS BIGINT)) END, 0)"
    ),
  ]

  private static let terms: [SQLHelper] = [
    // Case by single code points, as KQL knows it: two letters have no other one.
    SQLHelper("kql_fold(s)", "replace(lower(replace(s, 'İ', chr(1114109))), chr(1114109), 'İ')"),
    SQLHelper("kql_upper(s)", "replace(upper(replace(s, 'ß', chr(1114109))), chr(1114109), 'ß')"),
    // A term is a run of letters and digits; what is looked for must end where a term ends.
    SQLHelper(
      "kql_term_start(s)",
      "CASE WHEN regexp_matches(s, '^[\\p{L}\\p{N}\\p{Mn}\\p{Mc}]') THEN '(?:^|[^\\p{L}\\p{N}\\p{Mn}\\p{Mc}])' ELSE '' END"
    ),
    SQLHelper(
      "kql_term_end(s)",
      "CASE WHEN regexp_matches(s, '[\\p{L}\\p{N}\\p{Mn}\\p{Mc}]$') THEN '(?:$|[^\\p{L}\\p{N}\\p{Mn}\\p{Mc}])' ELSE '' END"
    ),
    SQLHelper(
      "kql_has(s, w)", "regexp_matches(s, concat(kql_term_start(w), regexp_escape(w), kql_term_end(w)))"),
    SQLHelper("kql_has_prefix(s, w)", "regexp_matches(s, concat(kql_term_start(w), regexp_escape(w)))"),
    SQLHelper("kql_has_suffix(s, w)", "regexp_matches(s, concat(regexp_escape(w), kql_term_end(w)))"),
  ]

  private static let texts: [SQLHelper] = [
    SQLHelper(
      "kql_trim(s)", "trim(s, concat(' ', chr(9), chr(10), chr(11), chr(12), chr(13), chr(133), chr(160)))"),
    SQLHelper(
      "kql_parse_real(s)",
      """
      CASE WHEN regexp_full_match(kql_trim(s), '[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?')
        THEN TRY_CAST(kql_trim(s) AS DOUBLE)
        ELSE CASE lower(kql_trim(s)) WHEN 'nan' THEN CAST('NaN' AS DOUBLE)
          WHEN 'inf' THEN CAST('Infinity' AS DOUBLE) WHEN '+inf' THEN CAST('Infinity' AS DOUBLE)
          WHEN 'infinity' THEN CAST('Infinity' AS DOUBLE) WHEN '+infinity' THEN CAST('Infinity' AS DOUBLE)
          WHEN '-inf' THEN CAST('-Infinity' AS DOUBLE) WHEN '-infinity' THEN CAST('-Infinity' AS DOUBLE) END END
      """),
    SQLHelper(
      "kql_parse_integer(s)",
      """
      CASE WHEN regexp_full_match(kql_trim(s), '[+-]?[0-9]+') THEN TRY_CAST(kql_trim(s) AS BIGINT)
        WHEN regexp_full_match(kql_trim(s), '0[xX][0-9a-fA-F]{1,16}') THEN kql_wrap(TRY_CAST(lower(kql_trim(s)) AS HUGEINT))
        WHEN regexp_full_match(kql_trim(s), '-0[xX][0-9a-fA-F]{1,16}') THEN kql_to_bigint(-TRY_CAST(lower(substr(kql_trim(s), 2)) AS HUGEINT)) END
      """),
    SQLHelper("kql_parse_long(s)", "coalesce(kql_parse_integer(s), kql_long(kql_parse_real(s)))"),
    SQLHelper(
      "kql_parse_bool(s)",
      "CASE lower(kql_trim(s)) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE kql_parse_integer(s) <> 0 END"
    ),
    SQLHelper(
      "kql_substring(s, start, size)",
      "substr(s, CASE WHEN start < 0 THEN greatest(0, length(s) + start) ELSE least(start, length(s)) END + 1, greatest(0, least(size, length(s))))"
    ),
    SQLHelper(
      "kql_reverse(s)",
      "coalesce(list_aggregate(list_transform(range(length(s), 0, -1), lambda i: substr(s, i, 1)), 'string_agg', ''), '')"
    ),
    SQLHelper("kql_index_of(s, w)", "CASE WHEN w = '' THEN 0 ELSE strpos(s, w) - 1 END"),
    SQLHelper(
      "kql_count_of(s, w)",
      "CASE WHEN w = '' THEN 0 ELSE len(list_filter(range(1, length(s) - length(w) + 2), lambda i: substr(s, i, length(w)) = w)) END"
    ),
    SQLHelper("kql_split(s, d)", "to_json(CASE WHEN d = '' THEN [s] ELSE string_split(s, d) END)"),
  ]

  private static let times: [SQLHelper] = [
    SQLHelper("kql_datetime(t)", "CASE WHEN t BETWEEN 0 AND 3155378975999999999 THEN CAST(t AS BIGINT) END"),
    SQLHelper("kql_date(t)", "DATE '0001-01-01' + CAST(t // 864000000000 AS INTEGER)"),
    SQLHelper("kql_days(d)", "CAST(CAST(d AS DATE) - DATE '0001-01-01' AS HUGEINT)"),
    SQLHelper("kql_month(t)", "year(kql_date(t)) * 12 + month(kql_date(t)) - 1"),
    SQLHelper(
      "kql_start_of_day(t, n, e)",
      "CASE WHEN n BETWEEN -3999999 AND 3999999 THEN kql_datetime((CAST(t // 864000000000 AS HUGEINT) + n + e) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_start_of_week(t, n, e)",
      "CASE WHEN n BETWEEN -3999999 AND 3999999 THEN kql_datetime((t // 864000000000 - (t // 864000000000 + 1) % 7 + (CAST(n AS HUGEINT) + e) * 7) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_start_of_month(t, n, e)",
      "CASE WHEN n BETWEEN -3999999 AND 3999999 AND kql_month(t) + n + e BETWEEN 0 AND 130000 THEN kql_datetime(kql_days(DATE '0001-01-01' + to_months(CAST(kql_month(t) - 12 + n + e AS INTEGER))) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_start_of_year(t, n, e)",
      "CASE WHEN n BETWEEN -3999999 AND 3999999 AND year(kql_date(t)) + n + e BETWEEN 0 AND 10001 THEN kql_datetime(kql_days(DATE '0001-01-01' + to_months(CAST((year(kql_date(t)) - 1 + n + e) * 12 AS INTEGER))) * 864000000000 - e) END"
    ),
    SQLHelper(
      "kql_add_months(n, unit, t)",
      "CASE WHEN n BETWEEN -199999 AND 199999 AND kql_month(t) + n * unit BETWEEN 12 AND 119999 THEN kql_datetime(kql_days(kql_date(t) + to_months(CAST(n * unit AS INTEGER))) * 864000000000 + t % 864000000000) END"
    ),
    SQLHelper(
      "kql_make_datetime(y, m, d)",
      "CASE WHEN y BETWEEN 1 AND 9999 AND m BETWEEN 1 AND 12 AND d BETWEEN 1 AND 31 THEN kql_datetime(kql_days(TRY(make_date(y, m, d))) * 864000000000) END"
    ),
    SQLHelper(
      "kql_clock(t)",
      "printf('%02d:%02d:%02d', t // 36000000000, t // 600000000 % 60, t // 10000000 % 60)"),
    SQLHelper(
      "kql_datetime_text(t)",
      "strftime(kql_date(t), '%Y-%m-%d') || 'T' || kql_clock(t % 864000000000) || printf('.%07dZ', t % 10000000)"
    ),
    SQLHelper(
      "kql_timespan_text(t)",
      """
      CASE WHEN t IS NOT NULL THEN concat(CASE WHEN t < 0 THEN '-' ELSE '' END,
        CASE WHEN abs(CAST(t AS HUGEINT)) >= 864000000000 THEN concat(abs(CAST(t AS HUGEINT)) // 864000000000, '.') ELSE '' END,
        kql_clock(CAST(abs(CAST(t AS HUGEINT)) % 864000000000 AS BIGINT)),
        CASE WHEN t % 10000000 <> 0 THEN printf('.%07d', abs(t % 10000000)) ELSE '' END) END
      """),
  ]

  private static let json: [SQLHelper] = [
    SQLHelper("kql_null_if_json_null(d)", "CASE WHEN json_type(d) <> 'NULL' THEN d END"),
    SQLHelper("kql_json(d)", "kql_null_if_json_null(json(d))"),
    // DuckDB reads NaN and Infinity as numbers, which JSON has not.
    SQLHelper(
      "kql_is_json(s)",
      #"json_valid(s) AND NOT regexp_matches(lower(regexp_replace(s, '"(?:[^"\\]|\\.)*"', '', 'g')), 'nan|inf')"#
    ),
    SQLHelper(
      "kql_parse_json(s)",
      "CASE WHEN s = '' THEN NULL WHEN kql_is_json(s) THEN kql_null_if_json_null(json(s)) ELSE to_json(s) END"
    ),
    SQLHelper(
      "kql_pointer(k)", "concat('/', replace(replace(k, '~', '~0'), '/', '~1'))"),
    SQLHelper(
      "kql_member(d, k)",
      "CASE WHEN json_type(d) = 'OBJECT' THEN kql_null_if_json_null(json_extract(d, kql_pointer(k))) END"),
    SQLHelper(
      "kql_element(d, i)",
      "CASE WHEN json_type(d) = 'ARRAY' THEN kql_null_if_json_null(json_extract(d, CAST(i AS BIGINT))) END"),
    SQLHelper(
      "kql_dynamic_text(d)",
      "CASE json_type(d) WHEN 'VARCHAR' THEN json_extract_string(d, '$') WHEN 'DOUBLE' THEN kql_real_text(CAST(d AS DOUBLE)) ELSE CAST(d AS VARCHAR) END"
    ),
    SQLHelper(
      "kql_dynamic_long(d)",
      """
      CASE json_type(d) WHEN 'UBIGINT' THEN kql_to_bigint(CAST(d AS HUGEINT)) WHEN 'BIGINT' THEN CAST(d AS BIGINT)
        WHEN 'DOUBLE' THEN kql_long(CAST(d AS DOUBLE)) WHEN 'BOOLEAN' THEN CAST(CAST(d AS BOOLEAN) AS BIGINT)
        WHEN 'VARCHAR' THEN kql_parse_long(json_extract_string(d, '$')) END
      """),
    SQLHelper(
      "kql_dynamic_real(d)",
      """
      CASE json_type(d) WHEN 'UBIGINT' THEN CAST(d AS DOUBLE) WHEN 'BIGINT' THEN CAST(d AS DOUBLE)
        WHEN 'DOUBLE' THEN CAST(d AS DOUBLE) WHEN 'BOOLEAN' THEN CAST(CAST(d AS BOOLEAN) AS DOUBLE)
        WHEN 'VARCHAR' THEN kql_parse_real(json_extract_string(d, '$')) END
      """),
    SQLHelper(
      "kql_dynamic_bool(d)",
      """
      CASE json_type(d) WHEN 'BOOLEAN' THEN CAST(d AS BOOLEAN) WHEN 'UBIGINT' THEN CAST(d AS DOUBLE) <> 0
        WHEN 'BIGINT' THEN CAST(d AS DOUBLE) <> 0 WHEN 'DOUBLE' THEN CAST(d AS DOUBLE) <> 0
        WHEN 'VARCHAR' THEN kql_parse_bool(json_extract_string(d, '$')) END
      """),
  ]

  private static let lists: [SQLHelper] = [
    SQLHelper(
      "kql_elements(d)",
      """
      CASE json_type(d) WHEN 'ARRAY' THEN json_extract(d, '$[*]')
        WHEN 'OBJECT' THEN list_transform(json_keys(d), lambda k: json_object(k, json_extract(d, kql_pointer(k))))
        ELSE CASE WHEN d IS NOT NULL THEN [d] END END
      """),
    SQLHelper(
      "kql_pairs(d)",
      """
      CASE json_type(d) WHEN 'ARRAY' THEN json_extract(d, '$[*]')
        WHEN 'OBJECT' THEN list_transform(json_keys(d), lambda k: json_array(k, json_extract(d, kql_pointer(k))))
        ELSE CASE WHEN d IS NOT NULL THEN [d] END END
      """),
    SQLHelper("kql_list(l)", "coalesce(to_json(l), CAST('[]' AS JSON))"),
    SQLHelper("kql_set(l)", "kql_list(list_filter(l, lambda x, i: list_position(l, x) = i))"),
    // Nearest rank.
    SQLHelper("kql_percentile(l, p)", "l[greatest(1, CAST(ceil(p * len(l) * (1 - 1e-12)) AS BIGINT))]"),
  ]
}
