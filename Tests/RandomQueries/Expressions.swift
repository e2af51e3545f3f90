import Columnar

/// Which part of the language random queries use.
public enum Dialect: Sendable {
  /// All that Dossier has.
  case full
  /// What `dossier translate` turns into SQL, and only where the answer is one: nothing that KQL leaves open.
  case portable
}

/// Forms of expressions by the type of their value. `{long}` stands for an expression of that type, `{=long}` for a
/// literal, `{small}`, `{size}`, `{times}`, `{regex}`, `{part}`, `{word}`, `{words}` and `{key}` for literals of a sort.
struct ExpressionForms {
  private(set) var byType: [ScalarType: [String]] = [:]

  init(_ dialect: Dialect) {
    for (type, forms) in Self.common { byType[type, default: []] += forms }
    let comparable: [ScalarType] = [.int, .long, .real, .string, .datetime, .timespan, .bool, .guid]
    for type in comparable {
      for sign in ["==", "!="] { byType[.bool, default: []].append("{\(type)} \(sign) {\(type)}") }
      guard type != .bool, type != .guid else { continue }
      for sign in ["<", "<=", ">", ">="] { byType[.bool, default: []].append("{\(type)} \(sign) {\(type)}") }
      byType[.bool, default: []] += [
        "{\(type)} in ({=\(type)}, {=\(type)}, {=\(type)})", "{\(type)} !in ({=\(type)}, {\(type)})",
        "{\(type)} between ({\(type)} .. {\(type)})", "{\(type)} !between ({=\(type)} .. {=\(type)})",
      ]
    }
    for type in comparable + [.dynamic] {
      byType[.bool, default: []] += ["isnull({\(type)})", "isnotnull({\(type)})", "isempty({\(type)})"]
      byType[.string, default: []] += type == .dynamic ? [] : ["tostring({\(type)})"]
      byType[type, default: []] += [
        "iff({bool}, {\(type)}, {\(type)})", "case({bool}, {\(type)}, {bool}, {\(type)}, {\(type)})",
      ]
      if type != .dynamic {
        byType[type, default: []] += [
          "coalesce({\(type)}, {\(type)})", "coalesce({\(type)}, {\(type)}, {=\(type)})",
        ]
      }
      if type != .dynamic, type != .bool, type != .guid {
        byType[type, default: []] += [
          "max_of({\(type)}, {\(type)})", "min_of({\(type)}, {\(type)}, {=\(type)})",
        ]
      }
    }
    if dialect == .full {
      for (type, forms) in Self.full { byType[type, default: []] += forms }
    }
  }

