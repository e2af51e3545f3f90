import Columnar
import Diagnostics
import KQLEngine

/// Building, measuring, cutting and comparing texts. Positions and lengths count code points.
enum StringFunctions {
  static let all: [ScalarFunction] = [
    strcat, strcatDelim, strcatArray, strlen, stringSize, substring, toLower, toUpper, reverse, strrep,
    strcmp,
    split, replaceString, replaceStrings, indexOf, hasAnyIndex, translate, isEmpty, isNotEmpty, isAscii,
    isUTF8,
    fromCodePoints, toCodePoints, formatBytes,
  ]

  private static let longest = 16 << 20

  static let strcat = ScalarFunction.kernel(
    "strcat", [.any("value")], variadic: true, gives: .string,
    "Joins 1 to 64 values of any type into one text.", ("strcat('a', 1, true)", "a1true")
  ) { (call) throws(DossierError) in
    let lanes = call.arguments.map { String.lane(of: $0) }
    return try call.mapAll(lanes) { items in items.reduce(into: "") { $0 += $1 ?? "" } }
  }

  static let strcatDelim = ScalarFunction.kernel(
    "strcat_delim", [.any("delimiter"), .any("value")], variadic: true, gives: .string,
    "Joins values of any type into one text with a delimiter between them.",
    ("strcat_delim('-', 1, '2', 3.5)", "1-2-3.5")
  ) { (call) throws(DossierError) in
    let lanes = call.arguments.map { String.lane(of: $0) }
    return try call.mapAll(lanes) { items in
      items.dropFirst().map { $0 ?? "" }.joined(separator: items.first.flatMap { $0 } ?? "")
    }
  }

