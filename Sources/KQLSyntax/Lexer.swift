import Diagnostics

/// Splits a query into tokens. Never fails: what can't be read becomes an entry of `errors` and a token
/// that stands for it, so that parsing goes on.
struct Lexer {
  private let bytes: [UInt8]
  private var at = 0
  private(set) var tokens: [Token] = []
  private(set) var errors: [DossierError] = []

  /// The types whose literals are written `type(…)`, by every spelling.
  static let literalTypes: [String: String] = [
    "datetime": "datetime", "date": "datetime", "timespan": "timespan", "time": "timespan",
    "guid": "guid", "uuid": "guid", "uniqueid": "guid", "long": "long", "int": "int", "int32": "int",
    "int64": "long", "real": "real", "double": "real", "decimal": "decimal", "bool": "bool",
    "boolean": "bool",
  ]

  /// Ticks of 100 ns per unit of a timespan literal.
  static let timespanUnits: [String: Double] = {
    var units: [String: Double] = [:]
    let groups: [(Double, [String])] = [
      (864_000_000_000, ["d", "day", "days"]),
      (36_000_000_000, ["h", "hr", "hrs", "hour", "hours"]),
      (600_000_000, ["m", "min", "minute", "minutes"]),
      (10_000_000, ["s", "sec", "second", "seconds"]),
      (10_000, ["ms", "milli", "millis", "millisecond", "milliseconds"]),
      (10, ["micro", "micros", "microsecond", "microseconds"]),
      (0.01, ["nano", "nanos", "nanosecond", "nanoseconds"]),
      (1, ["tick", "ticks"]),
    ]
    for (ticks, names) in groups { for name in names { units[name] = ticks } }
    return units
  }()

  private static let signs: [[UInt8]] = [
    "-->", "==", "=~", "=>", "!=", "!~", "<=", ">=", "<>", "..", "(", ")", "[", "]", "{", "}", "|", ";",
    ",", ".", ":", "=", "<", ">", "+", "-", "*", "/", "%", "?", "~",
  ].map { Array($0.utf8) }

  init(_ text: String) {
    bytes = Array(text.utf8)
    run()
  }

  private func byte(_ offset: Int = 0) -> UInt8 {
    let index = at + offset
    return index < bytes.count ? bytes[index] : 0
  }

  private mutating func add(_ kind: Token.Kind, _ text: String, from start: Int, type: String = "") {
    tokens.append(Token(kind, text, SourceSpan(start, at), type: type))
  }

  /// Whether there are more errors than anybody reads: a text that is no query at all would make one of each token.
  private var hasEnoughErrors: Bool { errors.count > TokenCursor.maximumErrors }

  /// Records an error up to here, if somebody may read it.
  private mutating func fail(
    _ code: DossierError.Code, _ message: String, from start: Int, hint: String? = nil
  ) {
    guard !hasEnoughErrors else { return }
    errors.append(DossierError(code, message, at: SourceSpan(start, at), hint: hint))
  }