  private static let common: [ScalarType: [String]] = [
    .bool: [
      "{string} !has_cs {word}", "{string} !contains_cs {word}", "{string} !startswith {word}",
      "{string} !startswith_cs {word}", "{string} !hassuffix {word}", "{string} hasprefix_cs {word}",
      "{string} hassuffix_cs {word}", "{string} !hasprefix {word}", "{string} !hassuffix_cs {word}",
      "{string} !endswith_cs {word}", "tobool({real})", "tobool({dynamic}.a)", "{string} endswith {string}",
      "{string} has {word} and {bool}", "{int} == {long}", "{real} >= {long}",
      "{long} in (dynamic([1, 2, 7]))", "{string} has_any (dynamic(['a', 'foo']))",
      "({bool} and {bool})", "({bool} or {bool})", "not({bool})", "{long} == {real}", "{int} < {long}",
      "isnan({real})",
      "isinf({real})", "isfinite({real})", "isnotempty({string})", "isascii({string})",
      "{string} has {word}", "{string} !has {word}", "{string} has_cs {word}", "{string} hasprefix {word}",
      "{string} hassuffix {word}", "{string} !hasprefix_cs {word}", "{string} contains {word}",
      "{string} !contains {word}", "{string} contains_cs {word}", "{string} startswith {word}",
      "{string} startswith_cs {word}", "{string} !endswith {word}", "{string} endswith_cs {word}",
      "{string} =~ {string}", "{string} !~ {word}", "{string} in~ ({words})", "{string} !in~ ({words})",
      "{string} has_any ({words})", "{string} has_all ({words})", "{string} matches regex {regex}",
      "{string} has {string}", "{string} contains {string}", "{string} startswith {string}", "tobool({long})",
      "tobool({string})", "{dynamic} == {=long}", "tobool({dynamic})",
    ],
    .int: [
      "getmonth({datetime})", "toint({dynamic})", "toint({bool})",
      "toint({long})", "toint({real})", "getyear({datetime})", "monthofyear({datetime})",
      "dayofmonth({datetime})",
      "dayofyear({datetime})", "hourofday({datetime})", "toint({string})",
    ],
    .long: [
      "tolong({datetime})", "bitset_count_ones({long})", "datetime_part({part of date}, {datetime})",
      "tolong({dynamic}.a)", "ceiling({long})", "round({long})", "binary_xor({int}, {long})",
      "toint({string}) + {long}", "toscalar(T1 | count)", "sum_of({long})", "sum_of({long}, {=long})",
      "{long} + {long}", "{long} - {long}", "{long} * {long}", "{long} / {long}", "{long} % {long}",
      "{int} + {int}",
      "{int} * {long}", "-({long})", "abs({long})", "bin({long}, {size})", "strlen({string})",
      "string_size({string})",
      "indexof({string}, {word})", "countof({string}, {word})", "tolong({real})", "tolong({string})",
      "tolong({bool})",
      "tolong({timespan})", "binary_and({long}, {long})", "binary_or({long}, {long})",
      "binary_xor({long}, {long})",
      "binary_not({long})", "binary_shift_left({long}, {times})", "binary_shift_right({long}, {times})",
      "datetime_part({part}, {datetime})", "datetime_diff({part}, {datetime}, {datetime})",
      "week_of_year({datetime})",
      "array_length({dynamic})", "strcmp({string}, {string})", "tolong({dynamic})",
      "tolong({dynamic}[{small}])",
    ],
    .real: [
      "log2({real})", "exp2({real})", "exp10({real})", "degrees({real})", "radians({real})", "cot({real})",
      "asin({real})", "acos({real})", "atan({real})", "cos({real})", "tan({real})", "pi()",
      "todouble({datetime})", "todouble({timespan})", "{int} / {real}", "{real} * {long}",
      "todouble({dynamic}[{small}])", "toreal({dynamic}.a)", "atan2({long}, {real})", "pow({long}, {=long})",
      "{real} + {real}", "{real} - {long}", "{real} * {real}", "{real} / {real}", "{long} / {real}",
      "{real} % {real}",
      "-({real})", "abs({real})", "bin({real}, {size})", "floor({real}, {size})", "ceiling({real})",
      "round({real})",
      "sqrt({real})", "exp({real})", "log({real})", "pow({real}, {=real})", "todouble({long})",
      "toreal({string})",
      "{timespan} / {timespan}", "sign({real})", "sin({real})", "atan2({real}, {real})",
      "todouble({dynamic})",
      "todouble({bool})", "log10({real})", "round({real}, {places})",
    ],
    .string: [
      "hash_md5({string})", "hash_sha1({string})", "hash_sha256({string})",
      "base64_encode_tostring({string})", "extract({grouped}, 1, {string})", "tostring({dynamic}['b'])",
      "strcat({datetime}, {timespan})", "strcat_delim({word}, {real}, {guid})",
      "replace_regex({string}, {grouped}, @'\\1')", "replace_string({string}, {word}, {string})",
      "trim({regex}, {word})",
      "strcat({string}, {string})", "strcat({string}, {long}, {bool})", "strcat_delim('-', {string}, {long})",
      "substring({string}, {small})", "substring({string}, {small}, {small})", "tolower({string})",
      "toupper({string})",
      "reverse({string})", "strrep({string}, {times})", "replace_string({string}, {word}, {word})",
      "trim({regex}, {string})", "trim_start({regex}, {string})", "trim_end({regex}, {string})",
      "extract({regex}, 0, {string})", "replace_regex({string}, {regex}, @'<\\0>')", "tostring({dynamic})",
      "tostring({dynamic}[{small}])", "tostring(split({string}, ',')[{small}])", "tostring({dynamic}.a)",
    ],
    .datetime: [
      "unixtime_microseconds_todatetime({long})", "startofday({datetime}, {small})",
      "startofweek({datetime}, {small})", "startofyear({datetime}, {small})", "endofday({datetime}, {small})",
      "endofweek({datetime}, {small})", "endofyear({datetime}, {small})", "{timespan} + {datetime}",
      "{datetime} + {timespan}", "{datetime} - {timespan}", "bin({datetime}, {=timespan})",
      "startofday({datetime})",
      "startofweek({datetime})", "startofmonth({datetime})", "startofyear({datetime})",
      "endofday({datetime})",
      "endofweek({datetime})", "endofmonth({datetime})", "endofyear({datetime})",
      "startofmonth({datetime}, {small})",
      "datetime_add({part}, {small}, {datetime})", "make_datetime({int}, {small}, {times})",
      "unixtime_seconds_todatetime({long})", "unixtime_milliseconds_todatetime({long})",
    ],
    .timespan: [
      "totimespan({real})", "{real} * {timespan}", "{long} * {timespan}", "{timespan} / {real}",
      "{timespan} * {int}",
      "{timespan} + {timespan}", "{timespan} - {timespan}", "{datetime} - {datetime}", "{timespan} * {small}",
      "{timespan} / {small}", "bin({timespan}, {=timespan})", "dayofweek({datetime})", "{timespan} * {real}",
      "{timespan} % {timespan}", "-({timespan})", "abs({timespan})", "totimespan({long})",
      "{datetime} % {=timespan}",
    ],
    .guid: [],
    .dynamic: [
      "pack_array({guid}, {int})", "bag_pack({word}, {bool})", "todynamic({word})",
      "pack_array({datetime}, {timespan})", "bag_pack('a', {timespan}, 'b', {datetime})",
      "dynamic([datetime(2024-02-29), 1d, 7])",
      "{dynamic}[{small}].a", "pack_array({dynamic}, {real})",
      "pack_array({long}, {string})", "pack_array({bool}, {tame})", "{dynamic}[{small}]", "{dynamic}.a",
      "{dynamic}['b']",
      "split({string}, {word})", "bag_pack('a', {long}, 'b', {string})", "todynamic({string})",
    ],
  ]