  static let strcatArray = ScalarFunction.kernel(
    "strcat_array", [.dynamic("array"), .string("delimiter", optional: true)], gives: .string,
    "Joins the elements of an array into one text with a delimiter between them.",
    ("strcat_array(dynamic([1, 2, 'x']), '->')", "1->2->x")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1, default: "")) { (array: DynamicValue, delimiter: String) in
      texts(array)?.joined(separator: delimiter) ?? ""
    }
  }

  static let strlen = ScalarFunction.unary(
    "strlen", .string("source"), gives: .long, "The length of a text in code points.",
    ("strlen('héllo')", "5")
  ) { (source: String) -> Int64? in Int64(source.unicodeScalars.count) }

  static let stringSize = ScalarFunction.unary(
    "string_size", .string("source"), gives: .long, "The size of a text in UTF-8 bytes.",
    ("string_size('héllo')", "6")
  ) { (source: String) -> Int64? in Int64(source.utf8.count) }

  static let substring = ScalarFunction.kernel(
    "substring", [.string("source"), .long("start"), .long("length", optional: true)], gives: .string,
    "The part of a text from a zero-based position, to the end or of a given length.",
    ("substring('ABCD', 1, 2)", "BC")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2, default: Int64.max)) {
      (source: String, start: Int64, length: Int64) in
      let all = scalars(source)
      let count = Int64(all.count)
      let first = start < 0 ? max(0, count + max(start, -count)) : min(start, count)
      let size = length < 0 ? 0 : min(length, count - first)
      return text(all[Int(first)..<Int(first + size)])
    }
  }

  static let toLower = ScalarFunction.unary(
    "tolower", .string("value"), gives: .string, "The text in lower case.", ("tolower('HeLLo É')", "hello é")
  ) { (value: String) -> String? in lowered(value) }

  static let toUpper = ScalarFunction.unary(
    "toupper", .string("value"), gives: .string, "The text in upper case.", ("toupper('hello é')", "HELLO É")
  ) { (value: String) -> String? in uppered(value) }

  static let reverse = ScalarFunction.unary(
    "reverse", .any("value"), gives: .string, "The text with its code points in reverse order.",
    ("reverse('ab😀')", "😀ba")
  ) { (value: String) -> String? in text(value.unicodeScalars.reversed()) }

  static let strrep = ScalarFunction.kernel(
    "strrep", [.any("value"), .long("times"), .string("delimiter", optional: true)], gives: .string,
    "Repeats a text a number of times (1024 at most), with an optional delimiter between.",
    ("strrep('ab', 3, '-')", "ab-ab-ab")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2, default: "")) {
      (value: String, times: Int64, delimiter: String) throws(DossierError) -> String? in
      let times = Int(max(0, min(times, 1024)))
      guard (value.utf8.count + delimiter.utf8.count) * times <= longest else {
        throw DossierError(.resultTooLarge, "strrep() would make a text of more than 16 MiB", at: call.span)
      }
      return Array(repeating: value, count: times).joined(separator: delimiter)
    }
  }

  static let strcmp = ScalarFunction.kernel(
    "strcmp", [.string("first"), .string("second")], gives: .long,
    "-1, 0 or 1, as the first text comes before, equals or comes after the second by code points.",
    ("strcmp('abc', 'abd')", "-1")
  ) { (call) throws(DossierError) in
    if case .strings(let a) = call.arguments[0].storage, case .strings(let b) = call.arguments[1].storage {
      return ColumnVector(integers: compareRows(a, b).map { Int64($0.signum()) })
    }
    return try call.map(call.lane(0), call.lane(1)) { (a: String, b: String) -> Int64? in
      Int64(compareTexts(a, b).signum())
    }
  }

  static let split = ScalarFunction.kernel(
    "split", [.string("source"), .string("delimiter"), .long("index", optional: true)], gives: .dynamic,
    "The parts of a text between delimiters; with an index, an array of only that part.",
    ("split('aa_bb', '_')", "[\"aa\",\"bb\"]")
  ) { (call) throws(DossierError) in
    if call.arguments.count > 2 {
      return try call.map(call.lane(0), call.lane(1), call.lane(2)) {
        (source: String, delimiter: String, index: Int64) in
        let found = parts(of: source, by: delimiter)
        guard index >= 0, index < found.count else { return .array([]) as DynamicValue }
        return dynamicArray([found[Int(index)]])
      }
    }
    return try call.map(call.lane(0), call.lane(1)) { (source: String, delimiter: String) in
      dynamicArray(parts(of: source, by: delimiter))
    }
  }

  static let replaceString = ScalarFunction.ternary(
    "replace_string", .string("text"), .string("lookup"), .string("rewrite"), gives: .string,
    "Replaces every occurrence of a text by another.", ("replace_string('a cat', 'cat', 'dog')", "a dog")
  ) { (value: String, lookup: String, rewrite: String) -> String? in
    replacing(lookup, with: rewrite, in: value)
  }

  static let replaceStrings = ScalarFunction.ternary(
    "replace_strings", .string("text"), .dynamic("lookups"), .any("rewrites"), gives: .string,
    "Replaces every occurrence of several texts; what one replacement wrote, the next leaves alone.",
    ("replace_strings('abc', dynamic(['a', 'c']), dynamic(['c', 'x']))", "cbx")
  ) { (value: String, lookups: DynamicValue, rewrites: DynamicValue) -> String? in
    guard let lookups = texts(lookups) else { return value }
    let many = texts(rewrites)
    var pieces: [(text: String, isDone: Bool)] = [(value, false)]
    for (index, lookup) in lookups.enumerated() where !lookup.isEmpty {
      let rewrite = many.map { index < $0.count ? $0[index] : "" } ?? rewrites.text
      var next: [(text: String, isDone: Bool)] = []
      for piece in pieces {
        if piece.isDone {
          next.append(piece)
          continue
        }
        for (number, part) in parts(of: piece.text, by: lookup).enumerated() {
          if number > 0 { next.append((rewrite, true)) }
          if !part.isEmpty { next.append((part, false)) }
        }
      }
      pieces = next
    }
    return pieces.map(\.text).joined()
  }

  static let indexOf = ScalarFunction.kernel(
    "indexof",
    [
      .any("source"), .any("lookup"), .long("start", optional: true), .long("length", optional: true),
      .long("occurrence", optional: true),
    ], gives: .long,
    "The zero-based position of the n-th occurrence of a text in another, -1 if there is none.",
    ("indexof('abcdefg', 'cde')", "2")
  ) { (call) throws(DossierError) in
    let (sources, lookups): (Lane<String>, Lane<String>) = (call.lane(0), call.lane(1))
    let starts = call.lane(2, default: Int64(0))
    let lengths = call.lane(3, default: Int64(-1))
    let occurrences = call.lane(4, default: Int64(1))
    let shapes = [sources.shape, lookups.shape, starts.shape, lengths.shape, occurrences.shape]
    return try call.collect(shapes) { step, byCode in
      guard let source = sources.at(step, byCode: byCode), let lookup = lookups.at(step, byCode: byCode),
        let start = starts.at(step, byCode: byCode), let length = lengths.at(step, byCode: byCode),
        let occurrence = occurrences.at(step, byCode: byCode), occurrence >= 1, length >= -1
      else { return nil as Int64? }
      let (all, wanted) = (scalars(source), scalars(lookup))
      // The search for a further occurrence starts behind the last one and may again look `length` far.
      var from = start
      for number in 1...occurrence {
        guard let range = searchRange(all.count, from, length),
          let found = position(of: wanted, in: all, range)
        else { return -1 }
        if number == occurrence { return Int64(found) }
        from = Int64(found) + 1
      }
      return -1
    }
  }

  /// Where `wanted` first stands in a range; nil if nowhere.
  private static func position(
    of wanted: [Unicode.Scalar], in all: [Unicode.Scalar], _ range: Range<Int>
  ) -> Int? {
    var position = range.lowerBound
    while position + wanted.count <= range.upperBound {
      if all[position..<(position + wanted.count)].elementsEqual(wanted) { return position }
      position += 1
    }
    return nil
  }

  /// The positions that `indexof` looks at; a negative start counts from the end, −1 as length means all.
  static func searchRange(_ count: Int, _ start: Int64, _ length: Int64) -> Range<Int>? {
    let size = Int64(count)
    let first = start < 0 ? max(0, size + max(start, -size)) : start
    guard first <= size else { return nil }
    let end = length < 0 ? size : first + min(length, size - first)
    return Int(first)..<Int(end)
  }

  static let hasAnyIndex = ScalarFunction.binary(
    "has_any_index", .string("source"), .dynamic("values"), gives: .long,
    "The index of the first of several terms that the text has, as `has` finds them; -1 if it has none.",
    ("has_any_index('this is an example', dynamic(['not', 'example']))", "1")
  ) { (source: String, values: DynamicValue) -> Int64? in
    guard let values = texts(values) else { return -1 }
    return Int64(values.firstIndex { hasTerm($0, in: source) } ?? -1)
  }

  static let translate = ScalarFunction.ternary(
    "translate", .string("search"), .string("replacement"), .string("text"), gives: .string,
    "Replaces each character of one list by the one at the same place of another list.",
    ("translate('abc', 'xyz', 'aabbcc')", "xxyyzz")
  ) { (search: String, replacement: String, source: String) -> String? in
    let (from, to) = (scalars(search), scalars(replacement))
    var map: [Unicode.Scalar: Unicode.Scalar?] = [:]
    for (index, scalar) in from.enumerated() where map[scalar] == nil {
      // A shorter second list goes on with its last character; an empty one removes.
      map[scalar] = .some(index < to.count ? to[index] : to.last)
    }
    return text(source.unicodeScalars.compactMap { map[$0] ?? $0 })
  }

  static let isEmpty = ScalarFunction.unary(
    "isempty", .any("value"), gives: .bool, "Whether the value is an empty text or null.",
    ("isempty('')", "true")
  ) { (value: String) -> Bool? in value.isEmpty }

  static let isNotEmpty = ScalarFunction.unary(
    "isnotempty", aliases: ["notempty"], .any("value"), gives: .bool,
    "Whether the value is neither an empty text nor null.", ("isnotempty('x')", "true")
  ) { (value: String) -> Bool? in !value.isEmpty }

  static let isAscii = ScalarFunction.unary(
    "isascii", .string("text"), gives: .bool, "Whether the text has only ASCII characters.",
    ("isascii('é')", "false")
  ) { (value: String) -> Bool? in value.utf8.allSatisfy { $0 < 0x80 } }

  static let isUTF8 = ScalarFunction.unary(
    "isutf8", .string("text"), gives: .bool, "Whether the text is valid UTF-8, which every text here is.",
    ("isutf8('é')", "true")
  ) { (_: String) -> Bool? in true }

  static let fromCodePoints = ScalarFunction.kernel(
    "unicode_codepoints_to_string", aliases: ["make_string"], [.any("codepoint")], variadic: true,
    gives: .string,
    "The text of code points, given one by one or in arrays.",
    ("unicode_codepoints_to_string(75, dynamic([117, 115]))", "Kus")
  ) { (call) throws(DossierError) in
    try call.mapValues { values in
      var view = String.UnicodeScalarView()
      func add(_ value: DynamicValue) {
        switch value {
        case .long(let number):
          view.append(UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}")
        case .array(let items): for item in items { add(item) }
        default: break
        }
      }
      for value in values { add(value.asDynamic) }
      return String(view)
    }
  }

  static let toCodePoints = ScalarFunction.unary(
    "unicode_codepoints_from_string", aliases: ["to_utf8"], .string("text"), gives: .dynamic,
    "The code points of a text, as an array of numbers.", ("unicode_codepoints_from_string('aé')", "[97,233]")
  ) { (value: String) -> DynamicValue? in .array(value.unicodeScalars.map { .long(Int64($0.value)) }) }

  static let formatBytes = ScalarFunction.kernel(
    "format_bytes", [.real("size"), .long("precision", optional: true), .string("unit", optional: true)],
    gives: .string, "A number of bytes as a text with a unit, such as 10.1 KB.",
    ("format_bytes(10332, 1)", "10.1 KB")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1, default: 0), call.lane(2, default: "")) {
      (size: Double, precision: Int64, unit: String) -> String? in
      let units = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
      guard size.isFinite else { return "" }
      var (value, index) = (size, 0)
      let wanted = units.firstIndex { lowered($0) == lowered(unit) }
      while wanted.map({ index < $0 }) ?? (abs(value) >= 1024 && index < units.count - 1) {
        value /= 1024
        index += 1
      }
      return fixedText(value, digits: Int(max(0, min(precision, 15))), trimZeros: true) + " " + units[index]
    }
  }
}

/// Whether a text has a term, as the operator `has` finds it: between ends or characters that are neither
/// letters nor digits, whatever the case.
func hasTerm(_ term: String, in source: String) -> Bool {
  let (all, wanted) = (scalars(lowered(source)), scalars(lowered(term)))
  if wanted.isEmpty { return true }
  guard all.count >= wanted.count else { return false }
  func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
  for start in 0...(all.count - wanted.count) {
    let end = start + wanted.count
    guard all[start..<end].elementsEqual(wanted) else { continue }
    let opens = start == 0 || !isWord(all[start - 1]) || !isWord(all[start])
    let closes = end == all.count || !isWord(all[end]) || !isWord(all[end - 1])
    if opens && closes { return true }
  }
  return false
}