  private static func isNameStart(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F || byte == 0x24
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    isNameStart(byte) || isDigit(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private func text(_ lower: Int, _ upper: Int) -> String {
    String(decoding: bytes[lower..<max(lower, upper)], as: UTF8.self)
  }

  private mutating func run() {
    while true {
      skipBlanks()
      guard at < bytes.count else { break }
      let start = at
      let first = byte()
      if first == 0x22 || first == 0x27 {
        string(from: start)
      } else if first == 0x40, byte(1) == 0x22 || byte(1) == 0x27 {
        string(from: start)
      } else if (first | 0x20) == 0x68, startsHiddenString() {
        at += 1
        string(from: start)
      } else if first == 0x60, byte(1) == 0x60, byte(2) == 0x60 {
        block(fence: 0x60, from: start)
      } else if first == 0x7E, byte(1) == 0x7E, byte(2) == 0x7E {
        block(fence: 0x7E, from: start)
      } else if Self.isDigit(first) || (first == 0x2E && Self.isDigit(byte(1)) && !followsName()) {
        number(from: start)
      } else if Self.isNameStart(first) {
        name(from: start)
      } else if first == 0x21, Self.isNameStart(byte(1)) {
        at += 1
        while Self.isNamePart(byte()) { at += 1 }
        if byte() == 0x7E { at += 1 }
        add(.sign, text(start, at), from: start)
      } else if !sign(from: start) {
        unknown(from: start)
      }
    }
    add(.end, "", from: bytes.count)
  }

  /// `h'…'`, `h@'…'` and block forms: strings hidden from traces, which Dossier has none of.
  private func startsHiddenString() -> Bool {
    if byte(1) == 0x22 || byte(1) == 0x27 { return true }
    return byte(1) == 0x40 && (byte(2) == 0x22 || byte(2) == 0x27)
  }

  /// Whether a `.` here would be member access (`a.1` is no number).
  private func followsName() -> Bool {
    guard let last = tokens.last, last.span.upper == at else { return false }
    return last.kind == .name || last.text == ")" || last.text == "]"
  }

  private mutating func skipBlanks() {
    while at < bytes.count {
      let current = bytes[at]
      if current == 0x20 || (current >= 0x09 && current <= 0x0D) {
        at += 1
      } else if current == 0x2F, byte(1) == 0x2F {
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
      } else if current == 0xC2, byte(1) == 0xA0 {
        at += 2  // a no-break space, as pasted from web pages
      } else if current == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF {
        at += 3  // a byte order mark
      } else {
        return
      }
    }
  }

  private mutating func unknown(from start: Int) {
    at += 1
    while at < bytes.count, bytes[at] & 0xC0 == 0x80 || bytes[start] == 0x26 && bytes[at] == 0x26 { at += 1 }
    fail(
      .unknownCharacter, "'\(text(start, at))' has no meaning here", from: start,
      hint: bytes[start] == 0x26
        ? "'and' joins conditions" : "names with special characters are written ['name'], text 'text'")
  }

  private mutating func sign(from start: Int) -> Bool {
    for candidate in Self.signs where candidate[0] == bytes[at] {
      guard at + candidate.count <= bytes.count else { continue }
      var equal = true
      for (offset, value) in candidate.enumerated() where bytes[at + offset] != value { equal = false }
      guard equal else { continue }
      at += candidate.count
      add(.sign, text(start, at), from: start)
      return true
    }
    return false
  }

  private mutating func name(from start: Int) {
    while Self.isNamePart(byte()) { at += 1 }
    let word = text(start, at)
    if word == "in" || word == "has_any" || word == "has_all", byte() == 0x7E {
      at += 1
      add(.name, word + "~", from: start)
      return
    }
    if let type = Self.literalTypes[word], literal(type: type, from: start) { return }
    add(.name, word, from: start)
  }

  /// Reads `(…)` after a type's name as one literal.
  private mutating func literal(type: String, from start: Int) -> Bool {
    var open = at
    while open < bytes.count, bytes[open] == 0x20 || bytes[open] == 0x09 { open += 1 }
    guard open < bytes.count, bytes[open] == 0x28 else { return false }
    var close = open + 1
    while close < bytes.count, bytes[close] != 0x29 {
      // A call such as long(f(x)) is no literal: leave it to the parser, which names the function to use.
      if bytes[close] == 0x28 || bytes[close] == 0x0A { return false }
      close += 1
    }
    guard close < bytes.count else { return false }
    var lower = open + 1
    var upper = close
    while lower < upper, bytes[lower] <= 0x20 { lower += 1 }
    while upper > lower, bytes[upper - 1] <= 0x20 { upper -= 1 }
    if upper - lower >= 2, bytes[lower] == bytes[upper - 1], bytes[lower] == 0x22 || bytes[lower] == 0x27 {
      lower += 1
      upper -= 1
    }
    at = close + 1
    add(.typed, text(lower, upper), from: start, type: type)
    return true
  }

  private mutating func number(from start: Int) {
    if byte() == 0x30, byte(1) | 0x20 == 0x78 {
      at += 2
      while Self.isNamePart(byte()) { at += 1 }
      let digits = text(start + 2, at)
      if UInt64(digits, radix: 16) == nil {
        fail(.badNumber, "'\(text(start, at))' is no hexadecimal number of up to 64 bits", from: start)
        add(.long, "0", from: start)
      } else {
        add(.long, text(start, at), from: start)
      }
      return
    }
    while Self.isDigit(byte()) { at += 1 }
    var isReal = false
    if byte() == 0x2E, byte(1) != 0x2E, !Self.isNameStart(byte(1)) {
      isReal = true
      at += 1
      while Self.isDigit(byte()) { at += 1 }
    }
    if byte() | 0x20 == 0x65 {
      let signed = byte(1) == 0x2B || byte(1) == 0x2D ? 2 : 1
      if Self.isDigit(byte(signed)) {
        isReal = true
        at += signed
        while Self.isDigit(byte()) { at += 1 }
      }
    }
    let digitsEnd = at
    while Self.isNamePart(byte()) { at += 1 }
    let digits = text(start, digitsEnd)
    guard digitsEnd == at else { return timespan(digits, unit: text(digitsEnd, at), from: start) }
    if isReal {
      add(.real, digits, from: start)
    } else if (UInt64(digits) ?? UInt64.max) > UInt64(Int64.max) + 1 {
      fail(.badNumber, "\(digits) is out of the range of long", from: start, hint: "decimal(\(digits))")
      add(.long, "0", from: start)
    } else {
      add(.long, digits, from: start)
    }
  }

  private mutating func timespan(_ digits: String, unit: String, from start: Int) {
    guard let ticksPerUnit = Self.timespanUnits[unit] else {
      let near = hasEnoughErrors ? nil : nearestName(to: unit, among: Self.timespanUnits.keys.sorted())
      fail(.badNumber, "'\(unit)' is no unit of time", from: start, hint: near.map { digits + $0 })
      add(.timespan, "0", from: start)
      return
    }
    var ticks: Int64?
    if let whole = Int64(digits), ticksPerUnit >= 1 {
      let product = whole.multipliedReportingOverflow(by: Int64(ticksPerUnit))
      if !product.overflow { ticks = product.partialValue }
    } else if let value = Double(digits) {
      ticks = Int64(exactly: (value * ticksPerUnit).rounded())
    }
    if ticks == nil { fail(.badNumber, "\(digits)\(unit) is out of the range of timespan", from: start) }
    add(.timespan, String(ticks ?? 0), from: start)
  }

  private mutating func block(fence: UInt8, from start: Int) {
    at += 3
    let lower = at
    while at < bytes.count, !(bytes[at] == fence && byte(1) == fence && byte(2) == fence) { at += 1 }
    let value = text(lower, at)
    if at < bytes.count {
      at += 3
    } else {
      fail(.unexpectedEnd, "the text block is not closed", from: start)
    }
    add(.string, value, from: start)
  }

  private mutating func string(from start: Int) {
    let verbatim = byte() == 0x40
    if verbatim { at += 1 }
    let quote = byte()
    at += 1
    var value: [UInt8] = []
    while true {
      guard at < bytes.count, bytes[at] != 0x0A else {
        fail(
          .unterminatedString, "the string is not closed on its line", from: start,
          hint: "close it with \(quote == 0x22 ? "\"" : "'"), or use ``` for text over several lines")
        break
      }
      let current = bytes[at]
      at += 1
      if current == quote {
        guard verbatim, byte() == quote else { break }
        value.append(quote)
        at += 1
      } else if current == 0x5C, !verbatim {
        escape(into: &value)
      } else {
        value.append(current)
      }
    }
    add(.string, String(decoding: value, as: UTF8.self), from: start)
  }

  private static let simpleEscapes: [UInt8: UInt8] = [
    0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D, 0x30: 0x00, 0x61: 0x07, 0x62: 0x08, 0x66: 0x0C, 0x76: 0x0B,
    0x5C: 0x5C, 0x22: 0x22, 0x27: 0x27, 0x2F: 0x2F,
  ]

  private mutating func escape(into value: inout [UInt8]) {
    let start = at - 1
    let kind = byte()
    if let plain = Self.simpleEscapes[kind] {
      at += 1
      value.append(plain)
      return
    }
    let widths: [UInt8: Int] = [0x78: 2, 0x75: 4, 0x55: 8]
    if let width = widths[kind], let code = hexadecimal(at: at + 1, count: width) {
      at += 1 + width
      var scalar = code
      // A pair of surrogates, as JSON writes characters outside of the basic plane.
      if code >= 0xD800, code < 0xDC00, byte() == 0x5C, byte(1) == 0x75,
        let low = hexadecimal(at: at + 2, count: 4), low >= 0xDC00, low < 0xE000
      {
        at += 6
        scalar = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let found = Unicode.Scalar(scalar) else {
        fail(.badEscape, "'\(text(start, at))' is no character", from: start)
        return
      }
      value.append(contentsOf: Array(String(found).utf8))
      return
    }
    guard !hasEnoughErrors else { return }
    let end = min(bytes.count, at + 1)
    errors.append(
      DossierError(
        .badEscape, "strings have no escape '\(text(start, end))'", at: SourceSpan(start, end),
        hint: "write \\\\ for a backslash, or @'…' for a text without escapes"))
  }

  private func hexadecimal(at offset: Int, count: Int) -> UInt32? {
    guard offset + count <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[offset..<offset + count] {
      let digit: UInt32
      switch byte {
      case 0x30...0x39: digit = UInt32(byte - 0x30)
      case 0x41...0x46: digit = UInt32(byte - 0x41 + 10)
      case 0x61...0x66: digit = UInt32(byte - 0x61 + 10)
      default: return nil
      }
      value = value << 4 | digit
    }
    return value
  }
}