  /// What only Dossier is asked.
  private static let full: [ScalarType: [String]] = [
    .bool: [
      "set_has_element({dynamic}, {string})", "around({long}, {long}, {size})", "{dynamic} == {string}",
      "bag_has_key({dynamic}, {word})",
      "ipv4_is_private({string})", "{string} in ({dynamic})",
    ],
    .long: [
      "{long} + {dynamic}", "hash({string})", "hash({long}, {size})", "array_index_of({dynamic}, {string})",
      "parse_json({string}).a + 1",
      "tolong({decimal})", "round({long}, {places})", "toscalar(print {=long})",
      "indexof_regex({string}, {regex})", "bitset_count_ones({long})",
    ],
    .real: [
      "gamma({real})", "cot({real})", "degrees({real})", "beta_cdf({=real}, {=real}, {=real})", "rand()",
    ],
    .decimal: [
      "{decimal} + {decimal}", "{decimal} * {long}", "todecimal({real})", "{decimal} / {decimal}",
      "bin({decimal}, {=decimal})",
    ],
    .string: [
      "hash_md5({string})", "base64_encode_tostring({string})", "url_encode({string})",
      "format_datetime({datetime}, 'yyyy-MM-dd HH:mm:ss.fff')",
      "format_timespan({timespan}, 'd.hh:mm')", "gettype({dynamic})", "strcat_array({dynamic}, {word})",
      "translate({word}, {word}, {string})",
      "tohex({long})", "dynamic_to_json({dynamic})", "tostring(parse_url({string}).Host)",
      "extract({regex}, 0, {string}, typeof(string))",
      "format_bytes({real}, {times})", "replace_strings({string}, dynamic(['a','b']), dynamic(['c','d']))",
      "make_string({long})",
    ],
    .datetime: [
      "todatetime({string})", "now()", "ago({timespan})", "endofmonth({datetime}, {small})",
      "todatetime({dynamic})",
    ],
    .timespan: ["totimespan({string})", "make_timespan({times}, {times})", "{decimal} * {timespan}"],
    .guid: ["toguid({string})"],
    .dynamic: [
      "array_concat({dynamic}, {dynamic})", "array_slice({dynamic}, {small}, {small})",
      "array_sort_asc({dynamic})",
      "bag_keys({dynamic})", "bag_merge({dynamic}, {dynamic})", "set_union({dynamic}, {dynamic})",
      "zip({dynamic}, {dynamic})",
      "array_reverse({dynamic})", "array_rotate_left({dynamic}, {small})", "extract_all({grouped}, {string})",
      "parse_json({string})", "range({small}, {size}, 1)", "repeat({long}, {times})",
      "series_stats_dynamic({dynamic})",
      "series_fir({dynamic}, dynamic([1, 1]))", "pack_all()", "treepath({dynamic})", "parse_url({string})",
      "array_shift_left({dynamic}, {small})",
      "bag_remove_keys({dynamic}, dynamic(['a']))", "array_iff({dynamic}, {dynamic}, {dynamic})",
      "parse_csv({string})",
      "to_utf8({string})", "array_split({dynamic}, {times})", "bag_set_key({dynamic}, {word}, {long})",
    ],
  ]
}

