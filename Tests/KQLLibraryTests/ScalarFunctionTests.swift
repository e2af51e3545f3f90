import Columnar
import KQLEngine
import KQLLibrary
import Testing

@Suite struct ScalarFunctionTests {
  /// Expects the text of `name(values…)`.
  private func expect(
    _ name: String, _ values: [Value], _ expected: String, at location: SourceLocation = #_sourceLocation
  ) throws {
    let found = Harness.describe(try Harness.call(name, values))
    #expect(found == expected, "\(name) gives \(found)", sourceLocation: location)
  }

  @Test func texts() throws {
    try expect("strlen", [.string("a😀é")], "3")
    try expect("string_size", [.string("a😀é")], "7")
    try expect("strlen", [.string("")], "0")
    try expect("substring", [.string("a😀bc"), .long(1), .long(2)], "😀b")
    try expect("substring", [.string("abc"), .long(-2)], "bc")
    try expect("substring", [.string("abc"), .long(-9), .long(.max)], "abc")
    try expect("substring", [.string("abc"), .long(9), .long(1)], "")
    try expect("substring", [.string("abc"), .long(.min), .long(-1)], "")
    try expect("toupper", [.string("straße ǆ")], "STRAßE Ǆ")
    try expect("reverse", [.string("ab😀")], "😀ba")
    try expect("strcat", [.string("a"), .null, .bool(true), .timespan(Ticks.perDay)], "atrue1.00:00:00")
    try expect("strcat_delim", [.string("-"), .long(1), .string(""), .real(2)], "1--2.0")
    try expect("split", [.string(""), .string(",")], "[\"\"]")
    try expect("split", [.string("a__b"), .string("_")], "[\"a\",\"\",\"b\"]")
    try expect("split", [.string("a_b"), .string("_"), .long(1)], "[\"b\"]")
    try expect("split", [.string("a_b"), .string("_"), .long(-1)], "[]")
    try expect("strrep", [.string("ab"), .long(0)], "")
    try expect("strrep", [.string("ab"), .long(2), .string("-")], "ab-ab")
    #expect(throws: (any Error).self) {
      try Harness.call("strrep", [.string(String(repeating: "x", count: 1 << 20)), .long(1024)])
    }
    try expect("strcmp", [.string("é"), .string("e\u{301}")], "1")
    try expect("translate", [.string("ab"), .string("x"), .string("abc")], "xxc")
    try expect("translate", [.string("ab"), .string(""), .string("abc")], "c")
    try expect("isempty", [.string("")], "true")
    try expect("isempty", [.null], "true")
    try expect("unicode_codepoints_to_string", [.long(65), json("[66,1114112]")], "AB\u{FFFD}")
  }

  @Test func searching() throws {
    try expect("indexof", [.string("abcdefg"), .string("cde")], "2")
    try expect("indexof", [.string("abcdefg"), .string("cde"), .long(1), .long(2)], "-1")
    try expect("indexof", [.string("abcdefg"), .string("cde"), .long(-5)], "2")
    try expect("indexof", [.long(1_234_567), .long(5), .long(1), .long(4)], "4")
    try expect(
      "indexof", [.string("abcdefgabcdefg"), .string("cde"), .long(1), .long(10), .long(2)], "9")
    try expect(
      "indexof", [.string("abcdefgabcdefg"), .string("cde"), .long(1), .long(-1), .long(3)], "-1")
    try expect("indexof", [.string("😀a"), .string("a")], "1")
    try expect("countof", [.string("xxx"), .string("xx")], "2")
    try expect("countof", [.string("xxx"), .string("xx"), .string("regex")], "1")
    try expect("countof", [.string("xxx"), .string("")], "0")
    try expect("has_any_index", [.string("Example number 2"), json("[1,2,3]")], "1")
    try expect("has_any_index", [.string("x"), json("[]")], "-1")
  }

  @Test func regularExpressions() throws {
    try expect("extract", [.string("x=(\\d+)"), .long(0), .string("ax=45 x=1")], "x=45")
    try expect("extract", [.string("x=(\\d+)"), .long(2), .string("ax=45")], "")
    try expect(
      "extract", [.string("(\\d+)"), .long(1), .string("ab"), .string("long")], "null")
    try expect("extract_all", [.string("(\\d)"), .string("a1b2")], "[\"1\",\"2\"]")
    try expect(
      "extract_all", [.string("(?P<a>\\d)(\\w)"), json("[\"a\"]"), .string("1x2y")], "[\"1\",\"2\"]")
    try expect("extract_all", [.string("(\\d)"), .string("ab")], "null")
    try expect(
      "replace_regex", [.string("a1b22"), .string("(\\d+)"), .string("<\\1\\\\>")], "a<1\\>b<22\\>")
    try expect("replace_regex", [.string("😀"), .string(""), .string("-")], "-😀-")
    try expect("trim", [.string("--"), .string("----a--")], "a")
    try expect("trim_start", [.string("[^\\w]+"), .string("- é x")], "é x".isEmpty ? "" : "x")
    try expect("trim_end", [.string("x"), .string("axx")], "ax")
    try expect("trim", [.string("\\s+"), .string("   ")], "")
    #expect(throws: (any Error).self) { try Harness.call("trim", [.string("a)(b"), .string("x")]) }
    try expect("indexof_regex", [.string("é12"), .string("\\d")], "1")
    try expect(
      "replace_strings", [.string("This is"), json("[\"is\",\"This\"]"), json("[\"was\",\"T\"]")], "Thwas was"
    )
  }

  @Test func conversions() throws {
    try expect("tolong", [.string(" 12 ")], "12")
    try expect("tolong", [.string("0xff")], "255")
    try expect("tolong", [.string("x")], "null")
    try expect("tolong", [.real(1e30)], "null")
    try expect("tolong", [.real(.nan)], "null")
    try expect("toint", [.long(1 << 40)], "null")
    try expect("toint", [.real(-2.9)], "-2")
    try expect("todouble", [.string("NaN")], "NaN")
    try expect("todouble", [.string("1e3")], "1000.0")
    try expect("todouble", [.string("0x1p3")], "null")
    try expect("todecimal", [.string("1.10x")], "null")
    try expect("tobool", [.string("TRUE")], "true")
    try expect("tobool", [.long(123)], "true")
    try expect("tobool", [.string("yes")], "null")
    try expect("todatetime", [.string("Sat, 8 Nov 2014 15:05:02 GMT")], "2014-11-08T15:05:02.0000000Z")
    try expect("todatetime", [.string("Tuesday, 08-Nov-16 15:05:02 UTC")], "2016-11-08T15:05:02.0000000Z")
    try expect("todatetime", [.string("8 Nov 14 15:05")], "2014-11-08T15:05:00.0000000Z")
    try expect("todatetime", [.string("12/31/2016 11:59:59 PM")], "2016-12-31T23:59:59.0000000Z")
    try expect("todatetime", [.string("2016-02-30")], "null")
    try expect("todatetime", [.string("nonsense")], "null")
    try expect("todatetime", [.string("")], "null")
    try expect("totimespan", [.string("0.00:03:00")], "00:03:00")
    try expect("totimespan", [.string("2h")], "02:00:00")
    try expect("totimespan", [.string("99999999999d")], "null")
    try expect(
      "toguid", [.string("70fc66f7-8279-44fc-9092-d364d70fce44")], "70fc66f7-8279-44fc-9092-d364d70fce44")
    try expect("toguid", [.string("70fc")], "null")
    try expect("parse_json", [.string("")], "null")
    try expect("parse_json", [.string("x y")], "\"x y\"")
    try expect("parse_json", [.string("[1,2.5]")], "[1,2.5]")
    try expect("tostring", [json("\"a\"")], "a")
    try expect("tohex", [.long(-256)], "ffffffffffffff00")
    #expect(
      Harness.describe(try Harness.call("tohex", [.long(-256), .long(8)], types: [.int, .long])) == "ffffff00"
    )
    try expect("gettype", [json("{}")], "dictionary")
    try expect("gettype", [.dynamic(.null)], "null")
    try expect("extract_json", [.string("$.a['b'][1]"), .string("{\"a\":{\"b\":[1,\"x\"]}}")], "x")
  }

  @Test func conditions() throws {
    try expect("iff", [.bool(false), .long(1), .real(2)], "2.0")
    try expect("iff", [.null, .string("a"), .string("b")], "b")
    try expect("case", [.bool(false), .string("a"), .bool(true), .string("b"), .string("c")], "b")
    #expect(throws: (any Error).self) { try Harness.call("case", [.bool(true), .long(1)]) }
    #expect(throws: (any Error).self) { try Harness.call("iff", [.bool(true), .long(1), .string("x")]) }
    try expect("coalesce", [.string(""), .string("b")], "b")
    try expect("coalesce", [.null, .long(3)], "3")
    try expect("isnull", [.string("")], "false")
    try expect("isnull", [.dynamic(.null)], "true")
    try expect("max_of", [.long(1), .null, .real(2.5)], "2.5")
    try expect("min_of", [.null, .null], "null")
    try expect("not", [.null], "null")
  }

  @Test func numbers() throws {
    try expect("bin", [.long(-3), .long(4)], "-4")
    try expect("bin", [.real(3.9), .long(1)], "3.0")
    try expect("bin", [.long(5), .long(-1)], "null")
    try expect("bin", [.long(5), .null], "null")
    try expect("bin", [.long(.min), .long(10)], "null")
    try expect("bin", [.datetime(0), .timespan(Ticks.perDay)], "0001-01-01T00:00:00.0000000Z")
    try expect("bin", [.timespan(-1), .timespan(Ticks.perDay)], "-1.00:00:00")
    try expect(
      "bin_at", [.timespan(Ticks.perHour), .timespan(Ticks.perDay), .timespan(Ticks.perHour * 12)],
      "-12:00:00")
    #expect(throws: (any Error).self) { try Harness.call("bin", [.string("x"), .long(1)]) }
    try expect("round", [.real(2.15), .long(1)], "2.2")
    try expect("round", [.real(-50.55), .long(-2)], "-100.0")
    try expect("round", [.long(21), .long(-1)], "20")
    try expect("round", [.long(.max), .long(-1)], "null")
    try expect("round", [.real(1e300), .long(2)], "1e+300")
    try expect("round", [.real(.nan)], "NaN")
    try expect("abs", [.long(.min)], "null")
    try expect("abs", [.timespan(-1)], "00:00:00.0000001")
    try expect("sqrt", [.real(-1)], "null")
    try expect("log", [.real(0)], "-Infinity")
    try expect("gamma", [.real(11)], "3628800.0")
    try expect("pow", [.real(2), .real(10)], "1024.0")
    try expect("binary_shift_left", [.long(1), .long(64)], "1")
    try expect("isfinite", [.real(.infinity)], "false")
    try expect("sign", [.real(-0.5)], "-1.0")
    try expect(
      "beta_cdf", [.real(0.5), .real(10), .real(20)], "\(try realNear("beta_cdf", 0.9692849, 0.5, 10, 20))")
  }

  /// The function's own value, once it is near enough to the one expected.
  private func realNear(_ name: String, _ expected: Double, _ arguments: Double...) throws -> Double {
    guard case .real(let value) = try Harness.call(name, arguments.map { .real($0) }) else { return .nan }
    #expect(abs(value - expected) < 1e-4)
    return value
  }

  @Test func times() throws {
    let moment = Value.datetime(Ticks.parseISODatetime("2017-01-29T09:00:05.125") ?? 0)
    try expect(
      "format_datetime", [moment, .string("yy-MM-dd [HH:mm:ss tt] f FFF")], "17-01-29 [09:00:05 AM] 1 125")
    try expect("format_datetime", [moment, .string("h:m:s.fffffff y")], "9:0:5.1250000 17")
    #expect(throws: (any Error).self) { try Harness.call("format_datetime", [moment, .string("q")]) }
    try expect(
      "format_timespan", [.timespan(Ticks.perDay * 29 + Ticks.perHour * 9), .string("ddd.h:mm")], "029.9:00")
    try expect("dayofweek", [moment], "00:00:00")
    try expect("week_of_year", [.datetime(Ticks.parseISODatetime("2020-12-31") ?? 0)], "53")
    try expect("startofweek", [moment, .long(-1)], "2017-01-22T00:00:00.0000000Z")
    try expect("endofyear", [.datetime(Ticks.lastDatetime)], "9999-12-31T23:59:59.9999999Z")
    try expect("endofyear", [.datetime(Ticks.lastDatetime), .long(1)], "null")
    try expect("startofyear", [moment, .long(.max)], "null")
    try expect("datetime_diff", [.string("Year"), moment, .datetime(0)], "2016")
    try expect(
      "datetime_add", [.string("month"), .long(1), .datetime(Ticks.parseISODatetime("2016-01-31") ?? 0)],
      "2016-02-29T00:00:00.0000000Z")
    try expect("datetime_add", [.string("year"), .long(.max), moment], "null")
    #expect(throws: (any Error).self) {
      try Harness.call("datetime_add", [.string("fortnight"), .long(1), moment])
    }
    try expect("make_datetime", [.long(2017), .long(2), .long(29)], "null")
    try expect(
      "make_datetime", [.long(2017), .long(10), .long(1), .long(12), .long(10), .real(0.1234567)],
      "2017-10-01T12:10:00.1234567Z")
    try expect("ago", [.timespan(0)], Ticks.datetimeText(Harness.now))
    try expect("ago", [.timespan(.min)], "null")
    try expect("unixtime_seconds_todatetime", [.long(.max)], "null")
    try expect("unixtime_milliseconds_todatetime", [.long(-1)], "1969-12-31T23:59:59.9990000Z")
  }

  @Test func arrays() throws {
    try expect("array_slice", [json("[1,2,3,4,5]"), .long(-3), .long(-2)], "[3,4]")
    try expect("array_slice", [json("[1,2]"), .long(.min), .long(.max)], "[1,2]")
    try expect("array_slice", [json("[1,2]"), .long(1), .long(0)], "[]")
    try expect("array_rotate_left", [json("[1,2,3]"), .long(-1)], "[3,1,2]")
    try expect("array_rotate_right", [json("[1,2,3]"), .long(.min)], "[3,1,2]")
    try expect("array_shift_left", [json("[1,2,3]"), .long(-1), .long(0)], "[0,1,2]")
    try expect("array_split", [json("[1,2,3,4,5]"), json("[1,-2]")], "[[1],[2,3],[4,5]]")
    try expect("array_length", [json("{}")], "null")
    try expect("array_iff", [json("[true,false,1]"), json("[1,2]"), .string("x")], "[1,\"x\",null]")
    try expect("zip", [json("[1,2]"), json("[3]")], "[[1,3],[2,null]]")
    try expect("range", [.long(1), .long(8), .long(3)], "[1,4,7]")
    try expect("range", [.long(1), .long(0)], "[]")
    try expect("range", [.long(1), .long(5), .long(0)], "null")
    try expect("range", [.real(0), .real(1), .real(0.5)], "[0.0,0.5,1.0]")
    try expect(
      "array_sort_asc", [json("[3,null,1]"), json("[\"c\",\"n\",\"a\"]")], "[[1,3,null],[\"a\",\"c\",\"n\"]]")
    try expect("array_sort_desc", [json("[\"b\",null,\"a\"]"), .bool(false)], "[null,\"b\",\"a\"]")
    try expect("array_index_of", [json("[1,2,1]"), .long(1), .long(1)], "2")
    try expect("array_sum", [json("[1,\"x\"]")], "null")
    try expect("set_intersect", [json("[1,2,2,3]"), json("[2,3]"), json("[3,2]")], "[2,3]")
    try expect("set_union", [json("[1,1.0]"), json("[\"1\"]")], "[1,\"1\"]")
    try expect("set_has_element", [json("[1,2]"), .long(2)], "true")
  }

  @Test func bags() throws {
    try expect("bag_pack", [.string("a"), .long(1), .string("a"), .long(2)], "{\"a\":2}")
    #expect(throws: (any Error).self) { try Harness.call("bag_pack", [.string("a")]) }
    try expect("bag_merge", [json("{\"a\":1}"), json("[1]"), json("{\"a\":2,\"b\":3}")], "{\"a\":1,\"b\":3}")
    try expect(
      "bag_remove_keys", [json("{\"k\":{\"p\":1,\"q\":2},\"l\":3}"), json("[\"$.k.p\",\"l\"]")],
      "{\"k\":{\"q\":2}}")
    try expect("bag_set_key", [json("{\"a\":1}"), .string("$.b.c"), .long(2)], "{\"a\":1,\"b\":{\"c\":2}}")
    try expect("bag_has_key", [json("{\"a\":{\"b\":null}}"), .string("$.a.b")], "true")
    try expect("bag_zip", [json("[\"a\",8,\"b\"]"), json("[1,\"2\",2.5]")], "{\"a\":1,\"b\":2.5}")
    try expect("bag_zip", [json("\"a\""), json("[1]")], "null")
    try expect("treepath", [json("{\"p\":[1,{\"x\":2}]}")], "[\"['p']\",\"['p'][0]\",\"['p'][0]['x']\"]")
    try expect(
      "dynamic_to_json", [json("{\"b\":{\"d\":1,\"c\":2},\"a\":[1]}")], "{\"a\":[1],\"b\":{\"c\":2,\"d\":1}}")
  }

  @Test func hashes() throws {
    try expect("hash", [.string("World")], "1846988464401551951")
    try expect("hash", [.string("World"), .long(100)], "51")
    try expect("hash", [.datetime(Ticks.parseISODatetime("2015-01-01") ?? 0)], "1380966698541616202")
    try expect("hash", [.string("x"), .long(0)], "null")
    try expect("hash", [.string(String(repeating: "abcdefgh", count: 9))], "164847565977768554")
    try expect("hash_md5", [.string("World")], "f5a7924e621e84c9280a9a27e1bcb7f6")
    try expect("hash_sha1", [.string("World")], "70c07ec18ef89c5309bbb0937f3a6342411e1fdd")
    try expect(
      "hash_sha256", [.string("World")], "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524")
    try expect("hash_md5", [.string(String(repeating: "a", count: 200))], "887f30b43b2867f4a9accceee7d16e6c")
  }

  @Test func encodings() throws {
    try expect("base64_decode_tostring", [.string("!!!")], "")
    try expect("base64_encode_tostring", [.string("é😀")], "w6nwn5iA")
    try expect("base64_decode_toarray", [.string("U3RyaW5n0KHR0tGA0L7Rh9C60LA")], "null")
    try expect("url_decode", [.string("a%2fb+c%zz%")], "a/b c%zz%")
    try expect("punycode_from_string", [.string("艺术")], "cqv902d")
    try expect("punycode_to_string", [.string("cqv902d")], "艺术")
    try expect("punycode_domain_from_string", [.string("xn--Ry-lja8c.xn--Jng-uta63a.com")], "Rúyì.Jīngū.com")
    try expect(
      "gzip_decompress_from_base64_string",
      [.string("H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==")], "1234567890qwertyuiop")
    try expect("gzip_decompress_from_base64_string", [.string("H4sIAAAAAAAA")], "")
    try expect(
      "zlib_decompress_from_base64_string",
      [
        .string(
          "eJx1jlsKgCAURLcyv0G0BGkJLcD0lkLcG3rNdp8lRH/9zcwZOEYCzQzaFgrkTFLYcHhCxplWBIbPKSoxSqAziO0fihWVOLzQIaixLfOdDpnB6AUJ+eo3+QIvQCxO"
        )
      ],
      "")
  }

  @Test func parsing() throws {
    try expect("parse_csv", [.string("a,\"b \"\"q\"\", c\",\nnext")], "[\"a\",\"b \\\"q\\\", c\",\"\"]")
    try expect("parse_version", [.string("1.2.3.4")], "1000000020000000300000004")
    try expect("parse_version", [.string("1.2.3.4.5")], "null")
    try expect("parse_version", [.string("1.x")], "null")
    try expect(
      "parse_url", [.string("scheme://u:p@host:1234/a/b?k1=v1&k2=v2#frag")],
      "{\"Scheme\":\"scheme\",\"Host\":\"host\",\"Port\":\"1234\",\"Path\":\"a/b\",\"Username\":\"u\",\"Password\":\"p\","
        + "\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"},\"Fragment\":\"frag\"}")
    try expect(
      "parse_path", [.string("file://C:/temp/file.txt:some.exe")],
      "{\"Scheme\":\"file\",\"RootPath\":\"C:\",\"DirectoryPath\":\"C:/temp\",\"DirectoryName\":\"temp\","
        + "\"Filename\":\"file.txt\",\"Extension\":\"txt\",\"AlternateDataStreamName\":\"some.exe\"}")
    try expect(
      "parse_command_line", [.string("echo \"hello world!\" a\\\\b"), .string("windows")],
      "[\"echo\",\"hello world!\",\"a\\\\\\\\b\"]")
    try expect(
      "parse_xml", [.string("<?xml version=\"1.0\"?><r><i>1</i><i a='x'>&lt;2</i></r>")],
      "{\"r\":{\"i\":[\"1\",{\"@a\":\"x\",\"#text\":\"<2\"}]}}")
    try expect("parse_xml", [.string("<r><i></r>")], "null")
  }

  @Test func addresses() throws {
    try expect("parse_ipv4", [.string("192.168.1.1/24")], "3232235776")
    try expect("parse_ipv4", [.string("192.168.1.256")], "null")
    try expect("format_ipv4_mask", [.string("192.168.1.1/24"), .long(32)], "192.168.1.0/24")
    try expect("ipv4_is_private", [.string("10.1.2.3/24")], "true")
    try expect("ipv4_compare", [.string("192.168.1.1"), .string("192.168.1.255"), .long(24)], "0")
    try expect(
      "ipv6_compare", [.string("fe80::85d:e82c:9446:7994/120"), .string("fe80::85d:e82c:9446:7998")], "0")
    try expect("parse_ipv6", [.string("192.168.255.255/24")], "0000:0000:0000:0000:0000:ffff:c0a8:ff00")
    try expect("parse_ipv6", [.string("1::2::3")], "")
    try expect("has_ipv4_prefix", [.string("05:04:54 127.0.0.256 GET"), .string("127.0.")], "false")
    try expect("has_ipv4_prefix", [.string("at 10.1.2.3:1234."), .string("10.1.2.")], "true")
    try expect("has_ipv4", [.string("a10.1.2.3"), .string("10.1.2.3")], "false")
    try expect(
      "ipv4_range_to_cidr_list", [.string("0.0.0.0"), .string("255.255.255.255")], "[\"0.0.0.0/0\"]")
  }

  @Test func series() throws {
    try expect("series_iir", [json("[1,2,3]"), json("[1]"), json("[1,-1]")], "[1.0,3.0,6.0]")
    try expect("series_subtract", [json("[1,2]"), json("[4,\"x\"]")], "[-3,null]")
    try expect("series_equals", [json("[1,2,4]"), json("[4,2]")], "[false,true,null]")
    try expect("series_fill_forward", [json("[null,1,null]")], "[null,1,1]")
    try expect("series_fill_linear", [json("[null,1,null,3,null]")], "[1,1,2.0,3,3]")
    try expect(
      "series_seasonal", [json("[2,5,3,4,3,2,1,2,3,4,3,2,1,2,3,4,3,2,1,2,3,4,3,2,1]")],
      "[1.0,2.0,3.0,4.0,3.0,2.0,1.0,2.0,3.0,4.0,3.0,2.0,1.0,2.0,3.0,4.0,3.0,2.0,1.0,2.0,3.0,4.0,3.0,2.0,1.0]")
    try expect(
      "series_seasonal", [json("[1,3,5,2,4,6,1,3,5,2,4,6]")],
      "[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0]")
    try expect("series_stats", [json("[]")], "null")
    try expect("convert_force", [.real(1.2), .string("Newton"), .string("Decanewton")], "0.12")
    try expect("convert_speed", [.real(1), .string("Furlong"), .string("Knot")], "null")
  }
}
