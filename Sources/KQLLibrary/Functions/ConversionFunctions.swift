import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// From one type to another; what does not fit gives null.
enum ConversionFunctions {
  static let all: [ScalarFunction] = [
    toString, toLong, toInt, toReal, toDecimal, toBool, toDatetime, toTimespan, toGuid, toDynamic, toHex,
    getType, makeTyped, newGuid,
  ]

  private static func conversion(
    _ name: String, aliases: [String] = [], to type: ScalarType, _ summary: String,
    _ example: (String, String)
  ) -> ScalarFunction {
    ScalarFunction(
      name, aliases: aliases, [.any("value")], summary: summary, examples: [.of(example.0, type, example.1)],
      result: { _ in type },
      evaluate: { (call) throws(DossierError) in convert(call.arguments[0], to: type) })
  }

  static let newGuid = ScalarFunction(
    "new_guid", [], pure: false,
    summary: "A random identifier; the same for the same seed, row and place in the query.",
    examples: [.of("strlen(tostring(new_guid()))", .long, "36")],
    result: { _ in .guid },
    evaluate: { (call) throws(DossierError) in
      let start = mixBits(call.context.seed ^ mixBits(UInt64(truncatingIfNeeded: call.span.lower) &+ 1))
      let ids = (0..<call.count).map { row -> Value in
        let high = mixBits(start ^ mixBits(UInt64(truncatingIfNeeded: call.context.firstRow + row) &+ 1))
        let low = mixBits(high ^ start)
        // The bits that mark a random identifier.
        return .guid(
          GUID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 1 << 63))
      }
      return ColumnVector(ids, type: .guid)
    })

  static let toString = conversion(
    "tostring", to: .string, "The value as text; null gives the empty text.", ("tostring(123)", "123"))
  static let toLong = conversion(
    "tolong", to: .long, "The value as a 64-bit whole number; the fraction is cut.", ("tolong('123')", "123"))
  static let toInt = conversion(
    "toint", to: .int, "The value as a 32-bit whole number; the fraction is cut.", ("toint(2.9)", "2"))
  static let toReal = conversion(
    "toreal", aliases: ["todouble", "tofloat"], to: .real, "The value as a real.", ("toreal('1.5')", "1.5"))
  static let toDecimal = conversion(
    "todecimal", to: .decimal, "The value as a decimal number.", ("todecimal('1.25')", "1.25"))
  static let toBool = conversion(
    "tobool", aliases: ["toboolean"], to: .bool, "The value as a bool: 'true', 'false', or a number.",
    ("tobool('TRUE')", "true"))
  static let toDatetime = conversion(
    "todatetime", to: .datetime, "The value as a datetime; texts in ISO 8601, RFC 822 or RFC 850.",
    ("todatetime('2015-12-24')", "2015-12-24T00:00:00.0000000Z"))
  static let toTimespan = conversion(
    "totimespan", aliases: ["totime"], to: .timespan, "The value as a timespan.",
    ("totimespan('0.00:03:00')", "00:03:00"))
  static let toGuid = conversion(
    "toguid", aliases: ["touuid"], to: .guid, "The value as a guid.",
    ("toguid('70fc66f7-8279-44fc-9092-d364d70fce44')", "70fc66f7-8279-44fc-9092-d364d70fce44"))
  static let toDynamic = conversion(
    "todynamic", aliases: ["parse_json", "parsejson", "toobject"], to: .dynamic,
    "A text read as JSON; what isn't JSON stays the text.", ("todynamic('{\"a\":[1,2]}').a[1]", "2"))

  static let toHex = ScalarFunction(
    "tohex", [Parameter("value", [.long, .int]), .long("minLength", optional: true)],
    summary: "A whole number in hexadecimal digits; a negative one as two's complement.",
    examples: [.of("tohex(-256)", .string, "ffffffffffffff00"), .of("tohex(256, 8)", .string, "00000100")],
    result: { _ in .string },
    evaluate: { (call) throws(DossierError) in
      let isInt = call.arguments[0].type == .int
      return try call.map(call.lane(0), call.lane(1, default: 0)) { (value: Int64, width: Int64) in
        let digits =
          isInt
          ? String(UInt32(truncatingIfNeeded: value), radix: 16)
          : String(UInt64(bitPattern: value), radix: 16)
        return String(repeating: "0", count: max(digits.count, min(Int(clamping: width), 100)) - digits.count)
          + digits
      }
    })

  static let getType = ScalarFunction(
    "gettype", [.any("value")], summary: "The name of the value's type; of what is inside, for a dynamic.",
    examples: [.of("gettype(dynamic([1, 2]))", .string, "array"), .of("gettype(1.5)", .string, "real")],
    result: { _ in .string },
    evaluate: { (call) throws(DossierError) in
      let type = call.arguments[0].type
      guard type == .dynamic else {
        return ColumnVector(constant: .string(type.rawValue), type: .string, count: call.count)
      }
      return try call.mapAll([call.lane(0, as: DynamicValue.self)]) { items in
        switch items[0] ?? .null {
        case .null: "null"
        case .bool: "bool"
        case .long: "long"
        case .real: "double"
        case .decimal: "decimal"
        case .string: "string"
        case .datetime: "datetime"
        case .timespan: "timespan"
        case .guid: "guid"
        case .array: "array"
        case .bag: "dictionary"
        }
      }
    })

  static let makeTyped = ScalarFunction(
    "extract_json", aliases: ["extractjson"],
    [.string("path"), .any("json"), Parameter("type", [], optional: true, constant: true)],
    summary: "The element of a JSON text that a path such as $.a[0].b leads to, optionally as a type.",
    examples: [.of("extract_json('$.a[1]', '{\"a\":[1,2]}', typeof(long))", .long, "2")],
    result: { (arguments) throws(DossierError) in try typeArgument(arguments, at: 2, of: "extract_json") },
    evaluate: { (call) throws(DossierError) in
      let documents = convert(call.arguments[1], to: .dynamic)
      let inner = FunctionCall(
        arguments: call.arguments, count: call.count, resultType: .dynamic, span: call.span,
        context: call.context)
      let found = try inner.map(call.lane(0), DynamicValue.lane(of: documents)) {
        (path: String, document: DynamicValue) in
        element(of: document, at: path)
      }
      return convert(found, to: call.resultType)
    })

  /// The element under a path of `.key`, `['key']` and `[index]` after an optional `$`; nil for none.
  static func element(of document: DynamicValue, at path: String) -> DynamicValue? {
    var rest = Substring(path)
    if rest.first == "$" { rest.removeFirst() }
    var current = document
    while let sign = rest.first {
      rest.removeFirst()
      if sign == "." {
        let key = rest.prefix { $0 != "." && $0 != "[" }
        guard !key.isEmpty else { return nil }
        rest.removeFirst(key.count)
        current = current[String(key)]
      } else if sign == "[" {
        guard let end = rest.firstIndex(of: "]") else { return nil }
        let inner = rest[..<end]
        rest = rest[rest.index(after: end)...]
        if let index = Int(inner) {
          current = current[index]
        } else if inner.count >= 2, let quote = inner.first, quote == "'" || quote == "\"",
          inner.last == quote
        {
          current = current[String(inner.dropFirst().dropLast())]
        } else {
          return nil
        }
      } else {
        return nil
      }
    }
    return current == .null ? nil : current
  }
}