extension QueryMaker {
  static let regexes = [
    "@'[a-z]+'", "@'\\d+'", "@'^\\s*'", "@'\\W'", "@'(a|b)c?'", "@'.'", "@'x*'", "@'[^a-c]$'", "@'(?i)foo'",
    "@'\\p{L}+'",
  ]
  static let parts = [
    "'year'", "'quarter'", "'month'", "'week'", "'day'", "'hour'", "'minute'", "'second'", "'millisecond'",
    "'microsecond'",
  ]

  private static let partsOfDate = ["'dayofyear'", "'week_of_year'", "'nanosecond'"]

  /// An expression of a type over the columns.
  mutating func expression(_ type: ScalarType, depth: Int) -> String {
    let known = columns.filter { $0.type == type }
    let choices = forms.byType[type] ?? []
    if type == scalarLet, random.chance(15) { return "v" }
    if depth <= 0 || choices.isEmpty || random.chance(25) {
      if !known.isEmpty, random.chance(85) { return random.pick(known).written }
      // A timespan's sign or a minus would bind more loosely than what stands around it.
      let text = random.literal(type)
      return text.hasPrefix("-") ? "(\(text))" : text
    }
    let filled = fill(random.pick(choices), depth: depth - 1)
    // Parentheses are mostly needed; where they are not, printing must find that out.
    return filled.contains(" ") && !random.chance(5) || filled.hasPrefix("-") ? "(\(filled))" : filled
  }

  /// Fills the holes of a form.
  mutating func fill(_ form: String, depth: Int) -> String {
    var result = ""
    var rest = Substring(form)
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      result += hole(String(rest[rest.index(after: open)..<close]), depth: depth)
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private mutating func hole(_ name: String, depth: Int) -> String {
    switch name {
    case "small": return "\(random.below(9) - 4)".replacingMinus
    case "places": return "\(random.below(6) - 2)".replacingMinus
    case "tame": return random.literal(.real, tame: true).replacingMinus
    case "times": return "\(random.below(5))"
    case "size": return random.pick(["1", "2", "3", "7", "10", "1000"])
    case "regex": return random.pick(Self.regexes)
    case "grouped": return random.pick(["@'([a-z]+)'", "@'(\\d)(\\w)?'", "@'(.)'"])
    case "part": return random.pick(Self.parts)
    case "part of date": return random.pick(Self.parts + Self.partsOfDate)
    case "word": return "'\(random.pick(Randomness.words))'"
    case "words":
      return (0..<(1 + random.below(3))).map { _ in "'\(random.pick(Randomness.words))'" }.joined(
        separator: ", ")
    default:
      if name.hasPrefix("="), let type = ScalarType(rawValue: String(name.dropFirst())) {
        return random.literal(type, nulls: 8).replacingMinus
      }
      guard let type = ScalarType(rawValue: name) else { return "{\(name)}" }
      return expression(type, depth: depth)
    }
  }
}

extension String {
  /// A negative number in parentheses.
  var replacingMinus: String { hasPrefix("-") ? "(\(self))" : self }
}
